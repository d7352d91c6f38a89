"""What one row of the stacked plots holds: its channels, how they share its height, and how tall the rows are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.logs.plot_layout import CurveLook, PlotLayout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.services.log_views import AssetLogs, ChannelView, LastValue

ROW_PX = 84
MOST_ROW_PX = 400
_MOST_DIGITS = 4
PLOT_SHARE_PX = 14
"""What of a row is not plot: quality strip and air."""
_CHANNEL_PX = 34
"""What the gutter needs for each of several channels."""
DASHED_FROM = 4
"""Curves from the fifth colour on are dashed as well."""
Limits = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotRow:
    """Channels in one plot. `limits` are fixed by the person, else None; of several units each is drawn over its own range."""

    channels: tuple[ChannelView, ...]
    limits: Limits | None = None
    is_log: bool = False
    looks: tuple[CurveLook, ...] = ()
    """How each channel is drawn, in the same order; none: all as plain lines."""

    def look(self, number: int) -> CurveLook:
        """How the `number`-th channel is drawn."""
        return self.looks[number] if self.looks else CurveLook(channel=self.channels[number].name)

    def colour(self, number: int) -> int:
        """Which of the theme's curves it is drawn as: by its place, unless the person chose one."""
        return self.look(number).colour - 1 if self.look(number).colour else number

    @property
    def seen(self) -> tuple[ChannelView, ...]:
        """The channels whose curves aren't hidden."""
        return tuple(channel for number, channel in enumerate(self.channels) if not self.look(number).is_hidden)

    @property
    def is_percent(self) -> bool:
        """Whether each channel is drawn in percent of its own range: units differ, and a plot has one axis only."""
        return len({channel.unit for channel in self.channels}) > 1

    @property
    def unit(self) -> str:
        """The unit of the axis; '%' where units differ."""
        return "%" if self.is_percent or not self.channels else self.channels[0].unit

    @property
    def least_px(self) -> int:
        """Height that the words in the gutter need."""
        return max(ROW_PX, PLOT_SHARE_PX + _CHANNEL_PX * len(self.channels)) if len(self.channels) > 1 else ROW_PX


@dataclass(frozen=True, slots=True)
class Scale:
    """Values to heights: what stands at the bottom and at the top of a plot, in the channel's unit."""

    low: float
    high: float
    is_log: bool = False

    def share(self, value: float) -> float:
        """0 at the bottom, 1 at the top; NaN for what a logarithmic axis can't show."""
        if not self.is_log:
            return (value - self.low) / (self.high - self.low)
        if value <= 0:
            return math.nan
        return math.log(value / self.low) / math.log(self.high / self.low)

    def at(self, share: float) -> float:
        """The value at a height; the inverse of `share`."""
        if self.is_log:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + share * (self.high - self.low)


def digits_of_scale(scale: Scale) -> int:
    """Digits after the point that tell a twentieth of a plot's height: closer in, a value needs more than its unit has."""
    return 0 if scale.is_log else max(0, min(_MOST_DIGITS, math.ceil(-math.log10(max(scale.high - scale.low, 1e-9) / 20))))


def row_heights(rows: Sequence[PlotRow], height_px: int) -> list[float]:
    """Height of each row: more room shows more rows, and only then taller ones; one alone has all of it."""
    least = [row.least_px for row in rows]
    if len(rows) == 1:
        return [float(max(least[0], height_px))]
    spare = max(0, height_px - sum(least)) // max(1, len(rows))
    return [float(min(max(MOST_ROW_PX, needed), needed + spare)) for needed in least]


def known_value(logs: AssetLogs, channel: str, at_ns: int) -> LastValue | None:
    """The last known value of a channel at an instant; of a waveform only within a burst.

    The last sample of a burst says nothing about any later instant: it was but one of a swing.
    """
    known = logs.last_known(channel, at_ns)
    if known is not None and known.is_late and any(one.name == channel and one.group == "waveform" for one in logs.channels):
        return None
    return known


def rows_of(layout: PlotLayout, channels: Sequence[ChannelView]) -> tuple[PlotLayout, tuple[PlotRow, ...]]:
    """The rows of a layout whose channels are there, and the layout without the others."""
    known = {channel.name: channel for channel in channels}
    shown = layout.without([name for name in layout.channels if name not in known])
    rows = []
    for row in shown.rows:
        limits = (row.low, row.high) if row.low is not None and row.high is not None else None
        looks = tuple(shown.look_of(name) for name in row.channels)
        drawn = tuple(known[name] for name in row.channels)
        rows.append(PlotRow(channels=drawn, limits=limits, is_log=row.is_log, looks=looks))
    return shown, tuple(rows)
