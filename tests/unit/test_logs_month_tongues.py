"""Months that mean another one next door: the reader on disk decides as the one in memory, and an answer settles the question."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.messy.neighbour_cases import neighbour_months
from tests.messy.plant import Case
from tests.unit.test_logs_careful_stream import check_same, tiny
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.times.instants import parse_stamp
from workbench.logs.times.month_names import as_in_croatia

__all__ = ["tiny"]  # used by every test here
CASES = list(neighbour_months())[::3]


def written(case: Case, folder: Path) -> Path:
    (folder / "log.csv").write_bytes(case.files["log.csv"])
    return folder / "log.csv"


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_language_of_the_months_is_told_on_disk_as_in_memory(case: Case, tmp_path: Path) -> None:
    check_same([written(case, tmp_path)], ParseOptions(zone=case.zone), tmp_path)


@pytest.mark.parametrize("answer", ["CROATIAN", "polish"])
def test_an_answer_says_which_month_is_meant(answer: str, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("Time;FT-1\n" + "".join(f"12-lip-2025 10:{k:02}:00;{k % 7}.5\n" for k in range(60)), encoding="utf-8")
    asked = parse_logs([path], ParseOptions(zone="UTC"))
    (question,) = (one for one in asked.questions if one.code == "DAY_MONTH_AMBIGUOUS")
    assert (question.choices, question.blocks) == (("CROATIAN", "POLISH"), True)
    told = parse_logs([path], ParseOptions(zone="UTC", answers=[f"DAY_MONTH_AMBIGUOUS={answer}"]))
    assert "DAY_MONTH_AMBIGUOUS" not in [one.code for one in told.questions]
    assert str(told.recordings[0].times_ns[0].astype("datetime64[ns]"))[:7] == ("2025-06" if answer == "CROATIAN" else "2025-07")


@pytest.mark.parametrize(
    ("text", "month"), [("15.lis.2026. 10:00", 10), ("15. lip 2026. 10:00", 6), ("31-lis-2026 10:00", 10), ("15-lis-2026", 11)]
)
def test_points_behind_day_and_year_and_days_that_do_not_exist_tell_croatia(text: str, month: int) -> None:
    stamp = parse_stamp(text)
    assert stamp is not None
    assert stamp.parts == (2026, month, int(text[:2]))


def test_only_names_that_are_others_elsewhere_are_rewritten() -> None:
    assert [as_in_croatia(text) for text in ("15-SRP-2026", "15-sie-2026", "15 lipnja 2026", "filip 2026")] == [
        "15-Jul-2026", "15-sie-2026", "15 lipnja 2026", "filip 2026",
    ]  # fmt: skip
