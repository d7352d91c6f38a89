"""The next day's file of a pump: rows that the project has already are left out, and what it continues is said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbench.core.clock import NS_PER_US
from workbench.services.log_undated import lay_apart

if TYPE_CHECKING:
    from workbench.logs.recordings.recording import Recording
    from workbench.logs.summary import Finding
    from workbench.project.acts import Item
    from workbench.project.store import Project

_MOST = 0.5
_LEAST_MOVES = 30
_BLOCK_ROWS = 1 << 18
_MAX_GAP_DURATIONS = 10.0
"""A file that begins later than this many times the length of the one before it continues nothing."""


@dataclass(frozen=True, slots=True)
class Continued:
    """A recording without what was known: where it lies, how many rows were left out, and what it continues ('' for nothing)."""

    folder: Path
    n_known: int
    continues: str
    known_id: str = ""
    """The recording that holds all of it already."""
    moved_s: int = 0
    """By how much it was moved behind others, where nobody knows when it began."""


def without_known_rows(project: Project, asset: str, folder: Path, stack: ExitStack) -> Continued:
    """Compare a finished recording in `folder` with those of the pump that have all its channels.

    Known is a row whose instant and values are there already, of a waveform a stretch of them. Where some are, what is left is
    written into a new folder that `stack` removes. An undated recording is laid behind others instead.
    """
    from workbench.logs.recordings.known_rows import KnownRows
    from workbench.logs.recordings.recording import open_recording
    from workbench.logs.recordings.rewrite import Rewrite, add_findings, kept_alike, rewrite_recording
    from workbench.logs.summary import Finding

    recording = open_recording(folder)
    if not recording.summary.is_dated:
        laid = lay_apart(project, asset, folder, stack)
        return Continued(laid.folder, recording.rows if laid.known_id else 0, "", laid.known_id, laid.moved_s)
    kin = _kin(project, asset, recording)
    older = [(item, other) for item, other in kin if _has_channels(other, recording)]
    overlapping = [(item, other) for item, other in older if _overlaps(recording, other)]
    continues = _continued(recording, older)
    known = KnownRows(recording, [other for _, other in overlapping])
    n_known = known.count() if overlapping else 0
    if n_known and n_known == recording.rows:
        holder = next((item for item, other in overlapping if _holds(other, recording)), overlapping[0][0])
        return Continued(folder, n_known, continues, holder.id)
    conflicts = _conflicts(project, asset, recording, [item for item, other in kin if _overlaps(recording, other)])
    if not n_known:
        if conflicts:
            add_findings(folder, conflicts)
        return Continued(folder, 0, continues)
    names = ", ".join(item.name for item, _ in overlapping[:3])
    text = f"{n_known:,} rows are left out: they are in {names} already, which this log continues."
    target = stack.enter_context(project.objects.staging("recording"))
    plan = Rewrite(
        channels=kept_alike(recording.channels), keep=known.is_new,
        findings=(Finding(code="ALREADY_THERE", text=text, severity="not_checked"), *conflicts),
    )  # fmt: skip
    rewrite_recording(recording, target, plan)
    return Continued(target, n_known, continues or overlapping[0][0].name)


def _conflicts(project: Project, asset: str, recording: Recording, items: Sequence[Item]) -> tuple[Finding, ...]:
    """What is said about rows whose instants are there with other values; what this one takes the place of says nothing.

    Logs are held against each other as they were read: corrections hold for both.
    """
    from workbench.logs.recordings.conflicts import Conflicts, conflicting_logs
    from workbench.logs.recordings.known_rows import find_conflicts
    from workbench.services.recordings import open_corrected

    found = {item.id: (item.name, find_conflicts(recording, open_corrected(project, item.id, ()))) for item in items}
    if any(conflicts.n for _, conflicts in found.values()):
        for item, _ in read_otherwise(project, asset, recording):
            found.pop(item.id, None)
    said: dict[str, Conflicts] = {}
    for name, conflicts in found.values():
        if conflicts.n:
            said.setdefault(name, Conflicts()).join(conflicts)
    return (conflicting_logs(said),) if said else ()


def _kin(project: Project, asset: str, recording: Recording) -> list[tuple[Item, Recording]]:
    """The pump's recordings of this kind that have a channel of this one, in the same unit; before it, one with all of them.

    Of those that end before it the last one will do, and others need not be opened where the index says when they were;
    corrections may have moved them.
    """
    from workbench.services.recordings import corrections_of, open_project_recordings, recordings_of, says, span_of

    def opened(ids: Collection[str] | None, is_kin: Callable[..., bool] = _shares_channel) -> list[tuple[Item, Recording]]:
        pairs = open_project_recordings(project, (asset,), group=None, only=lambda item: ids is None or item.id in ids)
        return [(item, other) for item, other in pairs if is_kin(other, recording)]

    if corrections_of(project, asset)[1]:
        return opened(None)
    first, last = _span(recording)
    near: set[str] = set()
    before: dict[int, list[str]] = {}
    for item in recordings_of(project, (asset,)):
        span = span_of(item)
        if not says(item, group=recording.group):
            continue
        if span is None or (span[0] <= last and first < span[1] + NS_PER_US):
            near.add(item.id)
        elif span[1] < first:
            before.setdefault(span[1], []).append(item.id)
    newest = (found for end in sorted(before, reverse=True) if (found := opened(before[end], _has_channels)))
    return [*next(newest, []), *opened(near)]


def _shares_channel(other: Recording, recording: Recording) -> bool:
    theirs = {(channel.name, channel.unit) for channel in other.channels}
    is_kin = other.group == recording.group and other.summary.is_dated
    return is_kin and any((one.name, one.unit) in theirs for one in recording.channels)


def _has_channels(other: Recording, recording: Recording) -> bool:
    theirs = {channel.name: channel.unit for channel in other.channels}
    is_kin = other.group == recording.group and other.summary.is_dated
    return is_kin and all(theirs.get(one.name, "?") == one.unit for one in recording.channels)


def read_otherwise(project: Project, asset: str, recording: Recording) -> list[tuple[Item, str]]:
    """The pump's recordings of the very same samples, read from a file of this name with other answers; in which way other."""
    from workbench.services.recordings import open_project_recordings, says

    found = []
    facts = {"group": recording.group, "rows": recording.rows, "source": recording.summary.source}
    pairs = open_project_recordings(
        project, (asset,), group=None, is_corrected=False, only=lambda item: says(item, **facts)
    )  # fmt: skip
    for item, other in pairs:
        is_alike = (other.group, other.rows, len(other.channels)) == (recording.group, recording.rows, len(recording.channels))
        is_new = other.folder.name != recording.folder.name and other.summary.source == recording.summary.source
        is_better = recording.summary.is_dated or not other.summary.is_dated
        if is_alike and is_new and is_better and _are_same_samples(other, recording):
            found.append((item, _otherwise(other, recording)))
    return found


