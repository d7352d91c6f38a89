"""Pictures of the real pages, grabbed offscreen: for the demo's report, for tests, and to hold beside the mock-ups.

The project must exist. Pages read through the same jobs as in the window; a picture is taken when those have ended.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QMessageLogContext, QObject, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from workbench.app.window import Built, apply_test_platform, build, make_application
from workbench.core.paths import HOME_VARIABLE, user_home
from workbench.core.settings import Settings
from workbench.ui.page_table import PAGES

THEMES = ("light", "dark", "sunlight")
SIZES = ((1280, 800), (1920, 1080))
SETTLE_S = 0.35
WAIT_S = 30.0
_POLL_MS = 30


class Photographer(QObject):
    """Waits in an event loop of its own until no job has run for a moment, then grabs the window."""

    def __init__(self, built: Built) -> None:
        super().__init__()
        self._built = built
        self._loop = QEventLoop(self)
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._on_tick)
        self._quiet_since_s = 0.0
        self._deadline_s = 0.0

    def settle(self) -> None:
        """Return when the pages have read what they show, at the latest after `WAIT_S`."""
        self._quiet_since_s = time.monotonic()
        self._deadline_s = time.monotonic() + WAIT_S
        self._timer.start()
        self._loop.exec()
        self._timer.stop()

    def grab(self, path: Path) -> Path:
        """Save a picture of the window."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._built.window.grab().save(str(path))
        return path

    def _on_tick(self) -> None:
        now_s = time.monotonic()
        if self._built.context.jobs.running:
            self._quiet_since_s = now_s
        if now_s - self._quiet_since_s > SETTLE_S or now_s > self._deadline_s:
            self._loop.quit()


def take_screenshots(
    project: Path | None,
    out: Path,
    pages: Sequence[str] = (),
    themes: Sequence[str] = THEMES,
    sizes: Sequence[tuple[int, int]] = SIZES,
) -> list[Path]:
    """Grab pages (all by default) in themes and sizes to `out/<page>-<theme>-<width>.png`; returns the files."""
    apply_test_platform()
    make_application(sys.argv[:1])
    former = qInstallMessageHandler(_tell)
    with tempfile.TemporaryDirectory() as folder:
        home = user_home() if HOME_VARIABLE in os.environ else Path(folder)
        built = build(home, Settings(theme="light"))
        built.window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, not _is_offscreen())
        try:
            return _take(built, project, out, [(p, t, s) for t in themes for s in sizes for p in pages or _all_pages()])
        finally:
            built.close()
            built.window.deleteLater()
            qInstallMessageHandler(former)


def _take(built: Built, project: Path | None, out: Path, wanted: list[tuple[str, str, tuple[int, int]]]) -> list[Path]:
    photographer = Photographer(built)
    if project is not None:
        built.context.open_project(project)
    built.window.resize(*SIZES[0])
    built.window.show_page("start")
    built.window.show()
    photographer.settle()
    files = []
    for page, theme, (width, height) in wanted:
        if built.context.theme.tokens.name != theme:
            built.context.theme.switch(theme)
        built.window.resize(width, height)
        built.window.show_page(page)
        photographer.settle()
        files.append(photographer.grab(out / f"{page}-{theme}-{width}.png"))
    return files


def _tell(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Qt's own messages, but for one that its offscreen platform says at every window and that means nothing here."""
    if "propagateSizeHints" not in text:
        sys.stderr.write(f"{text}\n")


def _all_pages() -> list[str]:
    return [entry.id for entry in PAGES]


def _is_offscreen() -> bool:
    return QApplication.platformName() == "offscreen"


def main(words: Sequence[str]) -> int:
    """`python -m workbench.app.screenshots PROJECT|- OUT [--page P …] [--theme T …] [--size WIDTHxHEIGHT …]`."""
    parser = argparse.ArgumentParser(description="Grab the window's pages to PNG files, offscreen.")
    parser.add_argument("project", help="Project folder, or - for none.")
    parser.add_argument("out", type=Path, help="Folder for the pictures.")
    parser.add_argument("--page", action="append", default=[])
    parser.add_argument("--theme", action="append", default=[], choices=THEMES)
    parser.add_argument("--size", action="append", default=[])
    given = parser.parse_args(words)
    sizes = [(int(width), int(height)) for width, _, height in (text.partition("x") for text in given.size)]
    project = None if given.project == "-" else Path(given.project)
    take_screenshots(project, given.out, given.page, given.theme or THEMES, sizes or SIZES)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
