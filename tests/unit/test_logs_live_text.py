"""Live lines: what is a row, what is not and why, whatever the pieces in which the bytes come."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.logs.live.clock import ArrivalTimes, HostClock, RisingTimes, Stamper
from workbench.logs.live.csv_lines import CsvParser
from workbench.logs.live.device_time import NO_TIME, DeviceTime
from workbench.logs.live.key_values import KeyValueParser, read_pairs
from workbench.logs.live.plan import TextPlan, TimePlan
from workbench.logs.live.rows import Parser, Rows, make_rows
from workbench.logs.live.text_guess import guess_text, split_checksum

NOW_NS = parse_utc("2026-03-16T10:00:00Z")
LINES = ["t_ms;PI-2041A [bar];Flow (m3/h);RUN", "100;3,21;120,5;ON", "200;3,22;121;OFF", "300;Bad;122;ON", "400;3,25;123;ON"]


def plan_of(lines: list[str]) -> TextPlan:
    plan = guess_text(lines, NOW_NS)
    assert plan is not None
    return plan


def values_of(found: list[Rows]) -> list[list[float]]:
    return [row for rows in found for row in rows.values.tolist()]


def feed(parser: Parser, data: bytes) -> list[list[float]]:
    found = values_of(parser.feed(data))
    parser.close()
    return found


def test_separator_decimal_comma_names_units_states_and_ticks_are_found() -> None:
    plan = plan_of(LINES)
    assert (plan.delimiter, plan.decimal, plan.has_header, plan.time.kind, plan.time.scale_ns) == (";", ",", True, "ticks", 10**6)
    assert [(column.name, column.unit, column.role, column.is_state) for column in plan.columns] == [
        ("t_ms", None, "time", False), ("PI-2041A", "bar", "channel", False), ("Flow", "m3/h", "channel", False),
        ("RUN", None, "channel", True),
    ]  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_rows_do_not_depend_on_the_pieces_in_which_the_bytes_come(size: int) -> None:
    data = "\r\n".join([*LINES, ""]).encode()
    parser = CsvParser(plan_of(LINES))
    found = [row for k in range(0, len(data), size) for row in values_of(parser.feed(data[k : k + size]))]
    assert found[:2] == [[3.21, 120.5, 1.0], [3.22, 121.0, 0.0]]
    assert np.isnan(found[2][0]) and found[3] == [3.25, 123.0, 1.0]
    assert (parser.tally.snapshot()) == ({}, {"PI-2041A": {"bad": 1}})


def test_the_first_line_of_a_stream_counts_only_when_it_is_proven_whole() -> None:
    parser = CsvParser(plan_of(["3.1,2.0", "3.2,2.1"]))
    # '3.1' may be the end of '13.1': nobody saw the beginning
    assert feed(parser, b"3.1,2.0\n3.2,2.1\n") == [[3.2, 2.1]]
    assert parser.tally.problems == {"joined in the middle of a line": 1}


def test_a_line_with_another_number_of_values_is_no_row() -> None:
    parser = CsvParser(plan_of(["low,high", "1,2", "3,4"]))
    assert feed(parser, b"low,high\n1,2\n3\n5,6,7\n8,9\n") == [[1, 2], [8, 9]]
    assert parser.tally.problems == {"1 values where 2 are due": 1, "3 values where 2 are due": 1}


def test_a_device_that_starts_anew_with_more_columns_gets_them_from_there_on() -> None:
    parser = CsvParser(plan_of(["P [bar],T [degC]", "1,2", "3,4"]))
    found = parser.feed(b"P [bar],T [degC]\n1,2\nP [bar],T [degC],Q [m3/h]\n5,6,7\n")
    assert [[channel.name for channel in rows.channels] for rows in found] == [["P", "T"], ["P", "T", "Q"]]
    assert values_of(found) == [[1, 2], [5, 6, 7]]


def test_noise_that_looks_like_a_header_changes_nothing() -> None:
    parser = CsvParser(plan_of(["P,T", "1,2", "3,4"]))
    assert feed(parser, b"P,T\n1,2\nxyz,abc,def\n3,4\n") == [[1, 2], [3, 4]]
    assert parser.tally.problems == {"words in the place of values": 1}


def test_the_same_header_again_is_a_restart_and_no_row() -> None:
    parser = CsvParser(plan_of(["P,T", "1,2", "3,4"]))
    assert feed(parser, b"P,T\n1,2\nP,T\n3,4\n") == [[1, 2], [3, 4]]
    assert parser.tally.problems == {"header again": 1}


def test_a_line_longer_than_any_is_dropped_to_its_end() -> None:
    parser = CsvParser(plan_of(["P,T", "1,2", "3,4"]))
    assert feed(parser, b"P,T\n1,2\n" + b"9" * 20_000 + b",1\n3,4\n") == [[1, 2], [3, 4]]
    assert parser.tally.problems == {"longer than a line": 1}


def test_a_checksum_that_does_not_hold_costs_the_line() -> None:
    # XOR of the characters of 'PUMP,3.2,150' by hand of NMEA 0183's rule
    body = "PUMP,3.2,150"
    total = 0
    for char in body:
        total ^= ord(char)
    line = f"${body}*{total:02X}"
    plan = plan_of([line] * 5)
    assert plan.has_checksum and split_checksum(line) == body
    parser = CsvParser(plan)
    assert feed(parser, f"{line}\n{line.replace('150', '151')}\n{line}\n".encode()) == [[3.2, 150.0], [3.2, 150.0]]
    assert parser.tally.problems == {"wrong checksum": 1}


def test_units_in_cells_are_converted_to_the_channels_own() -> None:
    parser = KeyValueParser(plan_of(["P=3.2 bar"] * 3), starts_inside=False)
    # 1 bar = 100 kPa (SI brochure)
    assert feed(parser, b"P=3.2 bar\nP=310 kPa\n") == [[3.2], [3.1]]


@pytest.mark.parametrize(
    ("line", "pairs"),
    [
        ("P1=3.20 bar, Q=120.5 m3/h; T: 59.9", {"P1": "3.20 bar", "Q": "120.5 m3/h", "T": "59.9"}),
        ("P1=3.2 Q=120 RUN=ON", {"P1": "3.2", "Q": "120", "RUN": "ON"}),
        ("Suction pressure [bar]=3.2 Discharge=148", {"Suction pressure [bar]": "3.2", "Discharge": "148"}),
        ('{"p":{"suction":3.2},"run":true,"x":null}', {"p.suction": "3.2", "run": "1", "x": ""}),
        ("12:30:05 ready", {}),
        ('{"p": 3.', {}),
    ],
)
def test_names_and_values_are_taken_apart(line: str, pairs: dict[str, str]) -> None:
    assert read_pairs(line) == pairs


def test_a_name_that_comes_later_is_a_channel_from_there_on() -> None:
    parser = KeyValueParser(plan_of(["P=1"] * 3), starts_inside=False)
    first, second = parser.feed(b"P=1\n"), parser.feed(b"P=2 Q=7\nQ=8\n")
    assert [channel.name for channel in first[0].channels] == ["P"]
    assert [channel.name for channel in second[0].channels] == ["P", "Q"]
    assert second[0].values[0].tolist() == [2, 7] and np.isnan(second[0].values[1][0])


def test_prose_is_no_table() -> None:
    assert guess_text(["Booting pump controller", "Please wait for the sensors", "All sensors are ready now"], NOW_NS) is None


def test_a_date_that_may_be_read_two_ways_is_the_one_that_is_near() -> None:
    # 16 March is now; 11/03 read day first is five days ago, month first it is in November
    plan = plan_of([f"11/03/2026 09:59:{k:02d};3.2" for k in range(5)])
    assert (plan.time.kind, plan.time.day_order) == ("stamp", "dmy")


def test_local_stamps_take_the_zones_offset_of_the_moment_they_arrive() -> None:
    plan = TimePlan(kind="stamp", indexes=(0,))
    # Oslo keeps UTC+1 in March before the last Sunday
    time = DeviceTime(plan, zone="Europe/Oslo", clock=lambda: NOW_NS)
    assert time.read([["2026-03-16 11:00:00"], ["rubbish"]]).tolist() == [NOW_NS, NO_TIME]


def test_a_tick_that_would_fill_the_memory_is_no_time() -> None:
    time = DeviceTime(TimePlan(kind="ticks", indexes=(0,), scale_ns=10**6))
    assert time.read([["1e400000000"], ["0,5"], [".5"]]).tolist() == [NO_TIME, 500_000, 500_000]


def test_setting_the_computers_clock_moves_no_sample_and_is_known() -> None:
    wall, steady = [NOW_NS], [5 * NS_PER_S]
    clock = HostClock(lambda: wall[0], lambda: steady[0])
    wall[0] += 3600 * NS_PER_S  # set forward by an hour
    steady[0] += 2 * NS_PER_S  # while two seconds passed
    assert (clock.now_ns(), clock.drift_ns()) == (NOW_NS + 2 * NS_PER_S, 3598 * NS_PER_S)


def test_a_row_in_the_middle_of_a_block_is_dated_back_by_the_bytes_behind_it() -> None:
    arrivals = ArrivalTimes(960.0)  # 9600 Bd, ten bits a byte
    arrivals.saw(96, 10 * NS_PER_S)
    # 48 bytes at 960 a second are 50 ms
    assert arrivals.at(np.array([48, 96])).tolist() == [10 * NS_PER_S - 50_000_000, 10 * NS_PER_S]


def test_bytes_that_waited_are_not_dated_before_the_block_in_front_of_them() -> None:
    arrivals = ArrivalTimes(960.0)
    arrivals.saw(96, 10 * NS_PER_S)
    arrivals.saw(96, 10 * NS_PER_S + 1_000_000)  # both came out of the driver's buffer
    assert arrivals.at(np.array([97]))[0] >= 10 * NS_PER_S


def test_instants_always_rise() -> None:
    rising = RisingTimes()
    assert rising.take(np.array([100, 100, 50], np.int64)).tolist() == [100, 1100, 2100]
    assert rising.take(np.array([90, 9000], np.int64)).tolist() == [3100, 9000]


def rows_with_ticks(ticks_ns: list[int], ends: list[int]) -> Rows:
    return make_rows((), ends, [()] * len(ends), ticks_ns)


def test_a_devices_ticks_are_laid_on_the_hosts_clock_and_again_when_it_restarts() -> None:
    stamper = Stamper("device", is_tick=True, rate_bytes_per_s=1e6)
    stamper.saw(10, NOW_NS)
    first = stamper.stamp(rows_with_ticks([5 * NS_PER_S, 6 * NS_PER_S], [9, 10]))
    assert np.diff(first).tolist() == [NS_PER_S]
    stamper.saw(10, NOW_NS + 9 * NS_PER_S)
    again = stamper.stamp(rows_with_ticks([1 * NS_PER_S], [20]))
    assert (again.tolist(), stamper.n_restarts) == ([NOW_NS + 9 * NS_PER_S], 1)
