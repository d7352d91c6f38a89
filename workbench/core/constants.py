"""Constants of nature that several domains reckon with."""

from __future__ import annotations

STANDARD_GRAVITY_M_PER_S2 = 9.80665
"""Standard acceleration of free fall (3rd General Conference on Weights and Measures, 1901)."""
