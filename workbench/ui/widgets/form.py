"""A form made from a Request: the same declaration that makes the command line's flags makes these fields.

Label left, unit inside the field, hint below, an error that names the value and what to type. Advanced
fields are folded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Generic, TypeVar

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from workbench.core.errors import RequestError
from workbench.core.requests import Parameter, Request, build, describe
from workbench.ui.states import State
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import FlatButton
from workbench.ui.widgets.fields import CheckBox, Choice, UnitField
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.state_filter import StateFilter
from workbench.ui.widgets.text import StateSymbol, Text

translate = QCoreApplication.translate  # under this name lupdate finds the texts
R = TypeVar("R", bound=Request)
LABEL_PX = 84
REGIME_FLAG = "--regime"
_LIST_SEPARATOR = ";"
_NUMBER_PX = 110
_GAP_PX = 8
_INSIDE = re.compile(r"(?<=\w)[,;:/](?=\w)")


class FormField(QWidget):
    """The input of one parameter with its hint or error below. `edited` on every change by a person."""

    edited = Signal()

    def __init__(self, theme: ThemeSource, parameter: Parameter, initial: object) -> None:
        super().__init__()
        self.parameter = parameter
        self.input = _make_input(theme, parameter)
        self.setFocusProxy(self.input)
        self._symbol = StateSymbol(theme, State.FAILURE, 12, is_filled=True)
        self._below = Text("", "caption", "text2", is_wrapped=True)
        under = horizontal(gap_px=4)
        under.addWidget(self._symbol, 0, Qt.AlignmentFlag.AlignTop)
        under.addWidget(self._below, 1)
        column = vertical(self, gap_px=2)
        is_narrow = isinstance(self.input, StateFilter) or (parameter.kind in {"integer", "number"} and not parameter.is_list)
        column.addWidget(self.input, 0, Qt.AlignmentFlag.AlignLeft if is_narrow else Qt.AlignmentFlag(0))
        column.addLayout(under)
        self.set_value(initial)
        self._connect()
        self.show_error("")

    def set_value(self, value: object) -> None:
        """Show a value as the request has it."""
        if isinstance(self.input, CheckBox):
            self.input.setChecked(bool(value))
        elif isinstance(self.input, Choice):
            self.input.set_value("" if value is None else str(value))
        elif isinstance(self.input, StateFilter):
            self.input.set_value(tuple(map(str, value)) if isinstance(value, tuple | list) else ())
        elif isinstance(self.input, UnitField):
            is_many = isinstance(value, tuple | list)
            texts = [str(item) for item in value] if is_many else []  # type: ignore[attr-defined]
            self.input.setText(f"{_LIST_SEPARATOR} ".join(texts) if is_many else _text_of(value))

    def value(self) -> object:
        """The value as `build` takes it; raises RequestError naming the value and what to type."""
        if isinstance(self.input, CheckBox):
            return self.input.isChecked()
        if isinstance(self.input, Choice):
            return self.input.value() or None
        if isinstance(self.input, StateFilter):
            return self.input.value()
        text = self.input.text().strip() if isinstance(self.input, UnitField) else ""
        if self.parameter.is_list:
            return tuple(part.strip() for part in text.split(_LIST_SEPARATOR) if part.strip())
        if text:
            return parse_number(self.parameter, text) if self.parameter.kind in {"integer", "number"} else text
        if self.parameter.is_optional:
            return None
        if self.parameter.is_required or self.parameter.kind in {"integer", "number"}:
            raise RequestError(
                translate("Form", "{name} is empty.").format(name=self.parameter.label), _what_to_type(self.parameter)
            )
        return text

    def show_error(self, message: str) -> None:
        """Say what is wrong below the field; '' goes back to the hint."""
        if isinstance(self.input, UnitField):
            self.input.set_invalid(bool(message))
        self._symbol.setVisible(bool(message))
        hint = "" if isinstance(self.input, CheckBox) else _breakable(self.parameter.help)
        self._below.setText(message or hint)
        self._below.set_tone("failure_text" if message else "text2")
        self._below.setVisible(bool(message or hint))

    def _connect(self) -> None:
        if isinstance(self.input, CheckBox):
            self.input.toggled.connect(self._on_edited)
        elif isinstance(self.input, Choice):
            self.input.currentIndexChanged.connect(self._on_edited)
        elif isinstance(self.input, StateFilter):
            self.input.edited.connect(self._on_edited)
        elif isinstance(self.input, UnitField):
            self.input.textEdited.connect(self._on_edited)

    def _on_edited(self, _value: object = None) -> None:
        self.show_error("")
        self.edited.emit()


class RequestForm(QWidget, Generic[R]):
    """Fields of a request. `hidden` ones keep their `initial` value (or default). `changed` on every edit."""

    changed = Signal()

    def __init__(
        self,
        theme: ThemeSource,
        request_type: type[R],
        initial: Mapping[str, object] | None = None,
        hidden: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self._request_type = request_type
        given = dict(initial or {})
        self._kept = {name: given[name] for name in hidden if name in given}
        self._fields: dict[str, FormField] = {}
        column = vertical(self, gap_px=8)
        shown = [p for p in describe(request_type) if p.name not in hidden]
        column.addWidget(self._make_rows(theme, [p for p in shown if not p.is_advanced], given))
        advanced = [p for p in shown if p.is_advanced]
        self._more = FlatButton(theme, self.tr("More options"), "chevron-right")
        self._more.setProperty("fit", "flush")
        self._more.setVisible(bool(advanced))
        self._folded = self._make_rows(theme, advanced, given)
        self._folded.setVisible(False)
        self._more.clicked.connect(self._on_more)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._folded)
        column.addStretch(1)

    def field(self, name: str) -> FormField:
        """The field of a parameter."""
        return self._fields[name]

    def set_value(self, name: str, value: object) -> None:
        """Change a value, shown or hidden."""
        if name in self._fields:
            self._fields[name].set_value(value)
        else:
            self._kept[name] = value
        self.changed.emit()

    def values(self) -> dict[str, object]:
        """All values; raises RequestError for the first one that can't be used, and marks every such field."""
        values: dict[str, object] = dict(self._kept)
        errors: list[RequestError] = []
        for name, field in self._fields.items():
            try:
                values[name] = field.value()
                field.show_error("")
            except RequestError as error:
                field.show_error(str(error))
                errors.append(error)
        if errors:
            raise errors[0]
        return {name: value for name, value in values.items() if not self._is_default_none(name, value)}

    def build(self) -> R:
        """The request, equal to what the command line builds; raises RequestError."""
        return build(self._request_type, self.values())

    @property
    def is_valid(self) -> bool:
        """Whether `build` would succeed."""
        try:
            self.build()
        except RequestError:
            return False
        return True

    def focus_first(self) -> None:
        """Give the keyboard to the first field."""
        next(iter(self._fields.values())).input.setFocus()

    def _is_default_none(self, name: str, value: object) -> bool:
        # An optional field left empty means the default, which need not be None.
        return value is None and name in self._fields and not self._fields[name].parameter.is_optional

    def _make_rows(self, theme: ThemeSource, parameters: list[Parameter], given: Mapping[str, object]) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(_GAP_PX)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, LABEL_PX)
        grid.setColumnStretch(1, 1)
        for row, parameter in enumerate(parameters):
            field = FormField(theme, parameter, given.get(parameter.name, parameter.default))
            field.edited.connect(self.changed)
            self._fields[parameter.name] = field
            if parameter.kind != "switch" or parameter.is_optional:  # a box that is ticked says its own name
                label = Text(parameter.label, "body", "text2", is_wrapped=True)
                label.setBuddy(field.input)
                label.setFixedWidth(LABEL_PX)
                label.setMinimumHeight(28)
                grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            field.input.setAccessibleName(parameter.label)
            field.input.setToolTip(parameter.flag)
            grid.addWidget(field, row, 1)
        return holder

    def _on_more(self) -> None:
        is_open = not self._folded.isVisible()
        self._folded.setVisible(is_open)
        self._more.set_icon_name("chevron-down" if is_open else "chevron-right")


