"""What was chosen for one log serves the next from the same source; it is said, and can be forgotten."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.core.errors import InputError, QuestionOpen, RequestError
from workbench.core.jobs import Job
from workbench.logs.equipment import mask_dates
from workbench.logs.tables.source_shape import find_shape
from workbench.project.store import Project
from workbench.services.log_memory import ForgetRequest, SourcesRequest, forget_sources, list_sources
from workbench.services.logs import ImportRequest, ImportResult, PreviewRequest, import_logs, preview_log

HEADER = "Zeit;Druck [bar];Strom [A]"


def write(path: Path, day: int = 4, header: str = HEADER) -> Path:
    rows = [f"{day:02d}/03/2026 {k // 60:02d}:{k % 60:02d}:00;{k % 9},5;{k % 7},25" for k in range(600)]
    path.write_text(header + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def bring_in(project: Path, *paths: Path, **more: object) -> ImportResult:
    request = ImportRequest(paths=tuple(map(str, paths)), project=str(project), **more)  # type: ignore[arg-type]
    return import_logs(request, Job())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in which the file of 4 March was imported with zone, order, pump and site."""
    first = write(tmp_path / "Kessel_2026-03-04.csv")
    bring_in(
        tmp_path / "p", first, zone="Europe/Berlin", answer=("DAY_MONTH_AMBIGUOUS=DMY",), asset="P-7", site="Havsule A"
    )  # fmt: skip
    return tmp_path / "p"


def test_the_next_day_is_read_as_the_first_was_and_that_is_said(project: Path, tmp_path: Path) -> None:
    found = bring_in(project, write(tmp_path / "Kessel_2026-03-05.csv", 5))
    (stored,) = found.recordings
    assert (stored.first_utc, stored.asset) == ("2026-03-04T23:00:00Z", "P-7")
    assert found.replayed == (
        "zone Europe/Berlin, as chosen before for Kessel_#", "DAY_MONTH_AMBIGUOUS=DMY, as chosen before for Kessel_#",
        "pump P-7, as chosen before for Kessel_#", "site Havsule A, as chosen before for Kessel_#",
    )  # fmt: skip


def test_what_the_request_says_itself_comes_first(project: Path, tmp_path: Path) -> None:
    found = bring_in(project, write(tmp_path / "Kessel_2026-03-05.csv", 5), zone="UTC", answer=("DAY_MONTH_AMBIGUOUS=MDY",))
    assert found.recordings[0].first_utc == "2026-05-03T00:00:00Z"
    assert not any(text.startswith(("zone", "DAY_MONTH")) for text in found.replayed)


def test_another_name_with_the_same_columns_gets_zone_and_answers_but_not_the_pump(project: Path, tmp_path: Path) -> None:
    (stored,) = bring_in(project, write(tmp_path / "Speisepumpe_2026-03-05.csv", 5)).recordings
    assert (stored.first_utc, stored.asset) == ("2026-03-04T23:00:00Z", "Speisepumpe")


def test_sources_that_disagree_leave_a_third_one_open(project: Path, tmp_path: Path) -> None:
    bring_in(project, write(tmp_path / "Tank.csv"), zone="UTC", answer=("DAY_MONTH_AMBIGUOUS=DMY",))
    found = bring_in(project, write(tmp_path / "Pumpe.csv"))
    assert found.replayed == ("DAY_MONTH_AMBIGUOUS=DMY, as chosen before for Tank",)


def test_other_columns_are_another_source(project: Path, tmp_path: Path) -> None:
    with pytest.raises(QuestionOpen):
        bring_in(project, write(tmp_path / "Kessel_2026-03-05.csv", 5, "Zeit;Druck [bar];Temperatur [degC]"))


def test_no_remember_neither_uses_nor_keeps_anything(project: Path, tmp_path: Path) -> None:
    with pytest.raises(QuestionOpen):
        bring_in(project, write(tmp_path / "Kessel_2026-03-05.csv", 5), remember=False)
    bring_in(project, write(tmp_path / "Neu.csv"), remember=False, zone="UTC", answer=("DAY_MONTH_AMBIGUOUS=DMY",))
    assert [one.name for one in list_sources(SourcesRequest(project=str(project)), Job()).sources] == ["Kessel_#"]


