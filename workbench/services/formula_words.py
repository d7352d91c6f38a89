"""What formulas may contain, as names and examples for the window's completion and its hints."""

from __future__ import annotations

from workbench.logs.formulas.formula import FUNCTIONS
from workbench.logs.formulas.formula import example_of as example_of

FUNCTION_NAMES = tuple(FUNCTIONS)
