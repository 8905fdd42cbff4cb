"""What the vendors' APIs share: settings of a running sandbox, basic authentication, raw JSON answers."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sandbox.faults import Faults
from sandbox.store import Store

JSON = "application/json; charset=utf-8"


@dataclass
class Site:
    """A running sandbox: its records, its faults and the credentials it accepts."""

    store: Store
    faults: Faults
    credentials: dict[str, dict[str, str]]

    @property
    def now(self) -> int:
        """The company's present, Unix seconds."""
        return int(self.store.meta()["now"])


def answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return an object as JSON."""
    return Response(orjson.dumps(body), status, headers, JSON)


def listing(name: str, bodies: list[bytes], tail: dict[str, object]) -> Response:
    """Return records that are JSON already under one name, followed by what pages them."""
    end = orjson.dumps(tail)
    return Response(b'{"' + name.encode() + b'":[' + b",".join(bodies) + b"]" + (b"," + end[1:] if tail else b"}"), media_type=JSON)


def basic_credentials(request: Request) -> tuple[str, str] | None:
    """Return login and password of basic authentication, if sent."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        login, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return None
    return login, password


def same(given: str, expected: str) -> bool:
    """Compare secrets in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())


def base(request: Request) -> str:
    """Return the address under which the client reached this vendor, e.g. `http://127.0.0.1:8200/zendesk`."""
    # not `base_url`: below a mount Starlette leaves the mount's own path out of it
    return f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"


def number(request: Request, name: str, default: int | None = None) -> int | None:
    """Return a whole-number parameter; None when it is not one."""
    value = request.query_params.get(name)
    if value is None:
        return default
    try:
        return int(float(value))
    except ValueError:
        return None
