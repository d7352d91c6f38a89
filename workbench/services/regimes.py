"""In which operating state each pump was, and when: found, edited as a layer, and used as a filter."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import NS_PER_S, format_utc, now_ns
from workbench.core.codec import Record
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.logs.regimes.regime import REGIME_NAMES as REGIME_NAMES  # pages take them from here
from workbench.logs.regimes.regime import RegimeEdit as RegimeEdit
from workbench.services.common import ProjectFolder, open_project
from workbench.services.pumps import check_logged
from workbench.services.regime_filter import RegimeNames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.logs.recordings.recording import Recording
    from workbench.logs.regimes.edits import Layer, Stretch
    from workbench.logs.regimes.regime import Regime
    from workbench.project.acts import Item
    from workbench.project.store import Project

AT_REST = ("stopped", "standby", "coast-down", "reverse rotation")
"""States in which a pump does not drive anything."""
_TWIN = re.compile(r"(?P<pair>.*\d)(?P<letter>[A-Z])$")
_MOST_ROWS = 1 << 21
_DRAWN_ROWS = 1 << 18


class RegimeSpan(Record, frozen=True, kw_only=True):
    """One stretch of a recording in one operating state; `edit` is the id of the edit that says so, '' where it was found."""

    recording: str
    asset: str
    name: str
    start_utc: str
    end_utc: str
    speed_rpm: float | None = None
    edit: str = ""
    confidence: float = 1.0
    """How sure what was found is, 0 to 1; an edit is sure."""
    could_be: tuple[str, ...] = ()
    """States that the log's channels don't tell from this one."""


class RegimesRequest(Request, frozen=True, kw_only=True):
    """Find the operating states in a project's recordings."""

    project: ProjectFolder
    asset: Annotated[str | None, parameter("Only this pump.")] = None
    regimes: RegimeNames = ()


class RegimesResult(Result, frozen=True, kw_only=True):
    """Stretches by asset and time; hours by state for each asset. Recordings without a channel that tells have none."""

    regimes: tuple[RegimeSpan, ...]
    hours: dict[str, dict[str, float]]
    edits: tuple[RegimeEdit, ...] = ()


def log_regimes(request: RegimesRequest, job: Job) -> RegimesResult:
    """Raises InputError for a state that nothing knows.

    Found by current (else power, speed, flow, pressure), and how far from its usual duty the pump works; with a person's edits.
    """
    spans: list[RegimeSpan] = []
    hours: dict[str, dict[str, float]] = {}
    edits: list[RegimeEdit] = []
    known: set[str] = set(REGIME_NAMES)
    with open_project(request.project) as project:
        finder = Finder(project)
        for asset in finder.assets(request.asset):
            job.progress(0.5, asset)
            edits += edits_of(project, asset)[1]
            for item, stretches in finder.stretches(asset):
                known.update(one.name for one in stretches)
                for one in stretches:
                    if request.regimes and one.name not in request.regimes:
                        continue
                    spans.append(_span(item, one))
                    of_asset = hours.setdefault(asset, {})
                    of_asset[one.name] = of_asset.get(one.name, 0.0) + (one.end_ns - one.start_ns) / 3.6e12
    unknown = [name for name in request.regimes if name not in known]
    if unknown:
        raise InputError(f"There is no state '{unknown[0]}'.", f"There are: {', '.join(sorted(known))}.")
    return RegimesResult(regimes=tuple(spans), hours=hours, edits=tuple(edits))


class SetRegimeRequest(Request, frozen=True, kw_only=True):
    """Say in which operating state a pump was over a stretch; moves boundaries, splits, merges and renames."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    start: Annotated[str, parameter("First instant, ISO 8601 UTC.")]
    end: Annotated[str, parameter("Where the stretch ends, ISO 8601 UTC.")]
    name: Annotated[str, parameter("State, or a word of your own; '' is as found.")] = ""
    why: Annotated[str, parameter("Why, in a few words.")] = ""


class EditsResult(Result, frozen=True, kw_only=True):
    """The pump's edits, in the order in which they were made; `layers` is the id of the stored version by asset."""

    edits: tuple[RegimeEdit, ...]
    layers: dict[str, str]


