"""Formulas that an MDF file carries: the library that reads it runs them as code, so only plain arithmetic gets there."""

from __future__ import annotations

import re
from typing import Any

MOST_CHARACTERS = 500
_MAX_DEPTH = 8
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?)|(?P<name>[A-Za-z_]\w{0,20})|(?P<sign>\*\*|[-+*/(),]))"
)
_NAMES = frozenset(
    {
        "X", "X1", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh", "sqrt", "exp", "log",
        "log10", "abs",
    }
)  # fmt: skip
_POWER = re.compile(r"\*\*\s*(?:[-+]?(\d{1,2}(?:\.\d{1,9})?)(?![\w.])|\(\s*[-+]?(\d{1,2}(?:\.\d{1,9})?)\s*\))")


def is_plain(formula: str) -> bool:
    """Whether a formula is arithmetic of X and numbers, with at most two powers of small numbers."""
    if len(formula) > MOST_CHARACTERS:
        return False
    at, text = 0, formula.strip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or (token["name"] and token["name"] not in _NAMES):
            return False
        at = token.end()
    powers = [float(bare or bracketed) for bare, bracketed in _POWER.findall(text)]
    # A power of a power is at most 4 ** 4: whole numbers are computed without end otherwise.
    return text.count("**") == len(powers) <= 2 and all(power <= (20 if len(powers) == 1 else 4) for power in powers)


def carries_code(conversion: Any, depth: int = 0) -> bool:
    """Whether a conversion, or one that it refers to, has a formula that is no plain arithmetic."""
    if conversion is None:
        return False
    if depth > _MAX_DEPTH:
        return True
    formula = getattr(conversion, "formula", "") or ""
    if isinstance(formula, bytes):
        formula = formula.decode("latin-1")
    if formula.strip("\x00 ") and not is_plain(formula.strip("\x00 ")):
        return True
    beneath = getattr(conversion, "referenced_blocks", None) or {}
    return any(carries_code(one, depth + 1) for one in beneath.values() if not isinstance(one, (bytes, str)))
