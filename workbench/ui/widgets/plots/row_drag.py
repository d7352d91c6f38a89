"""Channels on the move: from the side list or a row's gutter onto a row (overlay), between rows (own row), or out (away).

The one who is dragged from keeps the mouse and tells this object where it is; nothing of the platform's drag and drop is needed,
so it works with a finger and in a test as with a mouse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen

if TYPE_CHECKING:
    from workbench.ui.widgets.plots.rows import PlotRows

_EDGE_SHARE = 0.25
"""The upper and the lower quarter of a row mean before and after it; what lies between means onto it."""
_OUT_PX = 24


@dataclass(frozen=True, slots=True)
class Target:
    """What letting go would do: put in before `row`, draw onto `row`, or take away."""

    kind: Literal["insert", "overlay", "remove", "none"]
    row: int = 0


class RowDrag(QObject):
    """`dropped(PlotLayout)` with the layout after letting go."""

    dropped = Signal(object)

    def __init__(self, rows: PlotRows) -> None:
        super().__init__(rows)
        self._rows = rows
        self.names: tuple[str, ...] = ()
        self._at = QPointF()
        self._target = Target("none")

    @property
    def is_active(self) -> bool:
        """Whether something is on the move."""
        return bool(self.names)

    def begin(self, names: tuple[str, ...]) -> None:
        """Take these channels up."""
        self.names, self._target = names, Target("none")

    def move(self, at: QPointF) -> None:
        """The mouse is at a point of the rows' widget (outside of it too)."""
        if self.names:
            self._at, self._target = at, self.target_at(at)
            self._rows.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._rows.update()

    def cancel(self) -> None:
        """Put everything back."""
        self.names = ()
        self._rows.unsetCursor()
        self._rows.update()

    def drop(self) -> None:
        """Let go here."""
        names, target, layout = self.names, self._target, self._rows.layout_now
        self.cancel()
        changed = layout
        if target.kind == "insert":
            changed = layout.inserted(names, target.row)
        elif target.kind == "overlay":
            changed = layout.overlaid(names, target.row)
        elif target.kind == "remove":
            changed = layout.without(names)
        if changed != layout and changed.rows:
            self.dropped.emit(changed)

    def target_at(self, at: QPointF) -> Target:
        """What letting go at a point would do."""
        rows = self._rows
        is_out = not QRectF(rows.rect()).adjusted(-_OUT_PX, -_OUT_PX, _OUT_PX, _OUT_PX).contains(at)
        if is_out:
            # The last row stays, as with the key.
            layout = rows.layout_now
            is_possible = bool(self.names) and layout.row_of(self.names[0]) is not None and bool(layout.without(self.names).rows)
            return Target("remove" if is_possible else "none")
        row = rows.row_at(min(max(at.y(), 0.0), rows.height() - 1.0))
        if row is None:
            return Target("insert", len(rows.rows))
        box = rows.plot_box(row)
        share = (at.y() - box.top()) / max(box.height(), 1.0)
        if share < _EDGE_SHARE:
            return self._insert(row)
        if share > 1 - _EDGE_SHARE:
            return self._insert(row + 1)
        is_itself = set(self.names) <= set(rows.layout_now.rows[row].channels)
        return Target("none") if is_itself else Target("overlay", row)

    def paint(self, painter: QPainter) -> None:
        """The place where it would go, and the name at the mouse."""
        if not self.names:
            return
        theme, rows = self._rows.theme, self._rows
        painter.setPen(QPen(theme.colour("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._target.kind == "overlay":
            painter.drawRect(rows.plot_box(self._target.row).adjusted(1, 0, -1, 0))
        elif self._target.kind == "insert":
            y = rows.plot_box(self._target.row).top() - 1 if self._target.row < len(rows.rows) else rows.bottom_px() - 2
            painter.drawLine(QPointF(0, max(1.0, y)), QPointF(rows.width(), max(1.0, y)))
        self._paint_words(painter)

    def words(self) -> str:
        """What letting go would do, in words."""
        tr = QCoreApplication.translate
        name = self.names[0] if len(self.names) == 1 else tr("Plots", "{n} channels").format(n=len(self.names))
        if self._target.kind == "overlay":
            row = self._rows.rows[self._target.row]
            units = {channel.unit for channel in row.channels} | {self._rows.unit_of(one) for one in self.names}
            if len(units) > 1:
                return tr("Plots", "{name}: overlay, each in % of its range").format(name=name)
            return tr("Plots", "{name}: overlay").format(name=name)
        words = {
            "insert": tr("Plots", "{name}: own row"), "remove": tr("Plots", "{name}: take away"), "none": "{name}",
        }  # fmt: skip
        return words[self._target.kind].format(name=name)

    def _insert(self, row: int) -> Target:
        """Before a row; nothing where that is where it is already."""
        layout = self._rows.layout_now
        return Target("none") if layout.inserted(self.names, row) == layout else Target("insert", row)

    def _paint_words(self, painter: QPainter) -> None:
        theme, rows = self._rows.theme, self._rows
        painter.setFont(theme.font("label"))
        text = self.words()
        width, height = painter.fontMetrics().horizontalAdvance(text) + 16, 22.0
        left = min(max(self._at.x() + 12, 2.0), rows.width() - width - 2.0)
        top = min(max(self._at.y() + 8, 2.0), rows.height() - height - 2.0)
        box = QRectF(left, top, width, height)
        painter.setPen(QPen(theme.colour("accent"), 1))
        painter.setBrush(theme.colour("bg2"))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(theme.colour("text1"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
