"""Printed counts of time (ticks, seconds since 1970, serial days), without rounding."""

from __future__ import annotations

import re
from fractions import Fraction

_COUNT = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?", re.ASCII)


def exact_count(text: str) -> Fraction | int | None:
    """The count, with a decimal point or comma; None for anything else, and for exponents that would fill the memory."""
    plain = text.strip().replace(",", ".")
    if _COUNT.fullmatch(plain) is None:
        return None
    return int(plain) if plain.lstrip("+-").isdigit() else Fraction(plain)
