"""The lines of a text log of any size, in one pass over its bytes: same text as `decode_bytes` and `split_lines` give.

A first pass settles the encoding over all bytes and keeps a few hundred lines of the head and of the middle, from which the
layout is guessed.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from workbench.core.errors import LogFormatError
from workbench.logs.readers.byte_stream import StreamSource, is_growing, open_source
from workbench.logs.readers.text import MAX_LINE_CHARS, QuoteJoiner, join_quoted
from workbench.logs.text.decode import (
    GLUE_BYTES,
    NUL_BLOCK,
    check_is_text,
    check_not_glued,
    choose_encoding,
    find_encoding,
    plain_marks,
    without_escapes,
)
from workbench.logs.text.mixture import WordsOfBoth

_NUL_BLOCK_CHARS = 8
_HEAD_BYTES = 200_000
_MIDDLE_CHARS = 60_000
_MAX_MIDDLES = 64
_MAX_HELD_BYTES = 10_000
_UNDEFINED_CP1252 = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
Say = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedText:
    """What the first pass found: encoding and how sure it is, lines of the head and the middle, and whether it still grows."""

    source: StreamSource
    encoding: str
    confidence: float
    has_quotes: bool
    head: str
    middle: str
    is_growing: bool


def scan_text(source: StreamSource, say: Say) -> ScannedText:
    """Read all bytes once. Raises EncodingError or LogFormatError naming what is no text log."""
    scan = _Scan(source.name)
    with open_source(source) as opened:
        for chunk in opened.chunks():
            scan.add(chunk)
            say(opened.fraction)
    return scan.finish(source)


class _Scan:
    """Gathers over all chunks what `find_encoding` sees at once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._head = b""
        self._wide = ""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._n_broken = self._n_multi = self._n_chars = 0
        self._is_ascii = True
        self._words, self._line, self._tail = WordsOfBoth(), b"", b""
        self._has_undefined = self._has_quotes = self._breaks_at_start = False
        self._middles: list[tuple[int, str]] = []

    def add(self, chunk: bytes) -> None:
        if len(self._head) < _HEAD_BYTES:
            self._head += chunk[: _HEAD_BYTES - len(self._head)]
        if self._decoder is None:
            self._begin(chunk)
        if self._wide or b"\xff" in chunk or b"\xff" in self._tail:
            check_not_glued(self._tail + chunk, self._wide or "utf-8", self._name)
        self._tail = chunk[-GLUE_BYTES:]
        self._has_quotes = self._has_quotes or b'"' in chunk
        text = self._decoder.decode(chunk) if self._decoder else ""
        if not self._wide and not chunk.isascii():
            self._weigh(chunk, text)
        self._keep_middle(text)
        self._n_chars += len(text)

    def _begin(self, chunk: bytes) -> None:
        guess, confidence = find_encoding(chunk[:_HEAD_BYTES])
        # a byte order mark or the zeros of UTF-16 settle it; UTF-8 and the 8-bit code pages differ only over all bytes
        of_8_bits = ("utf-8", "utf-8-sig", "cp1252")
        self._wide = guess if guess.startswith("utf-16") or (confidence == 1.0 and guess not in of_8_bits) else ""
        self._confidence = confidence
        self._decoder = codecs.getincrementaldecoder(self._wide or "utf-8")("replace")

    def _weigh(self, chunk: bytes, text: str) -> None:
        self._is_ascii = False
        n_broken = text.count("\ufffd")
        if n_broken and not self._n_broken and not self._n_multi and self._n_chars == 0:
            self._breaks_at_start = text[0] == "\ufffd"
        self._n_broken += n_broken
        n_multi = len(text) - n_broken - len(text.encode("ascii", "ignore"))
        self._n_multi += n_multi
        whole, _, self._line = (self._line + chunk).rpartition(b"\n")
        self._words.add(whole, has_broken=n_broken > 0, has_multi=n_multi > 0)
        self._line = self._line[-_MAX_HELD_BYTES:]
        self._has_undefined = self._has_undefined or any(byte in chunk for byte in _UNDEFINED_CP1252)

    def _keep_middle(self, text: str) -> None:
        if self._n_chars and (cut := text.find("\n")) >= 0:
            self._middles.append((self._n_chars, text[cut + 1 : cut + 1 + _MIDDLE_CHARS]))
        if len(self._middles) > _MAX_MIDDLES:
            self._middles = self._middles[::2]

    def finish(self, source: StreamSource) -> ScannedText:
        self._words.add(self._line, has_broken=self._n_broken > 0, has_multi=self._n_multi > 0)
        encoding, confidence = self._encoding()
        head = codecs.getincrementaldecoder(encoding)("replace").decode(self._head)
        check_is_text(_clean(NUL_BLOCK.sub("", self._head.decode(encoding, "replace")).removeprefix("\ufeff")), self._name)
        middle = min(self._middles, key=lambda item: abs(item[0] - self._n_chars / 2), default=(0, ""))[1]
        return ScannedText(
            source=source, encoding=encoding, confidence=confidence, has_quotes=self._has_quotes, head=_clean(head),
            middle=_clean(middle), is_growing=is_growing(source),
        )  # fmt: skip

    def _encoding(self) -> tuple[str, float]:
        if self._wide:
            return self._wide, self._confidence
        if not self._n_broken:
            return ("utf-8", 1.0) if self._is_ascii else ("utf-8", 0.99)
        n_multi = 0 if self._breaks_at_start else self._n_multi
        encoding, confidence = choose_encoding(self._head, self._n_broken, n_multi, self._words)
        return ("latin-1" if self._has_undefined and encoding == "cp1252" else encoding), confidence


