"""Work orders imported into a project: doubts block, mappings are obeyed, other pumps are left out, training is told right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import pytest

from tests.services.test_services_labels import store_recording
from workbench.core.errors import InputError, QuestionOpen, RequestError
from workbench.core.jobs import Job
from workbench.logs.events.event import Event
from workbench.services import labels
from workbench.services.event_import import EventsPreviewRequest, preview_events
from workbench.services.logs import ImportRequest, import_logs
from workbench.services.reference_periods import ReferencePeriodsRequest, reference_periods

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
    assert "--answer DAY_MONTH_AMBIGUOUS=DMY or --answer DAY_MONTH_AMBIGUOUS=MDY" in caught.value.hint
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
    store_recording(tmp_path / "p", "P-2", "b.csv", np.zeros(3))
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
    asked = labels.LabelsExportRequest(project=str(folder), out=str(tmp_path / "w.json"), format="nab")
    assert "are in UTC" in labels.export_labels(asked, Job()).notes[0]
    assert labels.export_labels(msgspec.structs.replace(asked, format="csv", out=str(tmp_path / "e.csv")), Job()).notes == ()
    assert list(json.loads((tmp_path / "w.json").read_text())) == ["monday.csv"]


OWN_ORDERS = """asset,name,start_utc,end_utc,state,work_order,reported_utc
P-1,"Bearing replaced, drive end. Race pitted.",1970-01-02T00:00:00Z,1970-01-02T06:00:00Z,unsure,WO-1,1970-01-02T08:00:00Z
P-1,"Low flow. Line flushed, strainer cleaned.",1970-01-03T00:00:00Z,1970-01-03T06:00:00Z,unsure,WO-2,1970-01-03T08:00:00Z
P-9,Noise,1970-01-02T00:00:00Z,1970-01-02T06:00:00Z,unsure,WO-3,1970-01-02T08:00:00Z
"""
"""As our own samples have them."""


@pytest.mark.parametrize("table", ["auto", "orders"])
def test_work_orders_in_our_own_columns_say_what_was_done_end_a_reference_and_leave_out_other_pumps(
    table: Literal["auto", "orders"], tmp_path: Path, project: str
) -> None:
    path = file_of(tmp_path, OWN_ORDERS)
    asked = EventsPreviewRequest(path=path, project=project, table=table)
    assert preview_events(asked, Job()).left_out == {"P-9 is no pump of this project": 1}
    found = labels.import_labels(labels.LabelsImportRequest(path=path, project=project, table=table), Job())
    assert [(one.asset, one.kind, one.action, one.mode, one.order) for one in found.events] == [
        ("P-1", "maintenance", "bearing", "", "WO-1"), ("P-1", "failure", "", "PLU", "WO-2"),
    ]  # fmt: skip
    assert found.left_out == {"P-9 is no pump of this project": 1}
    periods = reference_periods(ReferencePeriodsRequest(project=project, asset="P-1"), Job()).periods
    assert [(one.end_utc, one.ended_by_id) for one in periods] == [
        ("1970-01-02T00:00:00Z", found.events[0].id), ("1970-01-03T00:00:00Z", ""),
    ]  # fmt: skip


def test_a_file_of_other_pumps_only_is_refused_with_those_that_are_there(tmp_path: Path, project: str) -> None:
    path = file_of(tmp_path, "asset,name,start_utc,end_utc\nP-9,leak,1970-01-01,1970-01-02\n")
    with pytest.raises(InputError, match="1 rows: P-9 is no pump") as told:
        labels.import_labels(labels.LabelsImportRequest(path=path, project=project), Job())
    assert told.value.hint == "There are: P-1."
    with pytest.raises(InputError, match="no pump P-8"):
        labels.import_labels(labels.LabelsImportRequest(path=path, project=project, asset="P-8"), Job())


def test_an_alarm_that_names_a_channel_is_its_pumps_and_keeps_the_tag(tmp_path: Path) -> None:
    project = str(tmp_path / "logged")
    for pump in ("2041A", "2051A"):
        log = tmp_path / f"P-{pump}.csv"
        log.write_text(
            f"time,PI-{pump} [bar],TT [C]\n2026-03-03T00:00:00Z,1,2\n2026-03-03T00:01:00Z,1.5,2\n2026-03-03T00:02:00Z,1,3\n"
        )
        import_logs(ImportRequest(paths=(str(log),), project=project), Job())
    text = """Time,Tag,Message,State
2026-03-03T01:00:00Z,PI-2041A,Discharge pressure low,ACT
2026-03-03T01:05:00Z,PI-2041A,Discharge pressure low,ACK
2026-03-03T01:20:00Z,PI-2041A,Discharge pressure low,RTN
2026-03-03T01:30:00Z,TT,of which pump?,ACT
2026-03-03T01:40:00Z,PI-2051A,Discharge pressure low,ACT
2026-03-03T01:50:00Z,PI-2051A,Discharge pressure low,RTN
"""
    request = labels.LabelsImportRequest(path=file_of(tmp_path, text), project=project, asset="P-2041A", table="alarms")
    found = labels.import_labels(request, Job())
    assert [(one.asset, one.name, one.order, one.start_utc) for one in found.events] == [
        ("P-2041A", "Discharge pressure low", "PI-2041A", "2026-03-03T01:00:00Z"),
        ("P-2051A", "Discharge pressure low", "PI-2051A", "2026-03-03T01:40:00Z"),
    ]
    assert found.left_out == {"TT is no pump of this project": 1}
