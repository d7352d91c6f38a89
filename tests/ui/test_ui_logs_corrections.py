"""From a finding to a correction and back, by mouse, in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from tests.ui.conftest import OpenPage
from tests.ui.log_projects import N_ROWS, PUMP, START_NS, csv_text
from workbench.app.window import Built
from workbench.core.clock import format_utc
from workbench.core.jobs import Job
from workbench.services.corrections import (
    CorrectionsRequest,
    CorrectRequest,
    ExcludeRequest,
    correct_log,
    exclude,
    list_corrections,
)
from workbench.services.logs import ImportRequest, import_logs
from workbench.ui.pages.logs.corrector import CORRECTIONS
from workbench.ui.pages.logs.page import LogsPage

WaitFor = Callable[..., None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(tmp_path: Path, wait_for: WaitFor, open_page: OpenPage) -> LogsPage:
    """A pump whose pressure jumps from bar to psi in the middle of its log."""
    lines = csv_text(gap=range(0)).splitlines()
    for row in range(N_ROWS // 2, N_ROWS):
        at, pressure, *rest = lines[row + 1].split(",")
        lines[row + 1] = ",".join((at, f"{float(pressure) * 14.5037738:.3f}", *rest))
    log = tmp_path / f"{PUMP}.csv"
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    import_logs(ImportRequest(paths=(str(log),), project=str(tmp_path / "project")), Job())
    page = open_page(tmp_path / "project", "logs", LogsPage)
    wait_for(lambda: page.view.logs is not None)
    return page


def choose(page: LogsPage, code: str) -> None:
    row = next(row for row in page.side.findings if row.finding.code == code)
    QTest.mouseClick(row, LEFT)


def test_a_finding_with_a_known_remedy_is_corrected_after_a_look_and_the_correction_is_removed(
    built: Built, page: LogsPage, wait_for: WaitFor
) -> None:
    choose(page, "UNIT_JUMP")
    acts = page.side.panel.acts
    assert acts.isVisible()
    QTest.mouseClick(acts.correct, LEFT)
    box = built.window.findChild(QMessageBox)
    assert box is not None
    assert box.text().startswith("PI-2041A × 0.068948")
    QTest.mouseClick(next(one for one in box.buttons() if one.text() == "Correct"), LEFT)
    wait_for(lambda: page.view.logs is not None and len(page.view.logs.corrections) == 1)
    wait_for(lambda: len(page.side.panel.corrections) == 1)
    logs = page.view.logs
    assert logs is not None
    high = next(channel.high for channel in logs.channels if channel.name == "PI-2041A")
    assert high is not None
    assert high < 4
    assert "UNIT_JUMP" not in {row.finding.code for row in page.side.findings}
    assert "1 correction" in page.facts
    QTest.mouseClick(page.side.panel.corrections[0].button, LEFT)
    wait_for(lambda: page.view.logs is not None and not page.view.logs.corrections)


def test_what_can_be_done_stands_right_under_the_finding_that_was_chosen(page: LogsPage) -> None:
    panel = page.side.panel
    one = panel.findings[0].finding
    panel.show_findings(tuple(msgspec.structs.replace(one, text=f"Finding {number}") for number in range(4)), ())
    for number in (0, 3, 1, 2):
        row = panel.findings[number]
        QTest.mouseClick(row, LEFT)
        column = panel._finding_column
        below = column.itemAt(column.indexOf(row) + 1)
        assert below is not None
        assert below.widget() is panel.acts


def press(built: Built, key: Qt.Key, *, shift: bool = False) -> None:
    keys = Qt.KeyboardModifier.ControlModifier | (Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier)
    QTest.keyClick(built.window, key, keys)


def test_ctrl_z_takes_back_what_was_done_last_be_it_a_state_a_correction_or_a_row(
    built: Built, page: LogsPage, wait_for: WaitFor
) -> None:
    def done() -> tuple[int, int, int]:
        logs, edits = page.view.logs, [mark for mark in page.view.plots.regimes.marks if mark.edit]
        return len(page.view.channels()), len(logs.corrections) if logs else -1, len(edits)

    wait_for(lambda: bool(page.view.plots.regimes.marks))
    QTest.qWaitForWindowActive(built.window, 2000)
    n_rows = done()[0]
    page.view.show_channels(page.view.channels()[:1])
    choose(page, "UNIT_JUMP")
    QTest.mouseClick(page.side.panel.acts.accept, LEFT)
    wait_for(lambda: done()[1] == 1 and bool(page.view.plots.regimes.marks))
    page.view.regimes.fill_menu(page.view.plots.regimes.marks[0])
    next(action for action in page.view.regimes.menu.actions() if action.data() == "dry run").trigger()
    wait_for(lambda: done() == (1, 1, 1))
    for expected in ((1, 1, 0), (1, 0, 0), (n_rows, 0, 0)):
        page.view.plots.setFocus()
        press(built, Qt.Key.Key_Z)
        wait_for(lambda expected=expected: done() == expected and not built.context.jobs.running)
    for expected in ((1, 0, 0), (1, 1, 0), (1, 1, 1)):
        press(built, Qt.Key.Key_Z, shift=True)
        wait_for(lambda expected=expected: done() == expected and not built.context.jobs.running)


def test_ctrl_z_leaves_alone_what_another_program_did_since(built: Built, page: LogsPage, wait_for: WaitFor) -> None:
    choose(page, "UNIT_JUMP")
    QTest.mouseClick(page.side.panel.acts.accept, LEFT)
    wait_for(lambda: len(page.side.panel.corrections) == 1)
    start, end = (format_utc(START_NS + hour * 3_600_000_000_000) for hour in (1, 2))
    exclude(ExcludeRequest(project=built.context.project_text, asset=PUMP, channel="FI-2041A", start=start, end=end), Job())
    page.view.plots.setFocus()
    press(built, Qt.Key.Key_Z)
    wait_for(lambda: not built.context.jobs.running and not built.context.history.can_undo(PUMP, ["corrections"]))
    found = list_corrections(CorrectionsRequest(project=built.context.project_text, asset=PUMP), Job()).corrections
    assert [one.action for one in found] == ["accept", "exclude"]


def test_a_finding_that_is_fine_goes_quiet(page: LogsPage, wait_for: WaitFor) -> None:
    choose(page, "UNIT_JUMP")
    QTest.mouseClick(page.side.panel.acts.accept, LEFT)
    wait_for(lambda: len(page.side.panel.corrections) == 1)
    assert "UNIT_JUMP" not in {row.finding.code for row in page.side.findings}
    assert not page.view.layers.button("corrected").isVisible(), "what is fine changes no curve"


def test_a_marked_span_is_excluded_and_the_toggle_shows_the_log_as_it_was_read(page: LogsPage, wait_for: WaitFor) -> None:
    span_ns = (START_NS + 3_600_000_000_000, START_NS + 7_200_000_000_000)
    page.view.show_channels(("FI-2041A",))
    page.view.plots.view.set_span(span_ns)
    page.corrector.exclude_marked()
    wait_for(lambda: page.view.logs is not None and bool(page.view.logs.excluded("FI-2041A")))
    assert page.view.logs is not None
    assert page.view.logs.excluded("FI-2041A")[0][0] == span_ns[0]
    QTest.mouseClick(page.view.layers.button("corrected"), LEFT)
    wait_for(lambda: page.view.logs is not None and not page.view.logs.excluded("FI-2041A"))


def test_the_layer_is_copied_as_commands_that_make_it_once_more(page: LogsPage, wait_for: WaitFor) -> None:
    choose(page, "UNIT_JUMP")
    QTest.mouseClick(page.side.panel.acts.accept, LEFT)
    wait_for(lambda: len(page.side.panel.corrections) == 1)
    page.corrector.copy_commands()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("workbench logs accept ")
    assert "--finding UNIT_JUMP@PI-2041A@" in text


def test_a_copied_exchange_of_unlike_channels_says_that_it_was_agreed_to(
    page: LogsPage, tmp_path: Path, wait_for: WaitFor
) -> None:
    correct_log(
        CorrectRequest(project=str(tmp_path / "project"), asset=PUMP, channel="PI-2041A", swap="FI-2041A", unlike=True), Job()
    )
    page.context.announce(CORRECTIONS)
    wait_for(lambda: page.view.logs is not None and len(page.view.logs.corrections) == 1)
    page.corrector.copy_commands()
    assert "--swap FI-2041A --unlike" in QGuiApplication.clipboard().text()
