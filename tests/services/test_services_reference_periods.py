"""Reference periods: works cut them, failures and planned operation do not; drift takes the last one by default."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.services.test_services_labels import store_recording
from workbench.core.clock import format_utc
from workbench.core.jobs import Job
from workbench.logs.events.event import Event
from workbench.services import labels
from workbench.services.drift import DriftRequest
from workbench.services.drift_logs import LEAST_ROWS_SINCE_WORK, read_logs
from workbench.services.reference_periods import ReferencePeriodsRequest, cut_periods, reference_periods

DAY_NS = 86_400 * 10**9


def event(first: float, last: float, name: str = "work", **more: str) -> Event:
    stamps = (format_utc(round(first * DAY_NS)), format_utc(round(last * DAY_NS)))
    return Event(id=name + str(first), asset="P-1", name=name, start_utc=stamps[0], end_utc=stamps[1], state="real", **more)  # type: ignore[arg-type]


def days(*events: Event) -> list[tuple[str, str, str, float]]:
    return [
        (one.start_utc[8:10], one.end_utc[8:10], one.ended_by, one.well_s / 86_400)
        for one in cut_periods(events, (0, 20 * DAY_NS))
    ]


def test_a_bearing_an_alignment_and_a_preventive_replacement_end_periods() -> None:
    found = days(
        event(3, 4, "bearing", kind="maintenance", action="bearing"), event(9, 9, "alignment", action="alignment"),
        event(14, 15, "PM seal", kind="preventive"),
    )  # fmt: skip
    assert found == [("01", "04", "bearing", 3), ("05", "10", "alignment", 5), ("10", "15", "PM seal", 5), ("16", "21", "", 5)]


def test_an_inspection_an_operation_and_what_did_not_happen_end_none() -> None:
    unreal = event(5, 6, "bearing", kind="maintenance", action="bearing")
    found = days(
        event(2, 3, "inspection", kind="maintenance"), event(8, 9, "start-up", kind="operation"),
        Event(**{**{name: getattr(unreal, name) for name in unreal.__struct_fields__}, "state": "not_real"}),
    )  # fmt: skip
    assert found == [("01", "21", "", 20)]


def test_a_repaired_failure_ends_its_period_when_it_was_fixed_and_its_time_is_not_well() -> None:
    fixed = event(5, 8, "seal leak", kind="failure", action="seal", fixed_utc=format_utc(8 * DAY_NS))
    assert days(fixed) == [("01", "09", "seal leak", 5), ("09", "21", "", 12)]


def test_the_command_lists_them_and_drift_begins_after_the_last_work(tmp_path: Path) -> None:
    n_rows = 2 * LEAST_ROWS_SINCE_WORK
    store_recording(tmp_path / "p", "P-1", "a.csv", np.zeros(n_rows))
    work = event(900, 901, "impeller", kind="maintenance", action="impeller")
    project = str(tmp_path / "p")
    labels.save_labels(labels.LabelsSaveRequest(project=project, asset="P-1", events=(work,)), Job())
    found = reference_periods(ReferencePeriodsRequest(project=project, asset="P-1"), Job()).periods
    assert [one.ended_by for one in found] == ["impeller", ""]
    (log,) = read_logs(DriftRequest(project=project), Job())
    assert int(log.times_ns[0]) == 901 * DAY_NS
    (whole,) = read_logs(DriftRequest(project=project, reference_until="1971-01-01"), Job())
    assert len(whole.times_ns) == n_rows


def test_a_stretch_after_the_last_work_that_is_too_short_is_no_reference(tmp_path: Path) -> None:
    store_recording(tmp_path / "p", "P-1", "a.csv", np.zeros(3000))
    work = event(2500, 2501, "impeller", kind="maintenance", action="impeller")
    labels.save_labels(labels.LabelsSaveRequest(project=str(tmp_path / "p"), asset="P-1", events=(work,)), Job())
    (log,) = read_logs(DriftRequest(project=str(tmp_path / "p")), Job())
    assert len(log.times_ns) == 3000
