"""Curves of a running capture with bounded memory: for each span that may be shown, the least and greatest value a pixel.

However long a capture runs and however fast, a span keeps at most about N_BUCKETS pairs. Gaps and missing values break the
curve. Must not import anything but numpy and this domain.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.logs.live.rows import LiveChannel
from workbench.logs.recordings.pyramid import Envelope
from workbench.logs.recordings.time_axis import GAP_FACTOR, Int64s

N_BUCKETS = 800
SPANS_S = (10, 60, 600, 3600)


class LiveCurve:
    """One channel over the last `span_s` seconds."""

    def __init__(self, span_s: float) -> None:
        self._width_ns = max(1, round(span_s * NS_PER_S / N_BUCKETS))
        self._buckets: Int64s = np.zeros(0, np.int64)
        self._low: NDArray[np.float64] = np.zeros(0)
        self._high: NDArray[np.float64] = np.zeros(0)

    def append(self, times_ns: Int64s, values: NDArray[np.float64]) -> None:
        """Later samples [n], NaN = missing; what is older than the span is forgotten."""
        buckets = times_ns // self._width_ns
        starts = np.flatnonzero(np.diff(buckets, prepend=buckets[0] - 1))
        low, high = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
        found = buckets[starts]
        if len(self._buckets) and found[0] <= self._buckets[-1]:
            self._low[-1], self._high[-1] = np.fmin(self._low[-1], low[0]), np.fmax(self._high[-1], high[0])
            found, low, high = found[1:], low[1:], high[1:]
        self._buckets = np.concatenate([self._buckets, found])
        kept = int(np.searchsorted(self._buckets, self._buckets[-1] - 2 * N_BUCKETS))
        self._buckets = self._buckets[kept:]
        self._low = np.concatenate([self._low, low])[kept:]
        self._high = np.concatenate([self._high, high])[kept:]

    def envelope(self, start_ns: int, end_ns: int, step_ns: int | None) -> Envelope:
        """What lies between two instants; a NaN where samples `step_ns` apart left a gap."""
        first, last = np.searchsorted(self._buckets, [start_ns // self._width_ns - 1, end_ns // self._width_ns + 1])
        times_ns = self._buckets[first:last] * self._width_ns
        low, high = self._low[first:last], self._high[first:last]
        if step_ns is not None and len(times_ns) > 1:
            breaks = np.flatnonzero(np.diff(times_ns) > max(GAP_FACTOR * step_ns, 2 * self._width_ns)) + 1
            times_ns = np.insert(times_ns, breaks, times_ns[breaks] - 1)
            low, high = np.insert(low, breaks, np.nan), np.insert(high, breaks, np.nan)
        return Envelope(times_ns=times_ns, minimum=low, maximum=high)


class LiveCurves:
    """All channels of a capture, in the order in which they appeared."""

    def __init__(self) -> None:
        self.channels: list[LiveChannel] = []
        self.last: dict[str, float] = {}
        """The newest good value of each channel."""
        self.newest_ns: int | None = None
        self.first_ns: int | None = None
        self.step_ns: int | None = None
        self._curves: dict[str, dict[int, LiveCurve]] = {}

    def append(self, channels: Sequence[LiveChannel], times_ns: Int64s, values: NDArray[np.float64]) -> None:
        """Rows [n] of these channels [n, c]."""
        if not len(times_ns):
            return
        self._learn_step(times_ns)
        self.first_ns = int(times_ns[0]) if self.first_ns is None else self.first_ns
        self.newest_ns = int(times_ns[-1])
        for k, channel in enumerate(channels):
            if channel.name not in self._curves:
                self._curves[channel.name] = {span_s: LiveCurve(span_s) for span_s in SPANS_S}
                self.channels.append(channel)
            for curve in self._curves[channel.name].values():
                curve.append(times_ns, values[:, k])
            good = values[:, k][np.isfinite(values[:, k])]
            if len(good):
                self.last[channel.name] = float(good[-1])

    def envelope(self, name: str, span_s: int, start_ns: int, end_ns: int) -> Envelope:
        """A channel between two instants, with the detail that `span_s` needs."""
        return self._curves[name][span_s].envelope(start_ns, end_ns, self.step_ns)

    def _learn_step(self, times_ns: Int64s) -> None:
        """The usual step between rows: the median of a block, eased over blocks; one block's burst must not set it."""
        before = [self.newest_ns] if self.newest_ns is not None else []
        steps = np.diff(np.concatenate([np.array(before, np.int64), times_ns]))
        if not len(steps):
            return
        step = int(np.median(steps))
        self.step_ns = step if self.step_ns is None else max(1, round(0.8 * self.step_ns + 0.2 * step))
