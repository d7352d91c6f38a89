"""Layouts of the plots by name: kept in the project, a default for each pump, carried to others, exchanged as files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from workbench.core.clock import NS_PER_S, format_utc, now_ns
from workbench.core.codec import Record, check_out_file, read_bounded, write_atomic
from workbench.core.errors import InputError, ObjectCorrupt
from workbench.core.jobs import Job
from workbench.core.paths import user_home
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.core.settings import load_settings, operator_name
from workbench.logs.plot_layout import PlotLayout, RowLayout, check_limits, decode_layout, encode_layout
from workbench.services.common import ProjectFolder, open_project

if TYPE_CHECKING:
    from workbench.project.store import Project
    from workbench.services.log_views import ChannelView

VALUE_KEY = "plot_layouts"
_MOST_LAYOUTS, _MOST_NAME = 500, 120
_LETTERS = re.compile(r"^[A-Za-z]+")


class StoredLayout(Record, frozen=True, kw_only=True):
    """One layout of the project. `name` '' is a pump's default; `asset` is the pump it was made for."""

    name: str
    asset: str
    layout: PlotLayout
    author: str = ""
    created_utc: str = ""


class LayoutsRequest(Request, frozen=True, kw_only=True):
    """List the layouts of the plots that a project keeps."""

    project: ProjectFolder


class LayoutsResult(Result, frozen=True, kw_only=True):
    """Newest last; those without a name are what their pump starts with."""

    layouts: tuple[StoredLayout, ...]


class LayoutImportRequest(Request, frozen=True, kw_only=True):
    """Keep a layout from a file that another project exported."""

    path: Annotated[str, parameter("Layout file (JSON).", positional=True, path=True, file=True)]
    project: ProjectFolder
    asset: Annotated[str, parameter("Pump it is for; channels are matched when it is shown.")]
    name: Annotated[str | None, parameter("Name to keep it under; else the name in the file.")] = None


class LayoutExportRequest(Request, frozen=True, kw_only=True):
    """Write a layout to a small JSON file."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Pump it was made for.")]
    out: Annotated[str, parameter("File to write.", path=True)]
    name: Annotated[str, parameter("Its name; '' is the pump's default.")] = ""


class LayoutRemoveRequest(Request, frozen=True, kw_only=True):
    """Forget a layout."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Pump it was made for.")]
    name: Annotated[str, parameter("Its name; '' is the pump's default.")] = ""


class LayoutResult(Result, frozen=True, kw_only=True):
    """The layout that was kept, written or forgotten."""

    name: str
    asset: str
    n_rows: int
    path: str = ""
    is_removed: bool = False


def list_layouts(request: LayoutsRequest, job: Job) -> LayoutsResult:
    """Read them."""

    job.progress(0.0, "layouts")
    with open_project(request.project) as project:
        return LayoutsResult(layouts=_stored(project))


def import_layout(request: LayoutImportRequest, job: Job) -> LayoutResult:
    """Read the file and keep what it holds. Raises InputError naming it."""
    job.progress(0.0, request.path)
    found = decode_layout(read_bounded(Path(request.path)), request.path)
    name = found.name if request.name is None else request.name
    command = shlex.join(to_arguments(("logs", "layout-import"), request))
    return keep_layout(request.project, name, request.asset, found.layout, command)


def export_layout(request: LayoutExportRequest, job: Job) -> LayoutResult:
    """Write it; nothing in the project changes."""
    job.progress(0.0, request.name)
    check_out_file(Path(request.out))
    found = _find(list_layouts(LayoutsRequest(project=request.project), job).layouts, request.name, request.asset)
    write_atomic(Path(request.out), encode_layout(found.name, found.layout))
    return LayoutResult(name=found.name, asset=found.asset, n_rows=len(found.layout.rows), path=request.out)


def remove_layout(request: LayoutRemoveRequest, job: Job) -> LayoutResult:
    """Take it out of the project; the journal still tells of it."""
    from workbench.project.acts import Act

    job.progress(0.0, request.name)
    with open_project(request.project) as project, project.exclusive():
        stored = _stored(project)
        gone = _find(stored, request.name, request.asset)
        command = shlex.join(to_arguments(("logs", "layout-remove"), request))
        act = Act(act="layout", what=f"Forgot the layout {_said(gone.name, gone.asset)}", command=command)
        project.set_value(VALUE_KEY, _encode([one for one in stored if one != gone]), act)
    return LayoutResult(name=gone.name, asset=gone.asset, n_rows=len(gone.layout.rows), is_removed=True)


