from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from workbench.core.errors import InputError, JobCancelled
from workbench.core.jobs import Cancelled, Failed, Finished, Job, JobEvent, Partial, Progress, Started
from workbench.core.runner import JobCall, Runner
from workbench.core.worker import WorkerProcess

WAIT_S = 30.0


class Listener:
    """Collects events; `wait_for` blocks until one of a kind came."""

    def __init__(self) -> None:
        self.events: list[JobEvent] = []
        self._arrived = threading.Condition()

    def __call__(self, event: JobEvent) -> None:
        with self._arrived:
            self.events.append(event)
            self._arrived.notify_all()

    def wait_for(self, kind: type[JobEvent], job_id: int) -> JobEvent:
        deadline_s = time.monotonic() + WAIT_S
        with self._arrived:
            while True:
                for event in self.events:
                    if isinstance(event, kind) and event.job_id == job_id:
                        return event
                assert self._arrived.wait(deadline_s - time.monotonic()), f"no {kind.__name__} in {self.events}"


def double(request: object, job: Job) -> object:
    job.progress(0.5, "half")
    job.publish("on the way")
    assert isinstance(request, int)
    return request * 2


def refuse(_request: object, _job: Job) -> object:
    raise InputError("No.", "Try yes.")


def crash(_request: object, _job: Job) -> object:
    return {}["missing"]


def wait_until_cancelled(_request: object, job: Job) -> object:
    while True:
        job.progress(0.1, "waiting")
        time.sleep(0.005)


def never_listens(request: object, _job: Job) -> object:
    time.sleep(60)
    return request


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def runner(listener: Listener) -> Iterator[Runner]:
    runner = Runner(listener)
    yield runner
    runner.close()


@pytest.mark.parametrize("lane", ["thread", "process", "port:COM3"])
def test_a_job_reports_and_ends_with_its_result(runner: Runner, listener: Listener, lane: str) -> None:
    number = runner.start(JobCall(title="Double", function=double, request=21, slot="a", lane=lane))
    end = listener.wait_for(Finished, number)
    assert isinstance(end, Finished)
    assert end.result == 42
    kinds = [type(event) for event in listener.events]
    assert kinds == [Started, Progress, Partial, Finished]


@pytest.mark.parametrize("lane", ["thread", "process"])
def test_an_error_of_ours_arrives_whole(runner: Runner, listener: Listener, lane: str) -> None:
    number = runner.start(JobCall(title="No", function=refuse, request=None, slot="a", lane=lane))
    event = listener.wait_for(Failed, number)
    assert isinstance(event, Failed)
    assert (event.error.code, event.error.hint, event.is_bug) == ("INPUT", "Try yes.", False)


@pytest.mark.parametrize("lane", ["thread", "process"])
def test_a_bug_arrives_with_its_traceback(runner: Runner, listener: Listener, lane: str) -> None:
    number = runner.start(JobCall(title="Bug", function=crash, request=None, slot="a", lane=lane))
    event = listener.wait_for(Failed, number)
    assert isinstance(event, Failed)
    assert event.is_bug
    assert "KeyError: 'missing'" in event.details


@pytest.mark.parametrize("lane", ["thread", "process"])
def test_cancel_ends_a_job_at_its_next_report(runner: Runner, listener: Listener, lane: str) -> None:
    number = runner.start(JobCall(title="Wait", function=wait_until_cancelled, request=None, slot="a", lane=lane))
    listener.wait_for(Progress, number)
    runner.cancel(number)
    listener.wait_for(Cancelled, number)


def test_a_job_that_does_not_listen_is_ended_with_its_process(runner: Runner, listener: Listener) -> None:
    number = runner.start(JobCall(title="Deaf", function=never_listens, request=1, slot="a", lane="process"))
    listener.wait_for(Started, number)
    runner.cancel(number)
    listener.wait_for(Cancelled, number)
    again = runner.start(JobCall(title="Double", function=double, request=4, slot="a", lane="process"))
    end = listener.wait_for(Finished, again)
    assert isinstance(end, Finished)
    assert end.result == 8


def test_starting_again_in_a_slot_silences_the_former_job(runner: Runner, listener: Listener) -> None:
    former = runner.start(JobCall(title="Wait", function=wait_until_cancelled, request=None, slot="a", lane="thread"))
    listener.wait_for(Progress, former)
    latter = runner.start(JobCall(title="Double", function=double, request=1, slot="a", lane="thread"))
    listener.wait_for(Finished, latter)
    assert not [event for event in listener.events if event.job_id == former and isinstance(event, (Cancelled, Failed))]


def test_progress_is_throttled_and_forecasts_the_remaining_time() -> None:
    now_s = [0.0]
    events: list[JobEvent] = []
    job = Job(events.append, clock=lambda: now_s[0])
    for step in range(100):
        now_s[0] = step * 0.01
        job.progress(step / 100)
    assert 15 <= len(events) <= 25
    last = events[-1]
    assert isinstance(last, Progress)
    assert last.remaining_s == pytest.approx(0.05, abs=0.05)


def test_a_part_of_a_job_reports_within_its_share() -> None:
    events: list[JobEvent] = []
    Job(events.append).part(0.5, 1.0, "Second half").progress(0.5, "x")
    event = events[0]
    assert isinstance(event, Progress)
    assert (event.fraction, event.message) == (0.75, "Second half: x")


def test_a_cancelled_job_stops_at_its_checkpoint() -> None:
    job = Job()
    job.cancel()
    with pytest.raises(JobCancelled):
        job.checkpoint()


def test_an_event_of_a_job_whose_listener_went_away_is_not_taken_for_the_next_ones() -> None:
    worker = WorkerProcess()

    def gone(_event: JobEvent) -> None:
        raise RuntimeError("The window is closed.")

    try:
        with pytest.raises(RuntimeError, match="closed"):
            worker.run(double, 1, Job(job_id=1), gone)
        assert worker.run(double, 21, Job(job_id=2), Listener()) == 42
    finally:
        worker.close()


def test_light_jobs_run_while_others_wait_for_the_worker(runner: Runner, listener: Listener) -> None:
    calls = [JobCall(title="", function=wait_until_cancelled, request=0, slot=f"heavy {number}") for number in range(6)]
    heavy = [runner.start(call) for call in calls]
    light = runner.start(JobCall(title="", function=double, request=2, slot="light", lane="thread"))
    assert listener.wait_for(Finished, light) is not None
    for job_id in heavy:
        runner.cancel(job_id)
