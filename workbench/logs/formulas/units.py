"""Units in formulas: what may be added, what a product is in, what can be converted. Nothing is guessed: a clash is refused.

A unit is a product of known units to whole or half powers. Dimensions are those of the SI (brochure, 9th edition), with one
more: revolutions, so that torque times rpm is never taken for a power (2π is missing there). Must not import anything but core.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from workbench.logs.units import all_units, find_unit

Powers = dict[str, Fraction]
_DIMENSIONS: dict[str, tuple[float, str]] = {
    "flow": (1, "m3 s-1"), "mass flow": (1, "kg s-1"), "pressure": (1, "kg m-1 s-2"), "current": (1, "A"),
    "voltage": (1, "kg m2 s-3 A-1"), "power": (1, "kg m2 s-3"), "energy": (3.6e6, "kg m2 s-2"), "temperature": (1, "K"),
    "speed": (1 / 60, "rev s-1"), "frequency": (1, "s-1"), "vibration velocity": (1e-3, "m s-1"),
    "vibration acceleration": (1, "m s-2"), "displacement": (1, "m"), "length": (1, "m"), "fraction": (0.01, ""),
    "torque": (1, "kg m2 s-2"), "density": (1, "kg m-3"), "speed linear": (1, "m s-1"), "time": (1, "s"), "volume": (1, "m3"),
    "viscosity": (1, "kg m-1 s-1"), "force": (1, "kg m s-2"), "angle": (math.pi / 180, ""), "resistance": (1, "kg m2 s-3 A-2"),
}  # fmt: skip
"""Quantity → (factor of its base in our table to SI, dimensions). Others, and unknown units, are dimensions of their own."""
_POWER = re.compile(r"(?P<base>[^^]+)\^(?P<power>\d{1,3}(?:\.\d{1,3}|/[1-9]\d{0,2})?)", re.ASCII)
"""As `Measure.text` prints it; what a file calls `m^3/h STP` is a unit of its own."""
_PREFERRED = ("kWh", "kW", "m3", "m3/h", "bar", "mm/s", "h", "min", "s", "Hz", "m", "kg/h")


class UnitClash(Exception):  # noqa: N818 - caught where formulas are checked, and said there with its place
    """Two units that don't go together; the text names both."""


@dataclass(frozen=True, slots=True)
class Measure:
    """The unit of a value: powers of units; `is_free`: a bare number, or a channel whose log names no unit.

    `is_difference`: of two temperatures, in K; it has no zero that could be mistaken.
    """

    powers: Powers = field(default_factory=dict)
    is_free: bool = False
    is_difference: bool = False

    @property
    def text(self) -> str:
        """'bar', 'bar · m3/h', 'm3/h / kW', '' for a plain ratio."""
        above = [_power_text(name, power) for name, power in self.powers.items() if power > 0]
        below = [_power_text(name, -power) for name, power in self.powers.items() if power < 0]
        return " / ".join([" · ".join(above) or ("1" if below else ""), *below])

    @property
    def said(self) -> str:
        """The same for messages: 'no unit' rather than nothing."""
        return self.text or "no unit"


KELVINS = Measure({"K": Fraction(1)}, is_difference=True)


def measure_of(unit: str | None) -> Measure:
    """The measure of a unit as channels have it; free where there is none."""
    if not unit:
        return Measure(is_free=True)
    if find_unit(unit) == unit or " " not in unit:
        return Measure({unit: Fraction(1)})
    above, *below = unit.split(" / ")
    powers: Powers = {}
    for sign, names in ((1, above.split(" · ")), (-1, below)):
        for name in names:
            found = _POWER.fullmatch(name)
            base, power = (found["base"], Fraction(found["power"])) if found else (name, Fraction(1))
            if base != "1":
                powers[base] = powers.get(base, Fraction(0)) + sign * power
    return Measure({name: power for name, power in powers.items() if power})


def to_add(first: Measure, second: Measure) -> tuple[Measure, float, float]:
    """Unit of a sum, and (factor, offset) that bring the second into it. Raises UnitClash."""
    if first.is_free or second.is_free:
        return (second if first.is_free else first), 1.0, 0.0
    if second.is_difference and _offset(first):
        return first, _factor(second) / _factor(first), 0.0
    if first.is_difference and _offset(second):
        raise UnitClash(f"a difference in {first.said} and {second.said}: put the temperature first")
    if _dimensions(first) != _dimensions(second):
        raise UnitClash(f"{first.said} and {second.said}")
    return (first, *conversion_between(second, first))


