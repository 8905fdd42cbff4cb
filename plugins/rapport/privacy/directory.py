"""The directory of known identifiers: keyed hashes that can be asked and never read.

Text is cut into words, phrases of up to five words, user names and digits; each is hashed with the directory's key and looked up in memory.
Only a phrase whose first word begins a known one is hashed at all, so that a text costs little more than one look-up a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b

from rapport.privacy.keyring import Keyring
from rapport.privacy.spans import Span
from rapport.privacy.terms import BY_KIND, LONGEST_PHRASE, ORDINARY, WORD, Term, fold

TERM_BYTES = 12
_IDENT = re.compile(r"(?<![\w.@-])(?=[^\W\d_]*[\d._-])[^\W_](?:[\w.-]{0,62}\w)")
_GAP = re.compile(r"[ \t.,'’_\-‐–]{0,3}\n?\Z")
_LONGEST_GAP = 4
_IS_WORD, _IS_HEAD = 1, 2
_MEMO_LIMIT = 500_000


class Directory:
    """Known identifiers of one tenant."""

    def __init__(self, keyring: Keyring, terms: Iterable[bytes] = (), brands: Iterable[str] = ()) -> None:
        """Make a directory.

        Args:
            keyring: its key hashes the terms.
            terms: hashes kept from earlier loads.
            brands: names of organisations that are nobody's and stay in texts, unless somebody known is called so.
        """
        self.brands = frozenset(brands)
        key = keyring.subkey("directory", "term")
        started = {
            label: blake2b(label.encode() + b"\0", key=key, digest_size=TERM_BYTES)
            for label in ("word", "phrase", "head", "ident", "digits")
        }

        def hashed(label: str, text: str) -> bytes:
            digest = started[label].copy()
            digest.update(text.encode())
            return digest.digest()

        self._hash: Callable[[str, str], bytes] = hashed
        self._known = set(terms)
        self._memo: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._known)

    def terms(self, value: str, kind: str, region: str | None = None) -> set[bytes]:
        """Return the hashes by which an identifier will be recognised."""
        return {self._hash(label, text) for label, text in BY_KIND[kind](value, region)}

    def term(self, label: str, text: str) -> bytes:
        """Return the hash of one form, as `rapport.privacy.terms` makes it."""
        return self._hash(label, text)

    def add(self, terms: Iterable[bytes]) -> None:
        """Remember terms from now on."""
        fresh = set(terms) - self._known
        if fresh:
            self._known |= fresh
            self._memo = {}

    def knows_digits(self, digits: str) -> bool:
        """Say whether these digits are a known number, with or without zeros in front."""
        return self._knows(("digits", digits.lstrip("0")))

    def spans(self, block: str) -> Iterator[Span]:
        """Yield known names as PERSON, known user names and identifiers as HANDLE; known digits are asked for by `knows_digits`."""
        yield from self._names(block)
        for match in _IDENT.finditer(block):
            if self._knows(("ident", match.group().casefold())):
                yield Span(match.start(), match.end(), "HANDLE")

    def full_names(self, block: str) -> Iterator[Span]:
        """Yield known names of two words or more: in a field of codes a single word may be anything."""
        return self._names(block, is_whole=True)

    def _names(self, block: str, *, is_whole: bool = False) -> Iterator[Span]:
        memo = self._memo
        starts: list[tuple[int, int]] = []
        words: list[re.Match[str]] = []
        for at, match in enumerate(WORD.finditer(block)):
            words.append(match)
            word = match.group()
            flags = memo.get(word)
            if flags is None:
                flags = self._flags(word)
            if flags:
                starts.append((at, flags))
        done = -1
        for at, flags in starts:
            if at <= done:
                continue
            size = self._longest_phrase(block, words, at) if flags & _IS_HEAD else 0
            if not size and flags & _IS_WORD and not is_whole:
                size = 1
            if size:
                done = at + size - 1
                if done == at and self._begins_name(block, words, at):
                    done += 1
                yield Span(words[at].start(), words[done].end(), "PERSON")

    def _flags(self, word: str) -> int:
        folded = fold(word)
        flags = (_IS_WORD if self._knows(("word", folded)) else 0) | (_IS_HEAD if self._knows(("head", folded)) else 0)
        if len(self._memo) < _MEMO_LIMIT:
            self._memo[word] = flags
        return flags

    def _longest_phrase(self, block: str, words: list[re.Match[str]], at: int) -> int:
        phrase = [fold(words[at].group())]
        found = 0
        for size in range(2, min(LONGEST_PHRASE, len(words) - at) + 1):
            before, word = words[at + size - 2], words[at + size - 1]
            if word.start() - before.end() > _LONGEST_GAP or not _GAP.match(block[before.end() : word.start()]):
                break
            phrase.append(fold(word.group()))
            if self._knows(("phrase", " ".join(phrase))):
                found = size
        return found

    @staticmethod
    def _begins_name(block: str, words: list[re.Match[str]], at: int) -> bool:
        """Say whether a known name goes on with a capitalised word that is no ordinary one: the rest of a name not known in full."""
        if at + 1 >= len(words):
            return False
        word, after = words[at].group(), words[at + 1]
        is_gap = block[words[at].end() : after.start()] in {" ", "-"}
        return is_gap and word[0].isupper() and after.group()[0].isupper() and fold(after.group()) not in ORDINARY

    def _knows(self, term: Term) -> bool:
        return self._hash(*term) in self._known
