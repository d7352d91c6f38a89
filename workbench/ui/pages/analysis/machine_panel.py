"""The small form with what no log says of a pump (speed, vanes, bearing, channels, liquid), kept for the pump in the project."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from workbench.core.errors import RequestError
from workbench.core.requests import describe
from workbench.services.analysis_envelope import BearingsRequest, BearingsResult, list_bearings
from workbench.services.analysis_reads import tacho_channel_of
from workbench.services.log_views import AssetLogs
from workbench.services.machine import MachineFacts, MachineRequest, machine
from workbench.services.pump_roles import guess_roles
from workbench.ui.context import AppContext
from workbench.ui.widgets.buttons import FlatButton, IconButton, SecondaryButton
from workbench.ui.widgets.completer import offer_words
from workbench.ui.widgets.form import RequestForm
from workbench.ui.widgets.layouts import framed, horizontal, scrolled, vertical
from workbench.ui.widgets.text import Text, hairline

PANEL_PX = 312
MACHINE_CHANGED = "machine"
"""Announced when what is known of a pump changed."""
_COMMAND = ("logs", "machine")
_NOT_FACTS = {"limits": "limits_mm_per_s", "curve": "curve_points", "por": "por_percent", "aor": "aor_percent"}


class MachinePanel(QWidget):
    """`saved(MachineResult)` after the facts were kept; `closed()` when it was put away."""

    saved = Signal(object)
    closed = Signal()

    def __init__(self, context: AppContext, fields: tuple[str, ...]) -> None:
        super().__init__()
        self._context = context
        self._fields = fields
        self.asset = ""
        self._facts = MachineFacts()
        self._form: RequestForm[MachineRequest] | None = None
        self.setFixedWidth(PANEL_PX)
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = Text(self.tr("Machine"), "label")
        self._scroll = scrolled()
        self.keep = SecondaryButton(context.theme, self.tr("Keep"), "check")
        self.keep.setToolTip(self.tr("Keep for this pump, in the project"))
        self._copy = FlatButton(context.theme, self.tr("Copy as command"), "terminal")
        self._lay_out()
        self.keep.clicked.connect(self.save)
        self._copy.clicked.connect(self._on_copy)

    def show_facts(self, logs: AssetLogs, facts: MachineFacts) -> None:
        """A form with these values; channels and bearings complete what is typed."""
        self.asset, self._facts = logs.asset, facts
        self._title.setText(self.tr("{pump}: machine").format(pump=logs.asset))
        names = [parameter.name for parameter in describe(MachineRequest)]
        hidden = tuple(name for name in names if name not in self._fields)
        initial: dict[str, object] = {
            "project": self._context.project_text, "asset": logs.asset,
            **{name: shown_value(facts, name) for name in self._fields},
        }  # fmt: skip
        self._form = RequestForm(self._context.theme, MachineRequest, initial, hidden)
        holder = framed(self._form, (16, 12, 16, 12))
        self._scroll.setWidget(holder)
        channels = [view.name for view in logs.channels]
        for name in self._fields:
            if name.endswith("_channel"):
                self._complete(name, channels)
        self._show_guesses(logs, facts)
        if "bearing" in self._fields:
            request = BearingsRequest(own=self._context.project_text, asset=logs.asset)
            self._context.read(list_bearings, request, self._on_bearings, slot=f"bearings:{id(self)}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def focus_first(self) -> None:
        """Give the keyboard to the first field."""
        if self._form is not None:
            self._form.focus_first()

    def save(self) -> None:
        """Keep what is typed; what was emptied is forgotten."""
        try:
            request = self.request()
        except RequestError:
            return
        self._context.read(machine, request, self.saved.emit, slot=f"machine.save:{id(self)}")

    def request(self) -> MachineRequest:
        """What the form changes; raises RequestError for a field that can't be read (marked in the form)."""
        import msgspec

        assert self._form is not None
        typed = self._form.build()
        same = {n: None for n in self._fields if getattr(typed, n) == fact_value(self._facts, n)}
        emptied = tuple(
            _NOT_FACTS.get(name, name)
            for name in self._fields
            if getattr(typed, name) is None and fact_value(self._facts, name) is not None
        )
        return msgspec.structs.replace(typed, forget=emptied, **same)

    def _complete(self, name: str, words: list[str]) -> None:
        assert self._form is not None
        field = self._form.field(name).input
        assert isinstance(field, QLineEdit)
        offer_words(self._context.theme, field, words)

    def _show_guesses(self, logs: AssetLogs, facts: MachineFacts) -> None:
        """What is taken where nothing is typed stands in the empty field, grey."""
        assert self._form is not None
        roles = guess_roles(logs, facts)
        guesses = {
            "speed_channel": roles.speed, "tacho_channel": tacho_channel_of(logs, facts), "suction_channel": roles.suction,
            "discharge_channel": roles.discharge, "flow_channel": roles.flow, "power_channel": roles.power,
        }  # fmt: skip
        for name, guessed in guesses.items():
            field = self._form.field(name).input if name in self._fields else None
            if isinstance(field, QLineEdit) and guessed:
                field.setPlaceholderText(guessed)

    def _on_bearings(self, result: object) -> None:
        assert isinstance(result, BearingsResult)
        self._complete("bearing", [one.designation for one in result.bearings])

    def _on_copy(self) -> None:
        try:
            self._context.copy_command(_COMMAND, self.request())
        except RequestError as error:
            self._context.messages.error(error)

    def _on_close(self) -> None:
        self.closed.emit()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 6, 8, 6)
        close = IconButton(self._context.theme, "cancel", self.tr("Put away"))
        close.clicked.connect(self._on_close)
        head.addWidget(self._title, 1)
        head.addWidget(close)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 8)
        foot.addWidget(self.keep)
        foot.addStretch(1)
        foot.addWidget(self._copy)
        inner = vertical()
        inner.addLayout(head)
        inner.addWidget(hairline())
        inner.addWidget(self._scroll, 1)
        inner.addWidget(hairline())
        inner.addLayout(foot)
        outer = horizontal(self)
        outer.addWidget(hairline(is_vertical=True))
        outer.addLayout(inner, 1)


def shown_value(facts: MachineFacts, name: str) -> object:
    """A fact as the form shows it: yes and no as its choice has them."""
    value = fact_value(facts, name)
    return str(value).lower() if isinstance(value, bool) else value


def fact_value(facts: MachineFacts, name: str) -> object:
    """A fact as the request has it: limits and curve as they are typed, None for nothing."""
    if name == "limits":
        return ",".join(f"{value:g}" for value in facts.limits_mm_per_s) if facts.limits_mm_per_s else None
    if name == "curve":
        return ", ".join(f"{flow:g}:{head:g}" for flow, head in facts.curve_points) or None
    if name in {"por", "aor"}:
        return ",".join(f"{value:g}" for value in getattr(facts, f"{name}_percent"))
    value = getattr(facts, name, None)
    return None if value == "" else value
