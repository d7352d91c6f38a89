"""The Logs page in the real window: from files to plots, and around in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.log_projects import N_ROWS, PUMP, START_NS, at_minute, csv_text
from workbench.app.window import Built
from workbench.core.clock import NS_PER_S
from workbench.core.jobs import Job
from workbench.project.store import Project
from workbench.services.logs import ImportRequest, import_logs
from workbench.ui.pages.logs.page import LogsPage
from workbench.ui.pages.logs.xy import XYMode
from workbench.ui.widgets.table import ROW_PX

WaitFor = Callable[..., None]
DAY_NS = 86400 * NS_PER_S


@pytest.fixture
def page(log_project: Path, built: Built, wait_for: WaitFor) -> LogsPage:
    """The page with the project's pump open."""
    built.context.open_project(log_project)
    wait_for(lambda: built.context.project is not None)
    shown = show(built)
    wait_for(lambda: shown.view.logs is not None)
    return shown


def show(built: Built) -> LogsPage:
    built.window.show()
    built.window.show_page("logs")
    page = built.window.host.page("logs")
    assert isinstance(page, LogsPage)
    return page


def test_without_a_log_the_page_says_what_to_do(built: Built) -> None:
    page = show(built)
    assert page.header_ids == ("logs.fetch", "logs.live")
    assert page._empty.isVisible()
    assert page._empty.title.text() == "No project is open"
    assert not page.side.isVisible()


def test_a_dropped_folder_is_previewed_imported_and_plotted(built: Built, tmp_path: Path, wait_for: WaitFor) -> None:
    folder = tmp_path / "rig"
    folder.mkdir()
    (folder / "1.csv").write_text(csv_text(400, gap=range(0)), encoding="utf-8")
    (folder / "2.csv").write_text(csv_text(400, START_NS + 500 * 60 * NS_PER_S, range(0)), encoding="utf-8")
    (folder / "readme.md").write_text("About this rig.\n", encoding="utf-8")
    built.context.make_project(tmp_path / "project")
    wait_for(lambda: built.context.project is not None)
    built.window.show()
    built.window.open_files([folder])
    page = show(built)
    wait_for(lambda: page.preview.n_logs == 2 and page.preview.guesses.choices)
    assert page.preview.files.groups() == {PUMP: [str(folder / "1.csv"), str(folder / "2.csv")]}
    assert "readme.md" in page.preview._said.text()
    page.preview.files.asset.setFocus()
    page.preview.files.asset.selectAll()
    QTest.keyClicks(page.preview.files.asset, "P-7")
    QTest.mouseClick(page.preview.files.is_same, Qt.MouseButton.LeftButton)
    button = next(one for one in built.window.header.buttons() if one.objectName() == "button:logs.store")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    wait_for(lambda: page.view.logs is not None, 30)
    assert page.view.logs.asset == "P-7"
    assert sum(info.rows for info in page.view.logs.recordings) == 800
    assert page.title == "P-7"
    assert page.view.plots.rows.isVisible()


def test_a_zone_that_was_chosen_is_used_and_remembered(built: Built, home: Path, tmp_path: Path, wait_for: WaitFor) -> None:
    log = tmp_path / "P-9.csv"
    log.write_text(csv_text(50).replace("Z,", ","), encoding="utf-8")
    built.context.make_project(tmp_path / "project")
    wait_for(lambda: built.context.project is not None)
    built.window.show()
    built.window.open_files([log])
    page = show(built)
    wait_for(lambda: page.preview._preview is not None)
    page.preview.guesses.zone.set_value("Asia/Tokyo")
    assert page.preview.request_for_all().zone == "Asia/Tokyo"
    page.preview.files.asset.setText("")
    QTest.keyClicks(page.preview.files.asset, "P-9X")
    page.preview.start_import()
    wait_for(lambda: page.view.logs is not None, 30)
    next_day = tmp_path / "P-9.csv"
    page.preview.guesses.zone.set_value("")
    built.window.open_files([next_day])
    wait_for(lambda: page.preview._preview is not None)
    wait_for(lambda: page.preview.guesses.zone.value() == "Asia/Tokyo")
    assert page.preview.files.asset.text() == "P-9X"
    wait_for(lambda: "As chosen before for P-9" in page.preview._said.text())  # said once the file was read again


