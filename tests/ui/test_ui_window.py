"""The window as a whole: pages, keys, actions, drops, projects, first paint."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest

from workbench.app.screenshots import take_screenshots
from workbench.app.window import Built, build, find_project, read_settings
from workbench.core.errors import WorkbenchError
from workbench.core.settings import Settings, load_settings
from workbench.ui.actions import Action
from workbench.ui.header import fitting
from workbench.ui.page_table import PAGES
from workbench.ui.pages.help import HelpPage, libraries
from workbench.ui.pages.settings.page import SettingsPage
from workbench.ui.pages.start.page import StartPage
from workbench.ui.widgets.buttons import ActionButton

WaitFor = Callable[..., None]
HEAVY = ("pandas", "sklearn", "scipy", "skl2onnx", "onnxruntime", "onnx", "pyarrow", "pyqtgraph")


def test_every_page_of_the_table_can_be_shown(built: Built) -> None:
    built.window.show()
    for entry in PAGES:
        built.window.show_page(entry.id)
        assert built.window.host.current_id == entry.id


def test_ctrl_and_a_number_goes_to_a_page(built: Built) -> None:
    built.window.show()
    built.window.show_page("start")
    built.window.activateWindow()
    assert QTest.qWaitForWindowActive(built.window)
    for number, page in enumerate(("logs", "label", "train", "compare", "drift", "package", "devices", "journal"), start=1):
        QTest.keyClick(built.window, Qt.Key(Qt.Key.Key_0.value + number), Qt.KeyboardModifier.ControlModifier)
        assert built.window.host.current_id == page


def test_every_action_has_a_title_and_a_way_by_keyboard(built: Built) -> None:
    built.window.host.build_all()
    actions = built.context.actions.all()
    offered = {entry.key for entry in built.window.palette_entries()}
    icons = set(built.context.theme.icons.names())
    assert [action.id for action in actions if not action.title.strip()] == []
    assert [action.id for action in actions if action.id not in offered] == []
    assert [action.id for action in actions if action.icon and action.icon not in icons] == []


def test_no_key_means_two_things_in_one_place(built: Built) -> None:
    built.window.host.build_all()
    actions = built.context.actions.all()
    everywhere = [key for action in actions if not action.page for key in action.keys]
    for page in {action.page for action in actions}:
        here = [key for action in actions if action.page == page and page for key in action.keys]
        doubled = [key for key, n_times in Counter([*everywhere, *here]).items() if n_times > 1]
        assert doubled == [], page


def test_every_page_fits_the_smallest_window(built: Built) -> None:
    room_width, room_height = 1280 - 76, 800 - 56 - 28 - 24
    built.window.host.build_all()
    needs = {name: page.minimumSizeHint() for name, page in built.window.host.built().items()}
    too_large = {name: size for name, size in needs.items() if size.width() > room_width or size.height() > room_height}
    assert too_large == {}


def test_header_buttons_are_actions_and_at_most_one_is_primary(built: Built) -> None:
    built.window.show()
    known = {action.id for action in built.context.actions.all()}
    for entry in PAGES:
        page = built.window.host.page(entry.id)
        known = {action.id for action in built.context.actions.all()}
        assert {*page.header_ids, page.primary_id} - {""} <= known
        built.window.show_page(entry.id)
        kinds = [button.property("kind") for button in built.window.header.buttons()]
        assert kinds.count("primary") <= 1


def test_the_menu_lists_every_action_that_names_one(built: Built) -> None:
    built.window.host.build_all()
    menu = built.window.make_menu()
    listed = {item.text().partition(" – ")[0] for sub in menu.actions() for item in sub.menu().actions()}
    assert {action.title for action in built.context.actions.all() if action.menu} == listed
    menu.close()
    menu.deleteLater()


def _drop(built: Built, paths: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPoint(600, 400), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    built.window.dropEvent(event)


def test_files_over_the_window_are_told_what_letting_go_does(built: Built, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "P-2041A.csv"))])
    place, button, keys = QPoint(600, 400), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    built.window.show()
    built.window.dragEnterEvent(QDragEnterEvent(place, Qt.DropAction.CopyAction, data, button, keys))
    assert (built.window.veil.isVisible(), built.window.veil.words) == (True, "Let go to look at P-2041A.csv")
    built.window.dragLeaveEvent(QDragLeaveEvent())
    assert not built.window.veil.isVisible()


def test_f1_shows_the_manual_about_this_page(built: Built) -> None:
    built.window.show_page("logs")
    built.window.show_help_here()
    page = built.window.host.page("help")
    assert isinstance(page, HelpPage)
    assert (built.window.host.current_id, page.topic) == ("help", "logs")


def test_a_link_in_the_manual_leads_to_another_topic_and_never_outside(built: Built) -> None:
    page = built.window.host.page("help")
    assert isinstance(page, HelpPage)
    page.show_topic("index")
    page.view.anchorClicked.emit(QUrl("decisions/README.md"))
    page.view.anchorClicked.emit(QUrl("one-focus-ring.md"))
    assert page.topic == "decisions/one-focus-ring"
    page.view.anchorClicked.emit(QUrl("https://example.com/"))
    assert page.topic == "decisions/one-focus-ring"


def test_about_names_the_licence_of_every_library_it_needs() -> None:
    named = {name: licence for name, _version, licence in libraries()}
    assert {"PySide6-Essentials", "numpy", "onnxruntime", "scikit-learn"} <= set(named)
    assert [name for name, licence in named.items() if not licence] == []


def test_an_exception_in_a_button_becomes_a_report(built: Built, home: Path) -> None:
    def fail() -> None:
        raise ZeroDivisionError("pressed too hard")

    built.crashes.install()
    try:
        button = ActionButton(built.context.theme, Action(id="test.fail", title="Fail", callback=fail))
        button.click()
    finally:
        built.crashes.uninstall()
    reports = [file.read_text(encoding="utf-8") for file in (home / "crashes").iterdir()]
    assert len(reports) == 1
    assert "pressed too hard" in reports[0]


def test_a_log_dropped_without_a_project_makes_one_and_goes_to_logs(built: Built, tmp_path: Path, wait_for: WaitFor) -> None:
    built.context.change_settings(projects_folder=str(tmp_path / "projects"))
    log = tmp_path / "pump.csv"
    log.write_text("time,PI-1 [bar]\n2026-03-16T10:00:00Z,1.0\n2026-03-16T10:00:01Z,1.1\n", encoding="utf-8")
    built.window.show()
    built.window.show_page("start")
    _drop(built, [log])
    wait_for(lambda: built.window.host.current_id == "logs")
    assert built.context.project is not None
    assert built.context.project.parent == tmp_path / "projects"
    wait_for(lambda: built.window.host.page("logs").preview.files.of_kind("log") == [str(log)])


def test_a_dropped_project_folder_is_opened(built: Built, tmp_path: Path, wait_for: WaitFor) -> None:
    from workbench.project.store import Project

    Project.open(tmp_path / "havsule", who="Operator 1").close()
    _drop(built, [tmp_path / "havsule"])
    wait_for(lambda: built.context.project == tmp_path / "havsule")
    assert load_settings(built.context.home).recent_projects == (str(tmp_path / "havsule"),)


def test_a_project_of_a_newer_version_says_so_in_place(built: Built, tmp_path: Path, wait_for: WaitFor) -> None:
    from workbench.project.store import Project

    folder = tmp_path / "newer"
    Project.open(folder, who="Operator 1").close()
    file = folder / "project.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("schema_version = 1", "schema_version = 99"), encoding="utf-8")
    refused: list[WorkbenchError] = []

    def note(_folder: object, error: WorkbenchError) -> None:
        refused.append(error)

    built.context.project_refused.connect(note)
    built.window.show_page("start")
    built.context.open_project(folder)
    wait_for(lambda: bool(refused))
    assert (refused[0].code, built.context.project) == ("PROJECT_TOO_NEW", None)
    page = built.window.host.page("start")
    assert isinstance(page, StartPage)
    assert page.projects.refused == {folder: refused[0]}


def test_a_project_that_is_gone_is_said_and_none_is_made(built: Built, tmp_path: Path) -> None:
    built.context.open_project(tmp_path / "gone")
    assert [notice.title for notice in built.window.notices.shown()] == ["The project was not opened."]
    assert not (tmp_path / "gone").exists()


def test_settings_are_stored_at_once_and_a_wrong_zone_is_not(built: Built) -> None:
    built.window.show_page("settings")
    page = built.window.host.page("settings")
    assert isinstance(page, SettingsPage)
    page.operator.setText("Operator 2")
    page.operator.editingFinished.emit()
    page.zone.setText("Europe/Nowhere")
    page.zone.editingFinished.emit()
    page.themes.button("sunlight").click()
    stored = load_settings(built.context.home)
    assert (stored.operator, stored.zone, stored.theme) == ("Operator 2", "", "sunlight")
    assert page.zone.property("invalid") is True
    assert built.context.theme.tokens.name == "sunlight"


def test_damaged_settings_are_said_and_defaults_are_used(home: Path) -> None:
    (home / "settings.toml").write_text("theme = 7", encoding="utf-8")
    settings, problem = read_settings(home)
    assert settings == Settings()
    assert problem is not None
    assert "settings.toml" in str(problem)


def test_the_last_project_is_opened_only_if_it_is_still_there(tmp_path: Path) -> None:
    settings = Settings(recent_projects=(str(tmp_path / "gone"),))
    assert find_project(None, settings) is None
    (tmp_path / "gone").mkdir()
    assert find_project(None, settings) == tmp_path / "gone"
    assert find_project(tmp_path / "other", settings) == tmp_path / "other"


def test_the_ring_follows_the_keyboard(built: Built) -> None:
    built.window.show()
    built.window.show_page("settings")
    built.window.activateWindow()
    assert QTest.qWaitForWindowActive(built.window)
    page = built.window.host.page("settings")
    assert isinstance(page, SettingsPage)
    page.operator.setFocus()
    ring, corner = built.window.ring, page.operator.mapTo(built.window, QPoint(0, 0))
    assert ring.isVisible()
    assert ring.geometry().topLeft() == corner - QPoint(4, 4)


def test_the_window_closes_in_the_middle_of_reading(home: Path, tmp_path: Path) -> None:
    from workbench.project.store import Project

    Project.open(tmp_path / "havsule", who="Operator 1").close()
    built = build(home, Settings())
    built.context.open_project(tmp_path / "havsule")
    built.close()
    built.window.deleteLater()


FIRST_PAINT = """
import json, sys
from workbench.app.window import build, make_application, read_settings
from workbench.core.paths import user_home
app = make_application(["window"])
home = user_home()
built = build(home, read_settings(home)[0])
loaded = []
def note():
    loaded.extend(name for name in sys.modules if "." not in name)
    app.quit()
