"""The longest turn of the window's event loop, in CPU of its thread: pages opened for the first time, ways to look, themes.

A heartbeat notes the thread's CPU at the begin of each turn; what lies between two is what nothing else could be done in.
The limit is a tenth of a second, beside which stands the median of all turns over 1 ms in the same run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.table import Row, skipped

NAME = "turns"
_LIMIT_MS = 100.0
_DAYS, _PUMPS = 14.0, 4
_QUIET_MS, _LEAST_SIZE = 200, 0.1
"""How long nothing happens before the next act; below this size, where only that it runs counts, a tenth."""
_PROGRAM = """
import json, sys, time
from pathlib import Path

from PySide6.QtCore import QAbstractEventDispatcher, QElapsedTimer, QEventLoop, QObject, QTimer

from workbench.app.window import Starter, build, make_application
from workbench.core.paths import user_home
from workbench.core.settings import Settings
from workbench.ui.page_table import PAGES
from workbench.ui.pages.logs.modes import MODES


class Heartbeat(QObject):
    '''CPU of each turn, ms, under the name of what was asked for last.'''

    def __init__(self):
        super().__init__()
        self.what, self.turns_ms, self.last_s = "start", {}, time.thread_time()
        QAbstractEventDispatcher.instance().awake.connect(self.beat)

    def beat(self):
        now_s = time.thread_time()
        self.turns_ms.setdefault(self.what, []).append(1e3 * (now_s - self.last_s))
        self.last_s = now_s


def rest(quiet_ms=int(sys.argv[3])):
    '''Until no job has run for a moment.'''
    loop, timer, quiet = QEventLoop(), QTimer(), QElapsedTimer()
    quiet.start()

    def look():
        if built.context.jobs.running:
            quiet.restart()
        elif quiet.elapsed() > quiet_ms:
            loop.quit()

    timer.timeout.connect(look)
    timer.start(20)
    loop.exec()
    timer.stop()


def do(what, act):
    heart.what = what
    QTimer.singleShot(0, built.window, act)
    rest()


def switch(name):
    built.context.change_settings(theme=name)
    built.context.theme.switch(name)


if __name__ == "__main__":
    app = make_application(["window"])
    built = build(user_home(), Settings())
    window, heart = built.window, Heartbeat()
    starter = Starter(built, Path(sys.argv[1]))
    window.first_painted.connect(starter.start)
    window.resize(1280, 800)
    window.show_page("start")
    is_ahead = sys.argv[2] == "ahead"
    if not is_ahead:
        window.host.build_next = lambda: False  # as if the person were quicker than what is done ahead
    do("start, pages got ready", window.show)
    while is_ahead and len(window.host.built()) < len(PAGES):
        rest()
    for entry in PAGES:
        do(f"first visit of {entry.id}", lambda: window.show_page(entry.id))
    window.show_page("logs")
    rest()
    modes = window.host.page("logs").modes
    for entry in MODES:
        do(f"look at {entry.id}", lambda: modes.choose(entry.id))
    for name in ("dark", "sunlight", "light"):
        do("theme on Logs", lambda: switch(name))
    for entry in PAGES:
        do(f"visit after a theme, {entry.id}", lambda: window.show_page(entry.id))
    del heart.what
    QAbstractEventDispatcher.instance().awake.disconnect(heart.beat)
    built.close()
    print(json.dumps(heart.turns_ms))
"""


def run(size: float) -> list[Row]:
    """`size` scales the days of the logs."""
    with tempfile.TemporaryDirectory() as folder:
        project = _project(Path(folder), max(1.0, _DAYS * size))
        quiet_ms = _QUIET_MS if size >= _LEAST_SIZE else _QUIET_MS // 10
        done = [_measured(Path(folder), project, how, quiet_ms) for how in ("ahead", "at once")]
    if not any(done):
        return [skipped("turns", "Qt can't be loaded")]
    ahead, at_once = done
    groups = (
        ("start, pages got ready", ahead, "start"), ("first visits of pages", ahead, "first visit"),
        ("first ways to look", ahead, "look"),
        ("another theme, all built", ahead, "theme"), ("visits after it", ahead, "visit after"),
        ("first visits, pages not ready", at_once, "first visit"),
    )  # fmt: skip
    return [_row(name, turns_ms, begin) for name, turns_ms, begin in groups]


def _row(name: str, turns_ms: dict[str, list[float]], begin: str) -> Row:
    """The longest of the acts whose names begin so."""
    longest_ms, what = max((max(turns), act) for act, turns in turns_ms.items() if act.startswith(begin))
    usual = sorted(one for turns in turns_ms.values() for one in turns if one > 1)
    return Row(
        name=f"turns: {name}", ours=f"longest {longest_ms:.0f} ms ({what})",
        peer=f"limit {_LIMIT_MS:.0f} ms; a usual turn {usual[len(usual) // 2]:.1f}", ratio=longest_ms / _LIMIT_MS, goal="≤ 1",
        held=longest_ms <= _LIMIT_MS,
    )  # fmt: skip


def _project(folder: Path, days: float) -> Path:
    """Sample pumps with vibration bursts, imported and labelled."""
    from workbench.core.jobs import Job
    from workbench.services.labels import LabelsImportRequest, import_labels
    from workbench.services.logs import ImportRequest, import_logs
    from workbench.services.samples import SampleRequest, write_samples

    job, project = Job(), str(folder / "project")
    request = SampleRequest(out=str(folder / "samples"), pumps=_PUMPS, days=days, burst_every_h=6.0)
    samples = write_samples(request, job)
    import_logs(ImportRequest(paths=(*samples.logs, *samples.bursts), project=project, zone="UTC"), job)
    import_labels(LabelsImportRequest(path=samples.events, project=project, state="real"), job)
    return Path(project)


def _measured(folder: Path, project: Path, how: str, quiet_ms: int) -> dict[str, list[float]]:
    """Act → ms of each turn, from a process of its own; {} where it has no Qt."""
    program = folder / "program.py"  # a file: worker processes load it again
    program.write_text(_PROGRAM, encoding="utf-8")
    variables = {
        **os.environ, "QT_QPA_PLATFORM": "offscreen", "WORKBENCH_HOME": str(folder / "home"),
        "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
    }  # fmt: skip
    variables.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: modules are compiled; the first run makes them
    command = [sys.executable, str(program), str(project), how, str(quiet_ms)]
    for _ in range(2 if quiet_ms == _QUIET_MS else 1):
        done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode and "PySide6" in done.stderr.rpartition("ImportError")[2]:
        return {}
    done.check_returncode()
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found
