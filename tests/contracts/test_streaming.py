"""Measurement files are read in blocks to exactly what they are read to at once, however small the blocks are."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tests.contracts.reader_files import SAMPLES, Sample
from tests.unit.test_logs_careful_stream import check_same
from workbench.logs.careful import assemble_signals, feed, fill
from workbench.logs.parse import ParsedLogs, ParseOptions
from workbench.logs.readers import arrays, lazy, lvm
from workbench.logs.readers.registry import streams

STREAMED = [sample for sample in SAMPLES if streams(sample.kind)]
OPTIONS = ParseOptions(zone="UTC")
RNG = np.random.default_rng(7)
WAVE = np.round(0.3 * np.sin(np.arange(5000) / 11.0) + 0.05 * RNG.standard_normal(5000), 6)


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of some dozen rows."""
    monkeypatch.setattr(fill, "READ_ROWS", 64)
    monkeypatch.setattr(fill, "MAX_BLOCK_ROWS", 50)
    monkeypatch.setattr(assemble_signals, "BLOCK_CELLS", 333)
    monkeypatch.setattr(lazy, "READ_ROWS", 100)
    monkeypatch.setattr(arrays, "READ_ROWS", 100)
    monkeypatch.setattr(lvm, "_ROWS_AT_ONCE", 70)
    monkeypatch.setattr(feed, "STRETCH_CELLS", 400)
    monkeypatch.setattr(feed, "CHUNK_ROWS", 64)


