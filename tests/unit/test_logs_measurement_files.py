"""MATLAB, HDF5, TDMS and MDF: several rates in one file, units, starts, and what must be refused."""

from __future__ import annotations

import datetime as dt
import struct
import zlib
from importlib.util import find_spec
from pathlib import Path

import h5py
import nptdms
import numpy as np
import pytest
from scipy.io import savemat

from workbench.core.errors import LogFormatError
from workbench.logs.parse import ParsedRecording, ParseOptions, parse_logs
from workbench.logs.tables.preview import preview_file

SECOND = 1_000_000_000
START_NS = 1_772_409_600 * SECOND  # 2026-03-02T00:00:00Z
OPTIONS = ParseOptions(zone="UTC")
SLOW = np.round(3 + np.sin(np.arange(60)), 3)
FAST = np.sin(np.arange(6400) / 5.0)
NEEDS_MDF = pytest.mark.skipif(find_spec("asammdf") is None, reason="asammdf is not there on the newest Python")


def read(path: Path, *answers: str) -> list[ParsedRecording]:
    return list(parse_logs([path], ParseOptions(zone="UTC", answers=answers)).recordings)


def codes(path: Path) -> set[str]:
    return {question.code for question in parse_logs([path], OPTIONS).questions}


# MATLAB


def test_a_rate_beside_arrays_makes_a_waveform_and_its_start_is_asked(tmp_path: Path) -> None:
    """As bearing test rigs publish them: X097_DE_time and a rate, no time."""
    savemat(
        tmp_path / "a.mat", {"X097_DE_time": FAST[:, None], "X097_FE_time": FAST[:, None] * 2, "fs": 12000.0, "X097RPM": 1796}
    )
    (recording,) = read(tmp_path / "a.mat")
    assert (recording.facts.group, recording.facts.rate_hz) == ("waveform", 12000.0)
    np.testing.assert_array_equal(recording.columns["X097_FE_time"], FAST * 2)
    assert codes(tmp_path / "a.mat") == {"TIME_RELATIVE", "UNIT_UNKNOWN"}
    (dated,) = read(tmp_path / "a.mat", "TIME_RELATIVE=2026-03-02T00:00:00Z")
    assert dated.facts.first_ns == START_NS


def test_a_unit_that_a_person_tells_is_the_channel_s_and_is_not_asked_again(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"bearing": {"sr": 97656.0, "gs": FAST, "tacho": FAST}})
    parsed = parse_logs([tmp_path / "a.mat"], ParseOptions(zone="UTC", answers=("UNIT_UNKNOWN@gs=g",)))
    gs, tacho = parsed.recordings[0].facts.channels
    assert (gs.unit, gs.quantity, tacho.unit) == ("g", "vibration", None)
    assert [question.channel for question in parsed.questions if question.code == "UNIT_UNKNOWN"] == ["tacho"]


def test_structures_are_read_with_their_own_rate(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"bearing": {"sr": 97656.0, "gs": FAST, "load": 270.0}, "slow": {"dt": 0.5, "P": SLOW}})
    by_group = {one.facts.group: one for one in read(tmp_path / "a.mat")}
    assert by_group["waveform"].facts.rate_hz == 97656.0
    assert by_group["trend"].facts.sample_period_s == 0.5


def test_serial_days_of_matlab_are_dates(tmp_path: Path) -> None:
    """datenum('2026-03-02') is 740043 (days since year 0)."""
    savemat(tmp_path / "a.mat", {"time": 740043.0 + np.arange(60) / 86400.0, "P": SLOW})
    (recording,) = read(tmp_path / "a.mat")
    assert recording.facts.first_ns == START_NS
    assert recording.facts.sample_period_s == pytest.approx(1.0, abs=1e-3)


def test_matlab_version_4_is_read_as_the_later_ones_are(tmp_path: Path) -> None:
    times = 1_780_000_000.0 + np.arange(60.0)[:, None]
    savemat(tmp_path / "a.mat", {"time": times, "P": SLOW[:60, None]}, format="4")
    (recording,) = read(tmp_path / "a.mat")
    assert recording.facts.rows == 60
    assert recording.facts.channels[0].mean == pytest.approx(float(np.mean(SLOW[:60])))


def test_objects_of_matlab_are_refused_and_never_built(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"c": np.array([np.zeros(3), "text"], dtype=object)})
    with pytest.raises(LogFormatError, match=r"a\.mat holds only cell that MATLAB alone can read"):
        read(tmp_path / "a.mat")


def test_a_variable_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    savemat(tmp_path / "small.mat", {"P": SLOW})
    head = (tmp_path / "small.mat").read_bytes()[:128]
    packer = zlib.compressobj(9)
    packed = b"".join([*(packer.compress(bytes(1 << 24)) for _ in range(40)), packer.flush()])
    (tmp_path / "bomb.mat").write_bytes(head + struct.pack("<II", 15, len(packed)) + packed)
    with pytest.raises(LogFormatError, match=r"bomb\.mat unpacks to more than"):
        read(tmp_path / "bomb.mat")


