"""Envelope, band proposal and bearing lines against impacts whose rate is known."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.core.errors import InputError
from workbench.logs.analysis.bearings import Bearing, find_bearing, find_defect_orders, load_bearings
from workbench.logs.analysis.defect_lines import defect_marks
from workbench.logs.analysis.envelope import Band, find_envelope, find_envelope_spectrum, find_kurtogram
from workbench.logs.analysis.lines import level_at
from workbench.logs.analysis.spectrum import SpectrumOptions
from workbench.samples.bearing import defect_orders
from workbench.samples.makers import BearingType

RATE_HZ = 12800.0


def impacts(per_second: float, ring_hz: float, seconds: float, noise: float, seed: int = 1) -> np.ndarray:
    """Decaying rings of peak 1 at an even rate, over Gaussian noise."""
    rng = np.random.default_rng(seed)
    n = round(seconds * RATE_HZ)
    t = np.arange(n) / RATE_HZ
    values = rng.normal(0.0, noise, n)
    for at in np.arange(0.01, seconds - 0.02, 1.0 / per_second):
        after = t - at
        values += np.where(after >= 0, np.exp(-600.0 * np.maximum(after, 0)) * np.sin(2 * np.pi * ring_hz * after), 0.0)
    return values


def test_the_envelope_of_a_modulated_carrier_is_its_modulation() -> None:
    t = np.arange(4 * 12800) / RATE_HZ
    values = (1.0 + 0.5 * np.cos(2 * np.pi * 20.0 * t)) * np.cos(2 * np.pi * 3000.0 * t)
    envelope, rate_hz = find_envelope(values, RATE_HZ, Band(low_hz=2500.0, high_hz=3500.0))
    assert envelope.mean() == pytest.approx(1.0, abs=0.01)
    assert (envelope.min(), envelope.max()) == (pytest.approx(0.5, abs=0.02), pytest.approx(1.5, abs=0.02))
    assert rate_hz == pytest.approx(2000.0, rel=0.01)


def test_the_envelope_spectrum_shows_the_modulation_with_its_depth() -> None:
    t = np.arange(4 * 12800) / RATE_HZ
    values = (1.0 + 0.5 * np.cos(2 * np.pi * 20.0 * t)) * np.cos(2 * np.pi * 3000.0 * t)
    band = Band(low_hz=2500.0, high_hz=3500.0)
    spectrum = find_envelope_spectrum(values, RATE_HZ, band, "g", SpectrumOptions(resolution_hz=0.5))
    line = int(np.argmax(spectrum.mean_square))
    assert spectrum.frequency_hz[line] == pytest.approx(20.0, abs=0.3)
    assert spectrum.amplitude("peak")[line] == pytest.approx(0.5, rel=0.02)


def test_impacts_at_a_known_bpfo_stand_at_bpfo_and_twice_it() -> None:
    bearing = find_bearing("6313")
    shaft_hz = 49.6
    bpfo_hz = find_defect_orders(bearing).bpfo * shaft_hz
    values = impacts(bpfo_hz, 3000.0, 4.0, noise=0.15)
    band = find_kurtogram(values, RATE_HZ, low_hz=500.0, least_width_hz=400.0).best
    spectrum = find_envelope_spectrum(values, RATE_HZ, band, "g", SpectrumOptions(resolution_hz=1.0))
    marks = defect_marks(find_defect_orders(bearing), shaft_hz, with_sidebands=False)
    found = {mark.name: level_at(spectrum.frequency_hz, spectrum.amplitude("rms"), mark) for mark in marks}
    best = found["BPFO"]
    assert best is not None
    assert best.frequency == pytest.approx(bpfo_hz, abs=1.0)
    assert best.above_floor_db > 20
    second = found["2 BPFO"]
    assert second is not None
    assert second.above_floor_db > 15
    for name in ("BPFI", "BSF", "FTF"):
        level = found[name]
        assert level is not None
        assert level.above_floor_db < 12, name


def test_the_proposed_band_holds_the_ringing_and_not_the_shaft_harmonics() -> None:
    t = np.arange(4 * 12800) / RATE_HZ
    values = impacts(87.0, 3000.0, 4.0, noise=0.15) + 5.0 * np.sin(2 * np.pi * 49.6 * t)
    best = find_kurtogram(values, RATE_HZ, low_hz=500.0, least_width_hz=400.0).best
    assert best.low_hz < 3000.0 < best.high_hz
    assert best.kurtosis is not None
    assert best.kurtosis > 1.0


def test_gaussian_noise_has_no_kurtosis_in_any_wide_band() -> None:
    values = np.random.default_rng(2).normal(0, 1, 10 * 12800)
    found = find_kurtogram(values, RATE_HZ, least_width_hz=400.0)
    # K of complex Gaussian noise is 0 with deviation √(4/m): m = 4000 samples in 400 Hz give 0.03; 4 deviations.
    assert max(float(np.abs(kurtosis).max()) for _, kurtosis in found.levels) < 0.15


def test_a_band_outside_the_waveform_is_refused_with_its_limits() -> None:
    with pytest.raises(InputError, match=r"5000 to 9000 Hz is not within 0 to 6400 Hz"):
        find_envelope(np.zeros(12800), RATE_HZ, Band(low_hz=5000.0, high_hz=9000.0))
    with pytest.raises(InputError, match="too narrow"):
        find_envelope(np.zeros(12800), RATE_HZ, Band(low_hz=5000.0, high_hz=5010.0))


def test_defect_orders_of_a_published_bearing_are_as_published() -> None:
    # Case Western Reserve University, drive end 6205-2RS JEM: multiples of running speed.
    orders = find_defect_orders(find_bearing("6205-2RS JEM"))
    assert orders.bpfi == pytest.approx(5.4152, abs=2e-3)
    assert orders.bpfo == pytest.approx(3.5848, abs=2e-3)
    assert orders.ftf == pytest.approx(0.39828, abs=2e-4)
    assert 2 * orders.bsf == pytest.approx(4.7135, abs=3e-3)  # they list twice the spin, at which races are met
    fan = find_defect_orders(find_bearing("6203-2RS JEM"))
    assert (fan.bpfi, fan.bpfo) == (pytest.approx(4.9469, abs=2e-3), pytest.approx(3.0530, abs=2e-3))


def test_outer_and_inner_race_together_see_every_element_once_a_turn() -> None:
    for bearing in load_bearings():
        orders = find_defect_orders(bearing)
        assert orders.bpfo + orders.bpfi == pytest.approx(bearing.n_elements)
        assert orders.ftf * bearing.n_elements == pytest.approx(orders.bpfo)
        assert bearing.source


def test_the_sample_pumps_physics_and_the_analysis_agree_on_a_bearing() -> None:
    ours = find_defect_orders(Bearing(designation="x", n_elements=12, element_mm=22.23, pitch_mm=95.0, contact_deg=40.0))
    theirs = defect_orders(BearingType(n_balls=12, ball_mm=22.23, pitch_mm=95.0, contact_deg=40.0))
    assert (ours.bpfo, ours.bpfi, ours.bsf, ours.ftf) == pytest.approx((theirs.bpfo, theirs.bpfi, theirs.bsf, theirs.ftf))


def test_balls_that_do_not_fit_on_their_circle_are_refused() -> None:
    with pytest.raises(InputError, match="don't fit"):
        find_defect_orders(Bearing(designation="x", n_elements=40, element_mm=20.0, pitch_mm=100.0))


def test_an_own_bearing_goes_before_the_example_of_the_same_name() -> None:
    own = Bearing(designation="6313", n_elements=9, element_mm=22.0, pitch_mm=102.5)
    assert find_bearing(" 6313 ", (own,)).n_elements == 9
    with pytest.raises(InputError, match="There is no bearing 'NU 999'"):
        find_bearing("NU 999")


def test_inner_race_lines_carry_shaft_sidebands_and_slip_as_tolerance() -> None:
    marks = {mark.name: mark for mark in defect_marks(find_defect_orders(find_bearing("6313")), 50.0, slip=0.02)}
    bpfi_hz = 4 * (1 + 23.813 / 102.5) * 50.0
    assert marks["BPFI"].frequency == pytest.approx(bpfi_hz)
    assert marks["BPFI +1X"].frequency == pytest.approx(bpfi_hz + 50.0)
    assert marks["BPFI −1X"].frequency == pytest.approx(bpfi_hz - 50.0)
    assert marks["BPFI"].tolerance == pytest.approx(0.02 * bpfi_hz)


def with_one_knock(values: np.ndarray, ring_hz: float, height: float) -> np.ndarray:
    """The same with one blow in the middle that rings elsewhere, many times as high as the impacts."""
    after = np.arange(len(values)) / RATE_HZ - 0.53 * len(values) / RATE_HZ
    knock = np.where(after >= 0, np.exp(-300.0 * np.maximum(after, 0)) * np.sin(2 * np.pi * ring_hz * after), 0.0)
    return values + height * knock


def test_one_knock_does_not_take_the_band_from_impacts_that_repeat() -> None:
    values = with_one_knock(impacts(87.0, 3000.0, 2.0, noise=0.15), 5200.0, 40.0)
    kwargs = {"low_hz": 500.0, "least_width_hz": 400.0}
    fooled = find_kurtogram(values, RATE_HZ, **kwargs).best
    assert not fooled.low_hz < 3000.0 < fooled.high_hz  # what one estimate over the whole stretch says
    best = find_kurtogram(values, RATE_HZ, **kwargs, piece_s=0.1).best
    assert best.low_hz < 3000.0 < best.high_hz


def test_a_stretch_too_short_for_pieces_is_taken_whole() -> None:
    values = impacts(87.0, 3000.0, 0.5, noise=0.15)
    whole = find_kurtogram(values, RATE_HZ, low_hz=500.0, least_width_hz=400.0)
    same = find_kurtogram(values, RATE_HZ, low_hz=500.0, least_width_hz=400.0, piece_s=0.2)
    assert same.best == whole.best


def test_pieces_of_noise_have_no_kurtosis_either() -> None:
    values = np.random.default_rng(2).normal(0, 1, 10 * 12800)
    found = find_kurtogram(values, RATE_HZ, least_width_hz=400.0, piece_s=0.1)
    assert max(float(np.abs(kurtosis).max()) for _, kurtosis in found.levels) < 0.2


def test_the_cells_of_each_level_cover_the_band_once() -> None:
    found = find_kurtogram(impacts(87.0, 3000.0, 1.0, noise=0.15), RATE_HZ)
    cells = found.cells(RATE_HZ / 2)
    assert len(cells) == sum(len(kurtosis) for _, kurtosis in found.levels)
    assert max(cell.high_hz for cell in cells) <= RATE_HZ / 2
