"""Waveforms as text, in the shapes that analysers, recorders and oscilloscopes export."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.core.clock import format_utc, parse_utc
from workbench.core.errors import LogFormatError, RequestError
from workbench.logs.parse import ParsedLogs, ParsedRecording, ParseOptions, parse_logs
from workbench.logs.readers import wave_text
from workbench.logs.readers.head_facts import read_head
from workbench.logs.readers.registry import find_reader

RATE_HZ = 25_600
N = 3_000
VALUES = np.round(np.random.default_rng(5).normal(0, 0.4, N), 5)
START = "2026-05-13T10:00:00Z"


def write(path: Path, head: str, rows: list[str], encoding: str = "utf-8") -> Path:
    path.write_bytes((head + "\n".join(rows) + "\n").encode(encoding))
    return path


def parsed(path: Path, *answers: str, zone: str | None = "UTC") -> ParsedLogs:
    return parse_logs([path], ParseOptions(zone=zone, answers=answers))


def one(path: Path, *answers: str) -> ParsedRecording:
    (recording,) = parsed(path, *answers).recordings
    return recording


def printed(mark: str = ".") -> list[str]:
    return [f"{value:.5f}".replace(".", mark) for value in VALUES.tolist()]


def seconds(mark: str = ".", scale: float = 1.0) -> list[str]:
    return [f"{number / RATE_HZ * scale:.9f}".replace(".", mark) for number in range(N)]


def pairs(delimiter: str, mark: str = ".", scale: float = 1.0) -> list[str]:
    return [delimiter.join(row) for row in zip(seconds(mark, scale), printed(mark), strict=True)]


ANALYSER = (
    f"Type:\tTime\nDate:\t2026-05-13\nTime:\t10:00:00\nX-Axis unit:\ts\nX-Axis delta:\t{1 / RATE_HZ}\nY-Axis unit:\tm/s2\n\n"
)
AMPLIFIER = f"CATALOGUE\nDATE 13.05.2026\nTIME 10:00:00\nSample rate;{RATE_HZ} Hz\n\nTime 1 [s];DE [g]\n"
RECORDER = f"Data info\nStart time:\t13.05.2026 10:00:00.000\nSample rate:\t{RATE_HZ}\n\nTime (s)\tDE (g)\n"
COLLECTOR = f"Point: MOH\nDate/Time: 13-May-26 10:00:00\nSample rate (Hz) = {RATE_HZ}\n\nTime (mSec),Amplitude (g)\n"
SCOPE = (
    f'"TraceName","ACC DE"\n"VUnit","g"\n"HResolution",{1 / RATE_HZ:.9e}\n"HUnit","s"\n"Date","2026/05/13"\n"Time","10:00:00"\n\n'
)
COUNTED = f"Meas time;2026-05-13 10:00:00\nfs [Hz];{RATE_HZ}\nUnit;g\nindex;value\n"
GERMAN = "Messbeginn;13.05.2026 10:00:00\nAbtastrate;25,6 kHz\nEinheit;g\nLager AS\n"
RUSSIAN = f"Начало записи: 13.05.2026 10:00:00\nЧастота дискретизации: {RATE_HZ} Гц\nЕдиница измерения: g\n"
JAPANESE = f"開始日時,2026/05/13 10:00:00\nサンプリング周波数,{RATE_HZ}Hz\n単位,m/s2\n"
CASES = {
    "amplifier": (AMPLIFIER, pairs(";", ","), "DE", "g"),
    "recorder": (RECORDER, pairs("\t"), "DE", "g"),
    "analyser": (ANALYSER, [f"{n + 1}\t{row}" for n, row in enumerate(pairs("\t"))], "column 1", "m/s2"),
    "collector": (COLLECTOR, pairs(",", scale=1e3), "Amplitude", "g"),
    "oscilloscope": (SCOPE, [f",{cell}" for cell in printed()], "ACC DE", "g"),
    "counted": (COUNTED, [f"{n};{cell}" for n, cell in enumerate(printed())], "value", "g"),
    "german column": (GERMAN, printed(","), "Lager AS", "g"),
    "russian column": (RUSSIAN, printed(","), "column 1", "g"),
    "japanese column": (JAPANESE, printed(), "column 1", "m/s2"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_head_dates_all_rows(name: str, tmp_path: Path) -> None:
    head, rows, channel, unit = CASES[name]
    recording = one(write(tmp_path / "wave.txt", head, rows))
    facts = recording.facts
    assert (facts.group, facts.rate_hz, facts.rows) == ("waveform", RATE_HZ, N)
    assert [(found.name, found.unit) for found in facts.channels] == [(channel, unit)]
    np.testing.assert_array_equal(recording.columns[channel], VALUES)
    assert recording.times_ns[0] == np.datetime64(START[:-1], "ns").astype(np.int64)
    assert recording.times_ns[-1] - recording.times_ns[0] == (N - 1) * 10**9 // RATE_HZ
    assert not facts.questions


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1251"])
def test_heads_of_other_encodings_are_read(encoding: str, tmp_path: Path) -> None:
    head, rows, channel, _ = CASES["russian column"]
    recording = one(write(tmp_path / "wave.txt", head, rows, encoding))
    assert recording.facts.rate_hz == RATE_HZ
    np.testing.assert_array_equal(recording.columns[channel], VALUES)


def test_several_channels_keep_their_names_and_units(tmp_path: Path) -> None:
    head = f"Sampling frequency (Hz):,{RATE_HZ}\nDE,NDE,P\ng,g,bar\n"
    rows = [f"{a},{b},{c}" for a, b, c in zip(printed(), printed()[::-1], printed(), strict=True)]
    recording = one(write(tmp_path / "wave.csv", head, rows))
    assert [(found.name, found.unit) for found in recording.facts.channels] == [("DE", "g"), ("NDE", "g"), ("P", "bar")]
    np.testing.assert_array_equal(recording.columns["NDE"], VALUES[::-1])


def test_a_column_of_numbers_alone_is_read_and_its_rate_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "wave.txt", "", printed())
    assert {question.code for question in parsed(path).questions} == {"TIME_RELATIVE", "UNIT_UNKNOWN"}
    asked = next(question.text for question in parsed(path).questions if question.code == "TIME_RELATIVE")
    assert "25600 Hz" in asked
    recording = one(path, f"TIME_RELATIVE={START}/48828 Hz", "UNIT_UNKNOWN=g")
    assert (recording.facts.group, recording.facts.rate_hz) == ("waveform", 48828.0)
    np.testing.assert_array_equal(recording.columns["column 1"], VALUES)


@pytest.mark.parametrize(("answer", "rate_hz"), [("/25.6 kHz", 25600.0), ("/0.0001", 10000.0), ("/2.56e4 hz", 25600.0)])
def test_a_rate_is_answered_in_hertz_or_seconds(answer: str, rate_hz: float, tmp_path: Path) -> None:
    path = write(tmp_path / "two.csv", "", [f"{a},{b}" for a, b in zip(printed(), printed(), strict=True)])
    assert one(path, f"TIME_RELATIVE={START}{answer}").facts.rate_hz == rate_hz


@pytest.mark.parametrize("answer", ["/0", "/-1", "/fast", "/0 Hz", "/1e300", "/1 rpm"])
def test_an_answer_that_is_no_rate_is_refused(answer: str, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="TIME_RELATIVE"):
        parsed(write(tmp_path / "wave.txt", "", printed()), f"TIME_RELATIVE={START}{answer}")


def test_oscilloscopes_with_seconds_and_no_start_keep_their_rate(tmp_path: Path) -> None:
    heads = {"x-axis,1\nsecond,Volt\n": "1", "SCOPE,12345,Waveform\nSegments,1,Size,3000\nTime,Ampl\n": "Ampl"}
    for head, channel in heads.items():
        recording = one(write(tmp_path / "scope.csv", head, pairs(",")))
        assert recording.facts.rate_hz == RATE_HZ
        np.testing.assert_array_equal(recording.columns[channel], VALUES)
        assert "TIME_RELATIVE" in {question.code for question in recording.facts.questions}


def test_a_start_that_may_be_two_days_is_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "wave.txt", f"Start: 05/06/2026 10:00:00\nSample rate: {RATE_HZ}\n", printed())
    assert {question.code for question in parsed(path).questions} >= {"DAY_MONTH_AMBIGUOUS"}
    assert one(path).facts.rate_hz == RATE_HZ
    for answer, day in (("DMY", "2026-06-05"), ("MDY", "2026-05-06")):
        found = one(path, f"DAY_MONTH_AMBIGUOUS={answer}")
        assert found.times_ns[0] == np.datetime64(f"{day}T10:00:00", "ns").astype(np.int64)


@pytest.mark.parametrize(
    ("lines", "start"),
    [
        ("Date:\t05/27/2026\nTime:\t02:03:04 PM", "2026-05-27T14:03:04"),
        ("Aufnahme am: 13.05.2026 um 16:17:18 Uhr", "2026-05-13T16:17:18"),
        ("Date d'acquisition;13/05/2026\nHeure d'acquisition;09:15:00", "2026-05-13T09:15:00"),
        ("# Data pomiaru: 13.05.2026\n# Godzina pomiaru: 12:00:01", "2026-05-13T12:00:01"),
        ("Дата: 13.05.2026\nВремя начала: 09:08:07,250", "2026-05-13T09:08:07.25"),
        ("測定開始日時,2026/05/13 09:00:00.000\n測定終了日時,2026/05/13 09:00:29.980", "2026-05-13T09:00:00"),
        ("Datum/Uhrzeit des Exports: 14.05.2026 07:01:44\nT0 = 13.05.2026 13:22:10,250", "2026-05-13T13:22:10.25"),
        ('"Test date","May 13, 2026"\n"Test time","15:30:45"', "2026-05-13T15:30:45"),
        ("Segment,TrigTime,TimeSince\n#1,13-May-2026 14:15:16.750,0", "2026-05-13T14:15:16.75"),
        ("Mittaus alkoi;13.5.2026 klo 9.10.11", "2026-05-13T09:10:11"),
        ("*STARTTIME\n2026-05-13 10:11:12", "2026-05-13T10:11:12"),
        ("Exported: 2026-05-14 10:00:00", None),
        ("Calibration date: 2025-01-01 10:00:00", None),
    ],
)
def test_a_start_is_found_by_what_instruments_call_it_and_not_the_export(lines: str, start: str | None, tmp_path: Path) -> None:
    path = write(tmp_path / "wave.txt", f"{lines}\nSample rate: {RATE_HZ} Hz\n", printed())
    recording = one(path)
    assert recording.facts.rate_hz == RATE_HZ
    if start is None:
        assert "TIME_RELATIVE" in {question.code for question in recording.facts.questions}
    else:
        assert recording.times_ns[0] == np.datetime64(start, "ns").astype(np.int64)


def test_a_head_at_the_left_of_the_first_rows_is_read(tmp_path: Path) -> None:
    head = ["Record Length,3000,,", f"Sample Interval,{1 / RATE_HZ:.6e},,", "Vertical Units,V,,"]
    rows = [f"{head[n] if n < 3 else ',,,'}{row}," for n, row in enumerate(pairs(","))]
    recording = one(write(tmp_path / "scope.csv", "", rows))
    assert (recording.facts.rows, recording.facts.rate_hz) == (N, RATE_HZ)
    (channel,) = recording.facts.channels
    assert channel.unit == "V"
    np.testing.assert_array_equal(recording.columns[channel.name], VALUES)


def test_start_and_increment_below_their_names_are_read(tmp_path: Path) -> None:
    head = f"X,CH1,Start,Increment,\nSequence,Volt,-6.0e-02,{1 / RATE_HZ:.9e},\n"
    recording = one(write(tmp_path / "scope.csv", head, [f"{n},{cell}," for n, cell in enumerate(printed())]))
    assert [(found.name, found.unit) for found in recording.facts.channels] == [("CH1", "V")]
    assert recording.facts.rate_hz == RATE_HZ


def test_other_rates_in_a_head_are_not_the_sampling_rate(tmp_path: Path) -> None:
    head = f"High-pass filter: 0.7 Hz\nBandwidth (Hz): 10240\nRMS update rate: 4 Hz\nSampling rate: {RATE_HZ} Hz\nRPM = 1500\n"
    assert one(write(tmp_path / "wave.txt", head, printed())).facts.rate_hz == RATE_HZ


def test_a_start_without_zone_is_asked_for_it_and_one_with_is_not(tmp_path: Path) -> None:
    naive = write(tmp_path / "a.txt", f"Start: 2026-05-13 10:00:00\nSample rate: {RATE_HZ}\n", printed())
    zoned = write(tmp_path / "b.txt", f"Start: 2026-05-13T10:00:00+02:00\nSample rate: {RATE_HZ}\n", printed())
    assert "ZONE_UNKNOWN" in {question.code for question in parsed(naive, zone=None).questions}
    assert "ZONE_UNKNOWN" not in {question.code for question in parsed(zoned, zone=None).questions}
    assert one(zoned).times_ns[0] == np.datetime64("2026-05-13T08:00:00", "ns").astype(np.int64)


def test_slow_rows_under_an_interval_are_a_trend(tmp_path: Path) -> None:
    rows = [f"{6 + np.sin(n / 9):.3f};{42 + np.sin(n / 5):.2f}" for n in range(500)]
    head = "Start time: 2026-05-13 10:00:00Z\nSample interval: 10 s\nPI-1 [bar];FI-1 [m3/h]\n"
    recording = one(write(tmp_path / "bench.csv", head, rows))
    assert (recording.facts.group, recording.facts.sample_period_s) == ("trend", 10.0)
    assert recording.times_ns[0] == np.datetime64(START[:-1], "ns").astype(np.int64)
    assert [(found.name, found.unit) for found in recording.facts.channels] == [("PI-1", "bar"), ("FI-1", "m3/h")]


def test_a_spectrum_is_no_waveform() -> None:
    rows = "\n".join(f"{n * 0.5},{value}" for n, value in enumerate(printed()))
    assert find_reader(f"Sample rate: {RATE_HZ}\nFrequency [Hz],Amplitude [g]\n{rows}\n".encode()[:16384]).kind == "text"


def test_rows_with_times_of_their_own_stay_a_table() -> None:
    rows = "\n".join(f"{1_778_666_400 + n},{value}" for n, value in enumerate(printed()))
    assert find_reader(f"Sample rate: 1 Hz\ntime,PI-1\n{rows}\n".encode()[:16384]).kind == "text"


@pytest.mark.parametrize("cell", ["OVER", "1,2,3", "inf", "--"])
def test_a_cell_that_is_no_number_makes_it_a_table_with_a_reason(cell: str, tmp_path: Path) -> None:
    """Far below the head, so that the first rows look plain."""
    rows = [f"{a};{b}" for a, b in zip(printed(), printed(), strict=True)]
    rows[2500] = f"{rows[2500].split(';')[0]};{cell}"
    recording = one(write(tmp_path / "wave.csv", f"Sample rate: {RATE_HZ}\nDE [g];NDE [g]\n", rows))
    assert recording.facts.channels[1].n_good == N - 1
    assert sum(recording.facts.channels[1].bad.values()) == 1


def test_a_remark_at_the_end_is_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "wave.txt"
    path.write_text(f"Sample rate: {RATE_HZ}\n" + "\n".join(printed()) + "\nEnd of data\n", encoding="utf-8")
    recording = one(path)
    assert recording.facts.rows == N
    assert "ROWS_CUT_SHORT" in [finding.code for finding in recording.facts.findings]


def test_a_large_file_that_turns_out_to_be_a_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = printed()
    rows[2500] = "OVER"
    path = write(tmp_path / "wave.txt", f"Sample rate: {RATE_HZ}\n", rows)
    monkeypatch.setattr(wave_text, "MAX_FILE_BYTES", 100)
    with pytest.raises(LogFormatError, match=r"wave\.txt has cells that are no numbers"):
        parsed(path)


@pytest.mark.parametrize(
    ("line", "rate_hz"),
    [
        ("# fs = 25600 Hz", 25600), ("Sampling rate;51,2 kHz", 51200), ("SampleRate\t1.024e+04", 10240), ("dt: 0.0001", 10000),
        ("Sampling interval,100ms", 10), ("Interval [ms]: 50", 20), ("Fréquence d'échantillonnage : 10 kHz", 10000),
        ("Frecuencia de muestreo: 2000 Hz", 2000), ("采样频率：5000 Hz", 5000),
        ("Abtastrate: 8192 1/s", 8192), ("Interval: 10", None), ("Rate: 5", None),
        ("Sample rate: fast", None), ("Samples: 3000", None), ("Sample rate: 0", None),
    ],
)  # fmt: skip
def test_rates_and_intervals_are_found_by_what_instruments_call_them(line: str, rate_hz: int | None) -> None:
    assert read_head([line]).rate == rate_hz


def test_bursts_without_a_head_are_dated_by_their_names_and_the_answered_rate(tmp_path: Path) -> None:
    """As bearing rigs leave them: a file each ten minutes, columns of accelerometers, nothing else."""
    rng = np.random.default_rng(3)
    bursts = [np.round(rng.normal(0, 0.3, (2048, 4)), 3) for _ in range(3)]
    for number, values in enumerate(bursts):
        rows = ["\t".join(f"{value:.3f}" for value in row) for row in values.tolist()]
        write(tmp_path / f"2003.10.22.12.{number}6.24", "", rows)
    asked = parse_logs([tmp_path], ParseOptions(zone="UTC"))
    assert "TIME_RELATIVE" in {question.code for question in asked.questions}
    dated = parse_logs([tmp_path], ParseOptions(zone="UTC", answers=("TIME_RELATIVE=/20480 Hz",)))
    (recording,) = dated.recordings
    assert (recording.facts.rate_hz, recording.facts.n_bursts) == (20480.0, 3)
    assert recording.times_ns[0] == np.datetime64("2003-10-22T12:06:24", "ns").astype(np.int64)
    np.testing.assert_array_equal(recording.columns["column 4"], np.concatenate(bursts)[:, 3])
    assert "TIME_RELATIVE" not in {question.code for question in dated.questions}


def test_columns_that_do_not_swing_are_no_waveform() -> None:
    rows = "\n".join(f"{6 + value},{40 + value}" for value in VALUES.tolist())
    assert find_reader(rows.encode()[:16384]).kind == "text"


def test_an_axis_called_y_is_no_label_and_a_flag_is(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    flags = np.repeat([0, 1, 0], 1000)
    rows = [f"{a:.4f},{b:.4f},{flag}" for a, b, flag in zip(rng.normal(size=N), rng.normal(size=N), flags, strict=True)]
    recording = one(write(tmp_path / "tri.csv", f"Sample rate: {RATE_HZ} Hz\nacc_x,acc_y,anomaly\n", rows))
    assert [found.name for found in recording.facts.channels] == ["acc_x", "acc_y"]
    assert list(recording.labels) == ["anomaly"]


@pytest.mark.parametrize(
    ("name", "scale"), [("time_s", 1.0), ("Time_ms", 1e3), ("Zeit_s", 1.0), ("time_us", 1e6), ("seconds", 1.0)]
)
def test_seconds_are_known_by_their_names(name: str, scale: float, tmp_path: Path) -> None:
    recording = one(write(tmp_path / "wave.csv", f"{name},acc_x\n", pairs(",", scale=scale)))
    assert recording.facts.rate_hz == pytest.approx(RATE_HZ, rel=1e-6)
    assert [(found.name, found.unit) for found in recording.facts.channels] == [("acc_x", None)]


@pytest.mark.parametrize("start", ["3026-03-16T10:00:00Z", "0001-01-01T00:00:00Z", "yesterday"])
def test_a_start_that_no_log_can_have_is_refused(start: str, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="TIME_RELATIVE"):
        parsed(write(tmp_path / "wave.txt", "", printed()), f"TIME_RELATIVE={start}/48828 Hz")


def test_a_rate_alone_is_an_answer(tmp_path: Path) -> None:
    recording = one(write(tmp_path / "wave.txt", "", printed()), "TIME_RELATIVE=48828 Hz")
    assert recording.facts.rate_hz == 48828.0


def test_a_start_that_is_told_for_one_file_goes_before_that_in_its_name(tmp_path: Path) -> None:
    path = write(tmp_path / "2003.10.22.12.06.24", "", printed())
    told = one(path, f"TIME_RELATIVE={START}/20480 Hz").facts
    named = one(path, "TIME_RELATIVE=/20480 Hz").facts
    assert format_utc(named.first_ns) == "2003-10-22T12:06:24Z"
    assert told.first_ns == parse_utc(START)


def test_decimal_commas_with_exponents_are_one_column(tmp_path: Path) -> None:
    cells = [f"{value:.6E}".replace(".", ",") for value in VALUES.tolist()]
    recording = one(write(tmp_path / "wave.txt", f"Sample rate: {RATE_HZ}\nUnidad;mg\n", cells))
    np.testing.assert_allclose(recording.columns["column 1"], VALUES, rtol=1e-6)
    assert [found.unit for found in recording.facts.channels] == ["mg"]


def test_a_value_below_its_starred_name_is_read(tmp_path: Path) -> None:
    head = "*STARTTIME\n2026-05-13 10:11:12\n*INTERVAL\n0,625 ms\n*CHANNEL\nACC x [g];ACC y [g]\n*DATA\n"
    rows = [f"{a};{b}" for a, b in zip(printed(","), printed(","), strict=True)]
    recording = one(write(tmp_path / "wave.csv", head, rows))
    assert recording.facts.rate_hz == 1600
    assert [(found.name, found.unit) for found in recording.facts.channels] == [("ACC x", "g"), ("ACC y", "g")]
