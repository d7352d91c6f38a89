"""Remembers what short texts were found to be: guessing a layout asks the same of a cell many times, and so do files alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Found = TypeVar("Found")
_MOST_TEXTS = 1 << 14
_MOST_CHARS = 64
"""Longer texts are looked at each time: a cell may have megabytes."""


def recalled(function: Callable[[str], Found]) -> Callable[[str], Found]:
    """A pure function of a text that remembers its latest answers."""
    kept = lru_cache(_MOST_TEXTS)(function)

    @wraps(function)
    def recall(text: str) -> Found:
        return kept(text) if len(text) <= _MOST_CHARS else function(text)

    return recall
