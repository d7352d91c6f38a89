"""Steps: a value is held until the next one came, exactly, however many samples a pixel holds."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.logs.recordings.pyramid import Envelope
from workbench.services.log_views import LastValue
from workbench.ui.widgets.plots.raster import spans
from workbench.ui.widgets.plots.steps import stepped


class Known:
    """Logs that know one channel's raw samples."""

    def __init__(self, times: list[int], values: list[float]) -> None:
        self._times, self._values = times, values

    def last_known(self, channel: str, at_ns: int) -> LastValue | None:
        assert channel == "a"
        place = int(np.searchsorted(self._times, at_ns, side="right")) - 1
        return LastValue(value=self._values[place], at_ns=self._times[place], is_late=False) if place >= 0 else None


def envelope(times: list[int], low: list[float], high: list[float]) -> Envelope:
    return Envelope(times_ns=np.array(times), minimum=np.array(low), maximum=np.array(high))


def test_a_value_is_held_level_until_the_next_sample_and_then_jumps() -> None:
    drawn = stepped(envelope([0, 50, 80], [10, 30, 20], [10, 30, 20]), Known([], []), "a", 1.0)
    found = spans([drawn], 0, (0.0, 1.0), [(0.0, 1.0)], 100)
    assert found.top[0, 1:50].tolist() == pytest.approx([10.0] * 49)
    assert found.bottom[0, 1:50].tolist() == pytest.approx([10.0] * 49)
    assert (found.top[0, 50], found.bottom[0, 50]) == (10.0, 30.0)
    assert found.top[0, 60] == 30.0


def test_of_several_samples_in_a_column_the_last_one_is_held() -> None:
    raw = Known([0, 1, 2, 60], [5.0, 40.0, 12.0, 20.0])
    drawn = stepped(envelope([0, 60], [5, 20], [40, 20]), raw, "a", 4.0)
    assert drawn.maximum.tolist() == [40.0, 12.0, 20.0]
    assert drawn.minimum.tolist() == [5.0, 12.0, 20.0]


def test_nothing_is_held_into_a_gap() -> None:
    drawn = stepped(envelope([0, 50, 80], [10, np.nan, 20], [10, np.nan, 20]), Known([], []), "a", 1.0)
    found = spans([drawn], 0, (0.0, 1.0), [(0.0, 1.0)], 100)
    assert np.isnan(found.top[0, 1:80]).all()
