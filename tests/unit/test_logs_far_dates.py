"""Instants that 64 bits of nanoseconds can't hold, and such before 1970."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from workbench.core.clock import NS_PER_S, format_utc
from workbench.core.errors import LogFormatError
from workbench.logs.checks.phrases import format_instant
from workbench.logs.events.files import parse_events_csv
from workbench.logs.parse import parse_logs

START_S = 1_773_655_200


@pytest.mark.parametrize(("unit", "per_s"), [("s", 1), ("ms", 1000), ("us", 1_000_000)])
def test_a_date_for_never_is_no_instant_and_does_not_wrap_round(unit: str, per_s: int, tmp_path: Path) -> None:
    never_s = 253_402_214_400  # 9999-12-31
    counts = [*(per_s * (START_S + second) for second in range(20)), per_s * never_s]
    table = pa.table({"time": pa.array(counts, pa.timestamp(unit, tz="UTC")), "PI-1": [float(row % 7) for row in range(21)]})
    parquet.write_table(table, tmp_path / "log.parquet")
    (found,) = parse_logs([tmp_path / "log.parquet"]).recordings
    assert (found.facts.rows, found.facts.first_ns) == (20, START_S * NS_PER_S)
    assert [finding.code for finding in found.findings][:1] == ["ROWS_WITHOUT_TIME"]


def test_instants_before_1970_are_told_on_every_system() -> None:
    assert format_utc(-NS_PER_S) == "1969-12-31T23:59:59Z"
    assert format_instant(-NS_PER_S) == "31 Dec 23:59:59"


def test_a_first_line_without_end_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(LogFormatError, match=r"events\.csv, line 1"):
        parse_events_csv(b'"' + b"x" * 200_000, tmp_path / "events.csv", asset=None, state="real")
