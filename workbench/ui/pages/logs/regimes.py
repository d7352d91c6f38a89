"""Operating states on the Logs and Label pages: read after the plots are there, chosen as a filter, edited from the strip."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from workbench.core.clock import format_utc
from workbench.core.runner import JobCall
from workbench.services.log_views import AssetLogs
from workbench.services.regimes import (
    REGIME_NAMES,
    EditsResult,
    RegimesRequest,
    RegimesResult,
    SetRegimeRequest,
    UnsetRegimeRequest,
    log_regimes,
    set_regime,
    unset_regime,
)
from workbench.ui.context import AppContext
from workbench.ui.widgets.plots.regimes import UNTOLD, RegimeMark, marks_of_regimes, regime_words
from workbench.ui.widgets.plots.stack import StackedPlots
from workbench.ui.widgets.state_filter import StateFilter

REGIMES = "regimes"
"""Announced after an edit."""


class RegimeLayer(QObject):
    """A click on a state makes it the filter (again: none); a right click, Enter or the menu key says what it was."""

    def __init__(self, context: AppContext, plots: StackedPlots, slot: str, states: StateFilter) -> None:
        super().__init__(plots)
        self._context = context
        self._plots = plots
        self._slot = slot
        self._states = states
        self._logs: AssetLogs | None = None
        self._target: tuple[int, int] = (0, 0)
        self._edit = ""
        self.menu = QMenu(plots)
        strip = plots.regimes
        strip.regime_chosen.connect(self._on_chosen)
        states.edited.connect(self.dim)
        strip.menu_asked.connect(self.open_menu)
        strip.boundary_moved.connect(self._on_boundary)
        context.content_changed.connect(self._on_changed)

    def read(self, logs: AssetLogs | None) -> None:
        """Find the states of a pump; nothing without one."""
        self._logs = logs
        if logs is None:
            self._plots.regimes.set_marks(())
            self._plots.rows.set_dimmed(())
            return
        request = RegimesRequest(project=self._context.project_text, asset=logs.asset)
        self._context.read(log_regimes, request, self._on_regimes, slot=f"regimes:{self._slot}")

    def open_menu(self, mark: object, at: QPoint) -> None:
        """Offer the states for a marked span, else for the stretch."""
        if isinstance(mark, RegimeMark):
            self.fill_menu(mark)
            self.menu.popup(at)

    def fill_menu(self, mark: RegimeMark) -> None:
        """What the menu offers for a stretch."""
        self._target = self._plots.view.span_ns or (mark.start_ns, mark.end_ns)
        self._edit = mark.edit
        self.menu.clear()
        for name in REGIME_NAMES:
            if name == UNTOLD:
                continue  # what a person says is a state
            self._add(regime_words(name), name, is_checked=name == mark.kind)
        self.menu.addSeparator()
        if mark.edit or self._plots.view.span_ns:  # elsewhere there is no edit to take out
            self._add(self.tr("As found"), "", is_checked=False)
        if mark.edit:
            self._add(self.tr("Take the edit back"), None, is_checked=False)

    def _add(self, words: str, name: str | None, *, is_checked: bool) -> None:
        action = self.menu.addAction(words)
        action.setData(name)
        action.setCheckable(is_checked)
        action.setChecked(is_checked)
        action.triggered.connect(self._on_picked)

    def _on_picked(self) -> None:
        action = self.sender()
        if not isinstance(action, QAction) or self._logs is None:
            return
        name = action.data()
        if name is None:
            request = UnsetRegimeRequest(edit=self._edit, project=self._context.project_text, asset=self._logs.asset)
            self._start(
                JobCall(title=self.tr("Take edit back"), function=unset_regime, request=request, slot=REGIMES, lane="thread")
            )
            return
        self._set(str(name), *self._target)
        self._plots.view.set_span(None)

    def _on_boundary(self, left: object, right: object, at_ns: object) -> None:
        """Of two neighbours the one that grows is set over what it takes from the other."""
        if isinstance(left, RegimeMark) and isinstance(right, RegimeMark) and isinstance(at_ns, int):
            if at_ns < right.start_ns:
                self._set(right.kind, max(at_ns, left.start_ns), right.start_ns)
            elif at_ns > right.start_ns:
                self._set(left.kind, right.start_ns, min(at_ns, right.end_ns))

    def _set(self, name: str, start_ns: int, end_ns: int) -> None:
        if self._logs is None or end_ns <= start_ns:
            return
        request = SetRegimeRequest(
            project=self._context.project_text,
            asset=self._logs.asset,
            name=name,
            start=format_utc(start_ns),
            end=format_utc(end_ns),
        )
        self._start(JobCall(title=self.tr("Set regime"), function=set_regime, request=request, slot=REGIMES, lane="thread"))

    def _start(self, call: JobCall) -> None:
        self._context.start_job(call, on_result=self._on_done)

    def _on_done(self, result: object) -> None:
        assert isinstance(result, EditsResult)
        for asset, layer in result.layers.items():  # of the pump that was edited: another one may be open by now
            self._context.history.note(REGIMES, asset, layer)
        self._context.announce(REGIMES)

    def _on_changed(self, kind: str) -> None:
        if kind == REGIMES and self._logs is not None:
            self.read(self._logs)

    def _on_regimes(self, result: object) -> None:
        assert isinstance(result, RegimesResult)
        if self._logs is None:
            return
        own = [one for one in result.regimes if one.asset == self._logs.asset]
        self._plots.regimes.set_marks(marks_of_regimes(own, self._logs.gap_array))
        before = self._states.value()
        self._states.set_states([one.name for one in own])
        if self._states.value() != before:
            self._states.edited.emit()  # another pump was never in that state
        self.dim()

    def _on_chosen(self, mark: object) -> None:
        if isinstance(mark, RegimeMark):
            only = (mark.kind,)
            self._states.set_value(() if self._states.value() == only else only)
            self._states.edited.emit()

    def dim(self) -> None:
        """Dim what was in other states than the filter's."""
        names, marks = self._states.value(), self._plots.regimes.marks
        dimmed = tuple((mark.start_ns, mark.end_ns) for mark in marks if names and mark.kind not in names)
        self._plots.regimes.set_chosen(names)
        self._plots.rows.set_dimmed(dimmed)
