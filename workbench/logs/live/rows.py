"""What live parsers share: rows with the place in the stream where each ended, and a tally of what was lost and why.

A parser is pushed bytes and hands out rows; it knows nothing of ports, clocks or disks. Must not import anything but
numpy, core and this domain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import Record
from workbench.logs.recordings.time_axis import Int64s

MAX_REASONS = 64
OTHER_REASON = "other text"


class LiveChannel(Record, frozen=True, kw_only=True):
    """A channel as it will stand in the recording; `unit` None where none is known."""

    name: str
    unit: str | None = None
    quantity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of one shape, in the order in which they came.

    `ends` int64 [n]: place in the stream (bytes since the port was opened) just behind each row. `values` float64 [n, c],
    NaN = bad or missing. `device_ns` int64 [n]: the device's own time of each row, where it sent one and it is asked for.
    """

    channels: tuple[LiveChannel, ...]
    ends: Int64s
    values: NDArray[np.float64]
    device_ns: Int64s | None = None

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.ends)


@dataclass(slots=True)
class Tally:
    """Counts that only grow: `problems` (lines or frames that are no row) by reason, `bad` cells by channel and reason."""

    problems: Counter[str] = field(default_factory=Counter)
    bad: dict[str, Counter[str]] = field(default_factory=dict)

    def add_bad(self, channel: str, reason: str, n_cells: int = 1) -> None:
        """Count cells that are no number; after many different reasons the rest is one."""
        reasons = self.bad.setdefault(channel, Counter())
        reasons[reason if reason in reasons or len(reasons) < MAX_REASONS else OTHER_REASON] += n_cells

    def snapshot(self) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
        """(problems, bad) as plain values."""
        return dict(self.problems), {name: dict(reasons) for name, reasons in self.bad.items()}


class Parser(Protocol):
    """Bytes in, rows out. `tally` says what was no row."""

    tally: Tally

    def feed(self, data: bytes) -> list[Rows]:
        """Rows that are complete with these bytes, usually in one piece (more where the columns changed between)."""

    def close(self) -> None:
        """No more bytes will come: what is left over is counted as cut short."""

    def restart(self) -> None:
        """The line was interrupted: what is left over is cut short, and what comes next is a new beginning."""


def make_rows(
    channels: Sequence[LiveChannel],
    ends: Iterable[int],
    values: Sequence[Sequence[float]],
    device_ns: Sequence[int] | None = None,
) -> Rows:
    """Rows from lists."""
    table = np.array(values, np.float64).reshape(len(values), len(channels))
    instants = None if device_ns is None else np.array(device_ns, np.int64)
    return Rows(channels=tuple(channels), ends=np.fromiter(ends, np.int64), values=table, device_ns=instants)
