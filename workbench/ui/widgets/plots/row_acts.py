"""What can be done to the rows by key, menu and palette: the equals of each drag, the y axes, and the second cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu

from workbench.logs.plot_layout import PlotLayout
from workbench.ui.widgets.plots.row_model import Scale

if TYPE_CHECKING:
    from workbench.ui.widgets.plots.rows import PlotRows

_ZOOM = 0.8


class RowActs(QObject):
    """Bound methods on the row that is chosen. `asked(PlotLayout)` with the layout after an act."""

    asked = Signal(object)

    def __init__(self, rows: PlotRows) -> None:
        super().__init__(rows)
        self._rows = rows

    def move_up(self) -> None:
        """The row one place up."""
        self._move(-1)

    def move_down(self) -> None:
        """The row one place down."""
        self._move(1)

    def overlay_above(self) -> None:
        """All of the row onto the one above."""
        row = self._rows.current
        if row > 0:
            names = self._layout.rows[row].channels
            self._rows.current = row - 1
            self.ask(self._layout.overlaid(names, row - 1))

    def split(self) -> None:
        """A row of its own for each channel of the row."""
        if self._has_row():
            self.ask(self._layout.split(self._rows.current))

    def remove(self) -> None:
        """Take the row away; the last one stays."""
        if self._has_row() and len(self._layout.rows) > 1:
            self.ask(self._layout.without(self._layout.rows[self._rows.current].channels))

    def toggle_log(self) -> None:
        """Logarithmic y axis, or back."""
        if self._has_row():
            row = self._layout.rows[self._rows.current]
            self.ask(self._layout.with_row(self._rows.current, is_log=not row.is_log, low=None, high=None))

    def fix_limits(self) -> None:
        """Keep the y axis as it is now while one moves in time; or let it fit itself again."""
        if self._has_row():
            is_free = self._layout.rows[self._rows.current].low is None
            self.set_limits(self._rows.current, self._rows.shown_limits(self._rows.current) if is_free else None)

    def ask_limits(self) -> None:
        """Fields for the y axis of the row."""
        self._rows.ask_limits()

    def share_limits(self) -> None:
        """The limits of the row for all rows of its unit."""
        limits = self._rows.shown_limits(self._rows.current) if self._has_row() else None
        if limits is None:
            return
        layout, unit = self._layout, self._rows.rows[self._rows.current].unit
        for number, row in enumerate(self._rows.rows):
            if row.unit == unit and not row.is_percent:
                layout = layout.with_row(number, low=limits.low, high=limits.high)
        self.ask(layout)

    def free_limits(self) -> None:
        """Every y axis fits itself again."""
        layout = self._layout
        for number in range(len(layout.rows)):
            layout = layout.with_row(number, low=None, high=None)
        self.ask(layout)

    def zoom_in(self) -> None:
        """The y axis of the row closer, about its middle."""
        self.zoom(self._rows.current, 1.0, 0.5)

    def zoom_out(self) -> None:
        """The y axis of the row wider."""
        self.zoom(self._rows.current, -1.0, 0.5)

    def zoom(self, row: int, steps: float, share: float) -> None:
        """A y axis closer by a fifth a step about a height (0 bottom, 1 top), which keeps its place."""
        limits = self._rows.shown_limits(row)
        if limits is None:
            return
        factor = _ZOOM**steps
        low, high = limits.at(share - share * factor), limits.at(share + (1 - share) * factor)
        self.set_limits(row, Scale(low, high, limits.is_log))

    def set_limits(self, row: int, limits: Scale | None) -> None:
        """Fix a y axis, or let it fit itself (None)."""
        if limits is None:
            self.ask(self._layout.with_row(row, low=None, high=None))
        elif limits.low < limits.high:
            self.ask(self._layout.with_row(row, low=float(limits.low), high=float(limits.high)))

    def toggle_delta(self) -> None:
        """A second cursor where the first one is; the first goes on, and differences are shown. Again: none."""
        view = self._rows.view
        view.set_delta(None if view.delta_ns is not None else view.cursor_ns)

    def show_menu(self, at: QPoint) -> None:
        """All of it for the row that is chosen, at a point of the screen."""
        tr = QCoreApplication.translate
        menu = QMenu(self._rows)
        menu.setAccessibleName(tr("Plots", "Row"))
        row = self._layout.rows[self._rows.current] if self._has_row() else None
        is_log = row is not None and row.is_log
        entries = (
            (tr("Plots", "Move up"), "Alt+Up", self.move_up, self._rows.current > 0),
            (tr("Plots", "Move down"), "Alt+Down", self.move_down, self._rows.current < len(self._layout.rows) - 1),
            (tr("Plots", "Overlay with row above"), "Shift+O", self.overlay_above, self._rows.current > 0),
            (tr("Plots", "Split row"), "Shift+S", self.split, row is not None and len(row.channels) > 1),
            (tr("Plots", "Take away"), "Del", self.remove, len(self._layout.rows) > 1),
            None,
            (tr("Plots", "Y axis from … to …"), "A", self.ask_limits, row is not None),
            (tr("Plots", "Fit y axis") if row and row.low is not None else tr("Plots", "Fix y axis"), "Y", self.fix_limits, True),
            (tr("Plots", "Same y axis for this unit"), "Shift+Y", self.share_limits, True),
            (tr("Plots", "Linear y axis") if is_log else tr("Plots", "Logarithmic y axis"), "L", self.toggle_log, True),
            (tr("Plots", "Fit all y axes"), "", self.free_limits, True),
            None,
            (tr("Plots", "Second cursor here"), "D", self.toggle_delta, self._rows.view.cursor_ns is not None),
        )  # fmt: skip
        for entry in entries:
            if entry is None:
                menu.addSeparator()
                continue
            text, keys, act, is_possible = entry
            item = menu.addAction(f"{text}\t{keys}" if keys else text)
            item.setEnabled(is_possible)
            item.triggered.connect(act)
        menu.addSeparator()
        self._rows.curves.add_to(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    @property
    def _layout(self) -> PlotLayout:
        return self._rows.layout_now

    def _has_row(self) -> bool:
        return 0 <= self._rows.current < len(self._layout.rows)

    def _move(self, steps: int) -> None:
        if self._has_row():
            to = min(max(self._rows.current + steps, 0), len(self._layout.rows) - 1)
            layout = self._layout.moved(self._rows.current, steps)
            self._rows.current = to
            self.ask(layout)

    def ask(self, layout: PlotLayout) -> None:
        """Ask for a layout, if it is another one."""
        if layout != self._layout:
            self.asked.emit(layout)
