"""Rows, columns and scrolling areas, with what they are like said where they are made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QBoxLayout, QFrame, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

Box = TypeVar("Box", bound=QBoxLayout)
Margins = int | tuple[int, int, int, int]
"""The same on all sides, or left, top, right, bottom."""


def vertical(owner: QWidget | None = None, *, margins_px: Margins = 0, gap_px: int = 0) -> QVBoxLayout:
    """A column: the layout of `owner`, or one to put into another."""
    return _spaced(QVBoxLayout(), owner, margins_px, gap_px)


def horizontal(owner: QWidget | None = None, *, margins_px: Margins = 0, gap_px: int = 0) -> QHBoxLayout:
    """A row: the layout of `owner`, or one to put into another."""
    return _spaced(QHBoxLayout(), owner, margins_px, gap_px)


def framed(widget: QWidget, margins_px: Margins = 16) -> QWidget:
    """A holder with room around one widget, such as an empty state that fills the page."""
    holder = QWidget()
    vertical(holder, margins_px=margins_px).addWidget(widget)
    return holder


def scrolled(widget: QWidget | None = None, *, is_sideways: bool = False, takes_focus: bool = True) -> QScrollArea:
    """An area without a frame that scrolls a widget down, and sideways only where asked."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    if not is_sideways:
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    if not takes_focus:
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    if widget is not None:
        area.setWidget(widget)
    return area


@contextmanager
def refilled(box: QWidget) -> Iterator[None]:
    """Put rows into a box or take them out while nobody looks: each that appears where it is seen lays the window out again.

    A box that holds the keyboard stays in sight, which only takes longer: hidden, it would lose it.
    """
    focused = QApplication.focusWidget()
    is_out = box.isVisible() and not (focused is not None and box.isAncestorOf(focused))
    if is_out:
        box.hide()
    try:
        yield
    finally:
        if is_out:
            box.show()


def contents_of(layout: QLayout) -> list[QWidget | QLayout]:
    """The widgets and layouts in a layout, in order; spaces are left out.

    Qt deletes an item with its widget, or when that moves elsewhere, and tells no one: what Python kept of it would be taken for
    whatever comes to lie at its address later, such as a style. So nothing of an item is kept.
    """
    found: list[QWidget | QLayout] = []
    for number in range(layout.count()):
        item = layout.itemAt(number)
        if isinstance(item, QLayout):
            found.append(item)
        elif item is not None:
            if (widget := item.widget()) is not None:
                found.append(widget)
            shiboken6.invalidate(item)
    return found


class Fitted(QWidget):
    """As high as its wrapped texts are at a width; Qt would reckon with their narrowest shape."""

    def __init__(self, width_px: int) -> None:
        super().__init__()
        self._width_px = width_px

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return QSize(0, layout.heightForWidth(self._width_px) if layout is not None and layout.hasHeightForWidth() else 0)


def _spaced(box: Box, owner: QWidget | None, margins_px: Margins, gap_px: int) -> Box:
    left, top, right, bottom = (margins_px,) * 4 if isinstance(margins_px, int) else margins_px
    box.setContentsMargins(left, top, right, bottom)
    box.setSpacing(gap_px)
    if owner is not None:
        owner.setLayout(box)
    return box
