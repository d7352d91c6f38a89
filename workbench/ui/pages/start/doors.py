"""The three doors and their small pictures, drawn from what the project really holds."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from workbench.services.overview import LastUpdate, Trace
from workbench.services.training import RunSummary
from workbench.ui.states import VERDICTS, State
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import Button, FlatButton, SecondaryButton
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.text import IconLabel, KeyCap, Text

PREVIEW_PX = 112
HEIGHT_PX = 270


class Door(QFrame):
    """A card that is a target as a whole: click, Enter or its number enter it."""

    entered = Signal()

    def __init__(self, theme: ThemeSource, icon: str, title: str, sentence: str, key: str) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("frame", "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)
        self.setObjectName(f"door:{key}")
        self.setMinimumHeight(HEIGHT_PX)
        head = horizontal(gap_px=12)
        head.addWidget(IconLabel(theme, icon, "text1", 24))
        head.addWidget(Text(title, "title"), 1)
        head.addWidget(KeyCap(key))
        words = Text(sentence, "body", "text2", is_wrapped=True)
        words.setContentsMargins(36, 0, 0, 0)
        self._preview = QVBoxLayout()
        self._caption = Text("", "small", "text2", is_wrapped=True)
        self._buttons = horizontal(gap_px=4)
        self._buttons.addStretch(1)
        column = vertical(self, margins_px=(20, 16, 20, 16), gap_px=4)
        column.addLayout(head)
        column.addWidget(words)
        column.addSpacing(8)
        column.addLayout(self._preview)
        column.addSpacing(4)
        column.addWidget(self._caption)
        column.addStretch(1)
        column.addLayout(self._buttons)

    def set_preview(self, picture: QWidget) -> None:
        """The picture of where you left off."""
        picture.setFixedHeight(PREVIEW_PX)
        self._preview.addWidget(picture)

    def set_caption(self, text: str) -> None:
        """What the picture shows."""
        self._caption.setText(text)

    def add_button(self, text: str, icon: str = "", *, is_flat: bool = False) -> Button:
        """An act of this door."""
        button = FlatButton(self._theme, text, icon) if is_flat else SecondaryButton(self._theme, text, icon)
        self._buttons.insertWidget(self._buttons.count() - 1, button)
        return button

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.entered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.entered.emit()
            return
        super().keyPressEvent(event)


class Picture(QWidget):
    """Base of the previews: repaints with the theme, says in words what is not there yet."""

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self._theme = theme
        theme.changed.connect(self._redraw)

    def paint_nothing(self, painter: QPainter, text: str) -> None:
        """A dashed box with a sentence."""
        pen = QPen(self._theme.colour("border_mid"), 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(self._theme.colour("text3"))
        painter.setFont(self._theme.font("small"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)

    def curve(self, number: int = 0) -> QColor:
        """A curve's colour."""
        return QColor(self._theme.tokens.series.curves[number])

    def _redraw(self, _tokens: object) -> None:
        self.update()


class TracePicture(Picture):
    """Minimum and maximum a pixel of the newest recording's channel."""

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__(theme)
        self._trace: Trace | None = None

    def show_trace(self, trace: Trace | None) -> None:
        """Show this one, or that there is none."""
        self._trace = trace
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        trace = self._trace
        pairs = [] if trace is None else list(zip(trace.minimum, trace.maximum, strict=True))
        good = [(low, high) for low, high in pairs if low is not None and high is not None]
        if trace is None or not good:
            self.paint_nothing(painter, self.tr("Drop a log anywhere on this window"))
            return
        lowest, highest = min(low for low, _ in good), max(high for _, high in good)
        step = self.width() / len(pairs)
        scale = (self.height() - 8) / ((highest - lowest) or 1.0)
        painter.setPen(QPen(self.curve(), self._theme.tokens.curve_width_px))
        former: float | None = None
        for number, (low, high) in enumerate(pairs):
            if low is None or high is None:
                former = None
                continue
            x = number * step
            top, bottom = (4 + (highest - value) * scale for value in (high, low))
            if former is not None:
                painter.drawLine(QPointF(x - step, former), QPointF(x, (top + bottom) / 2))
            painter.drawLine(QPointF(x, top), QPointF(x, bottom + 0.5))
            former = (top + bottom) / 2
        painter.end()


