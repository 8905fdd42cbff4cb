"""Whether one word is a name: by the lexicon, by a capital that no ordinary word explains, and by what stands around."""

from __future__ import annotations

from rapport.privacy import cues
from rapport.privacy.cues import is_slip
from rapport.privacy.lexicon import CITY, COUNTRY, GIVEN, GIVEN_SHIFT, IN_LOWER_CASE, ORDINARY, ORDINARY_SHIFT, SURNAME, SURNAME_SHIFT, WINS
from rapport.privacy.words import (
    ANY,
    CAPITAL,
    LOWER,
    NATION,
    NUMBER,
    PARTICLE,
    PLAIN,
    STOP,
    TITLE,
    UNKNOWN,
    UPPER,
    Sheet,
    is_name,
    is_ordinary,
)

NO, MAYBE, YES = 0, 1, 2
NEVER = NUMBER | STOP | PLAIN
_DETERMINERS = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "my",
        "your",
        "our",
        "its",
        "new",
        "old",
        "another",
        "every",
        "each",
        "some",
        "any",
        "no",
    ]
)
_LOOK_BACK = 40


def judge(sheet: Sheet, at: int) -> int:  # noqa: PLR0911
    """Say whether a word is a name (YES), may belong to one (MAYBE), or not (NO)."""
    info = sheet.info[at]
    if info & (NEVER | TITLE):
        return NO
    if info & (COUNTRY | NATION):
        return _judge_country(sheet, at, info)
    if cues.DRAWN_OUT.search(sheet.word(at)):
        return NO
    if info & CAPITAL and not sheet.is_large:
        return _judge_capital(sheet, at, info)
    if info & LOWER:
        return _judge_small(sheet, at, info)
    if info & UPPER:
        return _judge_large(sheet, at, info)
    return NO


def _judge_country(sheet: Sheet, at: int, info: int) -> int:
    """Judge a country or nationality: alone it identifies nobody; after a town it is part of where somebody lives."""
    if info & GIVEN >= 3 and info & CAPITAL and not info & NATION and not cues.WHERE.search(_before(sheet, at)):
        return YES  # Jordan, Chad
    if info & COUNTRY and at and sheet.gap(at - 1) == ", " and not sheet.info[at - 1] & (NEVER | NATION | COUNTRY | LOWER):
        return YES if not sheet.info[at - 1] & ORDINARY else MAYBE
    return MAYBE if info & CAPITAL and info & (GIVEN | SURNAME) else NO


def _judge_capital(sheet: Sheet, at: int, info: int) -> int:  # noqa: PLR0911
    given, surname = info >> GIVEN_SHIFT & 7, info >> SURNAME_SHIFT & 7
    if sheet.end[at] - sheet.start[at] == 1:
        return NO
    if is_ordinary(info, sheet.language):
        if info & WINS and given >= 2 and (sheet.has_case or given >= 4) and (not sheet.begins(at) or info & IN_LOWER_CASE):
            return YES
        if given >= 2 and _is_introduced(sheet, at):
            return YES
        if (given >= 3 or surname >= 3) and (_is_person(sheet, at) or (not sheet.begins(at) and cues.SAYS.search(_before(sheet, at)))):
            return YES
        if _is_surely(sheet, at):
            return YES
        return MAYBE if given or surname or not sheet.begins(at) else NO
    if sheet.language == "de":
        is_known = given >= 2 or (info & CITY and info & CITY >= 2 << 13) or _is_introduced(sheet, at)
        return YES if is_known else MAYBE
    if is_name(info) or info & CITY:
        is_safe = info & IN_LOWER_CASE or given >= 2 or surname >= 2 or not sheet.begins(at) or not is_slip(sheet.word(at))
        return YES if is_safe else MAYBE
    return _judge_unknown(sheet, at)


def _judge_unknown(sheet: Sheet, at: int) -> int:
    """Judge a capitalised word that is in no list: a rare name, a product, or a slip of the finger."""
    size = sheet.end[at] - sheet.start[at]
    if size < 3 or _is_product(sheet, at) or _is_after_determiner(sheet, at):
        return MAYBE
    is_alone = at + 1 >= len(sheet) or sheet.gap(at) != " " or not sheet.info[at + 1] & (CAPITAL | PARTICLE)
    if sheet.begins(at) and ((sheet.language == ANY and is_alone) or is_slip(sheet.word(at))):
        return NO
    return YES


