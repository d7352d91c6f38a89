"""Undo and redo across events, corrections and operating states, in the order in which they were made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.log_projects import PUMP, at_minute, make_project
from workbench.core.clock import format_utc
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.services import corrections, labels, layer_history, regimes
from workbench.services.layer_history import RedoRequest, StepResult, UndoRequest, redo_edit, undo_edit

SPAN = {"start": format_utc(at_minute(100)), "end": format_utc(at_minute(200))}


@pytest.fixture
def project(tmp_path: Path) -> str:
    return str(make_project(tmp_path))


def exclude(project: str, channel: str = "VI-2041A-DE") -> None:
    corrections.exclude(corrections.ExcludeRequest(project=project, asset=PUMP, channel=channel, **SPAN), Job())


def set_regime(project: str) -> None:
    regimes.set_regime(regimes.SetRegimeRequest(project=project, asset=PUMP, name="dry run", **SPAN), Job())


def add_event(project: str) -> None:
    labels.add_label(labels.LabelsAddRequest(project=project, asset=PUMP, name="knock", **SPAN), Job())


def said(project: str) -> tuple[int, int, int]:
    """How many corrections, edits of states and events there are."""
    with_corrections = corrections.list_corrections(corrections.CorrectionsRequest(project=project, asset=PUMP), Job())
    with_edits = regimes.log_regimes(regimes.RegimesRequest(project=project, asset=PUMP), Job())
    with_events = labels.list_labels(labels.LabelsListRequest(project=project, asset=PUMP), Job())
    return len(with_corrections.corrections), len(with_edits.edits), len(with_events.events)


def undo(project: str, **values: str) -> StepResult:
    return undo_edit(UndoRequest(project=project, **values), Job())


def redo(project: str) -> StepResult:
    return redo_edit(RedoRequest(project=project), Job())


def test_the_last_edit_of_any_kind_is_undone_first_and_redone_last(project: str) -> None:
    before = said(project)
    exclude(project)
    set_regime(project)
    add_event(project)
    after = said(project)
    kinds = [undo(project).kind for _ in range(3)]
    assert kinds == ["labels", "regimes", "corrections"]
    assert said(project) == before
    assert [redo(project).kind for _ in range(3)] == ["corrections", "regimes", "labels"]
    assert said(project) == after


def test_only_one_kind_is_undone_where_that_is_asked(project: str) -> None:
    n_corrections, n_edits, n_events = said(project)
    exclude(project)
    add_event(project)
    assert undo(project, kind="corrections").kind == "corrections"
    assert said(project) == (n_corrections, n_edits, n_events + 1)


def test_after_a_new_edit_nothing_of_its_layer_is_redone(project: str) -> None:
    exclude(project)
    undo(project)
    exclude(project, "PI-2041A")
    with pytest.raises(InputError, match="no edit to redo"):
        redo(project)


def test_where_nothing_was_edited_undo_says_so(project: str) -> None:
    with pytest.raises(InputError, match=f"no edit of {PUMP} to undo"):
        for _ in range(10):  # the project has its own events
            undo(project, asset=PUMP)


def test_in_a_journal_longer_than_is_looked_through_nothing_becomes_empty(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there before the first edit in sight is not known; it was once taken for nothing."""
    exclude(project)
    exclude(project, "PI-2041A")
    before = said(project)
    set_regime(project)
    exclude(project, "FI-2041A")
    monkeypatch.setattr(layer_history, "_MOST_LINES", 2)
    with pytest.raises(InputError, match="no edit to undo"):
        undo(project, kind="corrections")
    assert said(project)[0] == before[0] + 1


def test_only_ones_own_edit_is_taken_back_where_that_is_asked(project: str) -> None:
    exclude(project)
    mine = corrections.list_corrections(corrections.CorrectionsRequest(project=project, asset=PUMP), Job()).layers[PUMP]
    exclude(project, "PI-2041A")  # by another program
    with pytest.raises(InputError, match="changed by somebody else since"):
        undo(project, kind="corrections", layer=mine)
    undo(project)
    n_corrections = said(project)[0]
    assert undo(project, kind="corrections", layer=mine).kind == "corrections"
    assert said(project)[0] == n_corrections - 1
