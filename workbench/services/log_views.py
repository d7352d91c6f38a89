"""What the window draws of a pump: its recordings opened together, with events and findings. Only envelopes are read.

Opening reads a few kilobytes a recording; nothing is copied. Must not write anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import msgspec

from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.jobs import Job
from workbench.core.requests import Request, parameter
from workbench.logs.corrections.correction import Correction
from workbench.logs.events.looks import Look, parse_looks
from workbench.logs.summary import Acquired, Detected, Group, RecordingFacts
from workbench.services.common import ProjectFolder, open_project
from workbench.services.derived_layer import Source, open_derived, seen_through, stored_channels
from workbench.services.label_edits import LOOKS_KEY
from workbench.services.label_layers import newest_layer
from workbench.services.labels import Event
from workbench.services.logs import Finding
from workbench.services.pumps import check_logged

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.recordings.pyramid import Envelope
    from workbench.logs.recordings.recording import Burst, Recording

_SEVERITIES = ("failure", "function_check", "out_of_specification", "maintenance_required", "not_checked")
_LONG_GAP, _MOSTLY_GAPS = 0.05, 0.6
"""Shares of the whole time: what a long gap is, and from when on gaps are most of a log."""


class OpenLogsRequest(Request, frozen=True, kw_only=True):
    """Open the recordings of one pump for drawing."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    is_raw: Annotated[bool, parameter("As it was read, without corrections.")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    """One channel over all recordings of the pump; `state` is the worst NE 107 word of its findings, '' for none.

    `name` is that of its signal tag; a waveform beside a trend of the same tag has its rate behind it ('VI-2041A-DE 25.6 kHz').
    """

    name: str
    unit: str
    quantity: str
    low: float | None
    high: float | None
    state: str = ""
    group: Group = "trend"
    rate_hz: float | None = None
    """Exact samples a second of a waveform; None for a trend."""
    acquired: Acquired = "unknown"
    detected: Detected = "unknown"
    band_hz: tuple[float, float] | None = None
    formula: str = ""
    """Of a derived channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingInfo:
    """One recording in words of lists."""

    id: str
    name: str
    first_ns: int
    last_ns: int
    rows: int
    group: Group = "trend"
    rate_hz: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one recording holds of a channel, under the name it has there."""

    info: RecordingInfo
    recording: Recording
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastValue:
    """The last good value at or before an instant; `is_late` when a gap lies between."""

    value: float
    at_ns: int
    is_late: bool


class AssetLogs:
    """The recordings of one pump on one time axis. Instants are ns since 1970 UTC."""

    def __init__(
        self,
        asset: str,
        opened: list[tuple[RecordingInfo, Recording]],
        events: tuple[Event, ...],
        findings: tuple[Finding, ...],
        looks: dict[str, Look] | None = None,
        derived: list[tuple[RecordingInfo, Recording]] | None = None,
        corrections: tuple[Correction, ...] = (),
    ) -> None:
        self.asset = asset
        self.corrections = corrections
        """The layer over the logs, in the order in which it applies."""
        self.has_old_findings = False
        """Whether older checks made some of the findings: they are to be looked for again."""
        self.recordings = tuple(info for info, _ in opened)
        self.events = events
        self.looks = looks or {}
        """How events of a name look, where a person said."""
        self.findings = findings
        self._opened = tuple(opened)
        self._by_channel = _parts_of([*opened, *(derived or ())])
        self.derived = {
            channel.name: recording.summary.source for _, recording in derived or () for channel in recording.channels
        }
        """Formula of each derived channel."""
        self.channels = tuple(
            replace(channel, formula=self.derived.get(channel.name, "")) for channel in _channels_of(self._by_channel, findings)
        )
        self.first_ns = min((info.first_ns for info in self.recordings), default=0)
        self.last_ns = max((info.last_ns for info in self.recordings), default=1)
        self.gap_array = _gaps_of(self._opened)
        """Where no recording has samples, between the first and the last instant of all: int64 [n, 2], in order."""
        self.label_columns = tuple(sorted({name for _, recording in opened for name in recording.summary.labels}))
        trends = [recording.summary for _, recording in opened if recording.group == "trend"]
        steps = [facts.sample_period_s for facts in trends or [recording.summary for _, recording in opened]]
        self.sample_period_s = min((step for step in steps if step), default=None)
        """The shortest step of the trends (of the waveforms where there are no trends)."""

    def excluded(self, channel: str) -> list[tuple[int, int]]:
        """Stretches of a channel that corrections take out: (first, last instant), ns."""
        return [span for part in self._by_channel.get(channel, ()) for span in part.recording.excluded(part.name)]

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """The same as (start, end) pairs."""
        return [(int(start), int(end)) for start, end in self.gap_array]

    def main_stretch(self) -> tuple[int, int]:
        """What to show first: everything, or the longest stretch between long gaps where gaps are most of it."""
        whole_ns = self.last_ns - self.first_ns
        lengths = self.gap_array[:, 1] - self.gap_array[:, 0]
        long_gaps = self.gap_array[lengths > _LONG_GAP * whole_ns].tolist()
        if sum(b - a for a, b in long_gaps) < _MOSTLY_GAPS * whole_ns:
            return self.first_ns, self.last_ns
        starts = [self.first_ns, *(b for _, b in long_gaps)]
        ends = [*(a for a, _ in long_gaps), self.last_ns]
        return max(zip(starts, ends, strict=True), key=_length)

    def envelopes(self, channel: str, start_ns: int, end_ns: int, n_pixels: int) -> list[Envelope]:
        """What to draw of a channel, one envelope for each recording that reaches into the range (and a step beyond it)."""
        return self.envelopes_of((channel,), start_ns, end_ns, n_pixels)[channel]

    def envelopes_of(self, channels: Sequence[str], start_ns: int, end_ns: int, n_pixels: int) -> dict[str, list[Envelope]]:
        """The same of several channels, faster than one by one: those of one recording are read together."""
        found: dict[str, list[Envelope]] = {channel: [] for channel in channels}
        together: dict[str, list[tuple[str, Part]]] = {}
        for channel in channels:
            for part in self._by_channel.get(channel, ()):
                together.setdefault(part.info.id, []).append((channel, part))
        for parts in together.values():
            info, recording = parts[0][1].info, parts[0][1].recording
            margin_ns = self._margin_ns(recording, end_ns - start_ns)
            if info.last_ns < start_ns - margin_ns or info.first_ns > end_ns + margin_ns:
                continue
            extra = round(n_pixels * margin_ns / max(end_ns - start_ns, 1))
            wide = n_pixels + 2 * min(extra, n_pixels)
            names = [part.name for _, part in parts]
            drawn = recording.envelopes(names, start_ns - margin_ns, end_ns + margin_ns, wide)
            for (channel, _), one in zip(parts, drawn, strict=True):
                found[channel].append(one)
        return {channel: sorted(drawn, key=_first_drawn) for channel, drawn in found.items()}

    def all_parts(self) -> tuple[Part, ...]:
        """One part of each recording, derived ones behind those of the log."""
        found = {part.info.id: part for parts in self._by_channel.values() for part in parts}
        order = [info.id for info in self.recordings]
        return tuple(sorted(found.values(), key=lambda part: order.index(part.info.id) if part.info.id in order else len(order)))

    def parts(self, channel: str) -> tuple[Part, ...]:
        """The recordings that hold a channel, by their first instant."""
        return tuple(self._by_channel.get(channel, ()))

    def last_known(self, channel: str, at_ns: int) -> LastValue | None:
        """The last good value of a channel at or before an instant, over all recordings."""
        from workbench.logs.recordings.held import LATE_STEPS

        best: LastValue | None = None
        for part in reversed(self._by_channel.get(channel, ())):
            info, recording = part.info, part.recording
            if info.first_ns > at_ns or (best is not None and info.last_ns <= best.at_ns):
                continue
            known = recording.last_known(part.name, at_ns)
            if known is None or (best is not None and known[1] <= best.at_ns):
                continue
            step_ns = (recording.summary.sample_period_s or 0.0) * NS_PER_S
            is_late = at_ns - known[1] > LATE_STEPS * step_ns and (not recording.is_on_change or at_ns > info.last_ns)
            best = LastValue(value=known[0], at_ns=known[1], is_late=is_late)
        return best

    def bursts(self, channel: str, start_ns: int, end_ns: int) -> list[Burst]:
        """The raw samples of a waveform channel in [start_ns, end_ns): (start_ns, rate_hz, values [n]) for each stretch.

        In order of time, cut to the range; values are read-only views of what lies on the disk. Nothing for a trend.
        """
        parts = self._by_channel.get(channel, ())
        found = [burst for part in parts for burst in part.recording.bursts(part.name, start_ns, end_ns)]
        return sorted(found, key=_start_of)

    def samples(self, channel: str, start_ns: int, end_ns: int) -> list[tuple[NDArray[np.int64], NDArray[np.floating]]]:
        """The raw samples of a channel in [start_ns, end_ns): (instants ns [n], values [n], NaN = bad) of each recording."""
        return [(times_ns, values) for times_ns, values, _ in self.stored_samples(channel, start_ns, end_ns)]

    def stored_samples(
        self, channel: str, start_ns: int, end_ns: int
    ) -> list[tuple[NDArray[np.int64], NDArray[np.floating], str]]:
        """As `samples`, with the type that they are stored in ('float32', 'float64'; '' of a derived channel)."""
        import numpy as np

        found = []
        for part in self._by_channel.get(channel, ()):
            axis = part.recording.axis
            rows = slice(axis.index_at(start_ns, after=False), axis.index_at(end_ns, after=False))
            if rows.start < rows.stop:
                stored = next((one.dtype for one in part.recording.channels if one.name == part.name), "")
                found.append((axis.take(np.arange(rows.start, rows.stop)), part.recording.values(part.name)[rows], stored))
        return found

    @staticmethod
    def _margin_ns(recording: Recording, span_ns: int) -> int:
        step_ns = round((recording.summary.sample_period_s or 0.0) * NS_PER_S)
        return min(2 * step_ns, 2 * span_ns)


def open_logged(project: str, asset: str, job: Job) -> AssetLogs:
    """The same for a command, through the corrections: raises InputError for a pump of which the project has no log."""
    with open_project(project) as opened:
        check_logged(opened, asset)
    return open_asset_logs(OpenLogsRequest(project=project, asset=asset), job)


def open_asset_logs(request: OpenLogsRequest, job: Job) -> AssetLogs:
    """Open them, oldest first; recordings without samples are left out. Raises InputError for a damaged one."""
    from workbench.services import findings as findings_of
    from workbench.services.log_summaries import answered, summary_of
    from workbench.services.recordings import corrections_of, open_project_recordings

    with open_project(request.project) as project:
        found = open_project_recordings(project, (request.asset,), group=None, is_corrected=not request.is_raw)
        layer_id, corrections = corrections_of(project, request.asset)
        looks = parse_looks(project.value(LOOKS_KEY))
        definitions = stored_channels(project)
        labels = newest_layer(project, request.asset)
    opened: list[tuple[RecordingInfo, Recording]] = []
    findings: list[Finding] = []
    is_outdated = False
    for item, recording in found:
        facts, raw = recording.summary, getattr(recording, "raw", recording)
        is_outdated |= findings_of.is_outdated(raw)
        said = summary_of(findings_of.facts_of_today(raw, may_look=False)).findings
        findings.extend(_shown(recording, one) for one in answered(said, corrections) if not one.answered_by)
        info = _info_of(item.id, item.name, facts)
        if info is not None:
            opened.append((info, recording))
    seen = "" if request.is_raw or not corrections else seen_through(layer_id)
    sources = [Source(id=info.id + seen, recording=recording) for info, recording in opened]
    made, refused = open_derived(definitions, request.asset, sources, job)
    derived = [(info, one.recording) for one in made if (info := _info_of(one.id, "", one.recording.summary)) is not None]
    findings.extend(Finding(code="FORMULA", text=why, channel=name, severity="not_checked") for name, why in refused)
    made_of = AssetLogs(request.asset, opened, labels, tuple(findings), looks, derived, corrections)
    made_of.has_old_findings = is_outdated
    return made_of


def _info_of(item_id: str, name: str, facts: RecordingFacts) -> RecordingInfo | None:
    """None for a recording without samples."""
    if facts.first_ns is None or facts.last_ns is None:
        return None
    return RecordingInfo(
        id=item_id, name=name, first_ns=facts.first_ns, last_ns=facts.last_ns, rows=facts.rows, group=facts.group,
        rate_hz=facts.rate_hz,
    )  # fmt: skip


def _shown(recording: Recording, finding: Finding) -> Finding:
    """A finding where the corrected clock shows it."""
    start, end = (text and format_utc(recording.shown_ns(parse_utc(text))) for text in (finding.start_utc, finding.end_utc))
    return msgspec.structs.replace(finding, start_utc=start, end_utc=end)


def finding_span(finding: Finding, logs: AssetLogs) -> tuple[int, int]:
    """Where a finding lies, ns; the whole log where it names no instants."""
    start = parse_utc(finding.start_utc) if finding.start_utc else logs.first_ns
    return start, parse_utc(finding.end_utc) if finding.end_utc else logs.last_ns


def _length(span_ns: tuple[int, int]) -> int:
    return span_ns[1] - span_ns[0]


def _first_of(pair: tuple[RecordingInfo, Recording]) -> int:
    return pair[0].first_ns


def _first_drawn(drawn: Envelope) -> int:
    return int(drawn.times_ns[0]) if len(drawn.times_ns) else 0


def _start_of(burst: Burst) -> int:
    return burst.start_ns


def rate_text(rate_hz: float) -> str:
    """A rate for names: '25.6 kHz', '500 Hz'."""
    return f"{rate_hz / 1000:.6g} kHz" if rate_hz >= 1000 else f"{rate_hz:.6g} Hz"


def _parts_of(opened: list[tuple[RecordingInfo, Recording]]) -> dict[str, list[Part]]:
    """Channels with the recordings they are in, by first instant; those of several rates are told apart by name."""
    rates: dict[str, set[float | None]] = {}
    for _, recording in opened:
        for channel in recording.channels:
            rates.setdefault(channel.name, set()).add(recording.rate_hz)
    found: dict[str, list[Part]] = {}
    for info, recording in sorted(opened, key=_first_of):
        rate_hz = recording.rate_hz
        for channel in recording.channels:
            is_shared = rate_hz is not None and len(rates[channel.name]) > 1
            name = f"{channel.name} {rate_text(rate_hz)}" if is_shared and rate_hz is not None else channel.name
            found.setdefault(name, []).append(Part(info=info, recording=recording, name=channel.name))
    return found


def _channels_of(parts: dict[str, list[Part]], findings: tuple[Finding, ...]) -> tuple[ChannelView, ...]:
    worst: dict[str, str] = {}
    for finding in findings:
        if finding.channel and finding.severity in _SEVERITIES:
            known = worst.get(finding.channel, "not_checked")
            worst[finding.channel] = min(known, finding.severity, key=_SEVERITIES.index)
    return tuple(_view_of(name, found, worst.get(name, "")) for name, found in parts.items())


def _view_of(name: str, parts: list[Part], state: str) -> ChannelView:
    """Over all recordings; unit and how it was acquired as the newest one says."""
    facts = [known for part in parts for known in part.recording.summary.channels if known.name == part.name]
    last, recording = facts[-1], parts[-1].recording
    return ChannelView(
        name=name, unit=last.unit or "", quantity=last.quantity, state=state, group=recording.group, rate_hz=recording.rate_hz,
        low=min((known.min for known in facts if known.min is not None), default=None),
        high=max((known.max for known in facts if known.max is not None), default=None),
        acquired=last.acquired, detected=last.detected, band_hz=last.band_hz,
    )  # fmt: skip


def _gaps_of(opened: tuple[tuple[RecordingInfo, Recording], ...]) -> NDArray[np.int64]:
    import numpy as np

    from workbench.logs.recordings.time_axis import GAP_FACTOR

    starts, ends, allowed = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for info, recording in opened:
        gaps = np.asarray([] if recording.is_on_change else recording.gaps, np.int64).reshape(-1, 2)
        starts.append(np.concatenate([np.array([info.first_ns], np.int64), gaps[:, 1]]))
        ends.append(np.concatenate([gaps[:, 0], np.array([info.last_ns], np.int64)]))
        # the next day's file goes on a step later: that is no gap
        step_ns = round(GAP_FACTOR * (recording.summary.sample_period_s or 0.0) * NS_PER_S)
        allowed.append(np.full(len(gaps) + 1, step_ns, np.int64))
    first, last = np.concatenate(starts), np.concatenate(ends)
    order = np.argsort(first, kind="stable")
    reached = np.maximum.accumulate(last[order])
    is_gap = first[order][1:] > np.maximum.accumulate(last[order] + np.concatenate(allowed)[order])[:-1]
    return np.stack([reached[:-1][is_gap], first[order][1:][is_gap]], axis=1)
