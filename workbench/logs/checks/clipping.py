"""Waveforms that a converter cut off: they stand at their largest or smallest value again and again.

Must not import anything but numpy and this domain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.logs.checks.flat_runs import Samples
from workbench.logs.checks.phrases import format_value
from workbench.logs.recordings.time_axis import BLOCK_ROWS, RunsAxis
from workbench.logs.summary import Finding

_MIN_CLIPPED = 10
_CLIPPED_SHARE = 1e-4
_MIN_LEVELS = 50
_TOGETHER = 0.3
_HEAD_SAMPLES = 100_000


def find_clipping(name: str, unit: str | None, values: Samples, axis: RunsAxis) -> list[Finding]:
    """Findings about the top and the bottom of a waveform [n]; it is read in blocks, twice."""
    head = values[0 : min(len(values), _HEAD_SAMPLES)]
    if len(values) < _HEAD_SAMPLES // 100 or np.unique(head[~np.isnan(head)]).size < _MIN_LEVELS:
        return []
    low, high = _extremes(values)
    found = []
    for side, rail in (("top", high), ("bottom", low)):
        stays = _Stays()
        for first in range(0, len(values), BLOCK_ROWS):
            piece = values[first : first + BLOCK_ROWS]
            stays.add(first + np.flatnonzero(piece == np.asarray(rail, piece.dtype)))
        if stays.n >= max(_MIN_CLIPPED, _CLIPPED_SHARE * len(values)) and stays.n_together > _TOGETHER * stays.n:
            share = 100 * stays.n / len(values)
            text = f"Cut off at the {side}: {share:.2g} % of the samples are exactly {format_value(rail, unit)}"
            start_ns, end_ns = axis.take(np.array([stays.first, stays.last])).tolist()
            found.append(Finding(code="SATURATED", text=text, channel=name, start_ns=start_ns, end_ns=end_ns))
    return found


def _extremes(values: Samples) -> tuple[float, float]:
    low, high = float("nan"), float("nan")
    for first in range(0, len(values), BLOCK_ROWS):
        piece = values[first : first + BLOCK_ROWS]
        low = float(np.fmin(low, np.fmin.reduce(piece)))
        high = float(np.fmax(high, np.fmax.reduce(piece)))
    return low, high


@dataclass(slots=True)
class _Stays:
    """Rows at a rail: how many, and how many of them follow another one.

    A pure tone meets its peak often, but not twice in a row.
    """

    n: int = 0
    n_together: int = 0
    first: int = -1
    last: int = -2

    def add(self, rows: NDArray[np.intp]) -> None:
        """Further ones, in order."""
        if rows.size:
            self.n_together += int(np.count_nonzero(np.diff(rows, prepend=self.last) == 1))
            self.first = int(rows[0]) if self.first < 0 else self.first
            self.n, self.last = self.n + rows.size, int(rows[-1])
