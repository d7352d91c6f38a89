"""Every catalogue feature against its plain numpy form, and what must hold at the edges of float32."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.features.catalogue import FEATURE_NAMES, FEATURES
from workbench.features.graph import build_feature_graph, extract

PERIOD_S = 2.0


def reference_bands(x):
    """Band RMS by numpy's FFT: float64 [n, time] -> [n, 8]."""
    n = x.shape[1]
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    power = np.abs(np.fft.rfft((x - x.mean(1, keepdims=True)) * taper, axis=1)[:, 1:]) ** 2 * 2 / (n * (taper**2).sum())
    if n % 2 == 0:
        power[:, -1] /= 2
    band = np.arange(n // 2) * 8 // (n // 2)
    return np.sqrt(np.stack([power[:, band == number].sum(1) for number in range(8)], axis=1))


def reference(name, x):
    """The feature of float64 [n, time] as anyone would write it down; float64 [n]."""
    d = x - x.mean(1, keepdims=True)
    variance = (d**2).mean(1)
    safe = np.where(variance > 0, variance, 1.0)
    hours = np.arange(x.shape[1]) * PERIOD_S / 3600
    forms = {
        "mean": lambda: x.mean(1),
        "std": lambda: x.std(1),
        "rms": lambda: np.sqrt((x**2).mean(1)),
        "min": lambda: x.min(1),
        "max": lambda: x.max(1),
        "peak_to_peak": lambda: np.ptp(x, axis=1),
        "skewness": lambda: (d**3).mean(1) / safe**1.5,
        "kurtosis": lambda: (d**4).mean(1) / safe**2,
        "crest_factor": lambda: np.abs(d).max(1) / np.sqrt(safe),
        "slope": lambda: np.polyfit(hours, x.T, 1)[0],
        "mean_abs_diff": lambda: np.abs(np.diff(x, axis=1)).mean(1),
    }
    if name.startswith("band_"):
        return reference_bands(x)[:, int(name[5:]) - 1]
    return forms[name]()


def make_spec(window, n_channels=1):
    channels = tuple(ChannelSpec(name=f"PI-{index}", unit="bar") for index in range(n_channels))
    return ScoringSpec(
        task="anomaly", channels=channels, sample_period_s=PERIOD_S, window_samples=window, stride_samples=window, hold_limit_s=0
    )


def compute(windows, names=FEATURE_NAMES):
    """Features of float [n, time] through the graph: {name: float64 [n]}."""
    found = extract(build_feature_graph(make_spec(windows.shape[1]), names), windows.astype(np.float32)[:, :, np.newaxis])
    return {name: found[:, index].astype(float) for index, name in enumerate(names)}


def scale_of(name, x):
    """What an error is compared with: the window's own spread where the feature has a unit."""
    spread = max(float(np.abs(x).max()), 1e-30)
    return {"": 1.0, "slope": spread * 3600 / PERIOD_S}.get(
        name, 1.0 if name in {"skewness", "kurtosis", "crest_factor"} else spread
    )


@pytest.mark.parametrize("window", [16, 17, 60, 255, 256, 257, 300, 1024, 1031])
@pytest.mark.parametrize("name", FEATURE_NAMES)
def test_each_feature_agrees_with_its_numpy_form(name, window, signals):
    x = signals[:, :window].astype(np.float32)
    expected = reference(name, x.astype(float))
    np.testing.assert_allclose(compute(x, (name,))[name], expected, rtol=2e-6, atol=2e-7 * scale_of(name, x))


@pytest.fixture(scope="module")
def signals():
    """Noise, a trend, a square wave, impacts and a sine in noise: float64 [5, 1031]."""
    rng = np.random.default_rng(7)
    t = np.arange(1031)
    impacts = np.where(t % 97 == 0, 8.0, 0.0) + rng.normal(size=t.size)
    rows = [
        rng.normal(size=t.size),
        3 + 0.01 * t,
        np.sign(np.sin(t / 5)),
        impacts,
        np.sin(t * 0.7) + 0.1 * rng.normal(size=t.size),
    ]
    return np.array(rows)


well_behaved = st.floats(-1e3, 1e3, width=32).map(lambda value: 0.0 if abs(value) < 1e-3 else value)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float32, st.tuples(st.integers(1, 3), st.sampled_from([16, 21, 40])), elements=well_behaved))
def test_any_window_gives_what_numpy_gives(x):
    found = compute(x)
    for name in FEATURE_NAMES:
        expected = reference(name, x.astype(float))
        np.testing.assert_allclose(found[name], expected, rtol=1e-5, atol=1e-6 * scale_of(name, x), err_msg=name)


@pytest.mark.parametrize("level", [0.0, 0.1, -273.15, 101325.3, 1e30, 1e-30, 3e38])
@pytest.mark.parametrize("window", [16, 100, 512])
def test_a_constant_window_gives_finite_numbers_and_no_shape(level, window):
    found = compute(np.full((1, window), level))
    assert all(np.isfinite(value).all() for value in found.values())
    spread = ["std", "skewness", "kurtosis", "crest_factor", "slope", "mean_abs_diff", "peak_to_peak", "band_1", "band_8"]
    assert {name: float(found[name][0]) for name in spread} == dict.fromkeys(spread, 0.0)


@settings(max_examples=40, deadline=None)
@given(arrays(np.float32, (2, 16), elements=st.floats(width=32, allow_nan=False, allow_infinity=False)))
def test_nothing_that_float32_can_hold_gives_nan_or_infinity(x):
    assert all(np.isfinite(value).all() for value in compute(x).values())


def test_a_large_offset_leaves_skewness_and_kurtosis_exact():
    x = (1e5 + np.random.default_rng(3).gumbel(size=(20, 256))).astype(np.float32)
    found = compute(x)
    np.testing.assert_allclose(found["skewness"], reference("skewness", x.astype(float)), atol=1e-4)
    np.testing.assert_allclose(found["kurtosis"], reference("kurtosis", x.astype(float)), atol=1e-4)


@pytest.mark.parametrize("window", [64, 1024])
def test_a_sine_shows_in_its_band_with_its_rms(window):
    t = np.arange(window)
    # bin 5/16 of the window: 5/8 of half the sample rate is the border of bands 5 and 6, so one bin above it is band 6
    x = 10 + 2 * np.sin(2 * np.pi * (5 * window // 16 + 3) * t / window)
    found = compute(x[np.newaxis])
    assert found["band_6"][0] == pytest.approx(2 / np.sqrt(2), rel=1e-4)
    assert found["band_1"][0] == pytest.approx(0, abs=1e-5)


def test_the_bands_together_hold_the_variance_of_noise():
    x = np.random.default_rng(5).normal(size=(400, 128))
    found = compute(x)
    total = sum(found[f"band_{number}"] ** 2 for number in range(1, 9)).mean()
    # Welch's scaling keeps white noise's power; 400 windows of 128 tell it to about 1 %
    assert total == pytest.approx((found["std"] ** 2).mean(), rel=0.03)


def test_every_feature_says_its_formula_source_and_unit():
    assert all(feature.formula and feature.source for feature in FEATURES)
    units = {feature.name: feature.unit("bar") for feature in FEATURES}
    assert (units["mean"], units["kurtosis"], units["slope"], units["band_1"]) == ("bar", "1", "bar/h", "bar")
    assert FEATURES[0].unit("") == ""
