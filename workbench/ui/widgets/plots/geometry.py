"""Where things are: the columns that all strips share, and instants to pixels and back."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.ui.widgets.plots.time_view import TimeView

GUTTER_PX = 170
RIGHT_PX = 22
EDGE_PX = 16
TICK_GAP_PX = 6


@dataclass(frozen=True, slots=True)
class Columns:
    """The plots' horizontal extent in a strip of a given width, for the view's range."""

    view: TimeView
    width_px: int

    @property
    def left(self) -> float:
        """First pixel of the plots."""
        return float(GUTTER_PX)

    @property
    def right(self) -> float:
        """Last pixel of the plots."""
        return float(max(GUTTER_PX + 40, self.width_px - RIGHT_PX))

    @property
    def width(self) -> float:
        """Pixels of the plots."""
        return self.right - self.left

    def x_px(self, at_ns: int) -> float:
        """Pixel of an instant of the view's range."""
        return self.left + (at_ns - self.view.start_ns) / self.view.length_ns * self.width

    def at_ns(self, x_px: float) -> int:
        """Instant under a pixel, within the range."""
        share = min(1.0, max(0.0, (x_px - self.left) / self.width))
        return self.view.start_ns + round(share * self.view.length_ns)

    def whole_x_px(self, at_ns: int) -> float:
        """Pixel of an instant where everything there is fills the strip."""
        first, last = self.view.full_ns
        return self.left + (at_ns - first) / (last - first) * self.width

    def whole_at_ns(self, x_px: float) -> int:
        """Instant under a pixel where everything there is fills the strip."""
        first, last = self.view.full_ns
        return first + round(min(1.0, max(0.0, (x_px - self.left) / self.width)) * (last - first))