# HDF5


def test_each_rate_of_an_hdf5_file_is_a_recording(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["start_utc"] = "2026-03-02T00:00:00Z"
        for name, rate, values, unit in (
            ("acc", 25600.0, FAST, "m/s^2"),
            ("pressure", 1.0, SLOW, "bar"),
            ("level", 1.0, SLOW, "NTU"),
        ):
            dataset = file.create_dataset(name, data=values)
            dataset.attrs["sample_rate"], dataset.attrs["units"] = rate, unit
    trend, waveform = sorted(read(tmp_path / "a.h5"), key=lambda one: one.facts.group)
    assert [(one.name, one.unit) for one in trend.facts.channels] == [("level", "NTU"), ("pressure", "bar")]
    assert (waveform.facts.rate_hz, waveform.facts.first_ns, waveform.facts.channels[0].unit) == (25600.0, START_NS, "m/s2")
    assert codes(tmp_path / "a.h5") == set()


def test_a_table_of_fields_is_read_with_its_instants(tmp_path: Path) -> None:
    rows = np.zeros(60, dtype=[("timestamp", "i8"), ("pressure", "f8"), ("status", "S8")])
    rows["timestamp"], rows["pressure"], rows["status"] = START_NS + np.arange(60) * SECOND, SLOW, b"RUN"
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("log", data=rows)
    (recording,) = read(tmp_path / "a.h5")
    assert recording.facts.first_ns == START_NS
    np.testing.assert_array_equal(recording.columns["pressure"], SLOW)


def test_links_out_of_the_file_are_not_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file.create_dataset("P", data=SLOW)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["P"] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "/P")
    with pytest.raises(LogFormatError, match=r"a\.h5 can't be read as HDF5: P is a link"):
        read(tmp_path / "a.h5")


def test_samples_in_another_file_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "raw.bin").write_bytes(SLOW.tobytes())
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("P", shape=(60,), dtype="f8", external=[(str(tmp_path / "raw.bin"), 0, 480)])
    with pytest.raises(LogFormatError, match="P lies in another file"):
        read(tmp_path / "a.h5")


