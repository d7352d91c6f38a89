"""Words for what devices and their services say in short codes: pre-flight lights, and what to do after an Unknown."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication

from workbench.services.devices import Light, UpdateResult
from workbench.ui.format import size
from workbench.ui.states import State, find_state

_BYTES = re.compile(r"\b(\d+)(?: of (\d+))? bytes\b")
translate = QCoreApplication.translate  # under this name lupdate finds the texts


def light_name(code: str) -> str:
    """'Right pump' of 'right_pump'; a code that is not known yet is shown as words."""
    names = {
        "right_pump": translate("Lights", "Right pump"),
        "right_device": translate("Lights", "Right device"),
        "right_board": translate("Lights", "Right board"),
        "signature": translate("Lights", "Signature"),
        "model_line": translate("Lights", "Model line"),
        "security_floor": translate("Lights", "Security floor"),
        "release": translate("Lights", "Release"),
        "fits": translate("Lights", "Fits"),
        "spare_slot": translate("Lights", "Spare slot"),
        "cable": translate("Lights", "Cable"),
    }
    return names.get(code, code.replace("_", " ").capitalize())


def plain_sizes(text: str) -> str:
    """'45 kB of 16 MB' for '45173 of 16000000 bytes'."""
    return _BYTES.sub(_with_size, text)


def _with_size(found: re.Match[str]) -> str:
    first, all_of = found.group(1), found.group(2)
    if all_of is None:
        return size(int(first))
    return translate("Lights", "{n} of {all}").format(n=size(int(first)), all=size(int(all_of)))


def light_fix(light: Light) -> str:
    """What to do about a light that isn't good, with the means of this page."""
    if light.name == "right_pump" and light.state == State.NOT_CHECKED:
        return translate("Lights", "Type the tag of the pump you stand at, below.")
    return light.fix


def step_name(code: str) -> str:
    """'Self-test' of 'self-test': one of the steps of an update."""
    names = {
        "identify": translate("Steps", "Identify"),
        "check": translate("Steps", "Pre-flight"),
        "transfer": translate("Steps", "Write"),
        "verify": translate("Steps", "Read back"),
        "activate": translate("Steps", "Test boot"),
        "self-test": translate("Steps", "Self-test"),
        "confirm": translate("Steps", "Confirm"),
        "receipt": translate("Steps", "Receipt"),
    }
    return names.get(code, code.replace("-", " ").capitalize())


def verdict_name(word: str) -> str:
    """One of three words."""
    names = {
        "verified": translate("Verdicts", "Verified"),
        "failed": translate("Verdicts", "Failed"),
        "unknown": translate("Verdicts", "Unknown"),
    }
    return names[word]


def state_of_word(word: str) -> State | None:
    """The state of a journal line: a state's own word, or one of the three verdicts."""
    verdicts = {"verified": State.GOOD, "failed": State.FAILURE, "unknown": State.OUT_OF_SPECIFICATION}
    return verdicts.get(word) or find_state(word)


def next_step(result: UpdateResult) -> str:
    """What to do after an Unknown, with the buttons of this page instead of commands."""
    texts = {
        "not_reached": translate("Verdicts", "plug the cable back in, then press Resume. What ran before keeps running."),
        "awaiting_confirm": translate("Verdicts", "press Resume to confirm; a restart brings the old model back."),
        "on_trial": translate("Verdicts", "press Resume; a restart of the device brings the old model back."),
        "other_model": translate("Verdicts", "look at the device again: another model runs than before."),
    }
    return texts.get(result.state, result.next_action)


def can_resume(result: UpdateResult) -> bool:
    """Whether going on can end it: cut off, on trial, or stopped while it was written."""
    return result.verdict == "unknown" or result.state == "not_started" or result.state.startswith("failed_at_")
