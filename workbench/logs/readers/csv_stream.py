"""The fast path: a plain CSV in blocks through pyarrow, with bounded memory.

Plain means: UTF-8, one header line, one delimiter, decimal dots, ISO 8601 stamps that rise from row to row, and numbers
everywhere else. Whatever is not plain raises `NotPlain`, at the head or anywhere later, and is read by the careful path
instead: this one never guesses. Must not import pandas (pyarrow's `read_table` and `to_numpy` of chunked arrays do).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.readers.byte_stream import FixedEndFile
from workbench.logs.tables.cell_quality import split_quality_name
from workbench.logs.tables.label_like import is_label_name
from workbench.logs.tables.sentinels import find_sentinels
from workbench.logs.tables.words import INDEX_NAMES, TIME_NAMES
from workbench.logs.text.decode import clean_text
from workbench.logs.times.instants import read_iso
from workbench.logs.times.zones import load_zone, local_to_utc
from workbench.logs.units import find_quantity, split_unit

BLOCK_BYTES = 8 * 1024 * 1024
_HEAD_BYTES = 256 * 1024
_DELIMITERS = (",", ";", "\t", "|")
_NULLS = ["", "NaN", "nan", "NAN", "null", "NULL"]
Block = tuple[NDArray[np.int64], dict[str, NDArray[np.float64]]]


class NotPlain(LogFormatError):  # noqa: N818 - a finding that sends the file to the careful path, not a failure
    """The file is not plain; read it with `parse_logs`."""

    code = "LOG_FORMAT"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainColumn:
    """One column of a plain CSV besides the time."""

    header: str
    name: str
    unit: str | None
    quantity: str
    role: Literal["channel", "label", "index"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainFormat:
    """How a plain CSV is laid out. `zone` is for clock times without offset ('' when the stamps end in Z)."""

    delimiter: str
    time_index: int
    time_name: str
    is_absolute: bool
    zone: str
    columns: tuple[PlainColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names without the time, in the file's order."""
        return tuple(column.name for column in self.columns)


