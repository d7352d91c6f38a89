"""JSON records as programs that publish measurements write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.core.errors import LogFormatError
from workbench.logs.parse import ParseOptions, parse_logs

OPTIONS = ParseOptions(zone="UTC")
START_S = 1772409600


def write_lines(path: Path, records: list[dict[str, object]], tail: str = "") -> Path:
    path.write_text("\n".join(map(json.dumps, records)) + "\n" + tail, encoding="utf-8")
    return path


def test_values_in_a_group_beside_the_time_are_channels(tmp_path: Path) -> None:
    """As Telegraf's JSON output has them: fields, name, tags, timestamp."""
    records = [
        {"fields": {"p": k / 10, "t": 40.5}, "name": "pump", "tags": {"host": "plc1"}, "timestamp": START_S + k}
        for k in range(50)
    ]
    (recording,) = parse_logs([write_lines(tmp_path / "a.jsonl", records)], OPTIONS).recordings
    assert recording.columns["p"].tolist() == [k / 10 for k in range(50)]
    assert recording.facts.first_ns == START_S * 10**9
    assert "t" in recording.columns


def test_equal_names_in_two_groups_keep_their_groups(tmp_path: Path) -> None:
    records = [{"time": START_S + k, "suction": {"p": 1.5 + k}, "discharge": {"p": 8.5 + k}} for k in range(50)]
    (recording,) = parse_logs([write_lines(tmp_path / "a.jsonl", records)], OPTIONS).recordings
    assert sorted(recording.columns) == ["discharge.p", "suction.p"]
    assert recording.columns["suction.p"][0] == 1.5


def test_a_last_line_that_was_cut_short_is_left_out_and_said(tmp_path: Path) -> None:
    records = [{"time": f"2026-03-02T00:00:{k:02d}Z", "p": k} for k in range(50)]
    (recording,) = parse_logs([write_lines(tmp_path / "a.jsonl", records, '{"time": "2026-03-02T00:0')], OPTIONS).recordings
    assert recording.facts.rows == 50
    assert "ROWS_CUT_SHORT" in {finding.code for finding in recording.facts.findings}


def test_records_in_a_wrapper_are_read_as_the_list_itself_is(tmp_path: Path) -> None:
    records = [{"timestamp": f"2026-03-14T00:{k:02d}:00Z", "p_bar": 4 + k / 100} for k in range(60)]
    path = tmp_path / "log.json"
    path.write_text(json.dumps({"meta": {"pump": "P-1"}, "data": records}), encoding="utf-8")
    facts = parse_logs([path]).recordings[0].facts
    assert (facts.rows, facts.channels[0].max) == (60, 4.59)


def test_events_in_a_wrapper_stay_events(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    windows = [{"start": f"2026-03-14T0{k}:00:00Z", "end": f"2026-03-14T0{k}:30:00Z", "n": k} for k in range(5)]
    path.write_text(json.dumps({"events": windows}), encoding="utf-8")
    with pytest.raises(LogFormatError, match="holds events or labels"):
        parse_logs([path])
