"""A rehearsal and a capture against each other, in every format: what is said is what is recorded."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from workbench.core.jobs import Job, JobEvent, Partial
from workbench.services.capture import CaptureRequest, CaptureResult, capture
from workbench.services.capture_rehearsal import CaptureRehearsalRequest, RehearsalReady, rehearse_capture

FORMATS = ("csv", "keyvalue", "binary", "modbus-rtu")
NAMES = ("PI-2040A", "PI-2041A", "FI-2041", "VI-2041A-DE", "TI-2041A-DE", "II-2041A")


class Stage:
    """A rehearsal in a thread."""

    def __init__(self, **values: object) -> None:
        self.ready: list[RehearsalReady] = []
        self._is_ready = threading.Event()
        self._job = Job(self._on_event)
        request = CaptureRehearsalRequest(**values)  # type: ignore[arg-type]
        self._thread = threading.Thread(target=rehearse_capture, args=(request, self._job), daemon=True)

    def __enter__(self) -> RehearsalReady:
        self._thread.start()
        assert self._is_ready.wait(20)
        return self.ready[0]

    def __exit__(self, *_: object) -> None:
        self._job.cancel()
        self._thread.join(5)

    def _on_event(self, event: JobEvent) -> None:
        if isinstance(event, Partial) and isinstance(event.value, RehearsalReady):
            self.ready.append(event.value)
            self._is_ready.set()


def run(tmp_path: Path, ready: RehearsalReady, form: str) -> CaptureResult:
    request = CaptureRequest(
        port=ready.port, project=str(tmp_path / "p"), asset="P-2041A", format=form, layout=ready.layout or None, seconds=1.2,
    )  # type: ignore[arg-type]  # fmt: skip
    return capture(request, Job())


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_spoken_and_understood(tmp_path: Path, form: str) -> None:
    with Stage(format=form, rate_hz=50.0) as ready:
        result = run(tmp_path, ready, form)
    assert tuple(channel.name for channel in result.recording.channels) == NAMES
    assert [channel.unit for channel in result.recording.channels] == ["bar", "bar", "m3/h", "mm/s", "degC", "A"]
    pressure = result.recording.channels[1]
    # 148 bar, 6 more while throttled, 0.3 bar of noise
    assert pressure.n_good == result.rows >= 10 and pressure.min is not None and 146 < pressure.min < 149


def test_noise_is_counted_and_not_recorded(tmp_path: Path) -> None:
    with Stage(format="binary", rate_hz=2000.0, noise=0.1) as ready:
        result = run(tmp_path, ready, "binary")
    assert sum(problem.count for problem in result.lost) > 20
    # a float of spoiled bits would lie far away: none is in the recording
    assert all(channel.max is not None and abs(channel.max) < 1000 for channel in result.recording.channels)