def test_suggested_tags_are_accepted_by_a_click_and_applied_by_the_import(
    built: Built, tmp_path: Path, wait_for: WaitFor
) -> None:
    log = tmp_path / "station.csv"
    rows = [f"2026-03-12T00:{k // 60:02d}:{k % 60:02d}Z,{k % 9}.5,{k % 7}.25,{50 + k % 5},{k % 3}.5" for k in range(300)]
    names = "P-2041A suction press [bar],P-2041A discharge press [bar],P-2042B bearing temp DE [degC],AI_77"
    log.write_text(f"time,{names}\n" + "\n".join(rows) + "\n", encoding="utf-8")
    built.context.make_project(tmp_path / "project")
    wait_for(lambda: built.context.project is not None)
    built.window.show()
    built.window.open_files([log])
    page = show(built)
    card = page.preview.columns
    wait_for(lambda: card.accept.isVisible())
    assert card.accept.text() == "Accept 3 suggestions"
    QTest.mouseClick(card.accept, Qt.MouseButton.LeftButton)
    assert not card.accept.isVisible()
    QTest.mouseClick(card.command, Qt.MouseButton.LeftButton)
    assert "assets tag" in QApplication.clipboard().text()
    page.preview.start_import()
    wait_for(lambda: page.view.logs is not None, 30)
    with Project.open(tmp_path / "project") as project:
        assets = sorted(item.asset for item in project.items("recording"))
        assert project.meta.tags["P-2041A suction press"]["channel"] == "suction pressure"
    assert {"P-2041A", "P-2042B"} <= set(assets)


def test_something_that_is_no_log_is_refused_in_words(built: Built, tmp_path: Path, wait_for: WaitFor) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    built.context.make_project(tmp_path / "project")
    wait_for(lambda: built.context.project is not None)
    built.window.show()
    built.window.open_files([picture])
    page = show(built)
    wait_for(lambda: "picture" in page.preview._said.text())
    assert page.preview.why_not() == "There is no log among these files"
    assert page.preview._said.text().count("a.png") == 1
    assert page.preview._said_symbol.isVisible()
    assert not page.preview.files.owner.isVisible()  # whose it is, is asked of logs only
    assert page.preview.files.height() < page.preview.height() / 2


def test_of_many_files_four_are_seen_at_once_and_one_file_leaves_the_room_to_its_columns(
    built: Built, tmp_path: Path, wait_for: WaitFor
) -> None:
    files = [tmp_path / f"P-20{number}.csv" for number in range(9)]
    for file in files:
        file.write_text(csv_text(60), encoding="utf-8")
    built.context.make_project(tmp_path / "project")
    wait_for(lambda: built.context.project is not None)
    built.window.resize(1280, 800)
    built.window.show()
    assert rows_seen(built, files, wait_for) >= 4
    assert rows_seen(built, files[:1], wait_for) == 1


def rows_seen(built: Built, files: list[Path], wait_for: WaitFor) -> int:
    """How many rows of the list of files are in sight once the first was read."""
    built.window.open_files(files)
    preview = show(built).preview
    wait_for(lambda: preview.n_logs == len(files) and preview.rows.isVisible() and not built.context.jobs.running)
    return preview.files.table.viewport().height() // ROW_PX


