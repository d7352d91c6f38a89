"""Files in two encodings: a logger that was updated on the way, or files that were glued together. UTF-8 and an old one.

What is UTF-8 by its bytes is read as such, line by line, and the rest in the old encoding that its own words tell. One damaged
byte is no second encoding, and neither is a word of an old encoding that happens to look like UTF-8. The pair has a codec of its
own (`utf-8-or-cp1252`), so that whoever decodes text need not know of it.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from workbench.logs.text.encodings import SINGLE_BYTE_LATIN, are_usual_words, guess_beside

if TYPE_CHECKING:
    from typing_extensions import Buffer

PREFIX = "utf-8-or-"
_TO_BLANKS = bytes(32 if byte < 0x40 else byte for byte in range(256))
"""Digits, blanks and most marks part words."""
_HIGH = re.compile(rb"[\x80-\xff]+")
_MAX_RUNS = 2_000
_MAX_VAIN = 64
"""Pieces without a new word, after which no more are looked at."""
_MAX_HELD = 4_000_000


class WordsOfBoth:
    """Gathers, piece by piece, which words beyond ASCII are UTF-8 and which are not."""

    def __init__(self) -> None:
        self._kinds: tuple[dict[bytes, None], dict[bytes, None]] = ({}, {})
        self._n_vain = [0, 0]

    def add(self, data: bytes, *, has_broken: bool, has_multi: bool) -> None:
        """The next bytes; whether some of them are no UTF-8, and some are characters of several bytes."""
        wanted = [self._wants(0) and has_broken, self._wants(1) and has_multi]
        if not any(wanted) and not (has_broken and has_multi):
            return
        before = [len(words) for words in self._kinds]
        for run in sorted(word for word in set(data.translate(_TO_BLANKS).split()) if not word.isascii()):
            words = self._kinds[_is_utf8(run)]
            if len(words) < _MAX_RUNS:
                words.setdefault(run)
        for kind, words in enumerate(self._kinds):
            self._n_vain[kind] = 0 if len(words) > before[kind] else self._n_vain[kind] + wanted[kind]

    def _wants(self, kind: int) -> bool:
        return len(self._kinds[kind]) < _MAX_RUNS and self._n_vain[kind] < _MAX_VAIN

    def old_encoding(self, *, is_mostly_utf8: bool) -> str | None:
        """The encoding of the words that are no UTF-8, beside some that are; None where the file has one encoding."""
        broken, multi = self._kinds
        if not broken or not multi:
            return None
        new = [run.decode() for run in multi]
        return guess_beside(broken, new, 0.5 if is_mostly_utf8 else 0.0) if are_usual_words(new) else None


def _is_utf8(run: bytes) -> bool:
    try:
        run.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decode_lines(data: bytes, old: str) -> str:
    """Each line as UTF-8 where it is that; else in the old encoding, of Latin letters word by word."""
    return "".join(_decode_line(line, old) for line in data.splitlines(keepends=True))


def _decode_line(line: bytes, old: str) -> str:
    if line.isascii():
        return line.decode("ascii")
    if _is_utf8(line):
        return line.decode()
    if old not in SINGLE_BYTE_LATIN:
        return line.decode(old, "replace")
    parts: list[str] = []
    end = 0
    for match in _HIGH.finditer(line):
        high = match[0]
        parts += [line[end : match.start()].decode("ascii"), high.decode() if _is_utf8(high) else high.decode(old, "replace")]
        end = match.end()
    return "".join([*parts, line[end:].decode("ascii")])


class _Decoder(codecs.IncrementalDecoder):
    old = ""

    def __init__(self, errors: str = "strict") -> None:
        super().__init__(errors)
        self._held = b""

    def decode(self, data: bytes, final: bool = False) -> str:  # type: ignore[override] # bytes are enough here
        """Whole lines; the last one waits for its end."""
        data = self._held + data
        cut = len(data) if final or len(data) > _MAX_HELD else data.rfind(b"\n") + 1
        self._held = data[cut:]
        return _decode_lines(data[:cut], self.old)

    def reset(self) -> None:
        """Forget what waits."""
        self._held = b""

    def getstate(self) -> tuple[bytes, int]:
        """What waits."""
        return self._held, 0


def _find_codec(name: str) -> codecs.CodecInfo | None:
    plain = name.replace("_", "-")
    if not plain.startswith(PREFIX):
        return None
    old = plain.removeprefix(PREFIX)

    def decode(data: Buffer, _errors: str = "strict", /) -> tuple[str, int]:
        held = bytes(data)
        return _decode_lines(held, old), len(held)

    def encode(text: str, _errors: str = "strict", /) -> tuple[bytes, int]:
        return text.encode(), len(text)

    class Decoder(_Decoder):
        pass

    Decoder.old = old
    return codecs.CodecInfo(encode, decode, incrementaldecoder=Decoder, name=plain)


codecs.register(_find_codec)
