"""The start page: doors by mouse and keys, needs in words, projects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from workbench.app.window import Built
from workbench.project.acts import Act, Item
from workbench.project.store import Project
from workbench.services.overview import Need, NeedKind
from workbench.ui.pages.start.lists import NeedRow, ProjectRow
from workbench.ui.pages.start.needs import words_of
from workbench.ui.pages.start.page import StartPage

WaitFor = Callable[..., None]


@pytest.fixture
def page(built: Built) -> StartPage:
    built.window.show_page("start")
    found = built.window.host.page("start")
    assert isinstance(found, StartPage)
    return found


@pytest.mark.parametrize("kind", get_args(NeedKind))
def test_every_kind_of_need_has_words_and_a_page(kind: NeedKind) -> None:
    words = words_of(Need(kind=kind, on="P-2041A", at_utc="2026-03-16T10:00:00Z", title="Boosted trees"))
    assert words.text.endswith((".", "?"))
    assert words.page in {"devices", "label", "compare", "package"}


def test_one_unsure_event_is_not_called_events() -> None:
    need = Need(kind="unsure_events", on="P-2041A", at_utc="2026-03-16T10:00:00Z", n=1)
    assert words_of(need).text == "1 event is marked unsure. Real, not real or unsure?"


def test_the_number_of_a_door_enters_it(built: Built, page: StartPage) -> None:
    built.window.show()
    built.window.activateWindow()
    assert QTest.qWaitForWindowActive(built.window)
    page.focus_first()
    QTest.keyClick(built.window.focusWidget(), Qt.Key.Key_3)
    assert built.window.host.current_id == "devices"


def test_enter_and_a_click_enter_a_door(built: Built, page: StartPage) -> None:
    QTest.keyClick(page.doors["device"], Qt.Key.Key_Return)
    assert built.window.host.current_id == "devices"
    built.window.show_page("start")
    QTest.mouseClick(page.doors["model"], Qt.MouseButton.LeftButton)
    assert built.window.host.current_id == "train"


def test_a_need_goes_to_its_page_with_its_pump(built: Built, page: StartPage, tmp_path: Path, wait_for: WaitFor) -> None:
    folder = tmp_path / "havsule"
    with Project.open(folder, who="Operator 1") as project:
        item = Item(kind="receipt", id="ab" * 32, asset="P-4410A", details={"verdict": "unknown"})
        project.record(Act(act="receipt", what="Update", item=item))
    built.context.open_project(folder)
    wait_for(lambda: bool(page.needs.findChildren(NeedRow)))
    row = page.needs.findChildren(NeedRow)[0]
    row.chosen.emit(Need(kind="unknown_verdict", on="P-4410A", at_utc="", asset="P-4410A"))
    assert (built.window.host.current_id, built.context.selection.asset) == ("devices", "P-4410A")


def test_recent_projects_are_listed_and_one_that_is_gone_says_so(built: Built, page: StartPage, tmp_path: Path) -> None:
    built.context.change_settings(recent_projects=(str(tmp_path / "gone"),))
    page.projects.refresh()
    rows = [row for row in page.projects.findChildren(ProjectRow) if row.isVisibleTo(page.projects)]
    assert [row.accessibleName() for row in rows] == ["gone"]
    texts = [label.text() for label in rows[0].findChildren(type(page.needs.header.title))]
    assert "Not there: moved, or its disk is not plugged in" in texts


def test_a_chosen_project_is_opened(built: Built, page: StartPage, tmp_path: Path, wait_for: WaitFor) -> None:
    Project.open(tmp_path / "lift", who="Operator 1").close()
    built.context.change_settings(recent_projects=(str(tmp_path / "lift"),))
    page.projects.refresh()
    row = next(row for row in page.projects.findChildren(ProjectRow) if row.isVisibleTo(page.projects))
    QTest.keyClick(row, Qt.Key.Key_Return)
    wait_for(lambda: built.context.project == tmp_path / "lift")
    assert page.title == "lift"


def test_a_new_project_is_made_where_the_person_says(built: Built, tmp_path: Path, wait_for: WaitFor) -> None:
    built.context.make_project(tmp_path / "new-station")
    wait_for(lambda: built.context.project == tmp_path / "new-station")
    assert (tmp_path / "new-station" / "project.toml").is_file()
