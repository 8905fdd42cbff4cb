"""Where requests may go: names are resolved once, checked, and the connection is made to the address that was checked."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from rapport.connect.errors import ConnectError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Origin = tuple[str, str, int | None]
_METADATA = frozenset({ipaddress.ip_address("100.100.100.200"), ipaddress.ip_address("fd00:ec2::254")})  # beside the link-local ones
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PRIVATE = "private addresses are reached only where the declaration or the connection's extra says `network: private`"


class Egress:
    """The hosts of one connection and the kinds of address that they may have.

    Args:
        base: the connection's host, with a path or without.
        hosts: further hosts of the declaration, as `host` or `host:port`, always over https.
        is_private: whether the system stands in the company's own network.
        is_sandbox: whether it is the simulated company on this machine.
        where: source and stream, for errors.
    """

    def __init__(self, base: str, hosts: Iterable[str], *, is_private: bool, is_sandbox: bool, where: str) -> None:
        self.base = base.rstrip("/")
        self._own = origin_of(self.base)
        schemes = ("https", "http") if is_private else ("https",)
        self._others = {origin_of(f"{scheme}://{host}") for host in hosts for scheme in schemes}
        self._is_private, self._is_sandbox, self._where = is_private, is_sandbox, where
        scheme, host, _ = self._own
        if scheme != "https" and not (scheme == "http" and (is_private or is_sandbox or _is_loopback_name(host))):
            raise ConnectError("egress", f"{where}: the connection's host must be https (http only within the company's own network)")
        with suppress(ValueError):  # an address in place of a name is judged even if a proxy makes the connection
            if fault := self.fault(ipaddress.ip_address(host), is_plain=scheme == "http"):
                raise ConnectError("egress", f"{where}: {fault}")

    def address(self, path: str, current: str | None = None) -> str:
        """Return the address of a path, or of an address that an answer named.

        Args:
            path: a path below the connection's host, or an address, whole or relative.
            current: address of the answer in which `path` stood.

        Raises:
            ConnectError: it leads to a host that is neither the connection's nor declared.
        """
        below = urlsplit(self.base).path
        if path.startswith("/") and not path.startswith("//"):
            address = urljoin(self.base, path) if below and f"{path}/".startswith(f"{below}/") else self.base + path
        else:
            address = urljoin(current or f"{self.base}/", path)
        if (origin := origin_of(address)) != self._own and origin not in self._others:
            raise ConnectError(
                "egress", f"{self._where}: refused to follow an address to another host than the connection's and those in `hosts`"
            )
        return address

    def is_own(self, address: str) -> bool:
        """Return whether an address stands on the connection's own host."""
        return origin_of(address) == self._own

    def fault(self, address: Address, *, is_plain: bool) -> str | None:
        """Say why no connection may be made to an address, or return None.

        Args:
            address: as the name was resolved.
            is_plain: whether the connection is not encrypted.
        """
        address = _inner(address)
        if address.is_loopback:
            return None if self._is_private or self._is_sandbox else f"the host leads to this machine: {_PRIVATE}"
        if address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved or address in _METADATA:
            return "the host leads to an address that is never a source: link-local, metadata, multicast or reserved"
        if not address.is_global:
            return None if self._is_private else f"the host leads into a private network: {_PRIVATE}"
        return "the host leads to the internet, where http is not encrypted: use https" if is_plain else None

    def transport(self, deadline: Deadline) -> httpx.BaseTransport:
        """Return what carries requests; a proxy named by the environment resolves names itself, and must keep these rules too."""
        scheme, host, _ = self._own
        is_outside = scheme == "https" and not self._is_private and not self._is_sandbox
        proxies = getproxies() if is_outside and not proxy_bypass(host) else {}
        proxy = proxies.get("https") or proxies.get("all")
        carried = httpx.HTTPTransport(verify=_tls(), proxy=proxy)
        if proxy is None:
            plain = {(host, port) for scheme, host, port in (self._own, *self._others) if scheme == "http"}
            carried._pool = httpcore.ConnectionPool(
                ssl_context=_tls(), max_connections=4, network_backend=_Network(self, plain, deadline, self._where)
            )
        return carried


class Deadline:
    """When the answer to the present request must be complete, seconds of the monotonic clock."""

    def __init__(self) -> None:
        self._at = float("inf")

    def set(self, seconds: float) -> None:
        """Begin a request that may take so many seconds."""
        self._at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left; not above 0 when it has passed."""
        return self._at - time.monotonic()


class _Network(httpcore.NetworkBackend):
    """Connects to checked addresses only."""

    def __init__(self, egress: Egress, plain: set[tuple[str, int | None]], deadline: Deadline, where: str) -> None:
        self._egress, self._plain, self._deadline, self._where = egress, plain, deadline, where
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        addresses = resolved(host, port)
        for address in addresses:
            if fault := self._egress.fault(ipaddress.ip_address(address), is_plain=(host, port) in self._plain):
                raise ConnectError("egress", f"{self._where}: {fault}")
        for address in addresses:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                stream = self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
                return _Stream(stream, self._deadline)
        raise httpcore.ConnectError("no address of the host answers")

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    """A connection whose every wait ends with the request's deadline: a server that sends a byte a minute holds nothing up."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if (left := self._deadline.left) <= 0:
            raise httpcore.ReadTimeout
        return self._inner.read(max_bytes, min(left, timeout or left))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # reading the certificates takes longer than many a request


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a host, each once, in the resolver's order.

    Raises:
        httpcore.ConnectError: there is none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise httpcore.ConnectError("the host's name cannot be resolved") from None
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


def origin_of(address: str) -> Origin:
    """Return scheme, host and port of an address, written one way."""
    try:
        url = httpx.URL(address)  # the same reading as the request's: two parsers may see two hosts in one address
    except (httpx.InvalidURL, ValueError):
        return "", "", None
    return url.scheme, url.raw_host.decode().casefold(), url.port or {"https": 443, "http": 80}.get(url.scheme)


def is_private(declared: Mapping[str, Any], extra: Mapping[str, Any]) -> bool:
    """Return whether the system stands in the company's own network, by the declaration or by whoever connected it."""
    return "private" in (declared.get("network"), extra.get("network"))


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address carries, if it does: mapped, 6to4, Teredo and NAT64 lead to it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour or address
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_loopback_name(host: str) -> bool:
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False
