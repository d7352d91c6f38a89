"""What the Logs page does about findings and marked spans: excludes, corrects, accepts, removes; each as a service in a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject

from workbench.core.clock import format_utc
from workbench.core.requests import Request
from workbench.core.runner import JobCall
from workbench.services.corrections import (
    AcceptRequest,
    Correction,
    CorrectionsResult,
    CorrectRequest,
    ExcludeRequest,
    UncorrectRequest,
    accept_finding,
    correct_log,
    exclude,
    remove_correction,
)
from workbench.services.logs import Finding
from workbench.ui.context import AppContext
from workbench.ui.format import count
from workbench.ui.pages.logs.findings import ACCEPT, CORRECT, correction_words
from workbench.ui.pages.logs.view import LogsView

CORRECTIONS = "corrections"
"""Announced after a layer changed."""


class Corrector(QObject):
    """Acts on one pump's layer; 'corrections' is announced after each."""

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__(view)
        self._context = context
        self._view = view
        self._asked: tuple[str, CorrectRequest] | None = None

    def answer(self, finding: Finding, act: str) -> None:
        """Do what was asked about a finding; a correction that changes values is shown and confirmed first."""
        asset = self._view.asset
        project, channel = self._context.project_text, finding.channel or ""
        if act == ACCEPT:
            request = AcceptRequest(project=project, asset=asset, finding=finding.key, channel=channel)
            self._start(self.tr("Accept finding"), accept_finding, request)
        elif act == CORRECT and finding.remedy is not None:
            self._confirm(asset, finding)
        else:
            self._start(
                self.tr("Exclude"), exclude,
                ExcludeRequest(
                    project=project, asset=asset, channel=channel, start=finding.start_utc or "", end=finding.end_utc or "",
                    finding=finding.key, why=finding.text[:160],
                ),
            )  # fmt: skip

    def exclude_marked(self) -> None:
        """Take the marked stretch out: of the channel that is shown, or of all where several are."""
        channels, span_ns = self._view.channels(), self._view.plots.view.span_ns
        if span_ns is None:
            return
        channel = channels[0] if len(channels) == 1 else ""
        start, end = (format_utc(at_ns) for at_ns in span_ns)
        project, asset = self._context.project_text, self._view.asset
        request = ExcludeRequest(project=project, asset=asset, channel=channel, start=start, end=end)
        self._start(self.tr("Exclude"), exclude, request)
        self._view.plots.view.set_span(None)

    def why_no_span(self) -> str:
        """Why no stretch can be excluded."""
        is_marked = self._view.logs is not None and self._view.plots.view.span_ns is not None
        return "" if is_marked else self.tr("Mark a span first: Shift + drag")

    def why_no_correction(self) -> str:
        """Why there is nothing to copy."""
        has_any = self._view.logs is not None and bool(self._view.logs.corrections)
        return "" if has_any else self.tr("Nothing is corrected")

    def remove(self, correction: Correction) -> None:
        """Take a correction back."""
        request = UncorrectRequest(correction=correction.id, project=self._context.project_text, asset=correction.asset)
        self._start(self.tr("Remove correction"), remove_correction, request)

    def copy_commands(self) -> None:
        """Put the whole layer on the clipboard as command lines, one a correction."""
        logs, project = self._view.logs, self._context.project_text
        kinds = {view.name: (view.quantity, view.unit) for view in logs.channels} if logs is not None else {}
        commands = [
            command_of(project, one, is_unlike=one.action == "swap" and kinds.get(one.channel) != kinds.get(one.other))
            for one in (logs.corrections if logs is not None else ())
        ]
        lines = [self._context.command_text(*command) for command in commands]
        self._context.messages.copy("\n".join(lines))

    def _confirm(self, asset: str, finding: Finding) -> None:
        request = request_of(self._context.project_text, asset, finding)
        self._asked = (self.tr("Correct"), request)
        action = finding.remedy.action if finding.remedy else "accept"
        words = correction_words(
            Correction(
                action=action, asset=asset, channel=request.channel, other=request.swap, factor=request.factor,
                offset=request.offset, value=request.missing or 0.0, shift_s=request.shift_s, start_utc=request.start,
                end_utc=request.end,
            )
        )  # fmt: skip
        self._context.messages.confirm(
            words, self.tr("A layer over the log: the log stays as it is, and the layer can be removed."), self.tr("Correct"),
            self._on_confirmed,
        )  # fmt: skip

    def _on_confirmed(self) -> None:
        if self._asked is not None:
            title, request = self._asked
            self._start(title, correct_log, request)

    def _start(self, title: str, function: Callable[[Any, Any], Any], request: Request) -> None:
        call = JobCall(title=title, function=function, request=request, slot="corrections", lane="thread")
        self._context.start_job(call, on_result=self._on_done)

    def _on_done(self, result: object) -> None:
        assert isinstance(result, CorrectionsResult)
        for asset, layer in result.layers.items():  # of the pump that was edited: another one may be open by now
            self._context.history.note(CORRECTIONS, asset, layer)
        self._context.announce(CORRECTIONS)


def request_of(project: str, asset: str, finding: Finding) -> CorrectRequest:
    """The correction that a finding's remedy asks for."""
    remedy = finding.remedy
    assert remedy is not None
    is_clock = remedy.action == "clock"
    start = (finding.end_utc if is_clock else finding.start_utc) or ""
    return CorrectRequest(
        project=project, asset=asset, channel="" if is_clock else finding.channel or "", start=start,
        end="" if is_clock else finding.end_utc or "", factor=remedy.factor, offset=remedy.offset, swap=remedy.other,
        missing=remedy.value if remedy.action == "missing" else None, shift_s=remedy.shift_s, finding=finding.key,
        why=finding.text[:160],
    )  # fmt: skip


def command_of(project: str, one: Correction, *, is_unlike: bool = False) -> tuple[tuple[str, ...], Request]:
    """The command and the request that make a correction once more; `is_unlike`: it exchanges channels of different kinds."""
    if one.action == "accept":
        return ("logs", "accept"), AcceptRequest(
            project=project, asset=one.asset, finding=one.finding, channel=one.channel, why=one.why
        )
    if one.action == "exclude":
        return ("logs", "exclude"), ExcludeRequest(
            project=project, asset=one.asset, channel=one.channel, start=one.start_utc, end=one.end_utc, recording=one.recording,
            finding=one.finding, why=one.why,
        )  # fmt: skip
    return ("logs", "correct"), CorrectRequest(
        project=project, asset=one.asset, channel=one.channel, start=one.start_utc, end=one.end_utc, factor=one.factor,
        offset=one.offset, swap=one.other, missing=one.value if one.action == "missing" else None, shift_s=one.shift_s,
        drift_ppm=one.drift_ppm, recording=one.recording, finding=one.finding, why=one.why, unlike=is_unlike,
    )  # fmt: skip


def layer_words(n_events: int, n_corrections: int) -> str:
    """'raw log unchanged', and how many layers of what lie over it."""
    tr = QCoreApplication.translate
    parts = [
        count(n, one, many)
        for n, one, many in (
            (n_events, tr("Layers", "event"), tr("Layers", "events")),
            (n_corrections, tr("Layers", "correction"), tr("Layers", "corrections")),
        )
        if n
    ]
    said = tr("Layers", "raw log unchanged")
    return ", ".join((said, *parts))
