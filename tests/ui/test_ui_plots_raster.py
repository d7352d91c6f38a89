"""Curves written into a picture's pixels: nothing that was measured is left out, nothing else is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage

from workbench.core.jobs import Job
from workbench.logs.recordings.pyramid import Envelope
from workbench.services.log_views import AssetLogs, OpenLogsRequest, open_asset_logs
from workbench.services.logs import ImportRequest, import_logs
from workbench.ui.widgets.plots.raster import Spans, fill_spans, pixels_of, spans

WHITE, BLACK = 0xFFFFFFFF, 0xFF000000


def picture(found: Spans, width: int, height: int, pen_px: float = 1.0) -> np.ndarray:
    """Darkness of each pixel, 0 to 255 [height, width]."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(WHITE)
    pixels = pixels_of(image)
    fill_spans(pixels, found, pen_px, [QColor("black")])
    return 255 - (pixels & 0xFF).astype(int)


def envelope(times: list[int], minimum: list[float], maximum: list[float]) -> Envelope:
    return Envelope(times_ns=np.array(times, np.int64), minimum=np.array(minimum), maximum=np.array(maximum))


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 400), missing=st.sampled_from([0.0, 0.2, 0.9]))
@settings(max_examples=120, deadline=None)
def test_every_extreme_is_drawn(seed: int, n: int, missing: float) -> None:
    rng = np.random.default_rng(seed)
    width, height = 100, 60
    times = np.unique(rng.integers(0, width * 1000, n))
    low = rng.uniform(0, height - 1, len(times))
    high = np.minimum(low + rng.exponential(8, len(times)), height - 1)
    low[rng.random(len(times)) < missing] = np.nan
    high[np.isnan(low)] = np.nan
    found = spans([Envelope(times_ns=times, minimum=low, maximum=high)], 0, (0, 1e-3), [(height - 1, -1)], width)
    drawn = picture(found, width, height)
    for at, values in ((times, low), (times, high)):
        good = np.isfinite(values)
        rows = (height - 1 - values[good]).astype(int)
        # A line 1 px thick darkens the pixel its middle lies in by half at least.
        assert (drawn[rows, at[good] // 1000] >= 120).all()


@pytest.mark.parametrize("at", [0, 517, 999])
def test_a_spike_of_one_sample_in_a_column_is_drawn_in_full(at: int) -> None:
    values = np.full(1000, 40.0)
    values[at] = 5.0
    found = spans([Envelope(times_ns=np.arange(1000), minimum=values, maximum=values)], 0, (0, 0.1), [(0, 1)], 100)
    drawn = picture(found, 100, 50)
    assert (drawn[6:40, at // 10] == 255).all()


@pytest.mark.parametrize("drift", [5e-6, 3e-3, 0.02])
def test_a_pixel_in_which_no_span_begins_shows_the_one_that_reaches_through_it(drift: float) -> None:
    """Columns of an envelope a hair wider than pixels: one pixel had two of them, the next a thin line alone."""
    n_columns, per_pixel = 700, 1000
    times = np.round(np.arange(1, n_columns - 1) * per_pixel * (1 + drift) - 1.0).astype(np.int64)
    low, high = np.full(len(times), 5.0), np.full(len(times), 40.0)
    high[::7] = 44.0
    found = spans([Envelope(times_ns=times, minimum=low, maximum=high)], 0, (0, 1 / per_pixel), [(50, -1)], n_columns)
    last = int(times[-1]) // per_pixel - found.first
    assert len(np.setdiff1d(np.arange(found.first, last), times // per_pixel)) > 0
    # 50 − 40 and 50 − 5
    assert (found.top[0, :last] <= 10.0).all()
    assert (found.bottom[0, :last] >= 45.0).all()


@pytest.fixture(scope="module")
def waveform(tmp_path_factory: pytest.TempPathFactory) -> AssetLogs:
    """Noise at 97 656 Hz, some 3 s of it."""
    folder = tmp_path_factory.mktemp("waveform")
    values = np.round(np.random.default_rng(3).normal(0.0, 1.0, 300_000), 3)
    log, project = folder / "P-1.csv", str(folder / "p")
    log.write_text("\n".join(["VT-1 [g]", *map(str, values.tolist())]) + "\n", encoding="utf-8")
    answer = "TIME_RELATIVE=2026-03-16T10:00:00Z/97656 Hz"
    import_logs(ImportRequest(paths=(str(log),), project=project, answer=(answer,), asset="P-1"), Job())
    return open_asset_logs(OpenLogsRequest(project=project, asset="P-1"), Job())


@pytest.mark.parametrize("n_pixels", [600, 775, 1001])
@pytest.mark.parametrize("part", [(0.0, 1.0), (0.3, 0.9)])
def test_each_pixel_of_a_fast_waveform_shows_its_samples_but_for_a_piece_that_begins_before_it(
    waveform: AssetLogs, n_pixels: int, part: tuple[float, float]
) -> None:
    """A piece of the pyramid, of half a pixel at most, is drawn where it begins; none begins before the picture does."""
    length_ns = waveform.last_ns - waveform.first_ns
    start_ns, end_ns = (waveform.first_ns + round(share * length_ns) for share in part)
    (drawn,) = waveform.envelopes("VT-1", start_ns, end_ns, n_pixels)
    per_ns = n_pixels / (end_ns - start_ns)
    found = spans([drawn], start_ns, (0, per_ns), [(0, -1)], n_pixels)
    ((times_ns, values),) = waveform.samples("VT-1", start_ns, end_ns)
    x = (times_ns - start_ns) * per_ns
    is_inside = (x % 1.0 > 0.55) | (x < 0.5)
    columns = np.floor(x[is_inside]).astype(int) - found.first
    assert (found.top[0, columns] <= -values[is_inside].astype(np.float64) + 1e-9).all()
    assert (found.bottom[0, columns] >= -values[is_inside].astype(np.float64) - 1e-9).all()


def test_a_span_before_a_gap_reaches_no_further_than_its_own_pixel() -> None:
    found = spans([envelope([10_100, 11_990, 13_900], [5, np.nan, 5], [40, np.nan, 40])], 0, (0, 1e-3), [(0, 1)], 20)
    covered = np.isfinite(found.top[0])
    assert [found.first + at for at in np.flatnonzero(covered).tolist()] == [10, 13]
    found = spans([envelope([10_999, 12_500, 13_900], [5, np.nan, 5], [40, np.nan, 40])], 0, (0, 1e-3), [(0, 1)], 20)
    assert [found.first + at for at in np.flatnonzero(np.isfinite(found.top[0])).tolist()] == [10, 13]


def test_no_line_crosses_a_gap_in_the_pixels() -> None:
    found = spans([envelope([10, 20, 50, 80, 90], [5, 5, np.nan, 5, 5], [5, 5, np.nan, 5, 5])], 0, (0, 1), [(0, 1)], 100)
    assert (picture(found, 100, 10)[:, 22:79] == 0).all()


@pytest.mark.parametrize("pen_px", [1.0, 2.0])
def test_beside_a_gap_the_curve_ends_as_thick_as_it_was(pen_px: float) -> None:
    found = spans([envelope([10, 20, 50, 80, 90], [5, 5, np.nan, 5, 5], [5, 5, np.nan, 5, 5])], 0, (0, 1), [(0, 1)], 100)
    drawn = picture(found, 100, 40, pen_px)
    assert drawn[5].any()
    assert (drawn[8:] == 0).all()
    assert (drawn[:3] == 0).all()


def test_the_line_to_the_last_sample_before_a_gap_is_drawn_in_full() -> None:
    found = spans([envelope([10, 11, 12], [5, 40, np.nan], [5, 40, np.nan])], 0, (0, 1), [(0, 1)], 20)
    assert (picture(found, 20, 50)[6:39, 10] == 255).all()


def test_samples_beyond_the_edges_lead_the_line_out_of_the_picture() -> None:
    found = spans([envelope([-50, 150], [2, 12], [2, 12])], 0, (0, 1), [(0, 1)], 100)
    assert found.first == 0
    assert found.top[0, 0] == pytest.approx(2 + 10 * 50 / 200)
    assert found.bottom[0, -1] == pytest.approx(2 + 10 * 150 / 200)


def test_a_level_line_covers_as_much_as_it_is_thick() -> None:
    found = spans([envelope([0, 99], [5.25, 5.25], [5.25, 5.25])], 0, (0, 1), [(0, 1)], 100)
    darkness = picture(found, 100, 12, 1.5)[:, 50]
    assert darkness.sum() / 255 == pytest.approx(1.5, abs=0.02)
    assert darkness[5] == 255


def test_values_beyond_the_plot_are_cut_at_its_edge() -> None:
    found = spans([envelope([0, 1, 2], [5, -100, 5], [5, -100, 5])], 0, (0, 1), [(0, 1)], 3)
    drawn = picture(found, 3, 10)
    assert drawn[0, 1] == 255
    assert drawn[9].sum() == 0


def test_a_dashed_curve_keeps_its_spikes() -> None:
    values = np.full(100, 30.0)
    values[48] = 2.0
    one = Envelope(times_ns=np.arange(100), minimum=values, maximum=values)
    found = spans([one], 0, (0, 1), [(0, 1)], 100).dashed([True], 7, 3)
    drawn = picture(found, 100, 40)
    assert (drawn[3:30, 48] == 255).all()
    assert (drawn.sum(axis=0) == 0).any()


@given(seed=st.integers(0, 2**32 - 1), pen_px=st.sampled_from([1.0, 1.2, 2.0]), share=st.sampled_from([0.02, 0.3, 1.0]))
@settings(max_examples=40, deadline=None)
def test_plots_drawn_together_look_as_when_drawn_one_by_one(seed: int, pen_px: float, share: float) -> None:
    rng = np.random.default_rng(seed)
    times, height, n = np.sort(rng.integers(-50, 2000, 300)), 40, 4
    drawn = []
    for _ in range(n):
        low = rng.uniform(-5, height + 5, len(times))
        low[rng.random(len(times)) < 0.1] = np.nan
        drawn.append(Envelope(times_ns=times, minimum=low, maximum=low + rng.exponential(share * height, len(times))))
    colours = [QColor.fromHsv(60 * number, 200, 150) for number in range(n)]
    together, alone = (QImage(200, n * height, QImage.Format.Format_RGB32) for _ in range(2))
    for image in (together, alone):
        image.fill(WHITE)
    scales = [((number + 1.0) * height, -1.0) for number in range(n)]
    limits = [(number * height, (number + 1) * height) for number in range(n)]
    fill_spans(pixels_of(together), spans(drawn, 0, (0, 0.1), scales, 200), pen_px, colours, limits)
    for one, scale, colour, limit in zip(drawn, scales, colours, limits, strict=True):
        fill_spans(pixels_of(alone), spans([one], 0, (0, 0.1), [scale], 200), pen_px, [colour], [limit])
    assert (pixels_of(together) == pixels_of(alone)).all()
