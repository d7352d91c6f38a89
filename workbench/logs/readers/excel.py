"""Excel and OpenDocument workbooks through python-calamine: each sheet with a table is read like a text table.

Dates keep the workbook's own epoch (1900 or 1904), which is believed. A sheet without a table is passed over.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from workbench.core.errors import LogFormatError, WorkbenchError
from workbench.logs.readers.reader import Content
from workbench.logs.readers.sources import Source
from workbench.logs.readers.table import Segment
from workbench.logs.readers.typed_rows import read_typed_rows
from workbench.logs.readers.workbook import check_workbook, find_errors, is_epoch_1904
from workbench.logs.tables.sniff import is_time_name
from workbench.logs.text.decode import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SHEETS = 100
_MOST_FACTS = 30


class ExcelReader:
    """Excel and OpenDocument workbooks; which zip is one is told by its members."""

    kind, name, suffixes, extra, needs = "excel", "Excel", (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"), "", ("python_calamine",)

    def recognises(self, head: bytes) -> bool:
        """An old workbook (a compound file)."""
        return head.startswith(b"\xd0\xcf\x11\xe0")

    def read(self, source: Source) -> Content:
        """Each sheet with a table."""
        return Content(segments=tuple(read_excel(source)))


def read_excel(source: Source) -> list[Segment]:
    """The tables of a workbook. Raises LogFormatError naming the file."""
    is_1904 = is_epoch_1904(source.data)
    segments: list[Segment] = []
    refused: list[WorkbenchError] = []
    for name, cells, rows in _sheets(source):
        if len(rows) < 2:
            continue
        try:
            segments.extend(read_typed_rows(cells, rows, f"{source.name}: {clean_text(name)}"))
        except WorkbenchError as error:
            refused.append(error)
    if not segments:
        raise (
            refused[0]
            if refused
            else LogFormatError(
                f"{source.name} has no sheet with a table.", "Give a sheet with one row an instant.", path=str(source.path)
            )
        )
    segments = [one for one in segments if not _is_facts(one)] or segments
    is_alone = len({segment.source for segment in segments}) == 1
    for segment in segments:
        segment.source = source.name if is_alone else segment.source
        _set_epoch(segment, is_1904=is_1904, is_known=source.data.startswith(b"PK"))
    return segments


def _is_facts(segment: Segment) -> bool:
    """A sheet about the log: what is said at the left, what it is at the right, a date among them that no header calls a time."""
    is_pair = len(segment.columns) == 2 and segment.time.indexes == (1,)
    return is_pair and segment.n_rows < _MOST_FACTS and not is_time_name(segment.time.header)


def _sheets(source: Source) -> Iterator[tuple[str, list[list[object]], list[list[str]]]]:
    """Name, cells and how they are printed, row by row."""
    from python_calamine import CalamineError, CalamineWorkbook

    check_workbook(source)
    errors = find_errors(source.data)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(source.data))
        for name in workbook.sheet_names[:MAX_SHEETS]:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            texts = [[_text_of(cell) for cell in row] for row in rows]
            _restore_errors(texts, errors.get(name, {}))
            filled = [index for index, row in enumerate(texts) if any(row)]
            yield name, [list(rows[index]) for index in filled], [texts[index] for index in filled]
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile, BaseException) as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise LogFormatError(
            f"{source.name} can't be read as a workbook: {clean_text(str(error))}.",
            "Save it again as .xlsx or as CSV.",
            path=str(source.path),
        ) from error


def _text_of(cell: object) -> str:
    """A cell as a text table would print it."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return repr(cell.total_seconds())
    return "" if cell is None else str(cell)


def _restore_errors(rows: list[list[str]], errors: dict[tuple[int, int], str]) -> None:
    for (row, column), text in errors.items():
        if row < len(rows) and column < len(rows[row]) and not rows[row][column]:
            rows[row][column] = text


def _set_epoch(segment: Segment, *, is_1904: bool, is_known: bool) -> None:
    """Serials without a date format: an .xlsx says which epoch they count from; of an .xls we don't know."""
    if is_known and segment.time.kind == "epoch" and segment.time.epoch == "excel":
        segment.time = replace(segment.time, epoch="excel1904" if is_1904 else "excel1900")