def to_subtract(first: Measure, second: Measure) -> tuple[Measure, float, float, float]:
    """As `to_add`, and the factor for the result: two temperatures differ by so many K."""
    together, factor, offset = to_add(first, second)
    is_temperature = _dimensions(first) == {"K": Fraction(1)} and len(first.powers) == 1
    if is_temperature and not first.is_difference and not second.is_difference and not second.is_free:
        return KELVINS, factor, offset, _factor(first)
    return together, factor, offset, 1.0


def conversion_between(source: Measure, target: Measure) -> tuple[float, float]:
    """(factor, offset): target = factor · source + offset. Raises UnitClash naming both."""
    if source.is_free or source.powers == target.powers:
        return 1.0, 0.0
    if source.is_difference and _offset(target):
        raise UnitClash(f"a difference in K and {target.said}, which has a zero of its own")
    if _dimensions(source) != _dimensions(target):
        raise UnitClash(f"{source.said} and {target.said}")
    offset_s, offset_t = _offset(source), _offset(target)
    factor = _factor(source) / _factor(target)
    return factor, (offset_s - offset_t) / _factor(target)


def product(first: Measure, second: Measure, sign: int = 1) -> tuple[Measure, float]:
    """Unit of a product (sign −1: a quotient), and the factor the value must be multiplied by where units cancelled."""
    if first.is_free and second.is_free:
        return Measure(is_free=True), 1.0
    for one in (first, second):
        refuse_offset(one)
    if second.is_free:
        return first, 1.0
    powers = dict(first.powers)
    for name, power in second.powers.items():
        powers[name] = powers.get(name, Fraction(0)) + sign * power
    return _tidy(Measure({name: power for name, power in powers.items() if power}))


def power_of(base: Measure, exponent: Fraction) -> tuple[Measure, float]:
    """Unit of a power, and the factor as in `product`."""
    if base.is_free or not base.powers:
        return base, 1.0
    if exponent != 1:
        refuse_offset(base)
    return _tidy(Measure({name: power * exponent for name, power in base.powers.items() if exponent}))


def refuse_offset(one: Measure) -> None:
    """Degrees with a zero of their own can't be multiplied: 20 °C is not twice 10 °C. Raises UnitClash."""
    if _offset(one) or any(_unit_offset(name) for name in one.powers):
        raise UnitClash(f'{one.said} in a product: bring it to K first, with to(…, "K")')


def _tidy(one: Measure) -> tuple[Measure, float]:
    """A plain ratio where all dimensions cancel; a unit with a name where one is exactly the same."""
    dimensions = _dimensions(one)
    if not dimensions:
        return Measure(), _factor(one)
    for name in (*_PREFERRED, *all_units()):
        known = Measure({name: Fraction(1)})
        is_candidate = len(one.powers) > 1 and not _unit_offset(name) and _dimensions(known) == dimensions
        if is_candidate and math.isclose(_factor(known), _factor(one), rel_tol=1e-12):
            return known, 1.0
    return one, 1.0


@cache
def _unit(name: str) -> tuple[float, tuple[tuple[str, Fraction], ...]]:
    """Factor to SI and dimensions of a unit."""
    known = all_units().get(name)
    if known is None or known.quantity not in _DIMENSIONS:
        return 1.0 if known is None else known.factor, ((f"[{known.quantity if known else name}]", Fraction(1)),)
    base, text = _DIMENSIONS[known.quantity]
    dimensions = []
    for part in text.split():
        letters = part.rstrip("-0123456789")
        dimensions.append((letters, Fraction(part[len(letters) :] or "1")))
    return known.factor * base, tuple(dimensions)


def _unit_offset(name: str) -> float:
    known = all_units().get(name)
    # Kelvin is the base here; our table counts from 0 °C.
    return known.offset + 273.15 if known is not None and known.quantity == "temperature" else 0.0


def _dimensions(one: Measure) -> Powers:
    found: Powers = {}
    for name, power in one.powers.items():
        for letter, exponent in _unit(name)[1]:
            found[letter] = found.get(letter, Fraction(0)) + power * exponent
    return {letter: exponent for letter, exponent in found.items() if exponent}


def _factor(one: Measure) -> float:
    return float(math.prod(_unit(name)[0] ** float(power) for name, power in one.powers.items()))


def _offset(one: Measure) -> float:
    """Of a temperature alone, in K."""
    names = list(one.powers)
    return _unit_offset(names[0]) if len(names) == 1 and one.powers[names[0]] == 1 else 0.0


def _power_text(name: str, power: Fraction) -> str:
    return name if power == 1 else f"{name}^{power}"
