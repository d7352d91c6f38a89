"""From named arrays (HDF5, MATLAB, TDMS, SQLite, MDF) to tables and signals: which array is the time, which number is the rate.

Arrays of one group and length belong together. Their time is an array of instants, else one that is called so, else a rate that
stands beside them (`fs`, `sample_rate`, `dt`), else nothing, which is asked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.cells import Cells
from workbench.logs.instants import read_iso
from workbench.logs.rates import MAX_RATE_HZ, NS, SLOWEST_STEP_NS, exact_rate, find_waveform
from workbench.logs.readers.reader import Content
from workbench.logs.readers.signals import Signal, Signals, check_samples
from workbench.logs.readers.sources import Source
from workbench.logs.readers.table import Header, NumberCells, Segment, TimeColumns, build_headers
from workbench.logs.sniff import find_time
from workbench.logs.summary import Finding
from workbench.logs.text import clean_text
from workbench.logs.units import find_unit, is_no_unit

MAX_TEXT_CELLS = 10_000_000
_SAMPLE_ROWS = 300
_NO_INSTANT = np.iinfo(np.int64).min
_RATE_NAMES = frozenset(
    [
        "fs",
        "sr",
        "srate",
        "fsamp",
        "samplerate",
        "samplingrate",
        "samplefrequency",
        "samplingfrequency",
        "samplefreq",
        "samplingfreq",
        "ratehz",
        "frequencyhz",
        "acquisitionrate",
        "daqrate",
        "samplespersecond",
        "samplespersec",
        "abtastrate",
        "abtastfrequenz",
    ]
)
_STEP_NAMES = frozenset(
    [
        "dt",
        "ts",
        "deltat",
        "sampleperiod",
        "sampletime",
        "samplingtime",
        "samplinginterval",
        "sampleinterval",
        "increment",
        "xincrement",
    ]
)
_START_NAMES = frozenset(
    ["start", "starttime", "startutc", "startdatetime", "t0", "begin", "recordingstart", "acquisitionstart", "wfstarttime"]
)
_SECONDS = {"s": NS, "sec": NS, "ms": 10**6, "us": 10**3, "ns": 1, "min": 60 * NS, "h": 3600 * NS}
Plain = float | int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedArray:
    """One array [n]: numbers, instants (datetime64) or texts (a list); unit as printed, and what else is said about it."""

    name: str
    values: NDArray[np.generic] | list[str]
    unit: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayGroup:
    """Arrays of equal length with the plain values beside them (rate, start); `title` is for people, '' for the only group."""

    arrays: tuple[NamedArray, ...]
    facts: Mapping[str, Plain] = field(default_factory=dict)
    title: str = ""
    part: str = ""
    rate: Fraction | None = None
    start_ns: int | None = None
    is_utc: bool = False
    """Whether instants without zone (and the start) are UTC by the format's rules."""


def content_of(source: Source, groups: Sequence[ArrayGroup], *, findings: tuple[Finding, ...] = ()) -> Content:
    """Tables and signals of all groups that hold measurements. Raises LogFormatError where none does."""
    segments: list[Segment] = []
    signals: list[Signals] = []
    check_samples(source.name, sum(len(array.values) for group in groups for array in group.arrays), str(source.path))
    for group in groups:
        found = _read_group(source, group)
        if isinstance(found, Segment):
            segments.append(found)
        elif found is not None:
            signals.append(found)
    if not segments and not signals:
        raise LogFormatError(f"{source.name} holds no arrays of measurements.", "Give a log with numbers.", path=str(source.path))
    if findings and segments:
        segments[0].findings = findings
    elif findings:
        signals[0] = replace(signals[0], findings=findings)
    return Content(segments=tuple(segments), signals=tuple(signals))


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
    for names, is_step in ((_RATE_NAMES, False), (_STEP_NAMES, True)):
        for name, value in facts.items():
            if _fold(name) in names and isinstance(value, (int, float)) and value > 0:
                rate = Fraction(1) / Fraction(value).limit_denominator(10**9) if is_step and value > 1e-9 else Fraction(value)
                if 1e-6 < rate < MAX_RATE_HZ:
                    return exact_rate(float(rate))
    return None


