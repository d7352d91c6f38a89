"""From named arrays (HDF5, MATLAB, TDMS, SQLite, MDF) to tables and signals: which array is the time, which number is the rate.

Arrays of one group and length belong together. Their time is an array of instants, else one that is called so, else a rate that
stands beside them (`fs`, `sample_rate`, `dt`), else nothing, which is asked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.readers.lazy import READ_ROWS, LazyTexts, Numbers, Texts, mapped
from workbench.logs.readers.reader import Content
from workbench.logs.readers.sampling_words import START_KEYS, fold_key, is_rate_key, is_step_key
from workbench.logs.readers.signals import Signal, Signals, check_claim
from workbench.logs.readers.sources import Source
from workbench.logs.readers.table import Header, NumberCells, Segment, StoredTable, TimeColumns, build_headers
from workbench.logs.recordings.rates import MAX_RATE_HZ, NS, SLOWEST_STEP_NS, exact_rate, find_waveform
from workbench.logs.summary import Finding
from workbench.logs.tables.cells import Cells
from workbench.logs.tables.sniff import find_time
from workbench.logs.text.decode import clean_text
from workbench.logs.times.instants import read_iso
from workbench.logs.units import find_unit, is_no_unit

_SAMPLE_ROWS = 300
_LAST_NS = 1 << 62
"""Year 2116."""
_NO_INSTANT = np.iinfo(np.int64).min
_SECONDS = {"s": NS, "sec": NS, "ms": 10**6, "us": 10**3, "ns": 1, "min": 60 * NS, "h": 3600 * NS}
Plain = float | int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedArray:
    """One array [n]: numbers, instants (datetime64) or texts, in memory or still in the file; unit as printed, and what else is
    said about it.
    """

    name: str
    values: Numbers | Texts
    unit: str = ""
    hint: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it is texts."""
        return isinstance(self.values, (list, LazyTexts))

    @property
    def numbers(self) -> Numbers:
        """Its values where they are no texts."""
        assert not isinstance(self.values, (list, LazyTexts))
        return self.values


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayGroup:
    """Arrays of equal length with the plain values beside them (rate, start); `title` is for people, '' for the only group."""

    arrays: tuple[NamedArray, ...]
    facts: Mapping[str, Plain] = field(default_factory=dict)
    title: str = ""
    part: str = ""
    rate: Fraction | None = None
    start_ns: int | None = None
    start_text: str = ""
    is_named_start: bool = False
    """Whether `start_ns` is from the file's name."""
    is_utc: bool = False
    """Whether instants without zone (and the start) are UTC by the format's rules."""


def content_of(source: Source, groups: Sequence[ArrayGroup], *, findings: tuple[Finding, ...] = ()) -> Content:
    """Tables and signals of all groups that hold measurements; what is in the file stays there until it is read.

    Raises LogFormatError where no group does, and where a few bytes claim to be many samples.
    """
    tables: list[StoredTable] = []
    signals: list[Signals] = []
    n_samples = sum(len(array.values) for group in groups for array in group.arrays)
    check_claim(source.name, n_samples, source.size_bytes, str(source.path))
    for group in groups:
        found = _read_group(source, group)
        if isinstance(found, StoredTable):
            tables.append(found)
        elif found is not None:
            signals.append(found)
    if not tables and not signals:
        raise LogFormatError(f"{source.name} holds no arrays of measurements.", "Give a log with numbers.", path=str(source.path))
    if findings and tables:
        tables[0] = with_findings(tables[0], findings)
    elif findings:
        signals[0] = replace(signals[0], findings=findings)
    return Content(tables=tuple(tables), signals=tuple(signals))


def gather(arrays: Sequence[NamedArray], facts: Mapping[str, Plain], title: str = "") -> list[ArrayGroup]:
    """Arrays by length: those of one length were sampled together."""
    by_length: dict[int, list[NamedArray]] = {}
    for array in arrays:
        by_length.setdefault(len(array.values), []).append(array)
    return [
        ArrayGroup(arrays=tuple(members), facts=facts, title=title, part=f"{title}#{length}")
        for length, members in by_length.items()
    ]


