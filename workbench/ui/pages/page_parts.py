"""Small things that several pages lay out alike."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget


def framed(widget: QWidget, margin_px: int = 16) -> QWidget:
    """A holder with room around a widget that fills the page, such as an empty state."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(margin_px, margin_px, margin_px, margin_px)
    column.addWidget(widget)
    return holder