def _clean(text: str) -> str:
    text = text.replace("\ufeff", "")
    if "\x00" in text:
        text = NUL_BLOCK.sub("\n", text).replace("\x00", "")
    return plain_marks(without_escapes(text)).replace("\r\n", "\n").replace("\r", "\n")


def sample_lines(text: str, limit: int, *, is_cut: bool) -> list[str]:
    """The first lines of a piece of text that hold anything; the last one is left out where it `is_cut`."""
    lines = text.split("\n")
    found = [line for line in (lines[:-1] if is_cut and len(lines) > 1 else lines) if line and not line.isspace()]
    return (list(join_quoted(found)) if '"' in text else found)[:limit]


class LineStream:
    """The lines that hold anything, one by one or in pieces. `number` is the physical line that was given out last.

    `fraction` of the file (0..1) was read.
    """

    def __init__(self, scanned: ScannedText) -> None:
        self._scanned = scanned
        self._joiner = QuoteJoiner()
        self.number = 0
        self.fraction = 0.0

    def lines(self) -> Iterator[str]:
        """All lines; a quoted cell may go over several. Raises LogFormatError for an endless one."""
        for piece in self.pieces():
            yield from self.written(piece.split("\n"))
        yield from self._joiner.rest()

    @property
    def is_joining(self) -> bool:
        """Whether the last line leaves a quote open."""
        return self._joiner.is_open

    def written(self, lines: Iterable[str]) -> Iterator[str]:
        """Those of the next lines that hold anything, counted; quoted cells that go on below are put together."""
        for line in lines:
            self.number += 1
            if len(line) > MAX_LINE_CHARS:
                raise self._endless(len(line))
            if not line or line.isspace():
                continue
            if self._scanned.has_quotes:
                yield from self._joiner.add(line)
            else:
                yield line

    def rest(self) -> list[str]:
        """Lines that wait for the end of a quote, at the end of the file."""
        return self._joiner.rest()

    def pieces(self) -> Iterator[str]:
        """The text in pieces of whole lines, without the last line end. Raises LogFormatError for an endless line."""
        decoder = codecs.getincrementaldecoder(self._scanned.encoding)("replace")
        carry = ""
        n_lines = 0
        with open_source(self._scanned.source) as opened:
            for chunk in opened.chunks():
                self.fraction = opened.fraction
                text = carry + decoder.decode(chunk)
                # what may go on in the next piece waits: a block of zeros, the first half of \r\n, the last line
                end = len(text.rstrip("\x00\r"))
                held = NUL_BLOCK.sub("\x00" * _NUL_BLOCK_CHARS, text[end:])
                whole, _, rest = _clean(text[:end]).rpartition("\n")
                carry = rest + held
                n_lines += whole.count("\n") + bool(whole)
                if len(carry) > MAX_LINE_CHARS:
                    self.number = max(self.number, n_lines + 1)
                    raise self._endless(len(carry))
                if whole:
                    yield whole
        pending = decoder.getstate()[0]
        rest = "" if pending in (b"\n", b"\r") else decoder.decode(b"", final=True)  # half of a line end of UTF-16, cut off
        last = _clean(carry + rest)
        yield last.rpartition("\n")[0] if self._scanned.is_growing else last

    def _endless(self, n_chars: int) -> LogFormatError:
        name = self._scanned.source.name
        return LogFormatError(
            f"Line {self.number} of {name} has {n_chars} characters; at most {MAX_LINE_CHARS} are read.",
            "It is damaged or no log; export it again.", path=name, line=self.number,
        )  # fmt: skip
