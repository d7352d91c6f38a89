"""The experiment on a healthy public log: quiet on the clean stream, awake to what is injected into it, and naming the channel.

Reference: the first 3000 s; evaluated every 60 s. Textbook tests (KS with Bonferroni p < .01, PSI > .25) alarm in every
300 s window of it.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from workbench.drift.over_time import ChannelHistory, plan_schedule, watch_channel

DATA = os.environ.get("PUMP_DATA", "")
LOG = Path(DATA) / "skab" / "anomaly-free" / "anomaly-free.csv"
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA or not LOG.is_file(), reason="needs the public data that PUMP_DATA names"),
]
NS = 1_000_000_000
REFERENCE_S = 3000
ONSETS_S = (3600, 5790, 8400)


@pytest.fixture(scope="module")
def healthy():
    lines = LOG.read_text(encoding="utf-8").splitlines()
    cells = [line.split(";") for line in lines[1:]]
    times_ns = np.asarray([row[0] for row in cells], dtype="datetime64[s]").astype(np.int64) * NS
    return times_ns, np.asarray([[float(cell) for cell in row[1:]] for row in cells])


def _histories(times_ns, values) -> list[ChannelHistory]:
    schedule = plan_schedule(times_ns, int(times_ns[0]) + REFERENCE_S * NS, 60.0)
    found = [watch_channel(str(i), times_ns, values[:, i].copy(), schedule) for i in range(values.shape[1])]
    return [history for history in found if history is not None]


def _alarm_times(times_ns, values) -> list[tuple[float, int]]:
    schedule = plan_schedule(times_ns, int(times_ns[0]) + REFERENCE_S * NS, 60.0)
    alarms = [(schedule.bounds_s[a.chunk + 1], int(h.channel)) for h in _histories(times_ns, values) for a in h.alarms]
    return sorted((float(at), channel) for at, channel in alarms)


def _injected(values, channel, onset, kind, times_s):
    changed, after = values.copy(), times_s >= onset
    column = changed[:, channel]
    sd = values[times_s < REFERENCE_S, channel].std()
    if isinstance(kind, float):
        column[after] += kind * sd
    elif kind == "stuck":
        column[after] = column[after][0]
    elif kind == "dropout":
        column[after] = np.nan
    elif kind == "ramp":
        column[after] += sd * (times_s[after] - onset) / 1800.0
    return changed


def _delays(healthy, kinds, channels, within_s):
    """Seconds to the first alarm after each onset where it came in time from the right channel, else None."""
    times_ns, values = healthy
    times_s = (times_ns - times_ns[0]) / NS
    delays = []
    for kind in kinds:
        for channel in channels:
            for onset in ONSETS_S:
                alarms = _alarm_times(times_ns, _injected(values, channel, onset, kind, times_s))
                first = next(((at - onset, who) for at, who in alarms if at > onset), (np.inf, -1))
                delays.append(first[0] if first[0] <= within_s and first[1] == channel else None)
    return delays


def test_the_clean_stream_gives_at_most_one_false_alarm_an_hour(healthy):
    times_ns, values = healthy
    hours = (times_ns[-1] - times_ns[0]) / NS / 3600 - REFERENCE_S / 3600
    assert len(_alarm_times(times_ns, values)) <= hours


def test_offsets_stuck_values_and_dropouts_are_found_soon_and_named(healthy):
    delays = _delays(healthy, (2.0, 3.0, -2.0, -3.0, "stuck", "dropout"), range(8), 600.0)
    found = [delay for delay in delays if delay is not None]
    assert len(found) / len(delays) >= 0.95
    assert np.median(np.ceil(np.asarray(found) / 60.0)) <= 2


def test_a_ramp_is_found_in_about_a_quarter_of_an_hour_on_the_channels_that_stand_still(healthy):
    delays = _delays(healthy, ("ramp",), (2, 3, 6), 1200.0)
    assert all(delay is not None for delay in delays)
    assert np.median(np.asarray(delays, dtype=float)) <= 900.0
