"""Layouts of plots: every change is a new layout with exactly the channels it should have."""

from __future__ import annotations

import pytest

from workbench.core.errors import InputError
from workbench.logs.plot_layout import PlotLayout, RowLayout, check_limits, decode_layout, encode_layout

ORDER = ("A", "B", "C", "D", "E")


def layout_of(*rows: str) -> PlotLayout:
    """'AB', 'C' is a row with A and B, and one with C."""
    return PlotLayout(rows=tuple(RowLayout(channels=tuple(row)) for row in rows))


def shape(layout: PlotLayout) -> list[str]:
    return ["".join(row.channels) for row in layout.rows]


def test_a_new_channel_comes_where_the_log_has_it() -> None:
    assert shape(layout_of("A", "D").with_channels(("A", "B", "D"), ORDER)) == ["A", "B", "D"]


def test_among_rows_in_another_order_a_new_channel_goes_to_the_end() -> None:
    assert shape(layout_of("D", "A").with_channels(("A", "B", "D"), ORDER)) == ["D", "A", "B"]


def test_a_channel_that_is_turned_off_leaves_its_overlay() -> None:
    assert shape(layout_of("AB", "C").with_channels(("B", "C"), ORDER)) == ["B", "C"]


@pytest.mark.parametrize(
    ("at", "expected"), [(0, ["C", "AB", "D"]), (1, ["AB", "C", "D"]), (3, ["AB", "D", "C"]), (9, ["AB", "D", "C"])]
)
def test_a_row_is_put_between_others(at: int, expected: list[str]) -> None:
    assert shape(layout_of("AB", "C", "D").inserted(("C",), at)) == expected


def test_a_channel_taken_out_of_an_overlay_gets_its_own_row() -> None:
    assert shape(layout_of("AB", "C").inserted(("B",), 2)) == ["A", "C", "B"]


def test_a_channel_that_was_not_shown_is_put_in() -> None:
    assert shape(layout_of("A").inserted(("E",), 0)) == ["E", "A"]


def test_a_moved_row_keeps_its_limits() -> None:
    layout = layout_of("A", "B").with_row(0, low=1.0, high=2.0)
    assert layout.inserted(("A",), 2).rows[1] == RowLayout(channels=("A",), low=1.0, high=2.0)


def test_overlaying_takes_the_channel_out_of_its_row() -> None:
    assert shape(layout_of("A", "B", "CD").overlaid(("D",), 0)) == ["AD", "B", "C"]


def test_overlaying_twice_changes_nothing() -> None:
    once = layout_of("A", "B").overlaid(("B",), 0)
    assert once.overlaid(("B",), 0) == once


def test_splitting_gives_each_channel_its_row_in_place() -> None:
    assert shape(layout_of("E", "ABC", "D").split(1)) == ["E", "A", "B", "C", "D"]


@pytest.mark.parametrize(("row", "steps", "expected"), [(0, 1, "BAC"), (2, -2, "CAB"), (0, -1, "ABC"), (1, 9, "ACB")])
def test_rows_move_and_stop_at_the_ends(row: int, steps: int, expected: str) -> None:
    assert shape(layout_of("A", "B", "C").moved(row, steps)) == list(expected)


def test_a_layout_file_comes_back_as_it_was() -> None:
    layout = PlotLayout(rows=(RowLayout(channels=("PI-1", "p 2 °C"), low=0.0, high=4.5),), mode="time")
    data = encode_layout("night shift", layout)
    found = decode_layout(data, "x.json")
    assert (found.name, found.layout) == ("night shift", layout)
    assert encode_layout(found.name, found.layout) == data


@pytest.mark.parametrize(
    "data", [b"{}", b"[1", b'{"kind":"plot layout","format_version":2,"name":"a","layout":{}}', b"\xff\xfe", b'{"kind":"x"}']
)
def test_what_is_no_layout_file_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(InputError, match="night"):
        decode_layout(data, "night.json")


@pytest.mark.parametrize(
    "row",
    [
        RowLayout(channels=("A",), low=1.0),
        RowLayout(channels=("A",), low=2.0, high=2.0),
        RowLayout(channels=("A",), low=0.0, high=2.0, is_log=True),
    ],
)
def test_limits_that_make_no_axis_are_refused(row: RowLayout) -> None:
    with pytest.raises(InputError):
        check_limits(row)


@pytest.mark.parametrize(("low", "high"), [(-1.7e308, 1.7e308), (0.0, 1e31), (-1e31, 0.0)])
def test_an_axis_without_measure_is_refused(low: float, high: float) -> None:
    # 1.7e308 − (−1.7e308) is infinite: no round value could be found on it.
    with pytest.raises(InputError, match=r"At most to 1e\+30"):
        check_limits(RowLayout(channels=("PI-1",), low=low, high=high))
