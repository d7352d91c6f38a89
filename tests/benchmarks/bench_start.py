"""Process start → first paint of the window with a project open, against a bare Qt window in the same run."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

from tests.benchmarks.table import Row

NAME = "start"
_REPEATS = 5
_BARE = """
from PySide6.QtWidgets import QApplication, QLabel
from PySide6.QtCore import QTimer
app = QApplication([])
label = QLabel("bare")
label.resize(1280, 800)
label.show()
QTimer.singleShot(0, app.quit)
app.exec()
"""
_OURS = """
import sys
from pathlib import Path
from workbench.app.window import build, make_application
from workbench.core.paths import user_home
from workbench.core.settings import Settings
app = make_application(sys.argv[:1])
built = build(user_home(), Settings())
built.window.first_painted.connect(app.quit)
built.window.show_page("start")
built.window.show()
app.exec()
built.close()
print(",".join(name for name in ("pandas", "sklearn", "scipy", "skl2onnx", "onnxruntime", "pyarrow") if name in sys.modules))
"""


def run(size: float) -> list[Row]:
    """`size` scales the number of repeats."""
    repeats = max(1, round(_REPEATS * min(1.0, size * 10)))
    with tempfile.TemporaryDirectory() as folder:
        pairs = [(_seconds(_OURS, folder), _seconds(_BARE, folder)) for _ in range(repeats + 1)][1:]
        loaded = _run(_OURS, folder).stdout.strip()
    ours, bare = (statistics.median(pair[index] for pair in pairs) for index in (0, 1))
    return [
        Row(name="start: first paint", ours=f"{ours:.2f} s", peer=f"bare Qt window {bare:.2f} s", ratio=ours / bare,
            goal="<= 2.5", held=ours / bare <= 2.5),
        Row(name="start: heavy libraries loaded", ours=loaded or "none", peer="none", ratio=None, goal="none", held=not loaded),
    ]  # fmt: skip


def _seconds(code: str, folder: str) -> float:
    started = time.perf_counter()
    _run(code, folder)
    return time.perf_counter() - started


def _run(code: str, folder: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "WORKBENCH_HOME": f"{folder}/home"}
    # As installed: Python's modules are compiled, whatever the shell that measures is set to. The first pair makes them.
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    variables["PYTHONPYCACHEPREFIX"] = f"{folder}/compiled"
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=True, timeout=120)
