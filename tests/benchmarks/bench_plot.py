"""100 million points, 200 random pans and zooms at 1920×1080: the envelope and its drawing, offscreen, and the pyramid's build.

The peer of a frame is the same frame with its two points a pixel known before: what the drawing alone costs. The peer of the
envelope is numpy's minimum and maximum over the visible slice, as a plot without a pyramid has to do it.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.bench_reopen import facts_of
from tests.benchmarks.table import Row, interleaved, skipped
from workbench.logs.recordings.pyramid import Envelope, level_sizes, reduce_pairs, reduce_samples
from workbench.logs.recordings.recording import Recording, open_recording, write_recording

NAME = "plot"
_FULL_SAMPLES = 100_000_000
_WIDTH, _HEIGHT = 1920, 1080
_VIEWS = 200
_STACKED = 8
_NAMES = tuple(f"PI-{number}" for number in range(1, _STACKED + 1))
_PEN_PX = 1.2
_CURSORS = 100
_WINDOW_GOAL_MS = 16.0
_PEER_SAMPLES, _PEER_VIEWS = 5_000_000, 40
_START_NS = 1_767_225_600_000_000_000
_STEP_NS = 1_000_000
_FRAME_GOAL, _STACK_GOAL, _BUILD_GOAL_S, _MEMORY_GOAL = 1.3, 2.0, 1.0, 0.17

View = tuple[int, int]
Samples = NDArray[np.float32]


def run(size: float) -> list[Row]:
    """`size` is the share of 100 million samples."""
    n_samples = max(20_000, round(_FULL_SAMPLES * size))
    rng = np.random.default_rng(11)
    values = np.cumsum(rng.standard_normal(n_samples, np.float32), dtype=np.float32)
    n_views = max(10, round(_VIEWS * min(size * 4, 1.0)))
    views = [_random_view(rng, n_samples) for _ in range(n_views)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        times_ns = _START_NS + np.arange(n_samples, dtype=np.int64) * _STEP_NS
        write_recording(folder, facts_of(_NAMES, n_samples), times_ns, dict.fromkeys(_NAMES, values))
        del times_ns
        recording = open_recording(folder)
        rows = [_build_row(values, size), _exact_row(recording, values, views), _query_row(recording, values, views)]
        frames = [*_frame_rows(recording, views), *window_rows(recording, views)]
        return [*rows, *frames, _pyqtgraph_row(recording, values, views)]


def _random_view(rng: np.random.Generator, n_samples: int) -> View:
    """Zooms are spread evenly over the orders of magnitude."""
    width = int(10 ** rng.uniform(3, np.log10(n_samples)))
    first = int(rng.integers(0, n_samples - width + 1))
    return first, first + width


def _envelope(recording: Recording, view: View) -> Envelope:
    return _envelopes(recording, view, 1)[0]


def _envelopes(recording: Recording, view: View, n_channels: int) -> list[Envelope]:
    return recording.envelopes(_NAMES[:n_channels], *_range_of(view), _WIDTH)


def _range_of(view: View) -> tuple[int, int]:
    return _START_NS + view[0] * _STEP_NS, _START_NS + (view[1] - 1) * _STEP_NS


def _build_row(values: Samples, size: float) -> Row:
    def ours() -> None:
        level = reduce_samples(values, 32)
        while len(level) > 64:
            level = reduce_pairs(level)

    def peer() -> None:
        values.min()
        values.max()

    ours_s, peer_s = interleaved(ours, peer, 5)
    share = 2 * sum(level_sizes(len(values))) / len(values)
    return Row(
        name=f"plot: pyramid of {len(values) / 1e6:.0f} M", ours=f"{ours_s:.3f} s, {100 * share:.1f} % of the data",
        peer=f"one minimum and maximum over all {peer_s:.3f} s", ratio=ours_s / peer_s, goal="≤ 1 s, ≤ 17 %",
        held=ours_s <= _BUILD_GOAL_S and share <= _MEMORY_GOAL if size >= 1 else None,
    )  # fmt: skip


def _exact_row(recording: Recording, values: Samples, views: list[View]) -> Row:
    """Every column of every view against brute force."""
    n_wrong = n_columns = 0
    for view in views:
        drawn = _envelope(recording, view)
        rows = (drawn.times_ns - _START_NS) // _STEP_NS
        visible = values[view[0] : view[1]]
        n_columns += len(rows)
        n_wrong += int(np.count_nonzero(drawn.minimum != np.minimum.reduceat(visible, rows - view[0])))
        n_wrong += int(np.count_nonzero(drawn.maximum != np.maximum.reduceat(visible, rows - view[0])))
    return Row(
        name="plot: exact to the last sample", ours=f"{n_wrong} of {n_columns} columns differ", peer="brute force", ratio=None,
        goal="0", held=n_wrong == 0,
    )  # fmt: skip


def _query_row(recording: Recording, values: Samples, views: list[View]) -> Row:
    def brute(view: View) -> None:
        edges = np.linspace(view[0], view[1], _WIDTH, endpoint=False).astype(np.int64)
        np.minimum.reduceat(values, edges)
        np.maximum.reduceat(values, edges)

    ours_ms, peer_ms = _by_turns(lambda view: _envelope(recording, view), brute, views)
    return Row(
        name=f"plot: envelope, {len(views)} views", ours=f"p95 {_p95(ours_ms):.2f} ms, median {statistics.median(ours_ms):.2f}",
        peer=f"numpy on the slice p95 {_p95(peer_ms):.1f} ms", ratio=_p95(ours_ms) / _p95(peer_ms), goal="", held=None,
    )  # fmt: skip


def _frame_rows(recording: Recording, views: list[View]) -> list[Row]:
    """Frames drawn into a picture by the code that the window's plots use."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        return [skipped("plot: frame", f"Qt can't be loaded: {error}")]
    application = QApplication.instance() or QApplication([])
    one, eight = _Canvas(1), _Canvas(_STACKED)
    known = {view: _envelope(recording, view) for view in views}
    one_ms, constant_ms = _by_turns(
        lambda view: one.draw([_envelope(recording, view)]), lambda view: one.draw([known[view]]), views
    )
    eight_ms, again_ms = _by_turns(
        lambda view: eight.draw(_envelopes(recording, view, _STACKED)),
        lambda view: one.draw([_envelope(recording, view)]),
        views[: max(10, len(views) // 2)],
    )
    del application
    frame, stack = _p95(one_ms) / _p95(constant_ms), _p95(eight_ms) / _p95(again_ms)
    return [
        Row(
            name="plot: one curve, a frame", ours=f"p95 {_p95(one_ms):.1f} ms",
            peer=f"the same points, known before {_p95(constant_ms):.1f}", ratio=frame, goal=f"≤ {_FRAME_GOAL}",
            held=frame <= _FRAME_GOAL,
        ),
        Row(
            name=f"plot: {_STACKED} stacked, a frame", ours=f"p95 {_p95(eight_ms):.1f} ms",
            peer=f"one curve {_p95(again_ms):.1f}", ratio=stack, goal=f"≤ {_STACK_GOAL}", held=stack <= _STACK_GOAL,
        ),
    ]  # fmt: skip


def window_rows(recording: Recording, views: list[View]) -> list[Row]:
    """The window's stacked plots at 1920×1080 with all their words: frames of pans and zooms, and moves of the cursor."""
    from PySide6.QtWidgets import QApplication

    from workbench.services.log_views import AssetLogs, RecordingInfo
    from workbench.ui.theme import ThemeSource
    from workbench.ui.widgets.plots.stack import StackedPlots

    application = QApplication.instance() or QApplication([])
    last_ns = _START_NS + (recording.rows - 1) * _STEP_NS
    info = RecordingInfo(id="1", name="log", first_ns=_START_NS, last_ns=last_ns, rows=recording.rows)
    logs = AssetLogs("P-1", [(info, recording)], (), ())
    theme = ThemeSource(Path("resources"))
    shown = {}
    for n_rows in (1, _STACKED):
        shown[n_rows] = plots = StackedPlots(theme)
        plots.resize(_WIDTH, _HEIGHT)
        plots.show_logs(logs)
        plots.show_channels(_NAMES[:n_rows])
        plots.show()

    def frame(n_rows: int, view: View) -> None:
        shown[n_rows].view.show_range(*_range_of(view))
        application.processEvents()

    def cursor(step: int) -> None:
        plots = shown[_STACKED]
        plots.view.set_cursor(plots.view.start_ns + round(step / _CURSORS * plots.view.length_ns))
        application.processEvents()

    stack_ms, one_ms = _by_turns(lambda view: frame(_STACKED, view), lambda view: frame(1, view), views)
    stack, one = _p95(stack_ms), _p95(one_ms)
    moves_ms = [_milliseconds(lambda _view, n=number: cursor(n), views[0]) for number in range(_CURSORS)]
    for plots in shown.values():
        plots.hide()
        plots.deleteLater()
    return [
        Row(
            name="plot: window of one row, a frame", ours=f"p95 {one:.1f} ms, median {statistics.median(one_ms):.1f}", peer="",
            ratio=None, goal=f"≤ {_WINDOW_GOAL_MS:.0f} ms", held=one <= _WINDOW_GOAL_MS,
        ),
        Row(
            name=f"plot: window of {_STACKED}, a frame", ours=f"p95 {stack:.1f} ms, median {statistics.median(stack_ms):.1f}",
            peer=f"one row {one:.1f}", ratio=stack / one, goal=f"≤ {_STACK_GOAL}", held=stack <= _STACK_GOAL * one,
        ),
        Row(
            name=f"plot: window of {_STACKED}, a cursor move", ours=f"p95 {_p95(moves_ms):.1f} ms", peer="", ratio=None,
            goal=f"≤ {_WINDOW_GOAL_MS:.0f} ms", held=_p95(moves_ms) <= _WINDOW_GOAL_MS,
        ),
    ]  # fmt: skip


def _pyqtgraph_row(recording: Recording, values: Samples, views: list[View]) -> Row:
    """The same views by pyqtgraph at its fastest: automatic peak downsampling, clipped to the view."""
    name = "plot: one curve, against pyqtgraph"
    try:
        import pyqtgraph
    except ImportError as error:
        return skipped(name, str(error))
    shown = min(len(values), _PEER_SAMPLES)
    views = [view for view in views if view[1] <= shown][:_PEER_VIEWS] or [(0, shown)]
    widget = pyqtgraph.PlotWidget()
    widget.resize(_WIDTH, _HEIGHT)
    item = pyqtgraph.PlotDataItem(pen=pyqtgraph.mkPen((30, 90, 200), width=1))
    widget.addItem(item)
    item.setDownsampling(auto=True, method="peak")
    item.setClipToView(True)
    item.setData(np.arange(shown, dtype=np.float64), values[:shown])
    canvas = _Canvas(1)

    def peer(view: View) -> None:
        widget.setXRange(*view, padding=0)
        widget.grab()

    ours_ms, peer_ms = _by_turns(lambda view: canvas.draw([_envelope(recording, view)]), peer, views)
    widget.close()
    ratio = _p95(ours_ms) / _p95(peer_ms)
    return Row(
        name=name, ours=f"p95 {_p95(ours_ms):.1f} ms of {len(values) / 1e6:.1f} M",
        peer=f"peak and clip p95 {_p95(peer_ms):.1f} ms of {shown / 1e6:.1f} M", ratio=ratio, goal="", held=None,
    )  # fmt: skip


class _Canvas:
    """A picture of 1920×1080 with `n_plots` plots one above the other."""

    def __init__(self, n_plots: int) -> None:
        from PySide6.QtGui import QImage

        self._image = QImage(_WIDTH, _HEIGHT, QImage.Format.Format_RGB32)
        self._height = _HEIGHT / n_plots

    def draw(self, envelopes: list[Envelope]) -> None:
        """Fill the picture and draw each envelope in its own strip, with the window's own code."""
        from PySide6.QtGui import QColor

        from workbench.ui.widgets.plots.curves import limits_of
        from workbench.ui.widgets.plots.raster import fill_spans, pixels_of, spans

        self._image.fill(0xFFFFFFFF)
        pixels = pixels_of(self._image)
        height = round(self._height)
        scales, ends = [], []
        for number, drawn in enumerate(envelopes):
            low, high = limits_of([drawn]) or (0.0, 1.0)
            slope = -height / (high - low if high > low else 1.0)
            scales.append(((number + 1) * height - slope * low, slope))
            ends.append((number * height, (number + 1) * height))
        times_ns = envelopes[0].times_ns
        x_scale = (0.0, _WIDTH / max(int(times_ns[-1] - times_ns[0]), 1))
        found = spans(envelopes, int(times_ns[0]), x_scale, scales, _WIDTH)
        fill_spans(pixels, found, _PEN_PX, [QColor(30, 90, 200)] * len(envelopes), ends)


def _by_turns(
    ours: Callable[[View], object], peer: Callable[[View], object], views: list[View]
) -> tuple[list[float], list[float]]:
    """Milliseconds of both for every view, one after the other."""
    ours(views[0])
    peer(views[0])
    pairs = [(_milliseconds(ours, view), _milliseconds(peer, view)) for view in views]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _milliseconds(work: Callable[[View], object], view: View) -> float:
    started_s = time.perf_counter()
    work(view)
    return 1e3 * (time.perf_counter() - started_s)


def _p95(values: list[float]) -> float:
    return float(np.quantile(values, 0.95))
