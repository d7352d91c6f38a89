"""Reading what is in a layout keeps nothing that Qt deletes behind Python's back."""

from __future__ import annotations

import gc

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget, QWidgetItem

from workbench.ui.widgets.layouts import contents_of
from workbench.ui.widgets.tab_order import order_tabs


def n_kept() -> int:
    """Items of layouts that Python knows."""
    gc.collect()
    return sum(type(one) is QWidgetItem for one in shiboken6.getAllValidWrappers())


def test_widgets_and_layouts_come_in_their_order(app: object) -> None:
    holder = QWidget()
    outer, inner = QVBoxLayout(holder), QHBoxLayout()
    first, second = QPushButton("1"), QPushButton("2")
    outer.addWidget(first)
    outer.addStretch(1)
    outer.addLayout(inner)
    inner.addWidget(second)
    assert contents_of(outer) == [first, inner]
    assert contents_of(inner) == [second]
    holder.deleteLater()


def test_no_item_outlives_its_widget(app: object) -> None:
    before = n_kept()
    holder = QWidget()
    row = QHBoxLayout(holder)
    buttons = [QPushButton() for _ in range(5)]
    for button in buttons:
        row.addWidget(button)
    order_tabs(holder)
    assert contents_of(row) == buttons
    for button in buttons:
        button.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert row.count() == 0
    assert n_kept() == before
    holder.deleteLater()
