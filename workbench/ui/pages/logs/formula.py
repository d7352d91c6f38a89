"""A new derived channel: name and formula under the plots, checked at each key, with its unit and its value at the cursor."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from workbench.core.runner import JobCall
from workbench.services.derived_channels import (
    ChannelAddRequest,
    ChannelAddResult,
    ChannelRemoveRequest,
    FormulaLook,
    add_channel,
    look_at_formula,
    remove_channel,
)
from workbench.services.formula_words import FUNCTION_NAMES, example_of
from workbench.services.log_views import ChannelView
from workbench.ui.context import AppContext
from workbench.ui.format import quantity
from workbench.ui.pages.logs.view import LogsView
from workbench.ui.widgets.buttons import IconButton, SecondaryButton
from workbench.ui.widgets.card import SectionHeader
from workbench.ui.widgets.fields import UnitField
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.plots.words import unit_words
from workbench.ui.widgets.text import Text, hairline, plain_tip

_WAIT_MS = 120
_TOKEN = re.compile(r"[\"`]?[^\s\"`()+*/<>=,]*$")
_MOST_OFFERED = 12


class FormulaField(UnitField):
    """A line for a formula. Tab completes the word before the cursor; Tab again takes the next that fits."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.theme)
        self._words: dict[str, str] = {}
        self._turn: tuple[str, str, list[str], int] | None = None
        """While Tab is pressed again and again: text before, text after, what fits, and which is there."""
        self.setFont(context.theme.font("body", is_mono=True))

    def set_names(self, names: tuple[str, ...]) -> None:
        """Channels there are."""
        self._words = {name: name if name.isidentifier() else f'"{name}"' for name in names}
        self._words |= {name: f"{name}(" for name in FUNCTION_NAMES}

    def offered(self) -> list[str]:
        """What fits the word before the cursor, beginnings first."""
        token = self._token().strip('"`').casefold()
        if not token or (token[0].isdigit() and self._token()[0] == token[0]):
            return []
        starts = [name for name in self._words if name.casefold().startswith(token)]
        inside = [name for name in self._words if token in name.casefold() and name not in starts]
        return [name for name in (*starts, *inside) if name.casefold() != token][:_MOST_OFFERED]

    def complete(self) -> bool:
        """Take what fits, or the next that does; False where nothing fits."""
        if self._turn is None or self.text() != self._turned():
            offered = self.offered()
            at, token = self.cursorPosition(), self._token()
            self._turn = (self.text()[: at - len(token)], self.text()[at:], offered, -1) if offered else None
        if self._turn is None:
            return False
        before, after, offered, number = self._turn
        self._turn = (before, after, offered, (number + 1) % len(offered))
        self.setText(self._turned())
        self.setCursorPosition(len(self.text()) - len(after))
        return True

    def event(self, event: QEvent) -> bool:
        """Tab completes before it leaves the field."""
        is_tab = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab
        return True if is_tab and self.complete() else super().event(event)

    def _turned(self) -> str:
        if self._turn is None:
            return ""
        before, after, offered, number = self._turn
        return before + self._words[offered[number]] + after

    def _token(self) -> str:
        found = _TOKEN.search(self.text()[: self.cursorPosition()])
        return found[0] if found else ""


