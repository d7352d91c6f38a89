"""Rows and columns of widgets, with their margins and gaps said where they are made."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

Box = TypeVar("Box", bound=QBoxLayout)
Margins = int | tuple[int, int, int, int]
"""The same on all sides, or left, top, right, bottom."""


def vertical(owner: QWidget | None = None, *, margins_px: Margins = 0, gap_px: int = 0) -> QVBoxLayout:
    """A column: the layout of `owner`, or one to put into another."""
    return _spaced(QVBoxLayout(), owner, margins_px, gap_px)


def horizontal(owner: QWidget | None = None, *, margins_px: Margins = 0, gap_px: int = 0) -> QHBoxLayout:
    """A row: the layout of `owner`, or one to put into another."""
    return _spaced(QHBoxLayout(), owner, margins_px, gap_px)


def _spaced(box: Box, owner: QWidget | None, margins_px: Margins, gap_px: int) -> Box:
    left, top, right, bottom = (margins_px,) * 4 if isinstance(margins_px, int) else margins_px
    box.setContentsMargins(left, top, right, bottom)
    box.setSpacing(gap_px)
    if owner is not None:
        owner.setLayout(box)
    return box
