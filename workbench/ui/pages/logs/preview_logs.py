"""The import preview's list of the logs in one file: an archive's, or the sheets of a workbook."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy

from workbench.services.logs import PreviewLog, PreviewResult
from workbench.ui.format import count
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.card import Card
from workbench.ui.widgets.table import ROW_PX, ArrayTable, Column

_MOST_ROWS, _LEAST_ROWS = 6, 3


class LogsCard(Card):
    """One row a log, where there are several; the chosen one's columns and rows are shown below. `log_chosen(name)`."""

    log_chosen = Signal(str)

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__(padding_px=0)
        self._logs: tuple[PreviewLog, ...] = ()
        columns = (
            Column(key="name", title=self.tr("Log"), kind="strong", stretch=True),
            Column(key="channels", title=self.tr("Channels"), kind="number", width_px=90),
            Column(key="time", title=self.tr("Time"), width_px=150),
            Column(key="asked", title=self.tr("Questions"), width_px=150),
        )
        self.table = ArrayTable(theme, columns)
        self.table.setAccessibleName(self.tr("Logs in this file"))
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.table, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.table.row_selected.connect(self._on_row)
        self.hide()

    @property
    def is_needed(self) -> bool:
        """Whether the file holds more than one log."""
        return len(self._logs) > 1

    def show_logs(self, preview: PreviewResult) -> None:
        """List what the file holds; the card is there where it is more than one log."""
        self._logs = preview.logs
        self.setVisible(self.is_needed)
        n_logs = sum(bool(log.channels) for log in self._logs)
        facts = count(n_logs, self.tr("log"), self.tr("logs"))
        self.set_title(self.tr("In this file"), self.tr("{n} and more").format(n=facts) if preview.has_more else facts)
        self.table.blockSignals(True)
        self.table.set_data({
            "name": [self._name_of(log) for log in self._logs],
            "channels": [str(len(log.channels)) if log.channels else "–" for log in self._logs],
            "time": [log.time_format or "–" for log in self._logs],
            "asked": [self._asked_of(log) for log in self._logs],
            "is_quiet": [not log.channels for log in self._logs],
        })  # fmt: skip
        head = self.table.horizontalHeader().minimumHeight() + 2 * self.table.frameWidth()
        self.table.setMinimumHeight(head + ROW_PX * min(max(len(self._logs), 1), _LEAST_ROWS))
        self.table.setMaximumHeight(head + ROW_PX * min(len(self._logs), _MOST_ROWS))
        self.table.select_row(next((number for number, log in enumerate(self._logs) if log.name == preview.log), 0))
        self.table.blockSignals(False)

    def _name_of(self, log: PreviewLog) -> str:
        """The name within the file; those of equal columns are counted."""
        name, n_more = log.name.rpartition(": ")[2], len(log.files) - 1
        return self.tr("{name} and {n} more").format(name=name, n=n_more) if n_more else name

    def _asked_of(self, log: PreviewLog) -> str:
        if not log.channels:
            return self.tr("events, not read")
        waiting = sum(question.blocks for question in log.questions)
        if waiting:
            return self.tr("{n} to answer").format(n=waiting)
        return count(len(log.questions), self.tr("question"), self.tr("questions")) if log.questions else self.tr("none")

    def _on_row(self, index: int) -> None:
        if index < len(self._logs):
            self.log_chosen.emit(self._logs[index].name)
