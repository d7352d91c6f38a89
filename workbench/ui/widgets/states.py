"""What says how things are: state badges, verdict banners, empty states, notices."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from workbench.ui.messages import PASSING_S, NoticeText
from workbench.ui.states import State, state_word
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import ActionButton, FlatButton, PrimaryButton
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.text import IconLabel, StateSymbol, Text


class StateBadge(QWidget):
    """Symbol + word in the state's colour; `is_tinted` puts it on the state's tint."""

    def __init__(
        self, theme: ThemeSource, state: State, text: str = "", *, is_tinted: bool = False, is_quiet: bool = False
    ) -> None:
        super().__init__()
        self._theme = theme
        self._state = state
        self._is_tinted = is_tinted
        self._is_quiet = is_quiet
        size_px = 14 if is_tinted else 16
        self._symbol = StateSymbol(theme, state, size_px, is_filled=is_tinted)
        self._word = Text("", "small" if is_tinted or is_quiet else "strong")
        row = horizontal(self, margins_px=(8, 3, 8, 3) if is_tinted else 0, gap_px=6)
        row.addWidget(self._symbol)
        row.addWidget(self._word)
        row.addStretch(0)
        theme.changed.connect(self._redraw)
        self.set_state(state, text)

    def set_state(self, state: State, text: str = "") -> None:
        """Another state, with its own words if some are given."""
        self._state = state
        self._symbol.set_state(state)
        self._word.setText(text or state_word(state))
        self._word.set_tone("text2" if self._is_quiet else f"{state}_text")
        self.update()

    @property
    def state(self) -> State:
        """The state that is shown."""
        return self._state

    def text(self) -> str:
        """The word that is shown."""
        return self._word.text()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._is_tinted:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tint = self._theme.tokens[f"{self._state}_tint"]
        is_white = tint == self._theme.tokens["bg2"]
        painter.setPen(QPen(self._theme.colour(f"{self._state}_text" if is_white else f"{self._state}_tint"), 1))
        painter.setBrush(self._theme.colour(f"{self._state}_tint"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.end()

    def _redraw(self, _tokens: object) -> None:
        self.update()


class VerdictBanner(QWidget):
    """Full width, 6 px bar, 40 px symbol, the word, one sentence, and an act at the right end."""

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self._theme = theme
        self._state = State.NOT_CHECKED
        self.setMinimumHeight(96)
        self._symbol = StateSymbol(theme, self._state, 40, is_filled=True)
        self._word = Text("", "display")
        self._sentence = Text("", "lead", is_wrapped=True)
        words = vertical()
        words.addStretch(1)
        words.addWidget(self._word)
        words.addWidget(self._sentence)
        words.addStretch(1)
        self._row = horizontal(self, margins_px=(28, 8, 20, 8), gap_px=20)
        self._row.addWidget(self._symbol)
        self._row.addLayout(words, 1)
        theme.changed.connect(self._redraw)

    def show_verdict(self, state: State, word: str, sentence: str) -> None:
        """Verified (good), Failed (failure) or Unknown (out of specification), with the sentence that goes with it."""
        self._state = state
        self._symbol.set_state(state)
        self._word.setText(word)
        self._sentence.setText(sentence)
        self.update()

    def add_button(self, button: QWidget) -> None:
        """An act at the right end."""
        self._row.addWidget(button)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(self._theme.colour(f"{self._state}_text"), 1))
        painter.setBrush(self._theme.colour(f"{self._state}_tint"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setClipRect(QRectF(0, 0, 6, self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(self._state.value))
        painter.drawRoundedRect(QRectF(0, 0, 14, self.height()), 6, 6)
        painter.end()

    def _redraw(self, _tokens: object) -> None:
        self.update()


class EmptyState(QFrame):
    """Nothing here yet: an icon, a title, a sentence that says what to do, and the button that does it."""

    acted = Signal()

    def __init__(self, theme: ThemeSource, icon: str, title: str, sentence: str = "", button: str = "") -> None:
        super().__init__()
        self._theme = theme
        column = vertical(self, margins_px=(24, 20, 24, 20), gap_px=8)
        column.addStretch(1)
        column.addWidget(IconLabel(theme, icon, "text3", 28), 0, Qt.AlignmentFlag.AlignHCenter)
        self.title = Text(title, "label")
        self.sentence = Text(sentence, "small", "text2", is_wrapped=True)
        for text in (self.title, self.sentence):
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.title)
        self.sentence.setMaximumWidth(440)
        holder = QHBoxLayout()
        holder.addStretch(1)
        holder.addWidget(self.sentence, 8)
        holder.addStretch(1)
        column.addLayout(holder)
        self.button = PrimaryButton(theme, button) if button else None
        if self.button is not None:
            self.button.clicked.connect(self.acted)
            column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._column = column
        theme.changed.connect(self._redraw)

    def say(self, title: str, sentence: str) -> None:
        """Say something else."""
        self.title.setText(title)
        self.sentence.setText(sentence)

    def add(self, widget: QWidget) -> None:
        """Put something else that can be done below."""
        self._column.insertWidget(self._column.count() - 1, widget, 0, Qt.AlignmentFlag.AlignHCenter)

    def paintEvent(self, _event: QPaintEvent) -> None:
        # A style sheet's 1 px dashes come out as dots.
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.colour("border_mid"), 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()

    def _redraw(self, _tokens: object) -> None:
        self.update()


class NoticeBar(QFrame):
    """One notice above the content. Emits `hidden(key)` and `help_asked(topic)`; a passing one goes by itself."""

    hidden = Signal(str)
    help_asked = Signal(str)

    def __init__(self, theme: ThemeSource, notice: NoticeText) -> None:
        super().__init__()
        self.notice = notice
        self.setProperty("frame", "card")
        self.setObjectName("notice")
        row = horizontal(self, margins_px=(12, 8, 8, 8), gap_px=10)
        symbol = StateSymbol(theme, notice.state) if notice.state is not None else IconLabel(theme, notice.icon)
        row.addWidget(symbol, 0, Qt.AlignmentFlag.AlignVCenter)
        if notice.title:
            row.addWidget(Text(notice.title, "label"), 0)
        words = Text(notice.text, "body", "text2", is_wrapped=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(words, 1)
        for action in notice.actions:
            row.addWidget(ActionButton(theme, action))
        if notice.help_topic:
            more = FlatButton(theme, self.tr("Help"), "help")
            more.clicked.connect(self._on_help)
            row.addWidget(more)
        hide = FlatButton(theme, self.tr("Hide"))
        hide.clicked.connect(self._on_hide)
        row.addWidget(hide)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_hide)
        if notice.is_passing:
            self._timer.start(PASSING_S * 1000)

    def retire(self) -> None:
        """Go away, and never act again."""
        self._timer.stop()
        self.hide()
        self.deleteLater()

    def _on_hide(self) -> None:
        self.hidden.emit(self.notice.key)

    def _on_help(self) -> None:
        self.help_asked.emit(self.notice.help_topic)
