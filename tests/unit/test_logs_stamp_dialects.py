"""Stamps that leave something to their surroundings, and spoiled times: decided or refused alike in memory and on disk."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.unit.test_logs_careful_stream import check_same, read_on_disk, tiny
from workbench.core.errors import LogFormatError
from workbench.logs.parse import ParsedLogs, ParseOptions, parse_logs
from workbench.logs.times.instants import clashing_dates, parse_stamp
from workbench.logs.times.stamp_dialects import has_bare_ms

__all__ = ["tiny"]  # used by every test here

START = datetime(2026, 3, 5, 6, tzinfo=UTC)
NOW_NS = 1_790_000_000 * 10**9


def write(path: Path, stamps: list[str], header: str = "Time;FT-1 [m3/h];PT-2 [bar]", seed: int = 1) -> Path:
    rng = random.Random(seed)
    rows = [f"{stamp};{rng.uniform(200, 300):.2f};{rng.uniform(5, 6):.3f}" for stamp in stamps]
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def read(tmp_path: Path, stamps: list[str], zone: str | None = "UTC", header: str = "Time;FT-1 [m3/h];PT-2 [bar]") -> ParsedLogs:
    path = write(tmp_path / "log.csv", stamps, header)
    return check_same([path], ParseOptions(zone=zone, now_ns=NOW_NS), tmp_path)


def refusal(tmp_path: Path, stamps: list[str]) -> str:
    """What both readers say."""
    path = write(tmp_path / "log.csv", stamps)
    options = ParseOptions(zone="UTC", now_ns=NOW_NS)
    with pytest.raises(LogFormatError, match=r"log\.csv") as memory:
        parse_logs([path], options)
    with pytest.raises(LogFormatError, match=r"log\.csv") as disk:
        read_on_disk([path], options, tmp_path)
    assert str(memory.value) == str(disk.value)
    return str(memory.value)


def instants(step_s: float, n_rows: int = 260, start: datetime = START) -> list[datetime]:
    return [start + timedelta(seconds=step_s * row) for row in range(n_rows)]


def first_hour(parsed: ParsedLogs) -> int:
    return int(parsed.recordings[0].times_ns[0] // 3_600_000_000_000 % 24)


def asked(parsed: ParsedLogs) -> set[str]:
    return {question.code for question in parsed.questions}


@pytest.mark.parametrize(
    ("letters", "zone", "header", "hour", "is_asked"),
    [
        ("CST", "Asia/Shanghai", "Time;FT-1;PT-2", 22, False),
        ("CST", None, "时间;流量;压力", 22, False),
        ("CST", "America/Chicago", "Time;FT-1;PT-2", 12, False),
        ("CST", None, "Time;Flow [gpm];Press [psi]", 12, False),
        ("CST", None, "Time;FT-1;PT-2", 12, True),
        ("IST", "Asia/Jerusalem", "Time;FT-1;PT-2", 4, False),
        ("IST", "Asia/Kolkata", "Time;FT-1;PT-2", 0, False),
        ("EST", "Australia/Sydney", "Time;FT-1;PT-2", 20, False),
        ("EST", None, "Time;FT-1;PT-2", 11, False),
    ],
)
@pytest.mark.parametrize("pattern", ["{:%Y-%m-%d %H:%M:%S} LETTERS", "{:%a %b %d %H:%M:%S} LETTERS 2026"])
def test_a_zone_of_two_places_is_told_by_the_file_or_the_person(
    letters: str, zone: str | None, header: str, hour: int, is_asked: bool, pattern: str, tmp_path: Path
) -> None:  # fmt: skip
    parsed = read(tmp_path, [pattern.format(one).replace("LETTERS", letters) for one in instants(60)], zone, header)
    assert (first_hour(parsed), "ZONE_UNKNOWN" in asked(parsed)) == (hour, is_asked)


@pytest.mark.parametrize("seed", range(5))
def test_milliseconds_without_zeros_in_front_are_counts(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    ms = np.cumsum([rng.choice((90, 110, 230, 300)) for _ in range(300)])
    stamps = [f"{START + timedelta(seconds=int(one) // 1000):%Y-%m-%d %H:%M:%S}.{int(one) % 1000}" for one in ms]
    (recording,) = read(tmp_path, stamps).recordings
    assert np.array_equal((recording.times_ns - int(START.timestamp()) * 10**9) // 1_000_000, ms)


@pytest.mark.parametrize(
    ("fractions", "is_bare"),
    [
        ((".5", ".05", ".25"), False),
        ((".500", ".050"), False),
        ((".7", ".70"), True),
        ((".7", ".89"), False),
        ((".9", ".100"), True),
    ],
)
def test_bare_milliseconds_are_told_by_zeros_at_the_end(fractions: tuple[str, ...], is_bare: bool) -> None:
    assert has_bare_ms(f"2026-03-05 06:00:00{fraction}" for fraction in fractions) is is_bare


@pytest.mark.parametrize("turn", [60, 259, 300, 560])
@pytest.mark.parametrize("is_back", [False, True])
def test_unix_counts_may_go_over_to_another_unit(turn: int, is_back: bool, tmp_path: Path) -> None:
    counts = [int(one.timestamp()) for one in instants(60, 700)]
    stamps = [str(one if (row < turn) != is_back else one * 1000) for row, one in enumerate(counts)]
    parsed = read(tmp_path, stamps)
    assert np.array_equal(parsed.recordings[0].times_ns // 10**9, counts)
    assert "TIME_RELATIVE" not in asked(parsed)


def test_dates_that_change_their_order_on_the_way_are_asked_about(tmp_path: Path) -> None:
    times = instants(7200, start=datetime(2026, 3, 5, tzinfo=UTC))
    stamps = [f"{one:%d/%m/%Y %H:%M}" if row < 150 else f"{one:%m/%d/%Y %H:%M}" for row, one in enumerate(times)]
    (question,) = (one for one in read(tmp_path, stamps).questions if one.code == "DAY_MONTH_AMBIGUOUS")
    assert question.blocks
    assert "changes on the way" in question.text


def test_one_damaged_date_does_not_turn_the_order_of_all(tmp_path: Path) -> None:
    stamps = [f"{one:%m/%d/%Y %H:%M}" for one in instants(7200)]
    stamps[100] = "99/99/2026 10:00"
    stamps[101] = "25/03/2026 10:00"
    parsed = read(tmp_path, stamps)
    assert "DAY_MONTH_AMBIGUOUS" not in asked(parsed)
    assert parsed.recordings[0].facts.rows == len(stamps) - 2


def test_dates_clash_where_several_of_both_orders_exist() -> None:
    stamps = [stamp for text in ("13/03/2026", "14/03/2026", "03/15/2026") if (stamp := parse_stamp(text))]
    assert (clashing_dates(stamps).better, clashing_dates(stamps).examples) == ("dmy", None)
    more = [*stamps, *(stamp for text in ("03/16/2026", "03/17/2026") if (stamp := parse_stamp(text)))]
    assert (clashing_dates(more).better, clashing_dates(more).examples) == ("mdy", ("13/3/2026", "3/15/2026"))


def exchanged(one: datetime) -> str:
    """As a spreadsheet leaves it that took 03/04 for a date and 13/04 for text."""
    return f"{one.year}-{one.day:02}-{one.month:02} {one:%H:%M:%S}" if one.day <= 12 else f"{one:%d/%m/%Y %H:%M:%S}"


@pytest.mark.parametrize(
    ("stamp", "step_s", "words"),
    [
        (exchanged, 7200, "exchanged"),
        (lambda one: f"{one:%Y-%m-%d %I:%M:%S}", 600, "neither AM nor PM"),
        (lambda one: f"{one:%d.%m.%Y %I:%M}", 1800, "neither AM nor PM"),
        (lambda one: f"{one:%Y-%m-%d %H:%M}", 5, "lost their seconds"),
        (lambda one: f"{one:%d/%m/%Y %H:%M}", 15, "lost their seconds"),
    ],
)
def test_times_that_no_reading_makes_right_are_refused_with_what_happened(
    stamp: Callable[[datetime], str], step_s: float, words: str, tmp_path: Path
) -> None:  # fmt: skip
    assert words in refusal(tmp_path, list(map(stamp, instants(step_s, 400, datetime(2026, 4, 13, 7, tzinfo=UTC)))))


@pytest.mark.parametrize(
    ("stamp", "step_s"),
    [
        (lambda one: f"{one:%Y-%m-%d %H:%M}", 60),
        (lambda one: f"{one:%Y-%m-%d %I:%M:%S %p}", 600),
        (lambda one: f"{one:%Y-%m-%d %H:%M:%S}" if one.day % 2 else f"{one:%d.%m.%Y %H:%M:%S}", 7200),
    ],
)
def test_times_that_only_look_spoiled_are_read(stamp: Callable[[datetime], str], step_s: float, tmp_path: Path) -> None:
    times = instants(step_s, 300, datetime(2026, 4, 13, 7, tzinfo=UTC))
    (recording,) = read(tmp_path, list(map(stamp, times))).recordings
    assert (recording.facts.rows, recording.facts.first_ns) == (300, int(times[0].timestamp()) * 10**9)


def test_rows_of_three_machines_at_one_minute_are_no_lost_seconds(tmp_path: Path) -> None:
    stamps = [f"{one:%Y-%m-%d %H:%M};{pump}" for one in instants(60, 120) for pump in (1, 2, 3)]
    path = write(tmp_path / "log.csv", stamps, "Time;Pump;FT-1 [m3/h];PT-2 [bar]")
    assert parse_logs([path], ParseOptions(zone="UTC")).recordings
