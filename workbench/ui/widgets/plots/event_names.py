"""Names over the events' bars, in one line or several: as many as there is room for, none cut, none over another."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass

GAP_PX = 10.0
_SHIFT_PX = 24.0
"""How far a name may stand right of where its event begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a name stands: its line, counted from the lowest, and its left and right ends."""

    line: int
    left_px: float
    right_px: float


class NameLines:
    """Lines of names from `first_px` to `last_px`; each name stands at its event or close by, or ends where the plots end."""

    def __init__(self, n_lines: int, first_px: float, last_px: float) -> None:
        self._first_px, self._last_px = first_px, last_px
        self._taken: list[list[tuple[float, float]]] = [[] for _ in range(n_lines)]

    def put(self, at_px: float, width_px: float) -> Place | None:
        """Room for a name in the lowest line that has it; None where no line has."""
        at_px = max(self._first_px, min(at_px, self._last_px - width_px))
        for line, taken in enumerate(self._taken):
            left = max([at_px, *(end + GAP_PX for start, end in taken if start <= at_px)])
            right = left + width_px
            is_near = left <= at_px + _SHIFT_PX and right <= self._last_px
            if is_near and all(start >= right + GAP_PX for start, _ in taken if start > at_px):
                insort(taken, (left, right))
                return Place(line=line, left_px=left, right_px=right)
        return None

    def widen(self, place: Place, more_px: float) -> bool:
        """Take more room at the right of a name; False where there is none."""
        taken = self._taken[place.line]
        number = taken.index((place.left_px, place.right_px))
        following = taken[number + 1][0] - GAP_PX if number + 1 < len(taken) else self._last_px
        if place.right_px + more_px > following:
            return False
        taken[number] = (place.left_px, place.right_px + more_px)
        return True

    def next_free(self, at_px: float) -> float:
        """From where on, right of a pixel, a line may have room again."""
        ends = [max((end for start, end in taken if start <= at_px + GAP_PX), default=at_px) for taken in self._taken]
        return max(at_px, min(ends) + GAP_PX)
