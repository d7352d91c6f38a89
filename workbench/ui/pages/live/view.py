"""A capture while it runs: how it stands in one line, the curves, and what was lost with its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.services.capture_live import LiveUpdate
from workbench.ui.context import AppContext
from workbench.ui.format import count, duration, number, size
from workbench.ui.states import State
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.plots.live import LivePlots
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.states import StateBadge
from workbench.ui.widgets.text import StateSymbol, Text, hairline, plain_tip

if TYPE_CHECKING:
    from workbench.logs.live.curves import LiveCurves

BAR_PX = 40
FOOT_PX = 32
_STATES = {
    "guessing": State.NOT_CHECKED, "recording": State.GOOD, "silent": State.OUT_OF_SPECIFICATION,
    "waiting": State.MAINTENANCE_REQUIRED, "ending": State.NOT_CHECKED,
}  # fmt: skip


class LiveView(QWidget):
    """`begin`, then `show_update` about ten times a second; drawing is skipped while nobody sees it."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._curves: LiveCurves | None = None
        self._silent_s = 0.0
        self.plots = LivePlots(context.theme)
        self.spans = Segmented(
            [("10", self.tr("10 s")), ("60", self.tr("1 min")), ("600", self.tr("10 min")), ("3600", self.tr("1 h"))], "60"
        )
        self.badge = StateBadge(context.theme, State.NOT_CHECKED, self.tr("Listening"))
        self.facts = Text("", "small", "text2")
        self._lost_symbol = StateSymbol(context.theme, State.OUT_OF_SPECIFICATION, 14)
        self.lost = Text("", "small", "text2")
        self.lost.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.safe = Text("", "small", "text2")
        self._lay_out()
        self.spans.chosen.connect(self._on_span)
        context.settings_changed.connect(self._on_settings)
        self._on_settings(None)

    def begin(self) -> None:
        """A capture starts."""
        from workbench.logs.live.curves import LiveCurves

        self._curves = LiveCurves()
        self.badge.set_state(State.NOT_CHECKED, self.tr("Listening"))
        self.facts.setText("")
        self._show_lost({}, {})
        self.safe.setText("")
        self.plots.set_span(int(self.spans.current()))
        self.plots.follow(self._curves, 0.0)

    def show_update(self, update: LiveUpdate) -> None:
        """New rows, and where the capture stands."""
        if self._curves is None:
            return
        for channels, times_ns, values in update.pieces:
            self._curves.append(channels, times_ns, values)
        self._silent_s = update.silent_s if update.state in ("silent", "waiting") else 0.0
        if not self.isVisible():
            return
        self.badge.set_state(_STATES[update.state], self._state_words(update))
        parts = [count(update.rows, self.tr("row"), self.tr("rows")), self.tr("{r} a second").format(r=_rate(update))]
        parts += [size(update.bytes), duration(update.seconds)]
        self.facts.setText("   ·   ".join(parts))
        self._show_lost(update.problems, update.missing)
        self.safe.setText(
            self.tr("{rows} safe on the disk").format(rows=count(update.safe_rows, self.tr("row"), self.tr("rows")))
        )
        self.plots.follow(self._curves, self._silent_s)

    def show_ending(self) -> None:
        """Stop was pressed."""
        self.badge.set_state(State.NOT_CHECKED, self.tr("Making the recording"))

    def _state_words(self, update: LiveUpdate) -> str:
        words = {
            "guessing": self.tr("Finding out how it speaks"), "recording": self.tr("Recording"),
            "silent": self.tr("Silent for {t}").format(t=duration(update.silent_s)),
            "waiting": self.tr("Waiting for the cable"), "ending": self.tr("Making the recording"),
        }  # fmt: skip
        return words[update.state]

    def _show_lost(self, problems: dict[str, int], missing: dict[str, int]) -> None:
        parts = []
        if problems:
            parts.append(self.tr("{n} lost: {reasons}").format(n=number(sum(problems.values())), reasons=_told(problems)))
        if missing:
            n_missing = count(sum(missing.values()), self.tr("value"), self.tr("values"))
            parts.append(self.tr("{n} missing: {reasons}").format(n=n_missing, reasons=_told(missing)))
        self._lost_symbol.setVisible(bool(parts))
        self.lost.setText("   ·   ".join(parts) or self.tr("None lost"))
        self.lost.setToolTip(plain_tip(self.lost.text()))

    def _lay_out(self) -> None:
        bar = QWidget()
        bar.setFixedHeight(BAR_PX)
        row = horizontal(bar, margins_px=(16, 0, 22, 0), gap_px=12)
        row.addWidget(self.spans)
        row.addWidget(self.badge)
        row.addStretch(1)
        row.addWidget(self.facts)
        foot = QWidget()
        foot.setFixedHeight(FOOT_PX)
        below = horizontal(foot, margins_px=(16, 0, 22, 0), gap_px=6)
        below.addWidget(self._lost_symbol)
        below.addWidget(self.lost, 1)
        below.addWidget(self.safe)
        column = vertical(self)
        column.addWidget(bar)
        column.addWidget(hairline())
        column.addWidget(self.plots, 1)
        column.addWidget(hairline())
        column.addWidget(foot)

    def _on_span(self, name: str) -> None:
        self.plots.set_span(int(name))

    def _on_settings(self, _settings: object) -> None:
        self.plots.set_zone(self._context.settings.zone)


def _rate(update: LiveUpdate) -> str:
    rate = update.rate_rows_per_s
    return number(rate, 0 if rate >= 10 else 1)


def _told(counts: dict[str, int]) -> str:
    if len(counts) == 1:
        return next(iter(counts))  # its number was said
    return ", ".join(f"{reason} ({number(n)})" for reason, n in sorted(counts.items(), key=_most_first))


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
