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
    """Mean square in each band: the window is folded at its middle first, so that cosine and sine take half the products.

    With e_t = x_t + x_(n−t) and o_t = x_t − x_(n−t), t = 1..n/2: Re X_k = Σ e_t cos(2πkt/n), Im X_k = −Σ o_t sin(2πkt/n).
    The taper is symmetric and 0 at t = 0; the middle of an even window meets itself and so counts half.
    """
    n_bins = n // 2
    axis = builder.integers(2)
    first = builder.op("Slice", centred, builder.integers(1), builder.integers(n_bins + 1), axis)
    # Backwards from the end: n − 1, n − 2, …, n − n//2
    last = builder.op("Slice", centred, builder.integers(n - 1), builder.integers(n - n_bins - 1), axis, builder.integers(-1))
    cosine, sine = _waves(builder, n)
    real = builder.op("MatMul", builder.op("Add", first, last), cosine)
    imaginary = builder.op("MatMul", builder.op("Sub", first, last), sine)
    squared = builder.op("Add", builder.op("Mul", real, real), builder.op("Mul", imaginary, imaginary))
    return builder.op("MatMul", squared, _band_weights(builder, n))


def _waves(builder: GraphBuilder, n: int) -> tuple[str, str]:
    """Tapered cosine and sine, float64 [n // 2, n // 2]: row t = 1..n//2, column k = 1..n//2."""
    n_bins = n // 2
    t = builder.op("Unsqueeze", builder.count(1, n_bins + 1), builder.integers(1))
    # The remainder keeps the angle below one turn, so that it is exact to the last bit or two.
    within = builder.op("Mod", builder.op("Mul", t, builder.count(1, n_bins + 1)), builder.integers(n))
    angle = builder.op("Mul", builder.to_double(within), builder.number(2 * math.pi / n))
    is_middle = builder.to_double(builder.op("Equal", builder.op("Mul", t, builder.integers(2)), builder.integers(n)))
    share = builder.op("Sub", builder.number(1.0), builder.op("Mul", is_middle, builder.number(0.5)))
    taper = builder.op("Mul", share, _hann(builder, t, n))
    return builder.op("Mul", builder.op("Cos", angle), taper), builder.op("Mul", builder.op("Sin", angle), taper)


def _operator_power(builder: GraphBuilder, centred: str, n: int) -> str:
    tapered = builder.op("Unsqueeze", builder.op("Mul", centred, _hann(builder, builder.count(0, n), n)), builder.integers(3))
    lines = builder.op("DFT", tapered, "", builder.integer(2), onesided=1)
    without_mean = builder.op("Slice", lines, builder.integers(1), builder.integers(n // 2 + 1), builder.integers(2))
    squared = builder.op("ReduceSumSquare", without_mean, builder.integers(3), keepdims=0)
    return builder.op("MatMul", squared, _band_weights(builder, n))


def _hann(builder: GraphBuilder, t: str, n: int) -> str:
    """½ − ½ cos(2πt/n) of the int64 tensor `t`."""
    angle = builder.op("Mul", builder.to_double(t), builder.number(2 * math.pi / n))
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
