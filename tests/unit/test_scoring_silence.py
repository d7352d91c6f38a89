"""Silent sensors: from which instant on, for how long, and that a gateway and a laptop name the same ones."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.test_scoring_windower import S, column, make_spec, seconds, streams
from workbench.scoring.missing import NEVER_NS
from workbench.scoring.silence import SilenceChange, SilenceState, silences_of
from workbench.scoring.windower import longest_gap_ns, windows_of


def change(at_s, *, is_silent, last_s, channel=0):
    last_ns = NEVER_NS if last_s is None else round(last_s * S)
    return SilenceChange(at_ns=round(at_s * S), channel=channel, is_silent=is_silent, last_good_ns=last_ns)


def test_a_sensor_is_silent_once_it_is_older_than_a_window():
    found = silences_of(seconds(0, 1, 2, 3), column(1, 2, 3, 4), make_spec(window=4), until_ns=20 * S)
    assert found == [change(8, is_silent=True, last_s=3)]  # 3 s + 4 samples = 7 s; older than that from the next second on


def test_what_is_held_longer_than_a_window_is_not_silent_yet():
    spec = make_spec(window=4, hold_s=10)
    assert silences_of(seconds(0, 1), column(1, 2), spec, until_ns=11 * S) == []
    assert silences_of(seconds(0, 1), column(1, 2), spec, until_ns=12 * S) == [change(12, is_silent=True, last_s=1)]


def test_the_instant_lies_on_the_absolute_grid_whenever_the_sample_came():
    found = silences_of(seconds(0.9, 1.7), column(1, 2), make_spec(window=4), until_ns=20 * S)
    assert found == [change(6, is_silent=True, last_s=1.7)]


def test_a_silence_ends_with_the_next_good_sample():
    found = silences_of(seconds(0, 1, 30.4, 31), column(1, 2, 3, 4), make_spec(window=4))
    assert found == [change(6, is_silent=True, last_s=1), change(30.4, is_silent=False, last_s=1)]


def test_one_silent_sensor_among_others_is_named():
    values = np.array([[1, 1]] + [[2, np.nan]] * 9, float)
    found = silences_of(seconds(*range(10)), values, make_spec(2, window=4))
    assert found == [change(5, is_silent=True, last_s=0, channel=1)]


def test_a_sensor_that_never_spoke_counts_from_the_first_row():
    values = np.array([[1, np.nan]] * 10, float)
    assert silences_of(seconds(*range(10)), values, make_spec(2, window=4)) == [change(5, is_silent=True, last_s=None, channel=1)]


def test_a_device_without_sensors_is_silent_a_window_after_its_start():
    state, nothing = SilenceState(make_spec(window=4)), (seconds(), np.empty((0, 1)))
    assert state.step(*nothing, 100 * S) == []
    assert state.step(*nothing, 104 * S) == []
    assert state.step(*nothing, 105 * S) == [change(105, is_silent=True, last_s=None)]
    assert state.step(*nothing, 200 * S) == []


def test_a_clock_that_was_put_back_is_no_silence():
    state = SilenceState(make_spec(window=4))
    state.step(seconds(1000), column(1), 1020 * S)
    assert state.is_silent.tolist() == [True]
    assert state.step(seconds(100), column(1), 103 * S) == []
    assert state.is_silent.tolist() == [False]


def test_while_a_sensor_is_silent_no_window_is_whole():
    spec = make_spec(window=4, hold_s=6)
    times, values = seconds(0, 1, 2, 3, 30, 31, 32, 33), column(*range(8))
    begun, ended = silences_of(times, values, spec)
    windows = windows_of(times, values, spec)
    is_inside = (windows.end_ns >= begun.at_ns) & (windows.end_ns < ended.at_ns)
    assert is_inside.any()
    assert not windows.is_complete[is_inside].any()


@settings(max_examples=200, deadline=None)
@given(streams(), st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0, 3))
def test_whenever_somebody_looks_the_changes_are_those_of_the_whole_log(stream, shares, behind):
    spec, times, values, _ = stream
    keep = np.concatenate(([True], np.diff(times) > 0))
    times, values = times[keep], values[keep]
    until = int(times[-1]) + round(behind * longest_gap_ns(spec))
    state, done, found = SilenceState(spec), 0, []
    for tick in sorted({int(times[0]) + round(share * (until - int(times[0]))) for share in shares} | {until}):
        end = int(np.searchsorted(times, tick, side="right"))
        found += state.step(times[done:end], values[done:end], tick)
        done = end
    assert found == silences_of(times, values, spec, until_ns=until)
