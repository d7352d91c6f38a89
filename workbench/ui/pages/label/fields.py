"""Fields of the chosen event: its name, its look, and instants as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QMenu

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.logs.events.looks import N_COLOURS, SHAPES, Look
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import IconButton
from workbench.ui.widgets.completer import offer_words
from workbench.ui.widgets.plots.shapes import look_icon, shape_words


class NameField(QLineEdit):
    """What happened: free text, with common names to choose from (arrow down opens them)."""

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(self.tr("What happened"))
        self._open = QAction(self)
        self._open.setToolTip(self.tr("Common names"))
        self._open.triggered.connect(self.open_names)
        self.addAction(self._open, QLineEdit.ActionPosition.TrailingPosition)
        theme.changed.connect(self._draw)
        self._draw()
        self.set_names(())

    def set_names(self, used: tuple[str, ...]) -> None:
        """Names that were used in this project come first."""
        common = (
            self.tr("bearing growth"), self.tr("cavitation"), self.tr("misalignment"), self.tr("unbalance"),
            self.tr("seal leak"), self.tr("blockage"), self.tr("dry running"), self.tr("looseness"), self.tr("gas in the pump"),
            self.tr("impeller wear"), self.tr("sensor fault"), self.tr("maintenance"), self.tr("start-up"),
        )  # fmt: skip
        offer_words(self._theme, self, list(dict.fromkeys([*used, *common])))

    def open_names(self) -> None:
        """Show all common names."""
        self.setFocus()
        completer = self.completer()
        completer.setCompletionPrefix("")
        completer.complete()

    def _draw(self, _tokens: object = None) -> None:
        self._open.setIcon(self._theme.icon("chevron-down", "text2"))


class LookButton(IconButton):
    """How events of this name are drawn: a menu of colours and shapes. `look_given(Look)`."""

    look_given = Signal(object)

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__(theme, "", self.tr("Colour and shape of this name"))
        self._source = theme
        self._look = Look(colour=1, shape="circle")
        self.menu_box = QMenu(self)
        self.menu_box.triggered.connect(self._on_triggered)
        self.clicked.connect(self.open_menu)
        theme.changed.connect(self._redraw)

    def set_look(self, look: Look) -> None:
        """Show this one."""
        self._look = look
        self._redraw()

    def open_menu(self) -> None:
        """Let the person choose."""
        self.menu_box.clear()
        words = (
            self.tr("blue"), self.tr("ochre"), self.tr("teal"), self.tr("violet"), self.tr("rose"), self.tr("olive"),
            self.tr("ink"), self.tr("sky"),
        )  # fmt: skip
        for colour in range(1, N_COLOURS + 1):
            self._add(words[colour - 1], Look(colour=colour, shape=self._look.shape))
        self.menu_box.addSeparator()
        for shape in SHAPES:
            self._add(shape_words(shape), Look(colour=self._look.colour, shape=shape))
        self.menu_box.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def _add(self, words: str, look: Look) -> None:
        action = QAction(look_icon(self._source, look, self.devicePixelRatioF()), words, self.menu_box)
        action.setData((look.colour, look.shape))
        action.setCheckable(True)
        action.setChecked(look == self._look)
        self.menu_box.addAction(action)

    def _on_triggered(self, action: QAction) -> None:
        colour, shape = action.data()
        self.look_given.emit(Look(colour=colour, shape=shape))

    def _redraw(self, _tokens: object = None) -> None:
        self.setIcon(look_icon(self._source, self._look, self.devicePixelRatioF()))


def editable_instant(text_utc: str, zone: tzinfo) -> str:
    """'2026-03-12 03:12:00' in a zone, as one can type it; with its fraction where it has one, or an edit would lose it."""
    at_ns = parse_utc(text_utc)
    text = datetime.fromtimestamp(at_ns // NS_PER_S, zone).strftime("%Y-%m-%d %H:%M:%S")
    micros = at_ns % NS_PER_S // 1000
    return f"{text}.{micros:06d}".rstrip("0") if micros else text


def parse_local(text: str, zone: tzinfo) -> int:
    """What was typed, as an instant in ns; a time without zone is local. Raises InputError with the text."""
    parse_utc(text)
    moment = datetime.fromisoformat(text.strip())
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return int(moment.astimezone(UTC).replace(microsecond=0).timestamp()) * NS_PER_S + moment.microsecond * 1000
