"""The states of NAMUR NE 107, as services name them, with their words: symbol + word + colour, never colour alone."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QCoreApplication


class State(StrEnum):
    """A state; its value is the word that services and journals use."""

    FAILURE = "failure"
    FUNCTION_CHECK = "function_check"
    OUT_OF_SPECIFICATION = "out_of_specification"
    MAINTENANCE_REQUIRED = "maintenance_required"
    GOOD = "good"
    NOT_CHECKED = "not_checked"


VERDICTS = {"verified": State.GOOD, "failed": State.FAILURE, "unknown": State.OUT_OF_SPECIFICATION}
"""What a device update's verdict looks like."""


def find_state(word: str) -> State | None:
    """The state of a service's word, or None for '' and words that are no state."""
    try:
        return State(word)
    except ValueError:
        return None


def state_word(state: State) -> str:
    """The word a person reads."""
    words = {
        State.FAILURE: QCoreApplication.translate("State", "Failure"),
        State.FUNCTION_CHECK: QCoreApplication.translate("State", "Function check"),
        State.OUT_OF_SPECIFICATION: QCoreApplication.translate("State", "Out of specification"),
        State.MAINTENANCE_REQUIRED: QCoreApplication.translate("State", "Maintenance required"),
        State.GOOD: QCoreApplication.translate("State", "Good"),
        State.NOT_CHECKED: QCoreApplication.translate("State", "Not checked"),
    }
    return words[state]
