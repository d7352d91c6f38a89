"""Tab goes through what stands in a widget as it is read: layout by layout, item by item, not in the order it was made in."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QAbstractButton, QLayout, QScrollArea, QSplitter, QWidget

from workbench.ui.widgets.layouts import contents_of


class KeysInside(QWidget):
    """A container that hands the keys on to what matters in it. A focus proxy would do so too, but Tab stops at a container that
    has one, and goes on to the proxy over all that lies between."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.main: QWidget | None = None

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_main(event.reason())

    def focus_main(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """Give the keys to what matters, though it may not be seen yet."""
        if isinstance(self.main, KeysInside):
            self.main.focus_main(reason)
        elif self.main is not None:
            self.main.setFocus(reason)


def order_tabs(holder: QWidget) -> None:
    """Put all that takes the keyboard in a widget into the order of its layouts; call it again after something came in."""
    for one, following in itertools.pairwise(_stops(holder)):
        QWidget.setTabOrder(one, following)


def _stops(widget: QWidget) -> Iterator[QWidget]:
    layout = widget.layout()
    # Of buttons of which one is on, Tab stops at that one: the others have a place beside it all the same.
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus or isinstance(widget, QAbstractButton):
        yield widget
    elif isinstance(widget, QScrollArea):
        if (inside := widget.widget()) is not None:
            yield from _stops(inside)
    elif isinstance(widget, QSplitter):
        for number in range(widget.count()):
            if (part := widget.widget(number)) is not None:
                yield from _stops(part)
    elif layout is not None:
        yield from _stops_of(layout)


def _stops_of(layout: QLayout) -> Iterator[QWidget]:
    for one in contents_of(layout):
        yield from _stops(one) if isinstance(one, QWidget) else _stops_of(one)
