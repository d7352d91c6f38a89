"""Events as a layer: added, moved, renamed, judged, deleted, read from files and written to them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.core.errors import EncodingError, InputError, LogFormatError
from workbench.logs.events.files import format_events_csv, is_windows_json, parse_events_csv, parse_windows_json
from workbench.logs.events.labels import (
    Event,
    add_event,
    check_layer,
    encode_layer,
    events_of_column,
    make_event,
    merge_events,
)

FILE = Path("events.csv")


def event(start: int = 10, end: int = 12, name: str = "cavitation", **more: str) -> Event:
    stamps = (f"2026-03-{start:02d}T00:00:00Z", f"2026-03-{end:02d}T00:00:00Z")
    return Event(id="", asset="P-2041A", name=name, start_utc=stamps[0], end_utc=stamps[1], **more)  # type: ignore[arg-type]


def test_the_same_event_gets_the_same_id_and_another_a_different_one() -> None:
    assert make_event(event()).id == make_event(event(author="Ada")).id
    assert make_event(event()).id != make_event(event(end=13)).id
    assert len(make_event(event()).id) == 32


def test_an_id_that_is_taken_is_not_given_twice() -> None:
    first = make_event(event())
    assert make_event(event(), frozenset({first.id})).id != first.id


def test_an_event_that_overlaps_one_of_its_name_stands_beside_it_and_the_very_same_is_not_added_again() -> None:
    layer = add_event((), event(10, 12))
    both = add_event(layer, event(10, 15))
    assert [(one.id == layer[0].id, one.end_utc) for one in both] == [
        (True, "2026-03-12T00:00:00Z"), (False, "2026-03-15T00:00:00Z"),
    ]  # fmt: skip
    assert add_event(both, event(10, 15, author="Bo")) == both


def test_events_of_different_names_or_states_may_overlap() -> None:
    layer = add_event(add_event((), event(10, 20, "bearing growth")), event(11, 12))
    layer = add_event(layer, event(11, 12, state="real"))
    assert [one.name for one in layer] == ["bearing growth", "cavitation", "cavitation"]


def test_events_are_kept_in_order_of_time() -> None:
    layer = add_event(add_event((), event(15, 16)), event(3, 4, "dry run"))
    assert [one.name for one in layer] == ["dry run", "cavitation"]


def test_an_interval_that_ends_before_it_starts_is_refused_with_both_instants() -> None:
    with pytest.raises(InputError, match=r"2026-03-09.*2026-03-10"):
        make_event(event(10, 9))


def test_a_name_of_control_characters_is_no_name_and_direction_marks_are_stripped() -> None:
    with pytest.raises(InputError, match="no name"):
        make_event(event(name="\x00\u202e "))
    assert make_event(event(name="seal\u202e\n leak\x07")).name == "seal leak"


def test_a_layer_refuses_events_of_another_pump_and_doubled_ids() -> None:
    one = make_event(event())
    with pytest.raises(InputError, match="belongs to P-2041A"):
        check_layer("P-7", (one,))
    with pytest.raises(InputError, match="Two events"):
        check_layer("P-2041A", (one, make_event(event(1, 2, "x")).__class__(**{**_fields(event(1, 2, "x")), "id": one.id})))


def _fields(one: Event) -> dict[str, str]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


def test_an_event_that_is_already_there_is_not_added_twice() -> None:
    layer = merge_events((), (event(), event(1, 2)))
    again = merge_events(layer, (event(author="Bo"), event(5, 6)))
    assert len(again) == 3


def test_empty_layers_of_two_pumps_are_two_objects() -> None:
    assert encode_layer("P-1", ()) != encode_layer("P-2", ())


def test_a_label_column_becomes_one_event_a_stretch_up_to_its_last_row() -> None:
    times = np.arange(8, dtype=np.int64) * 86_400 * 10**9
    found = events_of_column(times, np.array([1, 0, 0, 1, 1, np.nan, 0, 1]), event())
    assert [(one.start_utc[:10], one.end_utc[:10]) for one in found] == [
        ("1970-01-01", "1970-01-01"), ("1970-01-04", "1970-01-05"), ("1970-01-08", "1970-01-08")
    ]  # fmt: skip


def test_csv_written_and_read_again_gives_the_same_events() -> None:
    layer = (make_event(event(name="=HYPERLINK(1)", note='-3 bar; "so"')), make_event(event(1, 2, author="Ada, Bo")))
    data = format_events_csv(layer)
    assert b"'=HYPERLINK(1)" in data
    assert parse_events_csv(data, FILE, asset=None, state="unsure") == layer


def test_csv_of_the_least_columns_takes_asset_and_state_from_the_request() -> None:
    (found,) = parse_events_csv(b"\xef\xbb\xbfname;start;end\r\nleak;2026-03-10;2026-03-11\r\n", FILE, asset="P-1", state="real")
    assert (found.asset, found.name, found.state, found.end_utc) == ("P-1", "leak", "real", "2026-03-11T00:00:00Z")


def test_work_orders_keep_their_number_and_say_what_they_are() -> None:
    data = b"asset,name,start_utc,end_utc,state,work_order\nP-1,Seal,2026-03-10,2026-03-11,unsure,WO-17\n"
    (found,) = parse_events_csv(data, FILE, asset=None, state="real")
    assert (found.source, found.note, found.state) == ("work order", "WO-17", "unsure")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"name,start_utc,end_utc\nleak,yesterday,2026-03-11\n", "line 2.*yesterday"),
        (b"name,start_utc,end_utc\nleak,2026-03-12,2026-03-11\n", "line 2.*before it starts"),
        (b"name,start_utc,end_utc,state\nleak,2026-03-10,2026-03-11,maybe\n", "line 2.*maybe"),
        (b"when,what\n1,2\n", "no column start_utc"),
        (b"", "no column name"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(data: bytes, says: str) -> None:
    with pytest.raises(LogFormatError, match=says):
        parse_events_csv(data, FILE, asset="P-1", state="unsure")


def test_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(EncodingError):
        parse_events_csv("näme".encode("utf-16"), FILE, asset="P-1", state="unsure")


def test_windows_are_read_by_log_and_other_json_is_refused() -> None:
    data = b'{"a/log.csv": [["2026-03-10 00:00:00.000000", "2026-03-11 00:00:00.000000"]], "b.csv": []}'
    assert is_windows_json(data)
    assert [(log.log, len(log.windows)) for log in parse_windows_json(data, FILE)] == [("a/log.csv", 1), ("b.csv", 0)]
    with pytest.raises(LogFormatError, match="no file of windows"):
        parse_windows_json(b'{"a": 1}', FILE)
