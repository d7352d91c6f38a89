"""Three or four round values for the height of a plot."""

from __future__ import annotations

import math

from workbench.ui.format import number

_NICE = (1.0, 2.0, 5.0, 2.5, 1.5, 3.0, 4.0, 7.5)
"""Factors of a power of ten, the roundest first."""
_FEWEST, _MOST = 3, 4


def value_ticks(limits: tuple[float, float]) -> list[tuple[float, str]]:
    """(value, text) of three or four round values within the limits, with the digits that tell them apart."""
    low, high = limits
    if not math.isfinite(high - low):  # a log may hold any double, and the height between two may be none
        return [(low, f"{low:.0e}"), (high, f"{high:.0e}")]
    power = math.floor(math.log10(max(high - low, 1e-300)))
    best: list[float] = []
    for factor in _NICE:
        for exponent in (power, power - 1):
            found = _multiples(low, high, factor * 10.0**exponent)
            if _FEWEST <= len(found) <= _MOST and len(found) > len(best):
                best = found
        if best:
            break
    best = best or [low, high]
    step = best[1] - best[0]
    digits = next((count for count in range(7) if math.isclose(round(step, count), step, rel_tol=1e-6)), 6)
    return [(value, number(value, digits)) for value in best]


def log_ticks(limits: tuple[float, float], n_most: int = _MOST) -> list[tuple[float, str]]:
    """(value, text) of powers of ten within positive limits, at most `n_most`; with 2 and 5 of each where they fit, or where
    there are fewer than two powers.
    """
    low, high = limits
    powers = list(range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1))
    between = [
        factor * 10.0**power
        for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        for factor in (1, 2, 5)
    ]
    found = [value for value in between if low <= value <= high]
    if len(powers) < 2 or len(found) <= n_most:
        step = -(-len(found) // max(1, n_most))  # over the whole height: not the lowest alone
        return [(value, _plain(value)) for value in found[:: max(1, step)]] or value_ticks(limits)
    step = -(-len(powers) // max(1, n_most))
    return [(10.0**power, _plain(10.0**power)) for power in powers[::step]]


def _plain(value: float) -> str:
    return number(value, max(0, -math.floor(math.log10(value) + 1e-9)))


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)] if last - first < 2 * _MOST else []
