"""A work on a pump ends its reference: what is learnt as healthy is of one state of the machine, and is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.learning_fixtures import PERIOD_S, RECIPE, START_NS, N, make_fleet
from workbench.core.clock import NS_PER_S, format_utc
from workbench.core.jobs import Job
from workbench.learning.recipe import parse_recipe
from workbench.learning.reference import find_reference
from workbench.logs.events.event import Event
from workbench.project.store import Project
from workbench.services.labels import LabelsListRequest, LabelsSaveRequest, list_labels, save_labels
from workbench.services.training import SplitPreviewRequest, plan_project, preview_split


def at(row: int) -> str:
    return format_utc(START_NS + row * PERIOD_S * NS_PER_S)


def add_work(folder: Path, asset: str, row: int, name: str = "new impeller") -> None:
    events = list_labels(LabelsListRequest(project=str(folder), asset=asset), Job()).events
    work = Event(
        id="w" * 32, asset=asset, name=name, start_utc=at(row), end_utc=at(row + 10), state="real", kind="maintenance",
        action="impeller",
    )  # fmt: skip
    save_labels(LabelsSaveRequest(project=str(folder), asset=asset, events=(*events, work)), Job())


def reference(folder: Path, recipe: str) -> dict[str, list[tuple[str, int, bool]]]:
    with Project.open(folder) as project:
        plan = plan_project(project, parse_recipe(recipe), (), Job())
        found = find_reference(plan)
        rows = set(found.rows.tolist())
        for one in found.periods:
            inside = [
                row for row in plan.rows("train").tolist()
                if plan.table.assets[plan.table.asset[row]] == one.asset
                and plan.table.start_ns[row] >= one.start_ns and plan.table.end_ns[row] <= one.end_ns
            ]  # fmt: skip
            assert bool(rows & set(inside)) == (one.is_used and one.n_windows > 0)
    told: dict[str, list[tuple[str, int, bool]]] = {}
    for one in found.periods:
        told.setdefault(one.asset, []).append((one.ended_by, one.n_windows, one.is_used))
    return told


@pytest.fixture
def fleet(tmp_path: Path) -> tuple[Path, str]:
    """Four pumps; the trained ones are worked on in the middle of their log."""
    folder = tmp_path / "p"
    make_fleet(folder)
    (tmp_path / "r.toml").write_text(RECIPE, encoding="utf-8")
    parts = preview_split(SplitPreviewRequest(recipe=str(tmp_path / "r.toml"), project=str(folder)), Job()).parts
    trained = [one.asset for one in parts if one.part == "train"]
    add_work(folder, trained[0], N // 2)
    return folder, trained[0]


def test_without_works_all_healthy_windows_serve_and_nothing_is_said(tmp_path: Path) -> None:
    make_fleet(tmp_path / "p")
    (tmp_path / "r.toml").write_text(RECIPE, encoding="utf-8")
    preview = preview_split(SplitPreviewRequest(recipe=str(tmp_path / "r.toml"), project=str(tmp_path / "p")), Job())
    assert preview.reference == ()
    assert preview.notes == ()


def test_only_the_stretch_since_the_work_is_healthy_reference(fleet: tuple[Path, str], tmp_path: Path) -> None:
    folder, asset = fleet
    before, after = reference(folder, RECIPE)[asset]
    assert before[0] == "new impeller"
    assert (before[2], after[2]) == (False, True)
    assert min(before[1], after[1]) >= 100
    assert [used for _, _, used in reference(folder, RECIPE + 'reference_periods = "all"\n')[asset]] == [True, True]
    preview = preview_split(SplitPreviewRequest(recipe=str(tmp_path / "r.toml"), project=str(folder)), Job())
    assert [(one.asset, one.ended_by, one.is_used) for one in preview.reference if one.asset == asset] == [
        (asset, "new impeller", False), (asset, "", True)
    ]  # fmt: skip
    assert any(note.startswith(f"{asset}: {before[1]} healthy windows") for note in preview.notes)


def test_a_stretch_after_the_work_that_is_too_short_leaves_the_longer_one(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    (asset, *_) = make_fleet(folder, 1)
    add_work(folder, asset, N - 60)
    recipe = RECIPE + 'split_by = "time"\n'
    parts = reference(folder, recipe)[asset]
    assert [used for _, _, used in parts] == [True, False]


def test_a_work_between_reference_and_hold_out_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    (asset, *_) = make_fleet(folder, 1)
    add_work(folder, asset, round(0.8 * N))
    (tmp_path / "r.toml").write_text(RECIPE + 'split_by = "time"\n', encoding="utf-8")
    notes = preview_split(SplitPreviewRequest(recipe=str(tmp_path / "r.toml"), project=str(folder)), Job()).notes
    assert any("new impeller lies between the reference and the hold-out" in note for note in notes)
