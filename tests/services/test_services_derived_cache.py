"""The cache of computed channels: a copy serves only for the samples it was made from, and old copies go."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.ui.log_projects import PUMP, at_minute, make_project
from workbench.core.jobs import Job
from workbench.logs.formulas import derive
from workbench.logs.recordings.format import values_file
from workbench.services.derived_cache import MOST_AGE_S, cache_folder, prune
from workbench.services.derived_channels import ChannelAddRequest, add_channel
from workbench.services.log_views import AssetLogs, OpenLogsRequest, open_asset_logs


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    made = make_project(tmp_path)
    add_channel(ChannelAddRequest(project=str(made), name="Double", formula='2 * "PI-2041A"', asset=PUMP), Job())
    return made


def opened(project: Path) -> AssetLogs:
    return open_asset_logs(OpenLogsRequest(project=str(project), asset=PUMP), Job())


def copies() -> list[Path]:
    return sorted(cache_folder().glob("??/*"))


def value(logs: AssetLogs, channel: str) -> float:
    known = logs.last_known(channel, at_minute(0))
    assert known is not None
    return known.value


def test_a_copy_serves_again_for_the_same_samples(project: Path) -> None:
    opened(project)
    (first,) = copies()
    made_ns = (first / "meta.json").stat().st_ino
    opened(project)
    assert copies() == [first]
    assert (first / "meta.json").stat().st_ino == made_ns


def test_other_samples_under_a_known_id_get_no_copy_that_was_made_before(project: Path, tmp_path: Path) -> None:
    value(opened(project), "Double")
    stranger = tmp_path / "stranger"
    shutil.copytree(project, stranger)
    logs = opened(stranger)
    part = logs.parts("PI-2041A")[0]
    number = [one.name for one in part.recording.channels].index("PI-2041A")
    raw = part.recording.folder / values_file(number)
    data = np.array(part.recording.values("PI-2041A"))
    raw.chmod(0o644)
    raw.write_bytes((data * 3).astype(data.dtype).tobytes())
    logs = opened(stranger)
    assert value(logs, "Double") == pytest.approx(2 * value(logs, "PI-2041A"))


def test_copies_that_nobody_used_for_a_season_go_and_those_in_use_stay(project: Path) -> None:
    opened(project)
    (used,) = copies()
    old = used.parent / "old"
    shutil.copytree(used, old)
    long_ago = time.time() - MOST_AGE_S - 10
    for folder in (used, old):
        os.utime(folder, (long_ago, long_ago))
    assert prune(time.time(), [used]) == 1
    assert copies() == [used]


def test_the_least_used_copies_go_until_the_rest_fits(project: Path) -> None:
    opened(project)
    (first,) = copies()
    size = sum(file.stat().st_size for file in first.iterdir())
    for days, name in enumerate(("b", "c", "d"), start=1):
        shutil.copytree(first, first.parent / name)
        os.utime(first.parent / name, (time.time() - days * 86_400,) * 2)
    assert prune(time.time(), most_bytes=2 * size + 10) == 2
    assert [folder.name for folder in copies()] == sorted([first.name, "b"])


def test_a_copy_that_another_program_removes_meanwhile_stops_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(project)
    (used,) = copies()
    gone = used.parent / "gone"
    shutil.copytree(used, gone)
    listed = Path.iterdir

    def iterdir(folder: Path) -> Iterator[Path]:
        if folder == gone:
            raise FileNotFoundError(str(folder))
        return iter(list(listed(folder)))

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert prune(time.time(), [used]) == 0


def test_two_jobs_of_one_program_that_compute_the_same_channel_both_end_well(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(cache_folder(), ignore_errors=True)
    n_opened: list[int] = []
    whole = derive._write

    def write(*arguments: Any) -> None:
        if not n_opened:
            n_opened.append(1)
            opened(project)  # the other one begins and ends while this one writes
        whole(*arguments)

    monkeypatch.setattr(derive, "_write", write)
    logs = opened(project)
    assert value(logs, "Double") == pytest.approx(2 * value(logs, "PI-2041A"))
    assert n_opened
    assert len(copies()) == 1