def test_a_source_can_be_forgotten_by_name_and_the_journal_keeps_the_fact(project: Path, tmp_path: Path) -> None:
    left = forget_sources(ForgetRequest(project=str(project), source="kessel_#"), Job())
    assert left.sources == ()
    with pytest.raises(QuestionOpen):
        bring_in(project, write(tmp_path / "Kessel_2026-03-05.csv", 5))
    with Project.open(project) as opened:
        assert [line.line.act.act for line in opened.lines()] == ["forget", "remember", "import"]
        assert opened.check() == []


def test_to_forget_nothing_or_what_is_not_there_is_refused(project: Path) -> None:
    with pytest.raises(RequestError, match="named"):
        forget_sources(ForgetRequest(project=str(project)), Job())
    with pytest.raises(InputError, match="no source 'x'"):
        forget_sources(ForgetRequest(project=str(project), source="x"), Job())
    assert forget_sources(ForgetRequest(project=str(project), everything=True), Job()).sources == ()


def test_the_same_choices_again_are_no_new_journal_line(project: Path, tmp_path: Path) -> None:
    bring_in(project, write(tmp_path / "Kessel_2026-03-05.csv", 5))
    with Project.open(project) as opened:
        assert [line.line.act.act for line in opened.lines()].count("remember") == 1


def test_the_preview_lists_what_is_remembered(project: Path, tmp_path: Path) -> None:
    log = write(tmp_path / "Kessel_2026-03-06.csv", 6)
    found = preview_log(PreviewRequest(path=str(log), project=str(project)), Job())
    assert (found.remembered.zone, found.remembered.asset, found.remembered_for) == ("Europe/Berlin", "P-7", "Kessel_#")


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("P-2041A_2026-03-12.csv", "P-2041A_#"), ("P-2041A_20260312T0815.csv", "P-2041A_#"), ("trend 12.03.2026.csv", "trend #"),
        ("KW12_pump1.csv", "#_pump1"), ("export 1710230000.csv", "export #"), ("Log_March_2026 (2).csv", "Log_#"),
        ("pump1.csv", "pump1"), ("pump2.csv", "pump2"), ("PT-2041.csv.gz", "PT-2041"),
    ],
)  # fmt: skip
def test_dates_in_names_are_masked_and_tags_are_not(name: str, masked: str) -> None:
    assert mask_dates(Path(name)) == masked


def test_a_long_table_is_known_by_its_columns_not_by_the_tags_of_the_day(tmp_path: Path) -> None:
    stamps = np.datetime64("2026-03-04T00:00") + np.arange(200) * np.timedelta64(1, "m")
    shapes = []
    for number, tags in enumerate((("PT-1", "TT-1"), ("PT-1", "FT-9", "TT-1"))):
        rows = [f"{tag},{one}Z,{k % 9}.5" for k, one in enumerate(stamps) for tag in tags]
        path = tmp_path / f"hist_2026030{number}.csv"
        path.write_text("Tag,Time,Value\n" + "\n".join(rows) + "\n", encoding="utf-8")
        shapes.append(find_shape(path))
    assert shapes[0] == shapes[1]


def test_when_a_log_began_is_no_choice_for_the_next_one_but_its_rate_is(tmp_path: Path) -> None:
    start = "TIME_RELATIVE=2026-03-15T08:00:00Z"
    for name, answer in (("P-1_15.csv", start), ("P-2_15.csv", f"{start}/0.5")):
        rows = "".join(f"{k % 9},{k % 7}\n" for k in range(100))
        (tmp_path / name).write_text("PI-1 [bar],TI-1 [degC]\n" + rows, encoding="utf-8")
        later = tmp_path / name.replace("15", "16")
        later.write_text("PI-1 [bar],TI-1 [degC]\n" + rows.replace("8,", "9,"), encoding="utf-8")
        home = tmp_path / name[:3]
        assert bring_in(home, tmp_path / name, answer=(answer,)).recordings[0].first_utc == "2026-03-15T08:00:00Z"
        found = bring_in(home, later)
        assert [question.code for question in found.questions] == ["TIME_RELATIVE"]
        assert found.recordings[0].first_utc == "1970-01-01T00:00:00Z"
        kept = ("TIME_RELATIVE=/0.5",) if "/" in answer else ()
        assert [text.partition(",")[0] for text in found.replayed] == list(kept)
        assert found.recordings[0].sample_period_s == (0.5 if kept else 1.0)
        known = list_sources(SourcesRequest(project=str(home)), Job()).sources
        assert {one.answer for one in known} == ({kept} if kept else set())
