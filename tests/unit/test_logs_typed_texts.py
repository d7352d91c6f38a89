"""Numbers that a typed container holds as text are weighed as those of a CSV are: a decimal mark is never guessed in silence."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import h5py
import openpyxl
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from tests.unit.test_logs_careful_stream import check_same, tiny
from workbench.logs.parse import ParseOptions, parse_logs

__all__ = ["tiny"]
TIMES = [(datetime(2026, 3, 14, tzinfo=UTC) + timedelta(minutes=k)).strftime("%Y-%m-%dT%H:%M:%SZ") for k in range(120)]
TEXTS = [f"{4 + k % 3},{100 + 7 * k % 800}" for k in range(120)]
"""One to three digits, a comma, three digits: decimals or thousands."""
FLOATS = [1.125 + k / 1000 for k in range(120)]
"""Three decimals with a point: as numbers they say nothing about the mark of the texts beside them."""
NAMES = ("time", "druck [bar]", "vib [mm/s]")


def as_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (NAMES, *zip(TIMES, TEXTS, FLOATS, strict=True)):
        book.active.append(row)
    book.save(path)


def table() -> pa.Table:
    return pa.table(dict(zip(NAMES, (TIMES, TEXTS, FLOATS), strict=True)))


def as_parquet(path: Path) -> None:
    parquet.write_table(table(), path, row_group_size=50)


def as_feather(path: Path) -> None:
    feather.write_feather(table(), path)


def as_sqlite(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute('CREATE TABLE log (time TEXT, "druck [bar]" TEXT, "vib [mm/s]" REAL)')
        database.executemany("INSERT INTO log VALUES (?, ?, ?)", list(zip(TIMES, TEXTS, FLOATS, strict=True)))
    database.close()


def as_json(path: Path) -> None:
    path.write_text(json.dumps([dict(zip(NAMES, row, strict=True)) for row in zip(TIMES, TEXTS, FLOATS, strict=True)]))


def as_hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        for name, values in zip(NAMES, (TIMES, TEXTS, FLOATS), strict=True):
            file[name.replace("/", "_")] = values


def as_html(path: Path) -> None:
    rows = ("".join(f"<td>{cell}</td>" for cell in row) for row in (NAMES[:2], *zip(TIMES, TEXTS, strict=True)))
    path.write_text(f"<html><body><table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table></body></html>")


IN_BLOCKS = (as_parquet, as_feather, as_sqlite, as_hdf5, as_json)
WRITERS = (*IN_BLOCKS, as_xlsx, as_html)


@pytest.mark.parametrize("write", WRITERS)
def test_texts_that_may_be_decimals_or_thousands_are_asked_about_in_memory_and_in_blocks(
    write: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "log"
    write(path)
    found = check_same([path], ParseOptions(), tmp_path) if write in IN_BLOCKS else parse_logs([path])
    assert [one.channel for one in found.questions if one.code == "DECIMAL_AMBIGUOUS" and one.blocks] == ["druck"]


@pytest.mark.parametrize(("answer", "factor"), [(",", 1.0), (".", 1000.0)])
@pytest.mark.parametrize("write", WRITERS)
def test_an_answer_reads_the_texts_and_leaves_numbers_as_they_are(
    write: Callable[[Path], None], answer: str, factor: float, tmp_path: Path
) -> None:
    path = tmp_path / "log"
    write(path)
    found = parse_logs([path], ParseOptions(answers=(f"DECIMAL_AMBIGUOUS={answer}",)))
    assert not [one for one in found.questions if one.code == "DECIMAL_AMBIGUOUS"]
    channels = {one.name.partition(" ")[0]: one for one in found.recordings[0].facts.channels}
    assert channels["druck"].min == pytest.approx(min(float(text.replace(",", ".")) for text in TEXTS) * factor)
    if "vib" in channels:
        assert (channels["vib"].min, channels["vib"].max) == (FLOATS[0], FLOATS[-1])


def test_a_sheet_of_numbers_leaves_the_texts_of_the_next_sheet_to_the_question(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, first, values in (("a", 0, FLOATS), ("b", 120, TEXTS)):
        sheet = book.active if name == "a" else book.create_sheet(name)
        sheet.append(NAMES[:2])
        for k, value in enumerate(values):
            sheet.append((datetime(2026, 3, 14, tzinfo=UTC).replace(tzinfo=None) + timedelta(minutes=first + k), value))
    book.save(tmp_path / "two.xlsx")
    found = parse_logs([tmp_path / "two.xlsx"])
    assert "DECIMAL_AMBIGUOUS" in [one.code for one in found.questions]
    read = parse_logs([tmp_path / "two.xlsx"], ParseOptions(answers=("DECIMAL_AMBIGUOUS=,",)))
    assert max(channel.max or 0 for one in read.recordings for channel in one.facts.channels) < 7


def test_numbers_in_a_dictionary_of_arrow_are_numbers(tmp_path: Path) -> None:
    columns = {"time": TIMES, "p": pa.array([1.125, 2.25] * 60).dictionary_encode()}
    feather.write_feather(pa.table(columns), tmp_path / "log.feather")
    found = parse_logs([tmp_path / "log.feather"])
    assert not [one for one in found.questions if one.code == "DECIMAL_AMBIGUOUS"]
    assert found.recordings[0].facts.channels[0].max == 2.25
