"""Motor, bearing, vibration, heat and seal: each against a published number or its own arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from workbench.samples import bearing, motor, seal, thermal, vibration
from workbench.samples.makers import BearingType, load_pump_types

PUMPS = load_pump_types()
PUMP = PUMPS[0]


def test_defect_orders_of_the_6205_are_those_its_maker_prints():
    # SKF 6205-2RS as tabulated by the Case Western bearing data centre: 3.5848, 5.4152, 0.39828; BSF 4.7135 / 2
    orders = bearing.defect_orders(BearingType(n_balls=9, ball_mm=7.94, pitch_mm=39.04, contact_deg=0.0))
    assert (orders.bpfo, orders.bpfi) == pytest.approx((3.585, 5.415), abs=1e-3)
    assert (orders.bsf, orders.ftf) == pytest.approx((2.357, 0.398), abs=1e-3)


def test_impacts_on_the_outer_race_show_at_bpfo_in_the_envelope_spectrum():
    orders = bearing.defect_orders(PUMP.bearing)
    rate, n, shaft_hz = 5120.0, 16384, 49.0
    train = bearing.ImpactTrain(
        impact_hz=np.full(8, orders.bpfo * shaft_hz), modulation_hz=np.zeros(8), n_samples=n, rate_hz=rate,
        kernel=bearing.ring_kernel(2050.0, 0.035, rate, 256),
    )  # fmt: skip
    wave = bearing.impact_bursts(train, np.random.default_rng(1))
    envelope = np.abs(wave) - np.abs(wave).mean(axis=1, keepdims=True)
    spectrum = np.abs(np.fft.rfft(envelope, axis=1)).mean(axis=0)
    frequency = np.fft.rfftfreq(n, 1 / rate)
    peak_hz = frequency[20 + np.argmax(spectrum[20 : n // 8])]
    assert peak_hz == pytest.approx(orders.bpfo * shaft_hz, rel=0.02)
    assert np.sqrt(np.mean(wave**2)) == pytest.approx(1.0, rel=0.15)


def test_unbalance_answers_most_at_the_resonance_by_one_over_two_zeta():
    hz = np.linspace(10.0, 70.0, 1201)
    displacement = vibration.unbalance_velocity_mm_per_s(PUMP, hz, np.ones(hz.size)) / hz
    zeta = PUMP.structure.damping_ratio
    # The peak of r²/√(…) lies at r = 1/√(1 − 2ζ²) (Rao 2011, ch. 3.7)
    assert hz[np.argmax(displacement)] == pytest.approx(PUMP.structure.resonance_hz / np.sqrt(1 - 2 * zeta**2), abs=0.1)
    assert displacement.max() / displacement[-1] > 0.3 / (2 * zeta)


def test_broadband_is_lowest_near_the_best_efficiency_point():
    q = np.linspace(0.2, 1.4, 121)
    assert q[np.argmin(vibration.off_design_ratio(q))] == pytest.approx(1.0, abs=0.05)


def test_a_pure_tone_reads_as_its_velocity_rms():
    t = np.arange(vibration.BURST_SAMPLES) / vibration.RATE_HZ
    peak_mm_per_s, hz = 3.0, 50.0
    wave = (peak_mm_per_s * 1e-3 * 2 * np.pi * hz * np.cos(2 * np.pi * hz * t)).astype(np.float32)
    velocity, acceleration = vibration.trend_values(wave[None])
    assert velocity[0] == pytest.approx(3.0 / np.sqrt(2.0), rel=0.01)
    assert acceleration[0] < 1e-3


def test_a_lightly_loaded_motor_keeps_its_magnetising_current():
    rated = PUMP.motor.rated_power_kw
    state = motor.electric_state(PUMP.motor, np.asarray([rated, 0.0]), np.ones(2))
    assert state.current_a[0] == pytest.approx(motor.rated_current_a(PUMP.motor), rel=1e-6)
    # I_0 > I_n sin φ = 0.456 I_n at cos φ 0.89
    assert state.current_a[1] > 0.45 * state.current_a[0]


def test_power_in_is_power_out_plus_losses_and_rated_efficiency_comes_back():
    rated = PUMP.motor.rated_power_kw
    state = motor.electric_state(PUMP.motor, np.asarray([rated, 0.5 * rated]), np.ones(2))
    assert state.power_kw - state.loss_kw == pytest.approx([rated, 0.5 * rated])
    assert rated / state.power_kw[0] == pytest.approx(PUMP.motor.efficiency)


@pytest.mark.parametrize("pump", PUMPS, ids=lambda pump: pump.name)
def test_a_start_draws_several_times_rated_current_and_is_over_in_seconds(pump):
    start = motor.run_up(pump.motor)
    assert start.current_a[1] > 5 * motor.rated_current_a(pump.motor)
    assert 0.1 < start.t_s[-1] < 15.0
    assert np.all(np.diff(start.r) > 0)


def test_slip_doubles_with_load():
    slip = motor.slip_at(PUMP.motor, np.asarray([10.0, 20.0]), np.ones(2))
    assert slip[1] == pytest.approx(2 * slip[0])


def test_a_motor_settles_where_losses_leave_through_both_masses():
    n, loss_kw, ambient = 5000, 2.0, 15.0
    start_cold = np.r_[0.0, np.full(n - 1, loss_kw)]
    found = thermal.motor_temperatures(PUMP.thermal, start_cold, np.full(n, ambient), np.ones(n, dtype=bool), 30.0)
    frame = ambient + 2000.0 / PUMP.thermal.frame_w_per_k
    assert found[0] == pytest.approx([ambient, ambient])
    assert found[-1] == pytest.approx([frame + 1200.0 / PUMP.thermal.winding_w_per_k, frame], rel=1e-3)


def test_the_winding_warms_faster_than_the_frame():
    n = 200
    loss = np.r_[0.0, np.full(n - 1, 2.0)]
    found = thermal.motor_temperatures(PUMP.thermal, loss, np.full(n, 15.0), np.ones(n, dtype=bool), 30.0)
    rise = (found[20] - found[0]) / (found[-1] - found[0])
    assert rise[0] > rise[1]


def test_a_leaking_seal_empties_its_pot_until_somebody_tops_it_up():
    grid = np.arange(0.0, 4 * 86400.0, 60.0)
    severity = np.where(grid > 86400.0, 0.8, 0.0)
    level = seal.pot_level_percent(20.0, severity, np.ones(grid.size, dtype=bool), np.full(grid.size, 50.0), grid)
    assert level[0] - level[1440] < 2.5
    assert level.min() < 55.0
    assert level[-1] <= 75.0
    assert np.diff(level).max() > 10.0


def test_a_burst_at_a_high_rate_has_the_trend_values_of_one_at_the_monitor_s_rate():
    """The same conditions at 25.6 kHz: velocity RMS 10 Hz to 1 kHz is the same quantity (ISO 20816-1), so it must agree."""
    n = 24
    conditions = vibration.BurstConditions(
        shaft_hz=np.full(n, 49.0), tones_mm_per_s=np.full((n, 3, 4), 1.5), hum_m_per_s2=np.full(n, 0.06),
        turbulence_m_per_s2=np.full(n, 0.9), cavitation_m_per_s2=np.zeros(n), impacts_m_per_s2=np.zeros(n), defect="ball",
    )  # fmt: skip
    slow = vibration.BurstMaker(PUMP, np.random.default_rng(1)).trends(conditions)
    fast_maker = vibration.BurstMaker(PUMP, np.random.default_rng(1), rate_hz=25600.0, n_samples=5120)
    wave = np.concatenate([block for _, block in fast_maker.waves(conditions)])
    decimated = signal.resample(wave, 1024, axis=2).astype(np.float32)  # ideal low-pass at 2560 Hz, then 5120 Hz
    velocity, acceleration = vibration.trend_values(decimated)
    assert velocity.mean(axis=0) == pytest.approx(slow.velocity_mm_per_s.mean(axis=0), rel=0.03)
    assert acceleration.mean(axis=0) == pytest.approx(slow.acceleration_g.mean(axis=0), rel=0.06)