def start_in(facts: Mapping[str, Plain]) -> tuple[int, bool] | None:
    """(ns, whether it is UTC) of an ISO 8601 start among plain values."""
    for name, value in facts.items():
        if _fold(name) in _START_NAMES and isinstance(value, str):
            found = read_iso([value.strip()])
            if found is not None and found.is_good[0]:
                return int(found.ns[0]), bool(found.is_absolute[0]) or "utc" in name.casefold()
    return None


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _read_group(source: Source, group: ArrayGroup) -> Segment | Signals | None:
    stamps = [array for array in group.arrays if _is_instants(array)]
    others = [array for array in group.arrays if not _is_instants(array)]
    if not others or len(group.arrays[0].values) == 0:
        return None
    if stamps:
        return _with_instants(source, group, _ns_of(stamps[0].values), others, stamps[0].name, is_utc=group.is_utc)
    start = (group.start_ns, group.is_utc) if group.start_ns is not None else start_in(group.facts)
    rate = group.rate or rate_in(group.facts)
    time = find_time(list(zip(*(_head(array) for array in others), strict=True)), [array.name for array in others])
    if time.kind == "relative" and time.epoch != "clock":
        return _with_elapsed(source, group, time, others, start, rate)
    if time.kind == "none" and rate is not None:
        return _with_rate(source, group, others, rate, start)
    return _segment(source, group, others, time)


def _is_instants(array: NamedArray) -> bool:
    return not isinstance(array.values, list) and array.values.dtype.kind == "M"


def _ns_of(values: NDArray[np.generic] | list[str]) -> NDArray[np.int64]:
    """datetime64 of any unit as int64 ns; the smallest number where there is none, or beyond what ns can hold."""
    instants = np.asarray(values)
    years = instants.astype("datetime64[Y]").astype(np.int64) + 1970
    is_good = ~np.isnat(instants) & (years > 1678) & (years < 2262)
    safe = np.where(is_good, instants, np.datetime64(0, "s").astype(instants.dtype))
    return np.where(is_good, safe.astype("datetime64[ns]").astype(np.int64), _NO_INSTANT)


def _with_instants(
    source: Source, group: ArrayGroup, times_ns: NDArray[np.int64], others: list[NamedArray], name: str, *, is_utc: bool
) -> Segment:  # fmt: skip
    header = clean_text(name)
    arrays = [NamedArray(name=header, values=[]), *others]
    return Segment(
        source=_title(source, group), layout="wide", headers=_headers(arrays),
        columns=(Cells.of([]), *(_cells(one) for one in others)),
        time=TimeColumns(kind="stamp", indexes=(0,), header=header, notes=_notes(group)), decimal=".", times_ns=times_ns,
        is_absolute=is_utc or "utc" in header.casefold(), part=group.part,
    )  # fmt: skip


def _with_elapsed(
    source: Source, group: ArrayGroup, time: TimeColumns, others: list[NamedArray], start: tuple[int | None, bool] | None,
    rate: Fraction | None,
) -> Segment | Signals:  # fmt: skip
    """An array of elapsed time: dated where a start stands beside it, else even steps are kept as a rate."""
    clock = others[time.indexes[0]]
    rest = [array for array in others if array is not clock]
    if isinstance(clock.values, list) or not rest:
        return _segment(source, group, others, time)
    since_ns = _elapsed_ns(clock)
    if start is not None and start[0] is not None:
        return _with_instants(source, group, since_ns + start[0], rest, clock.name, is_utc=start[1])
    is_whole = since_ns.size > 1 and bool((since_ns != _NO_INSTANT).all()) and bool((np.diff(since_ns) > 0).all())
    even = find_waveform(since_ns, rate if rate and Fraction(NS) / rate < SLOWEST_STEP_NS else None) if is_whole else None
    if even is not None and len(even.first_rows) == 1 and all(not isinstance(array.values, list) for array in rest):
        return _with_rate(source, group, rest, even.rate, None) or _segment(source, group, others, time)
    return _segment(source, group, others, time)


