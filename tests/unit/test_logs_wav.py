"""WAV files of vibration: samples exact, scale and start from where they are said, else asked."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from workbench.core.clock import parse_utc
from workbench.core.errors import LogFormatError, RequestError
from workbench.logs.parse import ParsedLogs, ParseOptions, parse_logs

RATE_HZ = 25600
COUNTS = np.round(12000 * np.sin(np.arange(5120) * 2 * np.pi * 50 / RATE_HZ)).astype(np.int16)
NOON_NS = parse_utc("2026-03-02T12:00:00Z")


def with_chunks(path: Path, chunks: dict[bytes, bytes]) -> None:
    """Add chunks before the samples, as recorders do."""
    data = path.read_bytes()
    extra = b"".join(name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2) for name, body in chunks.items())
    body = data[12:36] + extra + data[36:]
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body)


def info(**entries: str) -> bytes:
    bodies = ((key.encode(), text.encode() + b"\x00") for key, text in entries.items())
    return b"INFO" + b"".join(key + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2) for key, body in bodies)


def bext(description: str, date: str, clock: str, since_midnight: int) -> bytes:
    head = description.encode().ljust(256, b"\x00") + b"box".ljust(32, b"\x00") + b"".ljust(32, b"\x00")
    return (head + date.encode() + clock.encode() + struct.pack("<Q", since_midnight) + b"\x01\x00").ljust(602, b"\x00")


def read(path: Path, *answers: str, zone: str | None = None) -> ParsedLogs:
    return parse_logs([path], ParseOptions(zone=zone, answers=answers))


def codes(parsed: ParsedLogs) -> set[str]:
    return {question.code for question in parsed.questions}


@pytest.mark.parametrize("kind", ["uint8", "int16", "int32", "float32", "float64"])
def test_samples_of_every_kind_are_exact_shares_of_full_scale(kind: str, tmp_path: Path) -> None:
    shares = COUNTS / 32768
    scales = {"uint8": 128, "int16": 1 << 15, "int32": 1 << 31}
    stored = np.round(shares * scales[kind]) + (128 if kind == "uint8" else 0) if kind in scales else shares
    wavfile.write(tmp_path / "a.wav", RATE_HZ, stored.astype(kind))
    (recording,) = read(tmp_path / "a.wav").recordings
    wanted = (stored.astype(kind).astype(float) - (128 if kind == "uint8" else 0)) / scales.get(kind, 1)
    np.testing.assert_array_equal(recording.columns["a"], wanted.astype(recording.columns["a"].dtype))


def test_24_bits_are_read_exactly(tmp_path: Path) -> None:
    import wave

    counts = np.array([0, 1, -1, 8388607, -8388608, 1234567] * 20, "<i4")
    with wave.open(str(tmp_path / "a.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(3)
        out.setframerate(RATE_HZ)
        out.writeframes(counts.view(np.uint8).reshape(-1, 4)[:, :3].tobytes())
    (recording,) = read(tmp_path / "a.wav").recordings
    np.testing.assert_array_equal(recording.columns["a"] * 2.0**23, counts)


def test_without_any_word_about_it_scale_and_start_are_asked(tmp_path: Path) -> None:
    wavfile.write(tmp_path / "P-1.wav", RATE_HZ, COUNTS)
    parsed = read(tmp_path / "P-1.wav")
    assert codes(parsed) == {"SCALE_UNKNOWN", "TIME_RELATIVE"}
    facts = parsed.recordings[0].facts
    assert (facts.group, facts.rate_hz, facts.n_bursts, facts.first_ns) == ("waveform", 25600.0, 1, 0)
    assert facts.channels[0].unit is None


def test_answers_give_scale_and_start(tmp_path: Path) -> None:
    wavfile.write(tmp_path / "P-1.wav", RATE_HZ, COUNTS)
    parsed = read(tmp_path / "P-1.wav", "SCALE_UNKNOWN=50 g", "TIME_RELATIVE=2026-03-02T12:00:00Z")
    (recording,) = parsed.recordings
    assert parsed.questions == ()
    assert recording.facts.channels[0].unit == "g"
    assert recording.facts.first_ns == NOON_NS
    np.testing.assert_allclose(recording.columns["P-1"], COUNTS / 32768 * 50, rtol=1e-6)
    with pytest.raises(RequestError, match="SCALE_UNKNOWN"):
        read(tmp_path / "P-1.wav", "SCALE_UNKNOWN=much")


def test_sensitivity_and_range_in_a_comment_give_full_scale(tmp_path: Path) -> None:
    """±5 V at 100 mV/g is 50 g."""
    path = tmp_path / "VT-1_20260302T120000Z.wav"
    wavfile.write(path, RATE_HZ, COUNTS)
    with_chunks(path, {b"LIST": info(ICMT="sensitivity 100 mV/g, range ±5 V", INAM="VT-2041A-DE")})
    parsed = read(path)
    (recording,) = parsed.recordings
    assert parsed.questions == ()
    assert list(recording.columns) == ["VT-2041A-DE"]
    assert recording.facts.channels[0].unit == "g"
    np.testing.assert_allclose(recording.columns["VT-2041A-DE"], COUNTS / 32768 * 50, rtol=1e-6)


def test_a_broadcast_chunk_gives_the_start_to_the_sample_and_its_zone_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    wavfile.write(path, RATE_HZ, COUNTS)
    half_past = (12 * 3600 * RATE_HZ) + RATE_HZ // 2
    with_chunks(path, {b"bext": bext("unit=m/s2 full_scale=490.3", "2026-03-02", "12:00:00", half_past)})
    parsed = read(path)
    assert codes(parsed) == {"ZONE_UNKNOWN"}
    assert parsed.recordings[0].facts.first_ns == NOON_NS + 500_000_000
    in_oslo = read(path, zone="Europe/Oslo").recordings[0].facts
    assert in_oslo.first_ns == NOON_NS + 500_000_000 - 3600 * 10**9


def test_a_sidecar_names_channels_and_comes_before_the_file_s_own_words(tmp_path: Path) -> None:
    path = tmp_path / "box.wav"
    wavfile.write(path, RATE_HZ, np.column_stack([COUNTS, COUNTS // 2]))
    with_chunks(path, {b"LIST": info(ICMT="unit=g full_scale=10")})
    channels = [{"name": "VT-DE", "full_scale": 50, "unit": "g"}, {"name": "KEY", "unit": "V", "full_scale": 10}]
    (tmp_path / "box.json").write_text(json.dumps({"start_utc": "2026-03-02T12:00:00Z", "channels": channels}), encoding="utf-8")
    parsed = read(path)
    (recording,) = parsed.recordings
    assert [(channel.name, channel.unit) for channel in recording.facts.channels] == [("VT-DE", "g"), ("KEY", "V")]
    assert recording.facts.first_ns == NOON_NS
    assert recording.columns["VT-DE"].max() == pytest.approx(12000 / 32768 * 50)
    assert parsed.questions == ()


def test_bursts_in_files_of_their_own_become_one_recording_in_order_of_time(tmp_path: Path) -> None:
    for hour in (18, 6, 12):
        path = tmp_path / f"VT-2041A-DE_20260302_{hour:02d}0000Z.wav"
        wavfile.write(path, RATE_HZ, COUNTS + np.int16(hour))
        with_chunks(path, {b"LIST": info(ICMT="full scale: 50 g")})
    parsed = parse_logs([tmp_path])
    (recording,) = parsed.recordings
    facts = recording.facts
    assert (facts.n_bursts, facts.rows, len(facts.sources)) == (3, 3 * 5120, 3)
    assert recording.times_ns[::5120].tolist() == [NOON_NS - 6 * 3600 * 10**9, NOON_NS, NOON_NS + 6 * 3600 * 10**9]
    np.testing.assert_allclose(recording.columns["VT-2041A-DE"][:5120], (COUNTS + 6) / 32768 * 50, rtol=1e-5)
    apart = parse_logs([tmp_path], ParseOptions(join=False)).recordings
    assert len(apart) == 3


def test_a_slow_wav_is_a_trend(tmp_path: Path) -> None:
    path = tmp_path / "level_20260302T120000Z.wav"
    wavfile.write(path, 1, COUNTS[:300])
    with_chunks(path, {b"LIST": info(ICMT="full scale: 10 bar")})
    (recording,) = read(path).recordings
    assert (recording.facts.group, recording.facts.sample_period_s) == ("trend", 1.0)


def test_a_clipped_waveform_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a_20260302T120000Z.wav"
    wavfile.write(path, RATE_HZ, np.clip(COUNTS.astype(int) * 4, -32768, 32767).astype(np.int16))
    findings = read(path).recordings[0].facts.findings
    assert {finding.code for finding in findings} == {"SATURATED"}
    assert len(findings) == 2


def test_a_pure_tone_that_meets_its_peak_in_every_period_is_not_clipped(tmp_path: Path) -> None:
    path = tmp_path / "a_20260302T120000Z.wav"
    wavfile.write(path, RATE_HZ, np.tile(np.round(20000 * np.sin(np.arange(512) * 2 * np.pi / 512)).astype(np.int16), 40))
    assert read(path).recordings[0].facts.findings == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data[:20] + struct.pack("<H", 0x55) + data[22:], "compressed sound"),
        (lambda data: data[:22] + struct.pack("<H", 0) + data[24:], "0 channels"),
        (lambda data: data[:24] + struct.pack("<I", 0) + data[28:], "at 0 Hz"),
        (lambda data: data[:44], "no samples"),
        (lambda data: data[:8] + b"AVI " + data[12:], "sound or video"),
    ],
)
def test_what_is_no_plain_wav_is_refused_by_name(change: object, words: str, tmp_path: Path) -> None:
    wavfile.write(tmp_path / "whole.wav", RATE_HZ, COUNTS)
    path = tmp_path / "bad.wav"
    path.write_bytes(change((tmp_path / "whole.wav").read_bytes()))
    with pytest.raises(LogFormatError, match=words) as caught:
        read(path)
    assert "bad.wav" in caught.value.message


def test_what_a_cut_file_holds_is_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a_20260302T120000Z.wav"
    wavfile.write(path, RATE_HZ, COUNTS)
    path.write_bytes(path.read_bytes()[:3001])
    (recording,) = read(path).recordings
    assert recording.facts.rows == (3001 - 44) // 2
    assert [finding.text for finding in recording.facts.findings if finding.code == "FILE_CUT_SHORT"] == [
        f"The file is cut short: 2957 of {2 * COUNTS.size} bytes of samples are there and were read. Copy it again for the rest."
    ]


def test_a_recorder_that_lost_power_is_read_as_far_as_it_wrote(tmp_path: Path) -> None:
    """Its sizes still say zero, as nobody came back to fill them in."""
    path = tmp_path / "a.wav"
    wavfile.write(path, RATE_HZ, COUNTS)
    data = path.read_bytes()
    path.write_bytes(data[:40] + struct.pack("<I", 0) + data[44:])
    assert read(path).recordings[0].facts.rows == COUNTS.size


@pytest.mark.parametrize(
    "told",
    ['{"full_scale": 1' + "0" * 400 + "}", '{"full_scale": Infinity}', '{"sensitivity_mv_per_unit": 1e-320, "range_v": 1e300}'],
)
def test_a_full_scale_that_cant_be_is_asked_for_as_if_nobody_had_said_it(told: str, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    wavfile.write(path, RATE_HZ, COUNTS)
    plain = read(path)
    path.with_suffix(".json").write_text(told, encoding="utf-8")
    assert codes(read(path)) == codes(plain)


def test_a_sidecar_that_notepad_saved_is_read(tmp_path: Path) -> None:
    """It begins with a byte order mark."""
    path = tmp_path / "a.wav"
    wavfile.write(path, RATE_HZ, COUNTS)
    plain = codes(read(path))
    path.with_suffix(".json").write_text('{"full_scale": 50, "unit": "g"}', encoding="utf-8-sig")
    assert len(codes(read(path))) < len(plain)