def _breakable(text: str) -> str:
    """The same with places to break a line behind signs inside long words: 'DESIGNATION,ELEMENTS,…' would make a form as wide."""
    return _INSIDE.sub("\\g<0>\u200b", text)


def _text_of(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def parse_number(parameter: Parameter, text: str) -> int | float:
    """A number as typed (decimal point or comma, thin spaces allowed) within the parameter's limits; raises RequestError."""
    plain = text.replace("\u2009", "").replace(" ", "").replace("\u2212", "-").replace(",", ".")
    try:
        value = int(plain) if parameter.kind == "integer" else float(plain)
    except ValueError as error:
        wrong = (
            translate("Form", "'{text}' is not a whole number.")
            if parameter.kind == "integer"
            else translate("Form", "'{text}' is not a number.")
        )
        raise RequestError(wrong.format(text=text), _what_to_type(parameter)) from error
    if parameter.minimum is not None and value < parameter.minimum:
        limit = f"{parameter.minimum:g}"
        raise RequestError(translate("Form", "{text} is below {limit}.").format(text=text, limit=limit), _what_to_type(parameter))
    if parameter.maximum is not None and value > parameter.maximum:
        limit = f"{parameter.maximum:g}"
        raise RequestError(translate("Form", "{text} is above {limit}.").format(text=text, limit=limit), _what_to_type(parameter))
    return value


def _what_to_type(parameter: Parameter) -> str:
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None:
        return translate("Form", "Type {low} to {high}.").format(low=f"{low:g}", high=f"{high:g}")
    if low is not None:
        return translate("Form", "Type {low} or more.").format(low=f"{low:g}")
    if high is not None:
        return translate("Form", "Type {high} or less.").format(high=f"{high:g}")
    return (
        translate("Form", "Type a number.") if parameter.kind in {"integer", "number"} else translate("Form", "Type something.")
    )


def _make_input(theme: ThemeSource, parameter: Parameter) -> CheckBox | Choice | UnitField | StateFilter:
    if parameter.flag == REGIME_FLAG and parameter.is_list:
        return StateFilter(theme)
    if parameter.kind == "switch" and not parameter.is_optional:
        return CheckBox(theme, parameter.help.rstrip("."))
    if parameter.kind == "switch":
        words = [("", "By itself"), ("true", "Yes"), ("false", "No")]
        return Choice(theme, [(value, translate("Form", word)) for value, word in words])
    if parameter.kind == "choice" and not parameter.is_list:
        empty = [("", "–")] if parameter.is_optional else []
        return Choice(theme, [*empty, *((choice, choice.replace("_", " ").capitalize()) for choice in parameter.choices)])
    field = UnitField(theme, parameter.unit)
    if parameter.kind in {"integer", "number"} and not parameter.is_list:
        field.setFixedWidth(_NUMBER_PX)
    return field
