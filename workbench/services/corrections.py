"""Corrections of a log: a layer over it, with who, when and why. The log that was read is never changed."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import msgspec

from workbench.core.clock import NS_PER_S, format_utc, now_ns
from workbench.core.errors import InputError, RequestError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.logs.corrections.correction import Correction as Correction  # pages take them from here
from workbench.logs.corrections.correction import CorrectionAction as CorrectionAction
from workbench.services.common import ProjectFolder, open_project
from workbench.services.pumps import check_logged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workbench.logs.corrections.layer import Layer
    from workbench.logs.recordings.recording import Recording
    from workbench.project.acts import Item
    from workbench.project.store import Project
    from workbench.services.logs import RecordingSummary

_KEYS_SAID = 10
AssetTag = Annotated[str, parameter("Equipment tag.")]
ChannelName = Annotated[str, parameter("Channel; none: all of them.")]
RecordingId = Annotated[str, parameter("Id of a recording (or its first characters); none: all of the pump's.")]
StartUtc = Annotated[str, parameter("First instant, ISO 8601 UTC; none: from the beginning.")]
EndUtc = Annotated[str, parameter("Last instant, ISO 8601 UTC; none: to the end.")]
Why = Annotated[str, parameter("Why, in a few words.")]
FindingKey = Annotated[str, parameter("Key of the finding that it answers (logs quality --json gives it).")]


class CorrectionsRequest(Request, frozen=True, kw_only=True):
    """List the corrections of a project's logs."""

    project: ProjectFolder
    asset: Annotated[str | None, parameter("Only this pump.")] = None


class CorrectionsResult(Result, frozen=True, kw_only=True):
    """Corrections in the order in which they apply; `layers` is the id of the stored version by asset."""

    corrections: tuple[Correction, ...]
    layers: dict[str, str]


def list_corrections(request: CorrectionsRequest, job: Job) -> CorrectionsResult:
    """The newest layer of each asset."""
    with open_project(request.project) as project:
        if request.asset:
            check_logged(project, request.asset)
        return _result_of(project, request.asset)


class ExcludeRequest(Request, frozen=True, kw_only=True):
    """Take a stretch of a channel (or of all) out: nothing trains on it, is compared or drawn."""

    project: ProjectFolder
    asset: AssetTag
    channel: ChannelName = ""
    start: StartUtc = ""
    end: EndUtc = ""
    recording: RecordingId = ""
    finding: FindingKey = ""
    why: Why = ""
    everything: Annotated[bool, parameter("Take out all that the pump has, for all time.", flag="--all")] = False


def exclude(request: ExcludeRequest, job: Job) -> CorrectionsResult:
    """Put it on top of the asset's layer. Raises InputError for an unknown pump or channel, or where no part is named."""
    if not (request.channel or request.start or request.end or request.recording or request.everything):
        raise RequestError(
            f"That would take out all of {request.asset}, for all time.",
            "Say which part: --channel, --start and --end, --recording. Or agree to it: --all.",
        )
    given = Correction(
        action="exclude", asset=request.asset, channel=request.channel, start_utc=request.start, end_utc=request.end,
        recording=request.recording, finding=request.finding, why=request.why,
    )  # fmt: skip
    return _add(request.project, given, shlex.join(to_arguments(("logs", "exclude"), request)))


class CorrectRequest(Request, frozen=True, kw_only=True):
    """Correct a stretch of a log: a unit or scale, two exchanged channels, a value that means none, or the clock."""

    project: ProjectFolder
    asset: AssetTag
    channel: Annotated[str, parameter("Channel; the clock is of all of them.")] = ""
    start: StartUtc = ""
    end: EndUtc = ""
    factor: Annotated[float, parameter("value × factor + offset.")] = 1.0
    offset: Annotated[float, parameter("value × factor + offset.")] = 0.0
    from_unit: Annotated[str, parameter("The unit that the values really are in; with --to-unit.")] = ""
    to_unit: Annotated[str, parameter("The unit that they should be in.")] = ""
    swap: Annotated[str, parameter("Channel to exchange it with.")] = ""
    unlike: Annotated[bool, parameter("Exchange channels of different quantities or units too.")] = False
    missing: Annotated[float | None, parameter("Value that means no value.")] = None
    shift_s: Annotated[float, parameter("Move the clock by this.", unit="s")] = 0.0
    drift_ppm: Annotated[float, parameter("Millionths by which the clock runs slow since the first instant.", unit="ppm")] = 0.0
    recording: RecordingId = ""
    finding: FindingKey = ""
    why: Why = ""


def correct_log(request: CorrectRequest, job: Job) -> CorrectionsResult:
    """Put it on top of the asset's layer. Raises RequestError unless exactly one kind is asked for, InputError as `exclude`."""
    command = shlex.join(to_arguments(("logs", "correct"), request))
    return _add(request.project, _correction_of(request), command, is_alike=not request.unlike)


