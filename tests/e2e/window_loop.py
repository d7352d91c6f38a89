"""The whole loop in the window by mouse and keys, as a program: `python -m tests.e2e.window_loop FOLDER SHOTS FILE…`.

It drops the files on the window and goes on from there to a verified update of a virtual device and its pulled logs. An own
process, so that it can run on a real X display whatever platform the other tests use. Prints one JSON object of what it saw.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.hand import Hand
from workbench.app.window import build, make_application
from workbench.core.paths import user_home
from workbench.core.settings import Settings
from workbench.ui.pages.compare.page import ComparePage
from workbench.ui.pages.devices.page import DevicesPage
from workbench.ui.pages.drift.page import DriftPage
from workbench.ui.pages.journal.page import JournalPage
from workbench.ui.pages.label.page import LabelPage
from workbench.ui.pages.logs.page import LogsPage
from workbench.ui.pages.package.page import PackagePage
from workbench.ui.pages.train.page import TrainPage

PASSPHRASE = "a passphrase for tests only"
FAMILIES = ("mahalanobis", "pca")
HOLD_S = 2.2
Seen = dict[str, object]


def drop_and_import(hand: Hand, files: list[Path], seen: Seen) -> None:
    """Files on the window → preview → Import → plots."""
    hand.drop(files)
    hand.rest()
    page = hand.window.host.page("logs")
    assert isinstance(page, LogsPage)
    hand.look("import-preview")
    hand.press("Import")
    hand.wait(lambda: not page._is_previewing, 120)
    hand.rest()
    hand.look("logs")
    seen["pumps"] = [asset.tag for asset in page._assets]


def label_a_span(hand: Hand, seen: Seen) -> None:
    """Draw, name, judge."""
    page = hand.show("label")
    assert isinstance(page, LabelPage)
    rows = page.view.plots.rows
    width = rows.columns.width
    left = rows.columns.x_px(page.view.plots.view.start_ns)
    hand.drag(rows, QPoint(round(left + 0.30 * width), 60), QPoint(round(left + 0.42 * width), 60))
    QTest.keyClicks(page.inspector.name, "gas in the pump")
    QTest.keyClick(page.inspector.name, Qt.Key.Key_Return)
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_1)
    hand.rest()
    hand.look("label")
    seen["labels"] = [(event.name, event.state) for event in page.editor.events]


def train_two(hand: Hand, seen: Seen) -> None:
    """Two quick families on the small set of features; ends on Compare."""
    page = hand.show("train")
    assert isinstance(page, TrainPage)
    for name, box in page.form._boxes.items():
        if box.isChecked() != (name in FAMILIES):
            hand.click(box)
    if "labels" in seen:
        preset = page.form.fields.field("preset").focusProxy()
        preset.setFocus()
        QTest.keyClick(preset, Qt.Key.Key_Down)
    hand.pause(0.7)
    hand.rest()
    hand.look("train")
    hand.press("Start training")
    hand.wait(lambda: page.runs.table.array.rowCount() > 0, 90)
    hand.look("train-running")
    hand.wait(lambda: hand.window.host.current_id == "compare", 90)
    hand.rest()
    seen["families"] = sorted({run.title for run in page.runs._runs if not run.is_baseline})


def compare_them(hand: Hand, seen: Seen) -> None:
    """Threshold, an alarm's trace, another champion."""
    page = hand.show("compare")
    assert isinstance(page, ComparePage)
    hand.look("compare")
    slider = page.threshold.slider
    hand.click(slider, QPoint(slider.width() * 3 // 4, slider.height() // 2))
    hand.rest()
    hand.look("compare-threshold")
    if page._timeline is not None and page._timeline.alarms:
        chart = page.alarms.chart
        hand.double_click(chart, chart.mark_place(0).toPoint())
        hand.rest()
        hand.look("alarm-trace")
        seen["trace_page"] = hand.window.host.current_id
        hand.show("compare")
    other = next(i for i, run in enumerate(page._runs) if not run.is_baseline and run.id != page._champion)
    hand.row(page.leaderboard.table, other)
    hand.rest()
    hand.press("Diff with champion")
    hand.rest()
    hand.look("compare-diff")
    hand.press("Set champion")
    hand.rest()
    seen["champion"] = next(run.title for run in page._runs if run.id == page._champion)


def measure_drift(hand: Hand, seen: Seen) -> None:
    """Drift of the first pump."""
    page = hand.show("drift")
    assert isinstance(page, DriftPage)
    hand.look("drift")
    seen["drift_channels"] = len(page._result.channels) if page._result else 0


def package_it(hand: Hand, seen: Seen) -> None:
    """Build, make a key, sign; without labels (the mouse's loop) the passphrase is a suggested one."""
    page = hand.show("package")
    assert isinstance(page, PackagePage)
    hand.look("package")
    hand.press("Build bundle")
    hand.rest()
    if "labels" in seen:
        hand.type(page.bundle.name, "Operator 1")
        hand.type(page.bundle.passphrase, PASSPHRASE)
    else:
        hand.press("Suggest a passphrase")
    hand.press("Make key and trust it here")
    hand.rest()
    hand.press("Sign bundle")
    hand.rest()
    hand.look("package-signed")
    seen["bundle"] = page._bundle.outcome if page._bundle else ""


def update_a_device(hand: Hand, seen: Seen) -> None:
    """Rehearsal, both touches, verdict, logs."""
    page = hand.show("devices")
    assert isinstance(page, DevicesPage)
    hand.press("Start a rehearsal")
    hand.rest()
    assert page._identity is not None
    if "labels" in seen:
        hand.type(page.checks.tag_field, page._identity.passport.tag)
    else:
        hand.pick(page.checks.tags, page._identity.passport.tag)
    hand.pause(0.7)
    hand.rest()
    hand.look("devices-checks")
    seen["lights"] = {light.name: light.state for light in page._checked.lights} if page._checked else {}
    hand.hold(page.update_panel.hold, HOLD_S)
    hand.wait(lambda: bool(page.writing._percent.text()) or page.verdict.isVisible(), 30)
    hand.look("devices-writing")
    hand.wait(page.verdict.isVisible, 90)
    hand.rest()
    hand.look("devices-verdict")
    seen["verdict"] = page.verdict.banner._word.text()
    hand.pause(2.0)  # let it score for a while
    hand.press("Pull logs")
    hand.rest()
    hand.look("devices-pulled")
    seen["pulled"] = [text for text in hand.notices() if "checked by hash" in text]
    hand.press("Next pump")
    hand.rest()
    page.stop_rehearsal()


def train_again(hand: Hand, seen: Seen) -> None:
    """The pulled log is the next period: drift is measured again, and the champion's recipe trained on all there is."""
    page = hand.show("drift")
    assert isinstance(page, DriftPage)
    hand.look("drift-after-pull")
    hand.press("Start retraining")
    hand.wait(lambda: hand.window.host.current_id == "compare", 120)
    hand.rest()
    hand.look("retrained")
    compare = hand.window.host.page("compare")
    assert isinstance(compare, ComparePage)
    seen["n_runs"] = sum(not run.is_baseline for run in compare._runs)


def read_the_journal(hand: Hand, seen: Seen) -> None:
    """Every act is there, and the chain is whole."""
    page = hand.show("journal")
    assert isinstance(page, JournalPage)
    hand.press("Verify chain")
    hand.rest()
    hand.look("journal")
    seen["acts"] = sorted({entry.act for entry in page._entries})
    seen["chain"] = page._chain.text()


def main(words: Sequence[str]) -> int:
    """FOLDER SHOTS FILE…; `--no-labels` before them skips the Label page and takes the mouse alone."""
    has_labels = words[0] != "--no-labels"
    folder, shots, *files = words if has_labels else words[1:]
    make_application(["window-loop"])
    built = build(user_home(), Settings(operator="Operator 1", zone="UTC", projects_folder=folder))
    hand, seen = Hand(built, Path(shots)), Seen(platform=QApplication.platformName())
    try:
        hand.show("start")
        hand.look("start")
        drop_and_import(hand, [Path(file) for file in files], seen)
        if has_labels:
            label_a_span(hand, seen)
        for station in (train_two, compare_them, measure_drift, package_it, update_a_device, train_again, read_the_journal):
            station(hand, seen)
        seen["notices"] = hand.notices()
    except BaseException:
        hand.look("failed")
        raise
    finally:
        built.window.close()
        built.close()
    sys.stdout.write(json.dumps(seen) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
