"""Ten thousand events on the plots: what is visible is found, crowds become one tint, and what was drawn is never stale."""

from __future__ import annotations

from tests.ui.log_projects import at_minute
from workbench.core.clock import format_utc
from workbench.logs.events.event import Event
from workbench.logs.events.looks import Look, own_look
from workbench.ui.widgets.plots.event_names import NameLines
from workbench.ui.widgets.plots.geometry import Columns
from workbench.ui.widgets.plots.marks import CROWD, MOST_BOXES, Marks, marks_of
from workbench.ui.widgets.plots.time_view import TimeView


def event(start: float, end: float, name: str = "leak", state: str = "real") -> Event:
    stamps = [format_utc(at_minute(minute)) for minute in (start, end)]
    return Event(id=f"{name}{start}", asset="P-1", name=name, start_utc=stamps[0], end_utc=stamps[1], state=state)  # type: ignore[arg-type]


def columns_of(first: float, last: float, width: int = 1192) -> Columns:
    """1000 plot pixels (1192 less gutter and margin)."""
    view = TimeView()
    view.set_full(at_minute(first), at_minute(last), 0)
    return Columns(view, width)


def many() -> Marks:
    names = ("leak", "trip", "surge")
    return marks_of([event(2 * number, 2 * number + 1, names[number % 3]) for number in range(10_000)])


def test_events_that_reach_into_a_range_are_found_also_long_ones_that_began_before() -> None:
    marks = marks_of([event(0, 1000, "bearing growth"), event(10, 12), event(500, 510), event(900, 910)])
    found = marks.between(at_minute(495), at_minute(600))
    assert [marks[int(place)].name for place in found] == ["bearing growth", "leak"]


def test_a_crowd_is_one_tint_and_what_can_be_told_apart_keeps_its_colours() -> None:
    marks = many()
    assert [tone for tone, _ in marks.boxes(columns_of(0, 2000))] == [CROWD]
    counts = [sum(len(edges) for _, edges in marks.boxes(columns_of(0, last))) for last in (200, 900, 5000, 20_000)]
    assert max(counts) <= 500  # half of the pixels, however many events there are
    near = marks.boxes(columns_of(0, 60))
    assert sum(len(edges) for _, edges in near) == 31
    assert {tone for tone, _ in near} == {own_look(name).colour for name in ("leak", "trip", "surge")}
    assert MOST_BOXES > 31


def test_what_touches_on_the_screen_is_one_box() -> None:
    marks = marks_of([event(0, 10), event(10, 20), event(50, 60)])
    ((_, edges),) = marks.boxes(columns_of(0, 100))
    assert [(round(a), round(b)) for a, b in edges] == [(170, 370), (670, 770)]


def test_under_a_pixel_the_shortest_event_comes_first() -> None:
    marks = marks_of([event(0, 100, "bearing growth"), event(40, 60), event(45, 50, "trip")])
    found = marks.under(columns_of(0, 100), 170 + 470, 1.0)
    assert [marks[int(place)].name for place in found] == ["trip", "leak", "bearing growth"]


def test_names_stand_in_the_lowest_line_that_has_room_and_close_to_their_events() -> None:
    lines = NameLines(2, 170, 600)
    places = [lines.put(at, 100) for at in (170, 200, 210, 260, 590)]
    assert [place and (place.line, place.left_px) for place in places] == [(0, 170), (1, 200), None, (0, 280), (0, 500)]


def test_what_was_judged_stands_behind_a_name_only_where_it_leaves_the_next_its_place() -> None:
    lines = NameLines(1, 0, 400)
    first, second = lines.put(0, 100), lines.put(180, 100)
    assert first is not None
    assert second is not None
    assert [lines.widen(first, 80), lines.widen(first, 60), lines.widen(second, 130), lines.widen(second, 120)] == [
        False, True, False, True,
    ]  # fmt: skip


def test_a_name_s_search_goes_on_behind_what_is_in_its_way() -> None:
    lines = NameLines(2, 0, 1000)
    for at in (0, 0):
        lines.put(at, 100)
    assert (lines.put(20, 100), lines.next_free(20)) == (None, 110)


def test_tones_say_colour_and_state() -> None:
    looks = {"leak": Look(colour=5, shape="ring")}
    marks = marks_of([event(0, 1), event(1, 2, state="unsure"), event(2, 3, state="not_real")], looks)
    assert marks.tones().tolist() == [5, -5, 0]


def test_each_set_of_events_has_another_serial() -> None:
    assert len({marks_of([]).serial for _ in range(3)}) == 3
