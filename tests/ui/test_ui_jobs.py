"""Jobs and the window: results come on its thread, one slot one job, progress and Cancel in the panel, bugs become reports."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from workbench.app.window import Built
from workbench.core.errors import InputError, WorkbenchError
from workbench.core.jobs import Job
from workbench.core.requests import Request
from workbench.core.runner import JobCall
from workbench.ui.context import AppContext
from workbench.ui.job_bridge import JobHandlers, JobView
from workbench.ui.job_panel import progress_words
from workbench.ui.main_window import MainWindow

WaitFor = Callable[..., None]


class Number(Request, frozen=True, kw_only=True):
    """A number."""

    value: int = 0


def double(request: Number, job: Job) -> int:
    job.progress(0.5, "half")
    job.publish(request.value)
    return 2 * request.value


def until_cancelled(_request: Number, job: Job) -> None:
    while True:
        job.progress(0.3, "waiting")
        time.sleep(0.005)


def refuse(request: Number, _job: Job) -> None:
    raise InputError(f"{request.value} is too small.", "Type more.")


def break_down(_request: Number, _job: Job) -> None:
    raise KeyError("nobody foresaw this")


class Ear(QObject):
    """Remembers what it was told, and on which thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.results: list[object] = []
        self.partials: list[object] = []
        self.errors: list[WorkbenchError] = []
        self.threads: set[int] = set()
        self.n_ended = 0

    def on_result(self, value: object) -> None:
        self.threads.add(threading.get_ident())
        self.results.append(value)

    def on_partial(self, value: object) -> None:
        self.threads.add(threading.get_ident())
        self.partials.append(value)

    def on_error(self, error: WorkbenchError) -> None:
        self.errors.append(error)

    def on_end(self) -> None:
        self.n_ended += 1


def call(function: object, value: int = 0, slot: str = "test") -> JobCall:
    return JobCall(title="Test", function=function, request=Number(value=value), slot=slot, lane="thread")  # type: ignore[arg-type]


def test_results_and_partials_reach_the_page_on_the_windows_thread(context: AppContext, wait_for: WaitFor) -> None:
    ear = Ear(context)
    context.start_job(call(double, 21), ear.on_result, None, ear.on_partial, ear.on_end)
    wait_for(lambda: ear.n_ended == 1)
    assert (ear.results, ear.partials, ear.threads) == ([42], [21], {threading.get_ident()})


def test_a_job_started_again_in_its_slot_silences_the_former(context: AppContext, wait_for: WaitFor) -> None:
    former, ear = Ear(context), Ear(context)
    context.start_job(call(until_cancelled), former.on_result, former.on_error, None, former.on_end)
    context.start_job(call(double, 1), ear.on_result)
    wait_for(lambda: ear.results == [2])
    assert (former.results, former.errors, former.n_ended) == ([], [], 0)


def test_an_error_without_a_handler_becomes_a_notice_with_its_hint_and_help(built: Built, wait_for: WaitFor) -> None:
    built.context.start_job(call(refuse, 3))
    wait_for(lambda: bool(built.window.notices.shown()))
    notice = built.window.notices.shown()[0]
    assert (notice.text, notice.help_topic) == ("3 is too small. Type more.", "errors/INPUT")


def test_a_page_that_is_gone_is_not_told(context: AppContext, wait_for: WaitFor) -> None:
    import shiboken6

    ear, other = Ear(context), Ear(context)
    context.start_job(call(double, 1), ear.on_result)
    context.start_job(call(double, 2, "other"), other.on_result)
    shiboken6.delete(ear)
    wait_for(lambda: other.results == [4])


def test_a_bug_in_a_job_writes_a_report_and_says_where(built: Built, home: Path, wait_for: WaitFor) -> None:
    ear = Ear(built.context)
    built.context.start_job(call(break_down), None, ear.on_error)
    wait_for(lambda: len(ear.errors) == 1)
    reports = list((home / "crashes").iterdir())
    assert len(reports) == 1
    text = reports[0].read_text(encoding="utf-8")
    assert "nobody foresaw this" in text
    assert "Pump Workbench" in text
    assert str(reports[0]) in built.window.notices.shown()[0].text


