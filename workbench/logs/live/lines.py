"""Bytes of a line-oriented stream cut into lines, each with the place where it ended.

A line ends at LF, CR LF or CR. A line that is longer than any logger's is no line: its bytes are dropped and counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.logs.live.rows import Tally

MAX_LINE_BYTES = 8192
TOO_LONG = "longer than a line"
CUT_SHORT = "cut short"
NOT_TEXT = "not text"
_PRINTABLE = frozenset(b"\t") | frozenset(range(32, 127)) | frozenset(range(128, 256))


class LineSplitter:
    """`feed` bytes, get (text, end) of each complete line; empty lines are none."""

    def __init__(self, tally: Tally, *, starts_inside: bool = True) -> None:
        self._tally = tally
        self._rest = bytearray()
        self._position = 0
        self._is_dropping = False
        self._starts_inside = starts_inside

    @property
    def rest(self) -> bytes:
        """The begun line."""
        return bytes(self._rest)

    def feed(self, data: bytes) -> Iterator[tuple[str, int]]:
        """Every line that is complete now."""
        self._rest += data
        self._position += len(data)
        while (end := _line_end(self._rest)) >= 0:
            raw, n_left = bytes(self._rest[:end]), len(self._rest) - end - 1
            del self._rest[: end + 1]
            text = self._text_of(raw)
            if text:
                yield text, self._position - n_left
        if len(self._rest) > MAX_LINE_BYTES:
            self._is_dropping = True
            self._rest.clear()

    def cut(self) -> None:
        """The stream was interrupted: a begun line is counted as cut short, and the next may begin in its middle."""
        if self._rest.strip() or self._is_dropping:
            self._tally.problems[CUT_SHORT] += 1
        self._rest.clear()
        self._is_dropping, self._starts_inside = False, True

    @property
    def is_first(self) -> bool:
        """Whether the next line may be the tail of one whose beginning nobody saw."""
        return self._starts_inside

    def accept_first(self) -> None:
        """The first line was looked at."""
        self._starts_inside = False

    def _text_of(self, raw: bytes) -> str:
        if self._is_dropping or len(raw) > MAX_LINE_BYTES:
            self._is_dropping = False
            self._tally.problems[TOO_LONG] += 1
            return ""
        raw = raw.strip(b"\r\x00 ")
        if not raw:
            return ""
        if not _PRINTABLE.issuperset(raw):
            self._tally.problems[NOT_TEXT] += 1
            return ""
        return _decode(raw)


def _line_end(data: bytearray) -> int:
    """Index of the first line end; -1 where there is none yet."""
    feed, back = data.find(b"\n"), data.find(b"\r")
    if back < 0 or (0 <= feed < back):
        return feed
    return back


def _decode(raw: bytes) -> str:
    """UTF-8, else the code page of Western Windows, which gives every byte a meaning (a degree sign, mostly)."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
