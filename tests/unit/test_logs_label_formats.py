"""Files of labelling programs, written and read again; and as those programs write them."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.core.errors import InputError, LogFormatError
from workbench.logs.events.event import Event
from workbench.logs.events.formats import (
    find_format,
    format_audacity,
    format_label_studio,
    format_nab,
    format_trainset,
    parse_audacity,
    parse_label_studio,
    parse_trainset,
    trainset_header,
)
from workbench.logs.events.labels import make_event

FILE = Path("labels")
START = "2026-03-01T00:00:00Z"
TEMPLATE = Event(id="", asset="P-1", name="event", start_utc="", end_utc="", source="file")


def event(name: str, start: int, end: int, state: str = "real", note: str = "") -> Event:
    stamps = [f"2026-03-01T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z" for second in (start, end)]
    return make_event(
        Event(id="", asset="P-1", name=name, start_utc=stamps[0], end_utc=stamps[1], state=state, note=note, source="file")  # type: ignore[arg-type]
    )


EVENTS = (event("cavitation", 60, 120), event("seal leak", 300, 400, "unsure", "drips"), event("trip", 500, 500, "not_real"))


def kept(events: tuple[Event, ...]) -> list[tuple[str, str, str, str]]:
    return [(one.name, one.start_utc, one.end_utc, one.state) for one in events]


def test_an_audacity_track_comes_back_with_states() -> None:
    origin = parse_utc(START)
    data = format_audacity(EVENTS, origin)
    assert data.splitlines()[0] == b"60.000000\t120.000000\tcavitation [real]"
    assert find_format(data) == "audacity"
    assert kept(parse_audacity(data, FILE, TEMPLATE, origin)) == kept(EVENTS)


def test_a_track_of_audacity_itself_with_spectral_lines_and_decimal_commas_is_read() -> None:
    data = b"1,500000\t2,500000\tclick\n\\\t100.0\t2000.0\n3.0\t3.0\t\n"
    found = parse_audacity(data, FILE, TEMPLATE, 0)
    assert [(one.name, one.start_utc, one.end_utc) for one in found] == [
        ("click", "1970-01-01T00:00:01.5Z", "1970-01-01T00:00:02.5Z"), ("event", "1970-01-01T00:00:03Z", "1970-01-01T00:00:03Z")
    ]  # fmt: skip


def test_a_line_that_is_no_label_is_refused_with_its_number() -> None:
    with pytest.raises(LogFormatError, match="line 2 is no label"):
        parse_audacity(b"1.0\t2.0\ta\nhello\n", FILE, TEMPLATE, 0)


def test_a_label_studio_export_comes_back_with_states_and_notes() -> None:
    data = format_label_studio("P-1", EVENTS)
    assert find_format(data) == "label-studio"
    found = parse_label_studio(data, FILE, TEMPLATE)
    assert kept(found) == kept(EVENTS)
    assert found[1].note == "drips"


def test_label_studios_own_exports_long_and_short_are_read() -> None:
    region = {"start": "2026-03-01 00:01:00", "end": "2026-03-01 00:02:00", "instant": False, "timeserieslabels": ["Run"]}
    long = [{"id": 1, "data": {"asset": "P-7"}, "annotations": [{"result": [{"type": "timeserieslabels", "value": region}]}]}]
    short = [{"id": 1, "csv": "a.csv", "label": [{"start": 1772323260, "end": 1772323320000, "timeserieslabels": ["Run"]}]}]
    assert [(one.asset, one.name, one.end_utc) for one in parse_label_studio(json.dumps(long).encode(), FILE, TEMPLATE)] == [
        ("P-7", "Run", "2026-03-01T00:02:00Z")
    ]
    (one,) = parse_label_studio(json.dumps(short).encode(), FILE, TEMPLATE)
    assert (one.asset, one.start_utc, one.end_utc) == ("P-1", "2026-03-01T00:01:00Z", "2026-03-01T00:02:00Z")


def test_a_file_without_a_pump_is_refused() -> None:
    bare = Event(id="", asset="", name="event", start_utc="", end_utc="")
    with pytest.raises(InputError, match="names no pump"):
        parse_audacity(b"1.0\t2.0\ta\n", FILE, bare, 0)


def test_windows_hold_real_events_only_by_log() -> None:
    assert json.loads(format_nab(EVENTS, lambda event: {"P-1": "pump.csv"}[event.asset])) == {
        "pump.csv": [["2026-03-01 00:01:00.000000", "2026-03-01 00:02:00.000000"]]
    }


def test_a_trainset_file_holds_every_sample_and_comes_back() -> None:
    times = [parse_utc(START) + second * NS_PER_S for second in range(0, 300, 30)]
    lines = list(format_trainset("PI-1", times, ["1.0", "", *["2.5"] * 8], EVENTS))
    assert lines[1] == "PI-1,2026-03-01T00:01:00.000Z,2.5,cavitation\n"
    assert not any("00:00:30" in line for line in lines)  # "null data are not allowed", says its help
    data = (trainset_header() + "".join(lines)).encode()
    assert find_format(data) == "trainset"
    assert [(one.name, one.start_utc, one.end_utc) for one in parse_trainset(data, FILE, TEMPLATE)] == [
        ("cavitation", "2026-03-01T00:01:00Z", "2026-03-01T00:02:00Z")
    ]


def test_the_same_label_in_several_series_is_one_event() -> None:
    rows = ["series,timestamp,value,label"]
    rows += [f"{series},2026-03-01T00:00:0{second}Z,1,{'x' if lo <= second <= hi else ''}"
             for series, lo, hi in (("a", 2, 5), ("b", 4, 7)) for second in range(9)]  # fmt: skip
    (one,) = parse_trainset("\n".join(rows).encode(), FILE, TEMPLATE)
    assert (one.start_utc, one.end_utc) == ("2026-03-01T00:00:02Z", "2026-03-01T00:00:07Z")


def test_a_label_that_a_spreadsheet_would_run_is_quoted_and_comes_back_as_it_was() -> None:
    evil = make_event(msgspec.structs.replace(TEMPLATE, name="=cmd|' /C calc'!A0", state="real", start_utc=START, end_utc=START))
    lines = list(format_trainset("-PI-1", [parse_utc(START)], ["1"], [evil]))
    assert lines == ["'-PI-1,2026-03-01T00:00:00.000Z,1,'=cmd|' /C calc'!A0\n"]
    (back,) = parse_trainset((trainset_header() + lines[0]).encode(), FILE, TEMPLATE)
    assert back.name == evil.name


def test_a_trainset_file_of_the_older_kind_says_no_more_than_whether() -> None:
    data = b"filename,timestamp,value,label\n"
    data += b"a,2019-03-13T21:11:29Z,1,0\na,2019-03-13T21:11:30Z,1,1\na,2019-03-13T21:11:31+00:00,1,1\n"
    assert find_format(data) == "trainset"
    (one,) = parse_trainset(data, FILE, TEMPLATE)
    assert (one.name, one.start_utc, one.end_utc) == ("event", "2019-03-13T21:11:30Z", "2019-03-13T21:11:31Z")


def test_plain_csv_is_none_of_them() -> None:
    assert find_format(b"asset,name,start_utc,end_utc\n") is None
