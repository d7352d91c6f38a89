"""The y axes: comfortable limits of what is drawn, limits the person fixed, percent of each one's range, logarithms."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workbench.ui.widgets.plots.curves import comfortable, limits_of
from workbench.ui.widgets.plots.row_model import Limits, PlotRow, Scale

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.logs.recordings.pyramid import Envelope
    from workbench.services.log_views import ChannelView

_DECADES = 6.0
"""A logarithmic axis reaches at most so many powers of ten below its top."""


def row_scales(row: PlotRow, envelopes: Mapping[str, Sequence[Envelope]]) -> tuple[dict[str, Scale], Scale]:
    """The scale of each channel of a row, and the one that its ticks show (in percent where units differ)."""
    if row.is_percent:
        axis = Scale(*(row.limits or (-10.0, 110.0)))
        return {channel.name: _of_its_range(channel, axis) for channel in row.channels}, axis
    # A hidden curve takes no room; where all are hidden, the axis stays as it was.
    channels = row.seen or row.channels
    found = [one for channel in channels for one in envelopes.get(channel.name, ())]
    limits = row.limits or comfortable(limits_of(found), _known(channels))
    axis = _logarithmic(limits, found) if row.is_log else Scale(*limits)
    return {channel.name: axis for channel in row.channels}, axis


def y_scale(scale: Scale, height: float, bottom: float) -> tuple[float, float]:
    """Offset and slope from drawn values (logarithms on a logarithmic axis) to pixels."""
    low, high = (math.log10(scale.low), math.log10(scale.high)) if scale.is_log else (scale.low, scale.high)
    slope = -height / (high - low)
    return bottom - low * slope, slope


def drawn_values(one: Envelope, scale: Scale) -> Envelope:
    """The envelope as it goes on the axis: logarithms on a logarithmic one, nothing where a value has none."""
    import numpy as np

    if not scale.is_log:
        return one
    from workbench.logs.recordings.pyramid import Envelope

    with np.errstate(divide="ignore", invalid="ignore"):
        high = np.log10(np.where(one.maximum > 0, one.maximum, np.nan))
        low = np.log10(np.where(one.minimum > 0, one.minimum, scale.low))
    return Envelope(times_ns=one.times_ns, minimum=np.where(np.isfinite(high), low, np.nan), maximum=high)


def _of_its_range(channel: ChannelView, axis: Scale) -> Scale:
    """0 % is the channel's least value in the whole log, 100 % its greatest."""
    low, high = channel.low or 0.0, channel.high if channel.high is not None else 1.0
    length = high - low if high > low else 1.0
    return Scale(low + axis.low / 100 * length, low + axis.high / 100 * length)


def _known(channels: Sequence[ChannelView]) -> Limits | None:
    lows = [channel.low for channel in channels if channel.low is not None]
    highs = [channel.high for channel in channels if channel.high is not None]
    return (min(lows), max(highs)) if lows and highs else None


def _logarithmic(limits: Limits, found: Sequence[Envelope]) -> Scale:
    """From the least positive value drawn (or the limit, where it is positive) to the top."""
    import numpy as np

    if limits[1] <= 0:
        return Scale(*limits)
    low = limits[0]
    if low <= 0:
        positive = [float(one.minimum[one.minimum > 0].min()) for one in found if np.any(one.minimum > 0)]
        low = max(min(positive, default=limits[1] / 10), limits[1] / 10**_DECADES) / 1.2
    high = limits[1]
    return Scale(low, high if high > low else low * 10, is_log=True) if math.isfinite(low) else Scale(*limits)
