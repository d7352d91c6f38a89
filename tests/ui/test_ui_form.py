"""A form made from a request builds what the command line builds."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from workbench.cli.command import Command
from workbench.cli.parser import parse_request
from workbench.core.errors import RequestError
from workbench.core.requests import Parameter, Request, describe, parameter, to_arguments
from workbench.services.devices import UpdateRequest
from workbench.services.logs import ImportRequest
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.fields import Choice, UnitField
from workbench.ui.widgets.form import RequestForm, parse_number
from workbench.ui.widgets.text import Text


class FormRequest(Request, frozen=True, kw_only=True):
    """A field of every kind."""

    window: Annotated[float, parameter("Length.", unit="s", ge=1, le=3600)] = 60.0
    seed: Annotated[int, parameter("Seed.", ge=0)] = 7
    task: Annotated[Literal["anomaly", "rul"], parameter("Task.")] = "anomaly"
    asset: Annotated[str | None, parameter("Tag.")] = None
    shuffle: Annotated[bool, parameter("Shuffle.")] = True
    join: Annotated[bool | None, parameter("Join.")] = None
    paths: Annotated[tuple[str, ...], parameter("Paths.", path=True)] = ()
    limit: Annotated[int, parameter("Limit.", ge=1, advanced=True)] = 10


def _parameter(name: str) -> Parameter:
    return next(p for p in describe(FormRequest) if p.name == name)


def test_an_untouched_form_builds_the_defaults(theme: ThemeSource) -> None:
    assert RequestForm(theme, FormRequest).build() == FormRequest()


def test_typed_values_reach_the_request(theme: ThemeSource) -> None:
    form = RequestForm(theme, FormRequest)
    for name, text in (("window", "1 200,5"), ("seed", "12"), ("asset", "P-2041A"), ("paths", "a.csv; b c.csv")):
        field = form.field(name).input
        assert isinstance(field, UnitField)
        field.selectAll()
        QTest.keyClicks(field, text)
    form.set_value("task", "rul")
    form.set_value("shuffle", False)
    form.set_value("join", "true")
    expected = FormRequest(
        window=1200.5, seed=12, task="rul", asset="P-2041A", shuffle=False, join=True, paths=("a.csv", "b c.csv")
    )
    assert form.build() == expected


IMPORT = ImportRequest(paths=("a.csv", "b c.csv"), project="/tmp/p", zone="Europe/Oslo", answer=("DAY_MONTH=day",), asset="P-1")
UPDATE = UpdateRequest(port="COM3", bundle="m.pwb", yes=True, confirm=False, baud_rate_bd=9600)


@pytest.mark.parametrize(
    ("words", "service", "request_"),
    [(("logs", "import"), "logs:import_logs", IMPORT), (("devices", "update"), "devices:update_device", UPDATE)],
)
def test_form_and_command_line_build_equal_requests(
    theme: ThemeSource, words: tuple[str, ...], service: str, request_: Request
) -> None:
    command = Command(words=words, service=service, request=type(request_).__name__)
    values = {p.name: getattr(request_, p.name) for p in describe(type(request_))}
    from_form = RequestForm(theme, type(request_), values).build()
    typed, _wants_json = parse_request(command, to_arguments(words, request_)[1 + len(words) :])
    assert from_form == typed == request_


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("window", "0.5", "0.5 is below 1. Type 1 to 3600."),
        ("window", "4000", "4000 is above 3600. Type 1 to 3600."),
        ("seed", "-1", "-1 is below 0. Type 0 or more."),
        ("seed", "1.5", "'1.5' is not a whole number. Type 0 or more."),
    ],
)
def test_an_error_names_the_value_and_what_to_type(name: str, text: str, message: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_number(_parameter(name), text)
    assert str(caught.value) == message


def test_a_wrong_field_is_marked_and_says_why_until_it_is_edited(theme: ThemeSource) -> None:
    form = RequestForm(theme, FormRequest, {"window": 0.5})
    assert not form.is_valid
    field = form.field("window").input
    assert isinstance(field, UnitField)
    assert field.property("invalid") is True
    field.selectAll()
    QTest.keyClicks(field, "30")
    assert field.property("invalid") is False
    assert form.build().window == 30


def test_hidden_fields_keep_what_they_were_given(theme: ThemeSource) -> None:
    form = RequestForm(theme, FormRequest, {"asset": "P-1", "seed": 3}, hidden=("asset", "seed"))
    assert (form.build().asset, form.build().seed) == ("P-1", 3)


def test_edits_are_heard(theme: ThemeSource) -> None:
    form = RequestForm(theme, FormRequest)
    counter = _Counter()
    form.changed.connect(counter.hear)
    QTest.keyClicks(form.field("asset").input, "P")
    assert counter.n_heard == 1


class _Counter:
    n_heard = 0

    def hear(self) -> None:
        self.n_heard += 1


def test_the_wheel_changes_nothing_without_the_focus(app: QApplication, theme: ThemeSource) -> None:
    choice = Choice(theme, [("a", "A"), ("b", "B")])
    spot = QPointF(5, 5)
    turn = QWheelEvent(
        spot, spot, QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    app.sendEvent(choice, turn)
    assert choice.value() == "a"


def test_every_field_but_a_box_has_its_name_beside_it(theme: ThemeSource) -> None:
    form = RequestForm(theme, FormRequest)
    names = [text.text() for text in form.findChildren(Text)]
    assert [one.label in names for one in describe(FormRequest)] == [one.name != "shuffle" for one in describe(FormRequest)]
    form.deleteLater()
