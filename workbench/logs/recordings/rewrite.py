"""A recording written anew from a finished one: some of its channels, under other names, without some of its rows, moved.

Read and written in blocks, so that a recording of any size takes flat memory. Must not import anything but numpy, core and
this domain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import encode_pretty, write_atomic
from workbench.logs.checks.quality import RULE_CODES, find_quality
from workbench.logs.checks.waveforms import find_in_waveform
from workbench.logs.recordings.format import META_FILE, ChannelInfo, load_meta
from workbench.logs.recordings.recording import Recording
from workbench.logs.recordings.time_axis import Int64s, RunsAxis
from workbench.logs.recordings.writer import BLOCK_ROWS, ColumnStats, RecordingWriter
from workbench.logs.summary import CHECKS_VERSION, ChannelFacts, Finding, RecordingFacts

Keep = Callable[[int, Int64s], NDArray[np.bool_]]
"""Which of rows [n] from a first one on, with these instants, are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPlan:
    """A channel of the old recording and what it is called in the new one; None leaves unit or quantity as it was."""

    old: str
    new: str
    unit: str | None = None
    quantity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """What the new recording is like; `keep` is None where all rows stay, `shift_ns` is added to all instants."""

    channels: Sequence[ChannelPlan]
    keep: Keep | None = None
    source_suffix: str = ""
    findings: tuple[Finding, ...] = ()
    shift_ns: int = 0


def rewrite_recording(recording: Recording, folder: Path, plan: Rewrite) -> RecordingFacts:
    """Write into `folder`, which exists, and return the facts. Raises DiskFull."""
    known = {channel.name: channel for channel in recording.channels}
    infos = [_info(one, known[one.old]) for one in plan.channels]
    labels = recording.summary.labels
    writer = RecordingWriter(folder, infos, labels)
    rows = recording.rows
    columns = {one.new: recording.column(one.old) for one in plan.channels}
    kept_labels = {name: recording.labels[name] for name in labels}
    for first in range(0, rows, BLOCK_ROWS):
        part = slice(first, min(first + BLOCK_ROWS, rows))
        times_ns = recording.axis.take(np.arange(part.start, part.stop))
        keep = slice(None) if plan.keep is None else plan.keep(first, times_ns)
        writer.append(
            np.asarray(times_ns)[keep] + plan.shift_ns, {name: column[part][keep] for name, column in columns.items()},
            {name: column[part][keep] for name, column in kept_labels.items()},
        )  # fmt: skip
    moved = _moved(recording, plan.shift_ns) if plan.shift_ns else recording.summary
    facts = _facts(moved, writer, plan)
    writer.finish(facts)
    return facts


def add_findings(folder: Path, findings: tuple[Finding, ...]) -> None:
    """Say more about a recording that is not stored yet; its samples are not touched."""
    meta = load_meta(folder)
    facts = msgspec.structs.replace(meta.facts, findings=(*findings, *meta.facts.findings))
    write_atomic(folder / META_FILE, encode_pretty(msgspec.structs.replace(meta, facts=facts)))


def _moved(recording: Recording, shift_ns: int) -> RecordingFacts:
    """The facts at other instants; what is said about a waveform's bursts is said anew, for the words name instants, too."""
    old, axis = recording.summary, recording.axis
    anew: tuple[Finding, ...] = ()
    if old.group == "waveform" and isinstance(axis, RunsAxis):
        units = {channel.name: channel.unit for channel in recording.channels}
        columns = {name: recording.column(name) for name in units}
        anew = find_in_waveform(replace(axis, first_ns=axis.first_ns + shift_ns), columns, units)
    said = {(finding.code, finding.channel) for finding in anew}
    kept = tuple(
        msgspec.structs.replace(finding, start_ns=_plus(finding.start_ns, shift_ns), end_ns=_plus(finding.end_ns, shift_ns))
        for finding in old.findings
        if (finding.code, finding.channel) not in said
    )
    first_ns, last_ns = _plus(old.first_ns, shift_ns), _plus(old.last_ns, shift_ns)
    return msgspec.structs.replace(old, first_ns=first_ns, last_ns=last_ns, findings=(*kept, *anew))


def _plus(instant_ns: int | None, shift_ns: int) -> int | None:
    return None if instant_ns is None else instant_ns + shift_ns


