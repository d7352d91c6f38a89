"""The status bar: project and site, offline, free disk, battery; the operator at the right end."""

from __future__ import annotations

import shutil

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workbench.ui import format as shown
from workbench.ui.context import AppContext
from workbench.ui.widgets.layouts import horizontal
from workbench.ui.widgets.text import IconLabel, Text

HEIGHT_PX = 24
LOW_DISK_BYTES = 2 * 10**9
_REFRESH_MS = 10_000


class StatusBar(QWidget):
    """Facts about this laptop that decide what can be done next."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.setProperty("surface", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT_PX)
        self._row = horizontal(self, margins_px=(16, 1, 16, 0), gap_px=5)
        self._site = self._add("pin")
        self._offline = self._add("offline", self.tr("Offline"))
        self._offline.setToolTip(self.tr("This program opens no connection to any network."))
        self._disk = self._add("disk")
        self._battery = self._add("battery")
        self._row.addStretch(1)
        self._operator = self._add("person", gap_px=0)
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        context.project_changed.connect(self._on_changed)
        context.settings_changed.connect(self._on_changed)
        self._on_changed()

    def start(self) -> None:
        """Begin to look at disk and battery; called after the first paint, once what else waited for it has begun."""
        self._timer.start()
        QTimer.singleShot(0, self, self.refresh)

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def refresh(self) -> None:
        """Read disk and battery again."""
        folder = self._context.project or self._context.home
        while not folder.exists():
            folder = folder.parent
        free_bytes = shutil.disk_usage(folder).free
        self._say(self._disk, self.tr("{size} free").format(size=shown.size(free_bytes)))
        self._disk.set_tone("failure_text" if free_bytes < LOW_DISK_BYTES else "text2")
        self._say(self._battery, _battery_words())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, self._context.theme.colour("border"))
        painter.end()

    def _add(self, icon: str, text: str = "", *, gap_px: int = 11) -> Text:
        holder = QWidget()
        row = horizontal(holder, margins_px=(0, 0, gap_px, 0), gap_px=5)
        label = Text(text, "caption", "text2")
        row.addWidget(IconLabel(self._context.theme, icon, "text2", 13))
        row.addWidget(label)
        holder.setVisible(bool(text))
        self._row.addWidget(holder)
        return label

    @staticmethod
    def _say(label: Text, text: str) -> None:
        label.setText(text)
        holder = label.parentWidget()
        if holder is not None:
            holder.setVisible(bool(text))

    def _on_changed(self, _value: object = None) -> None:
        info, project = self._context.project_info, self._context.project
        sites = sorted({asset.site for asset in info.assets if asset.site}) if info is not None else []
        self._say(self._site, ", ".join(sites) or (project.name if project else self.tr("No project")))
        self._say(self._operator, self._context.operator)


def _battery_words() -> str:
    try:
        import psutil
    except ImportError:
        return ""
    try:
        battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    except OSError:  # a system without /sys, such as a container
        return ""
    if battery is None:
        return ""
    left = "" if battery.power_plugged or battery.secsleft < 0 else f" · {shown.duration(battery.secsleft)}"
    return f"{shown.number(battery.percent, 0, '%')}{left}"
