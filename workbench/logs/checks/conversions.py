"""Unit conversions that happen to logs when somebody changes a display or a transmitter.

Factors from `units` (SI brochure; NIST SP 811). Must not import anything but this domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from workbench.logs.units import can_convert, conversion

_COMMON = {
    "pressure": ("bar", "psi", "kPa", "MPa", "mbar"),
    "flow": ("m3/h", "L/s", "L/min", "gpm"),
    "temperature": ("degC", "degF", "K"),
    "power": ("kW", "W", "hp"),
    "vibration": ("mm/s", "in/s", "g", "m/s2"),
    "current": ("A", "mA"),
    "speed": ("rpm",),
}
_LEAST = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """after = factor × before + offset, and what it may be, in words."""

    factor: float
    offset: float
    words: str


@cache
def conversions_of(unit: str | None, quantity: str) -> tuple[Conversion, ...]:
    """From the channel's unit to others of its kind; without a known unit, between all common ones of its quantity."""
    names = _COMMON.get(quantity, ())
    sources = (unit,) if unit in names else names
    found: dict[tuple[float, float], Conversion] = {}
    for source in sources:
        for target in names:
            if source is None or source == target or not can_convert(source, target):
                continue
            factor, offset = conversion(source, target)
            if max(factor, 1 / factor) > _LEAST or offset:
                said = f"as if it changed from {source} to {target}"
                found.setdefault((round(factor, 9), round(offset, 6)), Conversion(factor=factor, offset=offset, words=said))
    if quantity == "speed":
        found[1 / 60, 0.0] = Conversion(factor=1 / 60, offset=0.0, words="as if it changed from rpm to Hz")
    if unit in (None, "%"):
        found.setdefault((0.01, 0.0), Conversion(factor=0.01, offset=0.0, words="as if it changed from per cent to a share"))
    return tuple(found.values())
