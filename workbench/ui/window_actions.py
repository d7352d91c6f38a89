"""What can be done everywhere: projects, pages, themes, help. Pages add their own actions when they are built."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import QCoreApplication, QObject

from workbench.core.paths import resources
from workbench.core.settings import Theme
from workbench.ui.actions import Action
from workbench.ui.context import free_folder, projects_folder
from workbench.ui.page_table import PAGES, page_title

if TYPE_CHECKING:
    from workbench.ui.main_window import MainWindow

translate = QCoreApplication.translate  # under this name lupdate finds the texts
_THEME_ICONS = {"light": "sun", "dark": "moon", "sunlight": "sun"}


class GoTo(QObject):
    """Goes to one page."""

    def __init__(self, window: MainWindow, page_id: str) -> None:
        super().__init__(window)
        self._window = window
        self._page_id = page_id

    def __call__(self) -> None:
        self._window.show_page(self._page_id)


class WearTheme(QObject):
    """Turns one theme on and remembers it."""

    def __init__(self, window: MainWindow, name: str) -> None:
        super().__init__(window)
        self._context = window.context
        self._name = name

    def __call__(self) -> None:
        self._context.theme.switch(self._name)
        self._context.change_settings(theme=self._name)


class ProjectActs(QObject):
    """New and open, through the file chooser."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._context = window.context

    def quit(self) -> None:
        """Close the window."""
        self._window.close()

    def ask_new(self) -> None:
        """Let the person name a new project's folder."""
        suggestion = free_folder(projects_folder(self._context.settings), self.tr("my-station"))
        self._context.messages.choose_save(self.tr("New project"), suggestion, "", self._on_new)

    def ask_open(self) -> None:
        """Let the person pick a project's folder."""
        self._context.messages.choose_folder(self.tr("Open project"), self._on_open)

    def _on_new(self, paths: list[Path]) -> None:
        self._context.make_project(paths[0])

    def _on_open(self, paths: list[Path]) -> None:
        self._context.open_project(paths[0])


def window_actions(window: MainWindow) -> tuple[Action, ...]:
    """The actions that need no page."""
    return (*_project_actions(window), *_page_actions(window), *_theme_actions(window), *_window_actions(window))


def _project_actions(window: MainWindow) -> tuple[Action, ...]:
    acts = ProjectActs(window)
    return (
        Action(
            id="project.new", title=translate("Actions", "New project…"), icon="plus", callback=acts.ask_new,
            keys=("Ctrl+N",), menu="Project", command="workbench project new",
        ),
        Action(
            id="project.open", title=translate("Actions", "Open project…"), icon="folder-open", callback=acts.ask_open,
            keys=("Ctrl+O",), menu="Project",
        ),
        Action(
            id="window.close", title=translate("Actions", "Quit"), icon="cancel", callback=acts.quit,
            keys=("Ctrl+Q",), menu="Project",
        ),
    )  # fmt: skip


def _page_actions(window: MainWindow) -> tuple[Action, ...]:
    go = translate("Actions", "Go to {page}")
    return tuple(
        Action(
            id=f"page.{entry.id}", title=go.format(page=page_title(entry.id)), icon=entry.icon,
            callback=GoTo(window, entry.id), keys=(entry.keys,), menu="View",
        )
        for entry in PAGES
        if entry.keys
    )  # fmt: skip


def _theme_actions(window: MainWindow) -> tuple[Action, ...]:
    titles = (translate("Actions", "Theme: light"), translate("Actions", "Theme: dark"), translate("Actions", "Theme: sunlight"))
    return tuple(
        Action(id=f"theme.{name}", title=title, icon=_THEME_ICONS[name], callback=WearTheme(window, name), menu="View")
        for name, title in zip(get_args(Theme), titles, strict=True)
    )


def _window_actions(window: MainWindow) -> tuple[Action, ...]:
    return (
        Action(
            id="window.palette", title=translate("Actions", "Find or run…"), icon="search", callback=window.open_palette,
            keys=("Ctrl+K",), menu="View",
        ),
        Action(id="window.menu", title=translate("Actions", "Menu"), icon="more", callback=window.open_menu, keys=("F10",)),
        Action(
            id="window.jobs", title=translate("Actions", "Show or hide jobs"), icon="jobs", callback=window.focus_job_panel,
            keys=("Ctrl+J",), menu="View",
        ),
        Action(
            id="help.here", title=translate("Actions", "Help on this page"), icon="help", callback=window.show_help_here,
            keys=("F1",), menu="Help",
        ),
        Action(
            id="help.about", title=translate("Actions", "About and licences"), icon="info", callback=ShowTopic(window, "about"),
            menu="Help",
        ),
    )  # fmt: skip


class ShowTopic(QObject):
    """Shows one help topic."""

    def __init__(self, window: MainWindow, topic: str) -> None:
        super().__init__(window)
        self._window = window
        self._topic = topic

    def __call__(self) -> None:
        self._window.show_help(self._topic)


def help_topics() -> list[tuple[str, str]]:
    """(name, title) of the manual's pages, then decisions, then errors; the title is the file's first heading."""
    folder = resources() / "help"
    files = [file for part in ("", "decisions", "errors") for file in sorted((folder / part).glob("*.md"))]
    return [(file.relative_to(folder).with_suffix("").as_posix(), _heading_of(file)) for file in files]


def _heading_of(file: Path) -> str:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#"):
                return line.lstrip("# ").strip()
    return file.stem
