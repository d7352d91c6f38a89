"""What a device remembers of its input in constant memory: a histogram and moments a channel, for drift statistics.

The bin edges come with the bundle (quantiles of the reference), so that laptop and device count into the same bins.
Sketches of two spans add up to the sketch of both.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import InputError
from workbench.core.sketch_record import ChannelSketch


def empty_sketch(channel: str, edges: tuple[float, ...]) -> ChannelSketch:
    """Nothing counted yet; raises InputError when the edges don't rise."""
    if not all(np.isfinite(edges)) or any(high <= low for low, high in pairwise(edges)):
        raise InputError(f"The bin edges of {channel} do not rise.", "Make the drift reference again.")
    return ChannelSketch(channel=channel, edges=edges, counts=(0,) * (len(edges) + 1))


def quantile_edges(values: NDArray[np.floating], n_bins: int = 32) -> tuple[float, ...]:
    """Edges that give `n_bins` equally full bins of float [n] (NaN left out); fewer where values repeat."""
    good = np.asarray(values, np.float64)[np.isfinite(values)]
    if not len(good):
        return ()
    inner = np.quantile(good, np.linspace(0, 1, n_bins + 1)[1:-1])
    return tuple(float(edge) for edge in np.unique(inner))


@dataclass(slots=True)
class SketchWriter:
    """Counts samples as they come; `sketch` is the frozen state so far."""

    sketch: ChannelSketch

    def add(self, values: NDArray[np.floating]) -> None:
        """Count float [n]; not finite = missing."""
        given = np.asarray(values, np.float64)
        good = given[np.isfinite(given)]
        piece = empty_sketch(self.sketch.channel, self.sketch.edges)
        if len(good):
            bins = np.searchsorted(np.asarray(self.sketch.edges), good, side="right")
            mean = float(good.mean())
            piece = msgspec.structs.replace(
                piece, counts=tuple(np.bincount(bins, minlength=len(piece.counts)).tolist()), mean=mean,
                m2=float(((good - mean) ** 2).sum()), minimum=float(good.min()), maximum=float(good.max()),
            )  # fmt: skip
        self.sketch = merge_sketches(self.sketch, msgspec.structs.replace(piece, n_missing=len(given) - len(good)))


def merge_sketches(first: ChannelSketch, second: ChannelSketch) -> ChannelSketch:
    """The sketch of both spans (Chan, Golub & LeVeque 1979, eq. 2.1b); raises InputError when the bins differ."""
    if first.edges != second.edges:
        raise InputError(f"Sketches of {first.channel} and {second.channel} have different bins.", "Use one drift reference.")
    n = first.n + second.n
    shift = second.mean - first.mean
    weight = second.n / n if n else 0.0
    lows = [value for value in (first.minimum, second.minimum) if value is not None]
    highs = [value for value in (first.maximum, second.maximum) if value is not None]
    return ChannelSketch(
        channel=first.channel, edges=first.edges, n_missing=first.n_missing + second.n_missing,
        counts=tuple(a + b for a, b in zip(first.counts, second.counts, strict=True)),
        mean=first.mean + shift * weight, m2=first.m2 + second.m2 + shift * shift * first.n * weight,
        minimum=min(lows, default=None), maximum=max(highs, default=None),
    )  # fmt: skip
