"""Events from files and label columns, and events to a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from workbench.core.runner import JobCall
from workbench.services.labels import (
    LabelsExportRequest,
    LabelsFromColumnRequest,
    LabelsImportRequest,
    export_labels,
    import_label_column,
    import_labels,
)
from workbench.ui.context import AppContext


class LabelFiles(QObject):
    """Each act is a job; 'labels' is announced after events were added."""

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._asset = ""

    def choose_import(self, asset: str) -> None:
        """Let the person pick files of events; `asset` is whose they are where a file names none."""
        self._asset = asset
        patterns = self.tr("Events ({p})").format(p="*.csv *.json")
        self._context.messages.choose_files(self.tr("Import events"), patterns, self.import_files)

    def import_files(self, paths: list[Path]) -> None:
        """Add the events of these files."""
        for path in paths:
            request = LabelsImportRequest(path=str(path), project=self._context.project_text, asset=self._asset or None)
            call = JobCall(title=self.tr("Import events"), function=import_labels, request=request, slot=str(path), lane="thread")
            self._context.start_job(call, on_result=self._on_added)

    def choose_export(self) -> None:
        """Let the person name the CSV file to write."""
        suggestion = Path.home() / "events.csv"
        self._context.messages.choose_save(self.tr("Export events"), suggestion, "CSV (*.csv)", self._on_save_chosen)

    def from_column(self, asset: str, column: str) -> None:
        """Make events of a label column of the log."""
        request = LabelsFromColumnRequest(project=self._context.project_text, asset=asset, column=column)
        title = self.tr("Events from {column}").format(column=column)
        call = JobCall(title=title, function=import_label_column, request=request, slot="label.column", lane="thread")
        self._context.start_job(call, on_result=self._on_added)

    def _on_save_chosen(self, paths: list[Path]) -> None:
        request = LabelsExportRequest(project=self._context.project_text, out=str(paths[0]))
        self._context.read(export_labels, request, self._on_exported)

    def _on_added(self, _result: object) -> None:
        self._context.announce("labels")

    def _on_exported(self, _result: object) -> None:
        self._context.messages.say(self.tr("The events were written."))
