"""Severity zones of vibration velocity: limits by standard, category and power, and the zone of a value.

Zone A: newly commissioned machines; B: long-term operation; C: limited time, until it can be put right; D: damage is likely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.logs.units import can_convert, conversion

Zone = Literal["A", "B", "C", "D"]
Category = Literal["pump category 1", "pump category 2", "machine rigid", "machine flexible"]
UNIT = "mm/s"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityLimits:
    """Velocity RMS in mm/s where zones B, C and D begin; `source` names standard and row, or the person's own choice."""

    b: float
    c: float
    d: float
    source: str

    def zone(self, velocity_mm_per_s: float) -> Zone:
        """The zone of a value: a limit itself belongs to the zone below it."""
        if velocity_mm_per_s <= self.b:
            return "A"
        if velocity_mm_per_s <= self.c:
            return "B"
        return "C" if velocity_mm_per_s <= self.d else "D"


_TABLE: dict[tuple[Category, bool], tuple[float, float, float, str]] = {
    ("pump category 1", False): (2.5, 4.0, 6.6, "ISO 10816-7:2009, table A.1, category I up to 200 kW"),
    ("pump category 1", True): (3.5, 5.0, 7.6, "ISO 10816-7:2009, table A.1, category I above 200 kW"),
    ("pump category 2", False): (3.2, 5.1, 8.5, "ISO 10816-7:2009, table A.1, category II up to 200 kW"),
    ("pump category 2", True): (4.2, 6.1, 9.5, "ISO 10816-7:2009, table A.1, category II above 200 kW"),
    ("machine rigid", False): (1.4, 2.8, 4.5, "ISO 20816-3:2022, group 2 (15 to 300 kW), rigid support"),
    ("machine rigid", True): (2.3, 4.5, 7.1, "ISO 20816-3:2022, group 1 (above 300 kW), rigid support"),
    ("machine flexible", False): (2.3, 4.5, 7.1, "ISO 20816-3:2022, group 2 (15 to 300 kW), flexible support"),
    ("machine flexible", True): (3.5, 7.1, 11.0, "ISO 20816-3:2022, group 1 (above 300 kW), flexible support"),
}


def limits_for(category: Category, power_kw: float) -> SeverityLimits:
    """The standard's limits: pumps change at 200 kW (ISO 10816-7), other machines at 300 kW (ISO 20816-3)."""
    is_large = power_kw > (200.0 if category.startswith("pump") else 300.0)
    b, c, d, source = _TABLE[category, is_large]
    return SeverityLimits(b=b, c=c, d=d, source=source)


def limits_in(limits: SeverityLimits, unit: str) -> tuple[tuple[Zone, float], ...]:
    """(zone, where it begins) in a channel's unit; nothing where the unit measures no velocity of vibration."""
    if not can_convert(UNIT, unit):
        return ()
    factor, _ = conversion(UNIT, unit)
    return (("B", limits.b * factor), ("C", limits.c * factor), ("D", limits.d * factor))


def has_zones(unit: str, detected: str) -> bool:
    """Whether zones mean something for a channel: a velocity of vibration that is, or may be, an RMS."""
    return can_convert(UNIT, unit) and detected in ("rms", "unknown")
