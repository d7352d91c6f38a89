"""Pairs of two channels: matched by last known value, the same in points and in counts, found again by a box."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.ui.log_projects import N_ROWS, PUMP, at_minute, make_project
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.logs import xy
from workbench.logs.xy import Pairs, make_cloud, runs_in
from workbench.services.log_views import AssetLogs, OpenLogsRequest, open_asset_logs
from workbench.services.log_xy import XYRequest, cloud_of, log_xy, stretches_in
from workbench.services.logs import ImportRequest, import_logs

P, F, V = "PI-2041A", "FI-2041A", "VI-2041A-DE"


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> AssetLogs:
    project = make_project(tmp_path_factory.mktemp("xy"))
    return open_asset_logs(OpenLogsRequest(project=str(project), asset=PUMP), Job())


def blocks(x: np.ndarray, y: np.ndarray, size: int = 700) -> object:
    def give() -> Iterable[Pairs]:
        for first in range(0, len(x), size):
            part = slice(first, first + size)
            yield np.arange(len(x), dtype=np.int64)[part], x[part], y[part]

    return give


def test_the_line_and_r_are_numpy_s(logs: AssetLogs) -> None:
    rng = np.random.default_rng(5)
    x = 1e6 + rng.normal(size=5000)
    y = 3 * x - 7 + rng.normal(size=5000)
    y[::9] = np.nan
    cloud = make_cloud(blocks(x, y), (10, 10), lambda: None)
    good = np.isfinite(y)
    slope, offset = np.polyfit(x[good] - 1e6, y[good], 1)
    assert cloud.r == pytest.approx(np.corrcoef(x[good], y[good])[0, 1])
    assert cloud.slope == pytest.approx(slope)
    assert cloud.offset + cloud.slope * 1e6 == pytest.approx(offset, abs=1e-3)
    assert (cloud.n, cloud.n_unmatched) == (int(good.sum()), 5000 - int(good.sum()))


def test_very_many_pairs_are_counted_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xy, "MOST_POINTS", 100)
    rng = np.random.default_rng(6)
    x, y = rng.normal(size=3000), rng.normal(size=3000)
    cloud = make_cloud(blocks(x, y), (12, 8), lambda: None)
    assert cloud.counts is not None
    assert cloud.counts.shape == (8, 12)
    assert cloud.counts.sum() == 3000
    column = int((x[0] - cloud.x_range[0]) / (cloud.x_range[1] - cloud.x_range[0]) * 12)
    row = int((y[0] - cloud.y_range[0]) / (cloud.y_range[1] - cloud.y_range[0]) * 8)
    assert cloud.counts[row, column] > 0


@pytest.mark.parametrize("size", [1, 3, 5, 100])
def test_stretches_do_not_depend_on_the_blocks(size: int) -> None:
    x = np.array([0, 5, 5, 0, 5, np.nan, 5, 5, 0, 5.0])
    runs, n = runs_in(blocks(x, x, size), (4, 6, 4, 6), lambda: None)
    assert runs == [(1, 2), (4, 4), (6, 7), (9, 9)]
    assert n == 6


def test_a_pump_s_channels_are_paired_at_each_instant(logs: AssetLogs) -> None:
    cloud = cloud_of(logs, (P, F), (logs.first_ns, logs.last_ns), Job())
    assert (cloud.n, cloud.n_unmatched) == (N_ROWS - 100, 0)
    assert cloud.counts is None


def test_the_spike_is_found_again_by_a_box_around_it(logs: AssetLogs) -> None:
    runs, n = stretches_in(logs, (P, V), (logs.first_ns, logs.last_ns), (0, 10, 8, 10), Job())
    assert (runs, n) == ([(at_minute(1000), at_minute(1000))], 1)


def test_a_channel_against_itself_lies_on_the_diagonal(logs: AssetLogs) -> None:
    cloud = cloud_of(logs, (P, P), (logs.first_ns, logs.last_ns), Job())
    assert (cloud.r, cloud.slope) == pytest.approx((1.0, 1.0))


def test_the_command_says_units_and_numbers(tmp_path: Path) -> None:
    project = str(make_project(tmp_path))
    result = log_xy(XYRequest(project=project, asset=PUMP, x=P, y=F), Job())
    assert (result.x_unit, result.y_unit, result.n) == ("bar", "m3/h", N_ROWS - 100)
    assert result.r is not None
    with pytest.raises(InputError, match="X-1"):
        log_xy(XYRequest(project=project, asset=PUMP, x=P, y="X-1"), Job())


def test_channels_that_never_share_an_instant_are_paired_by_the_value_before(tmp_path: Path) -> None:
    start = datetime(2026, 3, 5, tzinfo=UTC)
    lines = ["time,PI-1 [bar],FI-1 [m3/h]"]
    for minute in range(200):
        at = start + timedelta(minutes=minute)
        lines += [f"{at:%Y-%m-%dT%H:%M}:07Z,{3 + minute % 9 / 10},", f"{at:%Y-%m-%dT%H:%M}:30Z,,{180 + minute % 9}"]
    (tmp_path / "turns.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    project = str(tmp_path / "project")
    import_logs(ImportRequest(paths=(str(tmp_path / "turns.csv"),), project=project, asset="P-1"), Job())
    by_flow = log_xy(XYRequest(project=project, asset="P-1", x="FI-1", y="PI-1"), Job())
    assert (by_flow.n, by_flow.n_unmatched, by_flow.r) == (200, 0, pytest.approx(1.0))  # the pressure of 23 s before
    by_pressure = log_xy(XYRequest(project=project, asset="P-1", x="PI-1", y="FI-1"), Job())
    assert (by_pressure.n, by_pressure.n_unmatched) == (199, 1)  # before the first pressure there is no flow
