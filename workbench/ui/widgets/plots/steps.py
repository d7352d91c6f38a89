"""A curve as steps: each value is held until the next one came, as a tag that is written on change means it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.logs.recordings.pyramid import Envelope, Floats
    from workbench.logs.recordings.time_axis import Int64s
    from workbench.services.log_views import AssetLogs

_WIDE_PX = 1.0
"""Columns that stand no farther apart leave no level line to be seen."""


def stepped(drawn: Envelope, logs: AssetLogs, channel: str, pixel_ns: float) -> Envelope:
    """The envelope [n] with the value that was held put before each next column: [2 n − 1]; nothing is held into a gap.

    A column of one sample holds it. Of several, the last one is looked up where the step is wide enough to be seen.
    """
    import numpy as np

    from workbench.logs.recordings.pyramid import Envelope

    n = len(drawn.times_ns)
    if n < 2:
        return drawn
    held = _last_values(drawn, logs, channel, pixel_ns)
    held = np.where(np.isfinite(drawn.maximum[1:]), held, np.nan)
    times_ns = np.repeat(drawn.times_ns, 2)[1:]
    low, high = (np.repeat(values, 2)[:-1] for values in (drawn.minimum, drawn.maximum))
    low[1::2] = high[1::2] = held
    return Envelope(times_ns=times_ns, minimum=low, maximum=high)


def _last_values(drawn: Envelope, logs: AssetLogs, channel: str, pixel_ns: float) -> Floats:
    """The last value of each column but the last [n − 1]."""
    import numpy as np

    held = drawn.maximum[:-1].astype(drawn.maximum.dtype, copy=True)
    starts: Int64s = drawn.times_ns
    is_asked = (drawn.minimum[:-1] != drawn.maximum[:-1]) & np.isfinite(held) & (np.diff(starts) > _WIDE_PX * pixel_ns)
    for place in np.flatnonzero(is_asked).tolist():
        known = logs.last_known(channel, int(starts[place + 1]) - 1)
        if known is not None:
            held[place] = known.value
    return held
