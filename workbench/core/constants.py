"""Constants of nature and of statistics that several domains reckon with."""

from __future__ import annotations

STANDARD_GRAVITY_M_PER_S2 = 9.80665
"""Standard acceleration of free fall (3rd General Conference on Weights and Measures, 1901)."""
MAD_TO_SIGMA = 1.4826
"""Median absolute deviation of normal noise to its standard deviation: 1 / Φ⁻¹(3/4)."""
