"""The header: breadcrumb over title, facts, the palette field, secondary buttons, the primary far right."""

from __future__ import annotations

import re

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from workbench.ui.actions import ActionTable
from workbench.ui.page import Page
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import ActionButton
from workbench.ui.widgets.layouts import contents_of, horizontal, vertical
from workbench.ui.widgets.text import Text, plain_tip

HEIGHT_PX = 56
_FIELD_PX = 175
_CRUMB_SEPARATOR = "  ›  "
_AFTER_A_FACT = re.compile(r" · |, ")
_AFTER_A_WORD = re.compile(r" ")


class PaletteField(QAbstractButton):
    """Looks like a search field and opens the command palette."""

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self._theme = theme
        self.setText(self.tr("Find or run…"))
        self.setAccessibleName(self.tr("Command palette"))
        self.setFixedSize(_FIELD_PX, 28)
        theme.changed.connect(self._redraw)

    def sizeHint(self) -> QSize:
        return QSize(_FIELD_PX, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        painter.setPen(QPen(theme.colour("border_mid"), 1))
        painter.setBrush(theme.colour("bg2"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.drawPixmap(9, 7, theme.pixmap("search", "text2", 14, self.devicePixelRatioF()))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text2"))
        painter.drawText(QRectF(31, 0, 100, 28), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.setFont(theme.font("caption"))
        key = self.tr("Ctrl K")
        width = painter.fontMetrics().horizontalAdvance(key) + 10
        cap = QRectF(self.width() - width - 6.5, 5.5, width, 17)
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.setBrush(theme.colour("bg3"))
        painter.drawRoundedRect(cap, 3, 3)
        painter.setPen(theme.colour("text2"))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
        painter.end()

    def _redraw(self, _tokens: object) -> None:
        self.update()


class FactsText(Text):
    """Facts from the most important to the least: what has no room is left out, part by part and then word by word."""

    def __init__(self) -> None:
        super().__init__("", "small", "text2")
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_facts(self, facts: str) -> None:
        """Show as many as fit; the tool tip has them all."""
        self._whole = facts
        self.setToolTip(plain_tip(facts))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setText(fitting(self._whole, self.fontMetrics(), self.contentsRect().width()))


def fitting(facts: str, metrics: QFontMetrics, width_px: int) -> str:
    """The facts, or as many of them as fit (else of their words); '…' says that there are more."""
    if metrics.horizontalAdvance(facts) <= width_px:
        return facts
    for between in (_AFTER_A_FACT, _AFTER_A_WORD):
        for end in reversed([found.start() for found in between.finditer(facts)]):
            shorter = facts[:end].rstrip(" ,·") + " …"
            if metrics.horizontalAdvance(shorter) <= width_px:
                return shorter
    return "…" if facts else ""


class Header(QWidget):
    """Shows the current page's title and buttons; emits `palette_asked`."""

    palette_asked = Signal()

    def __init__(self, theme: ThemeSource, actions: ActionTable) -> None:
        super().__init__()
        self._theme = theme
        self._actions = actions
        self._shown_ids: tuple[str, ...] = ()
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT_PX)
        self.crumbs = Text("", "caption", "text2")
        self.title = Text("", "title")
        self.facts = FactsText()
        self.field = PaletteField(theme)
        self.field.clicked.connect(self.palette_asked)
        line = horizontal(gap_px=10)
        line.addWidget(self.title, 0, Qt.AlignmentFlag.AlignBaseline)
        line.addWidget(self.facts, 1, Qt.AlignmentFlag.AlignBaseline)
        words = vertical(margins_px=(0, 8, 0, 7))
        words.addWidget(self.crumbs)
        words.addLayout(line, 1)
        self._buttons = horizontal(gap_px=8)
        row = horizontal(self, margins_px=(16, 0, 16, 1), gap_px=16)
        row.addLayout(words, 1)
        row.addWidget(self.field)
        row.addLayout(self._buttons)

    def show_page(self, page: Page) -> None:
        """Show what this page says, and its buttons asked again whether they are blocked."""
        self.crumbs.setText(_CRUMB_SEPARATOR.join(page.breadcrumb))
        self.crumbs.setVisible(bool(page.breadcrumb))
        self.title.setText(page.title)
        self.facts.show_facts(page.facts)
        ids = (*page.header_ids, *((page.primary_id,) if page.primary_id else ()))
        if ids != self._shown_ids:
            self._rebuild(ids, page.primary_id)
        for button in self.buttons():
            button.refresh()

    def buttons(self) -> tuple[ActionButton, ...]:
        """The buttons that are shown, primary last."""
        return tuple(widget for widget in contents_of(self._buttons) if isinstance(widget, ActionButton))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.colour("border"))
        painter.end()

    def _rebuild(self, ids: tuple[str, ...], primary_id: str) -> None:
        for button in self.buttons():
            self._buttons.removeWidget(button)
            button.hide()
            button.deleteLater()
        for action_id in ids:
            kind = "primary" if action_id == primary_id else "secondary"
            self._buttons.addWidget(ActionButton(self._theme, self._actions.find(action_id), kind=kind))
        self._shown_ids = ids
