"""TDMS files whose clock is slow, or can't be."""

from __future__ import annotations

from pathlib import Path

import nptdms
import numpy as np
import pytest

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.core.errors import LogFormatError
from workbench.logs.parse import ParsedLogs, ParseOptions, parse_logs
from workbench.logs.readers import tdms_raw
from workbench.logs.recordings.rates import exact_rate

START = np.datetime64("2026-03-02", "us")
N = 100


def read(path: Path, **properties: object) -> ParsedLogs:
    values = np.arange(float(N))
    with nptdms.TdmsWriter(path) as writer:
        writer.write_segment([nptdms.ChannelObject("pump", "PI-1", values, properties=properties)])
    return parse_logs([path], ParseOptions(zone="UTC"))


@pytest.mark.parametrize("step_s", [0.5, 60, 700, 1800, 3600, 86400])
def test_a_step_of_minutes_or_hours_is_kept(step_s: float, tmp_path: Path) -> None:
    """1800 s was once read as 1000 s, and 3600 s as no step at all."""
    (recording,) = read(tmp_path / "a.tdms", wf_increment=float(step_s), wf_start_time=START).recordings
    start_ns = parse_utc("2026-03-02T00:00:00Z")
    assert recording.times_ns.tolist() == [start_ns + round(k * step_s * NS_PER_S) for k in range(N)]


def test_slow_rates_stand_for_whole_steps() -> None:
    assert [1 / exact_rate(1 / step) for step in (1, 3, 1800, 3600, 86400)] == [1, 3, 1800, 3600, 86400]
    assert float(exact_rate(0.7)) == 0.7


@pytest.mark.parametrize(
    "told",
    [
        {"wf_increment": 1e-300},
        {"wf_increment": 1e9, "wf_start_time": START},
        {"wf_increment": 0.001, "wf_start_time": START, "wf_start_offset": 9e9},
        {"wf_increment": 0.001, "wf_start_time": np.datetime64("9999-01-01", "us"), "wf_start_offset": 0.0},
    ],
)
def test_a_clock_that_cant_be_is_refused_by_name(told: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(LogFormatError, match=r"a\.tdms begins .* that can't be"):
        read(tmp_path / "a.tdms", **told)


def test_a_chunk_of_many_interleaved_channels_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each value is read with all of its neighbours: a thousand channels of them would be gigabytes."""
    plain = read(tmp_path / "a.tdms", wf_increment=0.5, wf_start_time=START).recordings[0]
    monkeypatch.setattr(tdms_raw, "_MAX_CHUNK_BYTES", 64)
    pieces = read(tmp_path / "a.tdms", wf_increment=0.5, wf_start_time=START).recordings[0]
    assert pieces.columns["PI-1"].tolist() == plain.columns["PI-1"].tolist()
