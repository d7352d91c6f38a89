"""The window: rail, header, notices, pages, job strip, status bar, and what is the same everywhere. Pages do the rest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import QPoint, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from workbench.core.paths import is_project
from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.drop_veil import DropVeil
from workbench.ui.focus_ring import FocusRing
from workbench.ui.header import Header
from workbench.ui.job_panel import JobPanel
from workbench.ui.notice_area import NoticeArea
from workbench.ui.page_host import KeyAction, PageHost, make_key_action
from workbench.ui.page_table import PAGES, find_entry, page_title
from workbench.ui.palette_entry import PaletteEntry
from workbench.ui.rail import Rail
from workbench.ui.status_bar import StatusBar
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.window_actions import help_topics, window_actions

if TYPE_CHECKING:
    from workbench.ui.palette import Palette

MIN_SIZE = (1280, 800)
_CLOSE_AGAIN_MS = 50
_MAX_CLOSE_TRIES = 200
_MENU_ORDER = ("Project", "Log", "Model", "Device", "View", "Help")


@runtime_checkable
class OpensFiles(Protocol):
    """A page that takes dropped files (Logs)."""

    def open_files(self, paths: list[Path]) -> None:
        """Look at these files or folders."""


@runtime_checkable
class ShowsTopic(Protocol):
    """A page that shows a help topic."""

    def show_topic(self, topic: str) -> None:
        """Show this topic."""


class MainWindow(QMainWindow):
    """Built by `app`; `first_painted` fires once, for what must wait until the window is up."""

    first_painted = Signal()

    def __init__(self, context: AppContext, geometry: QSettings | None = None) -> None:
        super().__init__()
        self.context = context
        self._geometry = geometry
        self._has_painted = False
        self._stops_writing = False
        self._n_close_tries = 0
        self._dropped: list[Path] = []
        self.setWindowTitle(self.tr("Pump Workbench"))
        self.setMinimumSize(self._room().boundedTo(QSize(*MIN_SIZE)))
        self.setAcceptDrops(True)
        self.host = PageHost(context)
        self.rail = Rail(context.theme, PAGES)
        self.header = Header(context.theme, context.actions)
        self.notices = NoticeArea(context.theme, context.messages)
        self.job_panel = JobPanel(context.theme, context.jobs)
        self.status = StatusBar(context)
        self._lay_out()
        self.ring = FocusRing(context.theme, self)
        self.veil = DropVeil(context.theme, self)
        self._palette_box: Palette | None = None
        context.messages.attach(self, context.theme)
        context.actions.add(window_actions(self))
        self._add_keys()
        self._connect()

    def show_page(self, page_id: str) -> None:
        """Go to a page, and put the keyboard where it belongs there."""
        page = self.host.show_page(page_id)
        self.rail.set_current(find_entry(page_id).shown_under or page_id)
        self.header.show_page(page)
        page.focus_first()

    def open_files(self, paths: list[Path]) -> None:
        """What dropping does: projects are opened, bundles go to Package, all else to Logs, which hands on events to Label."""
        if len(paths) == 1 and is_project(paths[0]):
            self.context.open_project(paths[0])
            return
        if paths and all(path.suffix == ".pwb" for path in paths):
            self.context.navigate("package", bundle=str(paths[0]))
            return
        self._dropped = paths
        self.context.ensure_project(self._open_dropped)

    def show_help(self, topic: str) -> None:
        """Show a page of the manual."""
        self.show_page("help")
        page = self.host.page("help")
        if isinstance(page, ShowsTopic):
            page.show_topic(topic)

    def show_help_here(self) -> None:
        """Show the manual's page about the page that is shown, where there is one."""
        topics = {name for name, _title in help_topics()}
        self.show_help(self.host.current_id if self.host.current_id in topics else "window")

    def open_palette(self) -> None:
        """Show the command palette over everything that can be done now."""
        self.palette_box.open_with(self.palette_entries())
        self._complete_palette()

    @property
    def palette_box(self) -> Palette:
        """The command palette; made when it is first asked for, as nothing of it is on the first picture."""
        from workbench.ui.palette import Palette

        if self._palette_box is None:
            self._palette_box = Palette(self.context.theme, self, self.run_entry)
            self.context.theme.dress(self._palette_box)
        return self._palette_box

    def palette_entries(self) -> list[PaletteEntry]:
        """Actions of the current page first, then the other actions, then help topics."""
        current = self.host.current_id
        actions = self.context.actions.all()
        ordered = [a for a in actions if a.page == current and current] + [a for a in actions if a.page != current or not current]
        entries = [_entry_of(action) for action in ordered]
        topics = [
            PaletteEntry(
                title=self.tr("Help: {topic}").format(topic=title), icon="help", where=self.tr("Help"), key=f"help:{name}"
            )
            for name, title in help_topics()
        ]
        return entries + topics

    def run_entry(self, key: str) -> None:
        """Run what the palette chose."""
        if key.startswith("help:"):
            self.show_help(key.removeprefix("help:"))
            return
        action = self.context.actions.find(key)
        if action.page and action.page != self.host.current_id:
            self.show_page(action.page)
        action.callback()

    def open_menu(self) -> None:
        """Show the menu: every action that names one, grouped. Pages that were not built yet are, one a turn, before."""
        if self.host.build_next():
            QTimer.singleShot(0, self, self.open_menu)
            return
        menu = self.make_menu()
        button = self.rail.menu_button
        menu.popup(button.mapToGlobal(QPoint(button.width(), 0)))

    def make_menu(self) -> QMenu:
        """The menu as data says it now."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.context.theme.dress(menu)
        titles = dict.fromkeys([*_MENU_ORDER, *(action.menu for action in self.context.actions.all() if action.menu)])
        for title in titles:
            listed = [action for action in self.context.actions.all() if action.menu == title]
            if listed:
                self._fill(menu.addMenu(title), listed)
        return menu

    def focus_job_panel(self) -> None:
        """Open or close the list of jobs."""
        self.job_panel.toggle()

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._has_painted:
            self._has_painted = True
            QTimer.singleShot(0, self, self._on_first_paint)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._palette_box is not None:
            self._palette_box.close_palette()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        paths = _paths_of(event)
        if paths:
            event.acceptProposedAction()
            self.veil.show_for(paths)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self.veil.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.veil.hide()
        paths = _paths_of(event)
        if paths:
            event.acceptProposedAction()
            self.open_files(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        running = {view.slot for view in self.context.jobs.running}
        if not self._stops_writing and any(slot.startswith("devices.update") for slot in running):
            event.ignore()
            self.context.messages.confirm(
                self.tr("A device is being written."),
                self.tr("The old model keeps running if you stop; the write can be resumed later."),
                self.tr("Stop and close"),
                self._stop_and_close,
            )
            return
        if "label.save" in running and self._n_close_tries < _MAX_CLOSE_TRIES:
            event.ignore()  # closing cancels jobs, and the last edit would be lost
            self._n_close_tries += 1
            QTimer.singleShot(_CLOSE_AGAIN_MS, self.close)
            return
        self._close_now()
        event.accept()

    # Inside

    def _complete_palette(self) -> None:
        """Offer what pages that were not built yet can do, while the person types: a page a turn."""
        if self.palette_box.isVisible() and self.host.build_next():
            self.palette_box.set_entries(self.palette_entries())
            QTimer.singleShot(0, self, self._complete_palette)

    def _open_dropped(self) -> None:
        paths, self._dropped = self._dropped, []
        self.show_page("logs")
        page = self.host.page("logs")
        if isinstance(page, OpensFiles):
            page.open_files(paths)

    def _stop_and_close(self) -> None:
        # Not hidden here: Qt ends the program when its last window is closed, and goes on when it is only hidden.
        self._stops_writing = True
        self.close()

    def _close_now(self) -> None:
        if self._geometry is not None:
            self._geometry.setValue("window", self.saveGeometry())
        self.status.stop()
        self.notices.clear()
        self.context.jobs.close()

    def _lay_out(self) -> None:
        body = vertical()
        for widget in (self.header, self.notices):
            body.addWidget(widget)
        body.addWidget(self.host, 1)
        body.addWidget(self.job_panel)
        body.addWidget(self.status)
        centre = QWidget()
        row = horizontal(centre)
        row.addWidget(self.rail)
        row.addLayout(body, 1)
        self.setCentralWidget(centre)
        for part in (self.rail, self.header, self.notices, self.job_panel, self.status):
            self.context.theme.dress(part)
        if self._geometry is not None and (saved := self._geometry.value("window")) is not None:
            self.restoreGeometry(saved)
        else:
            self.resize(self.minimumSize())

    def _room(self) -> QSize:
        return self.screen().availableSize()

    def _connect(self) -> None:
        context = self.context
        self.rail.chosen.connect(self.show_page)
        self.rail.menu_asked.connect(self.open_menu)
        self.header.palette_asked.connect(self.open_palette)
        self.host.header_changed.connect(self._on_header)
        self.host.state_changed.connect(self._on_state)
        self.notices.help_asked.connect(self.show_help)
        context.navigation_asked.connect(self._on_navigation)
        context.action_asked.connect(self._on_action)
        context.project_changed.connect(self._on_project)

    def _add_keys(self) -> None:
        for action in self.context.actions.all():
            if action.keys and not action.page:
                self.addAction(make_key_action(action, self, Qt.ShortcutContext.WindowShortcut))

    def _fill(self, menu: QMenu, actions: list[Action]) -> None:
        for action in actions:
            reason = action.blocked()
            item = KeyAction(action, menu)
            item.setText(f"{action.title} – {reason}" if reason else action.title)
            if action.icon:
                item.setIcon(self.context.theme.icon(action.icon, "text_disabled" if reason else "text1"))
            if action.keys:
                item.setShortcut(QKeySequence(action.keys[0]))
                item.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            item.setEnabled(not reason)
            item.setShortcutVisibleInContextMenu(True)
            menu.addAction(item)

    def _on_first_paint(self) -> None:
        self.status.start()
        self.first_painted.emit()

    def _on_header(self) -> None:
        self.header.show_page(self.host.page(self.host.current_id))

    def _on_state(self, page_id: str) -> None:
        self.rail.set_state(page_id, self.host.page(page_id).state)

    def _on_navigation(self, page_id: str, _selection: Selection) -> None:
        self.show_page(page_id)

    def _on_action(self, action_id: str) -> None:
        page = action_id.partition(".")[0]
        if page in {entry.id for entry in PAGES}:
            self.show_page(page)
        if any(action.id == action_id for action in self.context.actions.all()):
            self.context.actions.find(action_id).callback()

    def _on_project(self, project: Path | None) -> None:
        name = self.tr("Pump Workbench")
        self.setWindowTitle(f"{project.name} – {name}" if project else name)
        if self.host.current_id:
            page = self.host.page(self.host.current_id)
            page.activated(self.context.selection)
            self.header.show_page(page)


def _paths_of(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def _entry_of(action: Action) -> PaletteEntry:
    where = action.command or ", ".join(action.keys) or (page_title(action.page) if action.page else "")
    icon = action.icon or (find_entry(action.page).icon if action.page else "")
    return PaletteEntry(title=action.title, icon=icon, where=where, key=action.id, blocked=action.blocked())
