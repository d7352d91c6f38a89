"""Parquet files through pyarrow, without pandas. Numbers and instants keep their types; the rest is read as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.readers.reader import Content, ReadGuard, Streaming
from workbench.logs.readers.signals import check_claim
from workbench.logs.readers.sources import Source
from workbench.logs.readers.table import Header, NumberCells, Segment, StoredTable, TimeColumns, build_headers
from workbench.logs.tables.cells import Cells
from workbench.logs.tables.sniff import find_time, is_time_name
from workbench.logs.text.decode import clean_text

MAX_GROUP_BYTES = 1 << 29
_BUFFER_BYTES = 1 << 20
_MOST_ROWS, _MOST_CELLS = 1 << 17, 1 << 21
"""Of a batch."""
_MAX_CELL_CHARS = 4000
_SAMPLE_ROWS = 300
_NO_INSTANT = -(2**63)
_UNITS_NS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}


class ParquetReader(Streaming):
    """Parquet: one table a file."""

    kind, name, suffixes, extra, needs = "parquet", "Parquet", (".parquet", ".pq"), "", ("pyarrow",)

    def recognises(self, head: bytes) -> bool:
        """The file's magic."""
        return head.startswith(b"PAR1")

    @contextmanager
    def opened(self, source: Source) -> Iterator[Content]:
        """Numbers and instants keep their types."""
        import pyarrow as pa
        from pyarrow import parquet

        trouble = (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError)
        guard = ReadGuard(source, self.name, trouble, "Write it again.")
        with source.open() as stream:
            with guard():
                schema = parquet.read_schema(stream)
                # Texts stay words and their numbers: one word of a megabyte may stand in each row of a file of kilobytes.
                texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_binary(field.type)]
                file = parquet.ParquetFile(stream, read_dictionary=texts, buffer_size=_BUFFER_BYTES)
                n_rows = file.metadata.num_rows
                _check_groups(source, file.metadata)
            check_claim(source.name, n_rows * max(len(schema), 1), source.size_bytes, str(source.path))
            most = max(1, min(_MOST_ROWS, _MOST_CELLS // max(len(schema), 1)))

            def batches() -> Iterator[Any]:
                with guard():
                    for group in range(file.num_row_groups):  # one after the other: pyarrow keeps what it read of those before
                        yield from file.iter_batches(most, row_groups=[group], use_threads=False)

            yield Content(tables=(read_batches(source, batches, n_rows, len(schema)),))


def read_batches(source: Source, batches: Callable[[], Iterator[Any]], n_rows: int, n_columns: int) -> StoredTable:
    """A table that comes in batches of rows, from the beginning each time. Raises LogFormatError for one without rows."""
    first = next((batch for batch in batches() if batch.num_rows), None)
    if first is None or not n_rows:
        raise LogFormatError(f"{source.name} has no rows.", "Export it again.", path=str(source.path))
    layout = _layout_of(first)

    def pieces(most: int) -> Iterator[Segment]:
        for batch in batches():
            for start in range(0, batch.num_rows, most):
                yield _segment(source, layout, batch.slice(start, most))

    n_printed = 0 if layout.stamps is not None else len(layout.time.indexes) * n_rows
    return StoredTable(n_rows=n_rows, n_columns=n_columns, pieces=pieces, n_printed=n_printed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """The columns' names, and which of them hold the time."""

    headers: tuple[Header, ...]
    time: TimeColumns
    stamps: int | None
    """The column of instants, where there is one."""


def _layout_of(batch: Any) -> _Layout:
    import pyarrow as pa

    names = [clean_text(name) for name in batch.schema.names]
    found = [index for index, kind in enumerate(batch.schema.types) if pa.types.is_timestamp(kind)]
    stamps = next((index for index in found if is_time_name(names[index])), found[0] if found else None)
    if stamps is not None:
        time = TimeColumns(kind="stamp", indexes=(stamps,), header=names[stamps])
    else:
        head = [_texts(column.slice(0, _SAMPLE_ROWS)) for column in batch.columns]
        time = find_time(list(zip(*head, strict=True)), names)
    return _Layout(headers=build_headers(names), time=time, stamps=stamps)


def _segment(source: Source, layout: _Layout, batch: Any) -> Segment:
    cells = tuple(
        Cells.of([]) if index == layout.stamps else Cells.of(_texts(column)) if index in layout.time.indexes else _cells(column)
        for index, column in enumerate(batch.columns)
    )
    times_ns, is_absolute = (None, False) if layout.stamps is None else _instants(batch.column(layout.stamps))
    return Segment(
        source=source.name, layout="wide", headers=layout.headers, columns=cells, time=layout.time,
        times_ns=times_ns, is_absolute=is_absolute,
    )  # fmt: skip


def _check_groups(source: Source, metadata: Any) -> None:
    """A group of rows has to fit into memory."""
    sizes = [metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups)]
    if max(sizes, default=0) > MAX_GROUP_BYTES:
        raise LogFormatError(
            f"{source.name} is written in groups of rows of {max(sizes) >> 20} MB; at most {MAX_GROUP_BYTES >> 20} MB are read.",
            "Write it with smaller groups (row_group_size=1_000_000).", path=str(source.path),
        )  # fmt: skip


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
    if pa.types.is_dictionary(kind) and not (pa.types.is_string(kind.value_type) or pa.types.is_binary(kind.value_type)):
        return _cells(column.dictionary_decode())  # type: ignore[attr-defined]
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