def _judge_small(sheet: Sheet, at: int, info: int) -> int:  # noqa: PLR0911
    given, surname = info >> GIVEN_SHIFT & 7, info >> SURNAME_SHIFT & 7
    if is_ordinary(info, sheet.language) and not info & IN_LOWER_CASE:
        return YES if _is_surely(sheet, at) and not info & ORDINARY >= 3 << ORDINARY_SHIFT else NO
    if info & IN_LOWER_CASE and given >= 2 and not (sheet.language != "en" and is_ordinary(info, sheet.language)):
        return YES
    if info & CITY and sheet.is_small and info & IN_LOWER_CASE:
        return YES
    if _is_surely(sheet, at):
        return YES
    if not sheet.is_small or not _is_foreign(sheet, at):
        return MAYBE if info & UNKNOWN or is_name(info) else NO
    if info & IN_LOWER_CASE and surname >= 2:
        return YES
    beside = [here for here in (at - 1, at + 1) if 0 <= here < len(sheet) and sheet.gap(min(here, at)) == " " and _is_foreign(sheet, here)]
    if any(is_name(info) or is_name(sheet.info[here]) for here in beside):
        return YES
    return YES if given and _is_introduced(sheet, at) else MAYBE


def _is_foreign(sheet: Sheet, at: int) -> bool:
    """Say whether a small word is in no dictionary, nor a slip of the finger in one that is."""
    info = sheet.info[at]
    if info & (NEVER | TITLE | PARTICLE | ORDINARY | COUNTRY | NATION) or not info & LOWER or sheet.end[at] - sheet.start[at] < 3:
        return False
    if is_ordinary(info, sheet.language) or cues.DRAWN_OUT.search(sheet.word(at)):
        return False
    return is_name(info) or (bool(info & UNKNOWN) and not is_slip(sheet.word(at), usual=2))


def _judge_large(sheet: Sheet, at: int, info: int) -> int:
    if is_ordinary(info, sheet.language):
        return MAYBE if info & (GIVEN | SURNAME) and sheet.is_large else NO
    size = sheet.end[at] - sheet.start[at]
    if (info & IN_LOWER_CASE or info & CITY) and size > 2 and not (sheet.is_large and not info & IN_LOWER_CASE):
        return YES
    if size > 3 and not sheet.is_large and cues.WHERE.search(_before(sheet, at)):
        return YES
    return YES if size > 5 and not sheet.is_large and not is_slip(sheet.word(at)) else MAYBE if size > 3 else NO


def _before(sheet: Sheet, at: int) -> str:
    return sheet.text[max(0, sheet.start[at] - _LOOK_BACK) : sheet.start[at]]


def _is_introduced(sheet: Sheet, at: int) -> bool:
    return bool(cues.INTRODUCED.search(_before(sheet, at)))


def _is_surely(sheet: Sheet, at: int) -> bool:
    return bool(cues.SURELY.search(_before(sheet, at)))


def _is_after_determiner(sheet: Sheet, at: int) -> bool:
    return at > 0 and bool(sheet.info[at - 1] & LOWER) and sheet.gap(at - 1) == " " and sheet.word(at - 1) in _DETERMINERS


def _is_person(sheet: Sheet, at: int) -> bool:
    """Say whether a word at the head of a sentence does what people do: `Wade lives here`, `Drew: who are you?`."""
    if not sheet.begins(at) or not sheet.has_case:
        return False
    done = cues.DOES.match(sheet.text, sheet.end[at])
    if not done:
        return False
    is_weak = done.group()[0] in ",:" or done.group().strip() in {"has", "had", "is"}
    return bool(sheet.info[at] & WINS and sheet.info[at] & GIVEN >= 3) if is_weak else True


def _is_product(sheet: Sheet, at: int) -> bool:
    """Say whether a thing's noun follows, as in `the Xelora dock`: a name is followed by a verb, a mark or a small word."""
    if at + 1 >= len(sheet) or sheet.gap(at) != " ":
        return False
    following = sheet.info[at + 1]
    if not following & LOWER or following & (STOP | PARTICLE | TITLE) or not following & ORDINARY:
        return False
    return not cues.VERB.match(sheet.word(at + 1)) or (sheet.word(at + 1).endswith("s") and not sheet.begins(at))
