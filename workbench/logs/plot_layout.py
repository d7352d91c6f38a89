"""How a pump's plots are laid out: rows with one channel or several, their limits, the mode. Pure: every change is a new layout.

A layout names channels as the log does; it says nothing about which of them exist. Must not import anything but core.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from workbench.core.codec import Record, decode_strict, encode_canonical
from workbench.core.errors import InputError

MOST_ROWS, MOST_CHANNELS = 1000, 64
MOST_VALUE = 1e30
"""No axis reaches further: the height of a wider one is no number."""
MOST_COLOURS = 8
CurveStyle = Literal["line", "points", "both", "steps"]
Names = tuple[Annotated[str, msgspec.Meta(max_length=400)], ...]


class RowLayout(Record, frozen=True, kw_only=True):
    """One plot: its channels, the y axis where the person fixed it, and whether it is logarithmic."""

    channels: Annotated[Names, msgspec.Meta(min_length=1, max_length=MOST_CHANNELS)]
    low: float | None = None
    high: float | None = None
    is_log: bool = False


class CurveLook(Record, frozen=True, kw_only=True):
    """How one curve is drawn. `points`: the samples alone, `both`: with the line, `steps`: each value held until the next one
    (tags that are written on change)."""

    channel: Annotated[str, msgspec.Meta(max_length=400)]
    style: CurveStyle = "line"
    colour: Annotated[int, msgspec.Meta(ge=0, le=MOST_COLOURS)] = 0
    """1 to 8 of the theme's curves; 0: by its place in the row."""
    is_hidden: bool = False


class PlotLayout(Record, frozen=True, kw_only=True):
    """Rows from above, and the curves that a person draws otherwise. Empty: nothing was chosen yet, the page picks what fits."""

    rows: Annotated[tuple[RowLayout, ...], msgspec.Meta(max_length=MOST_ROWS)] = ()
    mode: Annotated[str, msgspec.Meta(max_length=40)] = "time"
    looks: Annotated[tuple[CurveLook, ...], msgspec.Meta(max_length=MOST_ROWS)] = ()

    @property
    def channels(self) -> tuple[str, ...]:
        """All channels, row by row."""
        return tuple(name for row in self.rows for name in row.channels)

    def row_of(self, channel: str) -> int | None:
        """The row that draws a channel."""
        return next((number for number, row in enumerate(self.rows) if channel in row.channels), None)

    def look_of(self, channel: str) -> CurveLook:
        """How a channel is drawn: a plain line, unless a person said otherwise."""
        return next((look for look in self.looks if look.channel == channel), CurveLook(channel=channel))

    def with_look(self, channel: str, **changes: object) -> PlotLayout:
        """One curve drawn in another way; a plain one needs no entry."""
        changed = msgspec.structs.replace(self.look_of(channel), **changes)
        others = [look for look in self.looks if look.channel != channel]
        kept = others if changed == CurveLook(channel=channel) else [*others, changed]
        return msgspec.structs.replace(self, looks=tuple(sorted(kept, key=_channel_of)))

    def with_channels(self, names: Sequence[str], order: Sequence[str]) -> PlotLayout:
        """Exactly these channels: rows that stay keep their places; each new one gets a row where `order` has it."""
        rows = [row for row in (_only(row, names) for row in self.rows) if row is not None]
        place = {name: number for number, name in enumerate(order)}
        known = {name for row in rows for name in row.channels}
        for name in sorted((name for name in names if name not in known), key=lambda name: place.get(name, len(place))):
            before = [number for number, row in enumerate(rows) if place.get(row.channels[0], 0) > place.get(name, len(place))]
            # Among rows that a person put into another order, a new one goes to the end.
            is_in_order = all(
                place.get(first.channels[0], 0) <= place.get(second.channels[0], 0) for first, second in itertools.pairwise(rows)
            )
            rows.insert(before[0] if before and is_in_order else len(rows), RowLayout(channels=(name,)))
        return self._with(rows)

    def inserted(self, names: Sequence[str], at: int) -> PlotLayout:
        """These channels in a row of their own (one together) before row `at`, taken out of where they were."""
        marker = RowLayout(channels=tuple(names))
        same = self.row_of(names[0])
        if same is not None and self.rows[same].channels == marker.channels:
            marker = self.rows[same]
        rows: list[RowLayout] = []
        for number, row in enumerate((*self.rows, None)):
            if number == min(at, len(self.rows)):
                rows.append(marker)
            kept = _without(row, names) if row is not None else None
            if kept is not None:
                rows.append(kept)
        return self._with(rows)

    def overlaid(self, names: Sequence[str], onto: int) -> PlotLayout:
        """These channels drawn in row `onto` too, taken out of where they were."""
        target = self.rows[onto]
        joined = (*target.channels, *(name for name in names if name not in target.channels))
        rows = []
        for number, row in enumerate(self.rows):
            kept = msgspec.structs.replace(target, channels=joined) if number == onto else _without(row, names)
            if kept is not None:
                rows.append(kept)
        return self._with(rows)

    def split(self, number: int) -> PlotLayout:
        """A row of its own for each channel of an overlay."""
        row = self.rows[number]
        singles = [RowLayout(channels=(name,), is_log=row.is_log) for name in row.channels]
        return self._with([*self.rows[:number], *singles, *self.rows[number + 1 :]])

    def moved(self, number: int, steps: int) -> PlotLayout:
        """A row so many places further down (up: negative)."""
        to = min(max(number + steps, 0), len(self.rows) - 1)
        rows = list(self.rows)
        rows.insert(to, rows.pop(number))
        return self._with(rows)

    def without(self, names: Sequence[str]) -> PlotLayout:
        """The same without these channels."""
        kept = [_without(row, names) for row in self.rows]
        return self._with([row for row in kept if row is not None])

    def with_row(self, number: int, **changes: object) -> PlotLayout:
        """One row changed: its limits, its kind of axis."""
        rows = list(self.rows)
        rows[number] = msgspec.structs.replace(rows[number], **changes)
        return self._with(rows)

    def _with(self, rows: Sequence[RowLayout]) -> PlotLayout:
        return msgspec.structs.replace(self, rows=tuple(rows))