class AcceptRequest(Request, frozen=True, kw_only=True):
    """Say that a finding was looked at and is fine: it goes quiet."""

    project: ProjectFolder
    asset: AssetTag
    finding: Annotated[str, parameter("Key of the finding (logs quality --json gives it).")]
    channel: ChannelName = ""
    why: Why = ""


def accept_finding(request: AcceptRequest, job: Job) -> CorrectionsResult:
    """Nothing about the data changes. Raises InputError where the pump has no such finding."""
    _check_finding(request)
    given = Correction(action="accept", asset=request.asset, channel=request.channel, finding=request.finding, why=request.why)
    return _add(request.project, given, shlex.join(to_arguments(("logs", "accept"), request)))


class UncorrectRequest(Request, frozen=True, kw_only=True):
    """Remove a correction."""

    correction: Annotated[str, parameter("Id of the correction (or its first characters).", positional=True)]
    project: ProjectFolder
    asset: AssetTag


def remove_correction(request: UncorrectRequest, job: Job) -> CorrectionsResult:
    """A new layer without it; the former layer stays stored. Raises InputError where there is none."""
    from workbench.logs.corrections import layer as layers
    from workbench.services.recordings import corrections_of

    with open_project(request.project) as project, project.exclusive():
        check_logged(project, request.asset)
        layer = corrections_of(project, request.asset)[1]
        rest = layers.remove_correction(layer, request.correction)
        command = shlex.join(to_arguments(("logs", "uncorrect"), request))
        _check_applies(project, request.asset, rest)
        _store(project, request.asset, rest, "Correction removed", command)
        return _result_of(project, request.asset)


def _correction_of(request: CorrectRequest) -> Correction:
    factor, offset = request.factor, request.offset
    if request.from_unit or request.to_unit:
        from workbench.logs.units import can_convert, conversion, find_unit

        source, target = find_unit(request.from_unit), find_unit(request.to_unit)
        if source is None or target is None or not can_convert(source, target):
            raise InputError(f"'{request.from_unit}' can't be converted to '{request.to_unit}'.", "Give two units of one kind.")
        factor, offset = conversion(source, target)
    is_scaled = (factor, offset) != (1.0, 0.0)
    is_moved = bool(request.shift_s or request.drift_ppm)
    asked = {"scale": is_scaled, "swap": bool(request.swap), "missing": request.missing is not None, "clock": is_moved}
    actions: list[CorrectionAction] = [action for action in ("scale", "swap", "missing", "clock") if asked[action]]
    if len(actions) != 1:
        said = " and ".join(actions) or "nothing"
        raise RequestError(
            f"A correction does one thing; asked for: {said}.",
            "Give one of --factor/--offset, --from-unit with --to-unit, --swap, --missing, --shift-s/--drift-ppm.",
        )
    return Correction(
        action=actions[0], asset=request.asset, channel="" if is_moved else request.channel, other=request.swap, factor=factor,
        offset=offset, value=request.missing or 0.0, shift_s=request.shift_s, drift_ppm=request.drift_ppm,
        start_utc=request.start, end_utc=request.end, recording=request.recording, finding=request.finding, why=request.why,
    )  # fmt: skip


def _add(folder: str, given: Correction, command: str, *, is_alike: bool = True) -> CorrectionsResult:
    from workbench.logs.corrections.layer import add_correction
    from workbench.services.recordings import corrections_of

    with open_project(folder) as project, project.exclusive():
        _check_names(project, given)
        if given.action == "swap" and is_alike:
            _check_alike(project, given)
        layer = add_correction(corrections_of(project, given.asset)[1], _signed(given))
        _check_span(project, given)
        _check_applies(project, given.asset, layer)
        _store(project, given.asset, layer, words_of(given), command)
        return _result_of(project, given.asset)


def words_of(given: Correction) -> str:
    """A correction in a few words, for lists and the journal."""
    on = given.channel or "all channels"
    when = " ".join(
        filter(None, (f"from {given.start_utc}" if given.start_utc else "", f"to {given.end_utc}" if given.end_utc else ""))
    )
    add = f" {'+' if given.offset > 0 else '−'} {abs(given.offset):.6g}" if given.offset else ""
    what = {
        "exclude": f"Exclude {on}", "scale": f"{on} × {given.factor:.6g}{add}", "swap": f"Exchange {on} and {given.other}",
        "missing": f"{given.value:g} in {on} means no value", "clock": f"Clock {given.shift_s:+g} s",
        "accept": f"Looked at, is fine: {on}",
    }[given.action]  # fmt: skip
    drift = f", {given.drift_ppm:+g} ppm" if given.action == "clock" and given.drift_ppm else ""
    return f"{what}{drift} {when}".strip()


def _check_names(project: Project, given: Correction) -> None:
    """A misspelt name would correct nothing without a word."""
    check_logged(project, given.asset)
    found = _raw_of(project, given.asset)
    names = {channel.name for _, recording in found for channel in recording.channels}
    for name in filter(None, (given.channel, given.other)):
        if name not in names:
            raise InputError(f"{given.asset} has no channel '{name}'.", f"There are: {', '.join(sorted(names))}.")
    if given.recording and not any(item.id.startswith(given.recording) for item, _ in found):
        raise InputError(
            f"{given.asset} has no recording '{given.recording}'.", f"There are: {', '.join(item.id[:12] for item, _ in found)}."
        )


