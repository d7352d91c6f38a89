"""Corrections in a project: stored as layers, used wherever recordings are read, recorded in runs, removable."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.services.learning_fixtures import make_fleet
from tests.ui.log_projects import N_ROWS, PUMP, at_minute, make_project
from workbench.core.clock import format_utc
from workbench.core.errors import InputError, RequestError
from workbench.core.jobs import Job
from workbench.project.store import Project
from workbench.services import corrections
from workbench.services.log_views import OpenLogsRequest, open_asset_logs
from workbench.services.logs import QualityRequest, log_quality
from workbench.services.recordings import open_project_recordings
from workbench.services.runs import ReproduceRequest, reproduce_run
from workbench.services.training import TrainRequest, train


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def exclude(project: Path, **values: str) -> corrections.CorrectionsResult:
    return corrections.exclude(corrections.ExcludeRequest(project=str(project), asset=PUMP, **values), Job())


def stretch(first: int, last: int) -> dict[str, str]:
    return {"start": format_utc(at_minute(first)), "end": format_utc(at_minute(last))}


def test_an_exclusion_carries_author_and_time_and_hides_samples_from_every_reader(project: Path) -> None:
    result = exclude(project, channel="VI-2041A-DE", why="hit with a hammer", **stretch(990, 1010))
    (one,) = result.corrections
    assert (one.why, bool(one.author), one.created_utc[:2]) == ("hit with a hammer", True, "20")
    with Project.open_existing(project) as opened:
        ((_, shown),) = open_project_recordings(opened)
        ((_, raw),) = open_project_recordings(opened, is_corrected=False)
    assert float(np.nanmax(shown.values("VI-2041A-DE"))) < 3
    assert float(np.nanmax(raw.values("VI-2041A-DE"))) == 9.0


def test_plots_show_corrected_curves_unless_the_raw_ones_are_asked_for(project: Path) -> None:
    exclude(project, channel="VI-2041A-DE", **stretch(990, 1010))
    shown, raw = (
        open_asset_logs(OpenLogsRequest(project=str(project), asset=PUMP, is_raw=is_raw), Job()) for is_raw in (False, True)
    )
    whole = (shown.first_ns, shown.last_ns, 200)
    assert max(float(np.nanmax(one.maximum)) for one in shown.envelopes("VI-2041A-DE", *whole)) < 3
    assert max(float(np.nanmax(one.maximum)) for one in raw.envelopes("VI-2041A-DE", *whole)) == 9.0
    assert len(shown.excluded("VI-2041A-DE")) == 1
    assert len(raw.corrections) == 1


def test_a_unit_is_corrected_by_names(project: Path) -> None:
    request = corrections.CorrectRequest(project=str(project), asset=PUMP, channel="PI-2041A", from_unit="psi", to_unit="bar")
    (one,) = corrections.correct_log(request, Job()).corrections
    assert one.factor == pytest.approx(0.0689476, rel=1e-5)


def test_channels_that_measure_different_things_are_exchanged_only_where_that_is_agreed_to(project: Path) -> None:
    asked = corrections.CorrectRequest(project=str(project), asset=PUMP, channel="PI-2041A", swap="FI-2041A")
    with pytest.raises(InputError, match=r"PI-2041A \(pressure\) and FI-2041A \(flow\) are of different quantities") as caught:
        corrections.correct_log(asked, Job())
    assert "--unlike" in caught.value.hint
    (one,) = corrections.correct_log(msgspec.structs.replace(asked, unlike=True), Job()).corrections
    assert (one.action, one.other) == ("swap", "FI-2041A")


def test_two_kinds_at_once_or_none_are_refused(project: Path) -> None:
    for values in ({}, {"factor": 2.0, "swap": "FI-2041A"}):
        with pytest.raises(RequestError, match="does one thing"):
            corrections.correct_log(
                corrections.CorrectRequest(project=str(project), asset=PUMP, channel="PI-2041A", **values), Job()
            )


def test_a_misspelt_channel_pump_or_recording_is_refused_with_what_there_is(project: Path) -> None:
    with pytest.raises(InputError, match="no channel 'PI-9'") as caught:
        exclude(project, channel="PI-9")
    assert "PI-2041A" in caught.value.hint
    with pytest.raises(InputError, match="no recording 'zz'"):
        exclude(project, recording="zz")
    with pytest.raises(InputError, match="no log of P-9"):
        corrections.exclude(corrections.ExcludeRequest(project=str(project), asset="P-9", everything=True), Job())


def test_an_accepted_finding_goes_quiet_and_comes_back_when_the_correction_is_removed(project: Path) -> None:
    (recording,) = log_quality(QualityRequest(project=str(project)), Job()).recordings
    finding = recording.findings[0]
    request = corrections.AcceptRequest(project=str(project), asset=PUMP, finding=finding.key)
    (one,) = corrections.accept_finding(request, Job()).corrections
    opened = OpenLogsRequest(project=str(project), asset=PUMP)
    assert finding.key not in {found.key for found in open_asset_logs(opened, Job()).findings}
    (recording,) = log_quality(QualityRequest(project=str(project)), Job()).recordings
    assert recording.findings[0].answered_by == one.id
    corrections.remove_correction(corrections.UncorrectRequest(correction=one.id, project=str(project), asset=PUMP), Job())
    assert finding.key in {found.key for found in open_asset_logs(opened, Job()).findings}


def test_looked_at_again_a_corrected_log_has_the_finding_no_more(project: Path) -> None:
    exclude(project, channel="VI-2041A-DE", **stretch(990, 1010))
    request = corrections.CorrectRequest(
        project=str(project), asset=PUMP, channel="PI-2041A", factor=14.5037738, start=format_utc(at_minute(2200))
    )
    corrections.correct_log(request, Job())
    stored, again = (
        {found.code for found in log_quality(QualityRequest(project=str(project), again=is_again), Job()).recordings[0].findings}
        for is_again in (False, True)
    )
    assert "UNIT_JUMP" not in stored
    assert "UNIT_JUMP" in again, "a correction that makes it worse is seen as well"


@pytest.mark.slow
def test_a_run_records_the_corrections_it_was_trained_through_and_is_reproduced_after_they_changed(tmp_path: Path) -> None:
    folder, recipe = tmp_path / "p", tmp_path / "recipe.toml"
    assets = make_fleet(folder, 2)
    recipe.write_text('families = ["mahalanobis"]\nwindow_s = 1200\nstride_s = 600\n', encoding="utf-8")
    request = corrections.ExcludeRequest(
        project=str(folder), asset=assets[0], start="2026-03-02T03:00:00Z", end="2026-03-02T05:00:00Z", why="commissioning"
    )
    (layer,) = corrections.exclude(request, Job()).layers.values()
    run = train(TrainRequest(recipe=str(recipe), project=str(folder)), Job()).runs[0]
    with Project.open_existing(folder) as project:
        assert layer in project.item("run", run.id).refs
    more = corrections.ExcludeRequest(
        project=str(folder), asset=assets[0], start="2026-03-02T06:00:00Z", end="2026-03-02T20:00:00Z"
    )
    corrections.exclude(more, Job())
    assert reproduce_run(ReproduceRequest(run=run.id, project=str(folder)), Job()).is_same_hash


def test_a_finding_that_there_is_not_is_refused_with_those_that_there_are(project: Path) -> None:
    (recording,) = log_quality(QualityRequest(project=str(project)), Job()).recordings
    with pytest.raises(InputError, match="P-2041A has no finding 'KEY'") as caught:
        corrections.accept_finding(corrections.AcceptRequest(project=str(project), asset=PUMP, finding="KEY"), Job())
    assert recording.findings[0].key in caught.value.hint
    assert not corrections.list_corrections(corrections.CorrectionsRequest(project=str(project)), Job()).corrections


def test_a_finding_of_a_log_whose_clock_is_corrected_is_accepted_by_the_key_that_is_shown(project: Path) -> None:
    corrections.correct_log(corrections.CorrectRequest(project=str(project), asset=PUMP, shift_s=3600.0), Job())
    shown = open_asset_logs(OpenLogsRequest(project=str(project), asset=PUMP), Job()).findings[0]
    request = corrections.AcceptRequest(project=str(project), asset=PUMP, finding=shown.key)
    assert corrections.accept_finding(request, Job()).corrections[-1].finding == shown.key


@pytest.mark.parametrize(("first", "last"), [(-200, -100), (N_ROWS, N_ROWS + 100)])
def test_a_stretch_that_the_log_does_not_reach_is_refused_with_where_it_reaches(project: Path, first: int, last: int) -> None:
    with pytest.raises(InputError, match=r"nothing from 2026-03-0\dT") as caught:
        exclude(project, channel="VI-2041A-DE", **stretch(first, last))
    assert caught.value.hint.startswith("It reaches from 2026-03-02T00:00:00Z to 2026-03-04T23:59:00Z")


def test_a_stretch_that_reaches_into_the_log_is_excluded(project: Path) -> None:
    assert len(exclude(project, **stretch(-100, 0)).corrections) == 1
    assert len(exclude(project, start=format_utc(at_minute(N_ROWS - 1))).corrections) == 2
