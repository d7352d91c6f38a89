"""A layout of the plots in words: kept anew or changed, from the window and from the command line alike."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec

from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, parameter, to_arguments
from workbench.logs.plot_layout import MOST_COLOURS, CurveStyle, PlotLayout, RowLayout
from workbench.services.common import ProjectFolder
from workbench.services.log_layouts import LayoutResult, keep_layout, stored_layout

_SEPARATOR = ";"
_FIT = "fit"
Names = tuple[str, ...]
ModeName = Literal["time", "xy", "spectrum", "spectrogram", "orders", "envelope", "pump"]
Change = Callable[[PlotLayout, str, str], PlotLayout]


class LayoutSetRequest(Request, frozen=True, kw_only=True):
    """Keep a layout of the plots, or change one: rows, y axes, and how curves are drawn."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Pump it is for.")]
    name: Annotated[str, parameter("Its name; '' is what the pump starts with.")] = ""
    row: Annotated[
        Names, parameter("A row's channels, from above, with ; between those in one row. With rows the layout is made anew.")
    ] = ()
    limits: Annotated[Names, parameter("Y axis of the row of a channel: CHANNEL=LOW,HIGH, or CHANNEL=fit.")] = ()
    log: Annotated[Names, parameter("Channel whose row gets a logarithmic y axis.")] = ()
    linear: Annotated[Names, parameter("Channel whose row gets a linear y axis.")] = ()
    style: Annotated[Names, parameter("How a curve is drawn: CHANNEL=line, points, both or steps.")] = ()
    colour: Annotated[Names, parameter("A curve's colour: CHANNEL=1 to 8 of the theme's, 0 by its place in the row.")] = ()
    hide: Annotated[Names, parameter("Channel whose curve is hidden.")] = ()
    show: Annotated[Names, parameter("Channel whose hidden curve is shown again.")] = ()
    mode: Annotated[ModeName | None, parameter("Way to look that it opens with.")] = None


def set_layout(request: LayoutSetRequest, job: Job) -> LayoutResult:
    """Keep it in the place of one of the same name and pump.

    Raises InputError naming the option: a channel that has no row, limits that make no axis, a style or colour that isn't one.
    """
    job.progress(0.0, request.name)
    command = shlex.join(to_arguments(("logs", "layout-set"), request))
    return keep_layout(request.project, request.name, request.asset, _layout_of(request), command)


def request_of(project: Path | str, asset: str, name: str, layout: PlotLayout) -> LayoutSetRequest:
    """The request that makes exactly this layout: what the window keeps, and copies as a command."""
    first = [(row, row.channels[0]) for row in layout.rows]
    looks = layout.looks
    return LayoutSetRequest(
        project=str(project), asset=asset, name=name, mode=next((one for one in get_args(ModeName) if one == layout.mode), None),
        row=tuple(_joined(row.channels) for row in layout.rows),
        limits=tuple(f"{channel}={row.low!r},{row.high!r}" for row, channel in first if row.low is not None),
        log=tuple(channel for row, channel in first if row.is_log),
        style=tuple(f"{one.channel}={one.style}" for one in looks if one.style != "line"),
        colour=tuple(f"{one.channel}={one.colour}" for one in looks if one.colour),
        hide=tuple(one.channel for one in looks if one.is_hidden),
    )  # fmt: skip


def _layout_of(request: LayoutSetRequest) -> PlotLayout:
    if request.row:
        layout = PlotLayout(rows=tuple(RowLayout(channels=_split(text)) for text in request.row))
        doubled = next((name for name in layout.channels if layout.channels.count(name) > 1), None)
        if doubled is not None:
            raise InputError(f"{doubled} stands in the rows twice.", "Name each channel once.")
    else:
        layout = stored_layout(request.project, request.name, request.asset).layout
    if request.mode is not None:
        layout = msgspec.structs.replace(layout, mode=request.mode)
    changes: Sequence[tuple[str, Names, Change]] = (
        ("--limits", request.limits, _with_limits), ("--style", request.style, _with_style),
        ("--colour", request.colour, _with_colour),
    )  # fmt: skip
    for flag, options, change in changes:
        for option in options:
            channel, separator, value = option.rpartition("=")
            if not separator:
                raise InputError(f"{flag} is '{option}'; it names a channel and a value.", f"Write {flag} CHANNEL=VALUE.")
            _row_of(layout, channel)
            layout = change(layout, channel, value.strip())
    for names, is_log in ((request.log, True), (request.linear, False)):
        for name in names:
            layout = layout.with_row(_row_of(layout, name), is_log=is_log)
    for names, is_hidden in ((request.hide, True), (request.show, False)):
        for name in names:
            _row_of(layout, name)
            layout = layout.with_look(name, is_hidden=is_hidden)
    return layout


def _with_limits(layout: PlotLayout, channel: str, value: str) -> PlotLayout:
    low, high = (None, None) if value == _FIT else _two_numbers(channel, value)
    return layout.with_row(_row_of(layout, channel), low=low, high=high)


def _with_style(layout: PlotLayout, channel: str, value: str) -> PlotLayout:
    styles: tuple[str, ...] = get_args(CurveStyle)
    if value not in styles:
        raise InputError(f"'{value}' is no way to draw {channel}.", f"There are: {', '.join(styles)}.")
    return layout.with_look(channel, style=value)


def _with_colour(layout: PlotLayout, channel: str, value: str) -> PlotLayout:
    if not (value.isascii() and value.isdigit() and int(value) <= MOST_COLOURS):
        raise InputError(f"'{value}' is no colour for {channel}.", f"Give 1 to {MOST_COLOURS}, or 0 for the one of its place.")
    return layout.with_look(channel, colour=int(value))


def _two_numbers(channel: str, value: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in value.split(","))
    except ValueError as error:
        text = f"'{value}' are no limits for {channel}."
        raise InputError(text, f"Write LOW,HIGH with decimal points, such as 0,7.1; or {_FIT}.") from error
    return low, high


def _row_of(layout: PlotLayout, channel: str) -> int:
    row = layout.row_of(channel)
    if row is None:
        raise InputError(f"The layout has no row with '{channel}'.", f"It has: {', '.join(layout.channels)}.")
    return row


def _split(text: str) -> Names:
    """'A;"B;C"' as A and B;C."""
    names = tuple(name.strip() for name in next(csv.reader([text], delimiter=_SEPARATOR, skipinitialspace=True), []))
    if not names or not all(names):
        raise InputError(f"The row '{text}' names no channel.", "Name its channels, with ; between them.")
    return names


def _joined(channels: Names) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=_SEPARATOR, lineterminator="").writerow(channels)
    return written.getvalue()
