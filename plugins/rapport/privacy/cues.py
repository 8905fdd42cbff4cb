"""What around a word, or in its spelling, says that it is a name or that it is none."""

from __future__ import annotations

import re

from rapport.privacy import lexicon
from rapport.privacy.lexicon import ORDINARY, ORDINARY_SHIFT

COMPANY = re.compile(r"[ ,]{1,2}(?:inc|ltd|llc|llp|plc|corp|gmbh|ag|sarl|sas|bv|nv|oy|ab|aps|spa|srl|pty|kg|co)\b", re.IGNORECASE)
INTRODUCED = re.compile(
    r"\b(?:(?:last|first|sur|full|maiden|middle|family|given)[ -]?name|name is|names? are|named|name'?s|called|i am|i'm|im|this is|its|it's"
    r"|regards|sincerely|cheers|greetings|best|yours|thanks|thank you|signed|dear|hi|hello|hey|ask(?:ed)? for|speak (?:to|with)"
    r"|spoke (?:to|with)"
    r"|spoken to|talk(?:ed)? (?:to|with)|call(?:s|ed)? me|contact|attn|from|with|by|mein name ist|ich bin|ich hei(?:ss|ß)e"
    r"|herrn?|frau|gr(?:ü|ue)(?:ß|ss)e"
    r"|hallo|liebe[r]?|je m'appelle|je suis|mon nom est|monsieur|madame|cordialement|bonjour|me llamo|mi nombre es|soy|se(?:ñ"
    r"|n)ora?|saludos"
    r"|atentamente|hola)[ ,:.\n-]{0,4}\Z",
    re.IGNORECASE,
)
SURELY = re.compile(
    r"(?:\b(?:(?:my|his|her|their|the|your|whose|last|first|full|maiden|family|partner's|husband's"
    r"|wife's)\s)(?:\w+\s)?name(?:\s(?:is|was)|'s|:)"
    r"|\bnamed|\bpeople call me|\bthey call me|\bname:|\bmein name ist|\bich hei(?:ss|ß)e|\bje m'appelle|\bmon nom est"
    r"|\bme llamo|\bmi nombre es)"
    r"[ \n]{1,2}\Z",
    re.IGNORECASE,
)
DRAWN_OUT = re.compile(r"(.)\1\1")
WHERE = re.compile(r"\b(?:in|from|to|of|near|across|outside|throughout|leave|left|visit(?:ed|ing)?)\s\Z", re.IGNORECASE)
SAYS = re.compile(r"\b(?:says?|said|asked|replied|wrote|starring|by|with|colleague|agent|mr|mrs|ms|dr)[ ,]\Z", re.IGNORECASE)
DOES = re.compile(
    r"(?: |, who |'s )(?:lives?|lived|says|said|asked|told|wrote|shouted|replied|thinks|thought|wants|wanted|called|calls|spoke"
    r"|spent|promised"
    r"|explained|answered|confirmed|mentioned|refused|works|worked|helped|moved|grew|joined|was (?:born|very|so|rude|helpful"
    r"|kind|great)|has|had|is"
    r"|who|and i)\b|(?:,|:) (?=[\"'a-z])",
    re.IGNORECASE,
)
VERB = re.compile(
    r"(?:.{2,}(?:ed|s|ly|ing)|began|spent|went|wrote|came|got|made|took|gave|drew|sang|led|met|ran|sat|sold|told|won|flew|grew"
    r"|felt|fell|kept"
    r"|left|lost|paid|put|sent|spoke|stood|taught|thought|broke|brought|built|chose|drove|forgot|knew|saw|shut|slept|wore|who|then|even)\Z"
)
_LONGEST_WORD = 24
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def is_slip(word: str, usual: int = 0) -> bool:
    """Say whether one slip of the finger makes the word of a usual ordinary one, as `recieved`."""
    known = lexicon.words()
    if len(word) < 4:
        return True
    if len(word) > _LONGEST_WORD:
        return False
    usual = (usual or (2 if len(word) > 6 else 3)) << ORDINARY_SHIFT
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail and known.get(head + tail[1:], 0) & ORDINARY >= usual:
            return True
        if len(tail) > 1 and known.get(head + tail[1] + tail[0] + tail[2:], 0) & ORDINARY >= usual:
            return True
        for letter in _LETTERS:
            if known.get(head + letter + tail, 0) & ORDINARY >= usual or (
                tail and known.get(head + letter + tail[1:], 0) & ORDINARY >= usual
            ):
                return True
    return False
