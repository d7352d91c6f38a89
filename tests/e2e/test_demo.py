"""The whole loop as a stranger runs it: `workbench demo --headless`, then the promises about what it left behind."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

STATIONS = ["sample", "import", "label", "train", "compare", "drift", "quantize", "package", "sign", "update", "pull", "retrain"]
FLIPS = (0, 7, 100, 1_001, -1)

pytestmark = pytest.mark.slow


def workbench(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "WORKBENCH_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run([sys.executable, "-m", "workbench", *words], env=variables, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, home: Path) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("demo")
    done = workbench("demo", "--headless", "--out", str(out), "--pumps", "4", "--days", "8", "--json", home=home)
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_every_station_ends_well_and_the_device_is_verified(demo: dict[str, Any]) -> None:
    assert [stage["name"] for stage in demo["stages"]] == STATIONS
    assert all(stage["ok"] for stage in demo["stages"])
    assert demo["verdict"] == "verified"


def test_the_report_shows_pictures_of_the_real_pages(demo: dict[str, Any]) -> None:
    report = Path(demo["report"])
    text = report.read_text(encoding="utf-8")
    pictures = sorted((report.parent / "pictures").glob("*.png"))
    assert len(pictures) >= 8
    assert all(picture.name in text for picture in pictures)


def test_the_project_is_whole(demo: dict[str, Any], home: Path) -> None:
    done = workbench("project", "check", demo["project"], "--json", home=home)
    assert (done.returncode, json.loads(done.stdout)["problems"]) == (0, [])


def test_the_pulled_log_is_the_next_period_of_its_pump(demo: dict[str, Any], home: Path) -> None:
    done = workbench("project", "show", demo["project"], "--json", home=home)
    counts = {asset["tag"]: asset["n_recordings"] for asset in json.loads(done.stdout)["assets"]}
    assert sorted(counts.values()) == [2, 2, 2, 3]  # a trend and its bursts each, and what was pulled


def test_the_bundle_is_verified_against_its_trust_and_refused_without(demo: dict[str, Any], home: Path) -> None:
    good = workbench("bundle", "verify", demo["bundle"], "--trust", demo["trust"], "--json", home=home)
    assert (good.returncode, json.loads(good.stdout)["outcome"]) == (0, "verified")
    stranger = workbench("bundle", "verify", demo["bundle"], "--json", home=home)
    assert (stranger.returncode, json.loads(stranger.stdout)["outcome"]) == (3, "key_unknown")


def test_a_flipped_byte_anywhere_is_refused(demo: dict[str, Any], home: Path, tmp_path: Path) -> None:
    data = Path(demo["bundle"]).read_bytes()
    for place in FLIPS:
        altered = bytearray(data)
        altered[place] ^= 0x20
        copy = tmp_path / "altered.pwb"
        copy.write_bytes(bytes(altered))
        done = workbench("bundle", "verify", str(copy), "--trust", demo["trust"], "--json", home=home)
        assert done.returncode == 3, place


def test_bare_onnxruntime_gives_the_alarms_that_score_gives(demo: dict[str, Any], home: Path, tmp_path: Path) -> None:
    log = next((Path(demo["report"]).parent / "logs").glob("P-*.csv"))
    words = ("score", demo["bundle"], str(log), "--out", str(tmp_path / "s"), "--windows-out", str(tmp_path / "w"), "--json")
    done = workbench(*words, home=Path(demo["report"]).parent / "home")
    assert done.returncode == 0, done.stderr[-2000:]
    windows = np.load(next((tmp_path / "w").glob("*.windows.npy")))
    text = next((tmp_path / "w").glob("*.windows.csv")).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    with zipfile.ZipFile(demo["bundle"]) as archive:
        model = archive.read("model.onnx")
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    scores = session.run(["score"], {session.get_inputs()[0].name: windows})[0].ravel()
    assert len(rows) == len(windows) > 100
    assert [int(row["alarm"]) for row in rows] == [int(score >= 0.5) for score in scores]


def test_the_same_seed_gives_the_same_logs(demo: dict[str, Any], home: Path, tmp_path: Path) -> None:
    words = ("sample", "--out", str(tmp_path), "--pumps", "4", "--days", "8", "--json")
    assert workbench(*words, home=home).returncode == 0
    name = "events.csv"
    assert (tmp_path / name).read_bytes() == (Path(demo["report"]).parent / "logs" / name).read_bytes()
