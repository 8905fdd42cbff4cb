"""Which systems the company can be seen through, and what each of them is made of. Modules are imported when they are served."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.company.world import World
from sandbox.store import Row, Store

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from sandbox.http import Site

ALL = "all"


@dataclass(frozen=True)
class Vendor:
    """One system: the package `sandbox.vendors.<name>`.

    Its module `rows` yields the records (`rows(world)`). A system with an API answers by the class `api` of its module `api`; one that
    only leaves files writes them by `write(store, folder)` of its module `files`, into `<sandbox home>/exports/<name>/`.

    Attributes:
        api: name of the class in the module `api`; None for a system of files.
        secrets: what stands fixed in its credentials; an empty value is made at random, and so is the password.
        is_default: whether it is served when nobody says which.
    """

    api: str | None
    secrets: Mapping[str, str] = field(default_factory=dict)
    is_default: bool = False


VENDORS: dict[str, Vendor] = {
    "zendesk": Vendor("Zendesk", {"login": "integration@haldenmark-grid.com/token"}, is_default=True),
    "salesforce": Vendor("Salesforce", {"login": "integration@haldenmark-grid.com", "client_id": "", "client_secret": ""}, is_default=True),
    "qualtrics": Vendor("Qualtrics", {"login": "integration@haldenmark-grid.com#haldenmark"}, is_default=True),
    "matomo": Vendor("Matomo", {"login": "integration"}, is_default=True),
    "bamboohr": Vendor("BambooHR", {"login": ""}, is_default=True),
    "hubspot": Vendor("HubSpot", {"login": ""}),
    "intercom": Vendor("Intercom", {"login": ""}),
    "mentions": Vendor("Mentions", {"login": "integration"}, is_default=True),
    "training": Vendor(None, is_default=True),
    "finance": Vendor(None, is_default=True),
    "partner_orders": Vendor(None, is_default=True),
    "identity_review": Vendor(None, is_default=True),
    "limesurvey": Vendor("LimeSurvey", {"login": "integration"}),
    "workday": Vendor("Workday", {"login": "ISU_Rapport@haldenmark", "tenant": "haldenmark", "owner": "ISU_Rapport"}),
    "snowplow": Vendor(None),
    "access_log": Vendor(None),
}


def default() -> tuple[str, ...]:
    """Return the systems that are served when nobody says which."""
    return tuple(name for name, vendor in VENDORS.items() if vendor.is_default)


def chosen(said: str | None) -> tuple[str, ...] | None:
    """Return the systems of a list with commas, in the order of the table; `all` is all of them, None or nothing is no choice.

    Raises:
        ValueError: a name that no system has.
    """
    names = {name.strip() for name in (said or "").split(",")} - {""}
    if unknown := sorted(names - VENDORS.keys() - {ALL}):
        raise ValueError(f"no vendor {', '.join(unknown)}: there are {', '.join(VENDORS)}")
    return tuple(name for name in VENDORS if name in names or ALL in names) or None


def rows(world: World, names: Sequence[str]) -> Iterator[Row]:
    """Yield every record of the named systems."""
    for name in names:
        yield from import_module(f"sandbox.vendors.{name}.rows").rows(world)


def write_files(store: Store, home: Path, names: Sequence[str]) -> None:
    """Bring the folders of the named systems of files to what the store holds."""
    for name in names:
        if VENDORS[name].api is None:
            import_module(f"sandbox.vendors.{name}.files").write(store, folder(home, name))


def folder(home: Path, name: str) -> Path:
    """Return where a system of files leaves them."""
    return home / "exports" / name


def app(site: Site, name: str) -> Starlette:
    """Return the application that answers as the system does."""
    vendor = getattr(import_module(f"sandbox.vendors.{name}.api"), str(VENDORS[name].api))
    application: Starlette = vendor(site).app()
    return application
