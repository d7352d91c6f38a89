"""Times: notations, day and month, epochs and zones."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCalendar, QDate, QDateTime, QLocale, QTime

from tests.messy.date_words import LOCALES
from workbench.core.clock import NS_PER_DAY, NS_PER_S, format_utc, parse_utc
from workbench.core.errors import RequestError
from workbench.logs.questions import AnswerBook
from workbench.logs.readers.table import TimeColumns
from workbench.logs.tables.cells import Cells
from workbench.logs.times.counts import exact_count, exact_ns
from workbench.logs.times.instants import parse_clock, parse_stamp, read_stamps
from workbench.logs.times.stamp_shapes import read_many_stamps
from workbench.logs.times.timing import TimeAxis, TimeChoices, read_times
from workbench.logs.times.zones import load_zone, local_to_utc

NOW = parse_utc("2026-11-20T00:00:00Z")
MOMENTS = st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2060, 1, 1))  # noqa: DTZ001 - clock times
STAMP = TimeColumns(kind="stamp", indexes=(0,), header="Time")


def choices(zone: str | None = None, *answers: str) -> TimeChoices:
    return TimeChoices(zone=zone, answers=AnswerBook(answers), now_ns=NOW)


def read(texts: list[str], time: TimeColumns = STAMP, zone: str | None = None, *answers: str) -> TimeAxis:
    return read_times(Cells.of(texts), len(texts), time, [np.arange(len(texts))], choices(zone, *answers))


def codes(axis: TimeAxis) -> list[str]:
    return [question.code for question in axis.questions]


@pytest.mark.parametrize(
    ("text", "utc", "is_absolute"),
    [
        ("12-Jan-2026 06:00:00", "2026-01-12T06:00:00Z", False),
        ("2026-01-20T00:00:00Z", "2026-01-20T00:00:00Z", True),
        ("2026-02-02T06:00:00+01:00", "2026-02-02T05:00:00Z", True),
        ("2026-01-12 06:00:00 -0600", "2026-01-12T12:00:00Z", True),
        ("2026-01-12 06:00:00 CET", "2026-01-12T05:00:00Z", True),
        ("21.01.2026 21:11:39,035", "2026-01-21T21:11:39.035Z", False),
        ("27/01/2026 8:00:00 PM", "2026-01-27T20:00:00Z", False),
        ("04/07/16 00", "2016-07-04T00:00:00Z", False),
        ("20260112T060000Z", "2026-01-12T06:00:00Z", True),
        ("20260112060000", "2026-01-12T06:00:00Z", False),
        ("Jan 5, 2026 10:00:01", "2026-01-05T10:00:01Z", False),
        ("Mon Jan  5 10:00:01 2026", "2026-01-05T10:00:01Z", False),
        ("5. Mär 2026 10:00", "2026-03-05T10:00:00Z", False),
        ("2026-01-12T24:00:00Z", "2026-01-13T00:00:00Z", True),
    ],
)
def test_a_notation_is_read(text: str, utc: str, is_absolute: bool) -> None:
    found = read_stamps([text], "dmy")
    assert (format_utc(int(found.ns[0])), bool(found.is_absolute[0])) == (utc, is_absolute)


@pytest.mark.parametrize(
    "text", ["", "3.45", "12.5.7", "2026-13-01", "31/02/2026", "311", "abc", "25:00:00", "2026-01-12 06:61", "9999-12-31"]
)
def test_what_is_no_time_is_not_read(text: str) -> None:
    assert not read_stamps([text], "dmy").is_good[0]


def test_a_time_of_day_needs_a_colon() -> None:
    assert parse_clock("8:00:01.5 PM") == (72_001_500_000_000, None)
    assert parse_clock("12") is None


@given(MOMENTS)
def test_iso_times_keep_every_microsecond(moment: datetime) -> None:
    found = read_stamps([moment.isoformat() + "Z"], "dmy")
    whole = int(moment.replace(tzinfo=UTC, microsecond=0).timestamp()) * NS_PER_S + moment.microsecond * 1000
    assert int(found.ns[0]) == whole


@given(MOMENTS)
def test_day_first_and_month_first_agree_on_what_was_printed(moment: datetime) -> None:
    german = read_stamps([f"{moment:%d.%m.%Y %H:%M:%S}"], "dmy")
    american = read_stamps([f"{moment:%m/%d/%Y %I:%M:%S %p}"], "mdy")
    assert german.ns[0] == american.ns[0]


@given(st.text(max_size=50))
def test_no_text_breaks_the_reader_of_stamps(text: str) -> None:
    parse_stamp(text)
    parse_clock(text)


def test_days_past_twelve_tell_the_order_for_all_rows() -> None:
    axis = read(["04/07/2026 00:00", "13/07/2026 00:00"], zone="UTC")
    assert [format_utc(int(ns)) for ns in axis.times_ns] == ["2026-07-04T00:00:00Z", "2026-07-13T00:00:00Z"]
    assert codes(axis) == []


def test_one_ambiguous_day_is_asked_for_and_blocks() -> None:
    axis = read(["04/07/2026 00:00", "04/07/2026 01:00"], zone="UTC")
    assert [(question.code, question.blocks) for question in axis.questions] == [("DAY_MONTH_AMBIGUOUS", True)]


def test_even_steps_tell_the_order_but_it_is_still_said() -> None:
    axis = read([f"{day:02d}/04/2026 00:00" for day in range(1, 8)], zone="UTC")
    assert [(question.code, question.blocks) for question in axis.questions] == [("DAY_MONTH_AMBIGUOUS", False)]
    assert format_utc(int(axis.times_ns[1])) == "2026-04-02T00:00:00Z"


def test_a_short_year_in_front_is_asked_for_where_one_day_cannot_tell() -> None:
    axis = read(["26-03-05 08:00", "26-03-05 09:00"], zone="UTC")
    assert [(question.code, question.blocks) for question in axis.questions] == [("DAY_MONTH_AMBIGUOUS", True)]
    several = read([f"26-03-{day:02d} 08:00" for day in range(5, 9)], zone="UTC")
    assert (format_utc(int(several.times_ns[0])), codes(several)) == ("2026-03-05T08:00:00Z", [])


def test_an_answer_settles_the_order() -> None:
    axis = read(["04/07/2026 00:00"], STAMP, "UTC", "DAY_MONTH_AMBIGUOUS=MDY")
    assert format_utc(int(axis.times_ns[0])) == "2026-04-07T00:00:00Z"


def test_naive_times_without_zone_are_utc_and_the_zone_is_asked() -> None:
    axis = read(["2026-01-01 00:00:00"])
    assert (format_utc(int(axis.times_ns[0])), codes(axis)) == ("2026-01-01T00:00:00Z", ["ZONE_UNKNOWN"])


@pytest.mark.parametrize(
    ("header", "utc"),
    [("Time (UTC)", "06:00"), ("Time (UTC+2)", "04:00"), ("Time [Europe/Oslo]", "05:00"), ("timestamp_utc", "06:00")],
)
def test_a_header_that_names_the_zone_is_believed(header: str, utc: str) -> None:
    axis = read(["2026-01-01 06:00:00"], TimeColumns(kind="stamp", indexes=(0,), header=header), "America/Chicago")
    assert format_utc(int(axis.times_ns[0])) == f"2026-01-01T{utc}:00Z"


def test_mixed_notations_keep_their_own_offset() -> None:
    axis = read(["2025-07-08T06:00:00Z", "2025-07-08T08:01:00+02:00", "2025-07-08 08:02:00"], zone="Europe/Berlin")
    assert np.diff(axis.times_ns).tolist() == [60 * NS_PER_S] * 2


@pytest.mark.parametrize(
    ("epoch", "text", "utc"),
    [
        ("unix_s", "1772697600", "2026-03-05T08:00:00Z"),
        ("unix_ms", "1772697600250", "2026-03-05T08:00:00.25Z"),
        ("excel1900", "43831.25", "2020-01-01T06:00:00Z"),
        ("excel1904", "43831.25", "2024-01-02T06:00:00Z"),
        ("labview", "3855542400", "2026-03-05T08:00:00Z"),
    ],
)
def test_counts_are_read_without_rounding(epoch: str, text: str, utc: str) -> None:
    axis = read([text], TimeColumns(kind="epoch", indexes=(0,), epoch=epoch), "UTC")
    assert format_utc(int(axis.times_ns[0])) == utc


def test_excel_serials_in_text_are_asked_for_while_both_epochs_are_past() -> None:
    time = TimeColumns(kind="epoch", indexes=(0,), epoch="excel")
    assert codes(read(["43831.5"], time, "UTC")) == ["EPOCH_AMBIGUOUS"]
    assert codes(read(["46085.5"], time, "UTC")) == []


def test_a_serial_with_a_monstrous_exponent_is_no_time() -> None:
    axis = read(["1e99999999", "43831"], TimeColumns(kind="epoch", indexes=(0,), epoch="excel1900"), "UTC")
    assert axis.is_good.tolist() == [False, True]


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(RequestError, match="Mars/Base"):
        load_zone("Mars/Base")


ZONES = st.sampled_from(["Europe/Oslo", "America/Chicago", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])


@settings(max_examples=60, deadline=None)
@given(ZONES, st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)), st.sampled_from([60, 600, 900, 3600]))  # noqa: DTZ001
def test_an_unbroken_log_survives_every_clock_change(name: str, start: datetime, step_s: int) -> None:
    zone = ZoneInfo(name)
    first = start.replace(tzinfo=UTC, microsecond=0)
    instants = [first + timedelta(seconds=step_s * index) for index in range(-(-36 * 3600 // step_s))]
    utc = np.array([int(instant.timestamp()) * NS_PER_S for instant in instants], np.int64)
    shown = [instant.astimezone(zone).replace(tzinfo=UTC) for instant in instants]
    local = np.array([int(instant.timestamp()) * NS_PER_S for instant in shown], np.int64)
    assert np.array_equal(local_to_utc(local, zone), utc)


def test_an_hour_that_was_logged_once_leaves_a_gap_and_no_shift() -> None:
    local = np.array([parse_utc(f"2025-10-26T0{hour}:30:00Z") for hour in (1, 2, 3)], np.int64)
    steps = np.diff(local_to_utc(local, ZoneInfo("Europe/Oslo"))) // NS_PER_S
    assert steps.tolist() == [3600, 7200]


FEW_SPEAKERS = {"ga", "mn", "sq", "tk"}  # two words to a month or a weekday


@pytest.mark.parametrize("name", sorted(LOCALES - FEW_SPEAKERS))
def test_months_weekdays_and_halves_of_the_day_are_read_as_unicode_names_them(name: str) -> None:
    locale = QLocale(name)
    wrong = []
    for month in range(1, 13):
        moment = QDateTime(QDate(2026, month, 13), QTime(15, 30, 45))
        want = f"2026-{month:02}-13T15:30:45Z"
        for form in ("d MMMM yyyy HH:mm:ss", "d. MMM yyyy HH:mm:ss", "dddd, d MMMM yyyy HH:mm:ss", "yyyy-MM-dd hh:mm:ss AP"):
            text = locale.toString(moment, form)
            found = read_stamps([text], "dmy")
            is_other_month = name == "hr" and month in (6, 7, 10)  # Croatia shares three names with Poland and Czechia
            if format_utc(int(found.ns[0])) != want and not is_other_month:
                wrong.append(text)
    assert wrong == []


def test_words_between_date_and_clock_that_nobody_knows_are_no_stamp() -> None:
    assert parse_stamp("13.01.2026 xyzzy 3:07:05") is None  # it may be a half of the day


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026/01/13(火) 09:07:05", "2026-01-13T09:07:05Z"),
        ("2026-01-13 星期二 09:07:05", "2026-01-13T09:07:05Z"),
        ("2026년 1월 13일 (화) 09:07:05", "2026-01-13T09:07:05Z"),
        ("13-1月 -26 03.07.05.250 下午", "2026-01-13T15:07:05.25Z"),
        ("26. 1. 13. 오후 3:07", "2026-01-13T15:07:00Z"),
        ("13.01.2026. u 09:07:05", "2026-01-13T09:07:05Z"),
        ("2026. január 13., kedd 09:07:05", "2026-01-13T09:07:05Z"),
        ("2026 m. sausio 13 d., antradienis 09:07:05", "2026-01-13T09:07:05Z"),
        ("mar. 13 janv. 2026 à 09 h 07 min 05 s", "2026-01-13T09:07:05Z"),
        ("terça-feira, 13 de janeiro de 2026 09:07:05", "2026-01-13T09:07:05Z"),
        ("13 HAZİRAN 2026 09:07:05", "2026-06-13T09:07:05Z"),
        ("13-AOUT-2026 09:07:05", "2026-08-13T09:07:05Z"),
        ("115/01/13 09:07:05", "2026-01-13T09:07:05Z"),
        ("民國115年1月13日 下午3:07:05", "2026-01-13T15:07:05Z"),
        ("1404/10/23 09:07:05", "2026-01-13T09:07:05Z"),
        ("۱۴۰۴/۱۰/۲۳ ۰۹:۰۷:۰۵", "2026-01-13T09:07:05Z"),
        ("Sa 13.06.2026 09:07:05", "2026-06-13T09:07:05Z"),
        ("13/06/2026 09:07:05 SA", "2026-06-13T09:07:05Z"),
    ],
)
def test_a_notation_of_other_tongues_is_read(text: str, utc: str) -> None:
    assert format_utc(int(read_stamps([text], "dmy").ns[0])) == utc


def test_dates_of_iran_are_those_that_qt_counts() -> None:
    calendar = QCalendar(QCalendar.System.Jalali)
    for year in range(1380, 1421):
        for month in range(1, 13):
            for day in (1, calendar.daysInMonth(month, year)):
                found = read_stamps([f"{year}/{month:02}/{day:02} 10:00"] * 2, "dmy")
                assert format_utc(int(found.ns[1])) == calendar.dateFromParts(year, month, day).toString("yyyy-MM-ddT10:00:00Z")


def test_a_column_of_iranian_dates_is_read_as_one_stamp_is() -> None:
    texts = [f"1404/{month:02}/{day:02} 10:00:00" for month in range(1, 13) for day in range(1, 30)]
    many = read_many_stamps(texts, "dmy")
    assert many.is_good.all()
    assert many.ns.tolist() == read_stamps(texts, "dmy").ns.tolist()


@pytest.mark.parametrize("word", ["CH", "SA", "XQ"])
def test_a_column_with_words_behind_its_clock_is_read_as_one_stamp_is(word: str) -> None:
    texts = [f"2026-01-{day:02} 02:{minute:02}:00 {word}" for day in range(1, 20) for minute in range(20)]
    many, single = read_many_stamps(texts, "dmy"), read_stamps(texts, "dmy")
    assert many.is_good.tolist() == single.is_good.tolist()
    assert many.ns.tolist() == single.ns.tolist()


@pytest.mark.parametrize("scale_ns", [1, 100, 3, 1_000, NS_PER_DAY, 10**9])
def test_a_printed_count_is_scaled_as_its_fraction_is_rounded(scale_ns: int) -> None:
    draw = random.Random(7)
    told = 0
    for _ in range(4000):
        whole, fraction = ("".join(draw.choices("0123456789", k=draw.randrange(most))) for most in (14, 12))
        text = draw.choice(["", "+", "-", " "]) + whole + draw.choice(["", ".", ","]) + fraction
        text += draw.choice(["", "", "5", "50", "00", "e3", "E-5", "x"])
        count = exact_count(text)
        assert exact_ns(text, scale_ns) == (None if count is None else round(count * scale_ns)), text
        told += count is not None
    assert told > 2000
