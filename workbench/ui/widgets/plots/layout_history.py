"""The layout of each pump that was looked at, with undo and redo: moving rows is tried out, not planned."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workbench.logs.plot_layout import PlotLayout

_MOST_STEPS = 100


class LayoutHistory(QObject):
    """`changed(PlotLayout)` after a change, undo or redo of the pump that is open, `stepped(str asset)` after a change."""

    changed = Signal(object)
    stepped = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.asset = ""
        self._now: dict[str, PlotLayout] = {}
        self._before: dict[str, list[PlotLayout]] = {}
        self._after: dict[str, list[PlotLayout]] = {}

    def current(self, asset: str = "") -> PlotLayout:
        """The layout of a pump (of the open one); empty while nothing was chosen."""
        return self._now.get(asset or self.asset, PlotLayout())

    def offer(self, asset: str, layout: PlotLayout) -> None:
        """The layout a pump starts with, unless one was chosen in this window already."""
        self._now.setdefault(asset, layout)

    def change(self, layout: PlotLayout, *, before: PlotLayout | None = None) -> None:
        """Show another layout; `before` is what undo goes back to where nothing was chosen so far."""
        former = self.current()
        if layout == former:
            return
        steps = self._before.setdefault(self.asset, [])
        steps.append(former if former.rows or before is None else before)
        del steps[:-_MOST_STEPS]
        self._after[self.asset] = []
        self._set(layout)
        self.stepped.emit(self.asset)

    def undo(self, asset: str = "") -> bool:
        """Back to the layout before; False where there is none, or another pump is open."""
        return asset in ("", self.asset) and self._step(self._before, self._after)

    def redo(self, asset: str = "") -> bool:
        """Forward again."""
        return asset in ("", self.asset) and self._step(self._after, self._before)

    def can_undo(self) -> bool:
        """Whether there is a layout before."""
        return bool(self._before.get(self.asset))

    def can_redo(self) -> bool:
        """Whether an undone layout can come back."""
        return bool(self._after.get(self.asset))

    def _step(self, source: dict[str, list[PlotLayout]], target: dict[str, list[PlotLayout]]) -> bool:
        if not source.get(self.asset):
            return False
        target.setdefault(self.asset, []).append(self.current())
        self._set(source[self.asset].pop())
        return True

    def _set(self, layout: PlotLayout) -> None:
        self._now[self.asset] = layout
        self.changed.emit(layout)