def test_a_failure_at_each_frame_is_written_once(built: Built, home: Path) -> None:
    first = built.crashes.report("KeyError: 'colour'")
    assert built.crashes.report("KeyError: 'colour'") == first
    assert len(list((home / "crashes").iterdir())) == 1
    assert str(first) in built.window.notices.shown()[0].text


def test_a_report_hides_the_home_folder_and_holds_no_environment(monkeypatch: object) -> None:
    from workbench.ui.crash import report_text

    text = report_text(f'File "{Path.home()}/station/x.py", line 3')
    assert str(Path.home()) not in text.replace("~", "") or str(Path.home()) == "/"
    assert "PATH=" not in text


def test_the_panel_shows_progress_and_cancels(built: Built, wait_for: WaitFor) -> None:
    panel, ear = built.window.job_panel, Ear(built.context)
    built.window.show()
    built.context.start_job(call(until_cancelled), None, None, None, ear.on_end)
    wait_for(lambda: panel._words.text().startswith("30 %"))
    assert (panel._title.text(), panel._title.toolTip()) == ("Test", "waiting")
    panel._cancel.click()
    wait_for(lambda: ear.n_ended == 1)
    assert (panel._title.text(), panel._last.text()) == ("No jobs running", "Last: Test, cancelled")


def test_the_open_panel_has_a_row_for_each_running_job(built: Built, wait_for: WaitFor) -> None:
    panel = built.window.job_panel
    built.window.show()
    panel.toggle()
    for slot in ("one", "two"):
        built.context.start_job(call(until_cancelled, slot=slot))
    wait_for(lambda: len(panel._rows) == 2)
    assert (panel.height(), panel._title.text()) == (148, "Jobs · 2 running")


def test_two_readers_of_one_list_are_both_told(context: AppContext, wait_for: WaitFor) -> None:
    one, other = Ear(context), Ear(context)
    context.read(double, Number(value=1), one.on_result)
    context.read(double, Number(value=2), other.on_result)
    wait_for(lambda: one.results == [2] and other.results == [4])


def test_a_quiet_reading_job_is_not_shown(built: Built, wait_for: WaitFor) -> None:
    ear = Ear(built.context)
    built.context.read(double, Number(value=4), ear.on_result)
    wait_for(lambda: ear.results == [8])
    assert built.window.job_panel._last.text() == ""


def test_a_running_job_never_says_one_hundred_percent() -> None:
    view = JobView(id=1, title="t", slot="s", is_quiet=False, fraction=1.0, remaining_s=0.1)
    assert progress_words(view) == ("99 %", "1 s left")


def test_nothing_is_told_after_the_window_closed(built: Built, wait_for: WaitFor) -> None:
    ear = Ear(built.context)
    built.context.start_job(call(until_cancelled), ear.on_result, ear.on_error, None, ear.on_end)
    built.context.jobs.close()
    assert (ear.results, ear.errors, ear.n_ended) == ([], [], 0)


def store_slowly(request: Number, job: Job) -> int:
    time.sleep(0.3)
    job.checkpoint()
    return request.value


def test_closing_waits_until_the_last_edit_is_stored(built: Built, wait_for: WaitFor) -> None:
    ear = Ear(built.window)
    built.window.show()
    built.context.jobs.start(call(store_slowly, 7, "label.save"), JobHandlers(on_result=ear.on_result), is_quiet=True)
    built.window.close()
    wait_for(lambda: not built.window.isVisible())
    assert ear.results == [7]


def test_closing_during_a_write_asks_and_then_closes_the_window_for_good(
    built: Built, wait_for: WaitFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    built.window.show()
    built.context.jobs.start(call(until_cancelled, 0, "devices.update"), JobHandlers())
    built.window.close()
    assert built.window.isVisible()
    question = built.context.messages.question
    assert question is not None
    closed: list[bool] = []
    # A window that is only hidden would leave the program running without one.
    monkeypatch.setattr(built.window, "close", lambda: closed.append(MainWindow.close(built.window)))
    next(button for button in question.buttons() if button.text() == "Stop and close").click()
    wait_for(lambda: not built.window.isVisible())
    assert closed == [True]