class LayoutFile(Record, frozen=True, kw_only=True):
    """A layout as it is exchanged: a small JSON file."""

    kind: Literal["plot layout"] = "plot layout"
    format_version: Literal[1] = 1
    name: Annotated[str, msgspec.Meta(max_length=200)]
    layout: PlotLayout


def encode_layout(name: str, layout: PlotLayout) -> bytes:
    """The file of a layout; the same layout gives the same bytes."""
    return encode_canonical(LayoutFile(name=name, layout=layout))


def decode_layout(data: bytes, where: str) -> LayoutFile:
    """Read such a file; raises InputError naming it."""
    found = decode_strict(data, LayoutFile, what=where)
    for row in found.layout.rows:
        check_limits(row)
    return found


def check_limits(row: RowLayout) -> None:
    """Both limits or none, the lower one lower; a logarithmic axis starts above zero. Raises InputError."""
    if (row.low is None) != (row.high is None):
        raise InputError("A y axis has one limit only.", "Give both, or none.")
    if row.low is not None and row.high is not None and not row.low < row.high:
        raise InputError(f"The y axis would reach from {row.low:g} to {row.high:g}.", "Give the smaller limit first.")
    if row.low is not None and row.high is not None and max(abs(row.low), abs(row.high)) > MOST_VALUE:
        raise InputError(f"The y axis would reach from {row.low:g} to {row.high:g}.", f"At most to {MOST_VALUE:g}.")
    if row.is_log and row.low is not None and row.low <= 0:
        raise InputError(f"A logarithmic axis can't start at {row.low:g}.", "Give a limit above zero.")


def _channel_of(look: CurveLook) -> str:
    return look.channel


def _only(row: RowLayout, names: Sequence[str]) -> RowLayout | None:
    return _without(row, [name for name in row.channels if name not in names])


def _without(row: RowLayout, names: Sequence[str]) -> RowLayout | None:
    """The row without these channels, None where nothing is left; limits go with a channel that had them alone."""
    kept = tuple(name for name in row.channels if name not in names)
    if kept == row.channels:
        return row
    return msgspec.structs.replace(row, channels=kept) if kept else None
