"""Instants, spans and values in the words of a quality finding. Must not import anything but the standard library."""

from __future__ import annotations

from datetime import timedelta

from workbench.core.clock import EPOCH

NO_PRESSURE = "No pressure"
"""How a discharge at nothing under load is told, so that it can be told as one with the zeros it is made of."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_S_PER_MIN, _S_PER_H, _S_PER_D = 60, 3600, 86_400


def format_instant(instant_ns: int) -> str:
    """12 Mar 03:12, in UTC; seconds only where they aren't zero."""
    # Not fromtimestamp, which refuses instants before 1970 on Windows.
    moment = EPOCH + timedelta(seconds=instant_ns // 1_000_000_000)
    clock = moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    return f"{moment.day} {_MONTHS[moment.month - 1]} {clock}"


def format_span(span_ns: int) -> str:
    """6 h 28 min: the two largest units that say something."""
    seconds = span_ns / 1e9
    if seconds < _S_PER_MIN:
        return f"{seconds:.3g} s"
    for unit_s, unit, below_s, below in (
        (_S_PER_D, "d", _S_PER_H, "h"),
        (_S_PER_H, "h", _S_PER_MIN, "min"),
        (_S_PER_MIN, "min", 1, "s"),
    ):
        if seconds >= unit_s:
            whole, rest = divmod(round(seconds / below_s), unit_s // below_s)
            return f"{whole} {unit} {rest} {below}" if rest else f"{whole} {unit}"
    raise AssertionError(seconds)


def format_value(value: float, unit: str | None) -> str:
    """1.146 bar."""
    value += 0.0  # a minus zero is a zero
    return f"{value:.6g} {unit}" if unit else f"{value:.6g}"
