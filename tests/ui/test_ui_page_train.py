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
from workbench.ui.pages.train import TrainPage


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
