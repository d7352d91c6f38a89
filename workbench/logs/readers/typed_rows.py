"""Rows of cells that have types (a workbook's sheet, JSON records): numbers need no decimal mark, numbers kept as text do.

Texts are weighed as those of a CSV; what is a number already is printed so that it can be read with either mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench.logs.readers.table import Segment
from workbench.logs.readers.text import SAMPLE_LINES, plan_rows, read_rows
from workbench.logs.tables.cells import read_cell, without_mark
from workbench.logs.text.decode import clean_text

_NUMBER_STARTS = tuple("+-−.,(0123456789")


def read_typed_rows(cells: Sequence[Sequence[object]], texts: Sequence[list[str]], name: str) -> list[Segment]:
    """The tables of rows of `cells`, whose `texts` are how they are printed. Raises LogFormatError naming the file."""
    layout = plan_rows(texts[:SAMPLE_LINES], name)
    shown = [*texts[: layout.first_row]]
    for row, printed in zip(cells[layout.first_row :], texts[layout.first_row :], strict=True):
        is_float = [isinstance(cell, float) and index not in layout.time.indexes for index, cell in enumerate(row)]
        shown.append([without_mark(text) if change else text for text, change in zip(printed, is_float, strict=True)])
    segments = read_rows(shown, shown[:SAMPLE_LINES], name)
    for segment in segments:
        n_head = len(segment.head)
        segment.head = tuple(tuple(clean_text(cell) for cell in row) for row in texts[:n_head])
    return segments


def is_number(cell: object) -> bool:
    """Whether a cell is a number, or a text that is one with either decimal mark."""
    if isinstance(cell, str):
        return cell.strip()[:1] in _NUMBER_STARTS and not (read_cell(cell, ".").reason and read_cell(cell, ",").reason)
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def is_number_column(cells: Iterable[object]) -> bool:
    """Whether most of what a column holds are numbers, printed or not, and any is."""
    said = [cell for cell in cells if cell is not None and cell != ""]
    n_numbers = sum(map(is_number, said))
    return any(isinstance(cell, (int, float)) for cell in said) or 0 < 2 * n_numbers > len(said)
