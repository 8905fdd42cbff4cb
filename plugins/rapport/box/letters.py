"""Mail to leaders, over the server that the connection `mail` names.

The connection is kept as every other: `rapport connect mail --host mail.example.org:587 --extra sender=… --extra to=a@…,b@…`,
with `--login` if the server wants one, and `--extra tls=none` for one on this machine (else `starttls`, the default, or `implicit`).
Without it nothing is mailed.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage

from rapport.home import Home, HomeError

CONNECTION = "mail"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SECONDS = 60


@dataclass(frozen=True)
class Post:
    """A mail server, and whom to write to.

    Attributes:
        host: its name or address.
        port: its port.
        sender: the address that mails come from.
        to: the addresses they go to; each gets a mail of its own.
        user: name to log in with; empty for none.
        password: its password.
        tls: `none`, `starttls` or `implicit`.
    """

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"


def post(home: Home) -> Post | None:
    """Return where mail goes, or None if nobody has said so.

    Raises:
        HomeError: the connection lacks something, or would send a password or numbers in the clear to another machine.
    """
    said = home.connection(CONNECTION)
    if said is None:
        return None
    host, _, port = str(said.get("host", "")).removeprefix("smtp://").rpartition(":")
    extra = said.get("extra") or {}
    to = tuple(address.strip() for address in str(extra.get("to", "")).split(",") if address.strip())
    known = {"host with its port": host and port.isdigit(), "sender": extra.get("sender"), "to": to}
    if missing := [name for name, value in known.items() if not value]:
        raise HomeError(f"the connection {CONNECTION} lacks {', '.join(missing)}: set it again with `rapport connect {CONNECTION}`")
    found = Post(
        host=host,
        port=int(port),
        sender=str(extra["sender"]),
        to=to,
        user=str(said.get("login", "")),
        password=str(said.get("password", "")),
        tls=str(extra.get("tls", "starttls")),
    )
    if found.tls not in ("none", "starttls", "implicit"):
        raise HomeError(f"the connection {CONNECTION}: tls is none, starttls or implicit, not {found.tls}")
    if found.tls == "none" and found.host not in _LOOPBACK:
        raise HomeError(f"the connection {CONNECTION}: without TLS only a server on this machine is written to")
    return found


def send(where: Post, subject: str, text: str, attachments: dict[str, bytes] | None = None) -> int:
    """Send one mail to each address, so that none sees the others; return how many.

    Args:
        where: the server and the addresses.
        subject: one line.
        text: the plain text.
        attachments: PDF files by name.

    Raises:
        HomeError: the server could not be reached or refused; the message names no address.
    """
    try:
        with _server(where) as server:
            for address in where.to:
                server.send_message(_message(where.sender, address, subject, text, attachments or {}))
    except (OSError, smtplib.SMTPException) as error:
        raise HomeError(f"the mail server {where.host}:{where.port} did not take the mail ({type(error).__name__})") from None
    return len(where.to)


def _server(where: Post) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if where.tls == "implicit":
        server: smtplib.SMTP = smtplib.SMTP_SSL(where.host, where.port, timeout=_SECONDS, context=context)
    else:
        server = smtplib.SMTP(where.host, where.port, timeout=_SECONDS)
        if where.tls == "starttls":
            server.starttls(context=context)
    if where.user:
        server.login(where.user, where.password)
    return server


def _message(sender: str, address: str, subject: str, text: str, attachments: dict[str, bytes]) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, address, subject
    message.set_content(text)
    for name, content in attachments.items():
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return message