def _check_alike(project: Project, given: Correction) -> None:
    """Nobody wires a current in the place of a pressure. What is not known of a channel is not held against it."""
    for _, recording in _raw_of(project, given.asset):
        known = {channel.name: channel for channel in recording.channels}
        one, other = known.get(given.channel), known.get(given.other)
        if one is None or other is None:
            continue
        pairs = (("of different quantities", one.quantity, other.quantity), ("in different units", one.unit, other.unit))
        for what, own, its in pairs:
            if own and its and own != its:
                raise InputError(
                    f"{one.name} ({own}) and {other.name} ({its}) are {what}: exchanged, each would be shown as the other.",
                    "Look again which two are exchanged. If it is these, agree to it: --unlike.",
                )


def _check_finding(request: AcceptRequest) -> None:
    """A key that no finding has would quieten nothing; those at import and those that are found today both count."""
    with open_project(request.project) as project:
        _check_names(project, Correction(action="accept", asset=request.asset, channel=request.channel))
        known: dict[str, None] = {}
        for keys in _keys_of(project, request.asset):
            if request.finding in keys:
                return
            known.update(dict.fromkeys(keys))
    said = ", ".join(list(known)[:_KEYS_SAID]) or "none"
    more = f" and {len(known) - _KEYS_SAID} more (logs quality --json)" if len(known) > _KEYS_SAID else ""
    raise InputError(f"{request.asset} has no finding '{request.finding}'.", f"There are: {said}{more}.")


def _keys_of(project: Project, asset: str) -> Iterator[list[str]]:
    """Keys of the findings: as stored, as a corrected clock shows them, and of a new look, which takes longest."""
    from workbench.services.log_import import read_quality
    from workbench.services.log_summaries import summary_of
    from workbench.services.recordings import open_project_recordings

    def keys(found: Iterable[RecordingSummary]) -> list[str]:
        return [finding.key for one in found for finding in one.findings if finding.key]

    yield keys(read_quality(project, asset, Job(), again=False))
    yield keys(summary_of(one.summary) for _, one in open_project_recordings(project, (asset,), group=None))
    yield keys(read_quality(project, asset, Job(), again=True))


def _check_span(project: Project, given: Correction) -> None:
    """A stretch that no recording reaches would correct nothing without a word."""
    from workbench.services.recordings import check_reached, open_project_recordings

    spans = []
    for item, recording in open_project_recordings(project, (given.asset,), group=None):
        facts = recording.summary
        is_meant = item.id.startswith(given.recording) and given.channel in ("", *(one.name for one in recording.channels))
        if is_meant and facts.first_ns is not None and facts.last_ns is not None:
            spans.append((facts.first_ns, facts.last_ns))
    check_reached(given.asset, spans, given.start_utc, given.end_utc)


def _check_applies(project: Project, asset: str, layer: Layer) -> None:
    """Raises InputError where the layer can't be applied to one of the recordings."""
    from workbench.logs.corrections.corrected import correct

    for item, recording in _raw_of(project, asset):
        correct(recording, layer, item.id)


def _raw_of(project: Project, asset: str) -> Sequence[tuple[Item, Recording]]:
    from workbench.services.recordings import open_project_recordings

    return open_project_recordings(project, (asset,), group=None, is_corrected=False)


def _signed(given: Correction) -> Correction:
    from workbench.core.paths import user_home
    from workbench.core.settings import load_settings, operator_name

    author = operator_name(load_settings(user_home()))
    return msgspec.structs.replace(given, author=author, created_utc=format_utc(now_ns() // NS_PER_S * NS_PER_S))


def _store(project: Project, asset: str, layer: Layer, what: str, command: str) -> None:
    """Nothing is written when nothing changed."""
    from workbench.logs.corrections.layer import encode_layer
    from workbench.project.acts import Act, Item

    former = project.items("corrections", asset)
    layer_id = project.objects.put_bytes("corrections", encode_layer(asset, layer))
    if former and former[0].id == layer_id:
        return
    details: dict[str, object] = {"n_corrections": len(layer)}
    item = Item(kind="corrections", id=layer_id, name=f"{len(layer)} corrections", asset=asset, details=details)
    project.record(Act(act="correct", on=asset, what=what, item=item, refs=(layer_id,), command=command))


def _result_of(project: Project, asset: str | None) -> CorrectionsResult:
    from workbench.services.recordings import corrections_of

    assets = [asset] if asset else sorted({item.asset for item in project.items("corrections")})
    layers = {name: corrections_of(project, name) for name in assets}
    return CorrectionsResult(
        corrections=tuple(one for _, layer in layers.values() for one in layer),
        layers={name: layer_id for name, (layer_id, _) in layers.items() if layer_id},
    )
