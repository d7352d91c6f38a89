"""Which channel of a log is the pump's current, speed, flow, suction or discharge: by unit, words, tag letters and levels.

A role is only used to compare channels with each other (suction below discharge, nothing flows at a standstill); where a log
doesn't tell, the role stays empty and the comparison is left out. Must not import anything but numpy and this domain.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.logs.checks.flat_runs import Samples
from workbench.logs.units import find_quantity

_SUCTION = re.compile(r"suct|saug|inlet|intake|zulauf|eintritt|aspir|\bpsuc|\bps\b|innløp|sug\b")
_DISCHARGE = re.compile(r"disch|druckseit|outlet|auslass|austritt|delivery|refoul|\bpdis|\bpd\b|utløp|header")
_DIFFERENCE = re.compile(r"diff|delta|\bdp\b|\bpd(?:i|t|it|ic|ir|y)\b|\bpd(?:i|t|it)\d|Δ")
_STATUS = re.compile(
    r"\brun(?:s|ning|ning state)?\b|\bstatus\b|\bstate\b|\bon off\b|\bbetrieb|\bläuft\b|\bmarche\b|\bmarcha\b|\bmarcia\b"
    r"|\bi drift\b|\bbedrijf\b|\bpraca\b|\bs pu ?\d|\bpump on\b|\bmotor on\b"
)
_NOT_OF_THE_RUN = re.compile(
    r"fault|fail|alarm|trip|stör|fehler|warn|valve|ventil|ready|bereit|remote|auto|avail|mode|door|quality"
)
_PROBE = 4096
_CLEARLY = 1.5
"""The discharge reads at least this many times what the suction does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpRoles:
    """Names of channels by what they measure of the pump; None where the log has none."""

    quantities: dict[str, str]
    current: str | None = None
    power: str | None = None
    speed: str | None = None
    flow: str | None = None
    suction: str | None = None
    discharge: str | None = None
    status: str | None = None
    """Zero while the pump stands, one while it runs."""

    @property
    def drives(self) -> tuple[str, ...]:
        """Channels that tell by themselves whether the pump runs, the surest first."""
        return tuple(name for name in (self.current, self.power, self.speed, self.flow) if name is not None)

    def of(self, quantity: str) -> tuple[str, ...]:
        """All channels of a quantity."""
        return tuple(name for name, found in self.quantities.items() if found == quantity)


def find_roles(columns: Mapping[str, Samples], units: Mapping[str, str | None]) -> PumpRoles:
    """Roles from units, names and the usual levels (a few thousand samples of each channel are looked at)."""
    quantities = {name: find_quantity(units.get(name), name) for name in columns}
    highs = {name: _high(values) for name, values in columns.items()}
    alive = {name for name, high in highs.items() if high > 0}
    # Milliamperes are a transmitter's loop, not a motor's current.
    drives = [name for name in columns if name in alive and units.get(name) != "mA"]
    first = {kind: next((name for name in drives if quantities[name] == kind), None) for kind in _KINDS}
    suction, discharge = _pressures([n for n, q in quantities.items() if q == "pressure" and n in alive], highs)
    return PumpRoles(
        quantities=quantities, current=first["current"], power=first["power"], speed=first["speed"] or first["frequency"],
        flow=first["flow"] or first["mass flow"], suction=suction, discharge=discharge,
        status=next((name for name in columns if _is_status(name, units.get(name), columns[name])), None),
    )  # fmt: skip


_KINDS = ("current", "power", "speed", "frequency", "flow", "mass flow")


def _is_status(name: str, unit: str | None, values: Samples) -> bool:
    """Named as the state of a motor, and zero or one in all samples that are looked at."""
    words = _fold(name)
    if unit is not None or not _STATUS.search(words) or _NOT_OF_THE_RUN.search(words):
        return False
    probe = _probe(values)
    return len(probe) > 0 and bool(np.isin(probe, (0.0, 1.0)).all())


def is_discharge(name: str) -> bool:
    """Whether a pressure's name says that it is behind the pump."""
    return bool(_DISCHARGE.search(_fold(name))) and not _SUCTION.search(_fold(name))


def _pressures(names: list[str], highs: Mapping[str, float]) -> tuple[str | None, str | None]:
    plain = [name for name in names if not _DIFFERENCE.search(_fold(name))]
    suction = next((name for name in plain if _SUCTION.search(_fold(name))), None)
    discharge = next((name for name in plain if name != suction and _DISCHARGE.search(_fold(name))), None)
    others = [name for name in plain if name not in (suction, discharge)]
    if discharge is None and others:
        highest = max(others, key=highs.__getitem__)
        lowest = min(plain, key=highs.__getitem__)
        is_clear = len(plain) == 1 or (suction in plain and suction != highest) or highs[highest] > _CLEARLY * highs[lowest]
        discharge = highest if is_clear else None
    if suction is None and discharge is not None:
        others = [name for name in others if name != discharge and highs[name] * _CLEARLY < highs[discharge]]
        suction = min(others, key=highs.__getitem__, default=None)
    return suction, discharge


def _high(values: Samples) -> float:
    """What the channel reads at most, but for the odd twentieth; 0 where nothing is good."""
    size = np.abs(_probe(values))
    high = float(np.quantile(size, 0.95)) if len(size) else 0.0
    # Of a pump that stands by for most of the year it is what it reads at work.
    return high if high > 0 or not size.any() else float(np.median(size[size > 0]))


def _probe(values: Samples) -> NDArray[np.float64]:
    probe = np.asarray(values[:: max(len(values) // _PROBE, 1)], np.float64)
    return probe[np.isfinite(probe)]


def _fold(name: str) -> str:
    return re.sub(r"[_\W]+", " ", unicodedata.normalize("NFKC", name).casefold())
