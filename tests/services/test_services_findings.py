"""Findings that older checks made are looked for again, once."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from tests.ui.log_projects import PUMP, make_project
from workbench.core.jobs import Job
from workbench.logs import summary
from workbench.logs.checks import quality
from workbench.logs.recordings.recording import open_recording
from workbench.services import findings
from workbench.services.log_views import OpenLogsRequest, open_asset_logs
from workbench.services.logs import ImportRequest, QualityRequest, import_logs, log_quality


def codes(project: Path) -> set[str]:
    result = log_quality(QualityRequest(project=str(project), asset=PUMP), Job())
    return {finding.code for recording in result.recordings for finding in recording.findings}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def newer(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """From now on checks find one thing more; says how often they looked."""
    looks: list[int] = []
    found = quality.find_quality

    def find(times_ns: object, columns: object, units: object) -> tuple[summary.Finding, ...]:
        looks.append(1)
        return (*found(times_ns, columns, units), summary.Finding(code="SPIKE", text="new", channel="PI-2041A"))  # type: ignore[arg-type]

    monkeypatch.setattr(quality, "find_quality", find)
    monkeypatch.setattr(findings, "CHECKS_VERSION", summary.CHECKS_VERSION + 1)
    return looks


def test_findings_of_today_are_read_as_they_were_stored(project: Path) -> None:
    assert not open_asset_logs(OpenLogsRequest(project=str(project), asset=PUMP), Job()).has_old_findings


def test_findings_of_older_checks_are_looked_for_again_and_then_kept(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = newer(monkeypatch)
    logs = open_asset_logs(OpenLogsRequest(project=str(project), asset=PUMP), Job())
    assert (logs.has_old_findings, looks) == (True, []), "opening a log never waits for its checks"
    assert "new" in {
        one.text
        for recording in log_quality(QualityRequest(project=str(project)), Job()).recordings
        for one in recording.findings
    }
    assert codes(project) >= {"SPIKE"}
    assert len(looks) == 1
    again = open_asset_logs(OpenLogsRequest(project=str(project), asset=PUMP), Job())
    assert not again.has_old_findings
    assert "new" in {one.text for one in again.findings}


def test_a_recording_that_was_copied_over_another_gets_no_findings_of_the_former(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = (path.parent for path in (project / "objects").rglob("meta.json"))
    changed = tmp_path / "changed.csv"
    rows = (tmp_path / f"{PUMP}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    changed.write_text("".join(rows[:2000]), encoding="utf-8")
    import_logs(ImportRequest(paths=(str(changed),), project=str(tmp_path / "other"), asset=PUMP), Job())
    (second,) = (path.parent for path in (tmp_path / "other" / "objects").rglob("meta.json"))
    looks = newer(monkeypatch)
    place = tmp_path / "place"
    for source, n_looks in ((first, 1), (first, 1), (second, 2)):
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(source, place)
        findings.facts_of_today(open_recording(place))
        assert len(looks) == n_looks


def test_a_damaged_copy_is_made_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = newer(monkeypatch)
    codes(project)
    for path in (findings.user_home() / "cache" / "findings").rglob("*.json"):
        path.write_text("{", encoding="utf-8")
    codes(project)
    assert len(looks) == 2


def test_what_was_stored_before_checks_had_a_number_counts_as_old() -> None:
    facts = summary.RecordingFacts(
        source="a.csv", rows=0, first_ns=None, last_ns=None, sample_period_s=None, channels=(), n_gaps=0, n_duplicates_dropped=0,
        n_backward_steps=0,
    )  # fmt: skip
    stored = {name: value for name, value in msgspec.to_builtins(facts).items() if name != "checks"}
    assert msgspec.convert(stored, summary.RecordingFacts).checks < summary.CHECKS_VERSION