def find_plain_format(path: Path, zone: str | None = None) -> PlainFormat | None:
    """Look at the head of a file; None when the careful path has to read it.

    `zone` is the person's zone for clock times; without one they are read as UTC (the caller asks ZONE_UNKNOWN).
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if b"\x00" in head or b"\n" not in head:
        return None
    try:
        text = head[: head.rindex(b"\n")].decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    lines = text.replace("\r\n", "\n").split("\n")
    for delimiter in _DELIMITERS:
        rows = list(csv.reader(lines, delimiter=delimiter)) if '"' in text else [line.split(delimiter) for line in lines]
        found = _format_of(rows, delimiter, zone or "")
        if found:
            return found
    return None


def _format_of(rows: list[list[str]], delimiter: str, zone: str) -> PlainFormat | None:
    if len(rows) < 3 or len(rows[0]) < 2 or len({len(row) for row in rows}) > 1:
        return None
    header, *data = rows
    time_index = next((index for index in range(min(3, len(header))) if read_iso([row[index] for row in data]) is not None), None)
    if time_index is None or not _is_time_name(header[time_index]):
        return None
    values = [[row[index] for row in data] for index in range(len(header)) if index != time_index]
    names = [name for index, name in enumerate(header) if index != time_index]
    columns = [_column_of(name, len(set(cells))) for name, cells in zip(names, values, strict=True)]
    is_plain = (
        all(columns) and all(map(_is_numeric, values)) and len({column.name for column in columns if column}) == len(columns)
    )
    stamps = {row[time_index].endswith("Z") for row in data}
    if not is_plain or len(stamps) > 1:
        return None
    return PlainFormat(
        delimiter=delimiter,
        time_index=time_index,
        time_name=clean_text(header[time_index]),
        is_absolute=stamps == {True} or "utc" in header[time_index].casefold(),
        zone="" if stamps == {True} else zone,
        columns=tuple(column for column in columns if column),
    )


def _is_time_name(header: str) -> bool:
    folded = "".join(char for char in header.casefold() if char.isalnum() or char == "_")
    return any(folded == name or folded.startswith(("time", "date", "zeit")) for name in (*TIME_NAMES, ""))


def _column_of(header: str, n_distinct: int) -> PlainColumn | None:
    name, unit = split_unit(clean_text(header))
    folded = name.casefold()
    quality = split_quality_name(name)
    if not folded or (quality and len(quality[1]) > 3) or _is_numeric([name]):
        return None
    role: Literal["channel", "label", "index"] = "channel"
    if is_label_name(name, unit, n_distinct):
        role = "label"
    elif folded in INDEX_NAMES:
        role = "index"
    return PlainColumn(header=header, name=name, unit=unit, quantity=find_quantity(unit, name), role=role)


def _is_numeric(cells: list[str]) -> bool:
    try:
        return all("_" not in cell and (cell in _NULLS or math.isfinite(float(cell))) for cell in cells)
    except ValueError:
        return False


def stream_plain_csv(
    path: Path, layout: PlainFormat, block_bytes: int = BLOCK_BYTES, opened: FixedEndFile | None = None
) -> Iterator[Block]:  # fmt: skip
    """Blocks of (times_ns int64 [n] UTC, {name: float64 [n], NaN = empty}); index columns are left out, labels are not.

    Memory is a few times `block_bytes`, whatever the size of the file. Raises NotPlain where a cell is no number or no
    stamp, a stamp does not rise, or a number that instruments write for "no value" (-999, 32767 …) appears; InputError where
    the file can't be read to the end that it had. `opened` is the file where the caller wants to know more about it.
    """
    import pyarrow as pa
    from pyarrow import csv as pa_csv

    names = [f"c{index}" for index in range(len(layout.columns) + 1)]
    kept = {f"c{_position(layout, index)}": column.name for index, column in enumerate(layout.columns) if column.role != "index"}
    time_key = names[layout.time_index]
    stamp = pa.timestamp("ns", tz="UTC") if layout.is_absolute and not layout.zone else pa.timestamp("ns")
    types = {time_key: stamp, **dict.fromkeys(kept, pa.float64())}
    convert = pa_csv.ConvertOptions(column_types=types, null_values=_NULLS, include_columns=[time_key, *kept])
    read = pa_csv.ReadOptions(use_threads=True, block_size=block_bytes, skip_rows=1, column_names=names)
    try:
        source = opened or FixedEndFile(path, whole_lines=True)
        with source, pa_csv.open_csv(source, read, pa_csv.ParseOptions(delimiter=layout.delimiter), convert) as reader:
            yield from _blocks(reader, path, layout, time_key, kept)
    except (pa.ArrowInvalid, pa.ArrowKeyError, pa.ArrowNotImplementedError) as error:
        raise NotPlain(f"{path.name} is not plain: {error}", path=str(path)) from error


def _position(layout: PlainFormat, index: int) -> int:
    return index if index < layout.time_index else index + 1


def _blocks(reader: object, path: Path, layout: PlainFormat, time_key: str, kept: dict[str, str]) -> Iterator[Block]:
    last_ns, last_local = -(2**63), None
    for batch in reader:  # type: ignore[attr-defined] # pyarrow has no types
        if batch.num_rows == 0:
            continue
        stamps = batch.column(time_key)
        if stamps.null_count:
            raise NotPlain(f"{path.name} has rows without time.", path=str(path))
        local = np.frombuffer(_buffer(stamps), np.int64)
        times_ns = _to_utc(local, last_local, layout)
        if times_ns[0] <= last_ns or (times_ns.size > 1 and int(np.diff(times_ns).min()) <= 0):
            raise NotPlain(f"{path.name} has instants that do not rise.", path=str(path))
        columns = {name: _values(batch.column(key), path) for key, name in kept.items()}
        last_ns, last_local = int(times_ns[-1]), int(local[-1])
        yield times_ns, columns


def _to_utc(local: NDArray[np.int64], last_local: int | None, layout: PlainFormat) -> NDArray[np.int64]:
    if layout.is_absolute or not layout.zone:
        return local
    zone = load_zone(layout.zone)
    if last_local is None:
        return local_to_utc(local, zone)
    # the row before belongs to the order that tells the doubled hour apart
    return local_to_utc(np.concatenate([[last_local], local]), zone)[1:]


def _values(array: object, path: Path) -> NDArray[np.float64]:
    values = np.frombuffer(_buffer(array), np.float64)
    if find_sentinels(values) is not None:
        raise NotPlain(f"{path.name} holds numbers that stand for no value.", path=str(path))
    if np.isinf(values).any():
        raise NotPlain(f"{path.name} holds infinite values.", path=str(path))
    return values


def _buffer(array: object) -> memoryview:
    """The numbers of an array, nulls as NaN. `to_numpy` would import pandas, which takes a second."""
    import pyarrow.compute as pc

    if array.null_count:  # type: ignore[attr-defined] # pyarrow has no types
        array = pc.fill_null(array, math.nan)
    start = array.offset * 8  # type: ignore[attr-defined]
    return memoryview(array.buffers()[1])[start : start + len(array) * 8]  # type: ignore[attr-defined, arg-type]