def rate_in(facts: Mapping[str, Plain]) -> Fraction | None:
    """A sample rate among plain values, by its name: in Hz, or as the step in s."""
    for is_named, is_step in ((is_rate_key, False), (is_step_key, True)):
        for name, value in facts.items():
            if is_named(name) and isinstance(value, (int, float)) and value > 0:
                rate = Fraction(1) / Fraction(value).limit_denominator(10**9) if is_step and value > 1e-9 else Fraction(value)
                if 1e-6 < rate < MAX_RATE_HZ:
                    return exact_rate(float(rate))
    return None


def start_in(facts: Mapping[str, Plain]) -> tuple[int, bool] | None:
    """(ns, whether it is UTC) of an ISO 8601 start among plain values."""
    for name, value in facts.items():
        if fold_key(name) in START_KEYS and isinstance(value, str):
            found = read_iso([value.strip()])
            if found is not None and found.is_good[0]:
                return int(found.ns[0]), bool(found.is_absolute[0]) or "utc" in name.casefold()
    return None


def _read_group(source: Source, group: ArrayGroup) -> StoredTable | Signals | None:
    stamps = [array for array in group.arrays if _is_instants(array)]
    others = [array for array in group.arrays if not _is_instants(array)]
    if not others or len(group.arrays[0].values) == 0:
        return None
    if stamps:
        return _with_instants(source, group, _ns_of(stamps[0]), others, stamps[0].name, is_utc=group.is_utc)
    start = (group.start_ns, group.is_utc) if group.start_ns is not None else start_in(group.facts)
    rate = group.rate or rate_in(group.facts)
    _check_clock(source, start[0] if start else None, rate, len(group.arrays[0].values))
    time = find_time(list(zip(*(_head(array) for array in others), strict=True)), [array.name for array in others])
    if time.kind == "relative" and time.epoch != "clock":
        return _with_elapsed(source, group, time, others, start, rate)
    if time.kind == "none" and rate is not None:
        return _with_rate(source, group, others, rate, start)
    return _printed(source, group, others, time)


def _check_clock(source: Source, start_ns: int | None, rate: Fraction | None, n_rows: int) -> None:
    """Raise LogFormatError for a start and a rate whose instants no ns since 1970 can hold."""
    length_ns = 0 if rate is None else NS * n_rows / rate
    if abs(start_ns or 0) + length_ns >= _LAST_NS or (rate is not None and rate > MAX_RATE_HZ):
        said = "" if rate is None else f" at {float(rate):.6g} Hz"
        raise LogFormatError(
            f"{source.name} begins {(start_ns or 0) / NS:.6g} s from 1970{said}: that can't be.",
            "Correct its start and its rate, or export it again.", path=str(source.path),
        )  # fmt: skip


def _is_instants(array: NamedArray) -> bool:
    return not array.is_text and array.numbers.dtype.kind == "M"


def _ns_of(stamps: NamedArray) -> Numbers:
    return mapped(stamps.numbers, np.dtype(np.int64), _as_ns)


def _as_ns(instants: NDArray[Any]) -> NDArray[np.int64]:
    """datetime64 of any unit as int64 ns; the smallest number where there is none, or beyond what ns can hold."""
    years = instants.astype("datetime64[Y]").astype(np.int64) + 1970
    is_good = ~np.isnat(instants) & (years > 1678) & (years < 2262)
    safe = np.where(is_good, instants, np.datetime64(0, "s").astype(instants.dtype))
    return np.where(is_good, safe.astype("datetime64[ns]").astype(np.int64), _NO_INSTANT)


