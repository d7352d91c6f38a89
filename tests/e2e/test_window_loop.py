"""The whole loop in the window: files dropped, a span labelled, models trained, one packaged and running on a virtual device.

By real mouse and key events, on an X display of its own where Xvfb is there. PUMP_SCREENSHOTS names a folder that keeps pictures.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TIMEOUT_S = 240.0
DISPLAY = ("-a", "-s", "-screen 0 1600x1000x24")
N_FAMILIES = 2
VERIFIED_ACTS = {"import", "recipe", "train", "champion", "build", "sign", "update"}


def run_loop(tmp_path: Path, name: str, *words: str) -> dict[str, object]:
    """What the program saw; its pictures are kept in PUMP_SCREENSHOTS or the test's folder."""
    kept = os.environ.get("PUMP_SCREENSHOTS")
    shots = Path(kept) / name if kept else tmp_path / "screenshots"
    home = tmp_path / "home"
    home.mkdir()
    xvfb = shutil.which("xvfb-run")
    environment = {**os.environ, "WORKBENCH_HOME": str(home), "QT_QPA_PLATFORM": "xcb" if xvfb else "offscreen"}
    flags = [word for word in words if word.startswith("--")]
    files = [word for word in words if not word.startswith("--")]
    loop = [sys.executable, "-m", "tests.e2e.window_loop", *flags, str(tmp_path / "projects"), str(shots), *files]
    command = [xvfb, *DISPLAY, *loop] if xvfb else loop
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, f"{done.stderr[-4000:]}\n(pictures: {shots})"
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert isinstance(found, dict)
    assert list(shots.glob("*.png"))
    return found


@pytest.mark.timeout(TIMEOUT_S)
def test_dropped_sample_logs_end_as_a_verified_model_on_a_device(tmp_path: Path) -> None:
    from workbench.core.jobs import Job
    from workbench.services.samples import SampleRequest, write_samples

    samples = write_samples(SampleRequest(out=str(tmp_path / "samples"), pumps=3, days=4, period_s=60), Job())
    seen = run_loop(tmp_path, "sample-pumps", *samples.logs)
    assert seen["pumps"] == list(samples.assets)
    assert ["gas in the pump", "real"] in list(seen["labels"])  # type: ignore[call-overload]
    assert seen["trace_page"] == "logs"
    assert (seen["bundle"], seen["verdict"]) == ("verified", "Verified")
    assert set(seen["lights"].values()) == {"good"}  # type: ignore[attr-defined]
    assert seen["pulled"]
    assert int(str(seen["n_runs"])) > N_FAMILIES
    assert set(seen["acts"]) >= VERIFIED_ACTS | {"label"}  # type: ignore[call-overload]
    assert str(seen["chain"]).startswith("Chain whole")


@pytest.mark.timeout(TIMEOUT_S)
def test_dropped_skab_logs_end_as_a_verified_model_on_a_device(tmp_path: Path, pump_data: Path) -> None:
    files = sorted((pump_data / "skab" / "valve1").glob("*.csv"))
    if not files:
        pytest.skip("PUMP_DATA holds no skab/valve1")
    seen = run_loop(tmp_path, "skab", "--no-labels", *map(str, files))
    assert (seen["bundle"], seen["verdict"]) == ("verified", "Verified")
    assert set(seen["acts"]) >= VERIFIED_ACTS  # type: ignore[call-overload]
    assert str(seen["chain"]).startswith("Chain whole")