def test_a_day_of_the_map_shows_that_day(page: LogsPage) -> None:
    box = page.side.availability.cell_box(0, 1)
    QTest.mouseClick(page.side.availability, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert page.view.range_ns == (START_NS + DAY_NS, START_NS + 2 * DAY_NS)


def test_a_channel_s_box_takes_its_row_away(page: LogsPage) -> None:
    channels = page.side.channels
    QTest.mouseClick(channels.viewport(), Qt.MouseButton.LeftButton, pos=channels.box_of("FI-2041A").center())
    assert [channel.name for channel in page.view.plots.rows.channels] == ["PI-2041A", "VI-2041A-DE"]


def test_the_box_of_the_last_row_stays_on(page: LogsPage) -> None:
    channels = page.side.channels
    for name in list(channels.names):
        QTest.mouseClick(channels.viewport(), Qt.MouseButton.LeftButton, pos=channels.box_of(name).center())
    assert [channel.name for channel in page.view.plots.rows.channels] == ["VI-2041A-DE"]
    assert page.side.checked() == ("VI-2041A-DE",)


def test_the_map_is_whole_though_it_was_there_with_fewer_pumps(page: LogsPage) -> None:
    QApplication.processEvents()
    page.side.show_assets(tuple(msgspec.structs.replace(page._assets[0], tag=f"P-{number}") for number in range(6)))
    QApplication.processEvents()
    shown = page.side.availability
    assert shown.visibleRegion().boundingRect().height() == shown.height() == shown.sizeHint().height()


def test_the_keys_go_to_the_plot_of_another_way_to_look_and_back(page: LogsPage, wait_for: WaitFor) -> None:
    rows = page.view.plots.rows
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_X)
    xy = page.modes.mode("xy")
    assert isinstance(xy, XYMode)
    assert xy.plot.hasFocus()
    wait_for(lambda: xy.plot.cloud is not None)
    QTest.keyClick(xy.plot, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert rows.hasFocus()


def test_of_many_pumps_the_one_that_is_open_is_in_sight_in_the_map(page: LogsPage) -> None:
    logs = page.view.logs
    assert logs is not None
    others = tuple(msgspec.structs.replace(page._assets[0], tag=f"P-{number}") for number in range(20))
    page.side.show_assets((*others, page._assets[0]))
    QApplication.processEvents()
    page.side.show_logs(logs, page.view.channels())
    shown = page.side.availability
    assert shown.visibleRegion().boundingRect().contains(0, shown.row_middle(PUMP))
    for height_px in (1200, 800):  # less room, as a window that is made lower has
        page.window().resize(1280, height_px)
        for _ in range(3):
            QApplication.processEvents()
        assert shown.visibleRegion().boundingRect().contains(0, shown.row_middle(PUMP))


def test_tab_goes_through_the_page_as_it_is_read(page: LogsPage, wait_for: WaitFor) -> None:
    side, view = page.side, page.view
    holders = [
        side.availability, side.channels, *side.findings, *side.recordings, view.ranges, page.modes.switch, view.states,
        view.layers, page.layout_menu.button, view.plots.overview, view.plots.regimes, view.plots.rows,
    ]  # fmt: skip
    QApplication.processEvents()  # the rows of findings and recordings are laid out
    side.availability.setFocus()
    met: list[QWidget] = []
    while view.plots.rows not in met:
        at = QApplication.focusWidget()
        assert at is not None
        met += [one for one in holders if one not in met and (one is at or one.isAncestorOf(at))]
        QTest.keyClick(at, Qt.Key.Key_Tab)
    assert met == holders
    view.plots.rows.setFocus()
    QTest.keyClick(view.plots.rows, Qt.Key.Key_X)
    xy = page.modes.mode("xy")
    assert isinstance(xy, XYMode)
    wait_for(lambda: xy.plot.cloud is not None)
    xy.x_choice.setFocus()
    QTest.keyClick(xy.x_choice, Qt.Key.Key_Tab)
    assert xy.swap_button.hasFocus()


def test_a_finding_zooms_to_where_it_is(page: LogsPage) -> None:
    gap = next(row for row in page.side.findings if row.finding.code == "GAP")
    QTest.mouseClick(gap, Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
    start, end = page.view.range_ns
    assert start < at_minute(1999) < at_minute(2100) < end
    assert end - start < DAY_NS


def test_the_range_buttons_zoom(page: LogsPage) -> None:
    QTest.mouseClick(page.view.ranges.button("24h"), Qt.MouseButton.LeftButton)
    assert page.view.range_ns == (at_minute(N_ROWS - 1) - DAY_NS, at_minute(N_ROWS - 1))
    assert not page.view.ranges.button("7d").isEnabled()


def test_another_page_can_send_a_span(page: LogsPage, built: Built, wait_for: WaitFor) -> None:
    built.window.show_page("start")
    built.context.navigate("logs", asset=PUMP, start_ns=at_minute(600), end_ns=at_minute(700))
    wait_for(lambda: page.view.range_ns == (at_minute(600), at_minute(700)))


def test_recordings_are_removed_after_asking(page: LogsPage, built: Built, wait_for: WaitFor) -> None:
    page.remove()
    question = built.context.messages.question
    assert question is not None
    verb = next(button for button in question.buttons() if button.text() == "Remove")
    QTest.mouseClick(verb, Qt.MouseButton.LeftButton)
    wait_for(lambda: page._empty.isVisible())
    assert page.view.logs is None


def test_coming_back_does_not_jump_to_an_old_span(page: LogsPage, built: Built, wait_for: WaitFor) -> None:
    built.context.navigate("logs", asset=PUMP, start_ns=at_minute(600), end_ns=at_minute(700))
    wait_for(lambda: page.view.range_ns == (at_minute(600), at_minute(700)))
    page.view.plots.view.show_all()
    built.window.show_page("start")
    built.window.show_page("logs")
    wait_for(lambda: not built.context.jobs.running)
    assert page.view.plots.view.is_whole


def test_a_channel_that_another_page_names_gets_a_row_and_the_overview(page: LogsPage, built: Built, wait_for: WaitFor) -> None:
    page.view.show_channels(("PI-2041A",))
    built.context.navigate("logs", asset=PUMP, channel="FI-2041A")
    wait_for(lambda: len(page.view.plots.rows.channels) == 2)
    assert page.side.checked() == ("PI-2041A", "FI-2041A")


def test_clicking_an_event_shows_it_closely(page: LogsPage) -> None:
    strip = page.view.plots.events
    x = round(strip.columns.x_px(at_minute(650)))
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(x, 22))
    assert page.view.range_ns == (at_minute(500), at_minute(800))


def test_one_recording_of_several_can_be_removed(log_project: Path, built: Built, tmp_path: Path, wait_for: WaitFor) -> None:
    second = tmp_path / f"{PUMP}_later.csv"
    second.write_text(csv_text(300, START_NS + 10 * DAY_NS, range(0)), encoding="utf-8")
    import_logs(ImportRequest(paths=(str(second),), project=str(log_project)), Job())
    built.context.open_project(log_project)
    wait_for(lambda: built.context.project is not None)
    page = show(built)
    wait_for(lambda: len(page.side.recordings) == 2)
    QTest.mouseClick(page.side.recordings[1].button, Qt.MouseButton.LeftButton)
    question = built.context.messages.question
    assert question is not None
    assert second.name in question.text()
    verb = next(button for button in question.buttons() if button.text() == "Remove")
    QTest.mouseClick(verb, Qt.MouseButton.LeftButton)
    wait_for(lambda: page.view.logs is not None and len(page.side.recordings) == 1)
    assert page.view.logs.recordings[0].name == f"{PUMP}.csv"


def test_each_of_several_bursts_has_the_start_that_was_told_for_it(built: Built, tmp_path: Path, wait_for: WaitFor) -> None:
    from scipy.io import savemat

    files = [tmp_path / f"P-2041A-{name}.mat" for name in "abc"]
    for seed, file in enumerate(files):
        savemat(file, {"vib": np.random.default_rng(seed).normal(size=5000), "fs": 25600})
    built.context.make_project(tmp_path / "project")
    wait_for(lambda: built.context.project is not None)
    built.window.show()
    built.window.open_files(files)
    page = show(built)
    preview = page.preview
    wait_for(lambda: "TIME_RELATIVE" in preview.questions.choices)
    preview.files.asset.setFocus()
    preview.files.asset.selectAll()
    QTest.keyClicks(preview.files.asset, "P-1")
    if not preview.files.is_same.isChecked():
        QTest.mouseClick(preview.files.is_same, Qt.MouseButton.LeftButton)
    for index in (1, 0):
        preview.files.file_chosen.emit(index)
        wait_for(lambda index=index: preview._preview.path == str(files[index]) and preview._answers.get("TIME_RELATIVE") is None)
        field = preview.questions.choices["TIME_RELATIVE"]
        assert field.value() == ""
        field.setFocus()
        QTest.keyClicks(field, f"2026-03-0{index + 1}T12:00:00Z")
        QTest.keyClick(field, Qt.Key.Key_Return)
        wait_for(lambda: not preview.why_not() and "TIME_RELATIVE" in preview._answers)
        wait_for(lambda: {one.name: one.value for one in preview._preview.guesses}["waveform start"] == "as answered")
    preview.start_import()
    wait_for(lambda: page.view.logs is not None and len(page.view.logs.recordings) == 3, 30)
    found = {one.name: one.first_ns // 10**9 for one in page.view.logs.recordings}
    days = [int(np.datetime64(f"2026-03-0{day}T12:00:00").astype("datetime64[s]").astype(int)) for day in (1, 2)]
    assert found == {files[0].name: days[0], files[1].name: days[1], files[2].name: 0}


def test_full_scale_and_start_of_a_waveform_are_written_in_and_can_be_changed(
    built: Built, tmp_path: Path, wait_for: WaitFor
) -> None:
    from scipy.io import wavfile

    log = tmp_path / "P-2041A.wav"
    wavfile.write(log, 25600, (np.sin(np.arange(5000) / 5) * 16384).astype(np.int16))
    built.context.make_project(tmp_path / "project")
    wait_for(lambda: built.context.project is not None)
    built.window.show()
    built.window.open_files([log])
    page = show(built)
    wait_for(lambda: set(page.preview.questions.choices) == {"SCALE_UNKNOWN@P-2041A", "TIME_RELATIVE"})
    for key, text in (("SCALE_UNKNOWN@P-2041A", "50 g"), ("TIME_RELATIVE", "2026-03-02T12:00:00Z")):
        field = page.preview.questions.choices[key]
        field.setFocus()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        wait_for(lambda key=key, text=text: page.preview._answers.get(key) == text)
    wait_for(lambda: [column.unit for column in page.preview._preview.columns] == ["g"])
    assert page.preview.questions.choices["SCALE_UNKNOWN@P-2041A"].value() == "50 g"
    page.preview.start_import()
    wait_for(lambda: page.view.logs is not None, 30)
    (channel,) = page.view.logs.channels
    assert (channel.group, channel.unit, channel.rate_hz) == ("waveform", "g", 25600.0)
    assert channel.high == pytest.approx(25.0, rel=1e-3)  # half of full scale
