"""Groups of channels of one file, each with its own times: trends become one recording on disk, waveforms stay by themselves.

Which of them are trends shows when they are written; so each is written into the scratch folder first, and merged from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import translate_os_error
from workbench.logs.recordings.format import ChannelInfo
from workbench.logs.recordings.merge_trends import MergedRows, merged_facts, renamed
from workbench.logs.recordings.recording import Recording, open_recording
from workbench.logs.recordings.writer import BLOCK_ROWS, RecordingWriter
from workbench.logs.summary import Question, RecordingFacts
from workbench.logs.tables.columns import unique_names

Say = Callable[[float, str], None]
_CELLS = 1 << 21


@dataclass(frozen=True, slots=True)
class WrittenLog:
    """A recording that lies finished in the scratch folder."""

    folder: Path
    facts: RecordingFacts

    @property
    def questions(self) -> tuple[Question, ...]:
        """All that is open about it."""
        return self.facts.questions

    def write(self, folder: Path, say: Say) -> RecordingFacts:
        """Move it into `folder`, which exists on the same disk."""
        say(0.5, self.facts.source)
        for path in sorted(self.folder.iterdir()):
            try:
                path.replace(folder / path.name)
            except OSError as error:
                raise translate_os_error(error, path) from error
        return self.facts


@dataclass(frozen=True, slots=True)
class MergedLog:
    """Trends that lie finished in the scratch folder, to be one recording."""

    parts: tuple[WrittenLog, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """All that is open about them."""
        return tuple(question for part in self.parts for question in part.questions)

    def write(self, folder: Path, say: Say) -> RecordingFacts:
        """Write them as one into `folder`, which exists. Raises DiskFull."""
        return _merge([open_recording(part.folder) for part in self.parts], folder, say)


def merge_parts(written: Sequence[WrittenLog]) -> list[WrittenLog | MergedLog]:
    """The recordings of one file: its trends as one, then its waveforms."""
    trends = tuple(log for log in written if log.facts.group == "trend")
    waves = [log for log in written if log.facts.group != "trend"]
    merged: list[WrittenLog | MergedLog] = [MergedLog(trends)] if len(trends) > 1 else list(trends)
    return [*merged, *waves]


def _merge(recordings: Sequence[Recording], folder: Path, say: Say) -> RecordingFacts:
    names, _ = unique_names([channel.name for recording in recordings for channel in recording.channels])
    infos = [channel for recording in recordings for channel in recording.channels]
    channels = [ChannelInfo(name=name, unit=info.unit, quantity=info.quantity) for name, info in zip(names, infos, strict=True)]
    labels = tuple(dict.fromkeys(name for recording in recordings for name in recording.summary.labels))
    writer = RecordingWriter(folder, channels, labels)
    most = max(16, min(BLOCK_ROWS, _CELLS // max(len(names), 1)))
    at = [0] * len(recordings)
    n_all = sum(recording.rows for recording in recordings)
    while any(row < recording.rows for row, recording in zip(at, recordings, strict=True)):
        ends = _next_rows(recordings, at, most)
        _append(writer, recordings, names, list(zip(at, ends, strict=True)))
        at = ends
        say(sum(at) / max(n_all, 1), f"{writer.n_rows:,} rows in order")
    times = writer.close_times()
    known = [channel for recording in recordings for channel in recording.summary.channels]
    rows_of = [recording.rows for recording in recordings for _ in recording.channels]
    facts = merged_facts(
        [recording.summary for recording in recordings],
        MergedRows(rows=times.rows, first_ns=times.first_ns, last_ns=times.last_ns, times_ns=writer.view()[0]),
        tuple(renamed(one, name, times.rows - rows) for one, name, rows in zip(known, names, rows_of, strict=True)),
    )
    writer.finish(facts)
    return facts


def _next_rows(recordings: Sequence[Recording], at: Sequence[int], most: int) -> list[int]:
    """Up to which row of each goes on to the instant that the first of them reaches with `most` rows."""
    until = min(
        int(recording.axis.take(np.array([min(row + most, recording.rows) - 1]))[0])
        for row, recording in zip(at, recordings, strict=True)
        if row < recording.rows
    )
    return [recording.axis.index_at(until, after=True) for recording in recordings]


def _append(writer: RecordingWriter, recordings: Sequence[Recording], names: Sequence[str], spans: list[tuple[int, int]]) -> None:
    instants = [one.axis.take(np.arange(*span, dtype=np.int64)) for one, span in zip(recordings, spans, strict=True)]
    times_ns = np.unique(np.concatenate(instants))
    columns: dict[str, NDArray[np.floating]] = {}
    labels: dict[str, NDArray[np.floating]] = {name: np.full(times_ns.size, np.nan) for name in writer.label_names}
    position = iter(names)
    for recording, span, own_ns in zip(recordings, spans, instants, strict=True):
        rows = np.searchsorted(times_ns, own_ns)
        for channel in recording.channels:
            values = recording.column(channel.name)[slice(*span)]
            column = columns[next(position)] = np.full(times_ns.size, np.nan, values.dtype)
            column[rows] = values
        for name, label in recording.labels.items():
            labels[name][rows] = label[slice(*span)]
    writer.append(times_ns, columns, labels)
