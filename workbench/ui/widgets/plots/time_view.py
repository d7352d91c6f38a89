"""The stretch of time that all plots share: range, cursor and marked span, with zoom and pan. Instants are ns since 1970 UTC."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

MIN_SPAN_NS = 1_000_000
_ZOOM_STEP = 0.8
_PAN_STEP = 0.1


class TimeView(QObject):
    """`range_changed()`, `cursor_changed()` and `span_changed()`; everything reads the new values from here."""

    range_changed = Signal()
    cursor_changed = Signal()
    span_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.full_ns = (0, 1)
        self.start_ns = 0
        self.end_ns = 1
        self.cursor_ns: int | None = None
        self.delta_ns: int | None = None
        """The second cursor, from which differences are counted; None while there is none."""
        self.span_ns: tuple[int, int] | None = None
        self.least_ns = MIN_SPAN_NS
        """The shortest range: a few samples."""

    @property
    def length_ns(self) -> int:
        """How long the range is."""
        return self.end_ns - self.start_ns

    @property
    def is_whole(self) -> bool:
        """Whether everything is shown."""
        return (self.start_ns, self.end_ns) == self.full_ns

    def set_full(self, first_ns: int, last_ns: int, step_ns: int = 0) -> None:
        """What there is at most, with the step between samples (the closest zoom shows a few of them). Shows all of it."""
        self.full_ns = (first_ns, max(last_ns, first_ns + MIN_SPAN_NS))
        self.least_ns = max(MIN_SPAN_NS, min(4 * step_ns, self.full_ns[1] - self.full_ns[0]))
        self.span_ns = self.delta_ns = None
        self.start_ns, self.end_ns = self.full_ns
        self.cursor_ns = self.full_ns[1]
        self.range_changed.emit()

    def show_range(self, start_ns: int, end_ns: int) -> None:
        """Show a range, moved and widened as far as needed to lie in what there is."""
        first, last = self.full_ns
        length = max(self.least_ns, min(int(end_ns - start_ns), last - first))
        middle = (int(start_ns) + int(end_ns)) // 2
        start = int(start_ns) if end_ns - start_ns == length else middle - length // 2
        start = max(first, min(start, last - length))
        if (start, start + length) != (self.start_ns, self.end_ns):
            self.start_ns, self.end_ns = start, start + length
            self.range_changed.emit()

    def show_all(self) -> None:
        """Everything."""
        self.show_range(*self.full_ns)

    def zoom(self, steps: float, about_ns: int | None = None) -> None:
        """Closer by a fifth a step (farther with negative steps) about an instant, which keeps its place."""
        factor = _ZOOM_STEP**steps
        centre = (self.start_ns + self.end_ns) // 2 if about_ns is None else about_ns
        length = max(self.least_ns, round(self.length_ns * factor))
        start = centre - round((centre - self.start_ns) * length / self.length_ns)
        self.show_range(start, start + length)

    def pan(self, steps: float) -> None:
        """Later by a tenth of the range a step."""
        self.move_by(round(self.length_ns * _PAN_STEP * steps))

    def move_by(self, shift_ns: int) -> None:
        """Move the range without changing its length."""
        self.show_range(self.start_ns + shift_ns, self.end_ns + shift_ns)

    def set_cursor(self, at_ns: int | None) -> None:
        """Put the cursor at an instant."""
        if at_ns != self.cursor_ns:
            self.cursor_ns = at_ns
            self.cursor_changed.emit()

    def set_delta(self, at_ns: int | None) -> None:
        """Put the second cursor at an instant, or take it away."""
        if at_ns != self.delta_ns:
            self.delta_ns = at_ns
            self.cursor_changed.emit()

    def set_span(self, span_ns: tuple[int, int] | None) -> None:
        """Mark a stretch, or none."""
        if span_ns != self.span_ns:
            self.span_ns = span_ns
            self.span_changed.emit()
