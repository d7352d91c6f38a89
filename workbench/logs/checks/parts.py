"""Which channels of a log are looked at together: those of one pump, as far as their names tell pumps apart.

Must not import anything but numpy and this domain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.logs.checks.flat_runs import Samples
from workbench.logs.equipment import find_pumps
from workbench.logs.units import find_quantity

Tick = Callable[[float], None]
DRIVE_UNITS = frozenset({"A", "kW", "W", "rpm", "1/min", "Hz", "m3/h", "L/s", "L/min", "gpm", "m3/s"})
"""Of what shows by itself whether a pump runs; mA are a transmitter's loop as a rule."""
_DRIVE_QUANTITIES = frozenset({"current", "power", "speed", "frequency", "flow", "mass flow"})
_FILL_PROBES = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """Tells the progress of a part as that of the whole."""

    say: Tick
    first: float
    share: float

    def __call__(self, fraction: float) -> None:
        """A share of the part is done."""
        self.say(self.first + self.share * fraction)


def is_drive(name: str, unit: str | None) -> bool:
    """Whether a channel shows by itself that the pump runs: by its unit, without one by its name."""
    return unit in DRIVE_UNITS or (unit is None and find_quantity(None, name) in _DRIVE_QUANTITIES)


def by_pump(names: Sequence[str], units: Mapping[str, str | None]) -> list[tuple[frozenset[str], list[str]]]:
    """(channels to speak of, channels to look at together): all at once, or pump by pump and what the pumps share."""
    pumps = find_pumps(names)
    shared = [name for name in names if name not in pumps]
    groups = []
    for pump in dict.fromkeys(pumps.values()):
        own = [name for name in names if pumps.get(name) == pump]
        groups.append((frozenset(own), own + (shared if len(shared) <= len(own) else [])))
    drives = [name for name in pumps if is_drive(name, units.get(name))]
    return [*groups, (frozenset(shared), shared + drives)] if shared else groups


def filled_share(columns: Mapping[str, Samples], n_rows: int) -> float:
    """The share of rows with any value that the middle one of the channels has a value in, 0 to 1."""
    if not columns or not n_rows:
        return 1.0
    rows = np.linspace(0, n_rows - 1, min(n_rows, _FILL_PROBES)).astype(np.int64)
    there = np.array([~np.isnan(np.asarray(values[rows], np.float64)) for values in columns.values()])
    any_there = there.any(axis=0)
    return float(np.median(there[:, any_there].mean(axis=1))) if any_there.any() else 1.0
