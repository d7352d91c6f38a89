"""Regimes of a project's recordings, in words and hours."""

from __future__ import annotations

from pathlib import Path

from workbench.core.jobs import Job
from workbench.services.logs import ImportRequest, import_logs
from workbench.services.regimes import RegimesRequest, log_regimes


def test_the_hours_of_each_state_are_told_for_each_pump(tmp_path: Path) -> None:
    rows = [
        f"2026-03-12T{k // 60:02d}:{k % 60:02d}:00Z,{0.0 if k < 120 else 37 + k % 3 / 10:.1f},{6 + k % 7 / 10:.1f}"
        for k in range(600)
    ]
    path = tmp_path / "P-2041A.csv"
    path.write_text("time,II-2041A [A],PI-2041A [bar]\n" + "\n".join(rows) + "\n", encoding="utf-8")
    import_logs(ImportRequest(paths=(str(path),), project=str(tmp_path / "p")), Job())
    result = log_regimes(RegimesRequest(project=str(tmp_path / "p")), Job())
    assert [(span.name, span.start_utc) for span in result.regimes] == [
        ("stopped", "2026-03-12T00:00:00Z"), ("start-up", "2026-03-12T02:00:00Z"), ("steady", "2026-03-12T02:01:00Z")
    ]  # fmt: skip
    assert {name: round(hours, 1) for name, hours in result.hours["P-2041A"].items()} == {
        "stopped": 2.0, "start-up": 0.0, "steady": 8.0
    }  # fmt: skip
    assert log_regimes(RegimesRequest(project=str(tmp_path / "p"), asset="P-9"), Job()).regimes == ()
