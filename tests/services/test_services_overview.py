"""What the start page is told: only what really waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.jobs import Job
from workbench.project.acts import Act, Item
from workbench.project.store import Project
from workbench.services.overview import Need, OverviewResult, show_overview
from workbench.services.projects import ProjectRequest

SHA = "ab" * 32


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.open(tmp_path / "havsule", who="Operator 1")


def _record(project: Project, item: Item) -> None:
    project.record(Act(act="test", what="made for a test", item=item))


def _overview(project: Project) -> OverviewResult:
    project.close()
    return show_overview(ProjectRequest(project=str(project.root)), Job())


def _kinds(needs: tuple[Need, ...]) -> list[tuple[str, str]]:
    return [(need.kind, need.on) for need in needs]


def test_an_empty_project_needs_nothing(project: Project) -> None:
    shown = _overview(project)
    assert (shown.needs, shown.trace, shown.runs, shown.update) == ((), None, (), None)


def test_only_the_newest_receipt_of_a_pump_says_whether_its_verdict_is_unknown(project: Project) -> None:
    for number, (asset, verdict) in enumerate([("P-1", "unknown"), ("P-2", "verified"), ("P-1", "verified"), ("P-2", "unknown")]):
        _record(project, Item(kind="receipt", id=f"{number:064x}", asset=asset, details={"verdict": verdict}))
    shown = _overview(project)
    assert _kinds(shown.needs) == [("unknown_verdict", "P-2")]
    assert shown.update is not None
    assert (shown.update.asset, shown.update.verdict) == ("P-2", "unknown")


def test_unsure_events_of_the_newest_layer_are_counted(project: Project) -> None:
    for number, n_unsure in enumerate([5, 2]):
        details = {"n_events": 9, "unsure": n_unsure}
        _record(project, Item(kind="labels", id=f"{number:064x}", name="9 events", asset="P-1", details=details))
    needs = _overview(project).needs
    assert [(need.kind, need.n) for need in needs] == [("unsure_events", 2)]


def test_the_newest_bundle_waits_for_a_signature(project: Project) -> None:
    _record(project, Item(kind="bundle", id=SHA, name="pump 3", details={"signatures": []}))
    assert _kinds(_overview(project).needs) == [("not_signed", "pump 3")]
