"""Derived channels as commands and for the window: list, add, remove, and look at a formula before it is kept."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import NS_PER_S, format_utc, now_ns
from workbench.core.codec import Record
from workbench.core.errors import FormulaError, InputError, WorkbenchError
from workbench.core.jobs import Job
from workbench.core.paths import user_home
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.core.settings import load_settings, operator_name
from workbench.logs.formulas.derived_channel import DerivedChannel
from workbench.services.common import ProjectFolder, open_project
from workbench.services.derived_layer import (
    MOST_NAME,
    VALUE_KEY,
    Source,
    check_formula,
    encode_channels,
    held_values,
    holders,
    is_name,
    open_derived,
    stored_channels,
)
from workbench.services.pumps import check_logged, logged_pumps

if TYPE_CHECKING:
    from workbench.project.store import Project
    from workbench.services.log_views import AssetLogs

Name = Annotated[str, parameter("Name of the derived channel.")]
FormulaText = Annotated[str, parameter('Formula, such as \'"PI-2041A" - "PI-2040A"\'.', positional=True)]
_PREVIEW_ROWS = 4096


class ChannelsListRequest(Request, frozen=True, kw_only=True):
    """List the channels of a project's pumps: those of the logs, and those derived from them."""

    project: ProjectFolder
    asset: Annotated[str | None, parameter("Only this pump.")] = None


class ChannelRow(Record, frozen=True, kw_only=True):
    """One channel of one pump; `formula`, `author` and `created_utc` of a derived one."""

    asset: str
    channel: str
    unit: str
    quantity: str
    formula: str = ""
    author: str = ""
    created_utc: str = ""


class ChannelsListResult(Result, frozen=True, kw_only=True):
    """Channels by pump; `refused`: derived ones that a pump's log has not the channels for."""

    channels: tuple[ChannelRow, ...]
    refused: tuple[dict[str, str], ...] = ()


class ChannelAddRequest(Request, frozen=True, kw_only=True):
    """Derive a channel from others by a formula; the logs stay as they are."""

    formula: FormulaText
    name: Name
    project: ProjectFolder
    asset: Annotated[str | None, parameter("For this pump only; else for every pump that has the channels.")] = None


class ChannelAddResult(Result, frozen=True, kw_only=True):
    """What was made: its unit, and the pumps that have it."""

    name: str
    formula: str
    unit: str
    assets: tuple[str, ...]


class ChannelRemoveRequest(Request, frozen=True, kw_only=True):
    """Remove a derived channel; those derived from it go too."""

    name: Annotated[str, parameter("Name of the derived channel.", positional=True)]
    project: ProjectFolder
    asset: Annotated[str | None, parameter("The one made for this pump; else the one made for every pump.")] = None


class ChannelRemoveResult(Result, frozen=True, kw_only=True):
    """Names of the channels that are gone."""

    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaLook:
    """What a formula would give: its unit and a value, or what is wrong and where (character from 0)."""

    unit: str = ""
    value: float | None = None
    message: str = ""
    hint: str = ""
    column: int = 0


def list_channels(request: ChannelsListRequest, job: Job) -> ChannelsListResult:
    """What the logs hold, and what is derived from them."""

    rows: list[ChannelRow] = []
    refused: list[dict[str, str]] = []
    with open_project(request.project) as project:
        definitions = {(one.asset, one.name): one for one in stored_channels(project)}
        for asset in _assets(project, request.asset):
            sources = _sources(project, asset)
            derived, why_not = open_derived(tuple(definitions.values()), asset, sources, job)
            refused.extend({"asset": asset, "channel": name, "why": why} for name, why in why_not)
            listed = {channel.name: channel for one in (*sources, *derived) for channel in one.recording.channels}
            for name, channel in listed.items():
                made = definitions.get((asset, name)) or definitions.get(("", name))
                rows.append(
                    ChannelRow(
                        asset=asset, channel=name, unit=channel.unit or "", quantity=channel.quantity,
                        formula=made.formula if made else "", author=made.author if made else "",
                        created_utc=made.created_utc if made else "",
                    )
                )  # fmt: skip
    return ChannelsListResult(channels=tuple(rows), refused=tuple(refused))


