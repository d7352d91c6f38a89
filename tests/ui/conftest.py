"""Fixtures of the window's tests: one application, a known font, and a guard against what a test leaves behind or Qt says."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

import pytest

os.environ["QT_QPA_PLATFORM"] = os.environ.get("WORKBENCH_TEST_PLATFORM", "offscreen")
os.environ.pop("QT_SCALE_FACTOR", None)

pytest.importorskip("PySide6.QtWidgets", reason="Qt's system libraries are not here", exc_type=ImportError)

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.log_projects import make_project
from workbench.app.window import Built, build, make_application
from workbench.core.paths import HOME_VARIABLE, resources
from workbench.core.settings import Settings
from workbench.ui.context import AppContext
from workbench.ui.page import Page
from workbench.ui.theme import ThemeSource

# Said by the offscreen platform itself, about nothing that a screen would do.
_HARMLESS = ("This plugin does not support propagateSizeHints()", "This plugin does not support raise()")
_LEFT_WAIT_S = 3.0
P = TypeVar("P", bound=Page)


@pytest.fixture(scope="session")
def app() -> QApplication:
    """The one application of the session."""
    return make_application(["tests"])


@pytest.fixture(autouse=True)
def qt_guard(app: QApplication) -> Iterator[list[str]]:
    """Fail a test that leaves a top-level widget, a running timer or a thread, or that makes Qt say something."""
    said: list[str] = []

    def listen(kind: QtMsgType, _context: object, text: str) -> None:
        if kind in {QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg} and not text.startswith(_HARMLESS):
            said.append(text)

    threads = set(threading.enumerate())
    former = qInstallMessageHandler(listen)
    yield said
    left = [repr(widget) for widget in app.topLevelWidgets() if widget.isVisible()]
    timers = [timer for widget in app.topLevelWidgets() for timer in widget.findChildren(QTimer) if timer.isActive()]
    ticking = [f"{timer.interval()} ms of {type(timer.parent()).__name__}" for timer in timers]
    for widget in app.topLevelWidgets():
        widget.hide()
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    app.processEvents()
    qInstallMessageHandler(former)
    app.setStyleSheet("")
    deadline_s = time.monotonic() + _LEFT_WAIT_S
    while set(threading.enumerate()) - threads and time.monotonic() < deadline_s:
        time.sleep(0.01)
    running = [thread.name for thread in set(threading.enumerate()) - threads]
    assert (said, left, ticking, running) == ([], [], [], [])


@pytest.fixture
def wait_for(app: QApplication) -> Callable[..., None]:
    """`wait_for(predicate, timeout_s=20)`: run the event loop until it is true; fails after the time."""

    def wait(predicate: Callable[[], bool], timeout_s: float = 20.0) -> None:
        deadline_s = time.monotonic() + timeout_s
        while not predicate():
            if time.monotonic() > deadline_s:
                raise AssertionError(f"Not so after {timeout_s} s.")
            app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    return wait


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own WORKBENCH_HOME."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv(HOME_VARIABLE, str(folder))
    return folder


@pytest.fixture
def theme(app: QApplication) -> ThemeSource:
    """The light theme, applied. In the window the sheet is worn by its parts; here by whatever a test makes, which is no part."""
    source = ThemeSource(resources(), "light")
    source.apply()

    def wear(_tokens: object = None) -> None:
        app.setStyleSheet(source.style_sheet())

    wear()
    source.changed.connect(wear)
    return source


@pytest.fixture
def built(app: QApplication, home: Path) -> Iterator[Built]:
    """The whole window as `app` builds it, not shown; closed after the test."""
    made = build(home, Settings(operator="Operator 1"))
    made.window.resize(1280, 800)  # the offscreen screen itself has 800 x 800
    yield made
    made.close()
    made.window.deleteLater()


@pytest.fixture
def context(built: Built) -> AppContext:
    """The window's context with real jobs."""
    return built.context


@pytest.fixture(scope="session")
def log_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of `log_projects`, made once."""
    return make_project(tmp_path_factory.mktemp("log-template"))


@pytest.fixture
def log_project(log_template: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(log_template, tmp_path / "project"))


def activate(built: Built) -> None:
    """Keys of actions need a window that has the focus."""
    built.window.activateWindow()
    QTest.qWaitForWindowActive(built.window, 2000)


class OpenPage(Protocol):
    """Open a project in the window, and one of its pages; it is of the kind that is named."""

    def __call__(self, project: Path, page_id: str, kind: type[P]) -> P: ...


@pytest.fixture
def open_page(built: Built, wait_for: Callable[..., None]) -> OpenPage:
    """See `OpenPage`."""

    def opened(project: Path, page_id: str, kind: type[P]) -> P:
        built.context.open_project(project)
        wait_for(lambda: built.context.project == project)
        built.window.show()
        built.window.show_page(page_id)
        page = built.window.host.page(page_id)
        assert isinstance(page, kind)
        return page

    return opened
