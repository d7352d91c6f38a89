"""Regimes of a project's recordings, in words and hours."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.services.learning_fixtures import make_fleet
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.services.drift import DriftRequest, measure_drift
from workbench.services.logs import ImportRequest, import_logs
from workbench.services.regimes import (
    RegimesRequest,
    SetRegimeRequest,
    UnsetRegimeRequest,
    log_regimes,
    set_regime,
    unset_regime,
)
from workbench.services.runs import ReproduceRequest, reproduce_run
from workbench.services.training import SplitPreviewRequest, TrainRequest, preview_split, train


def test_the_hours_of_each_state_are_told_for_each_pump(tmp_path: Path) -> None:
    rows = [
        f"2026-03-12T{k // 60:02d}:{k % 60:02d}:00Z,{0.0 if k < 120 else 37 + k % 3 / 10:.1f},{6 + k % 7 / 10:.1f}"
        for k in range(600)
    ]
    path = tmp_path / "P-2041A.csv"
    path.write_text("time,II-2041A [A],PI-2041A [bar]\n" + "\n".join(rows) + "\n", encoding="utf-8")
    import_logs(ImportRequest(paths=(str(path),), project=str(tmp_path / "p")), Job())
    result = log_regimes(RegimesRequest(project=str(tmp_path / "p")), Job())
    assert [(span.name, span.start_utc) for span in result.regimes] == [
        ("stopped", "2026-03-12T00:00:00Z"), ("start-up", "2026-03-12T02:00:00Z"), ("steady", "2026-03-12T02:01:00Z")
    ]  # fmt: skip
    assert {name: round(hours, 1) for name, hours in result.hours["P-2041A"].items()} == {
        "stopped": 2.0, "start-up": 0.0, "steady": 8.0
    }  # fmt: skip
    with pytest.raises(InputError, match="no log of P-9"):
        log_regimes(RegimesRequest(project=str(tmp_path / "p"), asset="P-9"), Job())


@pytest.fixture
def project(tmp_path: Path) -> str:
    """Two pumps of one pair over ten hours: A runs from 02:00, B from 06:00."""
    for letter, start in (("A", 120), ("B", 360)):
        rows = [
            f"2026-03-12T{k // 60:02d}:{k % 60:02d}:00Z,{0.0 if k < start else 37 + k % 3 / 10:.1f},{6 + k % 7 / 10:.1f}"
            for k in range(600)
        ]
        path = tmp_path / f"P-2041{letter}.csv"
        path.write_text(f"time,II-2041{letter} [A],PI-2041{letter} [bar]\n" + "\n".join(rows) + "\n", encoding="utf-8")
        import_logs(ImportRequest(paths=(str(path),), project=str(tmp_path / "p")), Job())
    return str(tmp_path / "p")


def states(project: str, asset: str = "P-2041A") -> list[tuple[str, str]]:
    found = log_regimes(RegimesRequest(project=project, asset=asset), Job()).regimes
    return [(one.name, one.start_utc[11:16]) for one in found]


def set_to(project: str, name: str, start: str, end: str) -> str:
    request = SetRegimeRequest(
        project=project, asset="P-2041A", name=name, start=f"2026-03-12T{start}:00Z", end=f"2026-03-12T{end}:00Z", why="seen"
    )
    return set_regime(request, Job()).edits[-1].id


def test_pumps_of_a_pair_that_run_together_are_in_parallel(project: str) -> None:
    assert states(project) == [("stopped", "00:00"), ("start-up", "02:00"), ("steady", "02:01"), ("parallel", "06:00")]


def test_an_edit_lies_over_what_was_found_with_author_and_time_and_is_taken_back(project: str) -> None:
    edit = set_to(project, "flushing", "03:00", "04:00")
    assert states(project)[2:5] == [("steady", "02:01"), ("flushing", "03:00"), ("steady", "04:00")]
    result = log_regimes(RegimesRequest(project=project, asset="P-2041A"), Job())
    assert [(one.name, one.why, bool(one.author)) for one in result.edits] == [("flushing", "seen", True)]
    assert [one.edit for one in result.regimes if one.name == "flushing"] == [edit]
    unset_regime(UnsetRegimeRequest(edit=edit[:6], project=project, asset="P-2041A"), Job())
    assert ("flushing", "03:00") not in states(project)


def test_a_boundary_is_moved_and_set_back_to_what_was_found(project: str) -> None:
    set_to(project, "steady", "06:00", "07:00")
    assert states(project)[-2:] == [("steady", "06:00"), ("parallel", "07:00")]
    cleared = clear(project, "05:00", "08:00")
    assert ("parallel", "06:00") in states(project)
    assert cleared == []


def clear(project: str, start: str, end: str) -> list[tuple[str, str, str]]:
    request = SetRegimeRequest(
        project=project, asset="P-2041A", start=f"2026-03-12T{start}:00Z", end=f"2026-03-12T{end}:00Z", name=""
    )
    return [(one.name, one.start_utc[11:16], one.end_utc[11:16]) for one in set_regime(request, Job()).edits]


def test_a_stretch_without_a_name_leaves_what_the_edit_said_around_it(project: str) -> None:
    set_to(project, "flushing", "03:00", "06:00")
    assert clear(project, "04:00", "05:00") == [("flushing", "03:00", "04:00"), ("flushing", "05:00", "06:00")]
    assert states(project)[2:5] == [("steady", "02:01"), ("flushing", "03:00"), ("steady", "04:00")]
    assert {one.why for one in log_regimes(RegimesRequest(project=project), Job()).edits} == {"seen"}


def test_a_stretch_without_a_name_and_without_edits_is_refused(project: str) -> None:
    set_to(project, "flushing", "03:00", "04:00")
    with pytest.raises(InputError, match="as found already") as caught:
        clear(project, "05:00", "06:00")
    assert "flushing from 2026-03-12T03:00:00Z" in caught.value.hint


def test_only_the_states_that_are_asked_for_are_listed(project: str) -> None:
    found = log_regimes(RegimesRequest(project=project, regimes=("parallel",)), Job()).regimes
    assert {(one.asset, one.name) for one in found} == {("P-2041A", "parallel"), ("P-2041B", "parallel")}


def test_a_state_that_nothing_knows_is_refused_with_those_there_are(project: str) -> None:
    set_to(project, "flushing", "03:00", "04:00")
    with pytest.raises(InputError, match="no state 'bogus'") as caught:
        log_regimes(RegimesRequest(project=project, regimes=("steady", "bogus")), Job())
    assert "dead-head" in caught.value.hint
    assert "flushing" in caught.value.hint
    assert {one.name for one in log_regimes(RegimesRequest(project=project, regimes=("flushing",)), Job()).regimes} == {
        "flushing"
    }
    assert log_regimes(RegimesRequest(project=project, regimes=("dry run",)), Job()).regimes == (), "known, but never seen"


def test_drift_compares_only_the_states_it_is_told_to(project: str) -> None:
    request = DriftRequest(project=project, asset="P-2041A", every=600, regimes=("steady", "parallel"))
    every = measure_drift(DriftRequest(project=project, asset="P-2041A", every=600), Job())
    some = measure_drift(request, Job())
    current = next(channel for channel in some.channels if channel.channel == "II-2041A")
    assert current.n_reference < next(channel.n_reference for channel in every.channels if channel.channel == "II-2041A")
    assert current.reference_median > 36, "the stop is not among them"


def test_a_state_that_a_pump_never_had_is_refused_with_those_it_had(project: str) -> None:
    with pytest.raises(InputError, match="never in a state 'cruising'") as caught:
        measure_drift(DriftRequest(project=project, asset="P-2041A", regimes=("cruising",)), Job())
    assert "parallel" in caught.value.hint


@pytest.mark.slow
def test_a_recipe_learns_only_in_its_states_and_the_run_is_reproduced_after_an_edit(tmp_path: Path) -> None:
    folder, recipe = tmp_path / "p", tmp_path / "recipe.toml"
    assets = make_fleet(folder, 2)
    edit = SetRegimeRequest(
        project=str(folder), asset=assets[0], name="commissioning", start="2026-03-02T03:00:00Z", end="2026-03-02T09:00:00Z"
    )
    set_regime(edit, Job())
    recipe.write_text('families = ["mahalanobis"]\nwindow_s = 1200\nstride_s = 600\nregimes = ["steady"]\n', encoding="utf-8")
    run = train(TrainRequest(recipe=str(recipe), project=str(folder)), Job()).runs[0]
    whole = tmp_path / "whole.toml"
    whole.write_text('families = ["mahalanobis"]\nwindow_s = 1200\nstride_s = 600\n', encoding="utf-8")
    plans = [preview_split(SplitPreviewRequest(recipe=str(path), project=str(folder)), Job()) for path in (recipe, whole)]
    assert 30 < plans[1].n_windows - plans[0].n_windows < 60, "six hours of windows every ten minutes are left out"
    set_regime(msgspec.structs.replace(edit, end="2026-03-02T20:00:00Z"), Job())
    assert reproduce_run(ReproduceRequest(run=run.id, project=str(folder)), Job()).is_same_hash
