"""The words of what waits for a person: the service says what it is, this says it and where it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from PySide6.QtCore import QCoreApplication

from workbench.services.overview import Need
from workbench.ui.states import State

translate = QCoreApplication.translate  # under this name lupdate finds the texts


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedWords:
    """How a need is shown, and the page where it is done."""

    state: State
    on: str
    text: str
    verb: str
    page: str


def words_of(need: Need) -> NeedWords:
    """The words for a need."""
    match need.kind:
        case "unknown_verdict":
            text = translate("Needs", "Verdict unknown since the last update. Plug in to read it back.")
            state, verb, page = State.OUT_OF_SPECIFICATION, translate("Needs", "Plug in"), "devices"
        case "unsure_events":
            text = _unsure(need.n)
            state, verb, page = State.NOT_CHECKED, translate("Needs", "Look"), "label"
        case "no_champion":
            text = translate("Needs", "{n} trained, no champion yet. Choose the one that goes on.").format(n=need.n)
            state, verb, page = State.MAINTENANCE_REQUIRED, translate("Needs", "Compare"), "compare"
        case "not_packaged":
            text = translate("Needs", "The champion {title} is not packaged for a device yet.").format(title=need.title)
            state, verb, page = State.MAINTENANCE_REQUIRED, translate("Needs", "Package"), "package"
        case "not_signed":
            text = translate("Needs", "Waits for a signature; no device takes it before.")
            state, verb, page = State.NOT_CHECKED, translate("Needs", "Sign"), "package"
        case _:
            assert_never(need.kind)
    return NeedWords(state=state, on=need.on or translate("Needs", "Runs"), text=text, verb=verb, page=page)


def _unsure(n_events: int) -> str:
    one = translate("Needs", "1 event is marked unsure. Real, not real or unsure?")
    many = translate("Needs", "{n} events are marked unsure. Real, not real or unsure?")
    return one if n_events == 1 else many.format(n=n_events)
