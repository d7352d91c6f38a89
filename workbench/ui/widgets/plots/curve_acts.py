"""How curves are drawn, by menu, key and a click on the swatch: line, points or steps, colour, hidden or shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu

from workbench.logs.plot_layout import MOST_COLOURS, CurveStyle
from workbench.ui.widgets.chart_axes import curve_colour

if TYPE_CHECKING:
    from workbench.logs.plot_layout import PlotLayout
    from workbench.ui.widgets.plots.rows import PlotRows

STYLES: tuple[CurveStyle, ...] = ("line", "points", "both", "steps")
_SWATCH_PX = 14


def style_words(style: CurveStyle) -> str:
    """What the menu calls it."""
    tr = QCoreApplication.translate
    return {
        "line": tr("Plots", "Line"), "points": tr("Plots", "Points"), "both": tr("Plots", "Line and points"),
        "steps": tr("Plots", "Steps"),
    }[style]  # fmt: skip


class CurveActs(QObject):
    """Acts on the curves that were aimed at, else on all of the chosen row; asks for the layout through `rows.acts`."""

    def __init__(self, rows: PlotRows) -> None:
        super().__init__(rows)
        self._rows = rows
        self._aim: tuple[str, ...] = ()

    def aim(self, names: tuple[str, ...]) -> None:
        """Act on these until the menu closes."""
        self._aim = names

    def cycle_style(self) -> None:
        """Line, points, both, steps, and line again."""
        names = self._names()
        if names:
            now = self._layout.look_of(names[0]).style
            self.set_style(STYLES[(STYLES.index(now) + 1) % len(STYLES)])

    def set_style(self, style: CurveStyle) -> None:
        """Draw them so."""
        self._change(style=style)

    def set_colour(self, number: int) -> None:
        """Draw them in one of the theme's curves, 1 to 8; 0: each by its place."""
        self._change(colour=number)

    def toggle(self, place: int) -> None:
        """Hide a curve of the chosen row, by its place, or show it."""
        row = self._layout.rows[self._rows.current].channels if self._layout.rows else ()
        if place < len(row):
            self.toggle_named(row[place])

    def toggle_named(self, name: str) -> None:
        """Hide a curve, or show it."""
        self._rows.acts.ask(self._layout.with_look(name, is_hidden=not self._layout.look_of(name).is_hidden))

    def show_all(self) -> None:
        """No curve is hidden any more."""
        layout = self._layout
        for look in layout.looks:
            layout = layout.with_look(look.channel, is_hidden=False)
        self._rows.acts.ask(layout)

    def add_to(self, menu: QMenu) -> None:
        """The submenus for what was aimed at."""
        names = self._names()
        if not names:
            return
        tr = QCoreApplication.translate
        look = self._layout.look_of(names[0])
        styles = menu.addMenu(f"{tr('Plots', 'Draw as')}\tC")
        for style in STYLES:
            self._add(styles, style_words(style), style, is_on=look.style == style)
        styles.triggered.connect(self._on_style)
        colours = menu.addMenu(tr("Plots", "Colour"))
        self._add(colours, tr("Plots", "By its place"), 0, is_on=look.colour == 0)
        for number in range(1, MOST_COLOURS + 1):
            item = self._add(colours, str(number), number, is_on=look.colour == number)
            item.setIcon(self._swatch(number))
        colours.triggered.connect(self._on_colour)
        row = self._layout.rows[self._rows.current].channels
        hiding = menu.addMenu(tr("Plots", "Curves shown"))
        for place, name in enumerate(row):
            is_on = not self._layout.look_of(name).is_hidden
            self._add(hiding, f"{name}\t{place + 1}" if place < MOST_COLOURS else name, name, is_on=is_on)
        hiding.triggered.connect(self._on_hide)

    @staticmethod
    def _add(menu: QMenu, text: str, value: object, *, is_on: bool) -> QAction:
        item = menu.addAction(text)
        item.setData(value)
        item.setCheckable(True)
        item.setChecked(is_on)
        return item

    def _swatch(self, number: int) -> QIcon:
        pixmap = QPixmap(_SWATCH_PX, _SWATCH_PX)
        pixmap.fill(self._rows.theme.colour("bg2"))
        painter = QPainter(pixmap)
        painter.fillRect(1, 4, _SWATCH_PX - 2, 6, curve_colour(self._rows.theme, number - 1))
        painter.end()
        return QIcon(pixmap)

    def _on_style(self, item: QAction) -> None:
        style = item.data()
        self.set_style(next(known for known in STYLES if known == style))

    def _on_colour(self, item: QAction) -> None:
        self.set_colour(int(item.data()))

    def _on_hide(self, item: QAction) -> None:
        self.toggle_named(str(item.data()))

    def _change(self, **changes: object) -> None:
        layout = self._layout
        for name in self._names():
            layout = layout.with_look(name, **changes)
        self._rows.acts.ask(layout)

    def _names(self) -> tuple[str, ...]:
        """What was aimed at, where it is still drawn; else the chosen row."""
        aimed = tuple(name for name in self._aim if self._layout.row_of(name) is not None)
        if aimed or not self._layout.rows:
            return aimed
        return self._layout.rows[min(self._rows.current, len(self._layout.rows) - 1)].channels

    @property
    def _layout(self) -> PlotLayout:
        return self._rows.layout_now
