"""Cut a stretch of time at works on the machine: what was normal before one is not what is normal after it."""

from __future__ import annotations

from collections.abc import Sequence

Span = tuple[int, int]
"""First and last instant, ns."""


def cut_at_works(span_ns: Span, works: Sequence[Span]) -> list[tuple[Span, int | None]]:
    """The parts of a stretch between works, in order, each with the index of the work that ends it (None for the last).

    A part ends where a work begins, and the next begins where it ends; a work outside the stretch cuts nothing.
    """
    parts: list[tuple[Span, int | None]] = []
    start = span_ns[0]
    inside = [index for index, (begin, end) in enumerate(works) if begin < span_ns[1] and end > span_ns[0]]
    for index in sorted(inside, key=works.__getitem__):
        begin, end = works[index]
        if begin > start:
            parts.append(((start, begin), index))
        start = max(start, end)
    if start < span_ns[1]:
        parts.append(((start, span_ns[1]), None))
    return parts
