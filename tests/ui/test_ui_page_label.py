"""The Label page in the real window: draw, move, resize, judge, name, delete, undo; each edit is stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import OpenPage
from tests.ui.log_projects import PUMP, at_minute
from workbench.app.window import Built
from workbench.core.clock import format_utc, parse_utc
from workbench.core.jobs import Job
from workbench.logs.events.looks import Look
from workbench.services.labels import Event, LabelsListRequest, list_labels
from workbench.services.log_views import OpenLogsRequest, open_asset_logs
from workbench.ui.pages.label.fields import editable_instant, parse_local
from workbench.ui.pages.label.list import short_name
from workbench.ui.pages.label.page import LabelPage

WaitFor = Callable[..., None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(log_project: Path, wait_for: WaitFor, open_page: OpenPage) -> LabelPage:
    found = open_page(log_project, "label", LabelPage)
    wait_for(lambda: found.editor.session is not None)
    return found


@pytest.fixture
def stored(built: Built, page: LabelPage, wait_for: WaitFor) -> Callable[[], tuple[Event, ...]]:
    """The events as they are on disk, once everything is written."""

    def read() -> tuple[Event, ...]:
        wait_for(lambda: not page.editor.is_busy and not built.context.jobs.running)
        return list_labels(LabelsListRequest(project=built.context.project_text, asset=PUMP), Job()).events

    return read


def drag(page: LabelPage, from_minute: float, to_minute: float) -> None:
    rows = page.view.plots.rows
    start, end = (QPoint(round(rows.columns.x_px(at_minute(minute))), 60) for minute in (from_minute, to_minute))
    QTest.mousePress(rows, LEFT, pos=start)
    QTest.mouseMove(rows, (start + end) / 2)
    QTest.mouseMove(rows, end)
    QTest.mouseRelease(rows, LEFT, pos=end)


def pixel_ns(page: LabelPage) -> float:
    return page.view.plots.view.length_ns / page.view.plots.rows.columns.width


def test_the_first_unsure_event_is_chosen(page: LabelPage) -> None:
    assert page.editor.chosen is not None
    assert page.editor.chosen.name == "seal leak"
    assert page.inspector.name.text() == "seal leak"


def test_a_drawn_span_is_stored_with_its_author(page: LabelPage, stored: Callable[[], tuple[Event, ...]]) -> None:
    drag(page, 1200, 1500)
    drawn = next(event for event in stored() if event.name == "unnamed")
    assert parse_utc(drawn.start_utc) == pytest.approx(at_minute(1200), abs=2 * pixel_ns(page))
    assert parse_utc(drawn.end_utc) == pytest.approx(at_minute(1500), abs=2 * pixel_ns(page))
    assert (drawn.state, drawn.author, drawn.source) == ("unsure", "Operator 1", "person")


def test_naming_and_judging_with_the_keys(page: LabelPage, stored: Callable[[], tuple[Event, ...]]) -> None:
    drag(page, 1200, 1500)
    assert page.inspector.name.hasFocus()
    page.inspector.name.setText("gas in the pump")
    QTest.keyClick(page.inspector.name, Qt.Key.Key_Return)
    page.view.plots.rows.setFocus()
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_2)
    assert [(event.name, event.state) for event in stored()][1] == ("gas in the pump", "not_real")


def test_return_after_a_name_leads_back_to_the_plots_where_the_keys_judge(
    page: LabelPage, stored: Callable[[], tuple[Event, ...]], wait_for: WaitFor
) -> None:
    rows = page.view.plots.rows
    drag(page, 1200, 1500)
    page.inspector.name.setText("dry running")
    QTest.keyClick(page.inspector.name, Qt.Key.Key_Return)
    wait_for(rows.hasFocus)
    QTest.keyClick(rows, Qt.Key.Key_1)
    assert [(event.name, event.state) for event in stored()][1] == ("dry running", "real")


def test_escape_leaves_a_field_as_it_was(page: LabelPage, stored: Callable[[], tuple[Event, ...]]) -> None:
    before = stored()
    page.inspector.note.setFocus()
    QTest.keyClicks(page.inspector.note, "not meant")
    QTest.keyClick(page.inspector.note, Qt.Key.Key_Escape)
    assert page.view.plots.rows.hasFocus()
    assert (page.inspector.note.text(), stored()) == ("", before)


def test_a_part_of_a_second_survives_an_edit_of_the_other_end() -> None:
    zone = ZoneInfo("Europe/Oslo")
    shown = editable_instant("2013-02-02T10:00:00.500Z", zone)
    assert shown == "2013-02-02 11:00:00.5"
    assert parse_local(shown, zone) == parse_utc("2013-02-02T10:00:00.500Z")
    assert editable_instant("2013-02-02T10:00:00Z", zone) == "2013-02-02 11:00:00"


def test_a_list_row_keeps_its_time_whole_and_shortens_who_says_so(page: LabelPage) -> None:
    metrics = page.panel.table.fontMetrics()
    assert short_name("Per Hansen", metrics, metrics.horizontalAdvance("Per Hansen")) == "Per Hansen"
    assert short_name("Per Hansen", metrics, metrics.horizontalAdvance("Per Hans")) == "PH"


def test_dragging_an_event_moves_it_and_its_end_resizes_it(page: LabelPage, stored: Callable[[], tuple[Event, ...]]) -> None:
    drag(page, 2800, 3000)
    moved = stored()[1]
    assert parse_utc(moved.start_utc) == pytest.approx(at_minute(2700), abs=2 * pixel_ns(page))
    end = (parse_utc(moved.end_utc) - at_minute(0)) / 60e9
    drag(page, end, end + 300)
    resized = stored()[1]
    assert resized.start_utc == moved.start_utc
    assert parse_utc(resized.end_utc) == pytest.approx(at_minute(end + 300), abs=2 * pixel_ns(page))


def test_delete_undo_and_redo(page: LabelPage, stored: Callable[[], tuple[Event, ...]]) -> None:
    rows = page.view.plots.rows
    rows.setFocus()
    before = stored()
    QTest.keyClick(rows, Qt.Key.Key_Delete)
    assert [event.name for event in stored()] == ["cavitation"]
    QTest.keyClick(rows, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert stored() == before
    QTest.keyClick(rows, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert [event.name for event in stored()] == ["cavitation"]


def test_an_event_made_and_shaped_with_keys_alone(page: LabelPage, stored: Callable[[], tuple[Event, ...]]) -> None:
    rows = page.view.plots.rows
    rows.setFocus()
    page.view.plots.view.set_cursor(at_minute(1000))
    QTest.keyClick(rows, Qt.Key.Key_N)
    rows.setFocus()
    page.view.plots.view.set_cursor(at_minute(1400))
    QTest.keyClick(rows, Qt.Key.Key_BracketRight)
    made = next(event for event in stored() if event.name == "unnamed")
    assert (parse_utc(made.start_utc), parse_utc(made.end_utc)) == (at_minute(1000), at_minute(1400))


def test_a_typed_time_moves_an_end_and_nonsense_is_refused_in_words(
    page: LabelPage, stored: Callable[[], tuple[Event, ...]]
) -> None:
    page.inspector.start.selectAll()
    QTest.keyClicks(page.inspector.start, "2026-03-03 18:00:00")
    QTest.keyClick(page.inspector.start, Qt.Key.Key_Return)
    assert stored()[1].start_utc == "2026-03-03T18:00:00Z"
    page.inspector.end.selectAll()
    QTest.keyClicks(page.inspector.end, "yesterday")
    QTest.keyClick(page.inspector.end, Qt.Key.Key_Return)
    assert page.inspector.problem.text().startswith("'yesterday' is not a time.")
    assert page.inspector.end.property("invalid") is True


def test_in_pan_mode_dragging_leaves_events_alone(page: LabelPage, stored: Callable[[], tuple[Event, ...]]) -> None:
    page.view.plots.view.zoom(4, at_minute(1500))
    before, start = stored(), page.view.plots.view.start_ns
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_P)
    drag(page, 1500, 1400)
    assert page.view.plots.view.start_ns > start
    assert stored() == before


def test_choosing_in_the_list_shows_the_event_in_the_plots(page: LabelPage) -> None:
    page.panel.table.select_row(0)
    assert page.editor.chosen is not None
    assert page.editor.chosen.name == "cavitation"
    page.panel.table.select_row(1)
    assert page.view.plots.rows.chosen_event == page.editor.events[1].id


def test_a_span_marked_on_the_logs_page_becomes_an_event(page: LabelPage, built: Built, wait_for: WaitFor) -> None:
    built.window.show_page("logs")
    logs = built.window.host.page("logs")
    wait_for(lambda: logs.view.logs is not None)
    logs.view.plots.view.set_span((at_minute(100), at_minute(200)))
    built.context.run_action("logs.label")
    wait_for(lambda: len(page.editor.events) == 3)
    assert parse_utc(page.editor.events[0].start_utc) == at_minute(100)
    wait_for(lambda: not page.editor.is_busy)


def test_events_of_a_file_are_added(
    page: LabelPage, tmp_path: Path, wait_for: WaitFor, stored: Callable[[], tuple[Event, ...]]
) -> None:
    file = tmp_path / "events.csv"
    rows = f"asset,name,start_utc,end_utc,state\n{PUMP},looseness,2026-03-02T01:00:00Z,2026-03-02T02:00:00Z,real\n"
    file.write_text(rows, encoding="utf-8")
    page.files.choose_import()
    page.files.import_chosen.emit([file])
    wait_for(lambda: page.importing.n_events == 1)
    page.acts.store_import()
    wait_for(lambda: len(page.editor.events) == 3)
    assert "looseness" in [event.name for event in stored()]
    chooser = page.context.messages.chooser
    assert chooser is not None
    chooser.reject()


def test_the_channels_button_gives_and_takes_rows(page: LabelPage) -> None:
    action = page.rows_button.menu_box.actions()[0]
    action.trigger()
    assert [channel.name for channel in page.view.plots.rows.channels] == ["FI-2041A", "VI-2041A-DE"]


def test_split_at_the_cursor_and_merge_with_the_next(page: LabelPage, stored: Callable[[], tuple[Event, ...]]) -> None:
    rows = page.view.plots.rows
    rows.setFocus()
    before = stored()
    page.view.plots.view.set_cursor(at_minute(2800))
    QTest.keyClick(rows, Qt.Key.Key_X)
    assert [parse_utc(event.end_utc) for event in stored()[1:]] == [at_minute(2800), at_minute(3100)]
    QTest.keyClick(rows, Qt.Key.Key_M)
    assert stored() == before


def test_several_are_chosen_with_ctrl_and_judged_at_once(page: LabelPage, stored: Callable[[], tuple[Event, ...]]) -> None:
    rows = page.view.plots.rows
    at = QPoint(round(rows.columns.x_px(at_minute(650))), 60)
    QTest.mouseClick(rows, LEFT, Qt.KeyboardModifier.ControlModifier, at)
    assert len(page.editor.all_chosen) == 2
    QTest.keyClick(rows, Qt.Key.Key_2)
    assert [event.state for event in stored()] == ["not_real", "not_real"]
    QTest.keyClick(rows, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [event.state for event in stored()] == ["real", "unsure"]


def test_all_events_are_chosen_in_the_list_and_judged_and_taken_back_together(
    page: LabelPage, stored: Callable[[], tuple[Event, ...]]
) -> None:
    before, table = stored(), page.panel.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert set(page.editor.all_chosen) == {event.id for event in before}
    QTest.keyClick(table, Qt.Key.Key_2)
    assert {event.state for event in stored()} == {"not_real"}
    QTest.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert stored() == before
    rows = page.view.plots.rows
    edges = page.view.plots.marks.chosen(rows.columns, page.editor.chosen_id)
    assert [round(left) for left, _ in edges] == [round(rows.columns.x_px(parse_utc(event.start_utc))) for event in before]


def test_twenty_events_are_drawn_with_twenty_drags_and_one_name(page: LabelPage, stored: Callable[[], tuple[Event, ...]]) -> None:
    page.view.plots.view.show_range(at_minute(0), at_minute(590))
    page.editor.choose("")
    for number in range(20):
        drag(page, 30 + 25 * number, 45 + 25 * number)
        if number == 0:
            page.inspector.name.setText("surge")
            QTest.keyClick(page.inspector.name, Qt.Key.Key_Return)
    assert [event.name for event in stored()].count("surge") == 20


def test_a_key_calls_the_chosen_event_by_a_name_in_use(page: LabelPage, stored: Callable[[], tuple[Event, ...]]) -> None:
    assert page.panel.names.names[0] == "cavitation"
    page.view.plots.rows.setFocus()
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_4)
    assert [event.name for event in stored()] == ["cavitation", "cavitation"]


def test_a_look_is_kept_in_the_project(page: LabelPage, built: Built, wait_for: WaitFor) -> None:
    page.inspector.look.look_given.emit(Look(colour=7, shape="plus"))
    assert page.view.plots.marks.look("seal leak") == Look(colour=7, shape="plus")
    wait_for(lambda: not built.context.jobs.running)
    request = OpenLogsRequest(project=built.context.project_text, asset=PUMP)
    assert open_asset_logs(request, Job()).looks == {"seal leak": Look(colour=7, shape="plus")}


def test_a_look_is_taken_back_and_given_again_between_other_edits(page: LabelPage, built: Built, wait_for: WaitFor) -> None:
    rows, marks = page.view.plots.rows, page.view.plots
    former, given = marks.marks.look("seal leak"), Look(colour=7, shape="plus")
    page.acts.judge_real()
    page.inspector.look.look_given.emit(given)
    page.acts.judge_not_real()
    states, looks = [], []
    for key in (Qt.Key.Key_Z, Qt.Key.Key_Z, Qt.Key.Key_Z, Qt.Key.Key_Y, Qt.Key.Key_Y):
        QTest.keyClick(rows, key, Qt.KeyboardModifier.ControlModifier)
        chosen = page.editor.chosen
        states.append(chosen.state if chosen else "")
        looks.append(marks.marks.look("seal leak"))
    assert states == ["real", "real", "unsure", "real", "real"]
    assert looks == [given, former, former, former, given]
    wait_for(lambda: not built.context.jobs.running)
    request = OpenLogsRequest(project=built.context.project_text, asset=PUMP)
    assert open_asset_logs(request, Job()).looks["seal leak"] == given


def test_keys_make_and_move_events_within_the_log(page: LabelPage, stored: Callable[[], tuple[Event, ...]]) -> None:
    rows, view = page.view.plots.rows, page.view.plots.view
    first, last = view.full_ns
    rows.setFocus()
    view.set_cursor(last)
    QTest.keyClick(rows, Qt.Key.Key_N)
    made = next(event for event in stored() if event.name == "unnamed")
    assert (parse_utc(made.end_utc), parse_utc(made.end_utc) - parse_utc(made.start_utc) > 0.04 * (last - first)) == (last, True)
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert next(event for event in stored() if event.name == "unnamed") == made


def test_escape_leaves_the_comparison_of_two_readers(page: LabelPage, wait_for: WaitFor) -> None:
    page.view.plots.rows.setFocus()
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_G)
    wait_for(page.agreement.first.hasFocus)
    QTest.keyClick(page.agreement.first, Qt.Key.Key_Escape)
    assert page.inspector.isVisible()
    assert page.view.plots.rows.hasFocus()


def test_kind_and_mode_are_stored_and_what_they_mean_is_said(page: LabelPage, stored: Callable[[], tuple[Event, ...]]) -> None:
    page.inspector.kind.set_value("preventive")
    page.inspector.action.set_value("bearing")
    event = stored()[1]
    assert (event.kind, event.action) == ("preventive", "bearing")
    assert "not learnt as a failure" in page.inspector.consequence.text()


def test_an_onset_is_an_interval_and_its_wrong_order_is_refused(page: LabelPage, stored: Callable[[], tuple[Event, ...]]) -> None:
    page.inspector.kind.set_value("failure")
    for field, text in ((page.inspector.good, "2026-03-03 12:00:00"), (page.inspector.found, "2026-03-03 18:00:00")):
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
    event = stored()[1]
    assert (event.last_good_utc, event.found_utc) == ("2026-03-03T12:00:00Z", "2026-03-03T18:00:00Z")
    page.inspector.found.selectAll()
    QTest.keyClicks(page.inspector.found, "2026-03-01")
    QTest.keyClick(page.inspector.found, Qt.Key.Key_Return)
    assert "Exchange the two times" in page.inspector.problem.text()


def test_similar_stretches_are_suggested_and_judged_one_after_the_other(
    page: LabelPage, built: Built, stored: Callable[[], tuple[Event, ...]], wait_for: WaitFor
) -> None:
    page.panel.table.select_row(0)
    stored()
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_S)
    wait_for(lambda: len(page.editor.events) > 3, 20)
    suggested = [event for event in stored() if event.source == "similar"]
    assert {(event.state, event.author, event.name) for event in suggested} == {("unsure", "", "cavitation")}
    first = page.editor.chosen_id
    assert first == min(suggested, key=lambda event: event.distance or 0).id
    page.view.plots.rows.setFocus()
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_1)
    assert page.editor.chosen_id not in ("", first)
    judged = next(event for event in stored() if event.id == first)
    assert (judged.state, judged.author) == ("real", "Operator 1")


def test_what_the_channels_did_within_an_event_is_said(page: LabelPage, wait_for: WaitFor) -> None:
    page.panel.table.select_row(0)
    wait_for(page.inspector.evidence.isVisible)
    assert page.inspector._evidence_box.isVisible()


def test_an_edit_that_could_not_be_stored_is_stored_with_the_next(
    page: LabelPage, built: Built, stored: Callable[[], tuple[Event, ...]], wait_for: WaitFor
) -> None:
    folder = Path(built.context.project_text) / "objects" / "labels"
    kept = folder.rename(folder.with_name("kept"))
    folder.write_text("a file where a folder should be", encoding="utf-8")
    page.inspector.state_given.emit("not_real")
    wait_for(lambda: not built.context.jobs.running)
    assert page.editor.is_busy
    folder.unlink()
    kept.rename(folder)
    page.editor.rename("seal worn")
    assert [(event.name, event.state) for event in stored()][1] == ("seal worn", "not_real")


ORDERS = """WO;Equipment;Short text;Reported;Found;Completed;Failure mode;Remark X
1;P-2041A;Seal leaks;03/04/2026;02/04/2026;05/04/2026;ELP;a
2;P-2041A;Bearing replaced, planned;06/04/2026;;06/04/2026;;b
3;P-99;Noise;06/04/2026;;07/04/2026;NOI;c
"""


def test_work_orders_are_shown_asked_about_and_imported(
    page: LabelPage, built: Built, tmp_path: Path, stored: Callable[[], tuple[Event, ...]], wait_for: WaitFor
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    page.open_files([path])
    wait_for(lambda: page.importing.n_events == 2)
    importing = page.importing
    assert importing.why_not() == "Say which number is the day"
    assert importing.reading.question.isVisible()
    importing.reading.order.set_value("DMY")
    wait_for(lambda: not importing.why_not())
    importing.mapping.choices["Reported"].set_value("ignore")
    wait_for(lambda: not built.context.jobs.running)
    assert importing.request() is not None
    assert "--map Reported=ignore" in built.context.command_text(("labels", "import"), importing.request())
    built.context.run_action("label.import_now")
    wait_for(lambda: not page.is_importing)
    events = stored()
    assert [(one.kind, one.reported_utc) for one in events if one.source == "work order"] == [("failure", ""), ("preventive", "")]
    page.open_files([path])  # what was said about these columns is said again
    wait_for(lambda: page.importing.n_events == 2 and not page.importing.why_not())
    assert page.importing.mapping.choices["Reported"].value() == "ignore"
    built.context.run_action("label.import_skip")
    assert not page.is_importing


def test_a_list_of_events_is_named_so_and_has_no_columns_without_a_value(
    page: LabelPage, tmp_path: Path, wait_for: WaitFor
) -> None:
    path = tmp_path / "events.csv"
    event = "P-2041A,seal leak,2026-03-02T08:00:00Z,2026-03-02T09:00:00Z"
    path.write_text(f"asset,name,start_utc,end_utc\n{event}\n", encoding="utf-8")
    page.open_files([path])
    wait_for(lambda: page.importing.n_events == 1)
    assert "is read as a list of events" in page.importing._text.text()
    table = page.importing.events.table
    hidden = [one.key for place, one in enumerate(table.array.columns) if table.isColumnHidden(place)]
    assert hidden == ["kind", "mode", "action"]


def test_a_file_that_holds_no_table_says_so_and_can_be_left(page: LabelPage, tmp_path: Path, wait_for: WaitFor) -> None:
    path = tmp_path / "a.csv"
    path.write_text("hello\n", encoding="utf-8")
    page.open_files([path])
    wait_for(lambda: "has no table" in page.importing.why_not())
    page.acts.skip_import()
    assert not page.is_importing


def test_two_readers_are_compared_and_their_differences_stepped_through(
    page: LabelPage, built: Built, tmp_path: Path, wait_for: WaitFor
) -> None:
    other = tmp_path / "bo.csv"
    rows = [
        f"{PUMP},cavitation,{format_utc(at_minute(600))},{format_utc(at_minute(700))},real,Bo",
        f"{PUMP},trip,{format_utc(at_minute(1500))},{format_utc(at_minute(1600))},real,Bo",
    ]
    other.write_text("asset,name,start_utc,end_utc,state,author\n" + "\n".join(rows) + "\n", encoding="utf-8")
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_G)
    assert page.agreement.isVisible()
    page.agreement.compare_with(other)
    wait_for(lambda: page.agreement.result is not None)
    assert page.agreement.result is not None
    assert [one.kind for one in page.agreement.result.disagreements] == ["only_second", "only_first"]
    assert "1 event is only bo.csv's" in page.agreement.result.verdict
    first, second = page.view.plots.readers
    wait_for(lambda: second.isVisible())
    assert (first.isVisible(), page.view.plots.events.isVisible()) == (True, False)
    assert [len(first.marks), len(second.marks)] == [2, 2]  # all of both, not only the place that is chosen
    assert second.title == "bo.csv"
    page.agreement.table.select_row(1)
    assert page.editor.chosen is not None
    assert page.editor.chosen.name == "seal leak"
    page.agreement.closed.emit()
    assert page.inspector.isVisible()
    assert (second.isVisible(), page.view.plots.events.isVisible()) == (False, True)
