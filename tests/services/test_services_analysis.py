"""Spectrum, spectrogram, orders, envelope, machine facts and pump curve of a project whose physics is known."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.services.analysis_fixtures import PUMP, SHAFT_HZ, START_NS, burst_text, make_project, trend_text
from workbench.core.clock import format_utc
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.logs.analysis import maps
from workbench.services import analysis_reads
from workbench.services.analysis_envelope import BearingsRequest, EnvelopeRequest, list_bearings, log_envelope
from workbench.services.analysis_maps import OrdersRequest, SpectrogramRequest, log_orders, log_spectrogram
from workbench.services.analysis_pump import PumpCurveRequest, log_pump_curve
from workbench.services.analysis_spectrum import SpectrumRequest, log_spectrum
from workbench.services.analysis_trend import DefectTrendRequest, log_defect_trend
from workbench.services.logs import ImportRequest, import_logs
from workbench.services.machine import MachineRequest, load_machine, machine, parse_points
from workbench.services.tag_map import AssetsImportRequest, import_assets

WAVE, TREND = "VT-7001A-DE", "VI-7001A-DE"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("analysis")
    made, pumps = str(make_project(folder)), folder / "pumps.csv"
    pumps.write_text("asset,tag\nP-9,XI-9\nP-10,XI-10\n", encoding="utf-8")
    import_assets(AssetsImportRequest(path=str(pumps), project=made), Job())
    return made


def test_the_tones_of_a_burst_are_listed_with_their_orders_and_heights(project: str) -> None:
    result = log_spectrum(SpectrumRequest(project=project, asset=PUMP, channel=WAVE, amplitude="peak"), Job())
    found = [(round(peak.frequency, 1), round(peak.amplitude, 2), round(peak.order or 0, 2)) for peak in result.peaks]
    # 25 Hz is 1X at 1500 rpm; 125 Hz order 5; 700 Hz order 28.
    assert found == [(25.0, 2.0, 1.0), (125.0, 1.0, 5.0), (700.0, 0.5, 28.0)]
    assert result.speed_from == "ST-7001A-KEY"
    # An edge is known to half a sample of the 24 · 204.8 between first and last pulse: 1500 rpm within 0.15.
    assert result.speed_rpm == pytest.approx(1500.0, abs=0.16)
    assert (result.n_bursts, result.n_averages, result.resolution) == (2, 2, 1.0)
    # √((2² + 1² + 0.5²)/2 + 0.02²) = 1.6204
    assert result.overall_rms == pytest.approx(1.6204, rel=2e-3)


def test_a_peak_hold_says_whose_overall_it_tells(project: str, tmp_path: Path) -> None:
    out = tmp_path / "held.csv"
    asked = SpectrumRequest(project=project, asset=PUMP, channel=WAVE)
    mean = log_spectrum(asked, Job())
    held = log_spectrum(msgspec.structs.replace(asked, averaging="peak hold", out=str(out)), Job())
    assert held.overall_rms == pytest.approx(mean.overall_rms, rel=1e-12)
    assert "that of all pieces averaged" in held.notes[-1]
    assert not any("averaged" in note for note in mean.notes)
    assert "2 pieces held" in out.read_text(encoding="utf-8").splitlines()[0]


def test_a_density_has_the_same_peaks_as_far_above_their_floor(project: str) -> None:
    asked = SpectrumRequest(project=project, asset=PUMP, channel=WAVE, resolution_hz=4.0)
    rms, density = (
        log_spectrum(msgspec.structs.replace(asked, amplitude=kind), Job()) for kind in ("rms", "density")
    )  # fmt: skip
    assert [(one.frequency, one.above_floor_db) for one in density.peaks] == [
        (one.frequency, one.above_floor_db) for one in rms.peaks
    ]
    # A line of Hann's window is 1.5 lines of 4 Hz wide.
    assert [one.amplitude for one in density.peaks] == pytest.approx([one.amplitude**2 / 6.0 for one in rms.peaks])
    assert [one.above_floor_db for one in density.machine_lines] == [one.above_floor_db for one in rms.machine_lines]


def test_one_burst_is_taken_where_an_instant_is_given_and_written_as_csv(project: str, tmp_path: Path) -> None:
    out = tmp_path / "spectrum.csv"
    request = SpectrumRequest(
        project=project, asset=PUMP, channel=WAVE, at="2026-03-02T00:59:00Z", motion="velocity", amplitude="peak", out=str(out)
    )
    result = log_spectrum(request, Job())
    assert (result.first_utc, result.n_bursts, result.unit) == ("2026-03-02T01:00:00Z", 1, "mm/s")
    rows = [line.split(",") for line in out.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert rows[0] == ["frequency [Hz]", f"{WAVE} [mm/s]"]
    heights = {float(hz): float(value) for hz, value in rows[1:]}
    # 2 m/s² / (2π 25) = 12.732 mm/s
    assert heights[25.0] == pytest.approx(12.732, rel=1e-3)


def test_the_rms_trend_beside_it_is_refused_in_words_with_what_would_do(project: str) -> None:
    with pytest.raises(InputError) as told:
        log_spectrum(SpectrumRequest(project=project, asset=PUMP, channel=TREND), Job())
    assert told.value.message == f"{TREND} holds 60 s RMS values: a spectrum of them says nothing about vibration."
    assert "record bursts" in told.value.hint
    for request in (
        SpectrogramRequest(project=project, asset=PUMP, channel=TREND),
        OrdersRequest(project=project, asset=PUMP, channel=TREND),
        EnvelopeRequest(project=project, asset=PUMP, channel=TREND),
    ):
        run = {SpectrogramRequest: log_spectrogram, OrdersRequest: log_orders, EnvelopeRequest: log_envelope}[type(request)]
        with pytest.raises(InputError, match="says nothing about vibration"):
            run(request, Job())  # type: ignore[operator]


def test_a_flow_that_swings_every_two_hours_has_a_slow_cycle_of_half_a_cycle_an_hour(project: str) -> None:
    result = log_spectrum(SpectrumRequest(project=project, asset=PUMP, channel="FI-7001A", amplitude="peak"), Job())
    assert result.frequency_unit == "1/h"
    # 1 / 2 h; swing of 60 m³/h
    assert result.peaks[0].frequency == pytest.approx(0.5, abs=0.01)
    assert result.peaks[0].amplitude == pytest.approx(60.0, rel=0.02)
    assert "slow cycles only" in result.notes[0]


def test_a_spectrogram_of_bursts_has_one_column_each(project: str) -> None:
    result = log_spectrogram(SpectrogramRequest(project=project, asset=PUMP, channel=WAVE), Job())
    assert (result.columns, result.y_unit, result.strongest) == (2, "Hz", SHAFT_HZ)


def test_orders_are_tracked_by_the_tachometer_and_a_typed_speed_is_said_to_be_no_tracking(project: str) -> None:
    tracked = log_orders(OrdersRequest(project=project, asset=PUMP, channel=WAVE), Job())
    assert (tracked.tracking, tracked.y_unit, round(tracked.strongest, 2)) == ("tachometer", "orders", 1.0)
    typed = log_orders(OrdersRequest(project=project, asset=PUMP, channel=WAVE, rpm=1500.0), Job())
    assert typed.tracking == "mean speed"
    assert "which is no tracking" in typed.notes[-1]


def test_the_orders_at_an_instant_are_those_of_the_burst_nearest_to_it(project: str, tmp_path: Path) -> None:
    out = tmp_path / "orders.csv"
    asked = OrdersRequest(project=project, asset=PUMP, channel=WAVE, at="2026-03-02T00:50:00Z", amplitude="peak", out=str(out))
    result = log_orders(asked, Job())
    assert (result.first_utc, result.columns, result.tracking) == ("2026-03-02T01:00:00Z", 1, "tachometer")
    assert result.strongest == pytest.approx(1.0, abs=0.02)
    assert "begins 10 min later" in result.notes[-1]
    rows = [line.split(",") for line in out.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert rows[0] == ["order", f"{WAVE} [m/s2]"]
    heights = {round(float(order), 1): float(value) for order, value in rows[1:]}
    # 2 m/s² at 1X, 1 at order 5 (the line's own height, for the lines don't lie on them exactly)
    assert (heights[1.0], heights[5.0]) == (pytest.approx(2.0, rel=0.02), pytest.approx(1.0, rel=0.02))
    both = log_orders(msgspec.structs.replace(asked, at=None, out=None), Job())
    assert (both.first_utc, both.columns) == ("2026-03-02T00:00:00Z", 2)


def test_an_envelope_knows_the_bearing_of_the_project_and_finds_no_defect_in_plain_tones(project: str) -> None:
    machine(MachineRequest(project=project, asset=PUMP, bearing="6313"), Job())
    result = log_envelope(EnvelopeRequest(project=project, asset=PUMP, channel=WAVE, low_hz=1000.0, high_hz=2000.0), Job())
    assert (result.bearing, result.band_from, result.stands_out) == ("6313", "typed", ())
    # 8 balls: BPFO + BPFI = 8
    assert result.orders["bpfo"] + result.orders["bpfi"] == pytest.approx(8.0)
    assert {line.name for line in result.defect_lines} >= {"BPFO", "BPFI +1X", "2 BSF −FTF", "FTF"}


def test_machine_facts_are_kept_and_only_what_is_given_changes(project: str) -> None:
    machine(MachineRequest(project=project, asset="P-9", n_vanes=6, limits="2,4,7"), Job())
    result = machine(MachineRequest(project=project, asset="P-9", curve="0:80, 100:68, 150:53"), Job())
    assert result.changed == ("curve_points",)
    facts = load_machine(project, "P-9")
    assert (facts.n_vanes, facts.limits_mm_per_s, len(facts.curve_points)) == (6, (2.0, 4.0, 7.0), 3)
    assert machine(MachineRequest(project=project, asset="P-9", forget=("n_vanes",)), Job()).facts.n_vanes is None
    assert machine(MachineRequest(project=project, asset="P-9", limits="standard"), Job()).facts.limits_mm_per_s is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"limits": "4,3,9"}, "don't rise"), ({"limits": "4,x"}, "no three limits"),
        ({"forget": ("colour",)}, "no fact 'colour'"), ({"por": "120,70"}, "doesn't rise"), ({"aor": "a"}, "is no region"),
        ({"curve": "1:2,3"}, "'3' is no point"), ({"curve": "1:2"}, "1 points make no curve"),
        ({"own_bearing": "X,8"}, "is no bearing"), ({"own_bearing": "X,80,20,100"}, "don't fit"),
    ],
)  # fmt: skip
def test_machine_facts_that_contradict_themselves_are_refused(project: str, changes: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        machine(MachineRequest(project=project, asset="P-10", **changes), Job())  # type: ignore[arg-type]
    assert load_machine(project, "P-10") == load_machine(project, "P-11")


def test_an_own_bearing_is_listed_before_the_examples_and_used(project: str) -> None:
    machine(MachineRequest(project=project, asset=PUMP, own_bearing="MINE,9,10,50,15", bearing="MINE"), Job())
    rows = list_bearings(BearingsRequest(own=project, asset=PUMP), Job()).bearings
    assert (rows[0].designation, rows[0].source) == ("MINE", "entered by a person")
    # 9/2 (1 − 10/50 cos 15°) = 3.6307
    assert rows[0].bpfo == pytest.approx(3.6307, abs=1e-4)
    result = log_envelope(EnvelopeRequest(project=project, asset=PUMP, channel=WAVE), Job())
    assert result.bearing == "MINE"


def test_a_worn_pump_is_five_percent_below_the_curve_it_began_with(project: str, tmp_path: Path) -> None:
    out = tmp_path / "points.csv"
    request = PumpCurveRequest(project=project, asset=PUMP, reference_end="2026-03-02T11:59:00Z", out=str(out))
    result = log_pump_curve(request, Job())
    assert result.channels == {
        "suction": "PI-7000A", "discharge": "PI-7001A", "flow": "FI-7001A", "speed": "SI-7001A", "power": "JI-7001A"
    }  # fmt: skip
    assert (result.curve["a"], result.curve["c"]) == (pytest.approx(80.0, abs=0.01), pytest.approx(1.2e-3, rel=1e-3))
    assert result.bep_m3_per_h == pytest.approx(110.0, rel=1e-3)
    assert result.bep_efficiency == pytest.approx(0.7, rel=1e-3)
    assert result.deviation_first_percent == pytest.approx(0.0, abs=0.01)
    assert result.deviation_last_percent == pytest.approx(-5.0, abs=0.01)
    flow = 100.0 + 60.0 * np.sin(2 * np.pi * np.arange(1440) / 120.0)
    # Shares of a sine between 77 and 132 m³/h (70 to 120 % of 110), counted
    assert result.share_in_por == pytest.approx(float(np.mean((flow >= 77.0) & (flow <= 132.0))), abs=0.01)
    machine(MachineRequest(project=project, asset=PUMP, por="90,110"), Job())
    narrow = log_pump_curve(request, Job()).share_in_por
    assert narrow == pytest.approx(float(np.mean((flow >= 99.0) & (flow <= 121.0))), abs=0.01)
    last = out.read_text(encoding="utf-8").splitlines()[-1].split(",")
    assert float(last[-1]) == pytest.approx(-5.0, abs=1e-3)


def test_a_channel_without_a_value_has_no_part_in_the_pump_curve(tmp_path: Path) -> None:
    """The suction gauge is dead in the second half; another one, further down the list, is dead in the first."""
    lines = ["time,PI-1-SUCTION [bar],PI-2-SUCTION [bar],PI-3 [bar],FI-3 [m3/h]"]
    for row in range(200):
        first, second = ("1.0", "") if row < 100 else ("", "2.0")
        lines.append(f"2026-03-02T{row // 60:02}:{row % 60:02}:00Z,{first},{second},{9.0 - row % 20 / 20:.2f},{80 + row % 20}")
    log = tmp_path / "P-3.csv"
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    project = str(tmp_path / "project")
    import_logs(ImportRequest(paths=(str(log),), project=project), Job())
    late = PumpCurveRequest(project=project, asset="P-3", start="2026-03-02T02:00:00Z")
    assert log_pump_curve(late, Job()).channels["suction"] == "PI-2-SUCTION"
    machine(MachineRequest(project=project, asset="P-3", suction_channel="PI-1-SUCTION"), Job())
    result = log_pump_curve(late, Job())
    assert result.channels["suction"] == ""
    assert result.points == 80
    assert result.notes[0] == "PI-1-SUCTION has no value in this stretch."
    machine(MachineRequest(project=project, asset="P-3", discharge_channel="PI-1-SUCTION"), Job())
    with pytest.raises(InputError, match="PI-1-SUCTION has no value in this stretch: there is no pump curve without"):
        log_pump_curve(late, Job())


def test_no_channel_is_suction_and_discharge_at_once(tmp_path: Path) -> None:
    """Where all pressures are named as suctions, the highest of the others is the discharge; a lone one is none."""
    lines = ["time,PI-1-SUCT [bar],PI-2-SUCT [bar],FI-4 [m3/h]"]
    lines += [f"2026-03-02T00:{row:02}:00Z,{9 + row % 2},{3 + row % 2},{80 + row % 20}" for row in range(60)]
    log = tmp_path / "P-4.csv"
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    project = str(tmp_path / "project")
    import_logs(ImportRequest(paths=(str(log),), project=project), Job())
    channels = log_pump_curve(PumpCurveRequest(project=project, asset="P-4"), Job()).channels
    assert (channels["suction"], channels["discharge"]) == ("PI-1-SUCT", "PI-2-SUCT")


def test_a_pump_without_flow_has_no_curve_and_is_told_what_is_missing(project: str, tmp_path: Path) -> None:
    machine(MachineRequest(project=project, asset=PUMP, npshr_m=3.0), Job())
    result = log_pump_curve(PumpCurveRequest(project=project, asset=PUMP), Job())
    # Suction 1 bar gauge: (1 + 1.01325 − 0.0234) bar / (998.2 · 9.80665) = 20.328 m, less 3 m
    assert result.least_npsh_margin_m == pytest.approx(17.328, abs=0.01)
    dry = tmp_path / "P-8.csv"
    dry.write_text("time,PI-8 [bar]\n2026-03-02T00:00:00Z,1\n2026-03-02T00:01:00Z,2\n2026-03-02T00:02:00Z,3\n", encoding="utf-8")
    import_logs(ImportRequest(paths=(str(dry),), project=project), Job())
    with pytest.raises(InputError, match="no channel for flow"):
        log_pump_curve(PumpCurveRequest(project=project, asset="P-8"), Job())


def test_points_are_sorted_by_flow() -> None:
    assert parse_points("200:110; 0:120, 400:72") == ((0.0, 120.0), (200.0, 110.0), (400.0, 72.0))


def test_looking_at_a_machine_waits_for_no_writer(project: str) -> None:
    from workbench.project.lock import write_lock

    with write_lock(Path(project)):
        assert machine(MachineRequest(project=project, asset=PUMP), Job()).changed == ()


@pytest.mark.parametrize(("standing_from", "rpm"), [(30, 1500.0), (0, 0.0)])
def test_the_mean_speed_of_a_spectrogram_is_of_the_bursts_in_which_the_shaft_turns(
    tmp_path: Path, standing_from: int, rpm: float
) -> None:
    """The bursts are at minutes 0 and 60; from minute 30 on (or always) the speed channel shows standstill."""
    head, *rows = trend_text(120).splitlines()
    rows = [row.replace(",1500.0,", ",0.0,") if minute >= standing_from else row for minute, row in enumerate(rows)]
    trend, bursts = tmp_path / f"{PUMP}.csv", tmp_path / f"{PUMP}-bursts.csv"
    trend.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    bursts.write_text(burst_text(), encoding="utf-8")
    import_logs(ImportRequest(paths=(str(trend), str(bursts)), project=str(tmp_path / "p")), Job())
    result = log_spectrogram(SpectrogramRequest(project=str(tmp_path / "p"), asset=PUMP, channel=WAVE), Job())
    assert (result.columns, result.speed_rpm) == (2, rpm)
    assert any("the shaft stands" in note.lower() for note in result.notes)


def test_defect_lines_are_followed_over_the_bursts_and_written(project: str, tmp_path: Path) -> None:
    out = tmp_path / "trend.csv"
    request = DefectTrendRequest(
        project=project, asset=PUMP, channel=WAVE, bearing="6313", low_hz=500.0, high_hz=2000.0, out=str(out)
    )
    result = log_defect_trend(request, Job())
    assert (result.bearing, result.band_from) == ("6313", "typed")
    single = log_envelope(
        EnvelopeRequest(
            project=project, asset=PUMP, channel=WAVE, bearing="6313", low_hz=500.0, high_hz=2000.0, at=result.rows[0].at_utc
        ),
        Job(),
    )
    bpfo = next(line for line in single.defect_lines if line.name == "BPFO")
    assert result.rows[0].heights["BPFO"] == pytest.approx(bpfo.amplitude)
    assert result.rows[0].above_floor_db["BPFO"] == pytest.approx(bpfo.above_floor_db)
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("time since first burst [s],speed [rpm],BPFO [")
    assert len(lines) == 2 + len(result.rows)


def test_a_trend_without_a_bearing_is_refused(project: str) -> None:
    with pytest.raises(InputError, match="No bearing of"):
        log_defect_trend(DefectTrendRequest(project=project, asset=PUMP, channel=WAVE, bearing="none"), Job())


def test_the_kurtogram_is_written_cell_by_cell(project: str, tmp_path: Path) -> None:
    out = tmp_path / "kurtogram.csv"
    log_envelope(EnvelopeRequest(project=project, asset=PUMP, channel=WAVE, kurtogram=str(out)), Job())
    rows = [line.split(",") for line in out.read_text(encoding="utf-8").splitlines()[2:]]
    assert float(rows[0][0]) == 0.0
    assert all(float(low) < float(high) for low, high, _ in rows)


def test_a_stream_longer_than_memory_allows_is_averaged_whole(
    project: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits are lowered instead of the stream made longer: 60 s of 2 kHz, whose tone at 300 Hz sounds in the last 20 s only."""
    monkeypatch.setattr(analysis_reads, "MOST_SAMPLES", 20_000)
    monkeypatch.setattr(maps, "_BLOCK_SAMPLES", 8192)
    monkeypatch.setattr(maps, "_PART_SAMPLES", 20_000)
    t = np.arange(120_000) / 2000.0
    carrier = (1.0 + 0.5 * np.sin(2 * np.pi * 13.0 * t)) * np.sin(2 * np.pi * 600.0 * t)
    values = carrier + np.where(t >= 40.0, 1.5 * np.sin(2 * np.pi * 300.0 * t), 0.0)
    rows = [f"{format_utc(START_NS + k * 500_000)},{value:.6f}" for k, value in enumerate(values.tolist())]
    log = tmp_path / "P-7301A.csv"
    log.write_text("\n".join(["time,VT-7301A-DE [m/s2]", *rows]) + "\n", encoding="utf-8")
    import_logs(ImportRequest(paths=(str(log),), project=project), Job())
    spectrum = log_spectrum(
        SpectrumRequest(project=project, asset="P-7301A", channel="VT-7301A-DE", resolution_hz=1.0, rpm=1500.0), Job()
    )
    assert spectrum.n_averages == 119
    assert spectrum.notes == ("The shaft's speed is that of the 10 s in the middle.",)
    # A third of the time at peak 1.5: √(1.5²/2/3) = 0.612; the pieces at its edges blur that a little.
    tone = next(peak for peak in spectrum.peaks if round(peak.frequency) == 300)
    assert tone.amplitude == pytest.approx(0.612, rel=0.01)
    envelope = log_envelope(
        EnvelopeRequest(
            project=project, asset="P-7301A", channel="VT-7301A-DE", low_hz=500.0, high_hz=700.0, rpm=1500.0, bearing="none"
        ),
        Job(),
    )
    assert envelope.n_bursts == 1
    assert any("mean of all parts" in note for note in envelope.notes)
    # The carrier's modulation, 0.5 of it: √(0.5²/2) = 0.354 as RMS.
    strongest = max(envelope.peaks, key=lambda peak: peak.amplitude)
    assert strongest.frequency == pytest.approx(13.0, abs=0.2)
    assert strongest.amplitude == pytest.approx(0.354, rel=0.05)