class RunDots(Picture):
    """Runs as dots: events caught (up) against false alarms (right), the best at each price joined by a line."""

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__(theme)
        self._points: list[tuple[float, float, bool]] = []

    def show_runs(self, runs: tuple[RunSummary, ...]) -> None:
        """Show these; runs without the two figures are left out."""
        self._points = [point for run in runs if (point := _point_of(run)) is not None]
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._points:
            self.paint_nothing(painter, self.tr("Runs appear here: events caught against false alarms"))
            return
        right = max(point[0] for point in self._points) or 1.0
        placed = [
            (QPointF(8 + x / right * (self.width() - 16), self.height() - 8 - y * (self.height() - 16)), is_baseline)
            for x, y, is_baseline in sorted(self._points)
        ]
        front: list[QPointF] = []
        for point, is_baseline in placed:
            if not is_baseline and (not front or point.y() < front[-1].y()):
                front.append(point)
        painter.setPen(QPen(self.curve(), 1.5))
        painter.drawPolyline(QPolygonF(front))
        painter.setPen(Qt.PenStyle.NoPen)
        for point, _is_baseline in placed:
            on_front = point in front
            painter.setBrush(self.curve() if on_front else self._theme.colour("border_mid"))
            painter.drawEllipse(point, 4 if on_front else 3, 4 if on_front else 3)
        painter.end()


class SlotPair(Picture):
    """What the newest update sent, and what was read back."""

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__(theme)
        self._update: LastUpdate | None = None

    def show_update(self, update: LastUpdate | None) -> None:
        """Show this update, or that there is none."""
        self._update = update
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        update = self._update
        if update is None:
            self.paint_nothing(painter, self.tr("What runs on a device appears here"))
            return
        half = (self.width() - 8) / 2
        sent = QRectF(0.5, 0.5, half - 1, self.height() - 1)
        found = QRectF(half + 8.5, 0.5, half - 1, self.height() - 1)
        self._paint_box(painter, sent, "border")
        self._paint_box(painter, found, "text2")
        self._paint_words(painter, sent.adjusted(16, 14, -8, -8), self.tr("Sent"), update.bundle or "–")
        state = VERDICTS.get(update.verdict, State.NOT_CHECKED)
        painter.drawPixmap(QPointF(found.left() + 16, 34.5), self._theme.state_pixmap(state, 16, self.devicePixelRatioF()))
        inner = found.adjusted(16, 14, -8, -8)
        self._paint_words(painter, inner, self.tr("Read back"), update.verdict.capitalize(), indent_px=22)
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.colour("text2"))
        painter.drawText(inner.adjusted(0, 44, 0, 0), Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, update.message)
        painter.end()

    def _paint_box(self, painter: QPainter, box: QRectF, edge: str) -> None:
        painter.setPen(QPen(self._theme.colour(edge), 1))
        painter.setBrush(self._theme.colour("bg2"))
        painter.drawRoundedRect(box, 4, 4)

    def _paint_words(self, painter: QPainter, box: QRectF, name: str, value: str, *, indent_px: int = 0) -> None:
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.colour("text2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignTop, name)
        painter.setFont(self._theme.font("value"))
        painter.setPen(self._theme.colour("text1"))
        painter.drawText(box.adjusted(indent_px, 18, 0, 0), Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, value)


def _point_of(run: RunSummary) -> tuple[float, float, bool] | None:
    false_alarms = run.metrics.get("false_alarms_per_week")
    recall = run.metrics.get("event_recall")
    return None if false_alarms is None or recall is None else (false_alarms, recall, run.is_baseline)