def set_regime(request: SetRegimeRequest, job: Job) -> EditsResult:
    """Put an edit on top of the pump's layer, with author and time; without a name take out what edits said there.

    Raises InputError for an unknown pump, no interval or one outside its log, or nothing to take out.
    """
    from workbench.core.paths import user_home
    from workbench.core.settings import load_settings, operator_name
    from workbench.logs.regimes.edits import change_edits
    from workbench.services.recordings import check_reached, find_time_ranges, open_project_recordings

    with open_project(request.project) as project, project.exclusive():
        check_logged(project, request.asset)
        span = find_time_ranges(open_project_recordings(project, (request.asset,), group=None)).get(request.asset)
        check_reached(request.asset, [span] if span is not None else [], request.start, request.end)
        author = operator_name(load_settings(user_home()))
        given = RegimeEdit(
            asset=request.asset, name=request.name, start_utc=request.start, end_utc=request.end, why=request.why,
            author=author, created_utc=format_utc(now_ns() // NS_PER_S * NS_PER_S),
        )  # fmt: skip
        layer = change_edits(edits_of(project, request.asset)[1], given)
        command = shlex.join(to_arguments(("logs", "set-regime"), request))
        layer_id = _store(project, request.asset, layer, f"Set to {request.name or 'as found'}", command)
    return EditsResult(edits=layer, layers={request.asset: layer_id})


class UnsetRegimeRequest(Request, frozen=True, kw_only=True):
    """Take an edit of operating states back."""

    edit: Annotated[str, parameter("Id of the edit (or its first characters).", positional=True)]
    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]


def unset_regime(request: UnsetRegimeRequest, job: Job) -> EditsResult:
    """A new layer without it; the former layer stays stored."""
    from workbench.logs.regimes.edits import remove_edit

    with open_project(request.project) as project, project.exclusive():
        check_logged(project, request.asset)
        layer = remove_edit(edits_of(project, request.asset)[1], request.edit)
        command = shlex.join(to_arguments(("logs", "unset-regime"), request))
        layer_id = _store(project, request.asset, layer, "Edit of regimes taken back", command)
    return EditsResult(edits=layer, layers={request.asset: layer_id})


class Finder:
    """States of a project's pumps, each found once; a pump beside another (P-2041A and B) tells parallel operation."""

    def __init__(self, project: Project, layers: dict[str, str] | None = None) -> None:
        from workbench.services.recordings import open_project_recordings

        self._project = project
        self._layers = layers or {}
        self._opened: dict[str, list[tuple[Item, Recording]]] = {}
        for item, recording in open_project_recordings(project):
            self._opened.setdefault(item.asset, []).append((item, recording))
        self._running: dict[str, list[tuple[int, int]]] = {}

    def assets(self, only: str | None) -> list[str]:
        """Pumps with recordings. Raises InputError where the one that is asked for has none."""
        if only is not None:
            check_logged(self._project, only)
        return [asset for asset in sorted(self._opened) if only in (None, asset)]

    def stretches(self, asset: str) -> list[tuple[Item, list[Stretch]]]:
        """For each recording its states, with the edits of the newest layer (or of the one that is asked for)."""
        from workbench.logs.regimes.edits import apply_edits

        beside = [span for other in self._twins(asset) for span in self._runs(other)]
        layer = edits_of(self._project, asset, self._layers.get(asset, ""))[1]
        found = []
        for item, recording in self._opened.get(asset, ()):
            facts = recording.summary
            within = (facts.first_ns or 0, facts.last_ns or 0)
            found.append((item, apply_edits(_find(recording, beside), layer, within)))
        return found

    def spans(self, asset: str, names: Sequence[str]) -> list[tuple[int, int]]:
        """Where the pump was in one of these states: [start, end) in ns, in order of time."""
        found = [one for _, stretches in self.stretches(asset) for one in stretches]
        known = {one.name for one in found}
        unknown = [name for name in names if name not in known and name not in REGIME_NAMES]
        if unknown:
            said = ", ".join(sorted(known)) or "none that could be told"
            raise InputError(f"{asset} was never in a state '{unknown[0]}'.", f"There are: {said}.")
        return sorted((one.start_ns, one.end_ns) for one in found if one.name in names)

    def by_name(self, asset: str) -> dict[str, list[tuple[int, int]]]:
        """When the pump was in which state: [start, end) in ns, in order of time."""
        found: dict[str, list[tuple[int, int]]] = {}
        for _, stretches in self.stretches(asset):
            for one in stretches:
                found.setdefault(one.name, []).append((one.start_ns, one.end_ns))
        return found

    def _twins(self, asset: str) -> list[str]:
        own = _TWIN.match(asset)
        if own is None:
            return []
        matches = [(other, _TWIN.match(other)) for other in self._opened if other != asset]
        return [other for other, match in matches if match is not None and match["pair"] == own["pair"]]

    def _runs(self, asset: str) -> list[tuple[int, int]]:
        if asset not in self._running:
            found = [one for _, recording in self._opened[asset] for one in _find(recording, ())]
            self._running[asset] = [(one.start_ns, one.end_ns) for one in found if one.name not in AT_REST]
        return self._running[asset]


