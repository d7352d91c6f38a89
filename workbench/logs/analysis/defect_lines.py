"""The lines of a bearing's defects in an envelope spectrum: where to look, and which of them count as evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.logs.analysis.bearings import DefectOrders
from workbench.logs.analysis.lines import Mark, MarkLevel

DEFAULT_SLIP = 0.02
"""Rolling elements slip 1 to 2 % against pure rolling (Randall & Antoni 2011, ch. 2)."""
STANDS_OUT_DB = 12.0
"""A line this far above the median around it is hardly chance: of the lines of Gaussian noise one in 58 000 is (exp −10.97)."""
OUTSHINES_DB = 12.0
"""Harmonics and sidebands of a strong defect lie all over the spectrum: lines of others this far below its own may be that."""
KINDS = ("BPFO", "BPFI", "BSF", "FTF")


def defect_marks(
    orders: DefectOrders, shaft_hz: float, *, slip: float = DEFAULT_SLIP, n_harmonics: int = 3, with_sidebands: bool = True
) -> tuple[Mark, ...]:
    """Lines to look for: harmonics of BPFO, BPFI (± shaft speed), BSF (twice, ± cage) and FTF, each with its slip as tolerance.

    A defect on the turning inner race is modulated once a turn, one on an element once a turn of the cage; an element meets both
    races in a turn, so that the even harmonics of BSF stand out (Randall & Antoni 2011, ch. 2, fig. 2).
    """
    kinds = (("BPFO", orders.bpfo, 0.0), ("BPFI", orders.bpfi, 1.0), ("BSF", orders.bsf, orders.ftf), ("FTF", orders.ftf, 0.0))
    marks: list[Mark] = []
    for name, order, side in kinds:
        for harmonic in range(1, n_harmonics + 1):
            centre = harmonic * order * shaft_hz
            bands = (-1, 0, 1) if with_sidebands and side and (name != "BSF" or harmonic == 2) else (0,)
            for sideband in bands:
                frequency = centre + sideband * side * shaft_hz
                words = name if harmonic == 1 else f"{harmonic} {name}"
                words += {-1: " −", 0: "", 1: " +"}[sideband] + ("" if not sideband else "1X" if side == 1.0 else "FTF")
                mark = Mark(name=words, frequency=frequency, tolerance=slip * centre, harmonic=harmonic, sideband=sideband)
                marks.append(mark)
    return tuple(marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Defects whose own line stands out, the strongest first; those whose line can't be told from a multiple of shaft speed
    (name, multiple); and those that another one outshines (name, how far below it in dB, the other's name).
    """

    kinds: tuple[str, ...]
    meets: tuple[tuple[str, int], ...] = ()
    outshone: tuple[tuple[str, float, str], ...] = ()


def kind_of(mark: Mark) -> str:
    """BPFO, BPFI, BSF or FTF: what a mark is a harmonic or sideband of."""
    return next((word for word in mark.name.split(" ") if word in KINDS), "")


def find_evidence(levels: Sequence[MarkLevel], shaft_hz: float, resolution_hz: float) -> Evidence:
    """Which defects stand out, by their own lines.

    A race or the cage: its first line. Where that lies within one and a half line spacings of a multiple of shaft speed it may
    be that, and counts only if a higher harmonic, farther from any multiple, stands out too. An element: its first or second
    line (it meets both races in a turn) together with a cage sideband, as many bearings have their BSF at 2X or at a
    sideband of BPFI (Randall & Antoni 2011, ch. 2, fig. 2). What stands out far less than another defect is not evidence of a
    second one: a strong defect's harmonics and sidebands lie all over the spectrum.
    """
    strong = [level for level in levels if level.above_floor_db >= STANDS_OUT_DB]
    heights: dict[str, float] = {}
    meets: list[tuple[str, int]] = []
    for kind in KINDS:
        own = [level for level in strong if kind_of(level.mark) == kind]
        plain = [level for level in own if not level.mark.sideband]
        firsts = [level for level in plain if level.mark.harmonic <= (2 if kind == "BSF" else 1)]
        if not firsts:
            continue
        if kind == "BSF":
            is_sure = len(own) > len(plain)
        else:
            is_sure = any(not _multiple(level, shaft_hz, resolution_hz) for level in plain)
        multiple = _multiple(firsts[0], shaft_hz, resolution_hz)
        if is_sure:
            heights[kind] = max(level.above_floor_db for level in firsts)
        elif multiple:
            meets.append((kind, multiple))
    if not heights:
        return Evidence(kinds=(), meets=tuple(meets))
    ranked = sorted(heights, key=lambda kind: -heights[kind])
    below = {kind: heights[ranked[0]] - heights[kind] for kind in ranked}
    return Evidence(
        kinds=tuple(kind for kind in ranked if below[kind] < OUTSHINES_DB),
        meets=tuple(meets),
        outshone=tuple((kind, below[kind], ranked[0]) for kind in ranked if below[kind] >= OUTSHINES_DB),
    )


def _multiple(level: MarkLevel, shaft_hz: float, resolution_hz: float) -> int:
    """The multiple of shaft speed that a line can't be told from; 0 for none."""
    multiple = round(level.frequency / shaft_hz)
    return multiple if abs(level.frequency - multiple * shaft_hz) <= 1.5 * resolution_hz else 0
