"""Finding stretches like an event in a project's logs: planted shapes are found, placed to the sample, and suggested."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.errors import InputError, JobCancelled
from workbench.core.jobs import Job
from workbench.services import labels, similar
from workbench.services.logs import ImportRequest, import_logs

START_NS = parse_utc("2026-03-02T00:00:00Z")
STEP_S = 10
N_ROWS = 20_000
PLANTED = (3000, 9000, 15_500)
LENGTH = 900


def project_of(tmp_path: Path) -> tuple[str, str]:
    """A log with the same shape in two channels three times, in other heights; the first is labelled. (folder, id)"""
    rng = np.random.default_rng(5)
    shape = np.sin(np.linspace(0, 3 * np.pi, LENGTH)) * np.linspace(0, 1, LENGTH)
    pressure, flow = 3 + 0.05 * rng.standard_normal(N_ROWS), 300 + 0.8 * rng.standard_normal(N_ROWS)
    for height, row in zip((1.0, 0.6, 2.0), PLANTED, strict=True):
        pressure[row : row + LENGTH] += height * shape
        flow[row : row + LENGTH] -= 20 * height * shape
    times = [format_utc(START_NS + row * STEP_S * NS_PER_S) for row in range(N_ROWS)]
    rows = [f"{at},{p:.4f},{f:.3f}" for at, p, f in zip(times, pressure, flow, strict=True)]
    (tmp_path / "P-1.csv").write_text("\n".join(["time,PI-1 (bar),FI-1 (m3/h)", *rows]) + "\n", encoding="utf-8")
    project = str(tmp_path / "project")
    import_logs(ImportRequest(paths=(str(tmp_path / "P-1.csv"),), project=project, asset="P-1"), Job())
    add = labels.LabelsAddRequest(
        project=project, asset="P-1", name="surge", start=times[PLANTED[0]], end=times[PLANTED[0] + LENGTH],
    )  # fmt: skip
    return project, labels.add_label(add, Job()).events[0].id


def test_planted_shapes_are_found_and_placed_to_a_sample(tmp_path: Path) -> None:
    project, event = project_of(tmp_path)
    found = similar.find_similar(similar.SimilarRequest(event=event, project=project, asset="P-1"), Job())
    starts = sorted((parse_utc(one.start_utc) - START_NS) / NS_PER_S / STEP_S for one in found.events)
    assert starts == pytest.approx(PLANTED[1:], abs=2)
    assert [(one.state, one.source, one.like, one.name) for one in found.events] == [("unsure", "similar", event, "surge")] * 2
    assert found.events[0].distance is not None
    assert found.events[0].distance < 0.2
    assert len(labels.list_labels(labels.LabelsListRequest(project=project), Job()).events) == 1


def test_suggestions_are_stored_when_asked_and_not_made_again(tmp_path: Path) -> None:
    project, event = project_of(tmp_path)
    request = similar.SimilarRequest(event=event, project=project, asset="P-1", add=True)
    assert len(similar.find_similar(request, Job()).events) == 2
    assert len(labels.list_labels(labels.LabelsListRequest(project=project), Job()).events) == 3
    assert similar.find_similar(request, Job()).events == ()


def test_an_event_without_a_log_or_a_shape_is_refused_in_words(tmp_path: Path) -> None:
    project, event = project_of(tmp_path)
    with pytest.raises(InputError, match="None of XI-9 is a trend"):
        similar.find_similar(similar.SimilarRequest(event=event, project=project, asset="P-1", channels=("XI-9",)), Job())
    add = labels.LabelsAddRequest(project=project, asset="P-1", name="later", start="2030-01-01", end="2030-01-02")
    later = next(one for one in labels.add_label(add, Job()).events if one.name == "later")
    with pytest.raises(InputError, match="No trend of P-1 covers 'later'"):
        similar.find_similar(similar.SimilarRequest(event=later.id, project=project, asset="P-1"), Job())


def test_the_search_ends_when_it_is_cancelled(tmp_path: Path) -> None:
    project, event = project_of(tmp_path)
    job = Job()
    job.cancel()
    with pytest.raises(JobCancelled):
        similar.find_similar(similar.SimilarRequest(event=event, project=project, asset="P-1"), job)
