"""The Logs page's side panel: availability of every pump, channels of the chosen one, and what was found in its log."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from workbench.services.log_views import AssetLogs, RecordingInfo
from workbench.services.logs import Finding
from workbench.services.projects import AssetInfo
from workbench.ui.context import AppContext
from workbench.ui.format import count, number
from workbench.ui.states import State, find_state
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import IconButton
from workbench.ui.widgets.card import SectionHeader
from workbench.ui.widgets.channel_list import ChannelList
from workbench.ui.widgets.fields import SearchField
from workbench.ui.widgets.heat_map import AvailabilityMap
from workbench.ui.widgets.text import Text, hairline, plain_tip

_SEARCH_FROM = 13


class FindingRow(QAbstractButton):
    """Symbol, where, and what; a click shows it in the plots."""

    def __init__(self, theme: ThemeSource, finding: Finding) -> None:
        super().__init__()
        self.finding = finding
        self._theme = theme
        self._where = finding.channel or self.tr("All channels")
        self.setText(f"{self._where}: {finding.text}")
        self.setAccessibleName(self.text())
        self.setToolTip(plain_tip(finding.text))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("no_ring", True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self._redraw)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return 24 + self._text_height(width) + 4

    def sizeHint(self) -> QSize:
        return QSize(180, self.heightForWidth(180))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("selection" if self.hasFocus() else "bg3"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(8, 0, -8, 0), 4, 4)
        state = find_state(self.finding.severity) or State.NOT_CHECKED
        painter.drawPixmap(16, 6, self._theme.state_pixmap(state, 14, self.devicePixelRatioF()))
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.colour("text1"))
        painter.drawText(self.rect().adjusted(38, 4, -12, 0), int(Qt.AlignmentFlag.AlignTop), self._where)
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.colour("text2"))
        flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(38, 21, -12, 0), int(flags), self.finding.text)
        painter.end()

    def _text_height(self, width: int) -> int:
        from PySide6.QtGui import QFontMetrics

        flags = int(Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
        metrics = QFontMetrics(self._theme.font("caption"))
        return metrics.boundingRect(0, 0, max(40, width - 50), 400, flags, self.finding.text).height()

    def _redraw(self, _tokens: object) -> None:
        self.update()


class RecordingRow(QWidget):
    """One recording with its rows, and the button that removes it. `remove_asked(RecordingInfo)`."""

    remove_asked = Signal(object)

    def __init__(self, theme: ThemeSource, info: RecordingInfo) -> None:
        super().__init__()
        self.info = info
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(4)
        name = Text(info.name, "small", is_wrapped=True)
        row.addWidget(name, 1)
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
        self.findings: list[FindingRow] = []
        self.recordings: list[RecordingRow] = []
        self._finding_list, self._finding_column = self._scrolled()
        self._recording_column = QVBoxLayout()
        self._recording_column.setSpacing(0)
        self._finding_column.insertWidget(0, SectionHeader(self.tr("Recordings")))
        self._finding_column.insertLayout(1, self._recording_column)
        self._lay_out()
        self._search_box.hide()
        self.availability.chosen.connect(self.asset_chosen)
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        self.filter_button.toggled.connect(self._on_filter)
        self.channels.checked_changed.connect(self._on_checked)

    def show_assets(self, assets: tuple[AssetInfo, ...]) -> None:
        """The availability map of every pump with a log."""
        self.availability.set_days({asset.tag: asset.days for asset in assets if asset.n_recordings})
        days = self.availability.n_days
        self._days.facts.setText(count(days, self.tr("day"), self.tr("days")))

    def show_logs(self, logs: AssetLogs, checked: tuple[str, ...]) -> None:
        """Channels and findings of a pump."""
        _empty(self._finding_column, self.findings)
        _empty(self._recording_column, self.recordings)
        self.channels.set_channels(logs.channels, checked)
        for finding in logs.findings:
            found = FindingRow(self._theme, finding)
            found.clicked.connect(self._on_finding)
            self.findings.append(found)
            self._finding_column.insertWidget(len(self.findings) - 1, found)
        for info in logs.recordings:
            shown = RecordingRow(self._theme, info)
            shown.remove_asked.connect(self.remove_asked)
            self.recordings.append(shown)
            self._recording_column.addWidget(shown)
        self._findings.facts.setText(str(len(logs.findings)) if logs.findings else self.tr("none"))
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

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._days)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(16, 0, 8, 6)
        inner.addWidget(self.availability)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(holder)
        area.setMaximumHeight(164)
        area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._map_area = area
        column.addWidget(area)
        column.addWidget(hairline())
        self._channels.add(self.filter_button)
        column.addWidget(self._channels)
        self._search_box = QWidget()
        search = QHBoxLayout(self._search_box)
        search.setContentsMargins(16, 0, 12, 4)
        search.addWidget(self.search)
        column.addWidget(self._search_box)
        column.addWidget(self.channels, 5)
        column.addWidget(hairline())
        column.addWidget(self._findings)
        column.addWidget(self._finding_list, 3)

    @staticmethod
    def _scrolled() -> tuple[QScrollArea, QVBoxLayout]:
        area, holder = QScrollArea(), QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        column.addStretch(1)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder)
        return area, column

    def _say_count(self) -> None:
        words = self.tr("{n} of {all}").format(n=len(self.checked()), all=self.channels.n_all)
        self._channels.facts.setText(words)

    def _on_checked(self, names: tuple[str, ...]) -> None:
        self._say_count()
        self.channels_changed.emit(names)

    def _on_finding(self) -> None:
        sender = self.sender()
        if isinstance(sender, FindingRow):
            self.finding_chosen.emit(sender.finding)

    def _on_filter(self, is_on: bool) -> None:
        self._search_box.setVisible(is_on)
        if is_on:
            self.search.setFocus()
        else:
            self.search.clear()

    def _on_search(self, text: str) -> None:
        self.channels.narrow(text)


def _empty(column: QVBoxLayout, rows: list[FindingRow] | list[RecordingRow]) -> None:
    for row in rows:
        column.removeWidget(row)
        row.hide()
        row.deleteLater()
    rows.clear()
