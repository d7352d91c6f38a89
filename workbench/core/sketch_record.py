"""A channel in constant memory: a histogram and moments. A drift reference is made of it, and a device counts into it."""

from __future__ import annotations

import math
from typing import Annotated

import msgspec

from workbench.core.codec import Record


class ChannelSketch(Record, frozen=True, kw_only=True):
    """One channel's span: `counts[i]` samples with edges[i-1] <= value < edges[i], the first and last bin being open.

    `edges` rise strictly and are one fewer than `counts`. `m2` is the sum of squared distances from the mean; minimum
    and maximum are None before the first good sample.
    """

    channel: str
    edges: Annotated[tuple[float, ...], msgspec.Meta(max_length=4096)]
    counts: Annotated[tuple[int, ...], msgspec.Meta(max_length=4097)]
    n_missing: int = 0
    mean: float = 0.0
    m2: float = 0.0
    minimum: float | None = None
    maximum: float | None = None

    @property
    def n(self) -> int:
        """Good samples."""
        return sum(self.counts)

    @property
    def std(self) -> float:
        """Standard deviation (divided by n), 0 before the first sample."""
        return math.sqrt(self.m2 / self.n) if self.n else 0.0