def add_channel(request: ChannelAddRequest, job: Job) -> ChannelAddResult:
    """Check the formula against each pump, compute it, and store it as a layer with author and time.

    Raises FormulaError with the place, InputError for a name that is taken or empty.
    """
    from workbench.project.acts import Act

    name = request.name.strip()
    if not is_name(name):
        raise InputError(f"'{request.name}' can't be the name of a channel.", f"Up to {MOST_NAME} characters without quotes.")
    with open_project(request.project) as project:
        units: dict[str, str] = {}
        failure: WorkbenchError | None = None
        for asset in _assets(project, request.asset):
            sources = _with_derived(project, asset, job)
            _check_free(sources, name, asset)
            try:
                units[asset] = check_formula(sources, request.formula, name).unit
            except WorkbenchError as error:
                failure = failure or error
        if not units:
            raise failure or InputError("The project holds no log.", "Import a log first.")
        author = operator_name(load_settings(user_home()))
        made = DerivedChannel(
            name=name, formula=request.formula, asset=request.asset or "", author=author,
            created_utc=format_utc(now_ns() // NS_PER_S * NS_PER_S),
        )  # fmt: skip
        for asset in units:
            open_derived((*stored_channels(project), made), asset, _sources(project, asset), job)
        command = shlex.join(to_arguments(("channels", "add"), request))
        with project.exclusive():
            layer = encode_channels((*stored_channels(project), made))
            project.set_value(VALUE_KEY, layer, Act(act="derive", what=f"Channel {name}: {request.formula}", command=command))
    return ChannelAddResult(name=name, formula=request.formula, unit=next(iter(units.values())), assets=tuple(units))


def remove_channel(request: ChannelRemoveRequest, job: Job) -> ChannelRemoveResult:
    """Take it out of the layer, with what is derived from it. Raises InputError where there is none of the name."""
    from workbench.logs.formulas.formula import names_in
    from workbench.project.acts import Act

    job.progress(0.0, request.name)
    with open_project(request.project) as project, project.exclusive():
        stored = stored_channels(project)
        named = [one for one in stored if one.name == request.name]
        gone = [one for one in named if one.asset == request.asset] or [one for one in named if not one.asset]
        if not gone:
            known = ", ".join(dict.fromkeys(one.name for one in stored)) or "none"
            raise InputError(f"There is no derived channel '{request.name}'.", f"There are: {known}.")
        for one in stored:
            if one not in gone and any(before.name in names_in(one.formula) for before in gone):
                gone.append(one)
        kept = encode_channels(tuple(one for one in stored if one not in gone))
        command = shlex.join(to_arguments(("channels", "remove"), request))
        names = tuple(one.name for one in gone)
        act = Act(act="derive", what=f"Removed derived channel {', '.join(names)}", command=command)
        project.set_value(VALUE_KEY, kept, act)
    return ChannelRemoveResult(removed=names)


def look_at_formula(logs: AssetLogs, text: str, at_ns: int) -> FormulaLook:
    """Check a formula against a pump that is open, and compute it at an instant: quick enough for each key."""
    from workbench.logs.formulas.derive import derived_values

    sources = [Source(id=part.info.id, recording=part.recording) for part in logs.all_parts()]
    try:
        formula = check_formula(sources, text)
    except FormulaError as error:
        return FormulaLook(message=error.message, hint=error.hint, column=error.column)
    except WorkbenchError as error:
        return FormulaLook(message=error.message, hint=error.hint)
    held = {name: held_values(holders(sources, name), name) for name in formula.channels}
    for source in holders(sources, formula.channels[0]):
        end = source.recording.axis.index_at(at_ns, after=True)
        if end > 0:
            values = derived_values(source.recording, formula, held, max(end - _PREVIEW_ROWS, 0), end)
            return FormulaLook(unit=formula.unit, value=None if values[-1] != values[-1] else float(values[-1]))
    return FormulaLook(unit=formula.unit)


def _assets(project: Project, asset: str | None) -> list[str]:
    if asset:
        check_logged(project, asset)
    return [asset] if asset else logged_pumps(project)


def _sources(project: Project, asset: str) -> list[Source]:
    from workbench.services.recordings import open_project_recordings

    found = open_project_recordings(project, (asset,), group=None)
    return [Source(id=item.id, recording=recording) for item, recording in found if recording.rows]


def _with_derived(project: Project, asset: str, job: Job) -> list[Source]:
    sources = _sources(project, asset)
    return [*sources, *open_derived(stored_channels(project), asset, sources, job)[0]]


def _check_free(sources: list[Source], name: str, asset: str) -> None:
    if any(channel.name == name for one in sources for channel in one.recording.channels):
        raise InputError(f"{asset} has a channel '{name}' already.", "Take another name, or remove the derived one first.")
