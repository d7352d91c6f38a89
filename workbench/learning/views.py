"""Recordings as training and scoring see them: whose they are, their channels and their columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.core.scoring_spec import ChannelSpec
from workbench.logs.recordings.recording import Recording
from workbench.logs.tables.label_like import input_channels


@dataclass(frozen=True, kw_only=True)
class RecordingView:
    """A stored recording as a `channels.LogView`."""

    asset: str
    recording: Recording

    @cached_property
    def channels(self) -> tuple[ChannelSpec, ...]:
        """Input columns; what the importer took for a label, or suspects to be one, is not among them."""
        offered = set(input_channels(self.recording.summary))
        return tuple(
            ChannelSpec(name=channel.name, unit=channel.unit or "", quantity=channel.quantity)
            for channel in self.recording.channels
            if channel.name in offered
        )

    @property
    def times_ns(self) -> NDArray[np.int64]:
        """Instants [n]."""
        return self.recording.times_ns

    def values(self, name: str) -> NDArray[np.floating]:
        """One column [n], NaN = missing."""
        return self.recording.values(name)


@dataclass(frozen=True, kw_only=True)
class PartView:
    """Some rows of a recording as a `channels.LogView`: the others are as if they had never been written."""

    whole: RecordingView
    keep: NDArray[np.bool_]

    @property
    def asset(self) -> str:
        """Equipment tag."""
        return self.whole.asset

    @property
    def channels(self) -> tuple[ChannelSpec, ...]:
        """Input columns."""
        return self.whole.channels

    @cached_property
    def times_ns(self) -> NDArray[np.int64]:
        """Instants of the rows that are kept."""
        return self.whole.times_ns[self.keep]

    def values(self, name: str) -> NDArray[np.floating]:
        """One column of the rows that are kept, NaN = missing."""
        return self.whole.values(name)[self.keep]


@dataclass(frozen=True, kw_only=True)
class TableView:
    """Columns in memory as a `channels.LogView`."""

    asset: str
    channels: tuple[ChannelSpec, ...]
    times_ns: NDArray[np.int64]
    columns: dict[str, NDArray[np.float64]]

    def values(self, name: str) -> NDArray[np.floating]:
        """One column [n], NaN = missing."""
        return self.columns[name]
