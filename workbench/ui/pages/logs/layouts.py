"""The menu of the plots: layouts kept, taken, carried over and exchanged; the view as picture, vectors and values; the keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from workbench.core.clock import format_utc
from workbench.core.errors import InputError
from workbench.core.runner import JobCall
from workbench.logs.plot_layout import PlotLayout
from workbench.services.layout_set import LayoutSetRequest, request_of, set_layout
from workbench.services.log_export import ExportLogsRequest, ExportLogsResult, export_logs
from workbench.services.log_layouts import (
    LayoutImportRequest,
    LayoutRemoveRequest,
    LayoutResult,
    LayoutsRequest,
    LayoutsResult,
    StoredLayout,
    import_layout,
    list_layouts,
    matched,
    remove_layout,
)
from workbench.ui.format import span, zone_of
from workbench.ui.pages.logs.layout_tabs import LayoutTabs
from workbench.ui.pages.logs.modes import TIME, ModeStack
from workbench.ui.widgets.buttons import IconButton, SecondaryButton
from workbench.ui.widgets.layouts import horizontal
from workbench.ui.widgets.text import Text

if TYPE_CHECKING:
    from workbench.core.requests import Request
    from workbench.ui.context import AppContext
    from workbench.ui.pages.logs.view import LogsView

_NAME_PX = 240


class LayoutMenu(QObject):
    """Reads the project's layouts when a pump opens; the pump's default is taken unless rows were chosen in this window."""

    def __init__(self, context: AppContext, view: LogsView, modes: ModeStack) -> None:
        super().__init__(view)
        self._context = context
        self._view = view
        self._modes = modes
        self._stored: tuple[StoredLayout, ...] = ()
        self._units: dict[str, str] = {}
        self.button = IconButton(context.theme, "more", self.tr("Layouts and export"))
        self.button.setProperty("kind", "secondary")
        self.name_panel = NamePanel(context, self)
        view.put_below(self.name_panel)
        self.tabs = LayoutTabs(context, view, modes)
        self.tabs.keep_asked.connect(self.ask_name)
        view.put_above(self.tabs)
        self._columns = 0
        self.button.clicked.connect(self.show_menu)
        view.opened.connect(self._on_opened)

    # Layouts

    def save_default(self) -> None:
        """What the pump starts with from now on."""
        self.save("")

    def focus_plots(self) -> None:
        """Give the keys to the plots, or to what is in their place."""
        self._view.focus_main()

    def ask_name(self) -> None:
        """Let the person type a name for the layout; that of the tab, to keep its changes."""
        self.name_panel.open(self.tabs.current)

    def save(self, name: str) -> None:
        """Keep the rows as they are under a name."""
        self._start(self.tr("Keep layout"), set_layout, self.layout_request(name))

    def layout_request(self, name: str) -> LayoutSetRequest:
        """What is shown, as a layout to be kept under a name."""
        layout = msgspec.structs.replace(self._view.plots.rows.layout_now, mode=self._modes.current)
        return request_of(self._context.project_text, self._view.asset, name, layout)

    def copy_layout_command(self) -> None:
        """Rows, y axes, styles, colours and hidden curves as they are, as a command line that keeps them."""
        if self._view.logs is not None:
            self._context.copy_command(("logs", "layout-set"), self.layout_request(self.tabs.current))

    def choose_import(self) -> None:
        """Let the person pick a layout file."""
        self._context.messages.choose_files(self.tr("Import layout"), self.tr("Layouts (*.json)"), self._on_import)

    def choose_export(self) -> None:
        """Let the person say where the layout goes."""
        where = Path.home() / f"layout-{self._view.asset}.json"
        self._context.messages.choose_save(self.tr("Export layout"), where, self.tr("Layouts (*.json)"), self._on_export)

    def take(self, stored: StoredLayout) -> None:
        """Show a kept layout here, its channels matched where it was made for another pump."""
        logs = self._view.logs
        if logs is None:
            return
        layout = self._matching(stored)
        if not layout.rows:
            text = self.tr("{pump} has no channel of this layout.").format(pump=logs.asset)
            self._context.messages.error(InputError(text, self.tr("Choose another one.")))
            return
        self.tabs.took(stored.name)
        self._view.change_layout(layout)
        self._modes.choose_known(layout.mode)
        n_lost = len(stored.layout.channels) - len(layout.channels)
        if n_lost:
            self._context.messages.say(self.tr("{n} channels of the layout have no match here.").format(n=n_lost), icon="info")

    def _matching(self, stored: StoredLayout) -> PlotLayout:
        """A kept layout for the pump that is open; without rows where nothing of it is here."""
        logs = self._view.logs
        if logs is None:
            return PlotLayout()
        is_own = stored.asset == logs.asset
        return matched(stored.layout, stored.asset, logs.asset, logs.channels, {} if is_own else self._units)

    # The view

    def copy_picture(self) -> None:
        """The plots on the clipboard, all rows, as sharp as the screen; another way to look as it stands there."""
        from workbench.ui.widgets.plots.export import draw_picture

        if self._view.logs is None:
            return
        scale = max(1.0, self._view.devicePixelRatioF())
        is_time = self._modes.current == TIME
        image = draw_picture(self._view.plots, self.title(), scale) if is_time else self._modes.stack.grab().toImage()
        QGuiApplication.clipboard().setImage(image)
        text = self.tr("The picture is on the clipboard ({width} × {height} pixels).")
        self._context.messages.say(text.format(width=image.width(), height=image.height()), icon="copy")

    def save_png(self) -> None:
        """The plots as a picture."""
        self._choose("png", self.tr("Pictures (*.png)"), self._on_png)

    def save_png_double(self) -> None:
        """The plots as a picture with twice the pixels, for print."""
        self._choose("2x.png", self.tr("Pictures (*.png)"), self._on_png_double)

    def save_svg(self) -> None:
        """The plots as vectors."""
        self._choose("svg", self.tr("Vectors (*.svg)"), self._on_svg)

    def save_raw(self) -> None:
        """Every raw sample of the rows over the range that is shown."""
        self._columns = 0
        self._choose("csv", self.tr("Values (*.csv)"), self._on_csv)

    def save_drawn(self) -> None:
        """Lowest and highest value of each pixel column, as drawn."""
        self._columns = round(self._view.plots.rows.columns.width)
        self._choose("drawn.csv", self.tr("Values (*.csv)"), self._on_csv)

    def copy_command(self) -> None:
        """The export of raw samples as a command line."""
        if self._view.logs is not None:
            self._columns = 0
            self._context.copy_command(("logs", "export"), self.export_request(Path(f"{self._view.asset}.csv")))

    def export_request(self, path: Path) -> ExportLogsRequest:
        """What is shown, as a request."""
        start, end = self._view.range_ns
        return ExportLogsRequest(
            project=self._context.project_text, asset=self._view.asset, out=str(path), channel=self._view.channels(),
            start=format_utc(start), end=format_utc(end), columns=self._columns, regimes=self._view.chosen_states,
        )  # fmt: skip

    def show_menu(self) -> None:
        """All of it, under the button."""
        menu = QMenu(self.button)
        own = [one for one in self._stored if one.name]
        for stored in own:
            other = "" if stored.asset == self._view.asset else f"  ({stored.asset})"
            menu.addAction(stored.name + other, _Taking(self, stored, menu).take)
        if own:
            menu.addSeparator()
        menu.addAction(self.tr("Keep layout as…"), self.ask_name)
        menu.addAction(self.tr("Start with this layout"), self.save_default)
        if self._stored:
            forget = menu.addMenu(self.tr("Forget layout"))
            for stored in self._stored:
                forget.addAction(f"{stored.name or self.tr('Start')}  ({stored.asset})", _Taking(self, stored, menu).forget)
        menu.addAction(self.tr("Import layout…"), self.choose_import)
        menu.addAction(self.tr("Export layout…"), self.choose_export)
        menu.addAction(self.tr("Copy layout as command"), self.copy_layout_command)
        menu.addSeparator()
        menu.addAction(self.tr("Copy picture"), self.copy_picture)
        menu.addAction(self.tr("Save picture (PNG)…"), self.save_png)
        menu.addAction(self.tr("Save picture, twice the pixels…"), self.save_png_double)
        menu.addAction(self.tr("Save vectors (SVG)…"), self.save_svg)
        menu.addAction(self.tr("Save raw samples (CSV)…"), self.save_raw)
        menu.addAction(self.tr("Save what is drawn (CSV)…"), self.save_drawn)
        menu.addAction(self.tr("Copy export as command"), self.copy_command)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height() + 2)))

    def forget(self, stored: StoredLayout) -> None:
        """Take a layout out of the project."""
        request = LayoutRemoveRequest(project=self._context.project_text, asset=stored.asset, name=stored.name)
        self._start(self.tr("Forget layout"), remove_layout, request)

    def title(self) -> str:
        """What an exported picture says of itself."""
        zone = self._context.settings.zone
        return f"{self._view.asset}   {span(*self._view.range_ns, zone_of(zone))} {zone or 'UTC'}"

    def _choose(self, suffix: str, patterns: str, then: object) -> None:
        if self._view.logs is None:
            return
        day = format_utc(self._view.range_ns[0])[:10]
        where = Path.home() / f"{self._view.asset}-{day}.{suffix}"
        self._context.messages.choose_save(self.tr("Save"), where, patterns, then)  # type: ignore[arg-type]

    def _start(self, title: str, function: object, request: Request) -> None:
        call = JobCall(title=title, function=function, request=request, slot="layout", lane="thread")  # type: ignore[arg-type]
        self._context.start_job(call, self._on_kept)

    def _on_kept(self, result: object) -> None:
        assert isinstance(result, LayoutResult)
        if result.asset == self._view.asset and not result.is_removed:
            self.tabs.kept_as(result.name)
        self._read()

    def _on_opened(self, _logs: object) -> None:
        if self._view.logs is not None:
            self._units.update({channel.name: channel.unit for channel in self._view.logs.channels})
            self._read()

    def _read(self) -> None:
        self._context.read(list_layouts, LayoutsRequest(project=self._context.project_text), self._on_listed, slot="layouts")

    def _on_listed(self, result: object) -> None:
        assert isinstance(result, LayoutsResult)
        self._stored = result.layouts
        default = next((one for one in self._stored if not one.name and one.asset == self._view.asset), None)
        if default is not None and not self._view.layouts.current().rows and self._view.logs is not None:
            self._view.layouts.offer(self._view.asset, default.layout)
            self._view.show_current_layout()
        self.tabs.show_kept(self._stored, self._matching)

    def _on_import(self, paths: list[Path]) -> None:
        request = LayoutImportRequest(path=str(paths[0]), project=self._context.project_text, asset=self._view.asset)
        self._start(self.tr("Import layout"), import_layout, request)

    def _on_export(self, paths: list[Path]) -> None:
        from workbench.core.codec import write_atomic
        from workbench.logs.plot_layout import encode_layout

        try:
            write_atomic(paths[0], encode_layout(self._view.asset, self._view.plots.rows.layout_now))
        except InputError as error:
            self._context.messages.error(error)
            return
        self._say(paths[0])

    def _on_png(self, paths: list[Path]) -> None:
        self._write_png(paths[0], 1.0)

    def _on_png_double(self, paths: list[Path]) -> None:
        self._write_png(paths[0], 2.0)

    def _write_png(self, path: Path, scale: float) -> None:
        from workbench.ui.widgets.plots.export import draw_picture

        target = path if path.suffix.lower() == ".png" else path.with_name(f"{path.name}.png")
        self._tell(target, is_written=draw_picture(self._view.plots, self.title(), scale).save(str(target)))

    def _on_svg(self, paths: list[Path]) -> None:
        from workbench.ui.widgets.plots.export import write_svg

        self._tell(paths[0], is_written=write_svg(self._view.plots, self.title(), paths[0]))

    def _on_csv(self, paths: list[Path]) -> None:
        request = self.export_request(paths[0])
        call = JobCall(title=self.tr("Write values"), function=export_logs, request=request, slot="export", lane="thread")
        self._context.start_job(call, self._on_written)

    def _on_written(self, result: object) -> None:
        assert isinstance(result, ExportLogsResult)
        self._say(Path(result.path))

    def _tell(self, path: Path, *, is_written: bool) -> None:
        if is_written:
            self._say(path)
            return
        text = self.tr("{path} was not written.").format(path=path)
        self._context.messages.error(InputError(text, self.tr("Check that the folder is there and has room.")))

    def _say(self, path: Path) -> None:
        self._context.messages.say(self.tr("Wrote {path}.").format(path=path), icon="export")


class _Taking(QObject):
    """Bound methods for one entry of the menu, which it lives as long as."""

    def __init__(self, owner: LayoutMenu, stored: StoredLayout, menu: QMenu) -> None:
        super().__init__(menu)
        self._owner = owner
        self._stored = stored

    def take(self) -> None:
        """Show it."""
        self._owner.take(self._stored)

    def forget(self) -> None:
        """Take it out of the project."""
        self._owner.forget(self._stored)


class NamePanel(QWidget):
    """A line under the plots for a layout's name: Enter keeps it, Escape doesn't."""

    def __init__(self, context: AppContext, owner: LayoutMenu) -> None:
        super().__init__()
        self._owner = owner
        row = horizontal(self, margins_px=(16, 8, 16, 8), gap_px=8)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Name, such as Night shift"))
        self.field.setAccessibleName(self.tr("Name of the layout"))
        self.field.setFixedWidth(_NAME_PX)
        self.field.installEventFilter(self)
        self.keep = SecondaryButton(context.theme, self.tr("Keep layout"), "check")
        self.keep.clicked.connect(self._on_keep)
        row.addWidget(Text(self.tr("Keep layout as"), "body", "text2"))
        row.addWidget(self.field)
        row.addWidget(self.keep)
        row.addStretch(1)
        self.hide()

    def open(self, name: str) -> None:
        """Show it, ready to type over a name."""
        self.show()
        self.field.setText(name)
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter keeps, Escape hides."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._on_keep()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._put_away()
                return True
        return super().eventFilter(watched, event)

    def _put_away(self) -> None:
        """The keys go back to the plots."""
        self.hide()
        self._owner.focus_plots()

    def _on_keep(self) -> None:
        name = self.field.text().strip()
        if name:
            self._owner.save(name)
            self.field.clear()
            self._put_away()
