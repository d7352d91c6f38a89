"""The Train page by hand: the recipe as a form, training, cancelling, closing the window meanwhile."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from tests.ui.hand import Hand
from tests.ui.page_fixtures import hand, template  # noqa: F401 - fixtures
from workbench.app.window import Built
from workbench.core.jobs import Job
from workbench.services.labels import Event, LabelsListRequest, LabelsSaveRequest, list_labels, save_labels
from workbench.services.plan_words import SplitPart
from workbench.services.training import SplitPreviewRequest, preview_split
from workbench.ui.pages.train.page import TrainPage
from workbench.ui.widgets.state_filter import StateFilter


@pytest.fixture
def page(hand: Hand) -> TrainPage:  # noqa: F811 - the fixture
    found = hand.show("train")
    assert isinstance(found, TrainPage)
    return found


def window_field(page: TrainPage) -> QLineEdit:
    found = page.form.fields.field("window_s").findChild(QLineEdit)
    assert found is not None
    return found


def choose_only(hand: Hand, page: TrainPage, *names: str) -> None:  # noqa: F811
    for name, box in page.form._boxes.items():
        if box.isChecked() != (name in names):
            hand.click(box)
    hand.pause(0.6)
    hand.rest()


def test_the_split_is_planned_with_its_guard(page: TrainPage) -> None:
    assert page._is_ready
    assert page.split._badge.text() == "No leakage"
    assert "0 windows straddle" in page.split._guard.text()


def test_a_wrong_figure_is_named_and_blocks_the_start(hand: Hand, page: TrainPage) -> None:  # noqa: F811
    hand.type(window_field(page), "abc")
    hand.pause(0.6)
    hand.rest()
    assert "'abc' is not a number" in page.problem.text()
    assert hand.built.context.actions.find("train.start").blocked() == "Mend the recipe first"
    hand.type(window_field(page), "1200")
    hand.pause(0.6)
    hand.rest()
    assert not page.problem.isVisible()
    assert hand.built.context.actions.find("train.start").blocked() == ""


def test_no_family_at_all_is_refused_not_taken_for_all(hand: Hand, page: TrainPage) -> None:  # noqa: F811
    choose_only(hand, page)
    assert "No family is chosen" in page.problem.text()


def test_training_is_cancelled_started_again_and_ends_on_compare(hand: Hand, page: TrainPage) -> None:  # noqa: F811
    choose_only(hand, page, "mahalanobis")
    hand.press("Start training")
    assert hand.built.context.actions.find("train.start").blocked()
    hand.press("Cancel")
    hand.wait(lambda: page._job is None, 20)
    assert hand.window.host.current_id == "train"
    hand.press("Start training")
    hand.wait(lambda: page.runs.table.array.rowCount() > 0, 60)
    hand.wait(lambda: hand.window.host.current_id == "compare", 60)
    assert page.runs.header.facts.text() == "4 runs"
    hand.rest()


def test_closing_the_window_ends_a_training_at_once(hand: Hand, page: TrainPage) -> None:  # noqa: F811
    hand.press("Start training")
    hand.pause(0.3)
    started_s = time.monotonic()
    hand.window.close()
    assert time.monotonic() - started_s < 4
    assert not hand.window.isVisible()


def test_the_recipe_copies_as_two_commands(hand: Hand, page: TrainPage) -> None:  # noqa: F811
    hand.press("Copy as command")
    lines = QGuiApplication.clipboard().text().splitlines()
    assert [line.split()[:3] for line in lines] == [["workbench", "recipe", "new"], ["workbench", "train", lines[1].split()[2]]]


def test_without_logs_it_says_what_to_do(built: Built, tmp_path: Path) -> None:
    empty = Hand(built)
    built.context.make_project(tmp_path / "empty")
    empty.wait(lambda: built.context.project is not None)
    page = empty.show("train")
    assert isinstance(page, TrainPage)
    assert page._empty.isVisible()
    empty.click(page._empty.button)  # type: ignore[arg-type]
    empty.rest()
    assert built.window.host.current_id == "logs"


def test_states_are_ticked_and_a_work_on_a_pump_says_what_serves_as_healthy(hand: Hand, page: TrainPage) -> None:  # noqa: F811
    states = page.form.fields.field("regimes").input
    assert isinstance(states, StateFilter)
    states.fill_menu()
    next(action for action in states.menu_box.actions() if action.data() == "steady").trigger()
    assert page.form.values()["regimes"] == ("steady",)
    assert states.text() == "Steady"
    states.set_value(())
    project = hand.built.context.project_text
    trained = next(part.asset for part in preview(page) if part.part == "train")
    events = list_labels(LabelsListRequest(project=project, asset=trained), Job()).events
    work = Event(
        id="w" * 32, asset=trained, name="new impeller", start_utc="2026-03-03T00:00:00Z", end_utc="2026-03-03T00:10:00Z",
        state="real", kind="maintenance", action="impeller",
    )  # fmt: skip
    save_labels(LabelsSaveRequest(project=project, asset=trained, events=(*events, work)), Job())
    hand.built.context.announce("events")
    hand.show("start")
    hand.show("train")
    states.edited.emit()
    hand.pause(0.6)
    hand.rest()
    assert page.form._reference.isVisible()
    assert "Healthy reference: " in page.form._reference.text()
    assert f"{trained}: " in page.form._reference.text()
    assert "on the other side of new impeller" in page.form._reference.text()


def preview(page: TrainPage) -> tuple[SplitPart, ...]:
    return preview_split(SplitPreviewRequest(recipe=page._draft(), project=page.context.project_text), Job()).parts
