"""`drift` on log files and on a project's recordings."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from workbench.core.errors import InputError, RequestError
from workbench.core.jobs import Job
from workbench.project.store import Project
from workbench.services.drift import DriftRequest, DriftResult, measure_drift
from workbench.services.logs import ImportRequest, import_logs

REFERENCE_END = "2026-03-02T00:50:00Z"


def _write_log(path: Path, n: int = 6000, start: int = 0, offset_from: int | None = None) -> Path:
    rng = np.random.default_rng(start + 1)
    stamps = np.datetime_as_string(
        np.datetime64("2026-03-02T00:00:00") + (start + np.arange(n)).astype("timedelta64[s]"), unit="s"
    )
    pressure, flow = rng.normal(6.0, 0.05, n), rng.normal(120.0, 1.5, n)
    if offset_from is not None:
        pressure[offset_from:] += 0.2
    rows = [f"{stamp}Z,{p:.4f},{f:.3f}" for stamp, p, f in zip(stamps, pressure, flow, strict=True)]
    path.write_text("\n".join(["time_utc,PI-2041A [bar],FI-2041A [m3/h]", *rows, ""]), encoding="utf-8")
    return path


def _request(path: Path, **more: object) -> DriftRequest:
    return msgspec.convert({"paths": (str(path),), "reference_until": REFERENCE_END, **more}, DriftRequest)


@pytest.fixture(scope="module")
def moved(tmp_path_factory) -> DriftResult:
    path = _write_log(tmp_path_factory.mktemp("drift") / "P-2041A.csv", offset_from=4500)
    return measure_drift(_request(path), Job())


def test_the_channel_that_moved_is_named_with_time_value_and_limit(moved):
    (alarm,) = moved.alarms
    assert alarm.channel == "PI-2041A"
    assert "2026-03-02T01:15:00Z" < alarm.at_utc <= "2026-03-02T01:17:00Z"
    assert alarm.value > alarm.limit
    assert alarm.kind is None


def test_evaluations_are_counted_after_the_reference(moved):
    assert moved.evaluations == 50
    assert moved.reference == ("2026-03-02T00:00:00Z", REFERENCE_END)


def test_channels_come_ranked_with_unit_history_and_densities(moved):
    assert [channel.channel for channel in moved.channels] == ["PI-2041A", "FI-2041A"]
    first = moved.channels[0]
    assert (first.unit, first.is_over) == ("bar", True)
    assert first.over_since_utc is not None
    assert first.analysis_median > first.reference_median
    assert len(first.bin_edges) == len(first.reference_density) + 1 == len(first.analysis_density) + 1
    width = first.bin_edges[1] - first.bin_edges[0]
    assert sum(first.reference_density) * width == pytest.approx(1.0)
    assert max(point.effect for point in first.points) > 3.0
    assert set(first.limits) == {"psi", "ks", "js", "wasserstein"}


def test_the_result_survives_its_json(moved):
    assert msgspec.json.decode(msgspec.json.encode(moved), type=DriftResult) == moved


def test_a_quiet_log_has_no_alarm(tmp_path):
    found = measure_drift(_request(_write_log(tmp_path / "quiet.csv")), Job())
    assert found.alarms == ()
    assert not any(channel.is_over for channel in found.channels)


def test_channels_of_two_logs_carry_the_log_they_are_from(tmp_path):
    paths = (str(_write_log(tmp_path / "a.csv")), str(_write_log(tmp_path / "b.csv", n=5900, offset_from=4500)))
    request = DriftRequest(paths=paths, reference_until=REFERENCE_END)
    names = {channel.channel for channel in measure_drift(request, Job()).channels}
    assert any("PI-2041A" in name for name in names)


def test_a_projects_recordings_of_one_pump_follow_each_other(tmp_path):
    project = str(tmp_path / "station")
    first = _write_log(tmp_path / "march.csv", n=3000)
    second = _write_log(tmp_path / "april.csv", n=2400, start=3000, offset_from=600)
    for path in (first, second):
        import_logs(ImportRequest(paths=(str(path),), project=project, asset="P-2041A"), Job())
    request = DriftRequest(project=project, asset="P-2041A", reference_until=REFERENCE_END)
    found = measure_drift(request, Job())
    assert found.source == "P-2041A"
    assert found.evaluations == 40
    assert [alarm.channel for alarm in found.alarms] == ["PI-2041A"]


def test_a_pump_whose_unit_changed_between_two_logs_has_not_moved(tmp_path):
    project = str(tmp_path / "station")
    first = _write_log(tmp_path / "march.csv", n=3000)
    second = _write_log(tmp_path / "april.csv", n=2400, start=3000)
    header, *rows = second.read_text(encoding="utf-8").splitlines()
    cells = [row.split(",") for row in rows]
    in_kpa = [f"{time},{float(pressure) * 100:.2f},{flow}" for time, pressure, flow in cells]
    second.write_text("\n".join([header.replace("[bar]", "[kPa]"), *in_kpa, ""]), encoding="utf-8")
    for path in (first, second):
        import_logs(ImportRequest(paths=(str(path),), project=project, asset="P-2041A"), Job())
    found = measure_drift(DriftRequest(project=project, asset="P-2041A", reference_until=REFERENCE_END), Job())
    assert found.alarms == ()
    pressure = next(channel for channel in found.channels if channel.channel == "PI-2041A")
    assert pressure.unit == "kPa"
    assert pressure.reference_median == pytest.approx(600, abs=2)


def test_an_asset_that_is_not_there_is_said(tmp_path):
    Project.open(tmp_path / "empty").close()
    with pytest.raises(InputError, match="P-9"):
        measure_drift(DriftRequest(project=str(tmp_path / "empty"), asset="P-9"), Job())


def test_nothing_to_compare_is_refused():
    with pytest.raises(RequestError, match="nothing to compare"):
        measure_drift(DriftRequest(), Job())


def test_a_reference_beyond_the_log_is_refused_with_both_lengths(tmp_path):
    path = _write_log(tmp_path / "short.csv", n=400)
    with pytest.raises(InputError, match="of a log of 400 s"):
        measure_drift(DriftRequest(paths=(str(path),), reference_until="2026-03-03T00:00:00Z"), Job())
