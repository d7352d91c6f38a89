"""What to listen to: the port, how it speaks, whose pump it is; made from the request that the command line takes too."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from workbench.core.errors import RequestError
from workbench.core.requests import build
from workbench.services.capture import (
    CapturePortsRequest,
    CapturePortsResult,
    CapturePreviewRequest,
    CaptureRequest,
    list_capture_ports,
)
from workbench.ui.context import AppContext
from workbench.ui.widgets.buttons import FlatButton, IconButton
from workbench.ui.widgets.card import SectionHeader
from workbench.ui.widgets.fields import Choice
from workbench.ui.widgets.form import RequestForm
from workbench.ui.widgets.layouts import Fitted, horizontal, scrolled, vertical
from workbench.ui.widgets.text import Text

_INNER_PX = 290
_OWN = ("project", "channel")
_SHARED = ("port", "format", "baud_rate_bd", "line", "layout")
_REMEMBERED = ("port", "format", "baud_rate_bd", "line", "layout", "clock")
_MEMORY = "live capture"
_DESCRIBED = ("binary", "modbus-rtu")


class LiveForm(QWidget):
    """`changed` on every edit."""

    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.ports = Choice(context.theme)
        self.ports.setAccessibleName(self.tr("Ports of this machine"))
        self._look = IconButton(context.theme, "refresh", self.tr("Look for ports again"))
        self._found = Text(self.tr("Looking for ports"), "small", "text2", is_wrapped=True)
        self.fields = RequestForm(context.theme, CaptureRequest, hidden=_OWN)
        self._choose = FlatButton(context.theme, self.tr("Choose description"), "folder-open")
        self._choose.setProperty("fit", "flush")
        self.fields.field("format").input.set_options(self._formats())  # type: ignore[union-attr]  # a choice by declaration
        self._lay_out()
        self.ports.activated.connect(self._on_port)
        self._look.clicked.connect(self.load)
        self._choose.clicked.connect(self._on_choose)
        self.fields.changed.connect(self._on_changed)
        self.recall()
        self._on_changed()

    def remember(self, request: CaptureRequest) -> None:
        """Keep how this port was listened to, for the next time."""
        values = {name: getattr(request, name) for name in _REMEMBERED}
        choices = {**self._context.settings.import_choices, _MEMORY: msgspec.json.encode(values).decode()}
        self._context.change_settings(import_choices=choices)

    def recall(self) -> None:
        """Fill in what was used the last time; what can't be read any more is forgotten."""
        text = self._context.settings.import_choices.get(_MEMORY, "")
        try:
            values = msgspec.json.decode(text, type=dict[str, object]) if text else {}
        except msgspec.MsgspecError:
            values = {}
        for name in _REMEMBERED:
            if name in values:
                self.fields.set_value(name, values[name])

    def load(self) -> None:
        """Ask the system which ports there are; none is opened."""
        self._context.read(list_capture_ports, CapturePortsRequest(), self._on_ports, slot="live.ports")

    def show_port(self, port: str) -> None:
        """Put a port into its field."""
        self.fields.set_value("port", port)
        self.fields.set_value("format", "auto")

    def focus_first(self) -> None:
        """The list of ports, or the field where there are none."""
        if self.ports.value():
            self.ports.setFocus()
        else:
            self.fields.focus_first()

    def preview_request(self, channel: tuple[str, ...], *, find_baud: bool = False) -> CapturePreviewRequest:
        """What to listen to; raises RequestError, and marks no field: nothing was typed wrong yet."""
        values = {name: self.fields.field(name).value() for name in _SHARED}
        return build(CapturePreviewRequest, {**values, "channel": channel, "find_baud": find_baud})

    def capture_request(self, project: str, channel: tuple[str, ...]) -> CaptureRequest:
        """What to capture; raises RequestError."""
        return build(CaptureRequest, {**self.fields.values(), "project": project, "channel": channel})

    def why_not(self) -> str:
        """Why nothing can be listened to, '' when it can."""
        try:
            request = self.preview_request(())
        except RequestError as error:
            return error.message
        if request.format in _DESCRIBED and not request.layout:
            return self.tr("This format needs a description.")
        return ""

    def _lay_out(self) -> None:
        inner = Fitted(_INNER_PX)
        inner.setMaximumWidth(_INNER_PX + 24)
        column = vertical(inner, margins_px=(16, 0, 16, 14), gap_px=8)
        row = horizontal(gap_px=8)
        row.addWidget(self.ports, 1)
        row.addWidget(self._found, 1)
        row.addWidget(self._look, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row)
        column.addWidget(self.fields)
        column.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        scroll = scrolled(inner)
        outer = vertical(self)
        outer.addWidget(SectionHeader(self.tr("Listen to")))
        outer.addWidget(scroll, 1)

    def _formats(self) -> list[tuple[str, str]]:
        return [
            ("auto", self.tr("Find out")), ("csv", self.tr("Lines of values")), ("keyvalue", self.tr("Names with values")),
            ("binary", self.tr("Binary frames")), ("modbus-rtu", self.tr("Modbus RTU")),
        ]  # fmt: skip

    def _on_ports(self, result: object) -> None:
        assert isinstance(result, CapturePortsResult)
        self.ports.set_options([(port.name, f"{port.name}  {port.description}") for port in result.ports])
        self.ports.setEnabled(bool(result.ports))
        self._found.setText("" if result.ports else self.tr("No serial port is plugged in. Type a port below."))
        self._found.setVisible(not result.ports)
        self.ports.setVisible(bool(result.ports))
        if result.ports and not self._has_port():
            self._on_port(self.ports.currentIndex())

    def _has_port(self) -> bool:
        try:
            return bool(self.fields.field("port").value())
        except RequestError:
            return False

    def _on_port(self, _index: int) -> None:
        if self.ports.value():
            self.fields.set_value("port", self.ports.value())

    def _on_choose(self) -> None:
        self._context.messages.choose_files(self.tr("Choose description"), "*.toml *.csv", self._on_chosen)

    def _on_chosen(self, paths: list[Path]) -> None:
        if paths:
            self.fields.set_value("layout", str(paths[0]))

    def _on_changed(self) -> None:
        is_described = self.fields.field("format").value() in _DESCRIBED
        self._choose.setVisible(is_described)
        layout = self.fields.field("layout")
        for widget in (layout, *(label for label in self.fields.findChildren(Text) if label.buddy() is layout.input)):
            widget.setVisible(is_described)
        self.changed.emit()
