"""Files of one log that print different decimal marks: the same numbers from memory and from the disk, or a refusal."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.unit.test_logs_careful_stream import check_same, read_on_disk, tiny
from workbench.core.errors import LogFormatError
from workbench.logs.parse import ParseOptions, parse_logs

__all__ = ["tiny"]  # used by every test here

ROWS = 130
START = datetime(2026, 3, 2, tzinfo=UTC)
OPTIONS = ParseOptions(zone="UTC", now_ns=1_790_000_000 * 10**9)
Print = Callable[[int], str]


def point(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}"


def comma(hundredths: int) -> str:
    return point(hundredths).replace(".", ",")


def comma_and_points(hundredths: int) -> str:
    """1.284,50"""
    return f"{hundredths / 100:,.2f}".translate(str.maketrans(",.", ".,"))


def point_and_commas(hundredths: int) -> str:
    return f"{hundredths / 100:,.2f}"


def wide(prints: Print, values: list[tuple[int, int]], day: int, delimiter: str = ";") -> str:
    lines = [delimiter.join(("time", "PT-1 [bar]", "FT-1 [m3/h]", "Run"))]
    for row, (first, second) in enumerate(values):
        stamp = f"{START + timedelta(days=day, minutes=row):%Y-%m-%d %H:%M:%S}"
        lines.append(delimiter.join((stamp, prints(first), "Bad" if row == 77 else prints(second), str(row // 50 % 2))))
    return "\n".join(lines) + "\n"


def long(prints: Print, values: list[tuple[int, int]], day: int) -> str:
    lines = ["time;tag;value;quality"]
    for row, pair in enumerate(values):
        for tag, value in zip(("PT-1,5", "FT-1"), pair, strict=True):
            stamp = f"{START + timedelta(days=day, minutes=row):%Y-%m-%d %H:%M:%S}"
            lines.append(f"{stamp};{tag};{prints(value)};{'Bad' if row == 9 else 'Good'}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("shape", [wide, long])
@pytest.mark.parametrize("seed", range(4))
def test_each_file_is_read_with_its_own_mark_in_memory_and_on_disk(seed: int, shape: Callable[..., str], tmp_path: Path) -> None:
    rng = random.Random(seed)
    marks = [comma, point, comma_and_points, point_and_commas]
    rng.shuffle(marks)
    values = [[(rng.randint(100, 900_000), rng.randint(200_000, 300_000)) for _ in range(ROWS)] for _ in marks]
    for day, (prints, rows) in enumerate(zip(marks, values, strict=True)):
        (tmp_path / f"day{day}.csv").write_text(shape(prints, rows, day), encoding="utf-8")
    parsed = check_same(sorted(tmp_path.glob("day*.csv")), OPTIONS, tmp_path)
    (recording,) = parsed.recordings
    first, second, *_ = recording.columns.values()
    expected = np.array(values, np.float64).reshape(-1, 2) / 100
    is_bad = np.tile(np.arange(ROWS) == (77 if shape is wide else 9), len(marks))
    assert np.array_equal(first, np.where(is_bad & (shape is long), np.nan, expected[:, 0]), equal_nan=True)
    assert np.array_equal(second, np.where(is_bad, np.nan, expected[:, 1]), equal_nan=True)
    assert parsed.questions == () or {question.code for question in parsed.questions} == {"UNIT_UNKNOWN"}


@pytest.mark.parametrize("is_headed_again", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_a_mark_that_changes_within_a_file_is_followed(seed: int, is_headed_again: bool, tmp_path: Path) -> None:
    rng = random.Random(seed)
    first, second = rng.sample([comma, comma_and_points], 1) + rng.sample([point, point_and_commas], 1)
    prints = (first, second) if seed % 2 else (second, first)
    values = [(rng.randint(100, 900_000), rng.randint(100, 900)) for _ in range(3 * ROWS)]
    turns = sorted(rng.sample(range(20, 3 * ROWS - 20), 1 + seed % 3))
    lines = ["time;PT-1 [bar];Set [bar];Count;Level [m]"]
    for row, (one, other) in enumerate(values):
        if row in turns and is_headed_again:
            lines.append(lines[0])
        printed = prints[sum(turn <= row for turn in turns) % 2]
        stamp = f"{START + timedelta(minutes=row):%Y-%m-%d %H:%M:%S}"
        always = f"{other / 1000:.3f}"  # a column of another program, which keeps its points
        lines.append(f"{stamp};{printed(one)};{printed(550)};{other};{always}")
    (tmp_path / "log.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (recording,) = check_same([tmp_path / "log.csv"], OPTIONS, tmp_path).recordings
    expected = np.array(values, np.float64)
    assert np.array_equal(recording.columns["PT-1"], expected[:, 0] / 100)
    assert np.array_equal(recording.columns["Set"], np.full(len(values), 5.5))
    assert np.array_equal(recording.columns["Level"], expected[:, 1] / 1000)


def test_single_cells_with_the_other_mark_stay_what_they_are(tmp_path: Path) -> None:
    values = [(k * 37 % 900 + 5, 500) for k in range(ROWS)]
    text = wide(point, values, 0).splitlines()
    for at in (17, 60, 101):
        cells = text[at].split(";")
        text[at] = ";".join([cells[0], "7,25", *cells[2:]])
    (tmp_path / "log.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    (recording,) = check_same([tmp_path / "log.csv"], OPTIONS, tmp_path).recordings
    assert recording.facts.channels[0].bad == {"7,25": 3}


def thousandths(mark: str) -> Print:
    return lambda hundredths: f"{hundredths % 90 + 10}{mark}{hundredths * 7 % 900 + 100}"


def test_a_file_whose_numbers_may_be_of_either_mark_takes_that_of_the_files_written_as_it_is(tmp_path: Path) -> None:
    rng = random.Random(5)
    values = [(rng.randint(100, 9000), rng.randint(100, 9000)) for _ in range(ROWS)]
    for name, prints, day, delimiter in (("a", comma, 0, ";"), ("b", point, 1, "\t"), ("c", thousandths(","), 2, ";")):
        (tmp_path / f"{name}.csv").write_text(wide(prints, values, day, delimiter), encoding="utf-8")
    parsed = check_same([tmp_path / f"{name}.csv" for name in "abc"], OPTIONS, tmp_path)
    assert max(parsed.recordings[0].columns["PT-1"][-ROWS:]) < 101


def test_a_file_whose_mark_nothing_tells_is_refused_among_files_of_both_marks(tmp_path: Path) -> None:
    rng = random.Random(6)
    values = [(rng.randint(100, 9000), rng.randint(100, 9000)) for _ in range(ROWS)]
    for name, prints, day in (("a", comma, 0), ("b", point, 1), ("c", thousandths(","), 2)):
        (tmp_path / f"{name}.csv").write_text(wide(prints, values, day), encoding="utf-8")
    paths = [tmp_path / f"{name}.csv" for name in "abc"]
    with pytest.raises(LogFormatError, match=r"c\.csv"):
        parse_logs(paths, OPTIONS)
    with pytest.raises(LogFormatError, match=r"c\.csv"):
        read_on_disk(paths, OPTIONS, tmp_path)
