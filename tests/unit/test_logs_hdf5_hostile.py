"""HDF5 files of a few kilobytes that would unpack to gigabytes."""

from __future__ import annotations

import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest

from workbench.core.errors import LogFormatError
from workbench.logs.parse import ParseOptions, parse_logs

h5py = pytest.importorskip("h5py")
N = 200
OPTIONS = ParseOptions(zone="UTC")
TEXT = h5py.string_dtype()


def start(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["time"], file["PI-1"] = np.arange(N) + 1.7e9, np.arange(N) / 10


def test_texts_and_rows_of_megabytes_each_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    start(path)
    wide = np.dtype([("a", "f8", (400_000,)), ("b", "f8")])
    with h5py.File(path, "a") as file:
        file.create_dataset("note", shape=(N,), dtype="S3000000", chunks=(1,), compression="gzip")
        file.create_dataset("table", shape=(N,), dtype=wide, chunks=(1,), compression="gzip")
    tracemalloc.start()
    try:
        (recording,) = parse_logs([path], OPTIONS).recordings
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert list(recording.columns) == ["PI-1"]
    assert path.stat().st_size < 100_000 and peak < 50 << 20  # 600 MB each


@pytest.mark.parametrize("dtype", [TEXT, np.dtype([("b", "f8"), ("s", TEXT)])], ids=["texts", "rows"])
def test_one_text_that_stands_for_all_is_not_read_without_end(
    tmp_path: Path, dtype: np.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.logs.readers import hdf5 as reader

    monkeypatch.setattr(reader, "_MAX_TABLE_BYTES", 10 << 20)
    path = tmp_path / "a.h5"
    start(path)
    with h5py.File(path, "a") as file:
        made = file.create_dataset("note", shape=(N,), dtype=dtype, chunks=(N,), compression="gzip")
        made[0] = "x" * 1_000_000 if dtype == TEXT else (1.0, "x" * 1_000_000)
    with h5py.File(path, "r+") as file:
        # Each cell refers to the text of the first one, in the file's heap.
        data = zlib.decompress(file["note"].id.read_direct_chunk((0,))[1])
        file["note"].id.write_direct_chunk((0,), zlib.compress(data[: len(data) // N] * N))
    with pytest.raises(LogFormatError, match="more than 10 MB of text"):
        parse_logs([path], OPTIONS)


def test_texts_of_any_length_are_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.logs.readers import hdf5 as reader

    monkeypatch.setattr(reader, "_PIECE_BYTES", 1)
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["time"] = np.array([f"2026-03-01T00:{k // 60:02d}:{k % 60:02d}Z" for k in range(N)], dtype=TEXT)
        file["PI-1"] = np.arange(N) / 10
    (recording,) = parse_logs([path], OPTIONS).recordings
    assert recording.columns["PI-1"].tolist() == (np.arange(N) / 10).tolist()