def matched(layout: PlotLayout, source: str, target: str, channels: Sequence[ChannelView], units: dict[str, str]) -> PlotLayout:
    """A layout for another pump: the same names, else its number in the tag, else the same letters and unit, each once.

    `source` and `target` are equipment tags, `channels` those of the target, `units` the units that are known of the layout's
    channels. What has no match is left out.
    """
    known = {channel.name: channel.unit for channel in channels}
    found: dict[str, str] = {}
    old, new = source.partition("-")[2] or source, target.partition("-")[2] or target
    for name in layout.channels:
        same = (one for one in (name, name.replace(old, new)) if one in known and units.get(name, known[one]) == known[one])
        wanted = next(same, None)
        if wanted is not None:
            found[name] = wanted
    for name in layout.channels:
        letters = _LETTERS.match(name)
        free = [one for one in channels if one.name not in found.values()]
        alike = [
            one.name for one in free if letters and one.name.startswith(letters[0]) and units.get(name, one.unit) == one.unit
        ]  # fmt: skip
        if name not in found and alike:
            found[name] = alike[0]
    rows = []
    for row in layout.rows:
        kept = tuple(found[name] for name in row.channels if name in found)
        if kept:
            rows.append(RowLayout(channels=kept, low=row.low, high=row.high, is_log=row.is_log))
    looks = [msgspec.structs.replace(one, channel=found[one.channel]) for one in layout.looks if one.channel in found]
    return PlotLayout(rows=tuple(rows), mode=layout.mode, looks=tuple(looks))


def stored_layout(folder: str, name: str, asset: str) -> StoredLayout:
    """The kept layout of that name and pump. Raises InputError naming what there is."""
    return _find(list_layouts(LayoutsRequest(project=folder), Job()).layouts, name, asset)


def keep_layout(folder: str, name: str, asset: str, layout: PlotLayout, command: str) -> LayoutResult:
    """Keep it in the place of one of the same name and pump. Raises InputError for limits that make no axis."""
    from workbench.project.acts import Act

    name = name.strip()
    if len(name) > _MOST_NAME or not all(letter.isprintable() for letter in name):
        raise InputError(f"'{name[:40]}' can't be the name of a layout.", f"Up to {_MOST_NAME} printable characters.")
    if not layout.rows:
        raise InputError("The layout has no row.", "Show at least one channel.")
    for row in layout.rows:
        check_limits(row)
    author = operator_name(load_settings(user_home()))
    created_utc = format_utc(now_ns() // NS_PER_S * NS_PER_S)
    made = StoredLayout(name=name, asset=asset, layout=layout, author=author, created_utc=created_utc)
    with open_project(folder) as project, project.exclusive():
        others = [one for one in _stored(project) if (one.name, one.asset) != (name, asset)]
        if len(others) >= _MOST_LAYOUTS:
            raise InputError(f"The project keeps {_MOST_LAYOUTS} layouts already.", "Forget some of them.")
        act = Act(act="layout", what=f"Kept the layout {_said(name, asset)}", command=command)
        project.set_value(VALUE_KEY, _encode([*others, made]), act)
    return LayoutResult(name=name, asset=asset, n_rows=len(layout.rows))


def _said(name: str, asset: str) -> str:
    return f"'{name}' of {asset}" if name else f"that {asset} starts with"


def _find(layouts: Sequence[StoredLayout], name: str, asset: str) -> StoredLayout:
    found = next((one for one in layouts if (one.name, one.asset) == (name, asset)), None)
    if found is None:
        known = ", ".join(f"'{one.name}' of {one.asset}" for one in layouts) or "none"
        raise InputError(f"There is no layout {_said(name, asset)}.", f"There are: {known}.")
    return found


def _stored(project: Project) -> tuple[StoredLayout, ...]:
    text = project.value(VALUE_KEY)
    try:
        found = msgspec.json.decode(text.encode("utf-8"), type=tuple[StoredLayout, ...]) if text else ()
        for row in (row for one in found for row in one.layout.rows):
            check_limits(row)  # the project may be a stranger's
        return found
    except (msgspec.MsgspecError, InputError) as error:
        raise ObjectCorrupt(f"The layouts of the project can't be read: {error}.", "Keep them anew.") from error


def _encode(layouts: Sequence[StoredLayout]) -> str:
    return msgspec.json.encode(tuple(layouts), order="sorted").decode("utf-8")
