"""Work orders imported into a project: doubts block, mappings are obeyed, other pumps are left out, training is told right."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.services.test_services_labels import store_recording
from workbench.core.errors import InputError, QuestionOpen, RequestError
from workbench.core.jobs import Job
from workbench.logs.events.event import Event
from workbench.services import labels
from workbench.services.event_import import EventsPreviewRequest, preview_events

ORDERS = """WO;Equipment;Short text;Reported;Found;Completed;Failure mode
1;P-1;Seal leaks;03/04/2026;02/04/2026;05/04/2026;ELP
2;P-1;Bearing replaced, planned;06/04/2026;;06/04/2026;
3;P-99;Noise;06/04/2026;;07/04/2026;NOI
"""


@pytest.fixture
def project(tmp_path: Path) -> str:
    store_recording(tmp_path / "p", "P-1", "a.csv", np.zeros(3))
    return str(tmp_path / "p")


def file_of(tmp_path: Path, text: str, name: str = "orders.csv") -> str:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return str(tmp_path / name)


def test_the_preview_says_how_a_file_would_be_read_and_stores_nothing(tmp_path: Path, project: str) -> None:
    found = preview_events(EventsPreviewRequest(path=file_of(tmp_path, ORDERS), project=project), Job())
    assert [(one.name, one.role) for one in found.columns][3:6] == [
        ("Reported", "reported"),
        ("Found", "found"),
        ("Completed", "fixed"),
    ]
    assert [(one.code, one.blocks) for one in found.questions] == [("DAY_MONTH_AMBIGUOUS", True), ("ZONE_UNKNOWN", False)]
    assert (found.table, found.n_events, found.n_rows, found.left_out) == ("orders", 2, 3, {"P-99 is no pump of this project": 1})
    assert labels.list_labels(labels.LabelsListRequest(project=project), Job()).events == ()


def test_an_import_waits_for_the_order_of_day_and_month(tmp_path: Path, project: str) -> None:
    path = file_of(tmp_path, ORDERS)
    with pytest.raises(QuestionOpen, match="Which number is the day") as caught:
        labels.import_labels(labels.LabelsImportRequest(path=path, project=project), Job())
    assert "--answer DAY_MONTH_AMBIGUOUS=DMY|MDY" in caught.value.hint
    request = labels.LabelsImportRequest(path=path, project=project, answer=("DAY_MONTH_AMBIGUOUS=DMY",), zone="Europe/Oslo")
    events = labels.import_labels(request, Job()).events
    assert [(one.kind, one.mode, one.action, one.state) for one in events] == [
        ("failure", "ELP", "", "unsure"), ("preventive", "", "bearing", "unsure")
    ]  # fmt: skip
    assert events[0].found_utc == "2026-04-02T21:59:59Z"  # the end of that day in Oslo, summer time
    assert events[0].fixed_utc == "2026-04-05T21:59:59Z"


def test_a_person_can_say_what_a_column_is(tmp_path: Path, project: str) -> None:
    text = "Nr,Objekt X,Quando,Quoi\n1,P-1,2026-04-02,surge\n"
    request = EventsPreviewRequest(path=file_of(tmp_path, text), project=project, map=("Quando=last_good", "Quoi=name"))
    found = preview_events(request, Job())
    assert [(one.role, one.confidence) for one in found.columns][2:] == [("last_good", 1.0), ("name", 1.0)]
    assert (found.events[0].name, found.events[0].last_good_utc) == ("surge", "2026-04-02T00:00:00Z")
    with pytest.raises(RequestError, match="names no column"):
        preview_events(EventsPreviewRequest(path=request.path, project=project, map=("Nope=found",)), Job())
    with pytest.raises(RequestError, match="nothing a column can be taken for"):
        preview_events(EventsPreviewRequest(path=request.path, project=project, map=("Quoi=colour",)), Job())


def test_a_file_that_gives_no_events_is_refused_with_how_it_was_read(tmp_path: Path, project: str) -> None:
    path = file_of(tmp_path, "asset,description,found\nP-7,x,2026-01-01\nP-8,y,2026-01-02\n")
    with pytest.raises(InputError, match="P-7 is no pump of this project") as caught:
        labels.import_labels(labels.LabelsImportRequest(path=path, project=project), Job())
    assert "found=found" in str(caught.value.hint)


@pytest.mark.parametrize("kind", ["audacity", "label-studio", "trainset", "csv"])
def test_exported_labels_come_back_from_each_format(tmp_path: Path, project: str, kind: str) -> None:
    add = labels.LabelsAddRequest(project=project, asset="P-1", name="leak", start="1970-01-02", end="1970-01-03")
    labels.add_label(add, Job())
    out = str(tmp_path / "out")
    labels.export_labels(labels.LabelsExportRequest(project=project, out=out, format=kind, asset="P-1"), Job())  # type: ignore[arg-type]
    store_recording(tmp_path / "q", "P-1", "a.csv", np.zeros(3))
    request = labels.LabelsImportRequest(path=out, project=str(tmp_path / "q"), asset="P-1", state="real")
    (event,) = labels.import_labels(request, Job()).events
    assert (event.name, event.start_utc, event.end_utc, event.state) == (
        "leak", "1970-01-02T00:00:00Z", "1970-01-03T00:00:00Z", "real"
    )  # fmt: skip


def test_a_format_of_one_pump_is_refused_for_two(tmp_path: Path, project: str) -> None:
    for asset in ("P-1", "P-2"):
        labels.add_label(
            labels.LabelsAddRequest(project=project, asset=asset, name="leak", start="1970-01-02", end="1970-01-03"), Job()
        )
    request = labels.LabelsExportRequest(project=project, out=str(tmp_path / "o"), format="audacity")
    with pytest.raises(InputError, match="there are events of 2"):
        labels.export_labels(request, Job())


def test_windows_name_the_log_in_which_an_event_lies_and_never_a_file_of_bursts(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    store_recording(folder, "P-1", "monday.csv", np.zeros(3))
    store_recording(folder, "P-1", "bursts.csv", np.zeros(3), group="waveform")
    event = Event(
        id="", asset="P-1", name="x", start_utc="1970-01-01T00:00:00Z", end_utc="1970-01-02T00:00:00Z", state="real", author="Ada"
    )  # fmt: skip
    labels.save_labels(labels.LabelsSaveRequest(project=str(folder), asset="P-1", events=(event,)), Job())
    labels.export_labels(labels.LabelsExportRequest(project=str(folder), out=str(tmp_path / "w.json"), format="nab"), Job())
    assert list(json.loads((tmp_path / "w.json").read_text())) == ["monday.csv"]
