"""The job strip (28 px) and panel (148 px): what runs, how far, how long still, Cancel in the same row; and the last job."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui import format as shown
from workbench.ui.job_bridge import JobBridge, JobView
from workbench.ui.states import State
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.bars import ProgressBar
from workbench.ui.widgets.buttons import Button, IconButton
from workbench.ui.widgets.layouts import horizontal, scrolled, vertical
from workbench.ui.widgets.states import StateBadge
from workbench.ui.widgets.text import IconLabel, Text, hairline, plain_tip

STRIP_PX = 28
OPEN_PX = 148
_BAR_PX = 160
_N_ENDED = 3


class JobRow(QWidget):
    """One running job: title, bar, words, Cancel."""

    def __init__(self, theme: ThemeSource, jobs: JobBridge, job_id: int) -> None:
        super().__init__()
        self._jobs = jobs
        self.job_id = job_id
        self._title = Text("", "label")
        self._title.setFixedWidth(260)
        self._bar = ProgressBar(theme, width_px=_BAR_PX + 60)
        self._words = Text("", "small", "text2")
        self._cancel = Button(theme, self.tr("Cancel"), "cancel", kind="flat")
        self._cancel.setProperty("fit", "compact")
        self._cancel.clicked.connect(self._on_cancel)
        row = horizontal(self, margins_px=(16, 0, 16, 0), gap_px=12)
        row.addWidget(self._title)
        row.addWidget(self._bar)
        row.addWidget(self._words, 1)
        row.addWidget(self._cancel)

    def show_job(self, view: JobView) -> None:
        """Show how far it is."""
        self._title.setText(view.title)
        self._cancel.setText(view.stop_word or self.tr("Cancel"))
        self._bar.set_fraction(view.fraction)
        self._bar.setVisible(view.fraction is not None or not view.stop_word)
        self._words.setText(" · ".join(part for part in (view.message, *progress_words(view)) if part))

    def _on_cancel(self) -> None:
        self._cancel.setEnabled(False)
        self._jobs.cancel(self.job_id)


class JobPanel(QWidget):
    """Follows a JobBridge. Quiet jobs are not shown."""

    def __init__(self, theme: ThemeSource, jobs: JobBridge) -> None:
        super().__init__()
        self._theme = theme
        self._jobs = jobs
        self._views: dict[int, JobView] = {}
        self._rows: dict[int, JobRow] = {}
        self._ended: list[JobView] = []
        self._is_open = False
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon = IconLabel(theme, "jobs", "text2")
        self._title = Text("", "small", "text1")
        self._bar = ProgressBar(theme, width_px=_BAR_PX)
        self._words = Text("", "small", "text2")
        self._cancel = Button(theme, self.tr("Cancel"), kind="flat")
        self._cancel.setProperty("fit", "compact")
        self._cancel.clicked.connect(self._on_cancel)
        self._last = Text("", "small", "text2")
        self._toggle = IconButton(theme, "chevron-up", self.tr("Show jobs"))
        self._toggle.setProperty("fit", "tiny")
        self._toggle.clicked.connect(self.toggle)
        self._list = QVBoxLayout()
        self._build()
        jobs.changed.connect(self._on_job)
        self._refresh()

    @property
    def is_open(self) -> bool:
        """Whether all jobs are listed."""
        return self._is_open

    def toggle(self) -> None:
        """Open or close the list."""
        self._is_open = not self._is_open
        self._area.setVisible(self._is_open)
        self._toggle.set_icon_name("chevron-down" if self._is_open else "chevron-up")
        self.setFixedHeight(OPEN_PX if self._is_open else STRIP_PX)
        self._refresh()

    def _build(self) -> None:
        strip = QWidget()
        strip.setFixedHeight(STRIP_PX - 1)
        row = horizontal(strip, margins_px=(16, 0, 16, 0), gap_px=8)
        for widget in (self._icon, self._title, self._bar, self._words, self._cancel):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._last)
        row.addWidget(self._toggle)
        holder = QWidget()
        holder.setLayout(self._list)
        self._list.setContentsMargins(0, 4, 0, 4)
        self._list.setSpacing(2)
        self._list.addStretch(1)
        self._area = scrolled(holder, is_sideways=True)
        self._area.setVisible(False)
        column = vertical(self)
        column.addWidget(hairline())
        column.addWidget(strip)
        column.addWidget(self._area, 1)
        self.setFixedHeight(STRIP_PX)

    def _on_job(self, view: JobView) -> None:
        if view.is_quiet:
            return
        if view.state == "running":
            self._views[view.id] = view
            if view.id not in self._rows:
                self._rows[view.id] = JobRow(self._theme, self._jobs, view.id)
                self._list.insertWidget(len(self._rows) - 1, self._rows[view.id])
            self._rows[view.id].show_job(view)
        else:
            self._end(view)
        self._refresh()

    def _end(self, view: JobView) -> None:
        self._views.pop(view.id, None)
        row = self._rows.pop(view.id, None)
        if row is not None:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._ended = [view, *self._ended][:_N_ENDED]
        badge = StateBadge(self._theme, *_ending(view), is_quiet=True)
        badge.setContentsMargins(16, 0, 16, 0)
        self._list.insertWidget(len(self._rows), badge)
        while self._list.count() > len(self._rows) + _N_ENDED + 1:
            item = self._list.takeAt(len(self._rows) + _N_ENDED)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _refresh(self) -> None:
        running = list(self._views.values())
        is_running = bool(running)
        for widget in (self._bar, self._words, self._cancel):
            widget.setVisible(is_running and not self._is_open)
        self._last.setVisible(not is_running and bool(self._ended))
        if self._is_open:
            self._title.setText(self.tr("Jobs · {n} running").format(n=len(running)))
        elif is_running:
            view = running[-1]
            more = self.tr(" and {n} more").format(n=len(running) - 1) if len(running) > 1 else ""
            self._title.setText(view.title + more)
            self._title.setToolTip(plain_tip(view.message))
            self._bar.set_fraction(view.fraction)
            self._bar.setVisible(not self._is_open and (view.fraction is not None or not view.stop_word))
            self._words.setText(" · ".join(progress_words(view)) or (view.message if view.stop_word else ""))
            self._cancel.setText(view.stop_word or self.tr("Cancel"))
            self._cancel.setEnabled(True)
        else:
            self._title.setText(self.tr("No jobs running"))
        if self._ended:
            self._last.setText(self.tr("Last: {what}").format(what=_ending(self._ended[0])[1]))

    def _on_cancel(self) -> None:
        self._cancel.setEnabled(False)
        if self._views:
            self._jobs.cancel(list(self._views)[-1])


def progress_words(view: JobView) -> tuple[str, ...]:
    """'62 %' and '1 min 20 s left', as far as they are known. Never 100 % before the end."""
    if view.fraction is None:
        return ()
    percent = shown.percent(min(view.fraction, 0.99))
    return (percent,) if view.remaining_s is None else (percent, shown.left(view.remaining_s))


def _ending(view: JobView) -> tuple[State, str]:
    translate = QCoreApplication.translate
    if view.state == "done":
        return State.GOOD, f"{view.title}, {shown.duration(view.seconds)}"
    if view.state == "cancelled":
        return State.NOT_CHECKED, translate("JobPanel", "{title}, cancelled").format(title=view.title)
    return State.FAILURE, translate("JobPanel", "{title}, failed").format(title=view.title)
