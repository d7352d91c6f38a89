"""Fields: search, text with a unit inside, choices, check boxes. The wheel changes nothing unless the field has the focus."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.text import polish_again

_BOX_PX = 14
_CHOICE_AIR_PX = 48  # both margins and the chevron


class SearchField(QLineEdit):
    """A line with a lens; Escape empties it."""

    def __init__(self, theme: ThemeSource, placeholder: str) -> None:
        super().__init__()
        self._theme = theme
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setClearButtonEnabled(False)
        self._lens = QAction(self)
        self.addAction(self._lens, QLineEdit.ActionPosition.LeadingPosition)
        theme.changed.connect(self._draw)
        self._draw()

    def _draw(self, _tokens: object = None) -> None:
        self._lens.setIcon(self._theme.icon("search", "text2"))


class UnitField(QLineEdit):
    """A line with its unit inside at the right end."""

    def __init__(self, theme: ThemeSource, unit: str = "", text: str = "") -> None:
        super().__init__(text)
        self._theme = theme
        self._unit = ""
        self.set_unit(unit)

    def set_unit(self, unit: str) -> None:
        """What the number is in; '' for none."""
        if unit == self._unit:
            return
        self._unit = unit
        self.setTextMargins(0, 0, self.fontMetrics().horizontalAdvance(unit) + 8 if unit else 0, 0)
        self.update()

    @property
    def unit(self) -> str:
        """What stands at the right end."""
        return self._unit

    def set_invalid(self, is_invalid: bool) -> None:
        """Draw it as wrong; what is wrong must stand beside it in words."""
        if bool(self.property("invalid")) != is_invalid:
            self.setProperty("invalid", is_invalid)
            polish_again(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._unit:
            return
        painter = QPainter(self)
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.colour("text3"))
        box = self.rect().adjusted(0, 0, -9, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._unit)
        painter.end()


class Choice(QComboBox):
    """One of several, with our chevron."""

    def __init__(self, theme: ThemeSource, options: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__()
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_options(options)

    def set_options(self, options: Iterable[tuple[str, str]]) -> None:
        """Replace the (value, text) options; the value that was on stays on where it can."""
        kept = self.value()
        self.blockSignals(True)
        self.clear()
        for value, text in options:
            self.addItem(text, value)
        self.blockSignals(False)
        if kept:
            self.set_value(kept)
        self.updateGeometry()  # the widest of them may be another now

    def value(self) -> str:
        """The value that is on, '' if none."""
        data = self.currentData()
        return str(data) if data is not None else ""

    def set_value(self, value: str) -> None:
        """Turn a value on; unknown values change nothing."""
        index = self.findData(value)
        if index >= 0:
            self.setCurrentIndex(index)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(self.itemText(number)) for number in range(self.count())), default=60)
        return QSize(widest + _CHOICE_AIR_PX, 28)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 28)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        tone = "text1" if self.isEnabled() else "text_disabled"
        pixmap = self._theme.pixmap("chevron-down", tone, 14, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - 23, (self.height() - 14) // 2, pixmap)
        painter.end()


class CheckBox(QCheckBox):
    """A check box drawn with our tokens: where it is on, it is indigo."""

    def __init__(self, theme: ThemeSource, text: str, *, is_on: bool = False) -> None:
        super().__init__(text)
        self._theme = theme
        self.setChecked(is_on)
        theme.changed.connect(self._redraw)

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(_BOX_PX + 8 + width + 4, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, is_on = self._theme, self.isChecked()
        top = (self.height() - _BOX_PX) / 2
        edge = "accent" if is_on and self.isEnabled() else "border_strong" if self.isEnabled() else "border_mid"
        painter.setPen(QPen(theme.colour(edge), 1))
        painter.setBrush(theme.colour("accent" if is_on and self.isEnabled() else "bg2"))
        painter.drawRoundedRect(QRectF(0.5, top + 0.5, _BOX_PX - 1, _BOX_PX - 1), 3, 3)
        if is_on:
            tone = "on_accent" if self.isEnabled() else "text_disabled"
            painter.drawPixmap(1, int(top) + 1, theme.pixmap("check", tone, 12, self.devicePixelRatioF()))
        painter.setPen(theme.colour("text1" if self.isEnabled() else "text_disabled"))
        painter.setFont(self.font())
        box = self.rect().adjusted(_BOX_PX + 8, 0, 0, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.end()

    def hitButton(self, pos: object) -> bool:
        """The whole widget is the target, text included."""
        return self.rect().contains(pos)  # type: ignore[call-overload, no-any-return]

    def _redraw(self, _tokens: object) -> None:
        self.update()
