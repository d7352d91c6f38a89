"""The written station: same bytes, labels that the physics obeys, and a log that looks like a log."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from workbench.core.clock import format_utc, parse_utc
from workbench.core.errors import JobCancelled
from workbench.core.jobs import Job
from workbench.logs.parse import parse_logs
from workbench.samples.fleet import plan_station, simulate_pair, surroundings
from workbench.samples.instruments import Calibration, Instrument, read_instrument, stamps_ns
from workbench.samples.wander import Streams, ornstein_uhlenbeck
from workbench.services.samples import SampleRequest, write_samples

DAY_S = 86400.0


@pytest.fixture(scope="module")
def station():
    streams = Streams(3)
    around = surroundings(4 * DAY_S, 60.0, streams)
    plans = plan_station(4, 4 * DAY_S, streams)
    return around, [truth for plan in plans for truth in simulate_pair(plan, around, streams)]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    return write_samples(SampleRequest(out=str(folder), pumps=3, days=2.0, seed=5, period_s=60.0), Job())


def test_the_same_seed_writes_the_same_bytes(written, tmp_path):
    again = write_samples(SampleRequest(out=str(tmp_path), pumps=3, days=2.0, seed=5, period_s=60.0), Job())
    for first, second in zip(
        (*written.logs, written.events, written.work_orders), (*again.logs, again.events, again.work_orders), strict=True
    ):
        assert Path(first).read_bytes() == Path(second).read_bytes()


def test_another_seed_writes_other_bytes(written, tmp_path):
    other = write_samples(SampleRequest(out=str(tmp_path), pumps=1, days=2.0, seed=6, period_s=60.0), Job())
    assert Path(other.logs[0]).read_bytes() != Path(written.logs[0]).read_bytes()


def test_more_pumps_do_not_change_the_first(written, tmp_path):
    one = write_samples(SampleRequest(out=str(tmp_path), pumps=1, days=2.0, seed=5, period_s=60.0), Job())
    assert Path(one.logs[0]).read_bytes() == Path(written.logs[0]).read_bytes()


def test_logs_carry_isa_tags_with_units_and_increasing_utc_stamps(written):
    with Path(written.logs[0]).open(encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    assert rows[0][:5] == ["time_utc", "SI-2041A [rpm]", "PI-2040A [bar]", "PI-2041A [bar]", "FI-2041A [m3/h]"]
    assert {"VI-2041A-DE [mm/s]", "TI-2041A-W [degC]", "LI-2041A [%]"} <= set(rows[0])
    stamps = np.asarray([parse_utc(row[0]) for row in rows[1:]])
    assert np.all(np.diff(stamps) > 0)
    assert written.assets == ("P-2041A", "P-2041B", "P-2051A")


def test_the_beginning_of_every_log_is_healthy(station):
    _, trains = station
    starts = [event.start_s for truth in trains for event in truth.events]
    assert len(starts) >= 2 * len(trains)
    assert min(starts) >= 0.3 * 4 * DAY_S


def test_most_of_the_time_nothing_is_wrong(station):
    _, trains = station
    for truth in trains:
        assert sum(event.end_s - event.start_s for event in truth.events) < 0.45 * 4 * DAY_S


def test_one_pump_of_each_pair_always_runs(station):
    _, trains = station
    for first, second in zip(trains[::2], trains[1::2], strict=True):
        assert np.mean(first.is_running | second.is_running) > 0.98
        assert np.mean(first.is_running & second.is_running) < 0.6


def _effect(truth, around, kind, values):
    """Median during the event against the healthy steady running before any event."""
    event = next(event for event in truth.events if event.kind == kind)
    later_half = (around.t_s > 0.5 * (event.start_s + event.end_s)) & (around.t_s < event.end_s) & truth.is_running
    well = (around.t_s < 0.3 * 4 * DAY_S) & truth.is_running
    return float(np.median(values[later_half]) / np.median(values[well]))


def _with(trains, kind):
    return [truth for truth in trains if any(event.kind == kind for event in truth.events)]


def test_unbalance_shows_at_both_ends_and_not_in_the_housing_noise(station):
    around, trains = station
    for truth in _with(trains, "unbalance"):
        assert _effect(truth, around, "unbalance", truth.train.velocity_mm_per_s[:, 1]) > 1.4
        assert _effect(truth, around, "unbalance", truth.train.acceleration_g[:, 0]) < 1.35


def test_misalignment_shows_most_in_the_axial_direction(station):
    around, trains = station
    found = _with(trains, "misalignment")
    assert found
    for truth in found:
        axial = _effect(truth, around, "misalignment", truth.train.velocity_mm_per_s[:, 2])
        assert axial > 1.3
        assert axial > _effect(truth, around, "misalignment", truth.train.velocity_mm_per_s[:, 1])


def test_a_bearing_rings_the_housing_long_before_it_warms(station):
    around, trains = station
    found = _with(trains, "bearing growth")
    assert found
    for truth in found:
        assert _effect(truth, around, "bearing growth", truth.train.acceleration_g[:, 0]) > 2.0
        assert _effect(truth, around, "bearing growth", truth.train.bearing_de_c) < 1.3


def test_cavitation_lowers_suction_and_makes_the_housing_loud_and_leaves_the_seal_alone(station):
    around, trains = station
    found = _with(trains, "cavitation")
    assert found
    for truth in found:
        assert _effect(truth, around, "cavitation", truth.state.npsh_ratio) < 0.7
        assert _effect(truth, around, "cavitation", truth.train.acceleration_g[:, 0]) > 2.0


def test_a_seal_leak_shows_in_its_pot_alone(station):
    around, trains = station
    for truth in _with(trains, "seal leak"):
        assert _effect(truth, around, "seal leak", truth.train.velocity_mm_per_s[:, 0]) == pytest.approx(1.0, abs=0.45)


def test_a_standing_pump_is_shaken_by_its_neighbour(station):
    _, trains = station
    first, second = trains[0], trains[1]
    standing = ~first.is_running & second.is_running & (first.state.r < 0.01)
    assert (
        0.005
        < np.median(first.train.velocity_mm_per_s[standing, 0])
        < 0.3 * np.median(first.train.velocity_mm_per_s[first.is_running, 0])
    )


def test_speed_is_never_constant(station):
    _, trains = station
    for truth in trains:
        assert np.unique(np.round(truth.state.r[truth.is_running], 7)).size > 0.9 * truth.is_running.sum()


def test_ornstein_uhlenbeck_has_unit_variance_and_remembers():
    x = ornstein_uhlenbeck(200_000, 1.0, 20.0, np.random.default_rng(0))
    assert np.var(x) == pytest.approx(1.0, abs=0.06)
    assert np.corrcoef(x[:-20], x[20:])[0, 1] == pytest.approx(np.exp(-1.0), abs=0.05)


def test_an_instrument_clips_where_its_current_loop_ends():
    transmitter = Instrument(tag="PI-1", unit="bar", low=0.0, high=10.0, damping_s=0.0, decimals=3)
    read = read_instrument(transmitter, Calibration(zero_share=0.0, gain=1.0), np.asarray([-5.0, 5.0, 50.0]), 1.0)
    # 3.8 mA and 20.5 mA of 4-20 mA over 10 bar (NAMUR NE 43)
    assert read == pytest.approx([-0.125, 5.0, 10.3125], abs=1e-3)


def test_a_clock_that_is_set_back_each_night_never_writes_an_earlier_stamp():
    t = np.arange(0.0, 2 * DAY_S, 1.0)
    for seed in range(5):
        assert np.all(np.diff(stamps_ns(0, t, np.random.default_rng(seed))) > 0)


def test_a_cancelled_job_stops_between_pumps(tmp_path):
    job = Job()
    job.cancel()
    with pytest.raises(JobCancelled):
        write_samples(SampleRequest(out=str(tmp_path), pumps=1, days=0.1), job)


def test_an_hour_of_log_needs_no_events(tmp_path):
    result = write_samples(SampleRequest(out=str(tmp_path), pumps=2, days=0.05, seed=2), Job())
    assert len(Path(result.logs[0]).read_text(encoding="utf-8").splitlines()) == 145
    assert Path(result.events).read_text(encoding="utf-8").startswith("asset,name,start_utc,end_utc,state")


def test_bursts_are_written_where_asked_for_and_change_no_log(written, tmp_path):
    request = SampleRequest(out=str(tmp_path), pumps=1, days=2.0, seed=5, period_s=60.0, burst_every_h=12.0)
    with_bursts = write_samples(request, Job())
    assert Path(with_bursts.logs[0]).read_bytes() == Path(written.logs[0]).read_bytes()
    (recording,) = parse_logs([with_bursts.bursts[0]]).recordings
    facts = recording.facts
    assert (facts.group, facts.rate_hz, facts.n_bursts, facts.rows) == ("waveform", 25600.0, 4, 4 * 25600)
    assert [(channel.name, channel.unit, channel.detected) for channel in facts.channels] == [
        ("VT-2041A-DE", "g", "raw"),
        ("VT-2041A-NDE", "g", "raw"),
        ("ST-2041A-KEY", "V", "raw"),
    ]
    assert format_utc(recording.times_ns[25600]) == "2026-03-02T18:00:00Z"


def test_key_phase_pulses_turn_with_the_first_order_of_the_vibration(written, tmp_path):
    request = SampleRequest(out=str(tmp_path), pumps=1, days=1.0, seed=5, period_s=60.0, burst_every_h=2.0)
    (recording,) = parse_logs([write_samples(request, Job()).bursts[0]]).recordings
    pulses = recording.columns["ST-2041A-KEY"].reshape(-1, 25600) > 2.5
    rises = [np.flatnonzero(row[1:] & ~row[:-1]) for row in pulses]
    turning = [index for index, edges in enumerate(rises) if edges.size > 10]
    assert turning
    for index in turning:
        turns_hz = (rises[index].size - 1) * 25600 / (rises[index][-1] - rises[index][0])
        spectrum = np.abs(np.fft.rfft(recording.columns["VT-2041A-DE"].reshape(-1, 25600)[index]))
        assert abs(int(np.argmax(spectrum[20:80])) + 20 - turns_hz) <= 1.0  # 1 s of samples: a line is 1 Hz
