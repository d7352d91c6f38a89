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


def exact_ns(text: str, scale_ns: int) -> int | None:
    """A printed count of `scale_ns` in whole ns, halves to the even one; None where `exact_count` gives none.

    As rounding that fraction, in a tenth of its time: a stored time axis may print millions.
    """
    plain = text.strip().replace(",", ".")
    if _COUNT.fullmatch(plain) is None:
        return None
    if "e" in plain or "E" in plain:
        return round(Fraction(plain) * scale_ns)
    whole, _, fraction = plain.partition(".")
    fraction = fraction.rstrip("0")
    if not fraction:
        return int(whole or "0") * scale_ns if whole not in ("+", "-") else 0
    parts: int = 10 ** len(fraction)
    ns, rest = divmod(int(whole + fraction) * scale_ns, parts)
    return ns + (2 * rest > parts or (2 * rest == parts and ns % 2 == 1))
