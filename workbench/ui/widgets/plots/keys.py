"""The keys of the rows: moving in time, the cursors, choosing and moving rows. Letters are actions of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from workbench.ui.widgets.plots.rows import PlotRows

_FAST = 10
_PAGE_ROWS = 3
_PLACES = tuple("12345678")
"""The curves of an overlay, from above."""


def press(rows: PlotRows, event: QKeyEvent) -> bool:
    """Do what a key stands for; False where it stands for nothing."""
    key, held = Qt.Key(event.key()), event.modifiers()
    steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key)
    up_down = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -_PAGE_ROWS, Qt.Key.Key_PageDown: _PAGE_ROWS}.get(key)
    if steps is not None and held & Qt.KeyboardModifier.ShiftModifier:
        rows.step_cursor(steps * (_FAST if held & Qt.KeyboardModifier.ControlModifier else 1))
    elif steps is not None:
        rows.view.pan(steps)
    elif up_down is not None and held & Qt.KeyboardModifier.AltModifier:
        (rows.acts.move_up if up_down < 0 else rows.acts.move_down)()
    elif up_down is not None and held & Qt.KeyboardModifier.ControlModifier:
        (rows.acts.zoom_in if up_down < 0 else rows.acts.zoom_out)()
    elif up_down is not None:
        rows.choose_row(rows.current + up_down)
    elif event.text() in {"+", "="}:
        rows.view.zoom(1, rows.zoom_centre())
    elif event.text() in {"-", "_"}:
        rows.view.zoom(-1, rows.zoom_centre())
    elif event.text() in _PLACES and not held & Qt.KeyboardModifier.ControlModifier:
        rows.curves.toggle(_PLACES.index(event.text()))
    elif key == Qt.Key.Key_Home:
        rows.view.show_all()
    elif key == Qt.Key.Key_Menu and rows.rows:
        rows.acts.show_menu(rows.mapToGlobal(rows.plot_box(rows.current).topLeft().toPoint()))
    else:
        return False
    return True
