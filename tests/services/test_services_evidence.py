"""What channels did within an event: over all recordings that it lies in."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.jobs import Job
from workbench.services.evidence import EvidenceRequest, event_evidence
from workbench.services.logs import ImportRequest, import_logs

START_NS = parse_utc("2026-03-02T00:00:00Z")


def write(path: Path, first_row: int, values: list[float], unit: str) -> str:
    rows = [f"{format_utc(START_NS + (first_row + k) * 60 * NS_PER_S)},{value}" for k, value in enumerate(values)]
    path.write_text("\n".join([f"time,PI-7001A [{unit}]", *rows]) + "\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(("unit", "factor"), [("bar", 1.0), ("kPa", 100.0)])
def test_an_event_over_a_seam_sees_both_sides_in_one_unit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unit: str, factor: float
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    project = str(tmp_path / "project")
    quiet = [10.0 + 0.5 * (k % 2) for k in range(100)]
    first = write(tmp_path / "P-7001A-1.csv", 0, [*quiet, *[12.0] * 40], "bar")
    # The next file begins in the middle of the event.
    later = write(tmp_path / "P-7001A-2.csv", 140, [factor * value for value in [*[16.0] * 40, *quiet]], unit)
    import_logs(ImportRequest(paths=(first, later), project=project, asset="P-7001A", join=False), Job())
    request = EvidenceRequest(
        project=project, asset="P-7001A", start=format_utc(START_NS + 100 * 60 * NS_PER_S),
        end=format_utc(START_NS + 179 * 60 * NS_PER_S),
    )  # fmt: skip
    (found,) = event_evidence(request, Job()).channels
    # 40 samples of 12 and 40 of 16; before, 10 and 10.5 in turn.
    assert (found.unit, found.within) == ("bar", pytest.approx(14.0, rel=1e-6))
    assert found.before == pytest.approx(10.25, abs=0.01)
    assert found.n_deviations == pytest.approx((14.0 - 10.25) / 0.25, rel=0.02)
