"""Who wears the style sheet: the parts of the window one by one, each when it is seen, instead of the application as a whole.

Qt restyles everything below an application's sheet at once, each widget as many times as it has parents, and again whenever
a part is put into another while a page is built. A part with a sheet of its own is built without any, and is styled once.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget

DIVIDED = "divided"
"""Property of a widget that paints nothing itself, has hidden parts of some size, and leaves the sheet to its children."""


class StyledRoots(QObject):
    """Every part that was dressed, as long as it lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._sheet = ""
        self._roots: list[weakref.ref[QWidget]] = []
        self._stale: weakref.WeakSet[QWidget] = weakref.WeakSet()

    def dress(self, widget: QWidget, sheet: str) -> None:
        """Give a widget, or the parts of a divided one, the sheet; told of others by `renew` from now on."""
        self._sheet = sheet
        self._roots = [root for root in self._roots if _alive(root) is not None]
        for root in _undivided(widget):
            self._roots.append(weakref.ref(root))
            root.setStyleSheet(sheet)

    def renew(self, sheet: str) -> None:
        """Another sheet: parts that are seen wear it at once, hidden ones when they are shown."""
        self._sheet = sheet
        for root in filter(None, map(_alive, self._roots)):
            if root.isVisible():
                self._change(root)
            elif root not in self._stale:
                self._stale.add(root)
                root.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            self._change(watched)
        return False

    def _change(self, root: QWidget) -> None:
        if root in self._stale:
            self._stale.discard(root)
            root.removeEventFilter(self)
        # Set over another, a sheet polishes each widget once for every parent it has; set on a bare widget, once.
        root.setStyleSheet("")
        root.setStyleSheet(self._sheet)


def _undivided(widget: QWidget) -> Iterator[QWidget]:
    if not widget.property(DIVIDED):
        yield widget
        return
    for child in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        yield from _undivided(child)


def _alive(root: weakref.ref[QWidget]) -> QWidget | None:
    widget = root()
    return widget if widget is not None and shiboken6.isValid(widget) else None