def _with_instants(
    source: Source, group: ArrayGroup, times_ns: Numbers, others: list[NamedArray], name: str, *, is_utc: bool
) -> StoredTable:  # fmt: skip
    header = clean_text(name)
    headers = _headers([NamedArray(name=header, values=[]), *others])
    time = TimeColumns(kind="stamp", indexes=(0,), header=header, notes=_notes(group))

    def read(first: int, end: int) -> Segment:
        return Segment(
            source=_title(source, group), layout="wide", headers=headers,
            columns=(Cells.of([]), *(_cells(one, first, end) for one in others)), time=time,
            times_ns=times_ns[first:end], is_absolute=is_utc or "utc" in header.casefold(), part=group.part,
        )  # fmt: skip

    return _table(read, len(times_ns), len(others))


def _table(read: Callable[[int, int], Segment], n_rows: int, n_columns: int, *, n_printed: int = 0) -> StoredTable:
    def pieces(most: int) -> Iterator[Segment]:
        for first in range(0, n_rows, most):
            yield read(first, min(first + most, n_rows))

    return StoredTable(n_rows=n_rows, n_columns=n_columns, pieces=pieces, n_printed=n_printed)


def with_findings(table: StoredTable, findings: tuple[Finding, ...]) -> StoredTable:
    """The table with something to say about its file."""

    def pieces(most: int) -> Iterator[Segment]:
        for number, segment in enumerate(table.pieces(most)):
            if number == 0:
                segment.findings = (*segment.findings, *findings)
            yield segment

    return replace(table, pieces=pieces)


def _with_elapsed(
    source: Source, group: ArrayGroup, time: TimeColumns, others: list[NamedArray], start: tuple[int | None, bool] | None,
    rate: Fraction | None,
) -> StoredTable | Signals:  # fmt: skip
    """An array of elapsed time: dated where a start stands beside it, else even steps are kept as a rate."""
    clock = others[time.indexes[0]]
    rest = [array for array in others if array is not clock]
    if clock.is_text or not rest:
        return _printed(source, group, others, time)
    if start is not None and start[0] is not None:
        since_ns = _elapsed_ns(clock, start[0])
        return _with_instants(source, group, since_ns, rest, clock.name, is_utc=start[1])
    since_ns = _elapsed_ns(clock, 0)
    is_fast = rate is not None and Fraction(NS) / rate < SLOWEST_STEP_NS
    even = find_waveform(since_ns, rate if is_fast else None) if _rises(since_ns) else None
    if even is not None and len(even.first_rows) == 1 and not any(array.is_text for array in rest):
        return _with_rate(source, group, rest, even.rate, None) or _printed(source, group, others, time)
    return _printed(source, group, others, time)


def _rises(since_ns: Numbers) -> bool:
    """Whether every instant is known and after the one before."""
    last = _NO_INSTANT
    for first in range(0, len(since_ns), READ_ROWS):
        piece = since_ns[first : first + READ_ROWS]
        if (piece == _NO_INSTANT).any() or (np.diff(piece, prepend=last) <= 0).any():
            return False
        last = int(piece[-1])
    return len(since_ns) > 1


def _elapsed_ns(clock: NamedArray, start_ns: int) -> Numbers:
    match = re.search(r"[\[(]\s*(\w{1,3})\s*[\])]|_(ms|us|ns|min|s|h)$", clock.name)
    unit = clock.unit or (match[1] or match[2] if match else "") or "s"
    scale = _SECONDS.get(unit.strip().lower(), NS)

    def since(values: NDArray[Any]) -> NDArray[np.int64]:
        with np.errstate(over="ignore"):
            scaled = np.asarray(values, np.float64) * scale
        is_good = np.isfinite(scaled) & (np.abs(scaled) < 4e18)
        whole = np.round(np.where(is_good, scaled, 0)).astype(np.int64)
        return np.where(is_good, whole + start_ns, _NO_INSTANT)

    return mapped(clock.numbers, np.dtype(np.int64), since)


