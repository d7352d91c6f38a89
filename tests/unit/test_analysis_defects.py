"""The sample pumps' physics against the analysis: each defect of a bearing is found as itself, and a healthy one as none."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.logs.analysis.bearings import Bearing, find_defect_orders
from workbench.logs.analysis.defect_lines import defect_marks, find_evidence
from workbench.logs.analysis.envelope import Band, find_envelope, find_envelope_spectrum, find_kurtogram
from workbench.logs.analysis.lines import Mark, MarkLevel, level_at
from workbench.logs.analysis.maps import Stretch, find_spectrogram, one_rate
from workbench.logs.analysis.spectrum import SpectrumOptions
from workbench.samples.bearing import Defect
from workbench.samples.makers import PumpType, load_pump_types
from workbench.samples.vibration import BurstConditions, BurstMaker

RATE_HZ, N = 25_600.0, 25_600


def pump_named(name: str) -> PumpType:
    return next(pump for pump in load_pump_types() if pump.name == name)


def burst(pump: PumpType, shaft_hz: float, defect: Defect, impacts: float) -> np.ndarray:
    """One second at the drive end, m/s²: tones, turbulence, and a defect's impacts."""
    one = np.ones(1)
    conditions = BurstConditions(
        shaft_hz=shaft_hz * one, tones_mm_per_s=np.full((1, 3, 4), 0.8), hum_m_per_s2=0.05 * one, turbulence_m_per_s2=0.6 * one,
        cavitation_m_per_s2=0.0 * one, impacts_m_per_s2=impacts * one, defect=defect,
    )  # fmt: skip
    maker = BurstMaker(pump, np.random.default_rng(3), rate_hz=RATE_HZ, n_samples=N)
    _, waves = next(iter(maker.waves(conditions)))
    return np.asarray(waves[0, 0], np.float64)


def found_in(pump: PumpType, shaft_hz: float, values: np.ndarray) -> tuple[str, ...]:
    bearing = pump.bearing
    orders = find_defect_orders(
        Bearing(
            designation="x", n_elements=bearing.n_balls, element_mm=bearing.ball_mm, pitch_mm=bearing.pitch_mm,
            contact_deg=bearing.contact_deg,
        )
    )  # fmt: skip
    band = find_kurtogram(values, RATE_HZ, low_hz=10 * shaft_hz, least_width_hz=12 * shaft_hz).best
    spectrum = find_envelope_spectrum(values, RATE_HZ, band, "m/s2", SpectrumOptions())
    heights = spectrum.amplitude("rms")
    levels = [level_at(spectrum.frequency_hz, heights, mark) for mark in defect_marks(orders, shaft_hz)]
    return find_evidence([level for level in levels if level], shaft_hz, spectrum.resolution_hz).kinds


@pytest.mark.parametrize("name", [pump.name for pump in load_pump_types()])
@pytest.mark.parametrize(("defect", "line"), [("outer race", "BPFO"), ("inner race", "BPFI"), ("ball", "BSF")])
def test_a_defect_stands_out_at_its_own_line(name: str, defect: Defect, line: str) -> None:
    pump = pump_named(name)
    shaft_hz = 0.985 * 100.0 / pump.motor.n_poles
    found = found_in(pump, shaft_hz, burst(pump, shaft_hz, defect, impacts=2.0))
    assert line in found
    assert not ({"BPFO", "BPFI", "BSF"} - {line}) & set(found)


@pytest.mark.parametrize("name", [pump.name for pump in load_pump_types()])
def test_a_healthy_bearing_has_no_line_that_stands_out(name: str) -> None:
    pump = pump_named(name)
    shaft_hz = 0.985 * 100.0 / pump.motor.n_poles
    assert found_in(pump, shaft_hz, burst(pump, shaft_hz, "outer race", impacts=0.0)) == ()


def mark_level(name: str, frequency: float, above_floor_db: float) -> MarkLevel:
    harmonic = int(name.split(" ")[0]) if name[0].isdigit() else 1
    mark = Mark(name=name, frequency=frequency, tolerance=1.0, harmonic=harmonic, sideband=0)
    return MarkLevel(mark=mark, frequency=frequency, amplitude=1.0, above_floor_db=above_floor_db)


def test_a_strong_defect_is_no_evidence_of_a_second_one() -> None:
    """Levels as measured on an inner race (MFPT fault data, vload 4): its sidebands reach the outer race's lines."""
    measured = [mark_level("BPFO", 79.9, 17.4), mark_level("2 BPFO", 161.5, 24.1), mark_level("BPFI", 118.1, 38.6)]
    found = find_evidence(measured, 25.0, 0.37)
    assert found.kinds == ("BPFI",)
    assert [(kind, round(below), other) for kind, below, other in found.outshone] == [("BPFO", 21, "BPFI")]


def test_of_two_defects_the_stronger_is_named_first() -> None:
    both = [mark_level("BPFO", 79.9, 24.0), mark_level("BPFI", 118.1, 32.0)]
    assert find_evidence(both, 25.0, 0.37).kinds == ("BPFI", "BPFO")


def test_a_sensor_that_gives_nothing_has_no_band_and_no_envelope() -> None:
    found = find_kurtogram(np.zeros(N), RATE_HZ, low_hz=500.0, least_width_hz=400.0)
    assert found.best.kurtosis == 0.0
    envelope, _ = find_envelope(np.zeros(N), RATE_HZ, Band(low_hz=1000.0, high_hz=2000.0))
    assert envelope.max() == 0.0


def test_a_burst_that_the_range_cuts_off_does_not_coarsen_the_others() -> None:
    bursts = [Stretch(start_ns=k * 10**10, rate_hz=RATE_HZ, values=np.zeros(n)) for k, n in enumerate((N, N, 40))]
    assert [len(one.values) for one in one_rate(bursts)[1]] == [N, N]
    assert find_spectrogram(bursts, "g", SpectrumOptions()).y[1] == 1.0
    assert len(one_rate(bursts[2:])[1]) == 1


def test_a_line_at_twice_shaft_speed_is_no_evidence_of_an_element_unless_its_cage_shows_too() -> None:
    def level(name: str, hz: float, decibel: float, harmonic: int, sideband: int = 0) -> MarkLevel:
        mark = Mark(name=name, frequency=hz, tolerance=1.0, harmonic=harmonic, sideband=sideband)
        return MarkLevel(mark=mark, frequency=hz, amplitude=1.0, above_floor_db=decibel)

    # A 6311 at 50 turns a second: BSF = 2.002 · 50 = 100.1 Hz, which is 2X with lines every 1 Hz.
    alone = find_evidence([level("BSF", 100.0, 25.0, 1)], 50.0, 1.0)
    assert (alone.kinds, alone.meets) == ((), (("BSF", 2),))
    with_cage = find_evidence([level("2 BSF", 200.0, 25.0, 2), level("2 BSF +FTF", 219.0, 15.0, 2, 1)], 50.0, 1.0)
    assert (with_cage.kinds, with_cage.meets) == (("BSF",), ())
