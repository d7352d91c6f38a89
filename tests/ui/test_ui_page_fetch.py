"""A historian's page: off until its plugin is allowed, nothing opened before it was agreed to, the password nowhere kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit

from tests.ui.hand import Hand
from tests.unit.test_extension import write_plugin
from workbench.app.window import Built
from workbench.core.jobs import Job
from workbench.extension import attempt
from workbench.services.plugins import PluginAllowRequest, allow_plugin
from workbench.services.projects import ProjectRequest, new_project
from workbench.ui.pages.fetch.page import FetchPage

SOURCE = """
from workbench.api import InputError, Plugin, SourceFacts, SourceRows


class Historian:
    kind, name = "stand-in", "Stand-in for a historian"

    def describe(self, config):
        text = config.read_text(encoding="utf-8")
        if "table" not in text:
            raise InputError(f"{config.name}: 'table' is missing.", "See its README.")
        opens = "opens a read-only connection"
        return SourceFacts(name="Havsule historian", opens=opens, host="127.0.0.1", secret_name="havsule", zone="UTC")

    def read(self, ask):
        if ask.secret("Password of reader") != "let me in":
            raise InputError("Havsule historian: wrong password.", "Type it again.")
        rows = [[f"2026-03-01T00:{n // 60:02d}:{n % 60:02d}Z", tag, 3 + n / 1000] for n in range(600) for tag in ask.tags]
        yield SourceRows(columns=("time", "tag", "value"), rows=rows)


plugin = Plugin(sources=(Historian(),))
"""


@pytest.fixture
def hand(built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hand:
    monkeypatch.setattr(attempt, "_try", lambda _entry: "")
    new_project(ProjectRequest(project=str(tmp_path / "project")), Job())
    built.context.open_project(tmp_path / "project")
    found = Hand(built)
    found.wait(lambda: built.context.project is not None)
    return found


def open_page(hand: Hand) -> FetchPage:
    hand.show("logs")
    hand.built.context.run_action("logs.fetch")
    hand.rest()
    page = hand.window.host.page("fetch")
    assert isinstance(page, FetchPage)
    assert page.isVisible()
    return page


def allow(tmp_path: Path) -> Path:
    allow_plugin(
        PluginAllowRequest(folder=str(write_plugin(tmp_path / "plugin", {"__init__.py": SOURCE}, name="stand-in"))), Job()
    )
    config = tmp_path / "havsule.toml"
    config.write_text('table = "history"\n', encoding="utf-8")
    return config


def test_without_an_allowed_plugin_the_page_says_how_to_turn_one_on(hand: Hand) -> None:
    page = open_page(hand)
    assert page.why_not() == "Choose a description"
    assert page.breadcrumb == ("project",)
    assert not page.form.isVisible()
    hand.press("Open the settings")
    hand.rest()
    assert hand.window.host.current_id == "settings"


def test_a_fetch_waits_for_the_agreement_and_the_password_and_ends_in_the_plots(hand: Hand, tmp_path: Path) -> None:
    config = allow(tmp_path)
    page = open_page(hand)
    page.form.show_config(config)
    hand.rest()
    assert "It connects to 127.0.0.1 and to nothing else." in page.form.opens.text()
    hand.type(page.form.fields.field("start").input, "2026-03-01")
    hand.type(page.form.fields.field("end").input, "2026-03-02")
    hand.type(page.form.fields.field("tag").input, "PI-2041A; TI-2041A")
    hand.type(page.form.fields.field("asset").input, "P-2041A")
    assert page.why_not() == "Agree to the connection first"
    hand.click(page.form.agree)
    assert page.why_not() == "Type the password"
    assert page.form.secret.echoMode() == QLineEdit.EchoMode.Password
    hand.type(page.form.secret, "a wrong one")
    hand.press("Fetch")
    hand.rest()
    assert any("wrong password" in words for words in hand.notices())
    assert page.form.secret.text() == ""
    assert page.why_not() == "Agree to the connection first"  # for each fetch anew
    hand.click(page.form.agree)
    hand.type(page.form.secret, "let me in")
    hand.press("Fetch")
    hand.rest()
    assert hand.window.host.current_id == "logs"
    logs = hand.window.host.page("logs").view.logs
    assert [one.name for one in logs.channels] == ["PI-2041A", "TI-2041A"]
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "stand_in"]
    assert not any(b"let me in" in data for data in kept)


def test_the_description_is_remembered_and_a_wrong_one_is_said(hand: Hand, tmp_path: Path) -> None:
    config = allow(tmp_path)
    page = open_page(hand)
    page.form.show_config(config)
    hand.rest()
    page.form.remember()
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("x = 1\n", encoding="utf-8")
    page.form.show_config(wrong)
    hand.rest()
    assert "'table' is missing" in page.form.opens.text()
    assert page.why_not() == "Choose a description"
    hand.show("logs")
    page.form.config.clear()
    open_page(hand)
    assert [page.form.config.itemText(n) for n in range(page.form.config.count())] == ["havsule.toml"]
    assert page.form.name == "Havsule historian"


def test_copy_as_command_holds_no_password(hand: Hand, tmp_path: Path) -> None:
    from PySide6.QtGui import QGuiApplication

    page = open_page(hand) if allow(tmp_path) else None
    assert page is not None
    page.form.show_config(tmp_path / "havsule.toml")
    hand.rest()
    hand.type(page.form.fields.field("start").input, "2026-03-01")
    hand.type(page.form.fields.field("end").input, "2026-03-02")
    hand.click(page.form.agree)
    hand.type(page.form.secret, "let me in")
    page.copy_command()
    text = QGuiApplication.clipboard().text()
    assert "logs fetch" in text
    assert "--connect 127.0.0.1" in text
    assert "let me in" not in text