def _info(one: ChannelPlan, old: ChannelInfo) -> ChannelInfo:
    unit = old.unit if one.unit is None else one.unit
    return ChannelInfo(name=one.new, unit=unit, quantity=old.quantity if one.quantity is None else one.quantity, dtype=old.dtype)


def _facts(old: RecordingFacts, writer: RecordingWriter, plan: Rewrite) -> RecordingFacts:
    names = {one.old: one.new for one in plan.channels}
    plans = {one.old: one for one in plan.channels}
    source, sources = old.source + plan.source_suffix, tuple(name + plan.source_suffix for name in old.sources)
    channels = tuple(_renamed(channel, plans[channel.name]) for channel in old.channels if channel.name in plans)
    findings = tuple(
        msgspec.structs.replace(finding, channel=names[finding.channel]) if finding.channel else finding
        for finding in old.findings
        if finding.channel is None or finding.channel in names
    )
    questions = tuple(question for question in old.questions if question.channel is None or question.channel in names)
    facts = msgspec.structs.replace(
        old, source=source, sources=sources, channels=channels, findings=(*plan.findings, *findings), questions=questions
    )
    is_whole = plan.keep is None and len(channels) == len(old.channels)
    is_whole &= not plan.shift_ns or facts.group == "waveform"  # the words of findings name instants
    return facts if is_whole else _recounted(facts, writer)  # what was found may be about channels that are not here


def _renamed(channel: ChannelFacts, plan: ChannelPlan) -> ChannelFacts:
    unit = channel.unit if plan.unit is None else plan.unit
    quantity = channel.quantity if plan.quantity is None else plan.quantity
    return msgspec.structs.replace(channel, name=plan.new, unit=unit, quantity=quantity)


def _recounted(facts: RecordingFacts, writer: RecordingWriter) -> RecordingFacts:
    """The facts of the rows and channels that are left."""
    times = writer.close_times()
    instants_ns, columns = writer.view()
    units = {channel.name: channel.unit for channel in facts.channels}
    quality = find_quality(instants_ns, columns, units) if facts.group == "trend" else ()
    of_reading = tuple(finding for finding in facts.findings if finding.start_ns is None or _is_remark(finding, times.first_ns))
    said = {(finding.code, finding.channel) for finding in of_reading}
    found = (*of_reading, *(finding for finding in quality if (finding.code, finding.channel) not in said))
    stats = writer.stats
    channels = tuple(_counted(channel, stats[channel.name], times.rows) for channel in facts.channels)
    return msgspec.structs.replace(
        facts, rows=times.rows, first_ns=times.first_ns, last_ns=times.last_ns, sample_period_s=times.sample_period_s,
        n_gaps=times.n_gaps, channels=channels, findings=found, checks=CHECKS_VERSION,
    )  # fmt: skip


def _is_remark(finding: Finding, first_ns: int | None) -> bool:
    """Whether the reader of the file made it, about rows that are there."""
    is_there = finding.start_ns is not None and first_ns is not None and finding.start_ns >= first_ns
    return is_there and finding.code not in RULE_CODES


def _counted(channel: ChannelFacts, stats: ColumnStats, n_rows: int) -> ChannelFacts:
    """Reasons stay where it is certain which cells went; else bad cells are counted together."""
    n_left = n_rows - stats.n_good
    n_before = sum(channel.bad.values()) + channel.n_absent
    bad, n_absent = channel.bad, channel.n_absent
    if n_left != n_before:
        only = next(iter(bad)) if len(bad) == 1 and not n_absent else None
        bad, n_absent = ({only or "not good": n_left} if n_left else {}), 0
        if channel.n_absent and not channel.bad:
            bad, n_absent = {}, n_left
    has_good = stats.n_good > 0
    return msgspec.structs.replace(
        channel, n_good=stats.n_good, bad=bad, n_absent=n_absent, min=stats.minimum if has_good else None,
        max=stats.maximum if has_good else None, mean=stats.mean if has_good else None,
    )  # fmt: skip


def kept_alike(channels: Sequence[ChannelInfo]) -> tuple[ChannelPlan, ...]:
    """A plan that changes no name."""
    return tuple(ChannelPlan(old=channel.name, new=channel.name) for channel in channels)
