"""Alerts: delays and deadband, step by step and in one go; and what a window without a score does."""

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.scoring.alerts import AlertState, alarms_of

S = 1_000_000_000
PLAIN = ScoringSpec(
    task="anomaly", channels=(ChannelSpec(name="C"),), sample_period_s=1, window_samples=2, stride_samples=1, hold_limit_s=0
)


def with_(**changes):
    return msgspec.structs.replace(PLAIN, **changes)


def states(spec, scores, step_s=1):
    end_ns = np.arange(len(scores)) * step_s * S
    return alarms_of(np.array(scores, np.float32), end_ns, spec).tolist()


def test_without_delays_an_alarm_is_a_score_of_at_least_one_half():
    below = float(np.nextafter(np.float32(0.5), np.float32(0)))
    assert states(PLAIN, [0.4, 0.5, below, 0.6, np.nan]) == [False, True, False, True, False]


def test_the_on_delay_asks_for_a_score_that_stays():
    assert states(with_(on_delay_s=2.0), [0.6, 0.6, 0.4, 0.6, 0.6, 0.6, 0.6]) == [False] * 5 + [True, True]


def test_the_off_delay_keeps_an_alert_through_a_dip():
    assert states(with_(off_delay_s=2.0), [0.6, 0.4, 0.6, 0.4, 0.4, 0.4, 0.4]) == [True] * 5 + [False, False]


def test_the_deadband_holds_an_alert_just_under_the_threshold():
    assert states(with_(deadband=0.1), [0.45, 0.55, 0.45, 0.41, 0.39, 0.45]) == [False, True, True, True, False, False]


def test_a_window_without_a_score_ends_the_alert_and_the_waiting():
    assert states(with_(on_delay_s=1.0), [0.6, 0.6, np.nan, 0.6, 0.6]) == [False, True, False, False, True]
    state = AlertState(with_(on_delay_s=1.0))
    assert [state.step(score, at * S) for at, score in enumerate([0.6, None, 0.6, 0.6])] == [False, False, False, True]


def test_delays_count_time_and_not_windows():
    assert states(with_(on_delay_s=60.0), [0.6, 0.6, 0.6], step_s=30) == [False, False, True]


@given(
    st.lists(st.one_of(st.floats(0, 1, width=32), st.just(float("nan"))), max_size=40),
    st.sampled_from([0.0, 1.0, 3.0]), st.sampled_from([0.0, 2.0]), st.sampled_from([0.0, 0.2]),
)  # fmt: skip
def test_step_by_step_gives_what_one_go_gives(scores, on_s, off_s, deadband):
    spec = with_(on_delay_s=on_s, off_delay_s=off_s, deadband=deadband)
    state = AlertState(spec)
    stepped = [state.step(float(np.float32(score)), at * S) for at, score in enumerate(scores)]
    assert stepped == states(spec, scores)
