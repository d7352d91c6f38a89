"""Cables cut at random bytes of an update, and programs killed in the middle: no false verdict, and a resume completes it.

What a verdict says is compared with the device's own disk. PUMP_CABLE_CUTS sets the number of cuts.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.device_fixtures import TAG, Site
from workbench.core.jobs import Job
from workbench.core.processes import start_own
from workbench.devices.protocols.smp import SmpClient
from workbench.services.devices import ResumeRequest, UpdateResult, VirtualRequest, resume_update, start_virtual_device

N_CUTS = int(os.environ.get("PUMP_CABLE_CUTS", "20"))
LINES_COST = 1.37
"""SMP's own base64 lines need this much more of the wire than the raw framing."""


@dataclass(frozen=True)
class Installed:
    """A device on which release 3 runs, and how many bytes an update of it moves over the line in the raw framing."""

    site: Site
    n_bytes: int


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Made once, copied for each test."""
    folder = tmp_path_factory.mktemp("installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(folder / "home"))
        site = Site.make(folder)
        return Installed(site=site, n_bytes=site.install_old())


def copy_of(installed: Installed, folder: Path) -> Site:
    shutil.copytree(installed.site.folder, folder)
    return Site(folder)


def check_against_the_disk(site: Site, result: UpdateResult, port: str) -> None:
    """A verdict is false when the device's disk says otherwise."""
    record = site.record()
    confirmed = None if record.confirmed is None else record.slots[record.confirmed].release
    if result.verdict == "verified":
        assert (confirmed, record.trial) == (4, None)
    elif result.verdict == "failed":
        assert (confirmed, site.running()) == (3, 3)
    else:
        assert result.verdict == "unknown"
        assert f"--port {port}" in result.next_action
        assert "resume" in result.next_action or "identify" in result.next_action


@pytest.mark.parametrize("number", range(N_CUTS))
def test_a_cut_cable_never_gives_a_false_verdict(
    number: int, installed: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = copy_of(installed, tmp_path / "site")
    monkeypatch.setenv("WORKBENCH_HOME", str(site.folder / "home"))
    stays_out, is_raw = number % 2 == 0, number % 4 < 2
    at = random.Random(number).randrange(40, round(installed.n_bytes * (1.0 if is_raw else LINES_COST)))
    if not is_raw:
        monkeypatch.setattr(SmpClient, "_carries_raw", _never)
    with site.device(f"cut@{at}/{600 if stays_out else 0}") as port:
        result = site.update(port, reconnect_wait_s=0.0 if stays_out else 3.0)
        check_against_the_disk(site, result, port)
    outcomes = Counter({f"{result.verdict}:{result.state}": 1})
    if result.verdict != "verified":
        with site.device() as port:
            result = (
                site.update(port) if result.next_action.find("identify") >= 0 else resume_update(ResumeRequest(port=port), Job())
            )
            check_against_the_disk(site, result, port)
    assert (result.verdict, site.running()) == ("verified", 4)
    outcomes[f"end:{result.verdict}"] += 1
    if "PUMP_CABLE_TABLE" in os.environ:
        with Path(os.environ["PUMP_CABLE_TABLE"]).open("a", encoding="utf-8") as table:
            table.write(f"{number},{at},{int(stays_out)},{int(is_raw)},{','.join(outcomes)}\n")


def _never(_client: SmpClient) -> bool:
    return False


@pytest.mark.parametrize("after_s", [0.6, 1.0, 1.6])
def test_a_killed_program_goes_on_where_it_was(
    after_s: float, installed: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = copy_of(installed, tmp_path / "site")
    monkeypatch.setenv("WORKBENCH_HOME", str(site.folder / "home"))
    with site.device(baud_rate_bd=460800) as port:
        words = ["devices", "update", "--port", port, "--bundle", str(site.new), "--trust", str(site.trust), "--yes", "--json"]
        program = start_own(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(after_s)
        program.kill()
        program.wait()
        result = resume_update(ResumeRequest(port=port), Job()) if has_begun(site) else site.update(port)
        check_against_the_disk(site, result, port)
    assert (result.verdict, site.running()) == ("verified", 4)


def has_begun(site: Site) -> bool:
    return len(list((site.folder / "home" / "deployments").glob("*.jsonl"))) > 1


@pytest.mark.parametrize("after_s", [0.2, 0.7])
def test_a_killed_device_starts_again_with_a_whole_model(
    after_s: float, installed: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = copy_of(installed, tmp_path / "site")
    monkeypatch.setenv("WORKBENCH_HOME", str(site.folder / "home"))
    asked = VirtualRequest(state=str(site.state), trust=str(site.trust), tag=TAG, baud_rate_bd=460800)
    with start_virtual_device(asked) as device:
        import threading

        killer = threading.Timer(after_s, device.process.kill)
        killer.start()
        result = site.update(device.port, reconnect_wait_s=0.0)
        killer.join()
    check_against_the_disk(site, result, device.port)
    with start_virtual_device(asked) as device:
        again = site.update(device.port)
    assert (again.verdict, site.running()) == ("verified", 4)
