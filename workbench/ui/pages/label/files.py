"""Events from files and label columns, and events to a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workbench.core.runner import JobCall
from workbench.services.labels import (
    Format,
    LabelsExportRequest,
    LabelsFromColumnRequest,
    LabelsResult,
    export_labels,
    import_label_column,
)
from workbench.ui.context import AppContext

_FILES: dict[Format, tuple[str, str]] = {
    "csv": (".csv", "CSV (*.csv)"), "audacity": (".txt", "Audacity (*.txt)"), "label-studio": (".json", "Label Studio (*.json)"),
    "trainset": (".csv", "TRAINSET (*.csv)"), "nab": (".json", "NAB (*.json)"),
}  # fmt: skip


class LabelFiles(QObject):
    """Each act is a job; 'labels' is announced after events were added. `import_chosen(paths)`: look at these."""

    import_chosen = Signal(object)

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._asset = ""
        self._format: Format = "csv"

    def choose_import(self) -> None:
        """Let the person pick files of events."""
        patterns = self.tr("Work orders, alarms, labels ({p})").format(p="*.csv *.txt *.tsv *.xlsx *.xls *.json *.jsonl")
        self._context.messages.choose_files(self.tr("Import events"), patterns, self._on_import_chosen)

    def choose_export(self) -> None:
        """Let the person name the CSV file to write: the events of all pumps."""
        self._format, self._asset = "csv", ""
        suggestion = Path.home() / "events.csv"
        self._context.messages.choose_save(self.tr("Export events"), suggestion, "CSV (*.csv)", self._on_save_chosen)

    def choose_export_as(self, kind: Format, asset: str) -> None:
        """Let the person name a file of a labelling program, with the events of one pump."""
        self._format, self._asset = kind, asset
        suffix, words = _FILES[kind]
        suggestion = Path.home() / f"{asset}{suffix}"
        self._context.messages.choose_save(self.tr("Export events"), suggestion, words, self._on_save_chosen)

    def from_column(self, asset: str, column: str) -> None:
        """Make events of a label column of the log."""
        request = LabelsFromColumnRequest(project=self._context.project_text, asset=asset, column=column)
        title = self.tr("Events from {column}").format(column=column)
        call = JobCall(title=title, function=import_label_column, request=request, slot="label.column", lane="thread")
        self._context.start_job(call, on_result=self._on_added)

    def _on_import_chosen(self, paths: list[Path]) -> None:
        self.import_chosen.emit(paths)

    def _on_save_chosen(self, paths: list[Path]) -> None:
        request = LabelsExportRequest(
            project=self._context.project_text, out=str(paths[0]), format=self._format, asset=self._asset or None
        )
        self._context.read(export_labels, request, self._on_exported)

    def _on_added(self, _result: object) -> None:
        self._context.announce("labels")

    def _on_exported(self, result: object) -> None:
        assert isinstance(result, LabelsResult)
        self._context.messages.say(" ".join((self.tr("The events were written."), *result.notes)))