def _elapsed_ns(clock: NamedArray) -> NDArray[np.int64]:
    match = re.search(r"[\[(]\s*(\w{1,3})\s*[\])]|_(ms|us|ns|min|s|h)$", clock.name)
    unit = clock.unit or (match[1] or match[2] if match else "") or "s"
    scale = _SECONDS.get(unit.strip().lower(), NS)
    with np.errstate(over="ignore"):
        values = np.asarray(clock.values, np.float64) * scale
    is_good = np.isfinite(values) & (np.abs(values) < 4e18)
    return np.where(is_good, np.round(np.where(is_good, values, 0)), _NO_INSTANT).astype(np.int64)


def _with_rate(
    source: Source, group: ArrayGroup, others: list[NamedArray], rate: Fraction, start: tuple[int | None, bool] | None
) -> Signals | None:  # fmt: skip
    numeric = [array for array in others if not isinstance(array.values, list) and array.values.dtype.kind in "fiub"]
    if not numeric:
        return None
    channels = tuple(
        Signal(
            name=header.name, unit=header.unit, values=_numbers(array.values), hint=f"{header.printed} {array.hint}"
        )
        for header, array in zip(_headers(numeric), numeric, strict=True)
    )  # fmt: skip
    return Signals(
        source=_title(source, group), channels=channels, rate=rate, start_ns=start[0] if start else None,
        is_absolute=bool(start and start[1]), notes=_notes(group), part=group.part,
    )  # fmt: skip


def _segment(source: Source, group: ArrayGroup, arrays: list[NamedArray], time: TimeColumns) -> Segment:
    """A table whose time (if it has one) is read as a text table's would be."""
    n_texts = len(time.indexes) * len(arrays[0].values)
    if n_texts > MAX_TEXT_CELLS:
        raise LogFormatError(
            f"{source.name} has {n_texts} printed times; at most {MAX_TEXT_CELLS} are read.", "Split it.", path=str(source.path)
        )
    columns = tuple(
        Cells.of(_texts(array.values)) if index in time.indexes else _cells(array) for index, array in enumerate(arrays)
    )
    return Segment(
        source=_title(source, group), layout="wide", headers=_headers(arrays), columns=columns, time=time, decimal=".",
        part=group.part,
    )  # fmt: skip


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


def _cells(array: NamedArray) -> Cells | NumberCells:
    if isinstance(array.values, list) or array.values.dtype.kind not in "fiu":
        return Cells.of(_texts(array.values))
    return NumberCells(np.asarray(array.values, np.float64))


def _numbers(values: NDArray[np.generic] | list[str]) -> NDArray[np.floating]:
    """float32 where that holds every number, else float64."""
    array = np.asarray(values)
    if array.dtype.kind == "f" and array.dtype.itemsize <= 4:
        return np.ascontiguousarray(array, np.float32)
    if array.dtype.kind in "iub" and array.dtype.itemsize <= 2:
        return np.ascontiguousarray(array, np.float32)
    return np.ascontiguousarray(array, np.float64)


def _head(array: NamedArray) -> list[str]:
    return _texts(array.values[:_SAMPLE_ROWS])


def _texts(values: NDArray[np.generic] | list[str]) -> list[str]:
    if isinstance(values, list):
        return values
    if values.dtype.kind == "b":
        return ["TRUE" if value else "FALSE" for value in values.tolist()]
    return ["" if isinstance(value, float) and math.isnan(value) else str(value) for value in values.tolist()]


def printed_unit(text: object) -> str:
    """A unit attribute as it is printed, '' for none."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    plain = clean_text(text).strip() if isinstance(text, str) else ""
    return find_unit(plain) or plain[:20]
