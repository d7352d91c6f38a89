"""Logs that nobody knows the start of: each is laid behind the others of its pump, never on them, and compared with none by time.

Their instants are counted from 1970, all from the same one: what lies at one instant there did not happen at one instant.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.clock import NS_PER_DAY, NS_PER_S, format_utc

if TYPE_CHECKING:
    from workbench.logs.recordings.recording import Recording
    from workbench.logs.summary import Finding
    from workbench.project.acts import Item
    from workbench.project.store import Project

_MINUTE_NS = 60 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Laid:
    """Where an undated recording lies, moved by so many seconds, or the one in the project that is the same."""

    folder: Path
    moved_s: int = 0
    known_id: str = ""


def lay_apart(project: Project, asset: str, folder: Path, stack: ExitStack) -> Laid:
    """Move the finished, undated recording in `folder` behind the pump's others, into a new folder that `stack` removes.

    Parts of one file stay beside each other: they did begin together.
    """
    from workbench.logs.recordings.known_rows import is_same_log
    from workbench.logs.recordings.recording import open_recording
    from workbench.logs.recordings.rewrite import Rewrite, kept_alike, rewrite_recording
    from workbench.services.recordings import recordings_of

    recording = open_recording(folder)
    for item in recordings_of(project, (asset,)):
        if (item.details.get("source"), item.details.get("rows")) != (recording.summary.source, recording.rows):
            continue
        if is_same_log(recording, _opened(project, item)):
            return Laid(folder, known_id=item.id)
    others = _undated(project, asset)
    beside = next((item for item in others if _is_part_of_same(item, recording)), None)
    moved_s = _moved_s(beside.details) if beside is not None else _behind_s(recording, others)
    if not moved_s:
        return Laid(folder)
    target = stack.enter_context(project.objects.staging("recording"))
    said = () if beside is not None else (_said(recording, moved_s),)
    rewrite_recording(
        recording, target, Rewrite(channels=kept_alike(recording.channels), findings=said, shift_ns=moved_s * NS_PER_S)
    )
    return Laid(target, moved_s)


def _undated(project: Project, asset: str) -> list[Item]:
    """The pump's undated recordings; what an older index does not say is looked up."""
    from workbench.services.recordings import recordings_of

    items = recordings_of(project, (asset,))
    said = [(item, item.details.get("is_dated")) for item in items]
    return [item for item, dated in said if not (_opened(project, item).summary.is_dated if dated is None else dated)]


def _opened(project: Project, item: Item) -> Recording:
    from workbench.services.recordings import open_corrected

    return open_corrected(project, item.id, ())


def _is_part_of_same(item: Item, recording: Recording) -> bool:
    channels = item.details.get("channels")
    theirs = set(channels) if isinstance(channels, list) else set()
    return item.details.get("source") == recording.summary.source and not theirs & {one.name for one in recording.channels}


def _moved_s(details: Mapping[str, object]) -> int:
    moved_s = details.get("moved_s")
    return moved_s if isinstance(moved_s, int) else 0


def _behind_s(recording: Recording, others: list[Item]) -> int:
    """By how much it must move to begin after the end of the others: whole minutes, of a trend whole days.

    A trend's clock may be known where its day is not.
    """
    from workbench.services.recordings import span_of

    ends = [span[1] for item in others if (span := span_of(item)) is not None]
    if not ends or recording.summary.first_ns is None:
        return 0
    step_ns = _MINUTE_NS if recording.group == "waveform" else NS_PER_DAY
    behind_ns = max(ends) + NS_PER_S - recording.summary.first_ns
    return max(-(-behind_ns // step_ns), 0) * step_ns // NS_PER_S


def _said(recording: Recording, moved_s: int) -> Finding:
    from workbench.logs.summary import Finding

    first_ns = (recording.summary.first_ns or 0) + moved_s * NS_PER_S
    text = (
        f"Nobody knows when this began. It is laid behind other logs without a start, at {format_utc(first_ns)}, so that they "
        "don't lie on one another: these times and their order mean nothing. Import it again with its start."
    )
    return Finding(code="START_UNKNOWN", text=text, severity="not_checked")
