"""What the parsers of text lines share: whole lines, cells, the device's time of each, and why a line is no row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from workbench.logs.live.cell_reader import CellReader
from workbench.logs.live.device_time import NO_TIME, DeviceTime
from workbench.logs.live.lines import LineSplitter
from workbench.logs.live.plan import ColumnPlan, TextPlan
from workbench.logs.live.rows import LiveChannel, Tally

JOINED_LATE = "joined in the middle of a line"
WRONG_CHECKSUM = "wrong checksum"
NO_DEVICE_TIME = "no time that can be read"
L = TypeVar("L")


class TextParser:
    """See `rows.Parser`; `feed` is what the parsers differ in."""

    def __init__(self, plan: TextPlan, time: DeviceTime | None = None, *, starts_inside: bool = True) -> None:
        self.tally = Tally()
        self.plan = plan
        self._time = time if plan.time.kind != "none" else None
        self._lines = LineSplitter(self.tally, starts_inside=starts_inside)
        self._cells = CellReader(plan.decimal, self.tally)

    def close(self) -> None:
        """See Parser."""
        self._lines.cut()

    def restart(self) -> None:
        """See Parser."""
        self._lines.cut()

    def _timed(self, lines: list[L], stamps: Iterable[list[str]]) -> tuple[list[L], list[int] | None]:
        """The lines whose time the device says and their instants, ns; all of them and None where it isn't asked for."""
        if self._time is None:
            return lines, None
        instants = self._time.read(list(stamps))
        is_timed = instants != NO_TIME
        if not is_timed.all():
            self.tally.problems[NO_DEVICE_TIME] += int((~is_timed).sum())
        return [line for line, keep in zip(lines, is_timed.tolist(), strict=True) if keep], instants[is_timed].tolist()


def channel_of(column: ColumnPlan) -> LiveChannel:
    """The channel that a column becomes."""
    return LiveChannel(name=column.name, unit=column.unit, quantity=column.quantity)
