"""One channel as the checks of single channels see it: its habits, and when it shows that the pump stands or works otherwise.

Must not import anything but numpy, core and this domain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.constants import MAD_TO_SIGMA
from workbench.logs.checks.flat_runs import ChannelHabits, Samples
from workbench.logs.checks.parts import is_drive
from workbench.logs.checks.survey import MEASURED
from workbench.logs.recordings.time_axis import Int64s

_FEW_LEVELS, _SCHEDULE_ROWS = 16, 8
"""A quantity of a few levels that nothing says was measured, on each of which it rests for so many rows, is a schedule."""
_FAR_DUTY = 0.15
_MIN_RUNS = 12
_MIN_LEVELS = 4
_FULL_SHARE = 0.8
_STOPPED_SHARE = 0.02
_HELD_ROWS = 2000
"""So far back the last value of a channel is looked for that has none of its own at a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel with its habits, and what it shows of the pump."""

    name: str
    unit: str | None
    quantity: str
    """As `units.find_quantity` tells it, '' where nothing does."""
    values: Samples
    habits: ChannelHabits

    @property
    def is_switch(self) -> bool:
        """Only a few values, seldom changed: a state or a set point, no measurement."""
        n_levels, habits = len(np.unique(self.habits.sample)), self.habits
        is_schedule = n_levels <= _FEW_LEVELS and _SCHEDULE_ROWS * habits.n_runs < len(habits.sample)
        return n_levels < _MIN_LEVELS or habits.n_runs < _MIN_RUNS or (is_schedule and self.quantity not in MEASURED)

    @property
    def is_drive(self) -> bool:
        """Shows by itself whether the pump runs."""
        return is_drive(self.name, self.unit)

    def _usual(self) -> float:
        return float(np.quantile(np.abs(self.habits.sample), 0.95)) if len(self.habits.sample) else 0.0

    def is_at_full(self, rows: Int64s) -> NDArray[np.bool_]:
        """At which of `rows` it reads about what it usually does, and no start or stop is under way."""
        return np.asarray(np.abs(np.asarray(self.values[rows], np.float64)) > _FULL_SHARE * self._usual(), np.bool_)

    def is_elsewhere(self, rows: Int64s) -> bool:
        """Whether it reads at `rows` clearly more or less than it usually does when it reads more than nothing."""
        sample, there = np.abs(self.habits.sample), np.abs(np.asarray(self.values[rows], np.float64))
        there, usual = there[~np.isnan(there)], sample[sample > _STOPPED_SHARE * self._usual()]
        if not len(there) or not len(usual):
            return False
        middle = float(np.median(usual))
        spread = MAD_TO_SIGMA * float(np.median(np.abs(usual - middle)))
        return abs(float(np.median(there)) - middle) > max(_FAR_DUTY * middle, 3 * spread)

    def is_at_rest(self, rows: Int64s) -> bool:
        """Whether it reads (nearly) nothing at most of `rows`."""
        usual = self._usual()
        there = np.array(self.values[rows], np.float64)
        for number in np.flatnonzero(np.isnan(there)).tolist():
            there[number] = self._last_known(int(rows[number]))
        there = there[~np.isnan(there)]
        return bool(len(there) and usual > 0 and np.mean(np.abs(there) <= _STOPPED_SHARE * usual) > 0.8)

    def _last_known(self, row: int) -> float:
        """The value at a row, else the last one before it; NaN where it is long ago."""
        near = np.asarray(self.values[max(row - _HELD_ROWS, 0) : row + 1], np.float64)
        good = np.flatnonzero(~np.isnan(near))
        return float(near[good[-1]]) if len(good) else float("nan")