def _are_same_samples(one: Recording, other: Recording) -> bool:
    """All values that both have are equal, and enough of them move to be no chance."""
    pairs = [(one.values(a.name), other.values(b.name)) for a, b in zip(one.channels, other.channels, strict=True)]
    n_both, n_moves = np.zeros(len(pairs), np.int64), np.zeros(len(pairs), np.int64)
    for first in range(0, one.rows, _BLOCK_ROWS):
        for number, (mine, theirs) in enumerate(pairs):
            a, b = np.asarray(mine[first : first + _BLOCK_ROWS]), np.asarray(theirs[first : first + _BLOCK_ROWS])
            both = ~np.isnan(a) & ~np.isnan(b)
            if not np.array_equal(a[both], b[both]):
                return False
            n_both[number] += np.count_nonzero(both)
            n_moves[number] += np.count_nonzero(np.diff(a[both]))
    return bool(((n_both > _MOST * one.rows) & (n_moves >= _LEAST_MOVES)).any())


def _otherwise(before: Recording, now: Recording) -> str:
    """What was other when it was read before, in words."""
    from workbench.logs.checks.phrases import format_span

    shift_ns = _span(before)[0] - _span(now)[0]
    if not before.summary.is_dated and now.summary.is_dated:
        return "without its start"
    if shift_ns and before.summary.is_dated:
        return f"{format_span(abs(shift_ns))} {'later' if shift_ns > 0 else 'earlier'}"
    return "with other units" if [c.unit for c in before.channels] != [c.unit for c in now.channels] else "with other answers"


def _span(recording: Recording) -> tuple[int, int]:
    return recording.summary.first_ns or 0, recording.summary.last_ns or 0


def _overlaps(one: Recording, other: Recording) -> bool:
    (first, last), (start, end) = _span(one), _span(other)
    return bool(one.rows and other.rows) and start <= last and first <= end


def _holds(other: Recording, recording: Recording) -> bool:
    (first, last), (start, end) = _span(recording), _span(other)
    return start <= first and last <= end


def _continued(recording: Recording, older: Sequence[tuple[Item, Recording]]) -> str:
    first = _span(recording)[0]
    before = [(_span(other)[1], item.name, _span(other)) for item, other in older if other.rows and _span(other)[1] < first]
    if not before:
        return ""
    end, name, (start, _) = max(before)
    return name if first - end <= _MAX_GAP_DURATIONS * max(end - start, 1) else ""
