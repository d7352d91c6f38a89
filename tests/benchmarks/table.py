"""One row of a benchmark: our figure, a named peer's, their ratio, the goal, and whether it held."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`ratio` is ours / peer in the unit of the row; `held` is None where there is no goal or no peer."""

    name: str
    ours: str
    peer: str
    ratio: float | None
    goal: str
    held: bool | None


def skipped(name: str, why: str) -> Row:
    """A peer that is not installed here, by name."""
    return Row(name=name, ours="–", peer=why, ratio=None, goal="", held=None)


def interleaved(ours: Callable[[], object], peer: Callable[[], object], repeats: int = 5) -> tuple[float, float]:
    """Median seconds of both, measured in turn after one warm-up each: a drifting machine hits both alike."""
    ours()
    peer()
    pairs = [(_seconds(ours), _seconds(peer)) for _ in range(repeats)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def text_table(rows: Sequence[Row]) -> str:
    """Columns: name, ours, peer, ratio, goal, held."""
    cells = [["name", "ours", "peer", "ratio", "goal", "held"]]
    for row in rows:
        ratio = "–" if row.ratio is None else f"{row.ratio:.3g}"
        held = {None: "–", True: "yes", False: "no"}[row.held]
        cells.append([row.name, row.ours, row.peer, ratio, row.goal or "–", held])
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells)


def plain(rows: Sequence[Row]) -> list[dict[str, object]]:
    """For --json."""
    return [asdict(row) for row in rows]


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
