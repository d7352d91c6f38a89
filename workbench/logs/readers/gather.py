"""Takes the rows of a table one by one: data, headers met again, units that change, lines cut short, remarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from workbench.core.errors import LogFormatError
from workbench.logs.readers.table import ColumnEncoder, Header, Segment, TimeColumns, build_headers
from workbench.logs.summary import Finding
from workbench.logs.tables.cells import Cells
from workbench.logs.tables.header_rows import COMMENT, HeaderGuess, aligner, is_unit_row, strip_trailing, without_mark
from workbench.logs.tables.sniff import cell_kind
from workbench.logs.text.decode import clean_text
from workbench.logs.times.instants import parse_stamp, unix_ns

_BATCH_ROWS = 20_000
_TIME_CELLS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLayout:
    """How the rows of a table are to be taken: where data begins, what is above it, which columns hold the time."""

    time: TimeColumns
    header: HeaderGuess
    first_row: int
    n_cells: int
    is_pairs: bool = False
    pairs: tuple[tuple[int, int, int | None], ...] = ()
    """(name, value, unit or None) columns of rows of names and values, where a header says which they are."""


def is_data_like(row: Sequence[str]) -> bool:
    """Whether a row holds a time (a stamp, a count since 1970), or numbers in at least half of what is written."""
    kinds = [cell_kind(cell) for cell in row[:64]]
    written = [kind for kind, cell in zip(kinds, row, strict=False) if cell.strip()]
    n_values = sum(kind in "tn" for kind in written)
    if n_values == 0:
        return False
    return "t" in written or n_values >= 0.5 * len(written) or any(unix_ns(cell) is not None for cell in row[:_TIME_CELLS])


class Gatherer:
    """Takes rows one by one under the header in force; a new header on the way begins a new segment."""

    def __init__(self, layout: TableLayout, name: str) -> None:
        self._layout = layout
        self._name = name
        self._done: list[Segment] = []
        self._begin(layout.header, layout.n_cells, layout.time)
        self._block = {_folded(row) for row in layout.header.block}

    def _begin(self, header: HeaderGuess, n_cells: int, time: TimeColumns) -> None:
        self._header, self._n_cells, self._time = header, n_cells, time
        self._encoders = [ColumnEncoder() for _ in range(n_cells)]
        self._batch: list[list[str]] = []
        self._is_below_header = False
        self._headers: tuple[Header, ...] | None = None
        self._findings: tuple[Finding, ...] = ()
        self._n_cut = self._n_not_rows = self._n_long = self._n_without_time = self._n_before = 0

    def gather(self, rows: Iterable[list[str]]) -> list[Segment]:
        """All rows from the first data row on."""
        for number, row in enumerate(rows):
            if number >= self._layout.first_row:
                self._take(row)
        self._end()
        return self._done

    def _take(self, row: list[str]) -> None:
        n_cells = self._n_cells
        if len(row) < n_cells and len(strip_trailing(row)) < n_cells:
            if self._is_time(row):
                self._n_cut += 1
            else:
                self._odd(row)
            return
        if not self._is_time(row):
            self._odd(row)
            return
        if len(row) > n_cells:
            self._n_long += any(cell.strip() for cell in row[n_cells:])
            row = row[:n_cells]
        self._is_below_header = False
        self._batch.append(row)
        if len(self._batch) >= _BATCH_ROWS:
            self._flush()

    def _is_time(self, row: list[str]) -> bool:
        if self._time.kind == "none":
            return is_data_like(row)
        first = self._time.indexes[0]
        text = row[first].lstrip(" \t\"'") if first < len(row) else ""
        if not text:
            return False
        is_count = text[0] == "-" and self._time.kind in ("relative", "epoch")
        return text[0].isdigit() or is_count or parse_stamp(text) is not None

    def _odd(self, row: list[str]) -> None:
        """A row without time: a header met again, a header with more columns, or a remark."""
        self._n_not_rows += 1
        cells = [cell.strip() for cell in strip_trailing(row)]
        if len(cells) >= self._n_cells and is_data_like(row):
            self._n_without_time += 1
            return
        row = list(aligner(self._n_cells, self._time.indexes)(row))  # as `find_header` saw the rows of the first head
        names = self._layout.header.names
        if _folded(row) not in self._block and names and not COMMENT.match(names[0]):
            row = without_mark(row)
            cells = [cell.strip() for cell in strip_trailing(row)]
        if _folded(row) in self._block:
            self._restore_units(row)
            self._is_below_header = True
            return
        if names is None or len(cells) < 2:
            return
        if self._is_below_header and is_unit_row(row, self._time.indexes):
            self._change_units(row)
            return
        first = self._time.indexes[0] if self._time.indexes else 0
        old = {clean_text(name).casefold() for name in names if name.strip()}
        new = [clean_text(cell).casefold() for cell in cells]
        same_time = first < len(new) and first < len(names) and new[first] == clean_text(names[first]).casefold()
        if same_time or len(old & set(new)) >= max(2, 0.6 * len(old)):
            self._change(row, len(cells))

    def _restore_units(self, row: list[str]) -> None:
        """A header met again as it was first: its units hold again."""
        first = self._layout.header
        if self._header.units != first.units and first.units is not None and _folded(row) == _folded(first.units):
            self._change_units(row)

    def _change_units(self, row: list[str]) -> None:
        header = replace(self._header, units=tuple(row))
        self._end()
        self._begin(header, self._n_cells, self._time)

    def _change(self, row: list[str], n_cells: int) -> None:
        before, batch = self._time, replace(self._header, names=tuple(row), units=None, description=None, block=(tuple(row),))
        self._end()
        names = [clean_text(cell).casefold() for cell in row]
        old = self._layout.header.names or ()
        moved = tuple(
            names.index(clean_text(old[index]).casefold())
            for index in before.indexes
            if clean_text(old[index]).casefold() in names
        )
        time = replace(before, indexes=moved if len(moved) == len(before.indexes) else before.indexes)
        self._begin(batch, n_cells, time)
        self._block.add(_folded(row))
        self._is_below_header = True

    def _flush(self) -> None:
        if self._batch:
            for encoder, column in zip(self._encoders, zip(*self._batch, strict=False), strict=False):
                encoder.extend(column)
            self._batch = []

    def _end(self) -> None:
        """The last rows under this header."""
        if self._n_long and self._header.names is not None:
            text = f"{self._n_long} lines have more cells than the header has names; what lies beyond is left out."
            self._findings = (Finding(code="CELLS_LEFT_OUT", text=text),)
        n_rows = self._n_before + self._cut()
        if self._n_long > max(1, 0.02 * n_rows) and self._header.names is not None:
            raise LogFormatError(
                f"{self._n_long} rows of {self._name} have more cells than the header has names ({self._n_cells}).",
                "The decimal mark may be the delimiter too; export it again with semicolons.",
                path=self._name,
            )

    def _cut(self) -> int:
        """Hand out the rows so far; how many they are."""
        self._flush()
        columns: tuple[Cells, ...] = tuple(encoder.finish() for encoder in self._encoders)
        self._done.append(self._new_segment(columns))
        self._encoders = [ColumnEncoder() for _ in range(self._n_cells)]
        n_rows = len(columns[0].codes) if columns else 0
        self._n_before += n_rows
        return n_rows

    def _new_segment(self, columns: tuple[Cells, ...]) -> Segment:
        """What was counted so far, under the header in force; counting begins anew."""
        header = self._header
        if header.names and self._headers is None:
            self._headers = build_headers(header.names[: self._n_cells], header.units, header.description)
        segment = Segment(
            source=self._name, layout="wide", headers=self._headers, columns=columns, time=self._time,
            n_cut_short=self._n_cut, n_not_rows=self._n_not_rows, n_without_time=self._n_without_time,
            findings=self._findings,
        )  # fmt: skip
        self._findings = ()
        self._n_cut = self._n_not_rows = self._n_without_time = 0
        return segment


def _folded(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip().casefold() for cell in strip_trailing(row))
