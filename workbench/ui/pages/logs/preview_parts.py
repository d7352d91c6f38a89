"""Parts of the import preview: the files, how one is read, what is asked, its columns and its first rows."""

from __future__ import annotations

from zoneinfo import available_timezones

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from workbench.services.logs import Guess, PreviewResult, Question
from workbench.ui.context import AppContext
from workbench.ui.format import percent
from workbench.ui.states import State
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.card import Card
from workbench.ui.widgets.fields import Choice
from workbench.ui.widgets.layouts import vertical
from workbench.ui.widgets.states import StateBadge
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.widgets.text import Text

_SURE, _LIKELY = 0.9, 0.6
_LABEL_PX = 84
_MOST_ROWS = 12
_MOST_COLUMNS = 12
_LEAST_COLUMN_PX, _MOST_COLUMN_PX, _CELL_AIR_PX = 110, 240, 20
_WRITTEN = {"SCALE_UNKNOWN": "50 g", "TIME_RELATIVE": "2026-03-16T10:00:00Z"}
"""Questions whose answers no list can hold, with an example."""
_ANSWER_OF = {"decimal mark": "DECIMAL_AMBIGUOUS", "time format": "DAY_MONTH_AMBIGUOUS"}
_UNSTATED = "UTC (not known)"
_ORDERS = ("DMY", "MDY", "YMD")
_TONGUES = ("CROATIAN", "POLISH", "CZECH")
"""Answers about months whose names mean another month elsewhere."""


