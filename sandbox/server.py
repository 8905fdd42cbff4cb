"""Serves the company on loopback and tells where, in `connections.json`."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import secrets
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from sandbox.company.params import Settings, iso
from sandbox.disturb import Disturbed
from sandbox.faults import Faults
from sandbox.http import Site, answer
from sandbox.make import ensure
from sandbox.store import Store
from sandbox.vendors import catalogue
from sandbox.vendors.catalogue import VENDORS

LOOPBACK = "127.0.0.1"


def private_json(path: Path, value: Any) -> None:
    """Write JSON that only this account can read, all at once."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump(value, out, indent=1)
    draft.replace(path)


def credentials(home: Path, served: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return login, password and further secrets of the served systems; made at random on first use, kept 0600."""
    path = home / "credentials.json"
    known: dict[str, dict[str, str]] = json.loads(path.read_text()) if path.exists() else {}
    wanted = [name for name in served if VENDORS[name].api]
    missing = [name for name in wanted if name not in known]
    for name in missing:
        known[name] = {key: value or secrets.token_urlsafe(24) for key, value in VENDORS[name].secrets.items()} | {
            "password": secrets.token_urlsafe(24)
        }
    if missing:
        private_json(path, known)
    return {name: known[name] for name in wanted}


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
    for name in site.store.vendors():
        if VENDORS[name].api is None:
            found[name] = {"host": catalogue.folder(site.store.path.parent, name).as_uri(), "extra": {"sandbox": True}}
    return found


def application(site: Site) -> Starlette:
    """Return the application: one mount a system with an API, and `/healthz`."""

    async def healthz(_: Request) -> Response:
        meta = site.store.meta()
        return answer(
            {
                "status": "ok",
                "now": iso(int(meta["now"])),
                "seed": meta["seed"],
                "scale": meta["scale"],
                "advanced_days": meta["advanced"],
                "met": site.faults.met,
            }
        )

    vendors = [Mount(f"/{name}", Disturbed(catalogue.app(site, name), site.faults, name)) for name in site.credentials]
    return Starlette(routes=[Route("/healthz", healthz), *vendors])


def site_of(settings: Settings) -> Site:
    """Return the company of a home, made first when it is not there."""
    ensure(settings)
    store = Store(settings.home)
    return Site(store, Faults(settings.home), credentials(settings.home, store.vendors()))


def serve(settings: Settings, port: int) -> None:
    """Serve until stopped; `connections.json` is written once the port listens. Port 0 takes a free one.

    Without a choice of systems the default ones are served, whatever the home held before.
    """
    site = site_of(dataclasses.replace(settings, vendors=settings.vendors or catalogue.default()))
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
