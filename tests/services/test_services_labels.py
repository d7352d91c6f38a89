"""Events of a project: every change is a new layer and a journal line, and nothing is lost."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.logs.recordings.recording import write_recording
from workbench.logs.summary import RecordingFacts
from workbench.project.store import Act, Item, Project
from workbench.services import labels

DAY = 86_400 * 10**9


def store_recording(folder: Path, asset: str, source: str, anomaly: np.ndarray, *, group: str = "trend") -> None:
    times = np.arange(len(anomaly), dtype=np.int64) * DAY
    facts = RecordingFacts(
        source=source, rows=len(times), first_ns=0, last_ns=int(times[-1]), sample_period_s=86_400.0, channels=(), n_gaps=0,
        n_duplicates_dropped=0, n_backward_steps=0, labels=("anomaly",), sources=(source,),
    )  # fmt: skip
    with Project.open(folder) as project:
        with project.objects.staging("recording") as staged:
            write_recording(staged, facts, times, {"PI-1": np.zeros(len(times))}, {"anomaly": anomaly})
            tree = project.objects.put_tree("recording", staged)
        item = Item(kind="recording", id=tree, asset=asset, details={"sources": [source], "group": group})
        project.record(Act(act="import", what="x", on=asset, item=item))


def add(
    folder: Path, name: str = "leak", asset: str = "P-1", start: str = "2026-03-10", end: str = "2026-03-11"
) -> labels.LabelsResult:
    return labels.add_label(labels.LabelsAddRequest(project=str(folder), asset=asset, name=name, start=start, end=end), Job())


def list_all(folder: Path) -> labels.LabelsResult:
    return labels.list_labels(labels.LabelsListRequest(project=str(folder)), Job())


def test_an_added_event_has_an_author_and_is_listed(tmp_path: Path) -> None:
    added = add(tmp_path / "p")
    listed = list_all(tmp_path / "p")
    assert (listed.events, listed.layers, listed.n_events) == (added.events, added.layers, {"P-1": 1})
    assert (added.n_added, added.n_known, listed.n_added) == (1, 0, None)
    (event,) = listed.events
    assert (event.name, event.state, event.start_utc) == ("leak", "real", "2026-03-10T00:00:00Z")
    assert event.author
    assert event.created_utc


def test_events_are_listed_in_order_of_time_to_the_fraction_of_a_second(tmp_path: Path) -> None:
    for name, start in (("later", "2026-03-10T00:00:00.5Z"), ("sooner", "2026-03-10T00:00:00Z")):
        add(tmp_path / "p", name, start=start)
    assert [event.name for event in list_all(tmp_path / "p").events] == ["sooner", "later"]


def test_former_layers_stay_and_each_change_is_journalled(tmp_path: Path) -> None:
    first = add(tmp_path / "p")
    second = add(tmp_path / "p", "seal wear", start="2026-04-01", end="2026-04-02")
    assert first.layers["P-1"] != second.layers["P-1"]
    with Project.open(tmp_path / "p") as project:
        assert project.objects.has("labels", first.layers["P-1"])
        acts = [line.line.act for line in project.lines()]
    assert [act.what for act in acts] == ["Event seal wear added", "Event leak added"]
    assert acts[1].command.startswith("workbench labels add --project ")


def test_saving_the_same_events_writes_nothing_and_going_back_is_a_change(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    first, second = add(folder), add(folder, "x", start="2026-04-01", end="2026-04-02")

    def save(events: tuple[labels.Event, ...]) -> labels.LabelsResult:
        return labels.save_labels(labels.LabelsSaveRequest(project=str(folder), asset="P-1", events=events, what="Undone"), Job())

    def stored(result: labels.LabelsResult) -> tuple[object, object]:
        return result.events, result.layers

    assert stored(save(second.events)) == stored(second)
    assert stored(save(first.events)) == stored(first)
    assert stored(list_all(folder)) == stored(first)
    with Project.open(folder) as project:
        assert project.n_lines() == 3


def test_the_window_saves_new_events_without_id_and_gets_them_back_with_one(tmp_path: Path) -> None:
    new = labels.Event(id="", asset="P-1", name="dry run", start_utc="2026-03-10", end_utc="2026-03-11")
    request = labels.LabelsSaveRequest(project=str(tmp_path / "p"), asset="P-1", events=(new,))
    (event,) = labels.save_labels(request, Job()).events
    assert event.id
    assert event.author


def test_csv_events_go_to_their_pumps_and_come_only_once(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(
        "asset,name,start_utc,end_utc,state\nP-1,leak,2026-03-10,2026-03-11,real\nP-2,dry,2026-03-10,2026-03-11,\n", "utf-8"
    )
    request = labels.LabelsImportRequest(path=str(path), project=str(tmp_path / "p"))
    first, again = labels.import_labels(request, Job()), labels.import_labels(request, Job())
    assert [(event.asset, event.state) for event in first.events] == [("P-1", "real"), ("P-2", "unsure")]
    assert (again.events, again.layers) == (first.events, first.layers)
    assert [(one.n_added, one.n_known) for one in (first, again)] == [(2, 0), (0, 2)]


def test_windows_belong_to_the_pump_whose_log_they_name(tmp_path: Path) -> None:
    store_recording(tmp_path / "p", "P-1", "machine.csv", np.zeros(5))
    path = tmp_path / "windows.json"
    windows = {
        "known/machine.csv": [["2026-03-10 00:00:00", "2026-03-11 00:00:00"]],
        "known/other.csv": [["2026-03-10", "2026-03-11"]],
    }
    path.write_text(json.dumps(windows), encoding="utf-8")
    found = labels.import_labels(labels.LabelsImportRequest(path=str(path), project=str(tmp_path / "p")), Job())
    assert [event.asset for event in found.events] == ["P-1"]


def test_windows_of_unknown_logs_are_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "windows.json"
    path.write_text('{"a.csv": [["2026-03-10", "2026-03-11"]], "b.csv": []}', encoding="utf-8")
    with pytest.raises(InputError, match="--asset"):
        labels.import_labels(labels.LabelsImportRequest(path=str(path), project=str(tmp_path / "p")), Job())


def test_exported_events_can_be_imported_elsewhere(tmp_path: Path) -> None:
    add(tmp_path / "p", "=cmd|calc")
    out = tmp_path / "events.csv"
    labels.export_labels(labels.LabelsExportRequest(project=str(tmp_path / "p"), out=str(out)), Job())
    assert "'=cmd|calc" in out.read_text(encoding="utf-8")
    found = labels.import_labels(labels.LabelsImportRequest(path=str(out), project=str(tmp_path / "q")), Job())
    assert found.events == list_all(tmp_path / "p").events


def test_a_label_column_kept_aside_becomes_events(tmp_path: Path) -> None:
    store_recording(tmp_path / "p", "P-1", "a.csv", np.array([0, 1, 1, 0, 0]))
    request = labels.LabelsFromColumnRequest(project=str(tmp_path / "p"), asset="P-1", column="anomaly", name="valve closed")
    (event,) = labels.import_label_column(request, Job()).events
    assert (event.name, event.start_utc, event.end_utc) == ("valve closed", "1970-01-02T00:00:00Z", "1970-01-03T00:00:00Z")
    assert (event.source, event.state) == ("label column", "real")


def test_an_unknown_label_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    store_recording(tmp_path / "p", "P-1", "a.csv", np.zeros(3))
    request = labels.LabelsFromColumnRequest(project=str(tmp_path / "p"), asset="P-1", column="fault")
    with pytest.raises(InputError, match=r"'fault'.*anomaly"):
        labels.import_label_column(request, Job())


@pytest.mark.data
@pytest.mark.skipif("PUMP_DATA" not in os.environ, reason="PUMP_DATA names no folder of public data")
def test_the_windows_of_a_public_corpus_are_read(tmp_path: Path) -> None:
    store_recording(tmp_path / "p", "M-1", "machine_temperature_system_failure.csv", np.zeros(3))
    path = Path(os.environ["PUMP_DATA"]) / "nab" / "labels" / "combined_windows.json"
    found = labels.import_labels(labels.LabelsImportRequest(path=str(path), project=str(tmp_path / "p"), state="real"), Job())
    assert [event.start_utc for event in found.events] == [
        "2013-12-10T06:25:00Z", "2013-12-15T17:50:00Z", "2014-01-27T14:20:00Z", "2014-02-07T14:55:00Z"
    ]  # fmt: skip


def test_events_added_by_several_programs_at_once_are_all_kept(tmp_path):
    project, names = str(tmp_path / "p"), [f"event {number}" for number in range(6)]

    def add(number: int) -> None:
        start, end = f"2026-03-0{1 + number}T00:00:00Z", f"2026-03-0{1 + number}T01:00:00Z"
        request = labels.LabelsAddRequest(project=project, asset="P-1", name=names[number], start=start, end=end)
        labels.add_label(request, Job())

    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(add, range(len(names))))
    kept = labels.list_labels(labels.LabelsListRequest(project=project), Job()).events
    assert sorted(event.name for event in kept) == names
