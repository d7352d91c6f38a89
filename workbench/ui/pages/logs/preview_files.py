"""The import preview's list of files: what each is, and the pump it belongs to."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from workbench.services.log_files import FileKind, LogFile
from workbench.ui.format import count, size
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.card import Card
from workbench.ui.widgets.fields import CheckBox, UnitField
from workbench.ui.widgets.layouts import horizontal
from workbench.ui.widgets.table import ROW_PX, ArrayTable, Column
from workbench.ui.widgets.text import Text

_LEAST_ROWS = 4


class FilesCard(Card):
    """One row a file; below it, whose they are. `file_chosen(index)`, `assets_changed()`."""

    file_chosen = Signal(int)
    assets_changed = Signal()

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__(padding_px=0)
        self._files: tuple[LogFile, ...] = ()
        self._assets: list[str] = []
        self.set_title(self.tr("Files"))
        columns = (
            Column(key="name", title=self.tr("File"), kind="strong", stretch=True),
            Column(key="what", title=self.tr("What it is"), width_px=150),
            Column(key="asset", title=self.tr("Pump"), width_px=150),
            Column(key="size", title=self.tr("Size"), kind="number", width_px=80),
        )
        self.table = ArrayTable(theme, columns)
        self.table.setAccessibleName(self.tr("Files to import"))
        self.asset = UnitField(theme)
        self.asset.setAccessibleName(self.tr("Pump"))
        self.site = UnitField(theme)
        self.site.setAccessibleName(self.tr("Site"))
        self.is_same = CheckBox(theme, self.tr("Same pump for all files"))
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(self.table, 1)
        self.owner = QWidget()
        self.owner.setLayout(self._fields())
        self.body.addWidget(self.owner)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.table.row_selected.connect(self._on_row)
        self.asset.textEdited.connect(self._on_asset)
        self.is_same.toggled.connect(self._on_same)

    def show_files(self, files: tuple[LogFile, ...]) -> None:
        """List these; the first log is chosen."""
        self._files = files
        self._assets = [file.asset for file in files]
        n_logs = sum(file.kind == "log" for file in files)
        total = sum(file.size_bytes for file in files)
        facts = f"{count(n_logs, self.tr('log'), self.tr('logs'))} · {size(total)}"
        self.set_title(self.tr("Files"), facts)
        self.is_same.setVisible(n_logs > 1)
        self.is_same.setChecked(False)
        self._fill()
        self._fit()
        first = next((number for number, file in enumerate(files) if file.kind == "log"), 0)
        self.table.select_row(first)

    def groups(self) -> dict[str, list[str]]:
        """Paths of the logs by pump, in order."""
        found: dict[str, list[str]] = {}
        for file, asset in zip(self._files, self._assets, strict=True):
            if file.kind == "log":
                found.setdefault(asset, []).append(file.path)
        return found

    def suggest(self, asset: str, site: str) -> None:
        """What was chosen before for the first file: taken where nothing was typed."""
        if asset and self._assets and self._assets[0] == self._files[0].asset:
            self._assets[0] = asset
            self._refill(self.table.current_row())
            self.asset.setText(asset)
        if site and not self.site.text():
            self.site.setText(site)

    def of_kind(self, kind: FileKind) -> list[str]:
        """Paths of the files that hold labels, or work orders and alarms."""
        return [file.path for file in self._files if file.kind == kind]

    def _fields(self) -> QHBoxLayout:
        row = horizontal(margins_px=(16, 8, 16, 8), gap_px=8)
        row.addWidget(Text(self.tr("Pump"), "small", "text2"))
        row.addWidget(self.asset, 2)
        row.addWidget(self.is_same)
        row.addSpacing(8)
        row.addWidget(Text(self.tr("Site"), "small", "text2"))
        self.site.setPlaceholderText(self.tr("none"))
        row.addWidget(self.site, 1)
        return row

    def _fit(self) -> None:
        """As high as its rows: one file leaves the room to its columns, of many a few are always seen."""
        head, n_files = self.table.horizontalHeader().minimumHeight() + 2 * self.table.frameWidth(), max(1, len(self._files))
        self.table.setMinimumHeight(head + ROW_PX * min(n_files, _LEAST_ROWS))
        self.table.setMaximumHeight(head + ROW_PX * n_files)
        self.owner.setVisible(any(file.kind == "log" for file in self._files))

    def _fill(self) -> None:
        kinds = {
            "log": self.tr("log"),
            "events": self.tr("events"),
            "orders": self.tr("work orders, alarms"),
            "other": self.tr("not a log, left out"),
        }
        self.table.set_data({
            "name": [file.name for file in self._files],
            "what": [kinds[file.kind] for file in self._files],
            "asset": [a if f.kind == "log" else "–" for f, a in zip(self._files, self._assets, strict=True)],
            "size": [size(file.size_bytes) for file in self._files],
            "is_quiet": [file.kind == "other" for file in self._files],
        })  # fmt: skip

    def _on_row(self, index: int) -> None:
        if index < len(self._assets):
            self.asset.setEnabled(self._files[index].kind == "log")
            if self.asset.text() != self._assets[index]:
                self.asset.setText(self._assets[index])
            self.file_chosen.emit(index)

    def _on_asset(self, text: str) -> None:
        chosen = self.table.current_row()
        for index in range(len(self._assets)):
            if index == chosen or self.is_same.isChecked():
                self._assets[index] = text.strip()
        self._refill(chosen)

    def _on_same(self, is_on: bool) -> None:
        if is_on:
            self._on_asset(self.asset.text())
        else:
            self._assets = [file.asset for file in self._files]
            self._refill(self.table.current_row())

    def _refill(self, chosen: int | None) -> None:
        self.table.blockSignals(True)
        self._fill()
        if chosen is not None:
            self.table.select_row(chosen)
        self.table.blockSignals(False)
        self.assets_changed.emit()
