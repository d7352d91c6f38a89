"""Parquet files through pyarrow, without pandas. Numbers and instants keep their types; the rest is read as text."""

from __future__ import annotations

import io
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.cells import Cells
from workbench.logs.readers.reader import Content, cant_read
from workbench.logs.readers.sources import Source
from workbench.logs.readers.table import NumberCells, Segment, TimeColumns, build_headers
from workbench.logs.sniff import find_time, is_time_name
from workbench.logs.text import clean_text

MAX_CELLS = 100_000_000
MAX_BYTES = 1 << 30
_MAX_CELL_CHARS = 4000
_SAMPLE_ROWS = 300
_NO_INSTANT = -(2**63)
_UNITS_NS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}


class ParquetReader:
    """Parquet: one table a file."""

    kind, name, suffixes, extra, needs = "parquet", "Parquet", (".parquet", ".pq"), "", ("pyarrow",)

    def recognises(self, head: bytes) -> bool:
        """The file's magic."""
        return head.startswith(b"PAR1")

    def read(self, source: Source) -> Content:
        """Numbers and instants keep their types."""
        import pyarrow as pa
        from pyarrow import parquet

        try:
            file = parquet.ParquetFile(io.BytesIO(source.data))
            _check_size(source, file.metadata)
            # Texts stay words and their numbers: one word of a megabyte may stand in each row of a file of kilobytes.
            texts = [
                field.name for field in file.schema_arrow if pa.types.is_string(field.type) or pa.types.is_binary(field.type)
            ]
            file = parquet.ParquetFile(io.BytesIO(source.data), read_dictionary=texts)
            return Content(segments=(read_table(source, file.read()),))
        except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
            raise cant_read(source, self.name, error, "Write it again.") from error


def read_table(source: Source, table: object) -> Segment:
    """An Arrow table as a segment. Raises LogFormatError for one without rows."""
    whole = table.combine_chunks()  # type: ignore[attr-defined] # pyarrow has no types
    names = [clean_text(name) for name in whole.column_names]
    columns = [_first_chunk(whole.column(index)) for index in range(whole.num_columns)]
    return _segment(source, names, columns, whole.num_rows)


def _check_size(source: Source, metadata: object) -> None:
    """A few bytes of Parquet may stand for billions of rows."""
    n_rows, n_columns = metadata.num_rows, metadata.num_columns  # type: ignore[attr-defined] # pyarrow has no types
    groups = range(metadata.num_row_groups)  # type: ignore[attr-defined]
    n_bytes = sum(metadata.row_group(index).total_byte_size for index in groups)  # type: ignore[attr-defined]
    if n_rows * max(n_columns, 1) > MAX_CELLS or n_bytes > MAX_BYTES:
        raise LogFormatError(
            f"{source.name} has {n_rows} rows of {n_columns} columns, {n_bytes} bytes: too many.",
            "Split it.",
            path=str(source.path),
        )


def _first_chunk(column: object) -> object:
    import pyarrow as pa

    if column.num_chunks == 0:  # type: ignore[attr-defined] # pyarrow has no types
        return pa.array([], type=column.type)  # type: ignore[attr-defined]
    return column.chunk(0)  # type: ignore[attr-defined]


def _segment(source: Source, names: list[str], columns: list[object], n_rows: int) -> Segment:
    import pyarrow as pa

    if n_rows == 0:
        raise LogFormatError(f"{source.name} has no rows.", "Export it again.", path=str(source.path))
    stamps = [index for index, column in enumerate(columns) if pa.types.is_timestamp(column.type)]  # type: ignore[attr-defined]
    best = next((index for index in stamps if is_time_name(names[index])), stamps[0] if stamps else None)
    if best is not None:
        times_ns, is_absolute = _instants(columns[best])
        time = TimeColumns(kind="stamp", indexes=(best,), header=names[best])
        cells = tuple(Cells.of([]) if index == best else _cells(column) for index, column in enumerate(columns))
        return Segment(
            source=source.name, layout="wide", headers=build_headers(names), columns=cells, time=time, decimal=".",
            times_ns=times_ns, is_absolute=is_absolute,
        )  # fmt: skip
    return _with_printed_time(source, names, columns)


def _with_printed_time(source: Source, names: list[str], columns: list[object]) -> Segment:
    head = [_texts(column.slice(0, _SAMPLE_ROWS)) for column in columns]  # type: ignore[attr-defined]
    time = find_time(list(zip(*head, strict=True)), names)
    cells = tuple(Cells.of(_texts(column)) if index in time.indexes else _cells(column) for index, column in enumerate(columns))
    return Segment(source=source.name, layout="wide", headers=build_headers(names), columns=cells, time=time, decimal=".")


def _instants(column: object) -> tuple[NDArray[np.int64], bool]:
    """(ns, the smallest int64 where null; whether they are UTC)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type  # type: ignore[attr-defined] # pyarrow has no types
    counts = column.cast(pa.int64())  # type: ignore[attr-defined]
    if counts.null_count:
        counts = pc.fill_null(counts, _NO_INSTANT)
    found = np.frombuffer(_buffer(counts), np.int64)
    unit_ns = _UNITS_NS[kind.unit]
    # A date such as 9999-12-31 does not fit into 64 bits of nanoseconds, and must not wrap round to another one.
    fits = np.abs(found // 2) < 2**62 // unit_ns // 2
    return np.where(fits, found * np.where(fits, unit_ns, 0), _NO_INSTANT), kind.tz is not None


def _buffer(array: object) -> memoryview:
    view = memoryview(array.buffers()[1])  # type: ignore[attr-defined]
    start = array.offset * 8  # type: ignore[attr-defined]
    return view[start : start + len(array) * 8]  # type: ignore[arg-type]


def _cells(column: object) -> Cells | NumberCells:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type  # type: ignore[attr-defined]
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        numbers = pc.fill_null(column.cast(pa.float64(), safe=False), float("nan"))  # type: ignore[attr-defined]
        return NumberCells(np.frombuffer(_buffer(numbers), np.float64))
    return Cells.of(_texts(column))


def _texts(column: object) -> list[str]:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):  # type: ignore[attr-defined]
        words = [_text_of(value)[:_MAX_CELL_CHARS] for value in column.dictionary.to_pylist()]  # type: ignore[attr-defined]
        return ["" if place is None else words[place] for place in column.indices.to_pylist()]  # type: ignore[attr-defined]
    return [_text_of(value) for value in column.to_pylist()]  # type: ignore[attr-defined]


def _text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
