"""Reads what the channels did within the chosen event, when the person stays with it for a moment."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.services.evidence import ChannelEvidence, EvidenceRequest, EvidenceResult, event_evidence
from workbench.services.labels import Event
from workbench.ui.context import AppContext
from workbench.ui.format import number, quantity
from workbench.ui.widgets.plots.words import unit_words
from workbench.ui.widgets.state_filter import StateFilter

_WAIT_MS = 150
_MOST = 5


class EvidenceReader(QObject):
    """`found(rows)` with (channel, words) pairs, the channel that moved most first; none while nothing is known."""

    found = Signal(object)

    def __init__(self, context: AppContext, states: StateFilter, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._states = states
        states.edited.connect(self._on_states)
        self._event: Event | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._ask)

    def follow(self, event: Event | None) -> None:
        """This event is chosen now; the same interval is not read again."""
        if _key(event) == _key(self._event):
            return
        self._event = event
        self.found.emit(())
        if event is None:
            self._timer.stop()
        else:
            self._timer.start()

    def _on_states(self) -> None:
        if self._event is not None:
            self._timer.start()

    def stop(self) -> None:
        """The page is hidden."""
        self._timer.stop()
        self._event = None

    def _ask(self) -> None:
        event = self._event
        if event is not None and self._context.project is not None:
            request = EvidenceRequest(
                project=self._context.project_text,
                asset=event.asset,
                start=event.start_utc,
                end=event.end_utc,
                regimes=self._states.value(),
            )
            self._context.read(event_evidence, request, self._on_result, self._on_nothing, slot="label.evidence")

    def _on_result(self, result: object) -> None:
        assert isinstance(result, EvidenceResult)
        self.found.emit(tuple(evidence_words(one) for one in result.channels[:_MOST]))

    def _on_nothing(self, _error: object) -> None:
        self.found.emit(())  # a log that was removed meanwhile speaks for nothing


def evidence_words(one: ChannelEvidence) -> tuple[str, str]:
    """('VI-1', '2.00 → 4.10 mm/s, 4.2 σ')."""
    unit = unit_words(one.unit)
    before, within = quantity(one.before, unit), quantity(one.within, unit)
    # A line breaks before the deviation, never within it.
    sigma = f", {number(one.n_deviations, 1)}\u00a0σ" if one.n_deviations is not None else ""
    return one.channel, f"{before} → {within} {unit}".rstrip() + sigma


def _key(event: Event | None) -> tuple[str, str, str] | None:
    return (event.id, event.start_utc, event.end_utc) if event is not None else None
