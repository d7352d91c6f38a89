"""The plugins card by hand: allow a folder, see that it is loaded, that it moved on, forbid it; and one that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.hand import Hand
from tests.unit.test_extension import PARSE, READER, write_plugin
from workbench.app.window import Built
from workbench.ui.pages.settings.page import SettingsPage
from workbench.ui.states import State


@pytest.fixture
def hand(built: Built) -> Hand:
    return Hand(built)


def open_page(hand: Hand) -> SettingsPage:
    page = hand.show("settings")
    assert isinstance(page, SettingsPage)
    return page


def allow(hand: Hand, page: SettingsPage, folder: Path) -> None:
    page.plugins._on_chosen([folder])  # what the chooser hands over
    hand.rest()


def test_a_folder_that_is_allowed_is_listed_as_loaded_and_can_be_forbidden(hand: Hand, tmp_path: Path) -> None:
    page = open_page(hand)
    assert page.plugins._empty.isVisible()
    allow(hand, page, write_plugin(tmp_path / "plugin", {"__init__.py": READER, "parse.py": PARSE}))
    row = page.plugins.rows[0]
    assert (row.badge.state, "Format PMP" in row.words.text()) == (State.GOOD, True)
    row.forbid.click()
    hand.rest()
    assert page.plugins.rows == [] and page.plugins._empty.isVisible()


def test_a_plugin_that_fails_is_named_with_its_reason(hand: Hand, tmp_path: Path) -> None:
    page = open_page(hand)
    allow(hand, page, write_plugin(tmp_path / "plugin", {"__init__.py": "raise RuntimeError('out of order')"}))
    row = page.plugins.rows[0]
    assert (row.badge.text(), "RuntimeError: out of order" in row.words.text()) == ("Not loaded", True)


def test_a_folder_that_is_no_plugin_is_said(hand: Hand, tmp_path: Path) -> None:
    page = open_page(hand)
    allow(hand, page, tmp_path)
    assert any("it is no plugin" in text for text in hand.notices())