class FormulaPanel(QWidget):
    """Shown with N; Enter adds the channel and gives it a row, Escape hides the panel."""

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__()
        self._context = context
        self._view = view
        self._look = FormulaLook()
        self._added = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self.head = SectionHeader(self.tr("New derived channel"))
        self.name = QLineEdit()
        self.formula = FormulaField(context)
        self.said = Text("", "small", "text2")
        self.add_button = SecondaryButton(context.theme, self.tr("Add channel"), "plus")
        self._command = IconButton(context.theme, "terminal", self.tr("Copy as command"))
        self._close = IconButton(context.theme, "cancel", self.tr("Hide the formula"))
        self._lay_out()
        self._timer.timeout.connect(self.check)
        self.formula.textChanged.connect(self._on_text)
        self.name.textChanged.connect(self._on_text)
        self.formula.installEventFilter(self)
        self.name.installEventFilter(self)
        self.add_button.clicked.connect(self.add)
        self._command.clicked.connect(self.copy_command)
        self._close.clicked.connect(self.put_away)
        view.opened.connect(self._on_opened)
        view.plots.view.cursor_changed.connect(self._on_cursor)
        self.hide()

    def open(self) -> None:
        """Show it, ready to type."""
        self.show()
        self._on_opened(None)
        self.formula.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def put_away(self) -> None:
        """Hide it; the keys go back to the plots, not to whatever button comes next."""
        self.hide()
        self._view.focus_main()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.check()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter adds, Escape hides."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.add()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.put_away()
                return True
        return super().eventFilter(watched, event)

    def check(self) -> None:
        """Say unit and value, or what is wrong and where."""
        logs = self._view.logs
        if logs is None or not self.isVisible():
            return
        text = self.formula.text()
        at_ns = self._view.plots.view.cursor_ns
        self._look = look_at_formula(logs, text, logs.last_ns if at_ns is None else at_ns) if text.strip() else FormulaLook()
        is_wrong = bool(self._look.message) and not self.formula.offered()
        self.formula.set_invalid(is_wrong)
        self.said.set_tone("failure_text" if is_wrong else "text2")
        self.said.setText(self._words(text))
        self.add_button.setEnabled(not self.why_not())
        self.add_button.setToolTip(plain_tip(self.why_not()))

    def why_not(self) -> str:
        """Why the channel can't be added; '' when it can."""
        if not self.formula.text().strip():
            return self.tr("Type a formula first")
        if self._look.message:
            return self._look.message
        return "" if self.name.text().strip() else self.tr("Give it a name")

    def request(self) -> ChannelAddRequest:
        """What adding would do."""
        return ChannelAddRequest(
            formula=self.formula.text().strip(), name=self.name.text().strip(), project=self._context.project_text,
            asset=self._view.asset,
        )  # fmt: skip

    def add(self) -> None:
        """Compute it and keep it in the project."""
        self.check()
        why = self.why_not()
        if why:
            (self.formula if self._look.message or not self.formula.text().strip() else self.name).setFocus()
            self.said.setText(self._words(self.formula.text()) if self._look.message else why)
            return
        call = JobCall(
            title=self.tr("Derive channel"), function=add_channel, request=self.request(), slot="derive", lane="thread"
        )
        self._context.start_job(call, self._on_added)

    def copy_command(self) -> None:
        """The same as a command line."""
        if self._view.logs is not None:
            self._context.copy_command(("channels", "add"), self.request())

    def remove(self) -> None:
        """Remove the derived channel of the row that is chosen, after asking."""
        name = self.removable()
        if name:
            self._context.messages.confirm(
                self.tr("Remove the derived channel {name}?").format(name=name),
                self.tr("Channels derived from it go too. The log stays as it is."), self.tr("Remove"), self._on_remove,
            )  # fmt: skip

    def removable(self) -> str:
        """The derived channel of the row that is chosen; '' where it is none."""
        rows = self._view.plots.rows
        channels = rows.rows[rows.current].channels if rows.rows else ()
        return next((channel.name for channel in channels if channel.formula), "")

    def _lay_out(self) -> None:
        self.name.setPlaceholderText(self.tr("Name, such as Head"))
        self.name.setAccessibleName(self.tr("Name of the derived channel"))
        self.name.setFixedWidth(180)
        self.formula.setAccessibleName(self.tr("Formula"))
        row = horizontal(margins_px=(16, 0, 16, 0), gap_px=8)
        row.addWidget(self.name)
        row.addWidget(Text("=", "body", "text2"))
        row.addWidget(self.formula, 1)
        row.addWidget(self.add_button)
        said = horizontal(margins_px=(220, 4, 16, 10))
        said.addWidget(self.said)
        column = vertical(self)
        self.head.add(self._command)
        self.head.add(self._close)
        column.addWidget(hairline())
        column.addWidget(self.head)
        column.addLayout(row)
        column.addLayout(said)

    def _words(self, text: str) -> str:
        look = self._look
        offered = self.formula.offered() if self.formula.hasFocus() and self.formula.cursorPosition() == len(text) else []
        if offered:
            return self.tr("Tab: {names}").format(names=" · ".join(offered))
        if look.message:
            rest = text[look.column : look.column + 16].strip()
            place = self.tr(" At: {rest}").format(rest=rest) if rest else ""
            return f"{look.message}{place} {look.hint}"
        if not text.strip():
            functions = ", ".join(example_of(name) for name in ("to", "rolling_mean", "derivative"))
            return self.tr("Channels, numbers, + − * / **, comparisons, and functions such as {functions}").format(
                functions=functions
            )
        unit = unit_words(look.unit)
        value = self.tr("{value} {unit} at the cursor").format(value=quantity(look.value, unit), unit=unit)
        said = self.tr("In {unit}: {value}").format(unit=unit, value=value) if unit else self.tr("No unit: {v}").format(v=value)
        return " · ".join(filter(None, (said, self.why_not())))

    def _on_text(self, _text: str) -> None:
        self._check_soon()

    def _on_cursor(self) -> None:
        self._check_soon()

    def _check_soon(self) -> None:
        if self.isVisible():
            self._timer.start()

    def _on_opened(self, _logs: object) -> None:
        logs = self._view.logs
        self.formula.set_names(tuple(channel.name for channel in logs.channels) if logs else ())
        self.formula.setPlaceholderText(usual_formula(logs.channels) if logs else "")
        if logs and self._added in {channel.name for channel in logs.channels}:
            name, self._added = self._added, ""
            self._view.show_channels((*self._view.channels(), name))
            self._view.plots.rows.choose_row(len(self._view.plots.rows.rows) - 1)

    def _on_added(self, result: object) -> None:
        assert isinstance(result, ChannelAddResult)
        self._added = result.name
        self.hide()
        self.formula.clear()
        self.name.clear()
        self._context.messages.say(
            self.tr("Derived {name} in {unit}.").format(name=result.name, unit=result.unit or "1"), icon="plus"
        )
        self._context.announce("channels")

    def _on_remove(self) -> None:
        name = self.removable()
        channel = next((one for one in self._view.plots.rows.channels if one.name == name), None)
        if channel is None:
            return
        request = ChannelRemoveRequest(name=name, project=self._context.project_text, asset=self._view.asset)
        call = JobCall(title=self.tr("Remove channel"), function=remove_channel, request=request, slot="derive", lane="thread")
        self._context.start_job(call, self._on_removed)

    def _on_removed(self, _result: object) -> None:
        self._context.announce("channels")


def usual_formula(channels: Sequence[ChannelView]) -> str:
    """What may be typed, with channels that are there: the difference of two of the same unit, the later one first."""
    for one, other in itertools.pairwise(channel for channel in channels if channel.group == "trend" and not channel.formula):
        if one.unit and one.unit == other.unit:
            return f'"{other.name}" - "{one.name}"'
    return f'"{channels[0].name}" * 2' if channels else ""
