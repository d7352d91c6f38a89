"""Points on a plot of two quantities: as large as leaves them apart."""

from __future__ import annotations

import numpy as np

from workbench.ui.widgets.dots import LEAST_PX, MOST_PX, dot_px, put_squares


def test_few_points_are_large_and_many_small() -> None:
    area_px = 800 * 500
    assert dot_px(30, area_px) == MOST_PX
    assert dot_px(100_000, area_px) == LEAST_PX
    sizes = [dot_px(n, area_px) for n in (1, 100, 300, 1000, 10_000)]
    assert sizes == sorted(sizes, reverse=True)


def test_squares_lie_around_their_place_and_the_last_is_on_top() -> None:
    pixels = np.zeros((20, 30), np.uint32)
    put_squares(pixels, np.array([10, 10]), np.array([5, 7]), np.array([1, 2], np.uint32), 3)
    assert np.argwhere(pixels == 2).min(axis=0).tolist() == [9, 6]
    assert np.argwhere(pixels == 2).max(axis=0).tolist() == [11, 8]
    assert np.count_nonzero(pixels == 1) == 6


def test_squares_at_the_edge_are_cut_off() -> None:
    pixels = np.zeros((8, 8), np.uint32)
    put_squares(pixels, np.array([0, 7]), np.array([0, 7]), np.array([1, 2], np.uint32), 4)
    assert (np.count_nonzero(pixels == 1), np.count_nonzero(pixels == 2)) == (4, 9)
