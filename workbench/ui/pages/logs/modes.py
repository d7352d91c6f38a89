"""The ways to look at one pump's logs: over time, and whatever else `MODES` lists (spectra, one channel against another …).

A mode is a widget that takes the place of the stacked plots. It is imported and built when it is first chosen, so that the page
opens as fast with twenty modes as with one. All modes share the logs, the chosen channels and the stretch of time of the view.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget

from workbench.services.log_views import AssetLogs
from workbench.ui.actions import Action
from workbench.ui.context import AppContext
from workbench.ui.pages.logs.mode_switch import ModeSwitch
from workbench.ui.pages.logs.view import LogsView
from workbench.ui.styled_roots import DIVIDED
from workbench.ui.widgets.tab_order import KeysInside, order_tabs

TIME = "time"
_MAPS = ("spectrogram", "orders")


class LogsMode(KeysInside):
    """Base of the modes. `show_logs` comes when the mode is chosen and when pump, channels or stretch change while it is."""

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__()
        self.context = context
        self.theme = context.theme
        self.view = view
        """Where pump, channels, range and marked span are; `view.plots.view` is the shared time view."""

    def show_logs(self, logs: AssetLogs, channels: tuple[str, ...], range_ns: tuple[int, int]) -> None:
        """Draw these channels of a pump over this stretch, ns."""
        raise TypeError(f"{type(self).__name__} does not say how it shows logs")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeEntry:
    """One way to look; `target` is 'module:Class', a `LogsMode`."""

    id: str
    target: str
    keys: str = ""


MODES: tuple[ModeEntry, ...] = (
    ModeEntry(id="xy", target="workbench.ui.pages.logs.xy:XYMode", keys="X"),
    ModeEntry(id="spectrum", target="workbench.ui.pages.analysis.spectrum:SpectrumMode", keys="Alt+2"),
    ModeEntry(id="spectrogram", target="workbench.ui.pages.analysis.maps:SpectrogramMode", keys="Alt+3"),
    ModeEntry(id="orders", target="workbench.ui.pages.analysis.maps:OrdersMode", keys="Alt+4"),
    ModeEntry(id="envelope", target="workbench.ui.pages.analysis.envelope:EnvelopeMode", keys="Alt+5"),
    ModeEntry(id="pump", target="workbench.ui.pages.analysis.pump:PumpMode", keys="Alt+6"),
)
"""In the order of the switch; the stacked plots over time come before all."""


def mode_title(mode_id: str) -> str:
    """What the switch, the menu and the palette call a mode."""
    tr = QCoreApplication.translate
    titles = {
        TIME: tr("Modes", "Time"), "xy": tr("Modes", "XY"),
        "spectrum": tr("Modes", "Spectrum"), "spectrogram": tr("Modes", "Spectrogram"),
        "orders": tr("Modes", "Orders"), "envelope": tr("Modes", "Envelope"), "pump": tr("Modes", "Pump curve"),
    }  # fmt: skip
    return titles[mode_id]


class ModeStack(QObject):
    """The switch in the bar, and the modes in the place of the plots. `chosen(id)` after another was picked."""

    chosen = Signal(str)

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__(view)
        self._context = context
        self._view = view
        self._modes: dict[str, LogsMode] = {}
        self.current = TIME
        names = (TIME, *(entry.id for entry in MODES))
        self.switch = ModeSwitch(context.theme, [(name, mode_title(name)) for name in names], TIME)
        self.stack = QStackedWidget()
        self.stack.setProperty(DIVIDED, True)
        view.put_in_place_of_plots(self.stack)
        self.switch.chosen.connect(self.choose)
        view.opened.connect(self._on_changed)
        view.shown_changed.connect(self.refresh)
        view.channels_shown.connect(self.refresh)
        view.states.edited.connect(self.refresh)
        context.content_changed.connect(self._on_changed)

    def choose(self, mode_id: str) -> None:
        """Show a mode; it is made now if it was never shown."""
        focused = QApplication.focusWidget()
        had_keys = focused is not None and self.stack.isAncestorOf(focused)
        self.current = mode_id
        self.switch.set_current(mode_id)
        self._view.layers.setVisible(mode_id == TIME)  # events and findings lie over time
        shown = self._view.plots if mode_id == TIME else self.mode(mode_id)
        self._view.main = shown
        self.stack.setCurrentWidget(shown)
        if had_keys:  # else Qt hands them to the first field, where a letter meant for the plots picks a channel
            shown.focus_main()
        self.refresh()
        self.chosen.emit(mode_id)

    def choose_known(self, mode_id: str) -> None:
        """Show a mode that a layout names; time where there is none of that name (any more)."""
        self.choose(mode_id if mode_id in {entry.id for entry in MODES} else TIME)

    def mode(self, mode_id: str) -> LogsMode:
        """The widget of a mode."""
        if mode_id not in self._modes:
            entry = next(entry for entry in MODES if entry.id == mode_id)
            module, _, name = entry.target.partition(":")
            made = getattr(importlib.import_module(module), name)(self._context, self._view)
            assert isinstance(made, LogsMode)
            self._modes[mode_id] = made
            self.stack.addWidget(made)
            self._context.theme.dress(made)
            order_tabs(self._view)
        return self._modes[mode_id]

    def refresh(self) -> None:
        """Let the mode that is shown draw what there is now."""
        if self.current != TIME and self._view.logs is not None:
            self.mode(self.current).show_logs(self._view.logs, self._view.channels(), self._view.range_ns)

    def toggle_kurtogram(self) -> None:
        """The picture that the envelope's band is chosen in, or none."""
        self._toggle_in_envelope("kurtogram")

    def toggle_trend(self) -> None:
        """A bearing's defect lines over all bursts, or none."""
        self._toggle_in_envelope("trend")

    def toggle_waterfall(self) -> None:
        """Spectra one in front of the other instead of a map, or the map again."""
        from workbench.ui.pages.analysis.maps import MapMode

        if self.current not in _MAPS:
            self.choose(_MAPS[0])
        mode = self.mode(self.current)
        assert isinstance(mode, MapMode)
        mode.toggle_waterfall()

    def _toggle_in_envelope(self, name: str) -> None:
        from workbench.ui.pages.analysis.envelope import EnvelopeMode

        self.choose("envelope")
        mode = self.mode("envelope")
        assert isinstance(mode, EnvelopeMode)
        mode.toggle(name)

    def actions(self) -> tuple[Action, ...]:
        """One a mode, for menu, keys and palette."""
        if not MODES:
            return ()
        return tuple(
            ModeAction(self, entry.id, entry.keys).action() for entry in (ModeEntry(id=TIME, target="", keys="Alt+1"), *MODES)
        )

    def _on_changed(self, _what: object) -> None:
        self.refresh()


class ModeAction(QObject):
    """A bound method for each mode, as signals want them."""

    def __init__(self, stack: ModeStack, mode_id: str, keys: str) -> None:
        super().__init__(stack)
        self._stack = stack
        self._mode_id = mode_id
        self._keys = keys

    def action(self) -> Action:
        """The mode as data."""
        title = QCoreApplication.translate("Modes", "Look at: {mode}").format(mode=mode_title(self._mode_id))
        keys = (self._keys,) if self._keys else ()
        return Action(
            id=f"logs.mode.{self._mode_id}", title=title, icon="logs", callback=self.choose, page="logs", menu="Log", keys=keys
        )

    def choose(self) -> None:
        """Show it."""
        self._stack.choose(self._mode_id)
