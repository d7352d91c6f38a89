"""Builds settings, theme, runner and window, in that order, and shows the window before anything heavy loads."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QSettings, QTimer, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from workbench.app.warm_up import HEAVY_MODULES, WarmUp, import_modules
from workbench.core.errors import WorkbenchError
from workbench.core.paths import resources, user_home
from workbench.core.runner import JobCall, Runner
from workbench.core.settings import Settings, load_settings
from workbench.ui.actions import ActionTable
from workbench.ui.context import AppContext, AppServices
from workbench.ui.crash import CrashReporter
from workbench.ui.job_bridge import JobBridge, JobHandlers
from workbench.ui.live_recovery import LiveRecovery
from workbench.ui.main_window import MainWindow
from workbench.ui.messages import Messages
from workbench.ui.page_table import PAGES
from workbench.ui.theme import ThemeSource

_AHEAD_AFTER_MS, _AHEAD_PAUSE_MS = 500, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What the composition made; `close` ends it in the right order."""

    context: AppContext
    window: MainWindow
    crashes: CrashReporter

    def close(self) -> None:
        """Close the window, end jobs, give hooks back."""
        self.crashes.uninstall()
        self.window.close()


class Starter(QObject):
    """What waits until the window is up: the worker process, the project, and pages that were not opened yet."""

    def __init__(self, built: Built, project: Path | None) -> None:
        super().__init__(built.window)
        self._context = built.context
        self._host = built.window.host
        self._project = project

    def start(self) -> None:
        """Open the project on a thread, warm the worker process up, and then get the pages ready, a little a turn."""
        if self._project is not None:
            self._context.open_project(self._project)
        request = WarmUp(modules=HEAVY_MODULES)
        call = JobCall(title="warm-up", function=import_modules, request=request, slot="warm-up", lane="process")
        self._context.jobs.start(call, JobHandlers(), is_quiet=True)
        QTimer.singleShot(_AHEAD_AFTER_MS, self, self._prepare_pages)

    def _prepare_pages(self) -> None:
        """One step; the pause leaves the window to the person, who waits for none of this."""
        if self._host.build_next():
            QTimer.singleShot(_AHEAD_PAUSE_MS, self, self._prepare_pages)


def run_window(project: Path | None, *, page: str = "") -> int:
    """Show the window and stay until it is closed."""
    home = user_home()
    settings, problem = read_settings(home)
    apply_scale(settings.scale_percent)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in the terminal ends it: Qt's loop never runs Python's handler
    application = make_application(sys.argv)
    translators = install_translators(application)
    built = build(home, settings, geometry=QSettings(str(home / "window.ini"), QSettings.Format.IniFormat))
    built.crashes.install()
    if problem is not None:
        built.context.messages.error(problem)
    starter = Starter(built, find_project(project, settings))
    built.window.first_painted.connect(starter.start)
    built.window.show_page(page if page in {entry.id for entry in PAGES} else "start")
    built.window.show()
    code = application.exec()
    built.close()
    for translator in translators:
        application.removeTranslator(translator)
    return code


def build(home: Path, settings: Settings, *, geometry: QSettings | None = None) -> Built:
    """Everything the window needs; an application must exist. Nothing is shown and no job runs yet."""
    theme = ThemeSource(resources(), settings.theme)
    theme.apply()
    services = AppServices(theme=theme, messages=Messages(), jobs=JobBridge(Runner), actions=ActionTable(), home=home)
    context = AppContext(services, settings)
    crashes = CrashReporter(home, services.messages, context)
    services.jobs.crashed.connect(crashes.on_job_bug)
    LiveRecovery(context, context)
    return Built(context=context, window=MainWindow(context, geometry), crashes=crashes)


def make_application(arguments: list[str]) -> QApplication:
    """The one QApplication, in Fusion, which our palette and sheet are made for."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(arguments)
    application.setApplicationName("Pump Workbench")
    application.setStyle("Fusion")
    return application


def apply_test_platform() -> None:
    """Pictures need no screen: offscreen unless a platform was chosen."""
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def install_translators(application: QApplication) -> list[QTranslator]:
    """Our texts and Qt's own in the machine's language, where there are any."""
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    installed = []
    for name, folder in (("workbench", str(resources() / "i18n")), ("qtbase", qt_folder)):
        translator = QTranslator(application)
        if translator.load(QLocale(), name, "_", folder):
            application.installTranslator(translator)
            installed.append(translator)
    return installed


def read_settings(home: Path) -> tuple[Settings, WorkbenchError | None]:
    """The settings, or defaults with the reason why they can't be read."""
    try:
        return load_settings(home), None
    except WorkbenchError as error:
        return Settings(), error


def apply_scale(scale_percent: int) -> None:
    """Scale the whole window; must come before the application. A scale that the person set outside wins."""
    if scale_percent != 100 and QGuiApplication.instance() is None:
        os.environ.setdefault("QT_SCALE_FACTOR", f"{min(200, max(100, scale_percent)) / 100:.2f}")


def find_project(asked: Path | None, settings: Settings) -> Path | None:
    """The project to open: the one asked for, else the last one if its folder is still there."""
    if asked is not None:
        return asked
    recent = [Path(text) for text in settings.recent_projects[:1]]
    return next((folder for folder in recent if folder.is_dir()), None)