@pytest.mark.parametrize("sample", STREAMED, ids=[f"{sample.kind}{sample.suffix}" for sample in STREAMED])
def test_a_file_is_read_in_blocks_as_it_is_at_once(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / f"P-2041A{sample.suffix}"
    sample.write(path)
    check_same([path], OPTIONS, tmp_path / "disk")


def riff(path: Path, tag: int, n_bytes: int, data: bytes, *, extensible: bool = False, magic: bytes = b"RIFF") -> None:
    """Two channels at 12.8 kHz."""
    width = 2 * n_bytes
    head = struct.pack("<HHIIHH", 0xFFFE if extensible else tag, 2, 12800, 12800 * width, width, 8 * n_bytes)
    if extensible:
        head += struct.pack("<HHIH", 22, 8 * n_bytes, 3, tag) + b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x008\x9bq"
    sizes = struct.pack("<QQQI", len(data) + 100, len(data), len(data) // width, 0)
    wide = b"ds64" + len(sizes).to_bytes(4, "little") + sizes if magic != b"RIFF" else b""
    told = b"\xff\xff\xff\xff" if wide else len(data).to_bytes(4, "little")
    body = b"WAVE" + wide + b"fmt " + len(head).to_bytes(4, "little") + head + b"data" + told + data
    path.write_bytes(magic + (b"\xff\xff\xff\xff" if wide else len(body).to_bytes(4, "little")) + body)


def counts(dtype: str, scale: float) -> bytes:
    return np.stack([WAVE * scale, WAVE * scale / 2], axis=1).astype(dtype).tobytes()


def int24() -> bytes:
    wide = np.stack([WAVE, -WAVE], axis=1).ravel() * (1 << 23)
    return wide.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


WAVES: dict[str, tuple[int, int, Callable[[], bytes], dict[str, object]]] = {
    "8 bits": (1, 1, lambda: counts("u1", 100), {}),
    "16 bits": (1, 2, lambda: counts("<i2", 30000), {}),
    "24 bits": (1, 3, int24, {}),
    "32 bits": (1, 4, lambda: counts("<i4", 2e9), {}),
    "float32": (3, 4, lambda: counts("<f4", 1), {}),
    "float64": (3, 8, lambda: counts("<f8", 1 / 3), {}),
    "extensible": (1, 3, int24, {"extensible": True}),
    "RF64": (1, 2, lambda: counts("<i2", 30000), {"magic": b"RF64"}),
    "BW64": (3, 4, lambda: counts("<f4", 1), {"magic": b"BW64"}),
    "clipped": (1, 2, lambda: np.clip(np.frombuffer(counts("<i2", 30000), "<i2"), -6000, 6000).astype("<i2").tobytes(), {}),
}


@pytest.mark.parametrize("name", WAVES)
def test_each_sample_format_of_sound_is_read_in_blocks(name: str, tmp_path: Path) -> None:
    tag, n_bytes, data, more = WAVES[name]
    path = tmp_path / "P-1_20260302_120000.wav"
    riff(path, tag, n_bytes, data(), **more)  # type: ignore[arg-type]
    parsed = check_same([path], OPTIONS, tmp_path / "disk")
    (recording,) = parsed.recordings
    assert recording.facts.rows == 5000 and recording.facts.rate_hz == 12800
    assert ("SATURATED" in [one.code for one in recording.findings]) is (name == "clipped")


def test_bursts_in_files_of_their_own_are_one_recording_in_blocks_too(tmp_path: Path) -> None:
    paths = [tmp_path / f"P-1_20260302_12000{k}.wav" for k in range(3)]
    for path in paths:
        riff(path, 1, 2, counts("<i2", 30000))
    parsed = check_same(paths, OPTIONS, tmp_path / "disk")
    assert [(one.facts.n_bursts, one.facts.n_gaps, one.facts.rows) for one in parsed.recordings] == [(3, 2, 15000)]


def write_hdf5(path: Path) -> None:
    """By rate, by elapsed time, by instants as text, as a matrix and as a table; with holes."""
    import h5py

    with h5py.File(path, "w") as file:
        fast = file.create_group("fast")
        fast.attrs["fs"], fast.attrs["start_utc"] = 12800.0, "2026-03-02T12:00:00Z"
        holed = WAVE.copy()
        holed[100:120] = np.nan
        fast.create_dataset("acc", data=holed, chunks=(700,), compression="gzip").attrs["unit"] = "g"
        fast.create_dataset("many", data=np.stack([WAVE, WAVE * 2], axis=1).astype("f4"), chunks=(512, 2))
        wide = file.create_group("wide")
        wide.attrs["sample_rate"], wide.attrs["start_utc"] = 6400.0, "2026-03-02T12:00:00Z"
        wide["rows"] = np.stack([WAVE[:4000], WAVE[:4000] / 3])
        slow = file.create_group("slow")
        slow["time"] = np.array([f"2026-03-02T12:{k // 60:02d}:{k % 60:02d}Z" for k in range(600)], "S20")
        slow["p"], slow["running"] = np.round(3 + WAVE[:600], 2), np.arange(600) > 300
        table = file.create_group("table")
        rows = np.zeros(900, [("t", "f8"), ("flow", "f4"), ("mode", "S4")])
        rows["t"], rows["flow"], rows["mode"] = np.arange(900) + 1.77e9, np.round(WAVE[:900] * 100, 1), b"auto"
        table["log"] = rows


def write_tdms(path: Path) -> None:
    """Segments of changing length, an integer channel with a linear scale, and instants as a channel."""
    import nptdms

    told = {"wf_increment": 1 / 12800, "wf_start_time": np.datetime64("2026-03-02T12:00:00", "ns"), "unit_string": "g"}
    scale = {
        "NI_Number_Of_Scales": 1, "NI_Scale[0]_Scale_Type": "Linear", "NI_Scale[0]_Linear_Slope": 0.001,
        "NI_Scale[0]_Linear_Y_Intercept": 0.5, "NI_Scale[0]_Linear_Input_Source": 0xFFFFFFFF,
    }  # fmt: skip
    stamps = np.datetime64("2026-03-02T12:00:00", "us") + np.arange(500) * np.timedelta64(1, "s")
    with nptdms.TdmsWriter(path) as writer:
        for first, end in ((0, 1000), (1000, 1007), (1007, 5000)):
            writer.write_segment(
                [
                    nptdms.ChannelObject("daq", "acc", WAVE[first:end].astype("f4"), properties=told),
                    nptdms.ChannelObject("daq", "raw", (WAVE[first:end] * 20000).astype("i2"), properties={**told, **scale}),
                ]
            )
        writer.write_segment(
            [nptdms.ChannelObject("slow", "time", stamps), nptdms.ChannelObject("slow", "p", np.round(3 + WAVE[:500], 2))]
        )


def write_mdf(path: Path) -> None:
    """A fast and two slow groups, words for values, and a file that continues."""
    import datetime as dt

    from asammdf import MDF, Signal

    fast, slow = np.arange(5000) / 12800, np.arange(700.0)
    words = {"val_0": 0, "text_0": b"off", "val_1": 1, "text_1": b"on"}
    with MDF(version="4.10") as file:
        file.start_time = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
        file.append([Signal(WAVE, fast, name="acc", unit="g"), Signal(WAVE.astype("f4") / 3, fast, name="vel", unit="mm/s")])
        file.append([Signal(np.round(3 + WAVE[:700], 2), slow, name="p", unit="bar")])
        file.append([Signal((np.arange(700) > 350).astype("u1"), slow, name="pump", conversion=words)])
        saved = file.save(path.with_suffix(".mf4"), overwrite=True, compression=2)
    if saved != path:
        saved.replace(path)


def write_parquet(path: Path) -> None:
    """Texts of quality beside values, a sentinel, nulls, and several groups of rows."""
    import pyarrow as pa
    from pyarrow import parquet

    values = [None if k % 97 == 0 else -9999.0 if k % 211 == 0 else float(np.round(3 + WAVE[k], 2)) for k in range(2000)]
    times = pa.array((np.arange(2000) * 10**9 + 1_772_409_600 * 10**9).astype("M8[ns]"))
    table = pa.table(
        {
            "time": times,
            "PI-1 [bar]": values,
            "PI-1 quality": ["Bad" if k % 50 == 0 else "Good" for k in range(2000)],
            "FI-1 [m3/h]": pa.array(np.round(100 + 50 * WAVE[:2000], 1), pa.float32()),
            "running": np.arange(2000) % 700 > 300,
            "anomaly": (np.arange(2000) > 1800).astype("i4"),
        }
    )
    parquet.write_table(table, path, row_group_size=130)


def write_long_parquet(path: Path) -> None:
    """A row a tag and instant, out of order and with a copy."""
    import pyarrow as pa
    from pyarrow import parquet

    order = np.concatenate([np.arange(40, 1200), np.arange(40), np.arange(3)])
    times = (order // 3 * 10**9 + 1_772_409_600 * 10**9).astype("M8[ns]")
    tags = [("PT-1", "FT-1", "TT-1")[k % 3] for k in order.tolist()]
    table = pa.table({"timestamp": pa.array(times), "tag": tags, "value": np.round(3 + WAVE[order], 2)})
    parquet.write_table(table, path, row_group_size=100)


def write_lvm(path: Path) -> None:
    """Two bursts of a fast channel and a shorter one, decimal commas, in UTF-16."""
    head = "LabVIEW Measurement\t\nSeparator\tTab\nDecimal_Separator\t,\nX_Columns\tOne\n***End_of_Header***\t\n\t\n"
    text = head
    for clock in ("12:00:00,0", "12:00:05,5"):
        text += (
            f"Channels\t2\t\nSamples\t900\t700\nDate\t2026/03/02\t2026/03/02\nTime\t{clock}\t{clock}\nY_Unit_Label\tg\tbar\n"
            "X0\t0\t0\nDelta_X\t7,8125E-5\t7,8125E-5\n***End_of_Header***\t\t\nX_Value\tacc\tpressure\tComment\n"
        )
        rows = (f"{k * 7.8125e-5:.9f}\t{WAVE[k]:.6f}\t{f'{WAVE[k] / 3:.6f}' if k < 700 else ''}\t" for k in range(900))
        text += "\n".join(rows).replace(".", ",") + "\n\n"
    path.write_bytes(text.encode("utf-16"))


MIXED: dict[str, tuple[str, Callable[[Path], None]]] = {
    "HDF5 of all kinds": (".h5", write_hdf5), "TDMS in segments": (".tdms", write_tdms),
    "LVM in bursts": (".lvm", write_lvm),
    "Parquet with qualities": (".parquet", write_parquet), "long Parquet": (".parquet", write_long_parquet),
}  # fmt: skip
if find_spec("asammdf"):
    MIXED["MDF in groups"] = (".mf4", write_mdf)


@pytest.mark.parametrize("name", MIXED)
def test_what_formats_can_hold_is_read_in_blocks_as_it_is_at_once(name: str, tmp_path: Path) -> None:
    suffix, write = MIXED[name]
    path = tmp_path / f"P-2041A{suffix}"
    write(path)
    parsed = check_same([path], OPTIONS, tmp_path / "disk")
    check_finite(parsed)


def check_finite(parsed: ParsedLogs) -> None:
    assert parsed.recordings
    for recording in parsed.recordings:
        for channel in recording.facts.channels:
            assert channel.n_good and math.isfinite(channel.mean or 0.0)
