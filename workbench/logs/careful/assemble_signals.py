"""Writes waveforms as recordings straight from their files, block by block, and counts them meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.logs.checks.flat_runs import Samples
from workbench.logs.recordings.format import ChannelInfo
from workbench.logs.recordings.of_signals import SampleCount, SignalLog, gather_facts
from workbench.logs.recordings.writer import BLOCK_ROWS, RecordingWriter
from workbench.logs.summary import Question, RecordingFacts
from workbench.logs.units import find_quantity

Say = Callable[[float, str], None]
BLOCK_CELLS = 1 << 22
"""Samples of all channels that are in memory at once."""
_WRITE_SHARE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveLog:
    """One recording of waveforms, whose files are open."""

    log: SignalLog

    @property
    def questions(self) -> tuple[Question, ...]:
        """All that is open about it."""
        return self.log.questions

    def write(self, folder: Path, say: Say) -> RecordingFacts:
        """Write it as a recording into `folder`, which exists. Raises DiskFull, LogFormatError."""
        return write_signals(self.log, folder, say)


def write_signals(log: SignalLog, folder: Path, say: Say) -> RecordingFacts:
    """Write a recording into `folder` (which exists) and return its facts. Raises DiskFull, LogFormatError."""
    infos = [ChannelInfo(name=name, unit=one.unit, quantity=find_quantity(one.unit, name, one.hint)) for name, one in log.kept]
    writer = RecordingWriter(folder, infos, log.labels, even=log.axis)
    counts = {info.name: SampleCount() for info in infos}
    most = max(min(BLOCK_ROWS, BLOCK_CELLS // max(len(log.names), 1)), 1)
    for part in log.parts:
        for first in range(0, part.signals.n_rows, most):
            columns = {
                name: np.asarray(channel.values[first : first + most])
                for name, channel in zip(log.names, part.signals.channels, strict=True)
            }
            for name, count in counts.items():
                count.add(columns[name])
            writer.append_even(columns, columns)
            say(_WRITE_SHARE * writer.n_rows / max(log.axis.n_rows, 1), f"{writer.n_rows:,} samples")
    say(_WRITE_SHARE, "looking for what was cut off")
    facts = gather_facts(log, counts, _said(writer.view()[1], say))
    writer.finish(facts)
    return facts


def _said(columns: dict[str, Samples], say: Say) -> dict[str, Samples]:
    """Columns that let a person cancel while they are read."""
    return {name: _Heard(column, say) for name, column in columns.items()}


class _Heard:
    """A column; reading of it is said."""

    def __init__(self, column: Samples, say: Say) -> None:
        self._column = column
        self._say = say

    def __len__(self) -> int:
        return len(self._column)

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        self._say(_WRITE_SHARE, "looking for what was cut off")
        return self._column[rows]
