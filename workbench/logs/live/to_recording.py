"""From a capture's blocks to a recording: streamed block by block, all channels that ever appeared, in the order of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.core.errors import InputError
from workbench.logs.checks.quality import find_quality
from workbench.logs.live.rows import LiveChannel
from workbench.logs.live.store import BLOCKS_FILE, Block, BlockHeader, read_blocks
from workbench.logs.recordings.format import ChannelInfo
from workbench.logs.recordings.rates import exact_rate, find_waveform
from workbench.logs.recordings.time_axis import Int64s
from workbench.logs.recordings.writer import ColumnStats, RecordingWriter
from workbench.logs.summary import CHECKS_VERSION, ChannelFacts, Finding, LeftOut, RecordingFacts
from workbench.logs.tables.label_like import NAMED_WHY, is_label_name

MAX_CHANNELS = 4096
CLOCK_TOLD_NS = NS_PER_S
NO_VALUE = "no value"
_Piece = tuple[Int64s, dict[str, NDArray[np.float64]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What all blocks together hold."""

    channels: tuple[LiveChannel, ...]
    n_rows: int
    is_rising: bool
    last: BlockHeader | None
    n_present: dict[str, int]
    """Rows in which a channel was there at all."""


def survey(folder: Path) -> Survey:
    """Read all blocks once."""
    channels: dict[str, LiveChannel] = {}
    present: Counter[str] = Counter()
    n_rows, is_rising, last_ns = 0, True, None
    last = None
    for block in read_blocks(folder / BLOCKS_FILE):
        for channel in block.header.channels:
            channels.setdefault(channel.name, channel)
            present[channel.name] += block.header.rows
        if len(channels) > MAX_CHANNELS:
            text = f"The capture {folder.name} names more than {MAX_CHANNELS} channels; no device does."
            raise InputError(text, "Its bytes can be read with 'logs import'.")
        times_ns = block.times_ns
        if len(times_ns):
            is_rising &= bool((np.diff(times_ns) > 0).all()) and (last_ns is None or int(times_ns[0]) > last_ns)
            last_ns = int(times_ns[-1])
        n_rows, last = n_rows + len(times_ns), block.header
    return Survey(channels=tuple(channels.values()), n_rows=n_rows, is_rising=is_rising, last=last, n_present=dict(present))


def build(folder: Path, target: Path, *, source: str, findings: Sequence[Finding] = ()) -> RecordingFacts:
    """Write the capture in `folder` as a recording into `target` (which exists); returns its facts.

    Raises InputError when nothing was captured, DiskFull.
    """
    found = survey(folder)
    if not found.n_rows or not found.channels:
        raise InputError(f"Nothing that can be read arrived: {source} has no rows.", _why_nothing(found.last))
    labels = [channel.name for channel in found.channels if is_label_name(channel.name, channel.unit)]
    inputs = [channel for channel in found.channels if channel.name not in labels]
    if not inputs:
        raise InputError(f"{source} has no channel of measurements.", "Give a stream with numbers.")
    infos = [ChannelInfo(name=channel.name, unit=channel.unit, quantity=channel.quantity) for channel in inputs]
    writer = RecordingWriter(target, infos, labels)
    n_backward, n_doubled = _write(folder, found, writer, labels)
    times = writer.close_times()
    instants, columns = writer.view()
    # Even arrivals of a 20 Hz poll are no waveform: only a rate that somebody declared makes one.
    rate_hz = found.last.rate_hz if found.last else None
    waveform = find_waveform(instants, exact_rate(rate_hz)) if rate_hz else None
    quality = () if waveform else find_quality(instants, columns, {channel.name: channel.unit for channel in inputs})
    stats = writer.stats
    facts = RecordingFacts(
        checks=CHECKS_VERSION,
        source=source, sources=(source,), rows=times.rows, first_ns=times.first_ns, last_ns=times.last_ns,
        sample_period_s=times.sample_period_s, n_gaps=times.n_gaps, n_duplicates_dropped=n_doubled, n_backward_steps=n_backward,
        channels=tuple(_facts_of(channel, stats[channel.name], found) for channel in inputs),
        findings=(*findings, *_lost(found.last), *quality), labels=tuple(labels),
        left_out=tuple(LeftOut(channel=name, why=NAMED_WHY) for name in labels), group="waveform" if waveform else "trend",
        rate_hz=waveform.rate_hz if waveform else None, n_bursts=len(waveform.first_rows) if waveform else 0,
    )  # fmt: skip
    writer.finish(facts)
    return facts


