"""What the modes that draw one spectrum share: its plot, the lines beside it, the combs over it, and which burst it is of."""

from __future__ import annotations

from workbench.ui.context import AppContext
from workbench.ui.pages.analysis.base import AnalysisMode
from workbench.ui.pages.analysis.burst_stepper import BurstStepper
from workbench.ui.pages.analysis.lines_panel import LinesPanel
from workbench.ui.pages.logs.view import LogsView
from workbench.ui.widgets.analysis.spectrum_plot import SpectrumPlot


class LineMode(AnalysisMode):
    """Subclasses make `plot` and `side`, call `wire_lines` once all is laid out, and `show_spacing_of` with each picture."""

    plot: SpectrumPlot
    side: LinesPanel

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__(context, view)
        self.at_ns: int | None = None
        self.stepper = BurstStepper(context.theme)
        self._usual_spacing = self._typed_spacing = 0.0

    @property
    def asked_ns(self) -> int:
        """The instant whose burst is meant: the stepper's, else the shared cursor's, else the end of the stretch."""
        cursor_ns = self.at_ns if self.at_ns is not None else self.view.plots.view.cursor_ns
        return cursor_ns if cursor_ns is not None else self.range_ns[1]

    def wire_lines(self) -> None:
        """Connect what all of them have."""
        self.main = self.plot
        self.stepper.chosen.connect(self._on_burst)
        self.side.combs.toggled.connect(self._on_comb)
        self.side.line_chosen.connect(self._on_line)
        self.side.spacing_changed.connect(self._on_spacing)
        self.plot.cursor_moved.connect(self.show_cursor)
        self.view.plots.view.cursor_changed.connect(self._on_cursor_of_time)

    def show_spacing_of(self, shaft_hz: float) -> None:
        """Space the combs by the shaft's speed (0: not known) where the person typed nothing."""
        self._usual_spacing = shaft_hz
        self._on_spacing(self._typed_spacing)

    def show_cursor(self, _x: float = 0.0) -> None:
        """Say what the cursor is on."""
        raise TypeError(f"{type(self).__name__} does not say what its cursor is on")

    def _on_burst(self, at_ns: object) -> None:
        assert isinstance(at_ns, int)
        self.at_ns = at_ns
        self.view.plots.view.set_cursor(at_ns)
        self.again()

    def _on_cursor_of_time(self) -> None:
        """The shared cursor went elsewhere in another mode: the burst there is meant."""
        self.at_ns = None

    def _on_line(self, x: float) -> None:
        if not self.plot.x_range[0] <= x <= self.plot.x_range[1]:
            self.plot.show_x(*self.plot.full_x)
        self.plot.move_cursor(x)

    def _on_spacing(self, typed_hz: float) -> None:
        self._typed_spacing = typed_hz
        self.plot.spacing = typed_hz or self._usual_spacing
        self.side.show_spacing(self._usual_spacing)
        self.plot.update()

    def _on_comb(self, name: str, is_on: bool) -> None:
        if name == "harmonics":
            self.plot.has_harmonics = is_on
        else:
            self.plot.has_sidebands = is_on
        self.plot.update()
