"""Edits of events as commands and as the window stores them: what changed is written, old layers open, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.clock import format_utc
from workbench.core.codec import encode_canonical
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.logs.events.event import Event, is_positive, is_renewal
from workbench.logs.events.looks import own_look
from workbench.project.acts import Act, Item
from workbench.project.store import Project
from workbench.services import label_edits, labels, training
from workbench.services.label_layers import MAX_DEPTH, WHOLE_BELOW

PUMP = "P-1"
DAY_NS = 86_400 * 10**9


def event(number: int, **more: object) -> Event:
    start, end = format_utc(number * DAY_NS), format_utc(number * DAY_NS + 3600 * 10**9)
    values = {"id": f"{number:032x}", "name": "leak", "state": "real", "author": "Ada", "created_utc": "2026-01-01T00:00:00Z"}
    return Event(asset=PUMP, start_utc=start, end_utc=end, **{**values, **more})  # type: ignore[arg-type]


def project_of(folder: Path, n_events: int) -> str:
    events = tuple(event(number) for number in range(n_events))
    labels.save_labels(labels.LabelsSaveRequest(project=str(folder), asset=PUMP, events=events), Job())
    return str(folder)


def stored(project: str) -> tuple[Event, ...]:
    return labels.list_labels(labels.LabelsListRequest(project=project), Job()).events


def edit(project: str, *changed: Event, removed: tuple[str, ...] = ()) -> None:
    request = label_edits.LabelsEditRequest(project=project, asset=PUMP, changed=changed, removed=removed)
    label_edits.edit_labels(request, Job())


def size_of_newest(project: str) -> int:
    with Project.open_existing(Path(project)) as opened:
        return len(opened.objects.get_bytes("labels", opened.items("labels", PUMP)[0].id))


def test_an_edit_of_a_large_layer_writes_what_changed_and_reads_back_whole(tmp_path: Path) -> None:
    project = project_of(tmp_path / "p", 2 * WHOLE_BELOW)
    edit(project, event(3, name="cavitation"), event(900), removed=(event(5).id,))
    found = {one.id: one for one in stored(project)}
    assert size_of_newest(project) < 1500
    assert len(found) == 2 * WHOLE_BELOW
    assert (found[event(3).id].name, event(5).id in found, event(900).id in found) == ("cavitation", False, True)
    assert [one.start_utc for one in stored(project)] == sorted(one.start_utc for one in stored(project))


def test_after_many_edits_the_layer_is_written_whole_again(tmp_path: Path) -> None:
    project = project_of(tmp_path / "p", WHOLE_BELOW)
    sizes = []
    for number in range(MAX_DEPTH):
        edit(project, event(7, note=str(number)))
        sizes.append(size_of_newest(project))
    assert max(sizes[:-1]) < 1000 < WHOLE_BELOW * 100 < sizes[-1]
    assert stored(project)[7].note == str(MAX_DEPTH - 1)


def test_an_edit_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    project = project_of(tmp_path / "p", 3)
    with Project.open_existing(Path(project)) as opened:
        before = opened.n_lines()
    edit(project, event(1))
    with Project.open_existing(Path(project)) as opened:
        assert opened.n_lines() == before


def test_the_window_does_not_take_back_what_another_program_added_meanwhile(tmp_path: Path) -> None:
    project = project_of(tmp_path / "p", 2)
    add = labels.LabelsAddRequest(project=project, asset=PUMP, name="trip", start="2026-03-01", end="2026-03-02")
    labels.add_label(add, Job())
    edit(project, event(1, name="cavitation"))
    assert sorted(one.name for one in stored(project)) == ["cavitation", "leak", "trip"]


def test_a_layer_that_others_build_on_can_not_be_removed(tmp_path: Path) -> None:
    project = project_of(tmp_path / "p", WHOLE_BELOW)
    with Project.open_existing(Path(project)) as opened:
        base = opened.items("labels", PUMP)[0].id
    edit(project, event(1, name="cavitation"))
    with Project.open_existing(Path(project)) as opened, pytest.raises(Exception, match="is used by"):
        opened.remove("labels", base)


def test_a_layer_written_before_there_were_kinds_still_opens(tmp_path: Path) -> None:
    old = {
        "asset": PUMP, "name": "leak", "id": "a" * 32, "start_utc": "2026-03-01T00:00:00Z", "end_utc": "2026-03-02T00:00:00Z",
        "state": "real", "author": "Ada", "created_utc": "2026-03-03T00:00:00Z", "source": "person", "note": "",
    }  # fmt: skip
    with Project.open(tmp_path / "p") as project:
        name = project.objects.put_bytes("labels", encode_canonical({"asset": PUMP, "events": [old]}))
        project.record(Act(act="label", what="old", item=Item(kind="labels", id=name, asset=PUMP)))
    (found,) = stored(str(tmp_path / "p"))
    assert (found.name, found.kind, found.mode, found.distance) == ("leak", "", "", None)


def test_a_split_event_becomes_two_that_meet(tmp_path: Path) -> None:
    project = project_of(tmp_path / "p", 1)
    request = label_edits.LabelsSplitRequest(event="0000", project=project, asset=PUMP, at="1970-01-01T00:20:00Z")
    label_edits.split_label(request, Job())
    first, second = stored(project)
    assert (first.id, first.end_utc, second.start_utc) == (event(0).id, "1970-01-01T00:20:00Z", "1970-01-01T00:20:00Z")
    assert (second.end_utc, second.name, second.state) == ("1970-01-01T01:00:00Z", "leak", "real")


def test_a_split_outside_is_refused_with_both_ends(tmp_path: Path) -> None:
    request = label_edits.LabelsSplitRequest(event="0", project=project_of(tmp_path / "p", 1), asset=PUMP, at="1970-01-02")
    with pytest.raises(InputError, match=r"does not lie inside 'leak' \(1970-01-01T00:00:00Z to 1970-01-01T01:00:00Z\)"):
        label_edits.split_label(request, Job())


def test_merged_events_reach_from_the_first_start_to_the_last_end(tmp_path: Path) -> None:
    project = project_of(tmp_path / "p", 3)
    request = label_edits.LabelsMergeRequest(events=(event(2).id, event(0).id), project=project, asset=PUMP)
    label_edits.merge_labels(request, Job())
    assert [(one.id, one.end_utc) for one in stored(project)] == [
        (event(0).id, "1970-01-03T01:00:00Z"), (event(1).id, "1970-01-02T01:00:00Z")
    ]  # fmt: skip


def test_changing_an_event_says_what_it_was_in_standard_words(tmp_path: Path) -> None:
    project = project_of(tmp_path / "p", 1)
    request = label_edits.LabelsChangeRequest(
        events=("0",), project=project, asset=PUMP, kind="failure", mode="VIB", mechanism="2.4", action="bearing",
    )  # fmt: skip
    (changed,) = label_edits.change_labels(request, Job()).changed
    assert (changed.kind, changed.mode, changed.mechanism, changed.action) == ("failure", "VIB", "2.4", "bearing")


def test_an_unknown_failure_mode_is_refused_with_those_there_are(tmp_path: Path) -> None:
    project = project_of(tmp_path / "p", 1)
    request = label_edits.LabelsChangeRequest(events=("0",), project=project, asset=PUMP, mode="XYZ")
    with pytest.raises(InputError, match="'XYZ' is no failure mode") as caught:
        label_edits.change_labels(request, Job())
    assert "VIB" in str(caught.value.hint)


def test_deleted_events_are_gone_and_an_ambiguous_id_is_refused(tmp_path: Path) -> None:
    project = project_of(tmp_path / "p", 3)
    label_edits.delete_labels(label_edits.LabelsDeleteRequest(events=(event(1).id,), project=project, asset=PUMP), Job())
    assert len(stored(project)) == 2
    with pytest.raises(InputError, match="'0' fits 2 events"):
        label_edits.delete_labels(label_edits.LabelsDeleteRequest(events=("0",), project=project, asset=PUMP), Job())


def test_a_look_is_kept_in_the_project_and_its_other_half_stays(tmp_path: Path) -> None:
    project = project_of(tmp_path / "p", 1)
    label_edits.label_looks(label_edits.LookRequest(project=project, name="cavitation", colour=7), Job())
    looks = label_edits.label_looks(label_edits.LookRequest(project=project), Job()).looks
    assert (looks["cavitation"].colour, looks["cavitation"].shape) == (7, own_look("cavitation").shape)


def test_a_preventive_replacement_is_censored_and_no_failure() -> None:
    replaced = event(0, kind="preventive", action="bearing")
    assert (is_positive(replaced), is_renewal(replaced)) == (False, True)
    assert (is_positive(event(0, kind="failure")), is_renewal(event(0, kind="failure"))) == (True, False)
    assert not is_positive(event(0, state="unsure"))


def test_training_is_told_what_each_kind_means(tmp_path: Path) -> None:
    onset = {"last_good_utc": format_utc(4 * DAY_NS), "found_utc": format_utc(4 * DAY_NS + 1800 * 10**9)}
    events = (
        event(0), event(1, kind="preventive", action="seal"), event(2, kind="maintenance"), event(3, kind="operation"),
        event(4, kind="failure", **onset), event(5, state="unsure"), event(6, state="not_real"),
    )  # fmt: skip
    labels.save_labels(labels.LabelsSaveRequest(project=str(tmp_path / "p"), asset=PUMP, events=events), Job())
    with Project.open_existing(tmp_path / "p") as project:
        spans = training._events_of(project)
    told = {int(span.id, 16): (span.is_real, span.is_renewal, span.sure_ns) for span in spans}
    assert told == {
        0: (True, False, None),
        1: (False, True, None),  # censored, and the machine is another one afterwards
        2: (False, False, None),  # learnt neither way
        4: (True, False, 4 * DAY_NS + 1800 * 10**9),  # sure from when it was found
        5: (False, False, None),
    }
