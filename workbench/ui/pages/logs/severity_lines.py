"""Severity zones over the time plots: a pump's limits behind its velocity rows, and the form that changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from workbench.services.log_views import AssetLogs
from workbench.services.machine import MachineFacts, MachineRequest, MachineResult, machine
from workbench.ui.context import AppContext
from workbench.ui.format import number
from workbench.ui.pages.analysis.machine_panel import MACHINE_CHANGED, MachinePanel
from workbench.ui.widgets.plots.limit_lines import LimitLine

if TYPE_CHECKING:
    from workbench.ui.pages.logs.view import LogsView

FIELDS = ("has_zones", "category", "power_kw", "limits")
_DEFAULT_KW = 100.0
_WEIGHTS = {"B": "low", "C": "middle", "D": "high"}


class SeverityLines(QObject):
    """Keeps the limits behind the rows of a view as the project has them."""

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__(view)
        self._context = context
        self._view = view
        self._panel: MachinePanel | None = None
        self.facts = MachineFacts()
        view.opened.connect(self._read)
        context.content_changed.connect(self._on_content)

    def open_form(self) -> None:
        """Show the form at the right of the plots."""
        if self._view.logs is None:
            return
        if self._panel is None:
            self._panel = MachinePanel(self._context, FIELDS)
            self._view.put_beside(self._panel)
            self._panel.saved.connect(self._on_saved)
            self._panel.closed.connect(self.close_form)
        self._panel.show_facts(self._view.logs, self.facts)
        self._panel.show()
        self._panel.focus_first()

    def close_form(self) -> None:
        """Put it away; the keys go back to the plots."""
        if self._panel is not None and not self._panel.isHidden():
            self._panel.hide()
            self._view.focus_main()

    def _read(self, _logs: object) -> None:
        if self._view.logs is None or self._context.project is None:
            return
        request = MachineRequest(project=self._context.project_text, asset=self._view.logs.asset)
        self._context.read(machine, request, self._on_facts, slot=f"severity:{id(self)}")

    def _on_content(self, kind: str) -> None:
        if kind == MACHINE_CHANGED:
            self._read(None)

    def _on_facts(self, result: object) -> None:
        assert isinstance(result, MachineResult)
        logs = self._view.logs
        if logs is not None and logs.asset == result.asset:
            self.facts = result.facts
            self._view.plots.rows.set_limits(severity_lines(logs, result.facts))
            if self._panel is not None and not self._panel.isHidden() and self._panel.asset != logs.asset:
                self._panel.show_facts(logs, result.facts)  # the form is of the pump that is shown

    def _on_saved(self, result: object) -> None:
        self._on_facts(result)
        self._context.announce(MACHINE_CHANGED)


def _name(zone: str, value: float) -> str:
    words = QCoreApplication.translate("SeverityLines", "Zone {zone} {value}")
    return words.format(zone=zone, value=number(value, 1 if value >= 1 else 2))


def severity_lines(logs: AssetLogs, facts: MachineFacts) -> dict[str, tuple[LimitLine, ...]]:
    """Where zones B, C and D begin for each channel that is a velocity RMS; nothing where the person turned zones off."""
    from workbench.logs.analysis.severity import SeverityLimits, has_zones, limits_for, limits_in

    if not facts.has_zones:
        return {}
    if facts.limits_mm_per_s is not None:
        b, c, d = facts.limits_mm_per_s
        limits = SeverityLimits(b=b, c=c, d=d, source="own")
    else:
        limits = limits_for(facts.category, facts.power_kw or _DEFAULT_KW)
    found = {}
    for view in logs.channels:
        if view.group == "trend" and has_zones(view.unit, view.detected):
            zones = limits_in(limits, view.unit)
            found[view.name] = tuple(
                LimitLine(value=value, name=_name(zone, value), weight=_WEIGHTS[zone]) for zone, value in zones
            )
    return found