class GuessCard(Card):
    """How the chosen file is read: each guess, how sure, and a way to change what can be changed. `changed()`."""

    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__(padding_px=15)
        self._theme = context.theme
        self.set_title(self.tr("How it is read"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, _LABEL_PX)
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self.zone = Choice(context.theme, self._zones(context.settings.zone))
        self.zone.setAccessibleName(self.tr("Zone"))
        self.zone.currentIndexChanged.connect(self._on_changed)
        self.choices: dict[str, Choice] = {}
        self._row_widgets: list[QWidget] = []

    def show_guesses(self, guesses: tuple[Guess, ...], answers: dict[str, str]) -> None:
        """One line a guess; answers that were given already stay chosen."""
        for widget in self._row_widgets:
            self._grid.removeWidget(widget)
            widget.hide()
            if widget is not self.zone:
                widget.deleteLater()
        self._row_widgets, self.choices = [], {}
        for number, guess in enumerate(guesses):
            self._add(number, guess, answers)

    def answers(self) -> dict[str, str]:
        """What was changed, by the importer's codes."""
        return {code: choice.value() for code, choice in self.choices.items() if choice.value()}

    def _add(self, number: int, guess: Guess, answers: dict[str, str]) -> None:
        code = _ANSWER_OF.get(guess.name, "")
        if guess.name == "zone":
            value: QWidget = self.zone
            self.zone.setItemText(0, guess_words(guess.value) if guess.value == _UNSTATED else self.tr("as in the file"))
            self.zone.show()
        elif code and (guess.choices or code in answers):
            value = self._choice(code, guess, answers)
        else:
            value = Text(guess_words(guess.value), "body")
        parts = (Text(guess_title(guess.name), "small", "text2"), value, self._sureness(guess, code in answers))
        for column, widget in enumerate(parts):
            self._grid.addWidget(widget, number, column)
            self._row_widgets.append(widget)

    def _choice(self, code: str, guess: Guess, answers: dict[str, str]) -> Choice:
        answered = _TONGUES if answers.get(code) in _TONGUES else _ORDERS
        options = guess.choices or (answered if code == "DAY_MONTH_AMBIGUOUS" else ())
        choice = Choice(self._theme, [("", guess_words(guess.value)), *((one, guess_words(one)) for one in options)])
        choice.set_value(answers.get(code, ""))
        choice.setAccessibleName(guess_title(guess.name))
        choice.currentIndexChanged.connect(self._on_changed)
        self.choices[code] = choice
        return choice

    def _sureness(self, guess: Guess, is_answered: bool) -> QWidget:
        if is_answered or (guess.name == "zone" and self.zone.value()):
            return Text(self.tr("your choice"), "caption", "text3")
        if guess.confidence >= _SURE:
            return Text(self.tr("sure"), "caption", "text3")
        if guess.confidence >= _LIKELY:
            return Text(self.tr("likely, {share}").format(share=percent(guess.confidence)), "caption", "text2")
        if guess.name != "zone" and guess.name not in _ANSWER_OF:
            return Text(self.tr("not sure"), "caption", "text2")  # nothing here could be chosen
        return StateBadge(self._theme, State.OUT_OF_SPECIFICATION, self.tr("check"), is_quiet=True)

    def _zones(self, own: str) -> list[tuple[str, str]]:
        first = [("", self.tr("as in the file"))]
        return [*first, *((name, name) for name in dict.fromkeys([*([own] if own else []), *sorted(available_timezones())]))]

    def _on_changed(self, _index: int) -> None:
        self.changed.emit()


class AnswerField(QLineEdit):
    """A line for an answer that no list can hold. `answered()` when it was changed."""

    answered = Signal()

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._told = text
        self.editingFinished.connect(self._on_finished)

    def value(self) -> str:
        """The answer, '' for none."""
        return self.text().strip()

    def _on_finished(self) -> None:
        if self.value() != self._told:
            self._told = self.value()
            self.answered.emit()


class QuestionsCard(Card):
    """What the file can't tell, each with its choices or a line to write in. `changed()` after an answer."""

    changed = Signal()

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__(padding_px=15)
        self._theme = theme
        self.set_title(self.tr("Questions"))
        self.choices: dict[str, Choice | AnswerField] = {}
        self._shown: list[QWidget] = []

    def show_questions(self, questions: tuple[Question, ...], answers: dict[str, str]) -> None:
        """Ask these; those that have no choices are only said."""
        for widget in self._shown:
            self.body.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._shown, self.choices = [], {}
        asked = [question for question in questions if question.code != "ZONE_UNKNOWN"]
        by_key: dict[str, list[Question]] = {}
        for question in asked:
            by_key.setdefault(_key_of(question), []).append(question)
        for key, alike in by_key.items():
            self._ask(key, alike, answers)
        written = [key for key in answers if key.partition("@")[0] in _WRITTEN and key not in self.choices]
        for key in written:  # what was written stays there to be changed
            self._write(key, self._written_words(key), answers[key])
        self.setVisible(bool(asked or written))

    def answers(self) -> dict[str, str]:
        """Answers by 'CODE' or 'CODE@CHANNEL'."""
        return {key: choice.value() for key, choice in self.choices.items() if choice.value()}

    def is_complete(self) -> bool:
        """Whether nothing waits for an answer."""
        return all(choice.value() for choice in self.choices.values() if choice.property("blocks"))

    def _ask(self, key: str, alike: list[Question], answers: dict[str, str]) -> None:
        """The questions of several logs that one answer is for."""
        question = alike[0]
        words = " ".join(dict.fromkeys(one.text for one in alike))
        if question.code in _WRITTEN:
            self._write(key, words, answers.get(key, ""))
            return
        text = Text(words, "small", "text1", is_wrapped=True)
        self.body.addWidget(text)
        self._shown.append(text)
        choices = list(dict.fromkeys(choice for one in alike for choice in one.choices))
        if not choices:
            return
        blocks = any(one.blocks for one in alike)
        first = self.tr("Choose…") if blocks else self.tr("{value}, if nothing is chosen").format(
            value=guess_words(question.default or "")
        )  # fmt: skip
        choice = Choice(self._theme, [("", first), *((one, guess_words(one)) for one in choices)])
        choice.set_value(answers.get(key, ""))
        choice.setProperty("blocks", blocks)
        choice.setAccessibleName(words)
        choice.currentIndexChanged.connect(self._on_changed)
        self.choices[key] = choice
        self.body.addWidget(choice)
        self._shown.append(choice)

    def _write(self, key: str, words: str, answer: str) -> None:
        text = Text(words, "small", "text1", is_wrapped=True)
        field = AnswerField(answer)
        asks_rate = key == "TIME_RELATIVE" and "Hz" in words
        field.setPlaceholderText(_WRITTEN[key.partition("@")[0]] + ("/25600 Hz" if asks_rate else ""))
        field.setAccessibleName(words)
        field.answered.connect(self.changed)
        self.choices[key] = field
        for widget in (text, field):
            self.body.addWidget(widget)
            self._shown.append(widget)

    def _written_words(self, key: str) -> str:
        code, _, channel = key.partition("@")
        return self.tr("Full scale of {channel}").format(channel=channel) if code == "SCALE_UNKNOWN" else self.tr("Start")

    def _on_changed(self, _index: int) -> None:
        self.changed.emit()


def _key_of(question: Question) -> str:
    """As an answer names it: 'CODE' or 'CODE@CHANNEL'."""
    return f"{question.code}@{question.channel}" if question.channel else question.code


class RowsCard(Card):
    """The first rows as they stand in the file."""

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__(padding_px=0)
        self._theme = theme
        self.set_title(self.tr("First rows"))
        self.body.setContentsMargins(0, 0, 0, 0)
        self.table: ArrayTable | None = None

    def show_rows(self, preview: PreviewResult) -> None:
        """Show them in as many columns as there are, up to a dozen."""
        if self.table is not None:
            self.body.removeWidget(self.table)
            self.table.hide()
            self.table.deleteLater()
        width = min(_MOST_COLUMNS, max((len(row) for row in preview.rows), default=0))
        head = preview.rows[0] if preview.rows else ()
        shown = preview.rows[1 : 1 + _MOST_ROWS]
        cells = {str(k): [row[k] if k < len(row) else "" for row in shown] for k in range(width)}
        titles = [head[number] if number < len(head) else "" for number in range(width)]
        columns = tuple(
            Column(key=key, title=title, kind="mono", width_px=self._width_px(title, cells[key]), is_sortable=False)
            for key, title in zip(cells, titles, strict=True)
        )
        self.table = ArrayTable(self._theme, columns)
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.table.set_data(cells)
        self.body.addWidget(self.table, 1)

    def _width_px(self, title: str, cells: list[str]) -> int:
        """Wide enough for the name and for a time stamp, which are no use without their ends."""
        head, cell = self._theme.font("group"), self._theme.font("small", is_mono=True)
        texts = ((head, title), (cell, max(cells, key=len, default="")))
        widest = max(QFontMetrics(font).horizontalAdvance(text) for font, text in texts)
        return min(max(_LEAST_COLUMN_PX, widest + _CELL_AIR_PX), _MOST_COLUMN_PX)


def guess_title(name: str) -> str:
    """'decimal mark' as 'Decimal mark'."""
    return name[:1].upper() + name[1:]


def guess_words(value: str) -> str:
    """A guess in words a person reads."""
    words = {
        ".": "point  1.5", ",": "comma  1,5", "DMY": "day/month/year", "MDY": "month/day/year", "YMD": "year/month/day",
        "CROATIAN": "Croatian months", "POLISH": "Polish months", "CZECH": "Czech months", _UNSTATED: "UTC, assumed",
    }  # fmt: skip
    return words.get(value, value)


def stacked(*widgets: QWidget, spacing_px: int = 12) -> QVBoxLayout:
    """Widgets below each other."""
    column = vertical(gap_px=spacing_px)
    for widget in widgets:
        column.addWidget(widget)
    return column
