"""How a text stream is read: settled once from its first lines, shown to the person, and then kept to.

A plan is a record, so that what was captured says how it was read. Must not import anything but core and this domain.
"""

from __future__ import annotations

from typing import Literal

from workbench.core.codec import Record
from workbench.logs.tables.cells import Decimal

Role = Literal["channel", "time", "text"]
TimeKind = Literal["none", "stamp", "epoch", "ticks"]


class ColumnPlan(Record, frozen=True, kw_only=True):
    """One column of a line: its name, unit and what it is taken for; `is_state` reads ON and OFF as 1 and 0."""

    name: str
    unit: str | None = None
    quantity: str = ""
    role: Role = "channel"
    is_state: bool = False


class TimePlan(Record, frozen=True, kw_only=True):
    """The device's own time: columns (indexes or, in key=value lines, names), and how they are read.

    kind stamp: printed date and time, with `day_order`; epoch: a count since 1970; ticks: a count since the device started.
    `scale_ns` is what one count is worth.
    """

    kind: TimeKind = "none"
    indexes: tuple[int, ...] = ()
    name: str = ""
    scale_ns: int = 1_000_000_000
    day_order: Literal["dmy", "mdy", "ymd"] = "dmy"
    has_zone: bool = False


class TextPlan(Record, frozen=True, kw_only=True):
    """How lines are read. `has_checksum`: every line ends in *hh, the XOR of its characters (as NMEA 0183 has it)."""

    layout: Literal["csv", "keyvalue"]
    delimiter: str = ","
    decimal: Decimal = "."
    columns: tuple[ColumnPlan, ...] = ()
    time: TimePlan = TimePlan()
    has_header: bool = False
    has_checksum: bool = False
