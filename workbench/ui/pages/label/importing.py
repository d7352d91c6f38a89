"""The preview of events from a file: nothing is stored before Import is pressed; what was said is remembered for its columns."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from workbench.core.errors import WorkbenchError
from workbench.core.runner import JobCall
from workbench.services.event_import import EventsPreviewRequest, EventsPreviewResult, preview_events
from workbench.services.labels import LabelsImportRequest, import_labels
from workbench.ui.context import AppContext
from workbench.ui.format import count
from workbench.ui.pages.label.import_memory import recall, remember
from workbench.ui.pages.label.import_parts import EventsCard, MappingCard, ReadingCard, stacked
from workbench.ui.widgets.layouts import vertical
from workbench.ui.widgets.text import Text

_RIGHT_PX = 320


class EventImport(QWidget):
    """`changed()` when what can be done changed, `ended()` when all files were imported or given up."""

    changed = Signal()
    ended = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._files: list[Path] = []
        self._said: dict[str, str] = {}
        self._answers: dict[str, str] = {}
        self._result: EventsPreviewResult | None = None
        self._error = ""
        self._key = ""
        self.mapping = MappingCard(context.theme)
        self.reading = ReadingCard(context)
        self.events = EventsCard(context)
        self._text = Text("", "small", "text2", is_wrapped=True)
        column = vertical(self, margins_px=16, gap_px=12)
        column.addWidget(self._text)
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        self._grid.setColumnStretch(0, 1)
        self._grid.setRowStretch(0, 3)
        self._grid.setRowStretch(1, 2)
        self._grid.addWidget(self.mapping, 0, 0)
        self._grid.addWidget(stacked(self.reading, width_px=_RIGHT_PX), 0, 1, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(self.events, 1, 0, 1, 2)
        column.addLayout(self._grid, 1)
        self.mapping.mapped.connect(self._on_mapped)
        self.reading.changed.connect(self._on_reading)

    @property
    def n_events(self) -> int:
        """How many events would be added."""
        return self._result.n_events if self._result is not None else 0

    @property
    def name(self) -> str:
        """The file that is shown."""
        return self._files[0].name if self._files else ""

    def open_files(self, paths: list[Path], tags: tuple[str, ...], asset: str) -> None:
        """Look at the first; the others follow when it is done."""
        self._files = list(paths)
        self.reading.show_assets(tags, asset)
        self._open_first()

    def facts(self) -> str:
        """What stands in the way, or what would be stored."""
        words = count(self.n_events, self.tr("event"), self.tr("events"))
        return self.why_not() or self.tr("{events}, nothing is stored yet").format(events=words)

    def why_not(self) -> str:
        """Why nothing can be imported now, '' if it can."""
        if self._result is None:
            return self._error or self.tr("Looking at the file…")
        if any(one.blocks for one in self._result.questions):
            return self.tr("Say which number is the day")
        return "" if self._result.n_events else self.tr("No row gives an event")

    def request(self) -> LabelsImportRequest | None:
        """What Import does, also for 'Copy as command'."""
        if not self._files:
            return None
        asked = self._asked()
        return LabelsImportRequest(
            path=asked.path, project=asked.project, asset=asked.asset, state=asked.state, table=asked.table, map=asked.map,
            zone=asked.zone, answer=asked.answer,
        )  # fmt: skip

    def start(self) -> None:
        """Store the events of this file, and go to the next."""
        request = self.request()
        if request is None or self.why_not():
            return
        if self._key:
            # Roles travel as answers under their column's name.
            answers = {**{f"map:{name}": role for name, role in self._said.items()}, **self._answers}
            choices = remember(self._context.settings, self._key, self.reading.zone.value(), answers)
            self._context.change_settings(import_choices=choices)
        title = self.tr("Import events of {file}").format(file=self.name)
        call = JobCall(title=title, function=import_labels, request=request, slot=request.path, lane="thread")
        self._context.start_job(call, on_result=self._on_imported)
        self.skip()

    def skip(self) -> None:
        """Leave this file, and go to the next."""
        self._files = self._files[1:]
        if self._files:
            self._open_first()
        else:
            self.ended.emit()

    def stop(self) -> None:
        """Leave all files."""
        self._files = []
        self.ended.emit()

    def _arrange(self, *, has_columns: bool) -> None:
        """The events below what their columns are taken for; where there is nothing to map, they have that place too."""
        self.mapping.setVisible(has_columns)
        self._grid.removeWidget(self.events)
        if has_columns:
            self._grid.addWidget(self.events, 1, 0, 1, 2)
        else:
            self._grid.addWidget(self.events, 0, 0, 2, 1)

    def _open_first(self) -> None:
        self._said, self._answers, self._result, self._key, self._error = {}, {}, None, "", ""
        self._text.setText(self.tr("Looking at {file}…").format(file=self.name))
        self._read()
        self.changed.emit()

    def _asked(self) -> EventsPreviewRequest:
        table = self.reading.table.value()
        return EventsPreviewRequest(
            path=str(self._files[0]), project=self._context.project_text, asset=self.reading.asset.value() or None,
            state="real" if self.reading.state.value() == "real" else "unsure",
            table="orders" if table == "orders" else "alarms" if table == "alarms" else "auto",
            map=tuple(f"{name}={role}" for name, role in self._said.items()), zone=self.reading.zone.value() or None,
            answer=tuple(f"{code}={value}" for code, value in sorted(self._answers.items())),
        )  # fmt: skip

    def _read(self) -> None:
        if self._files:
            self._context.read(preview_events, self._asked(), self._on_preview, self._on_refused, slot="label.preview")

    def _on_preview(self, result: object) -> None:
        assert isinstance(result, EventsPreviewResult)
        is_first = not self._key
        self._key = _fingerprint(result)
        if is_first and self._recall(result):
            self._read()
            return
        self._result, self._error = result, ""
        kinds = {"orders": self.tr("work orders"), "alarms": self.tr("an alarm journal"), "csv": self.tr("a list of events")}
        kind = kinds.get(result.table, self.tr("a file of {kind}").format(kind=result.table))
        self._text.setText(self.tr("{file} is read as {kind}.").format(file=self.name, kind=kind))
        self._arrange(has_columns=bool(result.columns))
        self.mapping.show_columns(result.columns)
        self.reading.show_result(result, self._answers)
        self.events.show_result(result)
        self.changed.emit()

    def _recall(self, result: EventsPreviewResult) -> bool:
        """Take what was said about a file with these columns; False where nothing was."""
        zone, answers = recall(self._context.settings, self._key)
        names = {one.name for one in result.columns}
        said = {key[4:]: role for key, role in answers.items() if key.startswith("map:") and key[4:] in names}
        self._said = said
        self._answers = {key: value for key, value in answers.items() if not key.startswith("map:")}
        if zone:
            self.reading.zone.blockSignals(True)
            self.reading.zone.set_value(zone)
            self.reading.zone.blockSignals(False)
        return bool(zone or said or self._answers)

    def _on_refused(self, error: WorkbenchError) -> None:
        self._result, self._error = None, error.message
        self._text.setText(f"{error.message} {error.hint}")
        self.changed.emit()

    def _on_mapped(self, column: str, role: str) -> None:
        self._said = {name: one for name, one in self._said.items() if one != role or role in {"ignore", "description"}}
        self._said[column] = role
        self._read()

    def _on_reading(self) -> None:
        order = self.reading.order.value()
        self._answers = {"DAY_MONTH_AMBIGUOUS": order} if order else {}
        self._read()

    def _on_imported(self, _result: object) -> None:
        self._context.announce("labels")


def _fingerprint(result: EventsPreviewResult) -> str:
    """The same for all files of events with these columns."""
    names = json.dumps(["events", *(one.name for one in result.columns)])
    return hashlib.sha256(names.encode()).hexdigest()[:16]
