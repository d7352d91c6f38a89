"""Numbers and times as people read them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.ui import format as shown

AT = "2026-03-16T10:52:33Z"


@pytest.mark.parametrize(
    ("value", "digits", "unit", "expected"),
    [
        (1209600, 0, "", "1\u2009209\u2009600"), (-4.25, 1, "bar", "\u22124.2 bar"), (None, 1, "bar", "–"),
        (float("nan"), 0, "", "–"), (-0.001, 2, "", "0.00"), (62, 0, "%", "62 %"),
    ],
)  # fmt: skip
def test_numbers_have_thin_spaces_a_true_minus_and_a_dash_for_missing(
    value: float, digits: int, unit: str, expected: str
) -> None:
    assert shown.number(value, digits, unit) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (92, "1 min 32 s"), (60, "1 min"), (8.2, "8 s"), (0.25, "250 ms"), (11400, "3 h 10 min"), (367200, "4 d 6 h"),
        (59.9996, "1 min"), (None, "–"), (0.9999, "1 s"),
    ],
)  # fmt: skip
def test_durations_are_never_ninety_two_seconds(seconds: float | None, expected: str) -> None:
    assert shown.duration(seconds) == expected


@pytest.mark.parametrize(
    ("size_bytes", "expected"), [(412_000, "412 kB"), (1_100_000_000, "1.1 GB"), (12, "12 B"), (None, "–"), (0, "0 B")]
)
def test_sizes_are_powers_of_ten(size_bytes: float | None, expected: str) -> None:
    assert shown.size(size_bytes) == expected


def test_instants_are_shown_in_the_zone_of_the_person() -> None:
    assert shown.instant(AT) == "16 Mar 10:52:33"
    assert shown.instant(AT, ZoneInfo("Europe/Oslo"), with_seconds=False) == "16 Mar 11:52"
    assert shown.instant(parse_utc(AT), with_year=True) == "16 Mar 2026 10:52:33"
    assert shown.instant(None) == "–"


def test_a_span_of_one_day_says_the_day_once() -> None:
    assert shown.span("2026-03-10T00:00:00Z", "2026-03-10T12:00:00Z") == "10 Mar 00:00 – 12:00"
    assert shown.span("2026-03-10T00:00:00Z", "2026-03-13T12:00:00Z") == "10 Mar 00:00 – 13 Mar 12:00"


def test_a_span_within_a_minute_says_its_seconds() -> None:
    assert shown.span("2026-03-10T05:28:25Z", "2026-03-10T05:28:34Z") == "10 Mar 05:28:25 – 05:28:34"
    assert shown.span("2026-03-10T05:28:00Z", "2026-03-10T05:28:00Z") == "10 Mar 05:28 – 05:28"


def test_a_span_says_what_tells_its_ends_apart() -> None:
    assert shown.span("2014-01-06T00:00:00Z", "2015-01-06T00:00:00Z") == "6 Jan 2014 00:00 – 6 Jan 2015 00:00"
    assert shown.span("2026-03-10T05:28:25.000Z", "2026-03-10T05:28:25.120Z") == "10 Mar 05:28:25.000 – 05:28:25.120"
    assert shown.span("2026-03-10T05:28:25Z", "2026-03-10T05:28:25.000040Z") == "10 Mar 05:28:25.000000 – 05:28:25.000040"
    assert shown.span(None, "2026-03-10T12:00:00Z") == "– – 10 Mar 12:00"


@pytest.mark.parametrize(
    ("seconds", "expected"), [(1 / 48828, "20.5 µs"), (1 / 1280, "781 µs"), (0.0025, "2.5 ms"), (0.02, "20 ms"), (0.0, "0 ms")]
)
def test_short_steps_keep_their_digits(seconds: float, expected: str) -> None:
    assert shown.duration(seconds) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [(0.44, "A", "0.44"), (0.0547, "bar", "0.055"), (42.4, "A", "42"), (6.24, "bar", "6.2"), (0.0, "A", "0")],
)
def test_a_small_value_keeps_two_digits_that_say_something(value: float, unit: str, expected: str) -> None:
    assert shown.quantity(value, unit) == expected


def test_ago_is_rough() -> None:
    now_ns = parse_utc(AT)
    ages = {30: "just now", 7200: "2 h ago", 100_000: "yesterday", 400_000: "11 Mar"}
    assert {age: shown.ago(now_ns - age * NS_PER_S, now_ns) for age in ages} == ages


def test_an_unknown_zone_is_utc() -> None:
    assert shown.zone_of("Nowhere/Land") == shown.zone_of("")


def test_a_hash_is_shown_in_groups_of_four() -> None:
    assert shown.short_hash("b41c09e27fa0") == "b41c 09e2"


def test_a_sentence_of_a_service_says_times_and_numbers_as_the_window_does() -> None:
    text = "gs has no samples from 2013-02-02T10:00:00Z to 2013-02-02T10:00:03.5Z."
    assert shown.as_window_says(text) == "gs has no samples from 2 Feb 2013 10:00:00 to 2 Feb 2013 10:00:03.5."
    assert "2 Feb 2013 11:00:00" in shown.as_window_says(text, ZoneInfo("Europe/Oslo"))
    said = "PT-20 of 10-20 mm: below a vacuum (-1.05 bar), down to -1.257 bar"
    assert shown.as_window_says(said) == "PT-20 of 10-20 mm: below a vacuum (−1.05 bar), down to −1.257 bar"


@pytest.mark.parametrize(("period_s", "expected"), [(1.0, "1 s"), (0.02, "20 ms"), (1 / 48828, "48\u2009828 Hz"), (None, "–")])
def test_fast_samples_are_said_as_a_frequency(period_s: float | None, expected: str) -> None:
    assert shown.rate(period_s) == expected


def test_a_short_span_over_a_full_minute_or_second_says_how_short_it_is() -> None:
    assert shown.span("2013-02-03T09:59:59Z", "2013-02-03T10:00:06Z") == "3 Feb 09:59:59 – 10:00:06"
    assert shown.span("2013-02-03T09:59:59.900Z", "2013-02-03T10:00:00.400Z") == "3 Feb 09:59:59.900 – 10:00:00.400"
    assert shown.span("2013-02-03T10:00:00Z", "2013-02-03T10:00:01Z") == "3 Feb 10:00:00 – 10:00:01"
    assert shown.span("2013-02-03T10:00:30Z", "2013-02-03T10:05:00Z") == "3 Feb 10:00 – 10:05"


def test_a_span_can_say_its_year() -> None:
    ends = ("2013-02-02T10:00:00Z", "2013-02-02T10:00:00.120Z")
    assert shown.span(*ends, with_year=True) == "2 Feb 2013 10:00:00.000 – 10:00:00.120"
    assert shown.span("2026-03-10T00:00:00Z", "2026-03-13T12:00:00Z", with_year=True) == "10 Mar 2026 00:00 – 13 Mar 12:00"


def test_speeds_in_a_sentence_are_written_as_the_window_writes_numbers() -> None:
    said = "Tracked by ST-2982 of 2026, 2982 rpm on average, 980 rpm at least."
    assert shown.as_window_says(said) == "Tracked by ST-2982 of 2026, 2\u2009982 rpm on average, 980 rpm at least."