def _with_rate(
    source: Source, group: ArrayGroup, others: list[NamedArray], rate: Fraction, start: tuple[int | None, bool] | None
) -> Signals | None:  # fmt: skip
    numeric = [array for array in others if not array.is_text and array.numbers.dtype.kind in "fiub"]
    if not numeric:
        return None
    channels = tuple(
        Signal(
            name=header.name, unit=header.unit, values=_as_samples(array.numbers), hint=f"{header.printed} {array.hint}"
        )
        for header, array in zip(_headers(numeric), numeric, strict=True)
    )  # fmt: skip
    return Signals(
        source=_title(source, group), channels=channels, rate=rate, start_ns=start[0] if start else None,
        start_text=group.start_text, is_absolute=bool(start and start[1]), notes=_notes(group), part=group.part,
        is_named_start=group.is_named_start,
    )  # fmt: skip


def _printed(source: Source, group: ArrayGroup, arrays: list[NamedArray], time: TimeColumns) -> StoredTable:
    """A table whose time (if it has one) is read as a text table's would be."""
    headers = _headers(arrays)

    def read(first: int, end: int) -> Segment:
        columns = tuple(
            Cells.of(_texts(array, first, end)) if index in time.indexes else _cells(array, first, end)
            for index, array in enumerate(arrays)
        )
        return Segment(
            source=_title(source, group), layout="wide", headers=headers, columns=columns, time=time,
            part=group.part,
        )  # fmt: skip

    n_rows = len(arrays[0].values)
    return _table(read, n_rows, len(arrays), n_printed=len(time.indexes) * n_rows)


def _title(source: Source, group: ArrayGroup) -> str:
    return f"{source.name}: {clean_text(group.title)}" if group.title and not group.part else source.name


def _headers(arrays: Sequence[NamedArray]) -> tuple[Header, ...]:
    """Name, unit and hint of each array; a unit that no table knows is kept as it is printed."""
    names = [clean_text(array.name) for array in arrays]
    units = [clean_text(array.unit) for array in arrays]
    headers = build_headers(names, units, [clean_text(array.hint) for array in arrays])
    return tuple(
        replace(header, unit=header.unit or (None if is_no_unit(unit) else unit))
        for header, unit in zip(headers, units, strict=True)
    )


def _notes(group: ArrayGroup) -> str:
    """Plain texts beside the arrays: a zone may be among them."""
    return clean_text(" ".join(f"{name}={value}" for name, value in group.facts.items() if isinstance(value, str)))[:2000]


def _cells(array: NamedArray, first: int, end: int) -> Cells | NumberCells:
    if array.is_text or array.numbers.dtype.kind not in "fiu":
        return Cells.of(_texts(array, first, end))
    return NumberCells(np.asarray(array.numbers[first:end], np.float64))


def _as_samples(values: Numbers) -> Numbers:
    """float32 where that holds every number, else float64."""
    kind, size = values.dtype.kind, values.dtype.itemsize
    is_narrow = (kind == "f" and size <= 4) or (kind in "iub" and size <= 2)
    dtype: np.dtype[Any] = np.dtype(np.float32 if is_narrow else np.float64)
    return mapped(values, dtype, partial(np.ascontiguousarray, dtype=dtype))


def _head(array: NamedArray) -> list[str]:
    return _texts(array, 0, _SAMPLE_ROWS)


def _texts(array: NamedArray, first: int, end: int) -> list[str]:
    if isinstance(array.values, (list, LazyTexts)):
        return array.values[first:end]
    values = array.values[first:end]
    if values.dtype.kind == "b":
        return ["TRUE" if value else "FALSE" for value in values.tolist()]
    return ["" if isinstance(value, float) and math.isnan(value) else str(value) for value in values.tolist()]


def printed_unit(text: object) -> str:
    """A unit attribute as it is printed, '' for none."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    plain = clean_text(text).strip() if isinstance(text, str) else ""
    return find_unit(plain) or plain[:20]
