"""Our own SVG icons, coloured by tokens. The stroke stays 1.5 px on screen at every size.

Plain icons are drawn in `currentColor`; the NE 107 symbols carry three marker colours (fill, edge, symbol). Must not know
which theme is on: colours come as arguments.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

STROKE_PX = 1.5
_GRID = 24
_FILL, _EDGE, _SYMBOL = "#000001", "#000002", "#000003"
_SCALES = (1.0, 2.0)


class IconFolder:
    """Reads SVGs once and renders them in a colour; raises KeyError for a name that has no drawing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sources: dict[str, str] = {}
        self._pixmaps: dict[tuple[str, ...], QPixmap] = {}

    def names(self) -> tuple[str, ...]:
        """The names of all drawings, sorted."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.svg")))

    def pixmap(self, name: str, colour: str, size_px: int, scale: float = 1.0) -> QPixmap:
        """A plain icon in one colour, `size_px` square."""
        key = (name, colour, str(size_px), str(scale))
        if key not in self._pixmaps:
            width = f'stroke-width="{STROKE_PX * _GRID / size_px:.3f}"'
            text = self._source(name).replace('stroke-width="1.5"', width, 1).replace("currentColor", colour)
            self._pixmaps[key] = _render(text, size_px, scale)
        return self._pixmaps[key]

    def icon(self, name: str, colour: str, size_px: int) -> QIcon:
        """The same as a QIcon for buttons and menus, sharp on dense screens too."""
        icon = QIcon()
        for scale in _SCALES:
            icon.addPixmap(self.pixmap(name, colour, size_px, scale))
        return icon

    def symbol(self, name: str, fill: str, edge: str, symbol: str, size_px: int, scale: float = 1.0) -> QPixmap:
        """An NE 107 symbol (`name` as the state's word) with its three colours."""
        key = (name, fill, edge, symbol, str(size_px), str(scale))
        if key not in self._pixmaps:
            text = self._source(f"state-{name}")
            for marker, colour in ((_FILL, fill), (_EDGE, edge), (_SYMBOL, symbol)):
                text = text.replace(marker, colour)
            self._pixmaps[key] = _render(text, size_px, scale)
        return self._pixmaps[key]

    def _source(self, name: str) -> str:
        if name not in self._sources:
            path = self._folder / f"{name}.svg"
            if not path.is_file():
                raise KeyError(f"There is no icon {name!r}.")
            self._sources[name] = path.read_text(encoding="utf-8")
        return self._sources[name]


def _render(svg: str, size_px: int, scale: float) -> QPixmap:
    pixmap = QPixmap(round(size_px * scale), round(size_px * scale))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size_px * scale, size_px * scale))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap
