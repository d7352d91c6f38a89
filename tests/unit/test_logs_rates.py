"""Trend and waveform are told apart, and a waveform's rate is found from stamps that are rounded."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.logs.acquisition import Timing, band_of, how_acquired, how_detected
from workbench.logs.parse import parse_logs
from workbench.logs.recordings.rates import exact_rate, find_waveform
from workbench.logs.recordings.recording import open_recording, write_recording
from workbench.logs.recordings.time_axis import RunsAxis

SECOND = 1_000_000_000
START = 1_772_409_600 * SECOND  # 2026-03-02T00:00:00Z


def burst_times(rate: Fraction, starts_s: tuple[float, ...], n: int, resolution_ns: int = 1) -> np.ndarray:
    """Stamps of bursts as a logger of some resolution writes them: exact instants rounded down."""
    step = Fraction(SECOND) / rate
    offsets = np.array([int(k * step) for k in range(n)], np.int64)
    times = np.concatenate([START + round(s * SECOND) + offsets for s in starts_s])
    return times // resolution_ns * resolution_ns


@pytest.mark.parametrize(
    ("rate", "resolution_ns"),
    [
        (Fraction(25600), 1),
        (Fraction(25600), 1000),
        (Fraction(51200, 3), 1),
        (Fraction(1000), 1_000_000),
        (Fraction(44100), 1000),
        (Fraction(2560), 100_000),
        (Fraction(100), 1_000_000),
        (Fraction(12345), 1),
    ],
)
def test_the_rate_is_exact_though_stamps_are_rounded(rate: Fraction, resolution_ns: int) -> None:
    times = burst_times(rate, (0.0, 60.0, 3600.0), 4096, resolution_ns)
    found = find_waveform(times)
    assert found is not None
    assert found.rate == rate
    assert found.first_rows.tolist() == [0, 4096, 8192]


def test_an_even_log_of_ten_rows_a_second_is_a_trend() -> None:
    assert find_waveform(START + np.arange(5000, dtype=np.int64) * 100_000_000) is None


def test_fast_but_uneven_rows_are_a_trend() -> None:
    steps = np.random.default_rng(1).integers(1_000_000, 90_000_000, 5000)
    assert find_waveform(START + np.cumsum(steps)) is None


def test_rows_of_many_tags_milliseconds_apart_are_a_trend() -> None:
    """A logger that scans ten tags every second, 3 ms one after the other."""
    times = (START + np.arange(500, dtype=np.int64)[:, None] * SECOND + np.arange(10) * 3_000_000).ravel()
    assert find_waveform(times) is None


@given(
    numerator=st.integers(11, 200_000), denominator=st.integers(1, 7), n=st.integers(1, 5000), at=st.integers(-10, 10**9)
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_rows_before_an_instant_agree_with_the_instants(numerator: int, denominator: int, n: int, at: int) -> None:
    """`index_at` counts without making the instants; the plain search over all instants is the reference."""
    rate = Fraction(numerator, denominator)
    step = Fraction(SECOND) / rate
    whole, rest = divmod(step.numerator, step.denominator)
    axis = RunsAxis(
        n_rows=n, step_ns=whole, step_rest=rest, step_parts=step.denominator, first_rows=np.zeros(1, np.int64),
        first_ns=np.zeros(1, np.int64),
    )  # fmt: skip
    times = axis.all()
    assert times[-1] == (n - 1) * step.numerator // step.denominator
    for instant in (at, int(times[n // 2]), int(times[n // 2]) + 1):
        assert axis.index_at(instant, after=False) == int(np.searchsorted(times, instant, "left"))
        assert axis.index_at(instant, after=True) == int(np.searchsorted(times, instant, "right"))


def test_a_rate_as_a_float_comes_back_as_the_fraction_it_stands_for() -> None:
    assert exact_rate(float(Fraction(51200, 3))) == Fraction(51200, 3)
    assert exact_rate(25600.0) == 25600


def write_bursts(path: Path, rate_hz: int = 25600, n: int = 512) -> tuple[np.ndarray, np.ndarray]:
    times = burst_times(Fraction(rate_hz), (0.0, 14400.0), n)
    values = np.round(np.random.default_rng(1).normal(0, 2, times.size), 4)
    stamps = np.datetime_as_string(times.astype("datetime64[ns]"), unit="ns")
    rows = [f"{stamp}Z,{value:.4f}" for stamp, value in zip(stamps, values, strict=True)]
    path.write_text("\n".join(["time_utc,VI-2041A-DE [m/s2]", *rows, ""]), encoding="utf-8")
    return times, values


def test_a_csv_of_bursts_becomes_a_waveform_with_exact_rate_and_values(tmp_path: Path) -> None:
    times, values = write_bursts(tmp_path / "P-2041A.csv")
    (recording,) = parse_logs([tmp_path / "P-2041A.csv"]).recordings
    facts = recording.facts
    assert (facts.group, facts.rate_hz, facts.n_bursts) == ("waveform", 25600.0, 2)
    assert (facts.channels[0].acquired, facts.channels[0].detected) == ("burst", "raw")
    np.testing.assert_array_equal(recording.times_ns, times)
    np.testing.assert_array_equal(recording.columns["VI-2041A-DE"], values)


def test_bursts_come_back_from_the_disk_one_by_one_and_cut_to_the_range(tmp_path: Path) -> None:
    times, values = write_bursts(tmp_path / "P-2041A.csv")
    (parsed,) = parse_logs([tmp_path / "P-2041A.csv"]).recordings
    write_recording(tmp_path / "r", parsed.facts, parsed.times_ns, parsed.columns)
    recording = open_recording(tmp_path / "r")
    assert isinstance(recording.axis, RunsAxis)
    np.testing.assert_array_equal(recording.times_ns, times)
    first, second = recording.bursts("VI-2041A-DE", int(times[0]), int(times[-1]) + 1)
    assert (first.start_ns, first.rate_hz) == (START, 25600.0)
    np.testing.assert_allclose(second.values, values[512:], rtol=1e-6)
    (cut,) = recording.bursts("VI-2041A-DE", int(times[100]), int(times[200]))
    assert (cut.start_ns, len(cut.values)) == (int(times[100]), 100)
    assert list(recording.bursts("VI-2041A-DE", START + 60 * SECOND, START + 120 * SECOND)) == []


def test_a_file_with_two_rates_gives_the_trend_and_the_waveform(tmp_path: Path) -> None:
    """1 kHz acceleration in every row, a temperature in every thousandth: as measurement boxes merge them."""
    rows = ["time,acc [m/s2],TI-1 [degC]"]
    for k in range(5000):
        stamp = np.datetime_as_string(np.datetime64(START + k * 1_000_000, "ns"), unit="ms")
        rows.append(f"{stamp}Z,{k % 7 / 10:.1f},{40 + k // 1000 if k % 1000 == 0 else ''}")
    (tmp_path / "box.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    trend, waveform = parse_logs([tmp_path / "box.csv"]).recordings
    assert (trend.facts.group, list(trend.columns), trend.columns["TI-1"].tolist()) == ("trend", ["TI-1"], [40, 41, 42, 43, 44])
    assert trend.facts.sample_period_s == 1.0
    assert (waveform.facts.rate_hz, list(waveform.columns), waveform.facts.rows) == (1000.0, ["acc"], 5000)
    assert {trend.facts.source, waveform.facts.source} == {"box.csv"}


def test_a_recording_written_before_there_were_rate_groups_opens_as_a_trend(tmp_path: Path) -> None:
    log = tmp_path / "old.csv"
    log.write_text("time,PI-1 [bar]\n" + "".join(f"2026-03-02T00:00:{s:02d}Z,{s}\n" for s in range(60)), encoding="utf-8")
    (parsed,) = parse_logs([log]).recordings
    write_recording(tmp_path / "r", parsed.facts, parsed.times_ns, parsed.columns)
    import json

    meta = json.loads((tmp_path / "r" / "meta.json").read_text())
    for name in ("group", "rate_hz", "n_bursts"):
        del meta["facts"][name]
    for name in ("acquired", "detected", "band_hz"):
        del meta["facts"]["channels"][0][name]
    del meta["step_rest"], meta["step_parts"]
    (tmp_path / "r" / "meta.json").write_text(json.dumps(meta))
    old = open_recording(tmp_path / "r")
    assert (old.group, old.rate_hz, old.rows) == ("trend", None, 60)
    assert old.summary.channels[0].detected == "unknown"


@pytest.mark.parametrize(
    ("hint", "unit", "quantity", "detected"),
    [
        ("VI-2041A-DE [mm/s]", "mm/s", "vibration", "rms"),  # ISO 20816-1 monitors the RMS of velocity
        ("VI-2041A-DE [in/s]", "in/s", "vibration", "unknown"),  # shown as a peak as often as as an RMS
        ("Vib DE in/s pk", "in/s", "vibration", "peak"),
        ("Shaft X [µm pk-pk]", "um", "vibration", "peak_to_peak"),
        ("Shaft X [µmpp]", "um", "vibration", "peak_to_peak"),
        ("Velocity [mm/sRMS]", "mm/s", "vibration", "rms"),
        ("Schwinggeschwindigkeit eff. [mm/s]", "mm/s", "vibration", "rms"),
        ("Accel peak to peak (g)", "g", "vibration", "peak_to_peak"),
        ("PI-2041A [bar]", "bar", "pressure", "raw"),
        ("II-2041A [A]", "A", "current", "unknown"),
        ("Pumpe Oppermann", None, "", "unknown"),
    ],
)
def test_how_a_trend_was_detected_is_read_from_its_header_or_stays_open(
    hint: str, unit: str | None, quantity: str, detected: str
) -> None:
    assert how_detected(hint, unit, quantity, "trend") == detected


@pytest.mark.parametrize(
    ("hint", "timing", "acquired"),
    [
        ("Flow_Avg", Timing(is_even=True), "averaged"),
        ("Druck Mittelwert", Timing(is_even=True), "averaged"),
        ("PI-1", Timing(is_even=True), "sampled"),
        ("PI-1", Timing(is_on_change=True), "on_change"),
        ("PI-1", Timing(), "unknown"),
        ("acc", Timing(group="waveform", n_bursts=3, span_s=7200), "burst"),
        ("acc", Timing(group="waveform", n_bursts=1, span_s=7200), "sampled"),
    ],
)
def test_how_a_channel_was_acquired_follows_from_words_and_timing(hint: str, timing: Timing, acquired: str) -> None:
    assert how_acquired(hint, timing) == acquired


@pytest.mark.parametrize(
    ("hint", "band"),
    [
        ("VEL RMS 10-1000 Hz [mm/s]", (10.0, 1000.0)),
        ("acc 2 … 10 kHz", (2000.0, 10000.0)),
        ("Schwinggeschwindigkeit 10 Hz bis 1 kHz", (10.0, 1000.0)),
        ("HF 0,5–5 kHz", (500.0, 5000.0)),
        ("VI-2041A-DE [mm/s]", None),
        ("PI-2041-50 Hz", None),
    ],
)
def test_a_band_that_a_header_prints_is_kept(hint: str, band: tuple[float, float] | None) -> None:
    assert band_of(hint) == band