built.window.first_painted.connect(note)
built.window.show_page("start")
built.window.show()
app.exec()
built.close()
print(json.dumps(loaded))
"""


@pytest.fixture
def names_at_first_paint(home: Path) -> set[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", FIRST_PAINT], capture_output=True, check=True, env=environment, timeout=60)
    return set(json.loads(done.stdout))


def test_the_window_paints_before_anything_heavy_is_loaded(names_at_first_paint: set[str]) -> None:
    assert names_at_first_paint & set(HEAVY) == set()
    assert "PySide6" in names_at_first_paint


def test_the_battery_is_looked_at_after_the_first_paint(names_at_first_paint: set[str]) -> None:
    assert "psutil" not in names_at_first_paint


def test_what_is_not_qt_is_there_before_qt_reads_each_module_s_source() -> None:
    code = "import sys, workbench.app; print('PySide6' in sys.modules, 'msgspec' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=60)
    assert done.stdout.split() == ["False", "True"]


def test_pictures_of_pages_come_in_their_size_and_theme(home: Path, tmp_path: Path) -> None:
    files = take_screenshots(None, tmp_path, ("start", "settings"), ("light", "dark"), ((1280, 800),))
    assert [file.name for file in files] == [
        "start-light-1280.png", "settings-light-1280.png", "start-dark-1280.png", "settings-dark-1280.png",
    ]  # fmt: skip
    from PySide6.QtGui import QImage

    assert {(QImage(str(file)).width(), QImage(str(file)).height()) for file in files} == {(1280, 800)}


def test_facts_without_room_are_left_out_whole_and_the_tool_tip_has_them_all(built: Built) -> None:
    facts = built.window.header.facts
    said = "2 Mar 00:00 – 5 Mar 23:59 UTC · raw log unchanged, 11 events, 3 corrections · 30 s samples"
    metrics = facts.fontMetrics()
    width = metrics.horizontalAdvance
    assert fitting(said, metrics, width(said)) == said
    assert fitting(said, metrics, width(said) - 1) == said.removesuffix(" · 30 s samples") + " …"
    assert fitting(said, metrics, width("2 Mar 00:00 – 5 Mar 23:59 UTC · raw log …")) == "2 Mar 00:00 – 5 Mar 23:59 UTC …"
    assert fitting(said, metrics, width("2 Mar 00:00 …")) == "2 Mar 00:00 …"
    assert fitting(said, metrics, 1) == "…"
    facts.resize(width("2 Mar 00:00 …") + 1, facts.height())
    facts.show_facts(said)
    assert facts.toolTip() == said
