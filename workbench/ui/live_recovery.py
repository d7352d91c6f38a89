"""When a project is opened: captures that a killed program left become recordings, and it is said."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.services.capture import CaptureRecoverRequest, CaptureRecoverResult, recover_captures
from workbench.ui.context import AppContext


class LiveRecovery(QObject):
    """Listens to the context's `project_changed`; does nothing where no capture was left."""

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        context.project_changed.connect(self._on_project)

    def _on_project(self, _project: object) -> None:
        project = self._context.project
        if project is not None and (project / "captures").is_dir():
            request = CaptureRecoverRequest(project=self._context.project_text)
            self._context.read(recover_captures, request, self._on_recovered, slot="live.recover")

    def _on_recovered(self, result: object) -> None:
        assert isinstance(result, CaptureRecoverResult)
        for recording in result.recordings:
            text = self.tr("{name} was cut off. The {n} rows that were safe are a recording of {pump} now.")
            self._context.messages.say(text.format(name=recording.source, n=recording.rows, pump=recording.asset), icon="signal")
        for problem in result.problems:
            self._context.messages.say(problem, title=self.tr("A capture could not be recovered"), icon="info")
        if result.recordings:
            self._context.announce("recording")
