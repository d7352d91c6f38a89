"""Words for what devices and their services say in short codes: the model, pre-flight lights, what to do after an Unknown."""

from __future__ import annotations

import re
from datetime import tzinfo

from PySide6.QtCore import QCoreApplication

from workbench.core.wire import LiveState, Verdict
from workbench.services.devices import Light, UpdateResult
from workbench.ui.format import instant, number, size
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


def model_state(live: LiveState) -> tuple[State, str]:
    """Symbol and words for what the running model says; of an agent that says no state, only whether there is a score."""
    if live.state == Verdict.NO_DATA:
        return State.OUT_OF_SPECIFICATION, translate("Model", "No data")
    if live.state == Verdict.NO_MODEL:
        return State.NOT_CHECKED, translate("Model", "No model runs")
    if live.score is None:
        return State.NOT_CHECKED, translate("Model", "No score")
    if live.is_alert:
        return State.MAINTENANCE_REQUIRED, translate("Model", "Alert")
    return State.GOOD, translate("Model", "No alert")


def model_words(live: LiveState, zone: tzinfo) -> str:
    """'0.31 at 16 Mar 10:52:33', or why there is no score and since when."""
    if live.state == Verdict.NO_DATA:
        return _silence_words(live, zone)
    if live.state == Verdict.NO_MODEL:
        return translate("Model", "none")
    if live.score is not None:
        at = instant(live.score_utc, zone)
        return translate("Model", "{score} at {at}").format(score=number(live.score, 2), at=at)
    if live.state == Verdict.NO_SCORE:
        return translate("Model", "none: the model's window is not whole")
    return translate("Model", "none yet")


def _silence_words(live: LiveState, zone: tzinfo) -> str:
    first = live.silent[0] if live.silent else None
    name = first.name if first else "–"
    since = instant(first.since_utc, zone) if first and first.since_utc else ""
    if live.n_silent > 1:
        name = translate("Model", "{name} and {n} more").format(name=name, n=live.n_silent - 1)
    if since:
        return translate("Model", "none: {name} silent since {since}").format(name=name, since=since)
    return translate("Model", "none: {name} silent since the device started").format(name=name)


def step_name(code: str) -> str:
    """'Self-test' of 'self-test': one of the steps of an update."""
    names = {
        "identify": translate("Steps", "Identify"),
        "check": translate("Steps", "Pre-flight"),
        "trust": translate("Steps", "Trust"),
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
