"""Corrections are a layer: what a recording shows through it, while the recording stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.core.clock import format_utc
from workbench.core.errors import InputError
from workbench.logs.corrections.corrected import CorrectedRecording, correct
from workbench.logs.corrections.correction import Correction
from workbench.logs.corrections.layer import (
    add_correction,
    apply_clock,
    check_correction,
    decode_layer,
    encode_layer,
    plan_layer,
    remove_correction,
    undo_clock,
)
from workbench.logs.recordings.recording import Recording, open_recording, write_recording
from workbench.logs.summary import ChannelFacts, RecordingFacts

SECOND = 1_000_000_000
START = 1_773_273_600 * SECOND  # 2026-03-12T00:00:00Z
N = 50_000


def at(row: int) -> str:
    return format_utc(START + row * SECOND)


def correction(action: str, **values: object) -> Correction:
    return check_correction(Correction(action=action, asset="P-1", **values))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    folder = tmp_path_factory.mktemp("recording")
    rng = np.random.default_rng(0)
    columns = {"PI-1": np.round(6 + rng.normal(0, 0.1, N), 3), "PI-2": np.round(1 + rng.normal(0, 0.1, N), 3)}
    columns["PI-1"][40_000:40_010] = -99.0
    facts = tuple(
        ChannelFacts(name=name, unit="bar", n_good=N, bad={}, min=float(v.min()), max=float(v.max()), mean=float(v.mean()))
        for name, v in columns.items()
    )
    times = START + np.arange(N, dtype=np.int64) * SECOND
    summary = RecordingFacts(
        source="a.csv", rows=N, first_ns=int(times[0]), last_ns=int(times[-1]), sample_period_s=1.0, channels=facts, n_gaps=0,
        n_duplicates_dropped=0, n_backward_steps=0,
    )  # fmt: skip
    write_recording(folder, summary, times, columns)
    return open_recording(folder)


def test_an_excluded_stretch_has_no_values_and_the_rest_is_as_it_was(raw: Recording) -> None:
    shown = correct(raw, (correction("exclude", channel="PI-1", start_utc=at(100), end_utc=at(199)),), "r")
    values = shown.values("PI-1")
    assert np.isnan(values[100:200]).all()
    assert np.array_equal(np.delete(values, np.s_[100:200]), np.delete(np.asarray(raw.values("PI-1")), np.s_[100:200]))
    assert shown.excluded("PI-1") == [(START + 100 * SECOND, START + 199 * SECOND + 1)]
    assert shown.values("PI-2") is raw.values("PI-2")


def test_without_a_channel_a_stretch_of_all_channels_is_excluded(raw: Recording) -> None:
    shown = correct(raw, (correction("exclude", start_utc=at(100)),), "r")
    assert all(np.isnan(shown.values(name)[100:]).all() for name in ("PI-1", "PI-2"))


def test_corrections_apply_in_their_order_each_to_what_the_ones_before_made(raw: Recording) -> None:
    layer = (
        correction("scale", channel="PI-1", factor=2.0, start_utc=at(1000)),
        correction("scale", channel="PI-1", factor=1.0, offset=5.0, start_utc=at(2000)),
        correction("swap", channel="PI-1", other="PI-2", start_utc=at(3000), end_utc=at(3999)),
    )
    shown = correct(raw, layer, "r").values("PI-1")
    one, two = (np.asarray(raw.values(name), np.float64) for name in ("PI-1", "PI-2"))
    assert np.allclose(shown[:1000], one[:1000])
    assert np.allclose(shown[1000:2000], 2 * one[1000:2000])
    assert np.allclose(shown[2000:3000], 2 * one[2000:3000] + 5)
    assert np.allclose(shown[3000:4000], two[3000:4000])
    assert np.allclose(correct(raw, layer, "r").values("PI-2")[3000:4000], 2 * one[3000:4000] + 5)


@pytest.mark.parametrize("n_pixels", [50, 400, 40_000])
def test_a_corrected_channel_is_drawn_with_the_extremes_of_its_corrected_samples(raw: Recording, n_pixels: int) -> None:
    layer = (
        correction("scale", channel="PI-1", factor=-14.5, start_utc=at(25_000)),
        correction("exclude", channel="PI-1", start_utc=at(10_000), end_utc=at(12_000)),
    )
    shown = correct(raw, layer, "r")
    values, times = shown.values("PI-1"), shown.times_ns
    drawn = shown.envelope("PI-1", int(times[0]), int(times[-1]), n_pixels)
    assert np.nanmin(drawn.minimum) == pytest.approx(np.nanmin(values))
    assert np.nanmax(drawn.maximum) == pytest.approx(np.nanmax(values))
    assert (np.diff(drawn.times_ns) > 0).all()
    hidden = (drawn.times_ns >= START + 10_000 * SECOND) & (drawn.times_ns <= START + 12_000 * SECOND)
    assert np.isnan(drawn.minimum[hidden]).all()


def test_a_value_that_means_none_is_neither_drawn_nor_read(raw: Recording) -> None:
    shown = correct(raw, (correction("missing", channel="PI-1", value=-99.0),), "r")
    assert np.isnan(shown.values("PI-1")[40_000:40_010]).all()
    assert np.nanmin(shown.values("PI-1")) > 5
    for n_pixels in (60, 900):
        assert np.nanmin(shown.envelope("PI-1", START, START + N * SECOND, n_pixels).minimum) > 5


def test_facts_say_the_extremes_of_what_is_shown(raw: Recording) -> None:
    shown = correct(raw, (correction("exclude", channel="PI-1", start_utc=at(40_000), end_utc=at(40_009)),), "r")
    facts = next(one for one in shown.summary.channels if one.name == "PI-1")
    assert facts.min == pytest.approx(np.nanmin(shown.values("PI-1")))


def test_a_shifted_clock_moves_instants_and_rows_are_found_where_they_are_shown(raw: Recording) -> None:
    shown = correct(raw, (correction("clock", shift_s=250.0),), "r")
    assert shown.times_ns[0] == START + 250 * SECOND
    assert shown.axis.index_at(START + 260 * SECOND, after=False) == 10
    assert shown.summary.first_ns == START + 250 * SECOND
    assert shown.last_known("PI-2", START + 255 * SECOND) == (pytest.approx(float(raw.values("PI-2")[5])), START + 255 * SECOND)
    drawn = shown.envelope("PI-2", START + 250 * SECOND, START + 1250 * SECOND, 4000)
    assert drawn.times_ns[0] == START + 250 * SECOND


def test_a_drifting_clock_is_stretched_from_its_start(raw: Recording) -> None:
    shown = correct(raw, (correction("clock", drift_ppm=1000.0, start_utc=at(0)),), "r")
    assert shown.times_ns[40_000] == START + 40_040 * SECOND
    rows = [shown.axis.index_at(int(shown.times_ns[row]), after=False) for row in (0, 7, 40_000)]
    assert rows == [0, 7, 40_000]


def test_an_exclusion_made_before_the_clock_was_corrected_stays_on_its_samples(raw: Recording) -> None:
    exclude = correction("exclude", channel="PI-1", start_utc=at(100), end_utc=at(199))
    clock = correction("clock", shift_s=1000.0)
    before, after = (correct(raw, layer, "r").values("PI-1") for layer in ((exclude, clock), (clock, exclude)))
    assert np.flatnonzero(np.isnan(before)).tolist() == list(range(100, 200))
    assert not np.isnan(after).any(), "after the clock was corrected nothing is shown at 100 s"


def test_a_clock_that_would_show_time_running_back_is_refused_with_both_instants(raw: Recording) -> None:
    with pytest.raises(InputError, match=r"would show 2026-03-12T00:15:00Z after 2026-03-12T00:16:39Z"):
        correct(raw, (correction("clock", shift_s=-100.0, start_utc=at(1000)),), "r")


def test_undoing_the_clock_finds_the_instant_that_it_shows() -> None:
    plan = plan_layer(
        (correction("clock", shift_s=30.0, start_utc=at(500)), correction("clock", drift_ppm=200.0, start_utc=at(2000))), "r", []
    )
    for row in (0, 499, 500, 1000, 5000, 40_000):
        own = START + row * SECOND
        (shown,) = apply_clock(plan.clock, np.array([own], np.int64))
        assert abs(undo_clock(plan.clock, int(shown)) - own) <= 1


def test_a_layer_that_says_nothing_about_a_recording_leaves_it_alone(raw: Recording) -> None:
    assert correct(raw, (correction("exclude", recording="other"),), "r") is raw
    assert correct(raw, (correction("accept", finding="SPIKE@PI-1@"),), "r") is raw
    assert not isinstance(correct(raw, (), "r"), CorrectedRecording)


def test_the_same_correction_is_not_put_on_twice_and_one_is_removed_by_its_first_characters() -> None:
    layer = add_correction((), Correction(action="exclude", asset="P-1", channel="PI-1", author="A", created_utc=at(0)))
    assert (
        add_correction(layer, Correction(action="exclude", asset="P-1", channel="PI-1", author="B", created_utc=at(9))) == layer
    )
    assert remove_correction(layer, layer[0].id[:5]) == ()
    with pytest.raises(InputError, match="'zz' fits 0 corrections"):
        remove_correction(layer, "zz")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"action": "scale"}, "takes a channel"), ({"action": "swap", "channel": "A", "other": "A"}, "can't be exchanged"),
        ({"action": "scale", "channel": "A", "factor": 0.0}, "factor not 0"),
        ({"action": "clock", "drift_ppm": 1e6}, "is no clock"),
        ({"action": "exclude", "start_utc": at(9), "end_utc": at(1)}, "ends"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_refused_in_words(values: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_correction(Correction(asset="P-1", **values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "scale", "channel": "PI-1", "factor": 0.0},
        {"action": "clock", "drift_ppm": -1e6},
        {"action": "clock", "shift_s": 1e300},
        {"action": "clock", "shift_s": 1e12},
        {"action": "exclude", "start_utc": "whenever"},
    ],
)
def test_a_stored_correction_that_nobody_could_have_made_is_refused(wrong: dict[str, object]) -> None:
    given = Correction(asset="P-1", id="ab", **wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        decode_layer(encode_layer("P-1", (given,)), "P-1")


def test_a_stored_layer_comes_back_as_it_was() -> None:
    layer = (correction("scale", channel="PI-1", factor=10.0, why="ten times"), correction("clock", shift_s=-1.8e9))
    assert decode_layer(encode_layer("P-1", layer), "P-1") == layer


@pytest.mark.parametrize(
    ("one", "n", "words"),
    [
        ({"action": "scale", "channel": "PI-1", "factor": 1e-200}, 2, "multiply to 0"),
        ({"action": "scale", "channel": "PI-1", "factor": 1e200}, 2, "multiply to inf"),
        ({"action": "clock", "shift_s": 1.5e9}, 2, "add up to 3e"),
        ({"action": "clock", "drift_ppm": -4e5}, 2, "add up to 0 s and -800000 ppm"),
    ],
)
def test_corrections_that_are_too_much_together_are_refused(one: dict[str, object], n: int, words: str) -> None:
    layer = tuple(correction(**{**one, "why": str(k)}) for k in range(n))  # type: ignore[arg-type]
    with pytest.raises(InputError, match=words):
        plan_layer(layer, "r", ["PI-1"])
