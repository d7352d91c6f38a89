"""The agent's sensors: a log that is replayed in real time or faster.

Reads plain CSV only (a time column and numbers), for the gateway has no importer. Must not write.
"""

from __future__ import annotations

import csv
import io
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.core.codec import translate_os_error
from workbench.core.errors import InputError, LogFormatError

SEPARATORS = ",;\t|"
TIME_WORDS = ("time", "date", "stamp", "utc")
_EPOCH_UNITS_NS = ((10**17, 1), (10**14, 1_000), (10**11, 1_000_000), (0, NS_PER_S))
_LARGEST_COUNT = 2**62
MAX_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Rows as they came: `times_ns` int64 [n] strictly increasing, `values` float64 [n, c] (NaN = missing).

    Whatever was measured up to `until_ns` has come, also where no row says so; None: up to the last row.
    """

    names: tuple[str, ...]
    times_ns: NDArray[np.int64]
    values: NDArray[np.float64]
    until_ns: int | None = None


class Replay:
    """Hands out the rows of a log when their time has come: `speed` seconds of log a second of clock."""

    def __init__(self, samples: Samples, *, speed: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._samples = samples
        self._speed = speed
        self._clock = clock
        self._next = 0
        self._started_s: float | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Channel names."""
        return self._samples.names

    @property
    def is_finished(self) -> bool:
        """Whether the log has been replayed to its end."""
        return self._next >= len(self._samples.times_ns)

    def skip_to(self, after_ns: int) -> None:
        """Go on after what was recorded before a restart."""
        self._next = int(np.searchsorted(self._samples.times_ns, after_ns, side="right"))

    def due(self) -> Samples:
        """The rows whose time has come since the last call (at most MAX_ROWS_AT_ONCE).

        In the log's gaps and behind its end its time goes on: sensors that say nothing.
        """
        times_ns = self._samples.times_ns
        if self._started_s is None:
            self._started_s = self._clock()
            self._first_ns = int(times_ns[min(self._next, len(times_ns) - 1)]) if len(times_ns) else 0
        now_ns = self._first_ns + round((self._clock() - self._started_s) * self._speed * NS_PER_S)
        end = min(int(np.searchsorted(times_ns, now_ns, side="right")), self._next + MAX_ROWS_AT_ONCE)
        start, self._next = self._next, max(self._next, end)
        is_behind = self._next < len(times_ns) and times_ns[self._next] <= now_ns
        return Samples(
            names=self.names, times_ns=times_ns[start : self._next], values=self._samples.values[start : self._next],
            until_ns=int(times_ns[self._next - 1]) if is_behind else now_ns,
        )  # fmt: skip


def no_samples(until_ns: int) -> Samples:
    """A device without sensors: nothing came up to this instant."""
    return Samples(names=(), times_ns=np.empty(0, np.int64), values=np.empty((0, 0)), until_ns=until_ns)


def read_csv(path: Path) -> Samples:
    """Read a log with one time column (ISO 8601, or seconds to nanoseconds since 1970) and numeric columns.

    Rows that don't go forward in time are left out, as are columns without any number. Raises LogFormatError with the line.
    """
    text = _read_text(path)
    header = text.partition("\n")[0]
    separator = max(SEPARATORS, key=header.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise LogFormatError(f"{path.name} can't be read: {error}.", "Export it again.", path=str(path)) from error
    if len(rows) < 2:
        raise LogFormatError(f"{path.name} holds no rows.", "Give a CSV file with a header and a time column.", path=str(path))
    names = [name.strip() for name in rows[0]]
    at = next((index for index, name in enumerate(names) if any(word in name.lower() for word in TIME_WORDS)), 0)
    numbered = [(number, row) for number, row in enumerate(rows[1:], start=2) if len(row) == len(names)]
    body = [row for _, row in numbered]
    times_ns = np.array([_instant(row[at], path, number) for number, row in numbered], np.int64)
    columns = {
        name: np.array([_number(row[index], separator) for row in body], np.float64)
        for index, name in enumerate(names)
        if index != at
    }
    kept = tuple(name for name, column in columns.items() if np.isfinite(column).any())
    newest = np.maximum.accumulate(np.concatenate(([np.iinfo(np.int64).min], times_ns)))[:-1]
    forward = times_ns > newest
    values = np.column_stack([columns[name] for name in kept]) if kept else np.empty((len(times_ns), 0))
    return Samples(names=kept, times_ns=times_ns[forward], values=values[forward])


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        text = f"{path.name} is not UTF-8 text (byte {error.start})."
        raise LogFormatError(text, "Give the agent a CSV file in UTF-8.", path=str(path)) from error
    except OSError as error:
        raise translate_os_error(error, path) from error


def _instant(text: str, path: Path, line: int) -> int:
    """Printed counts are taken exactly: as floats, today's nanoseconds would be off by a quarter of a microsecond."""
    try:
        count = Decimal(text.strip())
    except InvalidOperation:
        count = None
    try:
        return parse_utc(text) if count is None else _instant_of(count)
    except InputError as error:
        raise LogFormatError(f"{path.name}, line {line}: {error.message}", error.hint, path=str(path), line=line) from error


def _instant_of(count: Decimal) -> int:
    if not count.is_finite() or abs(count) >= _LARGEST_COUNT:
        raise InputError(f"'{count}' is not a time.", "Write it as 2026-03-16T10:52:33Z.")
    unit_ns = next(unit for limit, unit in _EPOCH_UNITS_NS if abs(count) >= limit)
    return int((count * unit_ns).to_integral_value())


def _number(text: str, separator: str) -> float:
    text = text.strip()
    if separator == ";" and "." not in text:
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan
