"""Work orders and alarms dropped on the window: whatever page is shown, the Label page says how they would be read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui.hand import Hand
from tests.ui.log_projects import PUMP, csv_text, make_project
from workbench.app.window import Built
from workbench.core.jobs import Job
from workbench.services.labels import LabelsListRequest, list_labels
from workbench.ui.pages.label.page import LabelPage

ORDERS = """Meldung;Meldungsart;Beschreibung;Technischer Platz;Störungsbeginn;Störende;Meldungsdatum
1;M2;Gleitringdichtung undicht;20-P-2041A;22.03.2026 14:20;25.03.2026 09:15;22.03.2026
2;M2;Lager heiß;20-P-2041A;28.03.2026 08:00;29.03.2026 16:45;28.03.2026
"""
WaitFor = Callable[..., None]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("drop"), n_events=0)


@pytest.fixture
def hand(built: Built, template: Path, tmp_path: Path, wait_for: WaitFor) -> Hand:
    shutil.copytree(template, tmp_path / "project")
    built.context.open_project(tmp_path / "project")
    wait_for(lambda: built.context.project is not None)
    return Hand(built)


def label_of(hand: Hand) -> LabelPage:
    found = hand.window.host.page("label")
    assert isinstance(found, LabelPage)
    return found


def test_dropped_work_orders_are_looked_at_on_the_label_page_and_then_added(hand: Hand, tmp_path: Path) -> None:
    (tmp_path / "iw28.csv").write_text(ORDERS, encoding="utf-8")
    hand.show("logs")
    hand.drop([tmp_path / "iw28.csv"])
    hand.rest()
    page = label_of(hand)
    assert hand.window.host.current_id == "label"
    assert page.is_importing
    assert page.importing.n_events == 2
    assert page.importing.mapping.choices["Störende"].value() == "end"
    hand.press("Add these events")
    hand.rest()
    events = list_labels(LabelsListRequest(project=str(tmp_path / "project"), asset=PUMP), Job()).events
    assert [(one.mode, one.end_utc[:16]) for one in events] == [("ELP", "2026-03-25T09:15"), ("OHE", "2026-03-29T16:45")]
    assert not page.is_importing
    hand.show("logs")
    hand.show("label")
    assert not page.is_importing  # what was dropped is not looked at again


def test_on_a_large_screen_all_columns_are_seen_and_on_a_small_one_the_events_too(hand: Hand, tmp_path: Path) -> None:
    (tmp_path / "iw28.csv").write_text(ORDERS, encoding="utf-8")
    names = ";".join(f"Zusatz {number}" for number in range(6))
    wide = "\n".join(f"{line};{names}" for line in ORDERS.splitlines()) + "\n"
    (tmp_path / "wide.csv").write_text(wide, encoding="utf-8")
    hand.window.resize(1920, 1080)
    hand.show("logs")
    hand.drop([tmp_path / "wide.csv"])
    hand.rest()
    shown = label_of(hand).importing
    last = list(shown.mapping.choices.values())[-1]
    assert len(shown.mapping.choices) == 13
    assert not last.visibleRegion().isEmpty()
    assert shown.mapping.height() < shown.height() - shown.events.height()
    hand.window.resize(1280, 800)
    hand.pause(0.2)
    assert last.visibleRegion().isEmpty()
    assert shown.events.table.visualRect(shown.events.table.array.index(1, 0)).bottom() <= shown.events.table.viewport().height()


def test_work_orders_that_come_with_a_log_are_looked_at_after_it(hand: Hand, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / "iw28.csv").write_text(ORDERS.replace("P-2041A", "P-2041B"), encoding="utf-8")
    (folder / "P-2041B.csv").write_text(csv_text(300).replace("2041A", "2041B"), encoding="utf-8")
    hand.show("start")
    hand.drop([folder])
    hand.rest()
    assert hand.window.host.current_id == "logs"
    hand.press("Import")
    hand.rest()
    page = label_of(hand)
    assert hand.window.host.current_id == "label"
    assert (page.importing.name, page.importing.n_events) == ("iw28.csv", 2)
    assert "P-2041B" in page.tags
