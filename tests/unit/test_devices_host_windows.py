"""Windows drawn now: both sides, gaps, and none that a device could have read."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from tests.contracts import bundle_fixtures as fixtures
from workbench.bundle.verify import open_bundle
from workbench.core.wire import Passport, ScoreReply, SlotsReply, SlotState, UploadProgress
from workbench.devices.host_windows import DrawnWindow, ask_device, draw_windows
from workbench.devices.verdicts import Snapshot, Trouble, judge

BUNDLE = open_bundle(fixtures.make_bundle())
NOW_NS = 1_767_225_600_123_456_789


def drawn(seed: int = 1) -> tuple[DrawnWindow, ...]:
    return draw_windows(BUNDLE.manifest, BUNDLE.members, np.random.default_rng(seed), at_ns=NOW_NS)


def test_both_sides_of_the_threshold_and_no_score_are_among_them() -> None:
    scores = [window.expected for window in drawn()]
    assert sum(score is None for score in scores) == 1
    assert sum(score is not None and score >= 0.5 for score in scores) >= 2
    assert sum(score is not None and score < 0.5 for score in scores) >= 2


def test_some_have_gaps() -> None:
    assert any(np.isnan(window.values).any() and window.expected is not None for window in drawn())


def test_two_draws_differ() -> None:
    assert drawn(1)[0].blob() != drawn(2)[0].blob()


class Answers:
    """A device that answers from a list."""

    def __init__(self, scores: list[float | None]) -> None:
        self._scores = scores

    def score_samples(self, blob: bytes) -> ScoreReply:
        return ScoreReply(offset_bytes=len(blob), is_scored=True, score=self._scores.pop(0))


def test_a_device_that_answers_as_the_host_does_passes() -> None:
    windows = drawn()
    report = ask_device(Answers([window.expected for window in windows]), windows, 1e-4)  # type: ignore[arg-type]
    assert (report.is_passed, report.n_windows, report.n_without_score) == (True, 9, 1)


@pytest.mark.parametrize("index", [0, 8])
def test_one_wrong_answer_fails_whether_it_is_a_score_or_none(index: int) -> None:
    windows = drawn()
    answers = [window.expected for window in windows]
    answers[index] = 0.123 if answers[index] is None else None
    assert not ask_device(Answers(answers), windows, 1e-4).is_passed  # type: ignore[arg-type]


def slot(number: int, release: int, *roles: str) -> SlotState:
    return SlotState(
        slot=number, name="m", release=release, identity=f"i{release}", image_sha256=f"s{release}", size_bytes=1,
        active="active" in roles, confirmed="confirmed" in roles, pending="pending" in roles, bootable=True,
    )  # fmt: skip


def device(*slots: SlotState) -> Snapshot:
    passport = Passport(
        board="b", serial="s", tag="t", model_line="l", agent_version="", security_floor=0, trust_keys=(), uptime_s=0,
        clock_utc="", free_bytes=0,
    )  # fmt: skip
    return Snapshot(passport=passport, slots=SlotsReply(slots=slots, upload=UploadProgress()))


OLD = device(slot(0, 3, "active", "confirmed"), slot(1, 2))
LOST = Trouble(step="self-test", reason="disconnected", message="gone")


@pytest.mark.parametrize(
    ("after", "trouble", "expected"),
    [
        (device(slot(0, 3), slot(1, 4, "active", "confirmed")), None, ("verified", "confirmed")),
        (device(slot(0, 3), slot(1, 4, "active", "confirmed")), LOST, ("verified", "confirmed")),
        (device(slot(0, 3, "confirmed"), slot(1, 4, "active")), None, ("unknown", "awaiting_confirm")),
        (device(slot(0, 3, "confirmed"), slot(1, 4, "active")), LOST, ("unknown", "on_trial")),
        (device(slot(0, 3, "active", "confirmed"), slot(1, 4)), LOST, ("failed", "rolled_back")),
        (device(slot(0, 3, "active", "confirmed"), slot(1, 4, "pending")), LOST, ("unknown", "test_boot_pending")),
        (OLD, msgspec.structs.replace(LOST, step="transfer"), ("failed", "failed_at_transfer")),
        (OLD, msgspec.structs.replace(LOST, step="check", is_refusal=True), ("failed", "refused")),
        (device(slot(0, 9, "active", "confirmed"), slot(1, 4)), LOST, ("unknown", "other_model")),
    ],
)
def test_the_verdict_follows_from_what_was_read_back(after: Snapshot, trouble: Trouble | None, expected: tuple[str, str]) -> None:
    verdict = judge("s4", OLD, after, trouble, "COM3")
    assert (verdict.word, verdict.state) == expected
    assert verdict.word != "unknown" or "COM3" in verdict.next_action
