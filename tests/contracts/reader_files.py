"""One file of each format with the same content, written by the format's own library."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

SECOND = 1_000_000_000
START_NS = 1_772_409_600 * SECOND  # 2026-03-02T00:00:00Z
N_ROWS = 240
TIMES_NS = START_NS + np.arange(N_ROWS, dtype=np.int64) * SECOND
PRESSURE = np.round(3.0 + np.sin(np.arange(N_ROWS) / 7.0), 2)
HEAT = np.round(40.0 + np.arange(N_ROWS) / 50.0, 2)
STAMPS = tuple(np.datetime_as_string(TIMES_NS.astype("datetime64[ns]"), unit="s"))


@dataclass(frozen=True)
class Sample:
    """A file of one format: who writes it, and what a reader must find in it."""

    kind: str
    suffix: str
    write: Callable[[Path], None]
    channels: tuple[tuple[str, str | None], ...] = (("PI-1", "bar"), ("TI-1", "degC"))
    group: str = "trend"
    is_dense: bool = True
    """Whether every byte matters to the library, so that a cut file must be refused (and not read as far as it goes)."""

    @property
    def times_ns(self) -> np.ndarray:
        if self.group == "trend":
            return TIMES_NS
        return START_NS + np.arange(WAVE.size, dtype=np.int64) * SECOND // WAVE_RATE_HZ

    @property
    def columns(self) -> dict[str, np.ndarray]:
        if self.group == "waveform":
            kind = np.float64 if self.kind == "wave text" else np.float32
            return {self.channels[0][0]: (WAVE / 1000).astype(kind)}
        return dict(zip((name for name, _ in self.channels), (PRESSURE, HEAT), strict=True))


def write_csv(path: Path) -> None:
    rows = (f"{at}Z,{pressure},{heat}" for at, pressure, heat in zip(STAMPS, PRESSURE, HEAT, strict=True))
    path.write_text("\n".join(["time,PI-1 [bar],TI-1 [degC]", *rows, ""]), encoding="utf-8")


def write_json(path: Path) -> None:
    path.write_text(json.dumps(_records()), encoding="utf-8")


def write_json_lines(path: Path) -> None:
    path.write_text("\n".join(map(json.dumps, _records())) + "\n", encoding="utf-8")


def _records() -> list[dict[str, object]]:
    rows = zip(STAMPS, PRESSURE.tolist(), HEAT.tolist(), strict=True)
    return [{"time": f"{at}Z", "PI-1 [bar]": pressure, "TI-1 [degC]": heat} for at, pressure, heat in rows]


def write_excel(path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["time UTC", "PI-1 [bar]", "TI-1 [degC]"])
    for at, pressure, heat in zip(
        TIMES_NS.astype("datetime64[ns]").astype("datetime64[us]").tolist(), PRESSURE, HEAT, strict=True
    ):
        sheet.append([at, float(pressure), float(heat)])
    with path.open("wb") as stream:
        book.save(stream)


def arrow_table() -> object:
    import pyarrow as pa

    return pa.table(
        {"time": pa.array(TIMES_NS, pa.timestamp("ns", "UTC")), "PI-1 [bar]": pa.array(PRESSURE), "TI-1 [degC]": pa.array(HEAT)}
    )


def write_parquet(path: Path) -> None:
    from pyarrow import parquet

    parquet.write_table(arrow_table(), path)


def write_feather(path: Path) -> None:
    from pyarrow import feather

    feather.write_feather(arrow_table(), path, compression="lz4")


def write_arrow_stream(path: Path) -> None:
    from pyarrow import ipc

    table = arrow_table()
    with path.open("wb") as stream, ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)


WAVE_RATE_HZ = 25600
WAVE = (2000 * np.sin(np.arange(4096) / 9.0)).astype(np.int16)


def write_wav(path: Path) -> None:
    """A burst of 0.16 s, with its scale in a comment."""
    import wave

    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(WAVE_RATE_HZ)
        out.writeframes(WAVE.tobytes())
    data = path.read_bytes()
    words = b"VT-1\x00\x00"
    comment = b"full_scale=32.768 g start=2026-03-02T00:00:00Z\x00"
    comment += b"\x00" * (len(comment) % 2)
    entries = b"".join(key + len(body).to_bytes(4, "little") + body for key, body in ((b"INAM", words), (b"ICMT", comment)))
    listed = b"LIST" + (4 + len(entries)).to_bytes(4, "little") + b"INFO" + entries
    path.write_bytes(b"RIFF" + (len(data) + len(listed) - 8).to_bytes(4, "little") + b"WAVE" + data[12:36] + listed + data[36:])


def write_sqlite(path: Path) -> None:
    import sqlite3
    from contextlib import closing

    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.execute('CREATE TABLE log (id INTEGER PRIMARY KEY, "time" TEXT, "PI-1 [bar]" REAL, "TI-1 [degC]" REAL)')
        rows = zip((f"{at}Z" for at in STAMPS), PRESSURE.tolist(), HEAT.tolist(), strict=True)
        database.executemany('INSERT INTO log ("time", "PI-1 [bar]", "TI-1 [degC]") VALUES (?, ?, ?)', rows)
        database.execute("CREATE TABLE settings (name TEXT, value TEXT)")
        database.commit()


def write_matlab(path: Path) -> None:
    from scipy.io import savemat

    with path.open("wb") as stream:
        savemat(
            stream, {"t": TIMES_NS / SECOND - START_NS / SECOND, "start_utc": "2026-03-02T00:00:00Z", "P1": PRESSURE, "T1": HEAT},
            do_compression=True,
        )  # fmt: skip


def write_hdf5(path: Path) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        group = file.create_group("P-2041A")
        group.attrs["start_utc"] = "2026-03-02T00:00:00Z"
        group.create_dataset("time", data=(TIMES_NS - START_NS) / SECOND).attrs["unit"] = "s"
        group.create_dataset("PI-1", data=PRESSURE, compression="gzip", fletcher32=True).attrs["unit"] = "bar"
        group.create_dataset("TI-1", data=HEAT, compression="gzip", fletcher32=True).attrs["unit"] = "degC"


def write_matlab_73(path: Path) -> None:
    """As MATLAB does it: rows and columns turned round, a text before the file, and its class beside each variable."""
    import h5py

    with h5py.File(path, "w", userblock_size=512) as file:
        texts = {"start_utc": np.frombuffer("2026-03-02T00:00:00Z".encode("utf-16-le"), np.uint16)[:, None]}
        numbers = {"t": ((TIMES_NS - START_NS) / SECOND)[None], "P1": PRESSURE[None], "T1": HEAT[None]}
        for name, values in {**numbers, **texts}.items():
            file.create_dataset(name, data=values).attrs["MATLAB_class"] = np.bytes_("char" if name in texts else "double")
    data = bytearray(path.read_bytes())
    data[:116] = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(116)
    path.write_bytes(bytes(data))


def write_tdms(path: Path) -> None:
    import nptdms

    def channel(name: str, values: np.ndarray, unit: str) -> object:
        told = {"wf_increment": 1.0, "wf_start_time": np.datetime64(START_NS, "ns"), "unit_string": unit}
        return nptdms.ChannelObject("P-2041A", name, values, properties=told)

    with nptdms.TdmsWriter(path) as writer:
        writer.write_segment([channel("PI-1", PRESSURE, "bar"), channel("TI-1", HEAT, "degC")])


def write_mdf(path: Path) -> None:
    import datetime as dt

    from asammdf import MDF, Signal

    times = (TIMES_NS - START_NS) / SECOND
    signals = [Signal(PRESSURE, times, name="PI-1", unit="bar"), Signal(HEAT, times, name="TI-1", unit="degC")]
    with MDF(version="4.10") as file:
        file.start_time = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
        file.append(signals)
        saved = file.save(path.with_suffix(".mf4"), overwrite=True)
    if saved != path:
        saved.replace(path)


def write_lvm(path: Path) -> None:
    """By hand, as the specification has it: no library writes it."""
    head = (
        "LabVIEW Measurement\t\nWriter_Version\t2\nReader_Version\t2\nSeparator\tTab\nDecimal_Separator\t.\nX_Columns\tOne\n"
        "Date\t2026/03/02\nTime\t00:00:00.0\n***End_of_Header***\t\n\t\nChannels\t2\t\nSamples\t240\t240\n"
        "Date\t2026/03/02\t2026/03/02\nTime\t00:00:00.0\t00:00:00.0\nY_Unit_Label\tbar\tdegC\nX0\t0\t0\nDelta_X\t1.0\t1.0\n"
        "***End_of_Header***\t\t\nX_Value\tPI-1\tTI-1\tComment\n"
    )
    rows = (f"{k}.000\t{pressure}\t{heat}" for k, (pressure, heat) in enumerate(zip(PRESSURE, HEAT, strict=True)))
    path.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")


def write_wave_text(path: Path) -> None:
    head = f"Instrument\tanalyser\nSample rate\t{WAVE_RATE_HZ} Hz\nStart\t2026-03-02 00:00:00Z\n\nVT-1 [g]\n"
    path.write_text(head + "".join(f"{value:.3f}\n" for value in (WAVE / 1000).tolist()), encoding="utf-8")


SAMPLES: tuple[Sample, ...] = (
    Sample("text", ".csv", write_csv, is_dense=False),
    Sample("json", ".json", write_json, is_dense=False),
    Sample("json", ".jsonl", write_json_lines, is_dense=False),
    Sample("excel", ".xlsx", write_excel),
    Sample("parquet", ".parquet", write_parquet),
    Sample("arrow", ".feather", write_feather),
    Sample("arrow", ".arrows", write_arrow_stream, is_dense=False),
    Sample("sqlite", ".db", write_sqlite),
    Sample("matlab", ".mat", write_matlab, (("P1", None), ("T1", None))),
    Sample("hdf5", ".h5", write_hdf5),
    Sample("hdf5", ".mat", write_matlab_73, (("P1", None), ("T1", None))),
    Sample("tdms", ".tdms", write_tdms, is_dense=False),
    Sample("lvm", ".lvm", write_lvm, is_dense=False),
    Sample("wave text", ".asc", write_wave_text, (("VT-1", "g"),), "waveform", is_dense=False),
    Sample("wav", ".wav", write_wav, (("VT-1", "g"),), "waveform", is_dense=False),
)
if find_spec("asammdf"):  # it is not there on the newest Python
    SAMPLES = (*SAMPLES, Sample("mdf", ".mf4", write_mdf))