def test_a_dataset_of_an_absurd_size_is_refused_before_it_is_made(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("P", shape=(10**13,), dtype="f8", chunks=(1000,))
    assert (tmp_path / "a.h5").stat().st_size < 10_000
    with pytest.raises(LogFormatError, match=r"a\.h5 holds 10000000000000 samples"):
        read(tmp_path / "a.h5")


def test_pickles_in_attributes_are_not_loaded(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["pickled"] = np.void(b"\x80\x04cposix\nsystem\n(S'touch /tmp/owned'\ntR.")
        dataset = file.create_dataset("P", data=SLOW)
        dataset.attrs["fs"] = 1.0
    (recording,) = read(tmp_path / "a.h5")
    assert list(recording.columns) == ["P"]


# TDMS


def channel(name: str, values: np.ndarray, step: float | None, unit: str = "", group: str = "log") -> nptdms.ChannelObject:
    told = {} if step is None else {"wf_increment": step, "wf_start_time": np.datetime64(START_NS, "ns")}
    return nptdms.ChannelObject(group, name, values, properties={**told, "unit_string": unit})


def test_waveforms_and_scalars_of_a_tdms_file_come_apart(tmp_path: Path) -> None:
    with nptdms.TdmsWriter(tmp_path / "a.tdms") as writer:
        writer.write_segment(
            [channel("acc", FAST, 3 / 51200, "g"), channel("P", SLOW, 1.0, "bar"), channel("T", SLOW[:30], 2.0, "°C")]
        )
    trend, waveform = sorted(read(tmp_path / "a.tdms"), key=lambda one: one.facts.group)
    assert waveform.facts.rate_hz == 51200 / 3
    assert (waveform.facts.first_ns, waveform.facts.channels[0].unit) == (START_NS, "g")
    assert {one.name: (one.unit, one.n_good, one.n_absent) for one in trend.facts.channels} == {
        "P": ("bar", 60, 0),
        "T": ("degC", 30, 30),
    }
    assert trend.facts.source == waveform.facts.source == "a.tdms"
    assert codes(tmp_path / "a.tdms") == set()


def test_a_channel_of_instants_dates_its_group(tmp_path: Path) -> None:
    stamps = (START_NS + np.arange(60) * SECOND).astype("datetime64[ns]").astype("datetime64[us]")
    with nptdms.TdmsWriter(tmp_path / "a.tdms") as writer:
        writer.write_segment([channel("Time", stamps, None), channel("P", SLOW, None, "bar")])
    (recording,) = read(tmp_path / "a.tdms")
    assert recording.facts.first_ns == START_NS
    np.testing.assert_array_equal(recording.columns["P"], SLOW)


def test_a_logger_that_lost_power_is_read_as_far_as_it_wrote_and_it_is_said(tmp_path: Path) -> None:
    with nptdms.TdmsWriter(tmp_path / "a.tdms") as writer:
        writer.write_segment([channel("acc", FAST, 1 / 25600, "g")])
    data = (tmp_path / "a.tdms").read_bytes()
    (tmp_path / "cut.tdms").write_bytes(data[: len(data) // 2])
    (recording,) = read(tmp_path / "cut.tdms")
    assert {finding.code for finding in recording.facts.findings} == {"FILE_CUT_SHORT"}
    values = recording.columns["acc"]
    assert 1000 < values.size < FAST.size
    np.testing.assert_array_equal(values, FAST[: values.size])


def test_a_tdms_header_that_claims_more_than_its_file_holds_costs_no_memory(tmp_path: Path) -> None:
    """A million million values in 480 bytes: what is there is read."""
    with nptdms.TdmsWriter(tmp_path / "a.tdms") as writer:
        writer.write_segment([channel("P", SLOW, 1.0)])
    data = (tmp_path / "a.tdms").read_bytes()
    assert data.count(struct.pack("<Q", 60)) == 1
    (tmp_path / "lie.tdms").write_bytes(data.replace(struct.pack("<Q", 60), struct.pack("<Q", 10**12)))
    (recording,) = read(tmp_path / "lie.tdms")
    np.testing.assert_array_equal(recording.columns["P"], SLOW)


# MDF


_SECONDS = ((1, "P", "bar"), (2, "Q", "m3/h"))


def write_mdf(path: Path, *, version: str = "4.10") -> None:
    from asammdf import MDF, Signal

    with MDF(version=version) as file:
        file.start_time = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
        file.append([Signal(FAST, np.arange(6400) / 25600.0, name="acc", unit="m/s²")])
        file.append(
            [Signal(SLOW, np.arange(60.0), name="P", unit="bar"), Signal(SLOW * 2, np.arange(60.0), name="Q", unit="m3/h")]
        )
        file.append([Signal(SLOW[:30], np.arange(30) * 2.0, name="T", unit="°C")])
        file.save(path, overwrite=True)


@NEEDS_MDF
def test_each_raster_of_an_mdf_file_keeps_its_times(tmp_path: Path) -> None:
    write_mdf(tmp_path / "a.mf4")
    trend, waveform = sorted(read(tmp_path / "a.mf4"), key=lambda one: one.facts.group)
    assert (waveform.facts.rate_hz, waveform.facts.first_ns) == (25600.0, START_NS)
    np.testing.assert_array_equal(waveform.columns["acc"], FAST)
    assert {one.name: (one.unit, one.n_good, one.n_absent) for one in trend.facts.channels} == {
        "P": ("bar", 60, 0),
        "Q": ("m3/h", 60, 0),
        "T": ("degC", 30, 30),
    }


@NEEDS_MDF
def test_mdf_3_shows_a_clock_whose_zone_is_asked(tmp_path: Path) -> None:
    write_mdf(tmp_path / "a.mdf", version="3.30")
    asked = {question.code for question in parse_logs([tmp_path / "a.mdf"]).questions}
    assert "ZONE_UNKNOWN" in asked
    recordings = read(tmp_path / "a.mdf")
    assert {one.facts.group for one in recordings} == {"trend", "waveform"}


# Preview


def test_the_preview_shows_channels_of_every_rate_and_the_rates(tmp_path: Path) -> None:
    with nptdms.TdmsWriter(tmp_path / "a.tdms") as writer:
        writer.write_segment(
            [channel("acc", FAST, 1 / 25600, "g"), channel("P", SLOW, 1.0, "bar"), channel("T", SLOW[:30], 2.0, "°C")]
        )
    found = preview_file(tmp_path / "a.tdms", OPTIONS)
    assert {(column.name, column.unit) for column in found.columns if column.role == "channel"} == {
        ("acc", "g"), ("P", "bar"), ("T", "degC"),
    }  # fmt: skip
    guesses = {guess.name: guess.value for guess in found.guesses}
    assert (guesses["format"], guesses["waveform rate"], guesses["waveform start"]) == ("TDMS", "25,600 Hz", "in the file")


def test_the_preview_asks_what_a_waveform_leaves_open(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"x": FAST, "fs": 12000.0})
    found = preview_file(tmp_path / "a.mat", OPTIONS)
    assert {question.code for question in found.questions} == {"TIME_RELATIVE", "UNIT_UNKNOWN"}
    assert found.rows[0] == ("x",)
    answered = preview_file(tmp_path / "a.mat", ParseOptions(answers=("TIME_RELATIVE=2026-03-02T00:00:00Z",)))
    starts = [{guess.name: guess.value for guess in one.guesses}["waveform start"] for one in (found, answered)]
    assert starts == ["not known", "as answered"]
