"""Absolute pressures beside gauge ones are remarked, with the correction that makes them gauge."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.jobs import Job
from workbench.logs.checks.pressure_reference import Printed, find_absolute_pressures
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.services.corrections import CorrectRequest, correct_log
from workbench.services.log_statistics import StatisticsRequest, log_statistics
from workbench.services.logs import ImportRequest, import_logs

STAMPS = [f"2026-03-12T00:{minute:02}:00Z" for minute in range(60)]


def write(path: Path, header: str, row: str) -> Path:
    path.write_text("\n".join([header, *(row.format(at=at, k=k % 7) for k, at in enumerate(STAMPS)), ""]), encoding="utf-8")
    return path


def found_in(path: Path) -> list[tuple[str | None, float]]:
    (log,) = parse_logs([path], ParseOptions()).recordings
    return [(one.channel, one.remedy.offset) for one in log.findings if one.code == "ABSOLUTE_PRESSURE" and one.remedy]


@pytest.mark.parametrize(
    ("printed", "offset"),
    [("bara", -1.01325), ("bar(a)", -1.01325), ("bar abs", -1.01325), ("psia", -14.6959), ("kPa(abs)", -101.325)],
)
def test_an_absolute_pressure_beside_a_gauge_one_is_told_in_its_own_unit(printed: str, offset: float, tmp_path: Path) -> None:
    log = write(tmp_path / "a.csv", f"time,PT-1 [{printed}],PT-2 [barg]", "{at},1.{k}5,6.{k}5")
    assert found_in(log) == [("PT-1", pytest.approx(offset))]


def test_unit_rows_and_tags_with_units_tell_it_too(tmp_path: Path) -> None:
    rows = write(tmp_path / "rows.csv", "time;PT-1;PT-2\n;bara;barg", "{at};1.{k}5;6.{k}5")
    assert found_in(rows) == [("PT-1", pytest.approx(-1.01325))]
    tags = write(tmp_path / "tags.csv", "time,tag,value", "{at},PT-1 [bara],1.{k}5\n{at},PT-2 [bar],6.{k}5")
    assert found_in(tags) == [("PT-1", pytest.approx(-1.01325))]


@pytest.mark.parametrize("words", ["PT-1 [barg]", "PT-1 alarm [bar]", "Pompa [bar]", "PT-1 [MPa]", "PT-1 bar, A side [bar]"])
def test_other_words_say_nothing_of_it(words: str) -> None:
    channels = [Printed(name="PT-1", unit="bar", words=words), Printed(name="PT-2", unit="bar", words="PT-2 [bar]")]
    assert find_absolute_pressures(channels, 0, 1) == []


def test_where_all_pressures_are_absolute_nothing_is_wrong_between_them(tmp_path: Path) -> None:
    assert found_in(write(tmp_path / "a.csv", "time,PT-1 [bara],PT-2 [bara],TT-1 [degC]", "{at},1.{k}5,6.{k}5,5{k}")) == []


@pytest.mark.parametrize("header", ["PT-2 [bara],TT-1 [degC]", "A discharge [bara],B discharge [bara]"])
def test_an_absolute_discharge_without_a_suction_is_no_head(header: str, tmp_path: Path) -> None:
    log = write(tmp_path / "a.csv", f"time,{header}", "{at},6.{k}5,5{k}")
    names = [one.partition(" [bara]")[0] for one in header.split(",") if "bara" in one]
    assert found_in(log) == [(name, pytest.approx(-1.01325)) for name in names]


def test_the_correction_that_it_names_makes_it_gauge(tmp_path: Path) -> None:
    log = write(tmp_path / "P-70A.csv", "time,PT-1 [bara],PT-2 [barg]", "{at},2.{k}5,6.{k}5")
    project = str(tmp_path / "p")
    (stored,) = import_logs(ImportRequest(paths=(str(log),), project=project), Job()).recordings
    (finding,) = [one for one in stored.findings if one.code == "ABSOLUTE_PRESSURE"]
    assert finding.remedy is not None
    correct_log(CorrectRequest(project=project, asset="P-70A", channel="PT-1", offset=finding.remedy.offset, why="bara"), Job())
    (told,) = log_statistics(StatisticsRequest(project=project, asset="P-70A", channel=("PT-1",)), Job()).channels
    assert told.min == pytest.approx(2.05 - 1.01325)
