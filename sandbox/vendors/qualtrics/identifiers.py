"""Ids as Qualtrics writes them, the same whenever the company is made again."""

from __future__ import annotations

import hashlib

from sandbox.company.invitations import Invitation
from sandbox.company.people import Person
from sandbox.company.surveys import Response

DIRECTORY = "POOL_hg0000000000001"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()[:15]


def response_id(response: Response) -> str:
    """Return an id like `R_3mXbq…`."""
    return f"R_{_digest(f'{response.survey}:{response.id}')}"


def contact_key(person: Person) -> str:
    """Return a person's id in the directory, `CID_…`; it is not the id that the CRM gives."""
    return f"CID_{_digest(f'contact:{person.index}')}"


def lookup_key(invitation: Invitation) -> str:
    """Return the id of one person in one mailing, `CGC_…`."""
    return f"CGC_{_digest(f'lookup:{invitation.survey}:{invitation.id}')}"


def distribution_key(survey: str, month: str) -> str:
    """Return the id of a mailing, `EMD_…`."""
    return f"EMD_{_digest(f'mailing:{survey}:{month}')}"
