"""Exports with habits of their own: statuses in braces, bad words in two, fractions apart, what the head says."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.test_logs_careful_stream import check_same, tiny
from workbench.logs.parse import ParseOptions
from workbench.logs.summary import RecordingFacts
from workbench.logs.times.said_start import said_start
from workbench.logs.times.spelled_order import spelled_order

__all__ = ["tiny"]  # used by every test here
N = 240
START = datetime(2026, 3, 4, 6, tzinfo=UTC)


def read(tmp_path: Path, lines: list[str], zone: str | None = "UTC", encoding: str = "utf-8") -> tuple[RecordingFacts, set[str]]:
    (tmp_path / "log.csv").write_text("\n".join(lines) + "\n", encoding=encoding)
    parsed = check_same([tmp_path / "log.csv"], ParseOptions(zone=zone), tmp_path)
    (recording,) = parsed.recordings
    return recording.facts, {question.code for question in parsed.questions}


def at(row: int, step_s: float = 10) -> datetime:
    return START + timedelta(seconds=step_s * row)


def nanoseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1000) * 1_000_000


@pytest.mark.parametrize("seed", range(3))
def test_a_status_in_braces_behind_a_number_judges_it(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    bad = set(rng.sample(range(N), 17))
    words = ("{down}", "{stale}", "{fault,down}", "{overridden}")
    status = [rng.choice(words) if row in bad else "{ok}" for row in range(N)]
    rows = [f"{at(row):%Y-%m-%d %H:%M:%S};{200 + row % 9},5 {status[row]};{row % 7}" for row in range(N)]
    facts, _ = read(tmp_path, ["Time;Flow [m3/h];Level [m]", *rows])
    assert (facts.channels[0].n_good, facts.channels[0].bad, facts.channels[0].max) == (N - 17, {"quality": 17}, 208.5)


def test_bad_values_of_two_words_stand_in_one_column_between_blanks(tmp_path: Path) -> None:
    head = ["TS                    FC-1         PC-2", "                      m3/h          bar"]
    cells = dict(zip(range(5, N, 13), ("No Data", "Bad Input", "Bad") * 7, strict=False))
    rows = [
        f"{at(row):%d-%b-%y %H:%M:%S}  {cells.get(row, f'{300 + row / 10:.2f}'):>12}  {5 + row % 9 / 10:>11.3f}"
        for row in range(N)
    ]
    facts, _ = read(tmp_path, [*head, *rows])
    assert (facts.rows, facts.channels[0].n_good, facts.channels[1].n_good) == (N, N - len(cells), N)
    assert set(facts.channels[0].bad) == {"no data", "bad input", "bad"}


@pytest.mark.parametrize(
    ("names", "pattern", "fraction"),
    [
        ("Date;Time;Millitm", "%d/%m/%Y;%H.%M.%S", 3), ("Date;Time;ms", "%Y/%m/%d;%I:%M:%S %p", 3),
        ("Date;Time;us", "%Y-%m-%d;%H:%M:%S", 6), ("clock;ns", "", 9),
    ],
)  # fmt: skip
def test_the_fraction_of_a_second_may_have_a_column_of_its_own(names: str, pattern: str, fraction: int, tmp_path: Path) -> None:
    times = [START + timedelta(days=10, milliseconds=2750 * row) for row in range(N)]
    rows = []
    for row, one in enumerate(times):
        whole = one.strftime(pattern) if pattern else str(int(one.timestamp()))
        rows.append(f"{whole};{one.microsecond * 10**fraction // 10**6};{row % 31},5")
    facts, asked = read(tmp_path, [f"{names};Flow [m3/h]", *rows])
    assert (facts.first_ns, facts.last_ns, facts.sample_period_s) == (nanoseconds(times[0]), nanoseconds(times[-1]), 2.75)
    assert "TIME_RELATIVE" not in asked
    assert [channel.name for channel in facts.channels] == ["Flow"]


@pytest.mark.parametrize(("spelled", "pattern"), [("yy/MM/dd", "%y/%m/%d"), ("dd/MM/yy", "%d/%m/%y"), ("MM/dd/yyyy", "%m/%d/%Y")])
def test_a_header_that_spells_the_order_of_its_dates_is_believed(spelled: str, pattern: str, tmp_path: Path) -> None:
    rows = [f"{at(row):{pattern} %H:%M:%S};{row % 31}.5" for row in range(N)]
    facts, asked = read(tmp_path, [f"Огноо ({spelled} HH:mm:ss);Flow [m3/h]", *rows])
    assert (facts.first_ns, "DAY_MONTH_AMBIGUOUS" in asked) == (nanoseconds(START), False)


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("yyyy-MM-dd", "ymd"),
        ("TT.MM.JJJJ hh:mm", "dmy"),
        ("jj/mm/aaaa", None),
        ("m/d", None),
        ("Comma dd", None),
        ("Zeit", None),
    ],
)
def test_the_order_that_a_name_spells(name: str, order: str | None) -> None:
    assert spelled_order(name) == order  # j is a year in German and a day in French


@pytest.mark.parametrize("name", ["Denbora [ms]", "Elapsed (ms)", "xyz [ms]"])
def test_elapsed_times_begin_where_the_head_says(name: str, tmp_path: Path) -> None:
    head = ["Monitor", "Export: 2026-05-02 08:00:00", "Hasiera: 2026-03-04 06:00:00,250", "Samples: 240", f"{name};Speed [rpm]"]
    facts, asked = read(tmp_path, [*head, *(f"{row * 100},0;{1480 + row % 9},5" for row in range(N))])
    assert (facts.first_ns, facts.sample_period_s) == (nanoseconds(START) + 250_000_000, pytest.approx(0.1))
    assert "TIME_RELATIVE" not in asked


@pytest.mark.parametrize(
    ("notes", "start"),
    [
        ("Start: 2026-03-04 06:00:00", "2026-03-04 06:00:00"),
        ("Export: 2026-03-04 06:00:00", None),
        ("Start: 2026-03-04 06:00:00 Trigger: 2026-03-04 06:00:01", None),
        ("Start: 03/04/2026 06:00:00", None),
        ("Restart count: 2026-03-04 06:00:00", None),
        ("Messbeginn = 04.03.2026 06:00:00", "04.03.2026 06:00:00"),
    ],
)
def test_only_one_stamp_that_is_called_a_start_is_one(notes: str, start: str | None) -> None:
    assert said_start(notes) == start


def test_hours_may_stand_in_words_behind_the_clock(tmp_path: Path) -> None:
    rows = [f"{at(row):%d.%m.%Y} г. {at(row):%H:%M:%S} ч.;{row % 31},5" for row in range(N)]
    facts, _ = read(tmp_path, ["Дата и час;Дебит [m3/h]", *rows], encoding="cp1251")
    assert (facts.rows, facts.first_ns) == (N, nanoseconds(START))


def test_units_that_the_head_gives_below_each_name(tmp_path: Path) -> None:
    head = ["Serial:", "2141", "LEVEL", "UNIT: m", "Offset: 0.0 m", "TEMPERATURE", "UNIT: °C", "Date,Time,LEVEL,TEMPERATURE"]
    rows = [f"{at(row):%Y/%m/%d,%H:%M:%S},{12 + row / 1000:.4f},{7 + row % 5 / 10}" for row in range(N)]
    facts, asked = read(tmp_path, [*head, *rows], encoding="cp1252")
    assert [(one.name, one.unit) for one in facts.channels] == [("LEVEL", "m"), ("TEMPERATURE", "degC")]
    assert asked == set()


def test_one_accent_among_words_of_latvia_is_a_letter_of_latvia(tmp_path: Path) -> None:
    rows = [f"{at(row):%Y-%m-%d %H:%M:%S};{row % 31},5;{row % 7},1" for row in range(N)]
    facts, _ = read(tmp_path, ["Laiks;Plūsma [l/s];Spiediens [bar]", *rows], encoding="cp1257")
    assert [channel.name for channel in facts.channels] == ["Plūsma", "Spiediens"]


def test_series_of_a_device_are_channels_and_unknown_words_of_quality_are_bad(tmp_path: Path) -> None:
    lines = ["time,source,device_name,fragment.series,value,unit,Status"]
    for row in range(N):
        for series, value, unit in (("Flow.Q", 20 + row % 9, "l/s"), ("Pressure.P", 4900 + row % 50, "mbar")):
            status = "Unreliable" if row % 40 == 3 else "Comm Loss" if row % 40 == 9 else "OK"
            lines.append(f"{at(row):%Y-%m-%dT%H:%M:%S}.000+01:00,48211,Pumpwerk,{series},{value},{unit},{status}")
    facts, _ = read(tmp_path, lines)
    assert [(one.name, one.unit, one.bad) for one in facts.channels] == [
        ("Flow.Q", "L/s", {"quality": 12}), ("Pressure.P", "mbar", {"quality": 12}),
    ]  # fmt: skip
