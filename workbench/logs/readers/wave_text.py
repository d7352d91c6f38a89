"""Waveforms as text: rows of plain numbers at an even rate, which a head tells once instead of a time in each row.

    Sample rate: 48828 Hz          "HResolution",2.048E-05          (nothing at all)
    Start: 2024-05-01 10:00:00     "Date","2024/05/01"              -0.1762558
    DE [g];NDE [g]                 ,0.0132                          -0.5284473
    -0,0132;0,0871                 ,0.0871                          0.1484201

Rows may begin with a running number or the seconds since the start; where these agree with the rate of the head they are
counted, not read. Numbers without any head are a waveform whose rate is asked where they stand in one column, or where all
columns swing around zero; the name of the file may say when it began. Everything else with rows and columns is a table (`text`):
times in the rows, cells that are no numbers, rows of unequal length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO, TextIOWrapper
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.readers.arrays import ArrayGroup, NamedArray, content_of
from workbench.logs.readers.head_facts import HeadFacts
from workbench.logs.readers.name_stamps import start_in_name
from workbench.logs.readers.reader import Content, Streaming
from workbench.logs.readers.sources import HEAD_BYTES, MAX_FILE_BYTES, Source
from workbench.logs.readers.spill import Spill, SpilledColumn
from workbench.logs.readers.wave_layout import WaveLayout, find_layout
from workbench.logs.summary import Finding
from workbench.logs.text.decode import find_encoding
from workbench.logs.times.instants import parse_stamp, read_stamps

MAX_LINE_CHARS = 1 << 16
_ROWS_AT_ONCE = 20_000
_NS = 10**9
_NOT_PLAIN = re.compile(r"[^-+.,;\t 0-9eE\r\n]")


class _NotWaveError(Exception):
    """Rows farther down are no plain numbers: a table, to be read with care."""


class WaveTextReader(Streaming):
    """Waveforms as text."""

    kind, name, suffixes, extra = "wave text", "waveform as text", (".asc", ".txt", ".csv"), ""
    needs: tuple[str, ...] = ()

    def recognises(self, head: bytes) -> bool:
        """Rows of plain numbers to the end of what is seen, below a head that dates them, or in one column."""
        return find_layout(head) is not None

    @contextmanager
    def opened(self, source: Source) -> Iterator[Content]:
        """Columns on the disk where there is a scratch folder. A file that is a table after all is read as one.

        Raises LogFormatError naming the file.
        """
        head = source.head(HEAD_BYTES)
        layout = find_layout(head)
        if layout is None:
            yield _as_table(source)
            return
        encoding, _ = find_encoding(head)
        with Spill(source.scratch) as spill:
            try:
                with source.open() as raw, TextIOWrapper(raw, encoding, "replace") as text:
                    columns, n_cut = _read_rows(_lines_of(text, source), layout, spill, source)
            except _NotWaveError:
                yield _as_table(source)
                return
            yield content_of(source, [_group_of(layout, columns, source)], findings=_said(n_cut))


def _lines_of(text: TextIOWrapper, source: Source) -> Iterator[str]:
    number = 0
    while line := text.readline(MAX_LINE_CHARS):
        number += 1
        if number % _ROWS_AT_ONCE == 0:
            source.pulse()
        yield line


def _read_rows(lines: Iterator[str], layout: WaveLayout, spill: Spill, source: Source) -> tuple[dict[int, SpilledColumn], int]:
    """(columns by their place, lines that were cut short). Raises _NotWaveError for other lines than a remark at the end."""
    columns = {index: spill.column() for index in range(len(layout.lead), layout.n_cells)}
    for _ in islice(lines, layout.first_line):
        pass
    n_rows = n_after = 0
    while block := list(islice(lines, _ROWS_AT_ONCE)):
        plain = None if n_after else _plain_rows(block, layout)
        rows, n_odd = _rows_of(block, layout, has_ended=bool(n_after)) if plain is None else (plain, 0)
        n_after += n_odd
        if rows.size:
            for index, column in columns.items():
                column.append(rows[:, index])
        n_rows += len(rows)
        if source.head_rows is not None and n_rows >= source.head_rows:
            break
    if not n_rows:
        raise _NotWaveError
    return columns, n_after


def _plain_rows(block: Sequence[str], layout: WaveLayout) -> NDArray[np.float64] | None:
    """Numbers [n, cells] of lines that hold nothing but digits, marks and delimiters; None where one has to be looked at."""
    text = "".join(block)
    if _NOT_PLAIN.search(text):
        return None
    if layout.mark == ",":
        text = text.replace(",", ".")
    n_empty = layout.lead.count("empty")
    try:
        rows = np.loadtxt(
            StringIO(text), np.float64, comments=None, delimiter=layout.delimiter.strip(" ") or None, ndmin=2,
            usecols=range(n_empty, layout.n_cells),
        )  # fmt: skip
    except ValueError:
        return None
    n_delimiters = layout.n_cells - 1
    if layout.delimiter.strip() and text.count(layout.delimiter) != n_delimiters * len(rows):
        return None
    if not layout.delimiter.strip() and len(text.split()) != layout.n_cells * len(rows):
        return None
    return np.concatenate([np.full((len(rows), n_empty), np.nan), rows], axis=1) if n_empty else rows


def _rows_of(block: Sequence[str], layout: WaveLayout, *, has_ended: bool) -> tuple[NDArray[np.float64], int]:
    """(numbers [n, cells], lines behind the rows). Raises _NotWaveError where rows follow what is none."""
    rows: list[list[str]] = []
    n_odd = 0
    for line in block:
        if not line.strip():
            continue
        numbers = layout.numbers(line.rstrip("\r\n"))
        if numbers is None:
            n_odd += 1
        elif n_odd or has_ended:
            raise _NotWaveError
        else:
            rows.append(numbers)
    if n_odd > 5:
        raise _NotWaveError
    n_empty = layout.lead.count("empty")
    values = np.array([row[n_empty:] for row in rows], np.float64) if rows else np.zeros((0, layout.n_cells - n_empty))
    return np.concatenate([np.full((len(values), n_empty), np.nan), values], axis=1), n_odd


def _group_of(layout: WaveLayout, columns: dict[int, SpilledColumn], source: Source) -> ArrayGroup:
    facts = layout.facts
    n_rows = max(column.n_written for column in columns.values())
    arrays = []
    for index, column in columns.items():
        is_clock = bool(layout.clock) and index == len(layout.lead)
        name = layout.names[index].strip() if index < len(layout.names) else ""
        unit = layout.units[index].strip() if index < len(layout.units) and not is_clock else ""
        shown = layout.clock if is_clock else name or f"column {index - len(layout.lead) - bool(layout.clock) + 1}"
        arrays.append(NamedArray(name=shown, values=column.values(n_rows), unit=unit))
    start_ns, is_utc = _start_of(facts) if facts.start else start_in_name(source.name) or (None, False)
    if start_ns is not None:
        start_ns += round(layout.start_s * _NS)
    return ArrayGroup(
        arrays=tuple(arrays), rate=None if layout.clock else facts.rate or source.told_rate, start_ns=start_ns, is_utc=is_utc,
        start_text=facts.start if start_ns is None else "", is_named_start=start_ns is not None and not facts.start,
        facts={"head": " ".join(facts.rest)[:2000]},
    )  # fmt: skip


def _start_of(facts: HeadFacts) -> tuple[int | None, bool]:
    """(ns, whether it is UTC) of the start; None where its date can be read in two ways, so that the day's place is asked."""
    stamp = parse_stamp(facts.start) if facts.start else None
    if stamp is None:
        return None, False
    orders = [read_stamps([facts.start], order) for order in ("dmy", "mdy")]
    good = [found for found in orders if found.is_good[0]]
    if not good or (len({int(found.ns[0]) for found in good}) > 1 and stamp.sep != "."):  # with dots the day comes first
        return None, False
    return int(good[0].ns[0]), bool(good[0].is_absolute[0])


def _said(n_after: int) -> tuple[Finding, ...]:
    if not n_after:
        return ()
    return (Finding(code="ROWS_CUT_SHORT", text=f"{n_after} lines at the end are no rows of numbers and are left out."),)


def _as_table(source: Source) -> Content:
    """The same file as a table of text. Raises LogFormatError for one that is larger than memory may hold."""
    from workbench.logs.readers.text_reader import TextReader

    if source.size_bytes > MAX_FILE_BYTES:
        raise LogFormatError(
            f"{source.name} has cells that are no numbers, farther down than its head shows, and is too large to read at once.",
            "Split it, or export it with a time in each row.",
            path=str(source.path),
        )
    with source.open() as stream:
        data = stream.read()
    return TextReader().read(replace(source, data=data, file=None, kind="text"))
