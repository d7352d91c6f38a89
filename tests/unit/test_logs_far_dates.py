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


@pytest.mark.parametrize(
    ("row", "instant"),
    [
        ("2026,365,2400", "2027-01-01T00:00:00Z"),  # the end of the last day
        ("2026,366,0100", None),  # 2026 has no such day
        ("2024,366,0100", "2024-12-31T01:00:00Z"),
        ("2024,100,1375", None),
    ],
)
def test_a_day_that_its_year_does_not_have_is_no_instant(row: str, instant: str | None, tmp_path: Path) -> None:
    path = tmp_path / "logger.csv"
    others = [f"2028,{day},{hour}00,{day / 8}" for day in range(1, 9) for hour in ("06", "18")]
    path.write_text("\n".join(["year,doy,hhmm,PI-1 [bar]", *others, f"{row},5.5", ""]), encoding="utf-8")
    (found,) = parse_logs([path]).recordings
    assert format_utc(int(found.times_ns[0])) == (instant or "2028-01-01T06:00:00Z")
    assert len(found.times_ns) == len(others) + (instant is not None)
    said = [finding.text for finding in found.facts.findings if finding.code == "ROWS_WITHOUT_TIME"]
    assert said == ([] if instant else ["1 rows have no time that can be read and are left out."])
