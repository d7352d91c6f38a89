"""A file about several pumps is stored under each pump, so that no pump's rows pass for another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.jobs import Job
from workbench.services.logs import ImportRequest, import_logs

LONG = "asset,time,tag,value"
WIDE = "asset,time,flow,pressure"
PUMPS = ("P-101", "P-102")


def write(path: Path, header: str, pumps: tuple[str, ...] = PUMPS) -> Path:
    """Pumps that stand still: equal values at equal instants."""
    lines = [header]
    for k in range(60):
        for pump in pumps:
            stamp = f"2026-03-01T00:00:{k:02d}Z"
            lines += [f"{pump},{stamp},flow,0", f"{pump},{stamp},pressure,3"] if header == LONG else [f"{pump},{stamp},0,3"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def stored(tmp_path: Path, path: Path, asset: str | None = None) -> list[tuple[str | None, int]]:
    request = ImportRequest(paths=(str(path),), project=str(tmp_path / "p"), asset=asset)
    return [(one.asset, one.rows) for one in import_logs(request, Job()).recordings]


@pytest.mark.parametrize("header", [LONG, WIDE])
def test_pumps_of_one_file_are_pumps_of_the_project(header: str, tmp_path: Path) -> None:
    assert stored(tmp_path, write(tmp_path / "export.csv", header)) == [("P-101", 60), ("P-102", 60)]


def test_a_name_that_is_no_tag_stands_after_the_pump_that_was_said(tmp_path: Path) -> None:
    path = write(tmp_path / "export.csv", LONG, ("north", "south"))
    assert stored(tmp_path, path, "P-7") == [("P-7 north", 60), ("P-7 south", 60)]


def test_a_bare_number_stands_after_the_name_of_the_file(tmp_path: Path) -> None:
    assert stored(tmp_path, write(tmp_path / "station.csv", LONG, ("1", "2"))) == [("station 1", 60), ("station 2", 60)]
