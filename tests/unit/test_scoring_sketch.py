"""Sketches: counts and moments in constant memory, that add up and give quantiles to a bin's width."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.codec import decode_canonical, encode_canonical
from workbench.core.errors import InputError
from workbench.core.sketch_record import ChannelSketch
from workbench.scoring.sketch import SketchWriter, empty_sketch, merge_sketches, quantile_edges

EDGES = (-1.0, 0.0, 1.0)


def sketch_of(values, edges=EDGES):
    writer = SketchWriter(empty_sketch("PI-1", edges))
    writer.add(np.array(values, float))
    return writer.sketch


def test_each_value_falls_into_its_bin_and_an_edge_into_the_upper_one():
    assert sketch_of([-5, -1, -0.5, 0, 0.5, 1, 7]).counts == (1, 2, 2, 2)


def test_missing_samples_are_counted_apart():
    sketch = sketch_of([1, np.nan, np.inf, 2])
    assert (sketch.n, sketch.n_missing, sketch.minimum, sketch.maximum) == (2, 2, 1.0, 2.0)


def test_nothing_counted_is_said():
    sketch = sketch_of([])
    assert (sketch.n, sketch.std, sketch.minimum) == (0, 0.0, None)


values = st.lists(st.floats(-1e5, 1e5), max_size=30)


@settings(max_examples=80)
@given(values, values)
def test_two_spans_add_up_to_both(first, second):
    merged, whole = merge_sketches(sketch_of(first), sketch_of(second)), sketch_of([*first, *second])
    assert (merged.counts, merged.minimum, merged.maximum) == (whole.counts, whole.minimum, whole.maximum)
    assert merged.mean == pytest.approx(whole.mean, rel=1e-9, abs=1e-6)
    assert merged.std == pytest.approx(whole.std, rel=1e-6, abs=1e-6)


def test_moments_are_numpys_even_far_from_zero():
    x = 1e6 + np.random.default_rng(0).normal(size=5000)
    writer = SketchWriter(empty_sketch("PI-1", EDGES))
    for part in np.array_split(x, 37):
        writer.add(part)
    assert writer.sketch.mean == pytest.approx(x.mean(), rel=1e-12)
    assert writer.sketch.std == pytest.approx(x.std(), rel=1e-6)


def test_reference_edges_make_equally_full_bins():
    x = np.random.default_rng(2).exponential(size=3200)
    counts = sketch_of(x, quantile_edges(x, 32)).counts
    assert len(counts) == 32
    assert max(counts) - min(counts) <= 2


def test_a_channel_that_rests_on_one_value_has_few_bins():
    assert len(quantile_edges(np.array([3.0] * 50 + [4.0]), 32)) == 1
    assert quantile_edges(np.array([np.nan])) == ()


@pytest.mark.parametrize("edges", [(1.0, 1.0), (2.0, 1.0), (np.nan,), (np.inf,)])
def test_edges_that_do_not_rise_are_refused(edges):
    with pytest.raises(InputError):
        empty_sketch("PI-1", edges)


def test_sketches_with_other_bins_do_not_add_up():
    with pytest.raises(InputError, match="different bins"):
        merge_sketches(sketch_of([1]), sketch_of([1], (0.0,)))


def test_a_sketch_travels_as_canonical_json():
    sketch = sketch_of([0.1, 0.2, np.nan])
    assert decode_canonical(encode_canonical(sketch), ChannelSketch, what="sketch") == sketch
    assert len(encode_canonical(msgspec.structs.replace(sketch, channel="x"))) < 300
