"""Defuse free text: what is left can be neither fetched nor executed by a browser, a template engine or a spreadsheet.

Done before identifiers are looked for, because markup also hides them (`jane<b>@</b>example.com`, `jane&#64;example.com`).
"""

from __future__ import annotations

import html
import re

from rapport.privacy.normalise import plain

_SUSPECT = re.compile(r"[&<>\[{$\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ue000-\uf8ff]")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff]")
_BREAK = re.compile(r"\r\n?|[\u2028\u2029]")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_BLOCK = re.compile(r"</?(?:br|p|div|li|ul|ol|tr|table|h[1-6]|blockquote|pre|hr)\b[^<>]*>", re.IGNORECASE)
_ADDRESS = re.compile(r"<((?:mailto:)?[^\s<>@]+@[^\s<>]+|https?://[^\s<>]+)>", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
_ATTRIBUTE = re.compile(r"(?:href|src|alt|title)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_LEFT = str.maketrans("<>", "‹›")
_TEMPLATE = re.compile(r"\{(?=[{%#])|\$(?=\{)")
_FORMULA = re.compile(r"\A[\s\"';,]*[=+\-@|%\t]")


def clean(text: str) -> str:
    """Return `text` normalised, without tags, entities and control characters, and with nothing that a reader would act on."""
    text = plain(text)
    if not _SUSPECT.search(text):
        return text
    for _ in range(3):  # an entity may hide another
        if "&" not in text or (decoded := plain(html.unescape(text))) == text:
            break
        text = decoded
    text = _CONTROL.sub("", _BREAK.sub("\n", text))
    if "<" in text:
        text = _COMMENT.sub(" ", text)
        text = _ADDRESS.sub(r" \1 ", _BLOCK.sub("\n", text))
        text = _TAG.sub(_contents, text)
    text = text.translate(_LEFT)
    text = text.replace("](", "] (").replace("![", "! [").replace("]:", "] :")
    return _TEMPLATE.sub(lambda brace: brace.group() + " ", text)


def defuse_formula(text: str) -> str:
    """Return `text` with an apostrophe before a character that a spreadsheet would take for a formula."""
    return "'" + text if text and _FORMULA.match(text) else text


def _contents(tag: re.Match[str]) -> str:
    """Keep what a reader would have seen or followed; it is judged like the rest of the text."""
    kept = [next(filter(None, groups), "") for groups in _ATTRIBUTE.findall(tag.group())]
    return " ".join(["", *kept, ""]) if kept else ""
