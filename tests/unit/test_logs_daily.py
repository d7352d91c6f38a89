"""Dates once a day, in bare digits, and lost hours: on disk as in memory; what can't be told is refused or asked."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from tests.messy.daily_cases import bare_dates, date_lines, lost_hours, preambles
from tests.messy.plant import Case
from tests.unit.test_logs_careful_stream import check_same, read_on_disk, tiny
from workbench.core.errors import LogFormatError
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.readers.date_lines import DateLine, find_date
from workbench.logs.tables.date_digits import marked_date, order_in

__all__ = ["tiny"]  # used by every test here
READ = [*islice(date_lines(), 0, None, 3), *islice(preambles(), 0, None, 3), *islice(bare_dates(), 0, None, 5)]
LOST = [case for case in lost_hours() if case.truth["expect"] == "error"][::3]


def write(case: Case, folder: Path) -> Path:
    ((name, data),) = case.files.items()
    (folder / name).write_bytes(data)
    return folder / name


@pytest.mark.parametrize("case", READ, ids=[case.name for case in READ])
def test_dates_once_a_day_come_from_the_disk_as_from_memory(case: Case, tmp_path: Path) -> None:
    check_same([write(case, tmp_path)], ParseOptions(zone=case.zone), tmp_path)


@pytest.mark.parametrize("case", LOST, ids=[case.name for case in LOST])
def test_lost_hours_are_refused_in_the_same_words(case: Case, tmp_path: Path) -> None:
    path = write(case, tmp_path)
    with pytest.raises(LogFormatError, match="lost their hours") as memory:
        parse_logs([path], ParseOptions(zone=case.zone))
    with pytest.raises(LogFormatError, match="lost their hours") as disk:
        read_on_disk([path], ParseOptions(zone=case.zone), tmp_path)
    assert str(memory.value) == str(disk.value)


def below_a_date(day: str, clocks: list[str]) -> str:
    return f"Date: {day}\nTime;P [bar]\n" + "".join(f"{clock};{5 + at % 7 / 10}\n" for at, clock in enumerate(clocks))


def every_hour(first: int, n_rows: int) -> list[str]:
    return [f"{hour % 24:02}:00:00" for hour in range(first, first + n_rows)]


def parse(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    parsed = parse_logs([tmp_path / "log.csv"], ParseOptions(zone="UTC"))
    assert {question.code for question in parsed.questions} <= {"UNIT_UNKNOWN"}
    return [str(one)[:16] for one in parsed.recordings[0].times_ns.astype("datetime64[ns]")]


def test_where_midnight_passes_without_a_date_the_next_day_is_taken(tmp_path: Path) -> None:
    found = parse(tmp_path, below_a_date("28.02.2026", every_hour(20, 40)))
    assert (found[0], found[4], found[39]) == ("2026-02-28T20:00", "2026-03-01T00:00", "2026-03-02T11:00")


@pytest.mark.parametrize(
    ("day", "clocks", "words"),
    [
        ("04.03.2026", [*every_hour(8, 9), *every_hour(8, 9)], "goes back to 08:00:00"),
        ("03/04/2026", every_hour(20, 12), "which number of it is the day"),
        ("04.03.2026", [f"{hour % 24:02}:00:00" for hour in range(30, 18, -1)], "goes back to"),
    ],
)
def test_a_day_that_passes_and_can_not_be_told_is_refused(day: str, clocks: list[str], words: str, tmp_path: Path) -> None:
    with pytest.raises(LogFormatError, match=words):
        parse(tmp_path, below_a_date(day, clocks))


def test_the_hour_of_autumn_is_no_new_day(tmp_path: Path) -> None:
    clocks = [f"{hour:02}:{minute:02}:00" for hour in (1, 2, 2, 3) for minute in range(0, 60, 10)]
    (tmp_path / "log.csv").write_text(below_a_date("25.10.2026", clocks), encoding="utf-8")
    (recording,) = parse_logs([tmp_path / "log.csv"], ParseOptions(zone="Europe/Berlin")).recordings
    assert (recording.facts.rows, recording.facts.sample_period_s, recording.facts.n_gaps) == (24, 600.0, 0)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["Date: 12.03.2026"], DateLine(label="Date", day="12.03.2026")),
        (["Thursday", "12 March 2026"], DateLine(label="", day="Thursday 12 March 2026")),
        (["# ==== 2026-03-12 ===="], DateLine(label="", day="2026-03-12")),
        (["Start", "2026-03-12 14:05:00"], DateLine(label="Start", day="2026-03-12", clock_ns=50_700 * 10**9)),
        (["Flow", "12.5"], None),
        (["Serial 1203-2026-A"], None),
        (["Range 0 ... 12.03"], None),
    ],
)
def test_a_line_of_a_date_is_told_from_others(cells: list[str], found: DateLine | None) -> None:
    assert find_date(cells) == found


@pytest.mark.parametrize(
    ("name", "order"),
    [("YYMMDD", "ymd"), ("Datum [TTMMJJ]", "dmy"), ("mmddyyyy", "mdy"), ("yymmddhhmmss", "ymd"), ("Summary", "")],
)
def test_a_name_spells_the_order_of_a_date(name: str, order: str) -> None:
    assert order_in(name) == order


@pytest.mark.parametrize(
    ("text", "order", "marked"),
    [
        ("260312", "ymd", "2026-03-12"), ("120326", "dmy", "12.03.26"), ("031226", "mdy", "12.03.26"), ("260312", "", "26-03-12"),
        ("12032026", "dmy", "12.03.2026"), ("20260312", "", None), ("12.5", "", None),
    ],
)  # fmt: skip
def test_bare_digits_get_the_marks_of_a_date(text: str, order: str, marked: str | None) -> None:
    assert marked_date(text, order) == marked


def test_bare_dates_beside_a_clock_need_no_names(tmp_path: Path) -> None:
    rows = [f"2603{12 + k // 20:02} {k % 20:02}:30:00  {200 + k % 9:6.1f} {6 + k % 7 / 10:6.2f}" for k in range(100)]
    (tmp_path / "log.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (recording,) = check_same([tmp_path / "log.txt"], ParseOptions(zone="UTC"), tmp_path).recordings
    assert (recording.facts.rows, str(recording.times_ns[0].astype("datetime64[ns]"))[:16]) == (100, "2026-03-12T00:30")


@pytest.mark.parametrize("spelling", ["{:02}:00", "{}:00", "H{:02}", "{:02}h"])
@pytest.mark.parametrize("front", [(), ("Tag", "Unit")])
def test_a_day_down_and_its_hours_across_are_a_row_an_hour(spelling: str, front: tuple[str, ...], tmp_path: Path) -> None:
    lines = [";".join(("Date", *front, *(spelling.format(hour) for hour in range(24)), "Mean"))]
    tags = ("FT-1", "PT-2") if front else ("",)
    for day in range(1, 29):
        for place, tag in enumerate(tags):
            cells = [f"{place * 100 + day + hour / 100:.2f}" if hour != 3 or day % 5 else "" for hour in range(24)]
            lines.append(";".join((f"{day:02}.02.2026", *((tag, "bar") if front else ()), *cells, "7.7")))
    (tmp_path / "book.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    facts = check_same([tmp_path / "book.csv"], ParseOptions(zone="UTC"), tmp_path).recordings[0].facts
    assert (facts.rows, facts.sample_period_s) == (28 * 24 - 5, 3600.0)
    assert [(one.n_good, one.min, one.max) for one in facts.channels] == [
        (667, 1.0 + 100 * place, 28.23 + 100 * place) for place in range(len(tags))
    ]


def test_twelve_levels_called_h_are_no_hours(tmp_path: Path) -> None:
    lines = [";".join(("Date", *(f"H{level:02}" for level in range(1, 13))))]
    lines += [";".join((f"2026-03-{day:02}", *(f"{day + level / 100:.2f}" for level in range(12)))) for day in range(1, 29)]
    (tmp_path / "levels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    facts = parse_logs([tmp_path / "levels.csv"], ParseOptions(zone="UTC")).recordings[0].facts
    assert (facts.rows, len(facts.channels)) == (28, 12)
