"""The Logs page's side panel: availability of every pump, channels of the chosen one, and what was found in its log."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from workbench.services.log_views import AssetLogs, RecordingInfo
from workbench.services.projects import AssetInfo
from workbench.ui.context import AppContext
from workbench.ui.format import count, number
from workbench.ui.pages.logs.findings import FindingRow, FindingsPanel
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import IconButton
from workbench.ui.widgets.card import SectionHeader
from workbench.ui.widgets.channel_list import ROW_PX as CHANNEL_PX
from workbench.ui.widgets.channel_list import ChannelList
from workbench.ui.widgets.fields import SearchField
from workbench.ui.widgets.heat_map import AvailabilityMap
from workbench.ui.widgets.layouts import framed, horizontal, scrolled, vertical
from workbench.ui.widgets.tab_order import order_tabs
from workbench.ui.widgets.text import CutText, Text, hairline, plain_tip

_SEARCH_FROM = 13
_MOST_MAP_PX, _BELOW_MAP_PX, _AROUND_ROW_PX = 164, 6, 24
_MAP_SHARE = 0.28
_LEAST_CHANNELS, _BELOW_CHANNELS_PX = 4, 8


class RecordingRow(QWidget):
    """One recording with its rows, and the button that removes it. `remove_asked(RecordingInfo)`."""

    remove_asked = Signal(object)

    def __init__(self, theme: ThemeSource, info: RecordingInfo) -> None:
        super().__init__()
        self.info = info
        row = horizontal(self, margins_px=(16, 0, 8, 0), gap_px=4)
        row.addWidget(CutText(info.name, "small", is_cut_inside=True), 1)  # files of one kind differ at their ends
        row.addWidget(Text(number(info.rows), "caption", "text2"))
        self.button = IconButton(theme, "trash", self.tr("Remove {name}…").format(name=info.name))
        self.button.setToolTip(plain_tip(self.button.accessibleName()))
        self.button.clicked.connect(self._on_clicked)
        row.addWidget(self.button)

    def _on_clicked(self) -> None:
        self.remove_asked.emit(self.info)


class LogsSide(QWidget):
    """`asset_chosen(asset, day)`, `channels_changed(names)`, `finding_chosen(Finding)`, `remove_asked(RecordingInfo)`."""

    asset_chosen = Signal(str, str)
    channels_changed = Signal(object)
    finding_chosen = Signal(object)
    remove_asked = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._theme = context.theme
        self.availability = AvailabilityMap(context.theme)
        self._days = SectionHeader(self.tr("Availability"))
        self._channels = SectionHeader(self.tr("Channels"))
        self._findings = SectionHeader(self.tr("Findings"))
        self.search = SearchField(context.theme, self.tr("Find a channel"))
        self.filter_button = IconButton(context.theme, "filter", self.tr("Find a channel"))
        self.filter_button.setCheckable(True)
        self.channels = ChannelList(context.theme)
        self.panel = FindingsPanel(context.theme)
        self.recordings: list[RecordingRow] = []
        self._asset = ""
        self._finding_list, self._finding_column = self._scrolled()
        self._recording_column = vertical()
        self._finding_column.insertWidget(0, self.panel)
        self._finding_column.insertWidget(1, SectionHeader(self.tr("Recordings")))
        self._finding_column.insertLayout(2, self._recording_column)
        self._lay_out()
        self._search_box.hide()
        self.availability.chosen.connect(self.asset_chosen)
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        self.filter_button.toggled.connect(self._on_filter)
        self.channels.checked_changed.connect(self._on_checked)
        self.panel.chosen.connect(self.finding_chosen)
        self.panel.chosen.connect(self._on_finding)

    @property
    def findings(self) -> list[FindingRow]:
        """The rows of the findings."""
        return self.panel.findings

    def show_assets(self, assets: tuple[AssetInfo, ...]) -> None:
        """The availability map of every pump with a log."""
        self.availability.set_days({asset.tag: asset.days for asset in assets if asset.n_recordings})
        self._share_height()
        days = self.availability.n_days
        self._days.facts.setText(count(days, self.tr("day"), self.tr("days")))

    def show_logs(self, logs: AssetLogs, checked: tuple[str, ...]) -> None:
        """Channels and findings of a pump."""
        _empty(self._recording_column, self.recordings)
        self.channels.set_channels(logs.channels, checked)
        self._asset = logs.asset
        self._share_height()
        self.panel.show_findings(logs.findings, logs.corrections)
        for info in logs.recordings:
            shown = RecordingRow(self._theme, info)
            shown.remove_asked.connect(self.remove_asked)
            self.recordings.append(shown)
            self._recording_column.addWidget(shown)
        self._findings.facts.setText(str(len(logs.findings)) if logs.findings else self.tr("none"))
        order_tabs(self)
        self.filter_button.setVisible(len(logs.channels) >= _SEARCH_FROM)
        self.filter_button.setChecked(False)
        self._say_count()

    def set_checked(self, names: tuple[str, ...]) -> None:
        """Turn boxes on and off without saying so."""
        self.channels.set_checked(names)
        self._say_count()

    def checked(self) -> tuple[str, ...]:
        """Names of the channels that are on."""
        return self.channels.checked()

    def open_search(self) -> None:
        """Let the person type the name of a channel."""
        self.filter_button.show()
        self.filter_button.setChecked(True)
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search, arrows move in the list, Enter takes what is current, Escape closes the search."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}:
                self.channels.keyPressEvent(event)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.channels.choose_current()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.filter_button.setChecked(False)
                self.channels.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_height()

    def _share_height(self) -> None:
        """A high window shows more pumps at once; what few channels leave over is for findings and recordings."""
        # A scroll area keeps the height that its widget wanted first: before a project was open, none.
        most = max(_MOST_MAP_PX, round(_MAP_SHARE * self.height()))
        self._map_area.setFixedHeight(min(most, self.availability.sizeHint().height() + _BELOW_MAP_PX))
        QTimer.singleShot(0, self, self._show_asset)  # once the map has its new height
        self.channels.setMaximumHeight(max(_LEAST_CHANNELS, self.channels.n_all) * CHANNEL_PX + _BELOW_CHANNELS_PX)

    def _show_asset(self) -> None:
        """The pump that is open stands in sight."""
        if self._asset:
            self._map_area.ensureVisible(0, self.availability.row_middle(self._asset), 0, _AROUND_ROW_PX)

    def _lay_out(self) -> None:
        column = vertical(self, margins_px=(0, 4, 0, 0))
        column.addWidget(self._days)
        holder = framed(self.availability, (16, 0, 8, _BELOW_MAP_PX))
        self._map_area = area = scrolled(holder, takes_focus=False)
        column.addWidget(area)
        column.addWidget(hairline())
        self._channels.add(self.filter_button)
        column.addWidget(self._channels)
        self._search_box = QWidget()
        search = horizontal(self._search_box, margins_px=(16, 0, 12, 4))
        search.addWidget(self.search)
        column.addWidget(self._search_box)
        column.addWidget(self.channels, 5)
        column.addWidget(hairline())
        column.addWidget(self._findings)
        column.addWidget(self._finding_list, 3)

    @staticmethod
    def _scrolled() -> tuple[QScrollArea, QVBoxLayout]:
        holder = QWidget()
        column = vertical(holder, margins_px=(0, 0, 0, 8))
        column.addStretch(1)
        return scrolled(holder, takes_focus=False), column

    def _say_count(self) -> None:
        words = self.tr("{n} of {all}").format(n=len(self.checked()), all=self.channels.n_all)
        self._channels.facts.setText(words)

    def _on_checked(self, names: tuple[str, ...]) -> None:
        self._say_count()
        self.channels_changed.emit(names)

    def _on_finding(self, _finding: object) -> None:
        """What can be done about it comes into sight, once it is laid out."""
        QTimer.singleShot(0, self, self._show_acts)

    def _show_acts(self) -> None:
        self._finding_list.ensureWidgetVisible(self.panel.acts, 0, 4)

    def _on_filter(self, is_on: bool) -> None:
        self._search_box.setVisible(is_on)
        if is_on:
            self.search.setFocus()
        else:
            self.search.clear()

    def _on_search(self, text: str) -> None:
        self.channels.narrow(text)


def _empty(column: QVBoxLayout, rows: list[RecordingRow]) -> None:
    for row in rows:
        column.removeWidget(row)
        row.hide()
        row.deleteLater()
    rows.clear()
