"""The spectrum's sub-graph: band RMS of centred windows, as one matrix product or as the DFT operator.

Up to windows of 256 the product is faster, although its matrix is made in the graph (Range, Mul, Cos): the session folds
it once when it loads, and it takes no room in the file. Above that the operator wins.
"""

from __future__ import annotations

import math

from workbench.features.builder import GraphBuilder

N_BANDS = 8
MATMUL_UP_TO_SAMPLES = 256


def band_rms(builder: GraphBuilder, centred: str, n: int) -> str:
    """RMS in each of eight equal bands of 0..half the sample rate: float64 [windows, channel, n] -> [windows, channel, 8]."""
    power = _product_power(builder, centred, n) if n <= MATMUL_UP_TO_SAMPLES else _operator_power(builder, centred, n)
    return builder.op("Sqrt", power)


def _product_power(builder: GraphBuilder, centred: str, n: int) -> str:
    n_bins = n // 2
    t = builder.op("Unsqueeze", builder.count(0, n), builder.integers(1))
    turns = builder.op("Mul", t, builder.count(1, n_bins + 1))
    # The remainder keeps the angle below one turn, so that it is exact to the last bit or two.
    within = builder.op("Mod", turns, builder.integers(n))
    angle = builder.op("Mul", builder.to_double(within), builder.number(2 * math.pi / n))
    both = builder.op("Concat", builder.op("Cos", angle), builder.op("Sin", angle), axis=1)
    taper = builder.op("Unsqueeze", _hann(builder, n), builder.integers(1))
    lines = builder.op("MatMul", centred, builder.op("Mul", both, taper))
    weights = _band_weights(builder, n)
    return builder.op("MatMul", builder.op("Mul", lines, lines), builder.op("Concat", weights, weights, axis=0))


def _operator_power(builder: GraphBuilder, centred: str, n: int) -> str:
    tapered = builder.op("Unsqueeze", builder.op("Mul", centred, _hann(builder, n)), builder.integers(3))
    lines = builder.op("DFT", tapered, "", builder.integer(2), onesided=1)
    without_mean = builder.op("Slice", lines, builder.integers(1), builder.integers(n // 2 + 1), builder.integers(2))
    squared = builder.op("ReduceSumSquare", without_mean, builder.integers(3), keepdims=0)
    return builder.op("MatMul", squared, _band_weights(builder, n))


def _hann(builder: GraphBuilder, n: int) -> str:
    angle = builder.op("Mul", builder.to_double(builder.count(0, n)), builder.number(2 * math.pi / n))
    half = builder.number(0.5)
    return builder.op("Sub", half, builder.op("Mul", half, builder.op("Cos", angle)))


def _band_weights(builder: GraphBuilder, n: int) -> str:
    """float64 [n // 2, 8]: what bin k = 1..n//2 adds to each band's mean square; 2 / (n Σw²), half of it at Nyquist."""
    n_bins = n // 2
    bins = builder.count(1, n_bins + 1)
    scaled = builder.op("Mul", builder.op("Sub", bins, builder.integers(1)), builder.integers(N_BANDS))
    band = builder.op("Unsqueeze", builder.op("Div", scaled, builder.integers(n_bins)), builder.integers(1))
    is_in = builder.to_double(builder.op("Equal", band, builder.count(0, N_BANDS)))
    is_nyquist = builder.to_double(builder.op("Equal", builder.op("Mul", bins, builder.integers(2)), builder.integers(n)))
    # Σw² of a periodic Hann window is 3n/8
    full = builder.number(2 / (n * 3 * n / 8))
    share = builder.op("Sub", builder.number(1.0), builder.op("Mul", is_nyquist, builder.number(0.5)))
    return builder.op("Mul", is_in, builder.op("Unsqueeze", builder.op("Mul", share, full), builder.integers(1)))