def _write(folder: Path, found: Survey, writer: RecordingWriter, labels: Sequence[str]) -> tuple[int, int]:
    """Append every row; returns (steps back in time, rows that repeat an instant)."""
    pieces: Iterator[_Piece] = (_piece(block, found.channels) for block in read_blocks(folder / BLOCKS_FILE))
    n_backward = n_doubled = 0
    if not found.is_rising:
        piece, n_backward, n_doubled = _sorted(list(pieces), found.channels)
        pieces = iter([piece])
    for times_ns, columns in pieces:
        writer.append(times_ns, columns, {name: columns[name] for name in labels})
    return n_backward, n_doubled


def _piece(block: Block, channels: Sequence[LiveChannel]) -> _Piece:
    present = {channel.name: k for k, channel in enumerate(block.header.channels)}
    absent = np.full(block.header.rows, np.nan)
    return block.times_ns, {
        channel.name: np.ascontiguousarray(block.values[:, present[channel.name]]) if channel.name in present else absent
        for channel in channels
    }


def _sorted(pieces: Sequence[_Piece], channels: Sequence[LiveChannel]) -> tuple[_Piece, int, int]:
    """All rows in the order of time; of one instant the first that came is kept. For clocks of devices that were set back."""
    times_ns = np.concatenate([piece[0] for piece in pieces])
    order = np.argsort(times_ns, kind="stable")
    is_new = np.concatenate([[True], np.diff(times_ns[order]) > 0])
    kept = order[is_new]
    columns = {channel.name: np.concatenate([piece[1][channel.name] for piece in pieces])[kept] for channel in channels}
    return (times_ns[kept], columns), int(np.count_nonzero(np.diff(times_ns) < 0)), int(np.count_nonzero(~is_new))


def _facts_of(channel: LiveChannel, stats: ColumnStats, found: Survey) -> ChannelFacts:
    bad = dict(found.last.bad.get(channel.name, {})) if found.last else {}
    n_present = found.n_present.get(channel.name, 0)
    n_unsaid = n_present - stats.n_good - sum(bad.values())
    if n_unsaid > 0:
        bad[NO_VALUE] = n_unsaid
    has_good = stats.n_good > 0
    return ChannelFacts(
        name=channel.name, unit=channel.unit, quantity=channel.quantity, n_good=stats.n_good, bad=bad,
        min=stats.minimum if has_good else None, max=stats.maximum if has_good else None, mean=stats.mean if has_good else None,
        n_absent=found.n_rows - n_present,
    )  # fmt: skip


def _lost(last: BlockHeader | None) -> Iterator[Finding]:
    """What was no row, and what the clocks did, in words."""
    if last is None:
        return
    if last.problems:
        n_lost = sum(last.problems.values())
        reasons = sorted(last.problems.items(), key=_most_first)
        parts = ", ".join(f"{reason} ({n:,})" for reason, n in reasons) if len(reasons) > 1 else reasons[0][0]
        words = "1 line or frame is no row" if n_lost == 1 else f"{n_lost:,} lines or frames are no rows"
        yield Finding(code="LINES_LOST", text=f"{words}: {parts}.")
    offset_ns, drift_ns = last.notes.get("device_offset_ns", 0), last.notes.get("host_drift_ns", 0)
    if abs(offset_ns) >= CLOCK_TOLD_NS:
        text = f"The device's clock was {_seconds(offset_ns)} this computer's."
        yield Finding(code="DEVICE_CLOCK", text=text, severity="maintenance_required")
    if abs(drift_ns) >= CLOCK_TOLD_NS:
        text = f"This computer's clock was set while capturing: it went {_seconds(drift_ns)} the one that the samples have."
        yield Finding(code="HOST_CLOCK", text=text, severity="maintenance_required")
    n_restarts = last.notes.get("device_restarts", 0)
    if n_restarts and last.rate_hz:
        text = f"Even steps of {last.rate_hz:g} Hz ran away from this computer's clock and were laid anew {n_restarts} times."
        yield Finding(code="RATE_DIFFERS", text=text)
    elif n_restarts:
        yield Finding(code="DEVICE_RESTARTED", text=f"The device began its count anew {n_restarts} times.")
    if last.notes.get("reconnects"):
        yield Finding(code="RECONNECTED", text=f"The connection was lost and came back {last.notes['reconnects']} times.")


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _seconds(ns: int) -> str:
    side = "ahead of" if ns > 0 else "behind"
    return f"{abs(ns) / NS_PER_S:.1f} s {side}"


def _why_nothing(last: BlockHeader | None) -> str:
    told = ", ".join(f"{reason} {n:,}" for reason, n in last.problems.items()) if last else ""
    return f"Check baud rate and format{f': {told}' if told else ''}."
