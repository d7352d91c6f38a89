"""Spectra, maps, orders and offers against closed forms; the arithmetic stands beside each expectation."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from scipy.signal import spectrogram, welch

from workbench.core.errors import InputError, JobCancelled
from workbench.logs.analysis.lines import Mark, find_peaks, harmonics, level_at, machine_marks, sidebands
from workbench.logs.analysis.maps import MOST_COLUMNS, Stretch, find_spectrogram
from workbench.logs.analysis.offers import Sampling, spectrum_offer
from workbench.logs.analysis.orders import (
    angle_of_pulses,
    angle_of_speed,
    find_order_map,
    find_order_spectrum,
    find_pulses,
    resample_by_angle,
)
from workbench.logs.analysis.spectrum import Motion, SpectrumOptions, Window, find_spectrum, noise_bandwidth_lines

RATE_HZ = 5120.0


def sine(amplitude: float, frequency_hz: float, seconds: float = 4.0) -> np.ndarray:
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return amplitude * np.sin(2 * np.pi * frequency_hz * t)


def test_a_sine_stands_at_its_line_with_its_rms_peak_and_peak_to_peak() -> None:
    spectrum = find_spectrum([sine(3.0, 100.0)], RATE_HZ, "mm/s", SpectrumOptions(resolution_hz=1.0))
    line = int(np.argmax(spectrum.mean_square))
    assert spectrum.frequency_hz[line] == 100.0
    # A sine of peak 3: RMS 3/√2, peak to peak 6.
    assert spectrum.amplitude("rms")[line] == pytest.approx(3 / np.sqrt(2), rel=1e-6)
    assert spectrum.amplitude("peak")[line] == pytest.approx(3.0, rel=1e-6)
    assert spectrum.amplitude("peak to peak")[line] == pytest.approx(6.0, rel=1e-6)


@pytest.mark.parametrize("window", ["hann", "flat-top"])
def test_the_overall_level_is_the_rms_of_the_signal_by_parseval(window: str) -> None:
    rng = np.random.default_rng(7)
    values = sine(2.0, 333.3) + rng.normal(0.0, 0.5, 4 * 5120)
    spectrum = find_spectrum([values], RATE_HZ, "g", SpectrumOptions(window=window, resolution_hz=2.0))  # type: ignore[arg-type]
    # √(2²/2 + 0.5²) = 1.5
    assert spectrum.overall_rms() == pytest.approx(1.5, rel=0.01)


def test_density_of_white_noise_is_its_variance_over_half_the_rate() -> None:
    values = np.random.default_rng(3).normal(0.0, 2.0, 40 * 5120)
    density = find_spectrum([values], RATE_HZ, "g", SpectrumOptions(resolution_hz=5.0)).amplitude("density")
    # σ² / (rate/2) = 4 / 2560
    assert float(np.mean(density[2:-2])) == pytest.approx(4.0 / 2560.0, rel=0.02)


def test_hann_is_one_and_a_half_lines_wide_and_flat_top_three_point_seven_seven() -> None:
    assert noise_bandwidth_lines("hann", 4096) == pytest.approx(1.5, abs=1e-3)  # Harris 1978, table I
    assert noise_bandwidth_lines("flat-top", 4096) == pytest.approx(3.77, abs=5e-3)  # ISO 18431-2


def test_flat_top_reads_a_sine_between_two_lines_within_a_hundredth() -> None:
    spectrum = find_spectrum([sine(1.0, 100.5)], RATE_HZ, "g", SpectrumOptions(window="flat-top", resolution_hz=1.0))
    assert spectrum.amplitude("peak").max() == pytest.approx(1.0, abs=0.01)


def test_acceleration_becomes_velocity_and_displacement_by_dividing_by_omega() -> None:
    acceleration = sine(10.0, 50.0)
    options = SpectrumOptions(resolution_hz=1.0, motion="velocity")
    velocity = find_spectrum([acceleration], RATE_HZ, "m/s2", options)
    # 10 m/s² / (2π 50) = 0.031831 m/s = 31.831 mm/s peak
    assert (velocity.unit, velocity.amplitude("peak").max()) == ("mm/s", pytest.approx(31.831, rel=1e-4))
    displacement = find_spectrum(
        [acceleration], RATE_HZ, "m/s2", SpectrumOptions(resolution_hz=1.0, motion="displacement", high_pass_hz=10.0)
    )
    # 10 / (2π 50)² = 1.01321e-4 m = 101.32 µm peak
    assert (displacement.unit, displacement.amplitude("peak").max()) == ("um", pytest.approx(101.321, rel=1e-3))


def test_g_is_taken_as_standard_gravity_and_nothing_is_left_below_the_high_pass() -> None:
    values = sine(1.0, 100.0) + 0.5
    options = SpectrumOptions(resolution_hz=1.0, motion="velocity", high_pass_hz=10.0)
    velocity = find_spectrum([values], RATE_HZ, "g", options)
    # 9.80665 / (2π 100) m/s = 15.608 mm/s
    assert velocity.amplitude("peak").max() == pytest.approx(15.608, rel=1e-3)
    assert velocity.mean_square[velocity.frequency_hz < 10.0].max() == 0.0


def test_a_pressure_is_not_integrated() -> None:
    with pytest.raises(InputError, match="measures no motion"):
        find_spectrum([sine(1.0, 50.0)], RATE_HZ, "bar", SpectrumOptions(motion="velocity"))


def test_peak_hold_keeps_what_only_one_burst_had_and_the_average_shares_it() -> None:
    bursts = [sine(1.0, 100.0, 1.0), np.zeros(5120)]
    averaged = find_spectrum(bursts, RATE_HZ, "g", SpectrumOptions())
    held = find_spectrum(bursts, RATE_HZ, "g", SpectrumOptions(averaging="peak hold"))
    # The mean square 1/2 is halved by averaging over two bursts.
    assert (averaged.mean_square.max(), held.mean_square.max()) == (pytest.approx(0.25), pytest.approx(0.5))


@pytest.mark.parametrize("overlap", [0.0, 0.75])
def test_a_long_waveform_in_blocks_has_the_spectrum_that_welch_has_of_it_at_once(overlap: float) -> None:
    values = np.random.default_rng(4).normal(0.0, 1.0, 1_300_001).astype(np.float32) + 3.0
    n_piece = 1024
    options = SpectrumOptions(resolution_hz=RATE_HZ / n_piece, overlap=overlap)
    spectrum = find_spectrum([values], RATE_HZ, "g", options)
    n_overlap = round(n_piece * overlap)
    _, expected = welch(values.astype(np.float64), RATE_HZ, "hann", n_piece, n_overlap, detrend="constant", scaling="spectrum")
    np.testing.assert_allclose(spectrum.mean_square, expected, rtol=1e-10, atol=1e-16)
    assert spectrum.n_averages == 1 + (len(values) - n_piece) // (n_piece - n_overlap)
    held = find_spectrum([values], RATE_HZ, "g", replace(options, averaging="peak hold"))
    _, _, lines = spectrogram(
        values.astype(np.float64), RATE_HZ, "hann", n_piece, n_overlap, detrend="constant", scaling="spectrum"
    )
    np.testing.assert_allclose(held.mean_square, lines.max(axis=1), rtol=1e-10, atol=1e-16)


@pytest.mark.parametrize("motion", ["as measured", "velocity"])
def test_the_overall_of_a_peak_hold_is_that_of_the_average(motion: Motion) -> None:
    """Two bursts with a line each never shook as hard as both lines together: held lines add up to an RMS that never was."""
    bursts = [sine(2.0, 100.0), sine(2.0, 400.0)]
    options = SpectrumOptions(resolution_hz=1.0, motion=motion)
    mean = find_spectrum(bursts, RATE_HZ, "m/s2", options)
    held = find_spectrum(bursts, RATE_HZ, "m/s2", replace(options, averaging="peak hold"))
    assert held.overall_rms() == pytest.approx(mean.overall_rms(), rel=1e-12)
    assert held.overall_rms(300.0, 500.0) == pytest.approx(mean.overall_rms(300.0, 500.0), rel=1e-12)
    assert held.amplitude("peak")[400] == pytest.approx(np.sqrt(2.0) * mean.amplitude("peak")[400], rel=1e-6)
    assert mean.averaged is None


def test_a_waveform_of_any_length_needs_the_memory_of_a_block_and_can_be_cancelled(tmp_path: Path) -> None:
    told: list[float] = []
    mapped = np.lib.format.open_memmap(tmp_path / "wave.npy", mode="w+", dtype=np.float32, shape=(12_000_000,))
    tracemalloc.start()
    find_spectrum([mapped], RATE_HZ, "g", SpectrumOptions(), told.append)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # All samples as float64 would be 96 MB; a block of a million is 8 MB, and some five times that windowed and transformed.
    assert peak_bytes < 64e6
    assert told == sorted(told)
    assert (told[0], len(told) > 10, max(told) < 1.0) == (0.0, True, True)

    def stop(fraction: float) -> None:
        if fraction > 0.3:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        find_spectrum([mapped], RATE_HZ, "g", SpectrumOptions(), stop)


def test_a_missing_sample_takes_its_pieces_out_of_a_long_waveform_and_no_more() -> None:
    values = sine(1.0, 100.0, 300.0)
    values[700_000] = np.nan
    options = SpectrumOptions(resolution_hz=1.0, overlap=0.5)
    spectrum = find_spectrum([values], RATE_HZ, "g", options)
    # 300 s in pieces of 1 s, one each half second: 599, of which two hold the sample.
    assert spectrum.n_averages == 597
    assert spectrum.amplitude("peak").max() == pytest.approx(1.0, rel=1e-9)


def test_a_burst_with_missing_values_is_left_out_and_none_at_all_is_refused() -> None:
    broken = sine(1.0, 100.0, 1.0)
    broken[7] = np.nan
    assert find_spectrum([broken, sine(1.0, 100.0, 1.0)], RATE_HZ, "g", SpectrumOptions()).n_averages == 1
    with pytest.raises(InputError, match="longest has 5120"):
        find_spectrum([broken], RATE_HZ, "g", SpectrumOptions())


def test_peaks_are_found_between_lines_with_their_height_above_the_floor() -> None:
    rng = np.random.default_rng(5)
    values = sine(1.0, 123.4) + sine(0.3, 800.0) + rng.normal(0, 0.05, 4 * 5120)
    spectrum = find_spectrum([values], RATE_HZ, "g", SpectrumOptions(resolution_hz=2.0))
    peaks = find_peaks(spectrum.frequency_hz, spectrum.amplitude("peak"))
    assert [round(peak.frequency, 1) for peak in peaks[:2]] == [123.4, 800.0]
    assert peaks[0].amplitude == pytest.approx(1.0, abs=0.03)
    assert peaks[1].amplitude == pytest.approx(0.3, abs=0.01)
    assert peaks[0].above_floor_db > 35


@pytest.mark.parametrize("off", [0.0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.9])
def test_a_sine_between_two_lines_has_its_own_height_and_frequency(off: float) -> None:
    values = sine(15.0, 400.0 + 2.0 * off, 4.0)
    spectrum = find_spectrum([values], RATE_HZ, "g", SpectrumOptions(resolution_hz=2.0))
    peak = find_peaks(spectrum.frequency_hz, spectrum.amplitude("peak"))[0]
    assert (peak.frequency, peak.amplitude) == (pytest.approx(400.0 + 2.0 * off, abs=0.002), pytest.approx(15.0, rel=0.001))


@pytest.mark.parametrize("window", get_args(Window))
@pytest.mark.parametrize("motion", ["as measured", "velocity", "displacement"])
@pytest.mark.parametrize("line", [12, 200, 700])
def test_every_window_gives_a_sine_its_own_height_between_lines(window: Window, motion: Motion, line: int) -> None:
    """Within 0.2 %; an integrated line too, whose neighbours were divided by other frequencies than its own."""
    for off in np.linspace(-0.5, 0.5, 21).tolist():
        hz = 2.0 * (line + off)
        options = SpectrumOptions(window=window, resolution_hz=2.0, motion=motion, high_pass_hz=hz / 2)
        spectrum = find_spectrum([sine(0.5, hz, 4.0)], RATE_HZ, "m/s2", options)
        # m/s² over ω is m/s, shown in mm/s; over ω² m, shown in µm
        expected = (
            0.5 * {"as measured": 1.0, "velocity": 1e3 / (2 * np.pi * hz), "displacement": 1e6 / (2 * np.pi * hz) ** 2}[motion]
        )
        peak = find_peaks(spectrum.frequency_hz, spectrum.amplitude("peak"), window=window, gain=spectrum.gain)[0]
        assert (off, peak.amplitude / expected) == (off, pytest.approx(1.0, abs=0.002))
        assert (off, peak.frequency) == (off, pytest.approx(hz, abs=0.02))


def test_peaks_are_listed_by_the_heights_that_they_are_listed_with() -> None:
    """The one between two lines is the higher sine, though none of its lines is."""
    values = sine(1.0, 100.0) + sine(1.1, 301.0)
    spectrum = find_spectrum([values], RATE_HZ, "g", SpectrumOptions(resolution_hz=2.0))
    heights = spectrum.amplitude("peak")
    assert heights[50] > heights[150:152].max()
    peaks = find_peaks(spectrum.frequency_hz, heights)
    assert [round(peak.frequency) for peak in peaks[:2]] == [301, 100]


def test_a_peak_beside_the_high_pass_keeps_its_own_height() -> None:
    rng = np.random.default_rng(8)
    values = sine(1.0, 2.0, 8.0) + rng.normal(0, 0.01, 8 * 5120)
    options = SpectrumOptions(resolution_hz=0.5, motion="displacement", high_pass_hz=2.0)
    spectrum = find_spectrum([values], RATE_HZ, "m/s2", options)
    peak = find_peaks(spectrum.frequency_hz, spectrum.amplitude("peak"))[0]
    # 1 / (2π 2)² m = 6332.6 µm
    assert (peak.frequency, peak.amplitude) == (2.0, pytest.approx(6332.6, rel=0.01))


def test_noise_alone_has_few_peaks_and_none_far_above_its_floor() -> None:
    values = np.random.default_rng(11).normal(0, 1, 40 * 5120)
    spectrum = find_spectrum([values], RATE_HZ, "g", SpectrumOptions(resolution_hz=5.0))
    assert find_peaks(spectrum.frequency_hz, spectrum.amplitude("rms")) == ()


def test_a_mark_finds_the_highest_line_within_its_tolerance() -> None:
    spectrum = find_spectrum([sine(1.0, 102.0)], RATE_HZ, "g", SpectrumOptions(resolution_hz=1.0))
    found = level_at(spectrum.frequency_hz, spectrum.amplitude("peak"), Mark(name="BPFO", frequency=100.0, tolerance=2.0))
    assert found is not None
    assert (found.frequency, found.amplitude) == (102.0, pytest.approx(1.0, rel=1e-6))
    assert level_at(spectrum.frequency_hz, spectrum.amplitude("peak"), Mark(name="BPFO", frequency=9000.0)) is None


def test_the_machines_own_lines_follow_from_speed_vanes_and_mains() -> None:
    marks = {mark.name: mark.frequency for mark in machine_marks(49.5, 6, 50.0)}
    # 6 vanes at 49.5 turns a second pass 297 times
    assert marks == {"1X": 49.5, "2X": 99.0, "3X": 148.5, "VP": 297.0, "2 VP": 594.0, "Mains": 50.0, "2 mains": 100.0}
    assert machine_marks(None, 6, None) == ()


def test_harmonic_and_sideband_cursors_stay_within_the_spectrum() -> None:
    assert harmonics(400.0, 9, 1000.0) == (400.0, 800.0)
    assert sidebands(100.0, 60.0, 2, 200.0) == (40.0, 100.0, 160.0)


def test_a_spectrogram_shows_a_tone_only_while_it_sounds() -> None:
    values = np.concatenate([np.zeros(5120), sine(1.0, 640.0, 1.0)])
    found = find_spectrogram(
        [Stretch(start_ns=10**18, rate_hz=RATE_HZ, values=values)], "g", SpectrumOptions(resolution_hz=10.0, overlap=0.0)
    )
    line = int(np.argmin(np.abs(found.y - 640.0)))
    loud = found.rms[:, line] > 0.5
    # Pieces of 0.1 s without overlap: 20 columns, the tone in the last ten.
    assert (len(loud), loud[:10].any(), loud[10:].all()) == (20, False, True)
    assert found.start_ns[0] == 10**18
    assert found.end_ns[-1] == 10**18 + 2 * 10**9


def test_bursts_give_one_column_each_and_a_gap_between_them() -> None:
    hour = 3600 * 10**9
    bursts = [Stretch(start_ns=k * hour, rate_hz=RATE_HZ, values=sine(1.0, 100.0, 0.5)) for k in range(5)]
    found = find_spectrogram(bursts, "g", SpectrumOptions())
    assert found.rms.shape == (5, 1281)
    assert (found.end_ns - found.start_ns).tolist() == [500_000_000] * 5


def test_bursts_with_coarser_lines_still_give_one_column_each_which_is_their_average() -> None:
    burst = np.concatenate([np.zeros(2560), sine(1.0, 640.0, 0.5)])
    bursts = [Stretch(start_ns=k * 3600 * 10**9, rate_hz=RATE_HZ, values=burst) for k in range(3)]
    found = find_spectrogram(bursts, "g", SpectrumOptions(resolution_hz=10.0, overlap=0.0))
    assert (len(found.start_ns), found.n_a_column) == (3, 10)
    # Five of ten pieces hold the sine of mean square ½: √(½ · ½)
    assert found.rms[0, 64] == pytest.approx(0.5, rel=1e-4)
    assert (found.end_ns - found.start_ns).tolist() == [10**9] * 3


def test_a_stream_with_a_drop_out_keeps_its_pieces() -> None:
    parts = [Stretch(start_ns=k * 11 * 10**8, rate_hz=RATE_HZ, values=sine(1.0, 640.0, 1.0)) for k in range(2)]
    assert len(find_spectrogram(parts, "g", SpectrumOptions(resolution_hz=10.0, overlap=0.0)).start_ns) == 20


def test_more_columns_than_are_drawn_are_averaged_so_that_a_short_tone_still_shows() -> None:
    values = np.zeros(3000 * 64)
    values[64 * 1501 : 64 * 1502] = np.sin(2 * np.pi * 16 * np.arange(64) / 64)
    found = find_spectrogram(
        [Stretch(start_ns=0, rate_hz=64.0, values=values)], "g", SpectrumOptions(resolution_hz=1.0, overlap=0.0)
    )
    assert len(found.rms) <= MOST_COLUMNS
    assert found.n_a_column == 3
    # One piece of three holds the sine: √(½ / 3)
    assert found.rms[500, 16] == pytest.approx(np.sqrt(0.5 / 3), rel=1e-4)


def sweep() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """8 s in which the shaft goes from 10 to 40 turns a second, with a line at order 3 of peak 2."""
    t = np.arange(8 * 5120) / RATE_HZ
    rpm = 60.0 * (10.0 + 30.0 * t / 8.0)
    turns = 10.0 * t + 30.0 * t**2 / 16.0
    return t, rpm, 2.0 * np.sin(2 * np.pi * 3.0 * turns)


def test_order_tracking_keeps_a_sweeping_line_at_its_order() -> None:
    t, rpm, values = sweep()
    angle = angle_of_speed(t, rpm, t)
    assert angle[-1] == pytest.approx(10 * t[-1] + 30 * t[-1] ** 2 / 16, rel=1e-6)
    samples = resample_by_angle(values, RATE_HZ, angle)
    spectrum = find_order_spectrum(samples, "mm/s", SpectrumOptions(resolution_hz=0.25))
    line = int(np.argmax(spectrum.mean_square))
    assert spectrum.frequency_hz[line] == pytest.approx(3.0, abs=0.02)
    assert spectrum.amplitude("peak")[line] == pytest.approx(2.0, rel=0.02)
    # Over frequency the same line is smeared from 30 to 120 Hz: nowhere above a quarter of its height.
    smeared = find_spectrum([values], RATE_HZ, "mm/s", SpectrumOptions())
    assert smeared.amplitude("peak").max() < 0.5


def test_filtering_to_the_orders_shown_keeps_their_heights_and_folds_nothing_down() -> None:
    t, rpm, values = sweep()
    values = values + 5.0 * np.sin(2 * np.pi * 2400.0 * t)
    samples = resample_by_angle(values, RATE_HZ, angle_of_speed(t, rpm, t), most_order=8.0)
    # 4 · 1.5 · 8 orders · 40/10 (fastest to slowest turn) = 192 samples a revolution, instead of 5120/10 = 512
    assert samples.per_revolution == pytest.approx(192, abs=2)
    spectrum = find_order_spectrum(samples, "mm/s", SpectrumOptions(resolution_hz=0.25))
    shown = spectrum.frequency_hz <= 8.0
    assert spectrum.amplitude("peak")[shown].max() == pytest.approx(2.0, rel=0.02)
    others = spectrum.amplitude("peak")[shown & (np.abs(spectrum.frequency_hz - 3.0) > 1.0)]
    assert others.max() < 0.02


def test_a_long_stream_without_a_spacing_is_averaged_in_pieces() -> None:
    spectrum = find_spectrum([np.zeros(200_000)], RATE_HZ, "g", SpectrumOptions())
    # Pieces of 65 536 half over one another: 1 + (200000 − 65536) // 32768 = 5
    assert (len(spectrum.frequency_hz), spectrum.n_averages) == (32769, 5)


def test_tachometer_pulses_give_the_same_orders_as_the_speed() -> None:
    t, _, values = sweep()
    turns = 10.0 * t + 30.0 * t**2 / 16.0
    tacho = np.where(turns % 1.0 < 0.2, 5.0, 0.0)
    pulses = find_pulses(tacho, RATE_HZ)
    assert len(pulses) == pytest.approx(turns[-1], abs=2)
    is_between = (t >= pulses[0]) & (t <= pulses[-1])
    angle = angle_of_pulses(pulses, 1, t[is_between])
    spectrum = find_order_spectrum(
        resample_by_angle(values[is_between], RATE_HZ, angle), "mm/s", SpectrumOptions(resolution_hz=0.25)
    )
    assert spectrum.frequency_hz[np.argmax(spectrum.mean_square)] == pytest.approx(3.0, abs=0.02)
    assert spectrum.amplitude("peak").max() == pytest.approx(2.0, rel=0.05)


@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_a_shaft_that_stands_has_no_pulses_however_its_sensor_hums(kind: str) -> None:
    random = np.random.default_rng(5)
    noise = random.normal(0.0, 0.01, 25_600) if kind == "normal" else np.round(random.uniform(-0.05, 0.05, 25_600), 2)
    assert len(find_pulses(noise, RATE_HZ)) == 0


def test_an_order_map_tells_the_speed_of_each_row() -> None:
    t, rpm, values = sweep()
    found = find_order_map(resample_by_angle(values, RATE_HZ, angle_of_speed(t, rpm, t)), SpectrumOptions(resolution_hz=0.25))
    expected = 60.0 * (10.0 + 30.0 * found.at_s / 8.0)
    assert np.max(np.abs(found.rpm / expected - 1.0)) < 0.02
    assert set(np.round(found.orders[np.argmax(found.rms, axis=1)], 2)) == {3.0}


def test_a_shaft_that_stands_still_is_refused_with_its_turns() -> None:
    t = np.arange(5120) / RATE_HZ
    with pytest.raises(InputError, match=r"turns 0\.0 times"):
        resample_by_angle(np.zeros(5120), RATE_HZ, angle_of_speed(t, np.zeros(5120), t))


def offered(**changes: object) -> tuple[str, str]:
    base: dict[str, object] = {"name": "VI-1", "quantity": "vibration", "period_s": 1.0, "is_waveform": False}
    offer = spectrum_offer(Sampling(**{**base, **changes}))  # type: ignore[arg-type]
    return offer.kind, offer.why


def test_no_spectrum_is_offered_of_a_one_second_rms() -> None:
    kind, why = offered(detected="rms")
    assert (kind, why) == ("none", "VI-1 holds 1 s RMS values: a spectrum of them says nothing about vibration.")
    assert offered()[0] == "none"
    # Not even where it comes at a high rate.
    assert offered(detected="rms", is_waveform=True, period_s=0.001)[0] == "none"


def test_averages_and_thinned_values_have_no_spectrum_and_a_waveform_has() -> None:
    for acquired in ("averaged", "historian_compressed", "on_change"):
        assert offered(quantity="pressure", acquired=acquired)[0] == "none"
    assert offered(is_waveform=True, period_s=1 / 5120) == ("waveform", "")


def test_an_even_trend_of_a_pressure_has_slow_cycles_with_their_limit_said() -> None:
    kind, why = offered(quantity="pressure", period_s=10.0)
    assert kind == "slow"
    assert "nothing faster than 20 s" in why
    assert offered(quantity="pressure", is_even=False)[0] == "none"
