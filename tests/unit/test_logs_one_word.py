"""Parquet and Feather files of kilobytes in which one word of megabytes stands in each row."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from workbench.logs.parse import ParseOptions, parse_logs

N = 2000
TIMES = pa.array((np.arange(N) + 1_772_409_600) * 10**9).cast(pa.timestamp("ns"))


def write(path: Path, table: pa.Table) -> Path:
    if path.suffix == ".feather":
        feather.write_feather(table, path, compression="zstd")
    else:
        parquet.write_table(table, path, compression="zstd", store_schema=False, dictionary_pagesize_limit=1 << 24)
    return path


@pytest.mark.parametrize("name", ["a.parquet", "a.feather"])
def test_a_word_of_megabytes_in_each_row_is_held_once_and_cut(tmp_path: Path, name: str) -> None:
    words = pa.DictionaryArray.from_arrays(pa.array(np.zeros(N, np.int32)), pa.array(["x" * 2_000_000]))
    path = write(tmp_path / name, pa.table({"time": TIMES, "PI-1": np.arange(N) / 10, "note": words}))
    allocated = pa.total_allocated_bytes()
    tracemalloc.start()
    try:
        (recording,) = parse_logs([path], ParseOptions(zone="UTC")).recordings
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "PI-1" in recording.columns and recording.columns["PI-1"][7] == 0.7
    assert path.stat().st_size < 100_000  # 4 GB when each row holds its own
    assert peak < 100 << 20 and pa.total_allocated_bytes() - allocated < 100 << 20


@pytest.mark.parametrize("name", ["a.parquet", "a.feather"])
def test_words_with_missing_ones_come_back_in_their_rows(tmp_path: Path, name: str) -> None:
    values = [["1.5", "2.5", None, "bad"][k % 4] for k in range(N)]
    words = pa.array(values).dictionary_encode() if name.endswith("feather") else pa.array(values)
    path = write(tmp_path / name, pa.table({"time": TIMES, "PI-1": words}))
    (recording,) = parse_logs([path], ParseOptions(zone="UTC")).recordings
    assert recording.columns["PI-1"][:2].tolist() == [1.5, 2.5] and np.isnan(recording.columns["PI-1"][2:4]).all()