def edits_of(project: Project, asset: str, layer_id: str = "") -> tuple[str, Layer]:
    """(id, edits) of a pump's newest layer, or of the one with an id; ('', ()) where it has none."""
    from workbench.logs.regimes.edits import decode_layer

    items = project.items("regimes", asset)
    if not items and not layer_id:
        return "", ()
    found = layer_id or items[0].id
    data = project.objects.get_bytes("regimes", found)
    return found, decode_layer(data, asset)


def _find(recording: Recording, beside: Sequence[tuple[int, int]]) -> tuple[Regime, ...]:
    """From the samples; of a very long recording from its pyramids, which is as good for states of minutes."""
    from workbench.logs.regimes.find import find_regimes

    units = {channel.name: channel.unit for channel in recording.channels}
    facts = recording.summary
    if recording.rows <= _MOST_ROWS or facts.first_ns is None or facts.last_ns is None or recording.is_on_change:
        columns = {channel.name: recording.values(channel.name) for channel in recording.channels}
        return find_regimes(recording.times_ns, columns, units, beside)
    names = [channel.name for channel in recording.channels]
    drawn = recording.envelopes(names, facts.first_ns, facts.last_ns, _DRAWN_ROWS)
    length = max(len(one.times_ns) for one in drawn)
    told = {name: one for name, one in zip(names, drawn, strict=True) if len(one.times_ns) == length}
    columns = {name: (one.minimum + one.maximum) / 2 for name, one in told.items()}
    return find_regimes(next(iter(told.values())).times_ns, columns, units, beside)


def _span(item: Item, one: Stretch) -> RegimeSpan:
    return RegimeSpan(
        recording=item.id, asset=item.asset, name=one.name, start_utc=format_utc(one.start_ns), end_utc=format_utc(one.end_ns),
        speed_rpm=one.speed_rpm, edit=one.edit, confidence=one.confidence, could_be=one.could_be,
    )  # fmt: skip


def _store(project: Project, asset: str, layer: Layer, what: str, command: str) -> str:
    from workbench.logs.regimes.edits import encode_layer
    from workbench.project.acts import Act, Item

    layer_id = project.objects.put_bytes("regimes", encode_layer(asset, layer))
    details: dict[str, object] = {"n_edits": len(layer)}
    item = Item(kind="regimes", id=layer_id, name=f"{len(layer)} edits of regimes", asset=asset, details=details)
    project.record(Act(act="regimes", on=asset, what=what, item=item, refs=(layer_id,), command=command))
    return layer_id
