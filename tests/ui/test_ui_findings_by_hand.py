"""Each kind of finding in the window, by mouse and keys: said in words, found at its place, mended as a layer, and undone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from tests.ui.hand import Hand
from tests.ui.messy_pumps import FAULTS, START_NS, STEP_NS, tag, write_logs
from workbench.app.window import Built
from workbench.core.clock import parse_utc
from workbench.core.jobs import Job
from workbench.core.paths import HOME_VARIABLE
from workbench.services.logs import ImportRequest, import_logs
from workbench.ui.pages.logs.findings import FindingRow
from workbench.ui.pages.logs.page import LogsPage

LAYER = {
    "gap": "accept", "flat line": "exclude", "saturation": "exclude", "spike": "exclude", "quantization": "exclude",
    "clock jump": "clock", "duplicate": "exclude", "unit jump": "scale", "swapped": "swap", "redundant": "exclude",
    "NE 43": "exclude", "historian compression": "exclude", "loose accelerometer": "exclude",
    "plugged impulse line": "exclude", "impossible physics": "missing", "repeated block": "exclude", "twin bias": "exclude",
}  # fmt: skip
"""What a person does about each; in a gap there is nothing to leave out or to correct."""


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a pump for each kind of fault."""
    folder = tmp_path_factory.mktemp("station")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, str(folder / "home"))
        logs = tuple(str(path) for path in write_logs(folder))
        import_logs(ImportRequest(paths=logs, project=str(folder / "project")), Job())
    return folder / "project"


def stored(project: Path) -> dict[str, str]:
    """What is stored of the logs: digests by file."""
    files = [path for path in sorted((project / "objects").rglob("*")) if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def choose(hand: Hand, page: LogsPage, kind: str) -> FindingRow:
    """Open the pump, then click the finding's row."""
    page.side.asset_chosen.emit(tag(kind), "")
    hand.wait(lambda: page.view.logs is not None and page.view.logs.asset == tag(kind))
    hand.rest()
    row = next((row for row in page.side.findings if row.finding.code == FAULTS[kind][1]), None)
    assert row is not None, f"{kind}: {[row.text() for row in page.side.findings]}"
    page.side._finding_list.ensureWidgetVisible(row)
    hand.click(row)
    hand.rest()
    return row


def do(hand: Hand, page: LogsPage, action: str) -> None:
    acts = page.side.panel.acts
    button = {"exclude": acts.exclude, "accept": acts.accept}.get(action, acts.correct)
    assert button.isVisible(), f"{action} is not offered"
    hand.click(button)
    if button is acts.correct:
        box = next(one for one in hand.window.findChildren(QMessageBox) if one.isVisible())
        hand.click(next(one for one in box.buttons() if one.text() == "Correct"))
    hand.rest()


@pytest.mark.parametrize("kinds", [list(FAULTS)[:6], list(FAULTS)[6:12], list(FAULTS)[12:]], ids=["first", "second", "third"])
def test_every_kind_of_finding_is_said_shown_mended_as_a_layer_and_undone(built: Built, station: Path, kinds: list[str]) -> None:
    hand = Hand(built)
    built.context.open_project(station)
    page = hand.show("logs")
    assert isinstance(page, LogsPage)
    before = stored(station)
    for kind in kinds:
        _, code, number, words, rows = FAULTS[kind]
        row = choose(hand, page, kind)
        assert words in row.finding.text, kind
        logs = page.view.logs
        assert logs is not None
        assert row.finding.start_utc, kind
        start_ns, end_ns = page.view.range_ns
        place_ns = START_NS + (rows.start + rows.stop) // 2 * STEP_NS
        assert start_ns <= parse_utc(row.finding.start_utc) <= end_ns, kind
        assert start_ns <= place_ns <= end_ns or kind == "clock jump", kind
        assert number is None or row.finding.channel in page.view.channels(), kind
        do(hand, page, LAYER[kind])
        hand.wait(lambda: page.view.logs is not None and bool(page.view.logs.corrections))
        hand.rest()
        assert [one.action for one in page.view.logs.corrections] == [LAYER[kind]], kind
        assert code not in {one.finding.code for one in page.side.findings}, kind
        page.view.plots.setFocus()
        if built.window.isActiveWindow():
            QTest.keyClick(built.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        else:  # no window manager here gives the keys back after a message box
            next(one for one in page.actions_offered() if one.id == "logs.undo").callback()
        hand.wait(lambda: page.view.logs is not None and not page.view.logs.corrections)
        hand.wait(lambda code=code: code in {one.finding.code for one in page.side.findings})
    assert {name: digest for name, digest in stored(station).items() if name in before} == before, "the logs stay as they are"
