"""While files hang over the window: a veil that says what letting go will do."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from workbench.core.paths import is_project
from workbench.ui.theme import ThemeSource

_INSET_PX = 12


class DropVeil(QWidget):
    """Covers the window, lets the mouse through."""

    def __init__(self, theme: ThemeSource, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._words = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_for(self, paths: list[Path]) -> None:
        """Say what dropping these does."""
        if len(paths) == 1 and is_project(paths[0]):
            self._words = self.tr("Let go to open the project {name}").format(name=paths[0].name)
        elif paths and all(path.suffix == ".pwb" for path in paths):
            self._words = self.tr("Let go to look at the bundle {name}").format(name=paths[0].name)
        elif len(paths) == 1:
            self._words = self.tr("Let go to look at {name}").format(name=paths[0].name)
        else:
            self._words = self.tr("Let go to look at {n} files").format(n=len(paths))
        window = self.window()
        self.setGeometry(window.rect())
        self.show()
        self.raise_()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.colour("bg1", 0.86))
        pen = QPen(self._theme.colour("accent"), 2)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        box = QRectF(self.rect()).adjusted(_INSET_PX, _INSET_PX, -_INSET_PX, -_INSET_PX)
        painter.drawRoundedRect(box, 6, 6)
        icon = self._theme.pixmap("import", "accent", 28, self.devicePixelRatioF())
        centre = self.rect().center()
        painter.drawPixmap(centre.x() - 14, centre.y() - 44, icon)
        painter.setPen(self._theme.colour("text1"))
        painter.setFont(self._theme.font("title"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)
        painter.end()
