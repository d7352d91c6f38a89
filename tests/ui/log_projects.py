"""A small project with one pump's log, made without the importer, for tests of the plots and their pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.jobs import Job
from workbench.services.labels import Event, LabelsSaveRequest, save_labels
from workbench.services.logs import ImportRequest, import_logs

START_NS = parse_utc("2026-03-02T00:00:00Z")
STEP_S = 60
N_ROWS = 3 * 1440
PUMP = "P-2041A"


def csv_text(n_rows: int = N_ROWS, first_ns: int = START_NS, gap: range = range(2000, 2100)) -> str:
    """Three channels at one sample a minute, with a gap and one spike at row 1000."""
    rows = np.arange(n_rows)
    pressure = 3 + 0.2 * np.sin(rows / 200)
    flow = 300 + 5 * np.cos(rows / 90)
    vibration = np.where(rows == 1000, 9.0, 2.0 + 0.05 * np.sin(rows / 3))
    lines = ["time,PI-2041A (bar),FI-2041A (m3/h),VI-2041A-DE (mm/s)"]
    for row in rows.tolist():
        if row not in gap:
            at = format_utc(first_ns + row * STEP_S * NS_PER_S)
            lines.append(f"{at},{pressure[row]:.3f},{flow[row]:.1f},{vibration[row]:.3f}")
    return "\n".join(lines) + "\n"


def make_project(folder: Path, *, n_events: int = 2) -> Path:
    """A project with the log of `csv_text` and some events (the second is unsure); returns its folder."""
    log = folder / f"{PUMP}.csv"
    log.write_text(csv_text(), encoding="utf-8")
    project = folder / "project"
    import_logs(ImportRequest(paths=(str(log),), project=str(project)), Job())
    events = tuple(
        Event(
            id="", asset=PUMP, name=name, start_utc=format_utc(at_minute(start)), end_utc=format_utc(at_minute(end)),
            state=state, author="Operator 1", created_utc="2026-03-05T00:00:00Z",
        )
        for name, start, end, state in (("cavitation", 600, 700, "real"), ("seal leak", 2500, 3100, "unsure"))[:n_events]
    )  # fmt: skip
    if events:
        save_labels(LabelsSaveRequest(project=str(project), asset=PUMP, events=events), Job())
    return project


def at_minute(minute: float) -> int:
    """Instant of a row, ns."""
    return START_NS + round(minute * STEP_S * NS_PER_S)
