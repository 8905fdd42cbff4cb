"""Serves the company on loopback and tells where, in `connections.json`."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from sandbox.company.params import Settings, iso
from sandbox.faults import Faults
from sandbox.http import Site, answer
from sandbox.make import ensure
from sandbox.store import Store
from sandbox.vendors.bamboohr.api import BambooHR
from sandbox.vendors.matomo.api import Matomo
from sandbox.vendors.qualtrics.api import Qualtrics
from sandbox.vendors.salesforce.api import Salesforce
from sandbox.vendors.zendesk.api import Zendesk

LOOPBACK = "127.0.0.1"
# What stands fixed in each system's credentials; an empty value is made at random, and so is every password.
LOGINS: dict[str, dict[str, str]] = {
    "zendesk": {"login": "integration@haldenmark-grid.com/token"},
    "salesforce": {"login": "integration@haldenmark-grid.com", "client_id": "", "client_secret": ""},
    "qualtrics": {"login": "integration@haldenmark-grid.com#haldenmark"},
    "matomo": {"login": "integration"},
    "bamboohr": {"login": ""},
}
VENDORS: dict[str, Callable[[Site], Starlette]] = {
    "zendesk": lambda site: Zendesk(site).app(),
    "salesforce": lambda site: Salesforce(site).app(),
    "qualtrics": lambda site: Qualtrics(site).app(),
    "matomo": lambda site: Matomo(site).app(),
    "bamboohr": lambda site: BambooHR(site).app(),
}


def private_json(path: Path, value: Any) -> None:
    """Write JSON that only this account can read, all at once."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump(value, out, indent=1)
    draft.replace(path)


def credentials(home: Path) -> dict[str, dict[str, str]]:
    """Return login, password and further secrets of every system; made at random on first use, kept 0600."""
    path = home / "credentials.json"
    known: dict[str, dict[str, str]] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in LOGINS if name not in known]
    for name in missing:
        known[name] = {key: value or secrets.token_urlsafe(24) for key, value in LOGINS[name].items()} | {
            "password": secrets.token_urlsafe(24)
        }
    if missing:
        private_json(path, known)
    return known


def connections(site: Site, port: int) -> dict[str, dict[str, Any]]:
    """Return what a client needs to reach every system."""
    found: dict[str, dict[str, Any]] = {}
    for name, secret in site.credentials.items():
        extra = {k: v for k, v in secret.items() if k not in ("login", "password")}
        found[name] = {
            "host": f"http://{LOOPBACK}:{port}/{name}",
            "login": secret["login"],
            "password": secret["password"],
            "extra": extra | {"sandbox": True},
        }
    return found


def application(site: Site) -> Starlette:
    """Return the application: one mount a vendor, and `/healthz`."""

    async def healthz(_: Request) -> Response:
        meta = site.store.meta()
        return answer(
            {"status": "ok", "now": iso(int(meta["now"])), "seed": meta["seed"], "scale": meta["scale"], "advanced_days": meta["advanced"]}
        )

    return Starlette(routes=[Route("/healthz", healthz), *(Mount(f"/{name}", vendor(site)) for name, vendor in VENDORS.items())])


def site_of(settings: Settings) -> Site:
    """Return the company of a home, made first when it is not there."""
    ensure(settings)
    return Site(Store(settings.home), Faults(settings.home), credentials(settings.home))


def serve(settings: Settings, port: int) -> None:
    """Serve until stopped; `connections.json` is written once the port listens. Port 0 takes a free one."""
    site = site_of(settings)
    # the protocol is named because asyncio switches Nagle's delay (40 ms a request) off only where it is
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, port))
    listener.listen(128)
    chosen = listener.getsockname()[1]
    private_json(settings.home / "connections.json", connections(site, chosen))
    print(f"the sandbox company answers on http://{LOOPBACK}:{chosen}", flush=True)
    server = uvicorn.Server(uvicorn.Config(application(site), log_level="warning", access_log=False))
    asyncio.run(server.serve(sockets=[listener]))
