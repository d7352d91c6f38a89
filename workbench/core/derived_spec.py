"""A derived channel as a model carries it: arithmetic on the samples of one instant, in steps that need no parser.

Plain frozen records; `features.derived` makes an ONNX sub-graph of them. Must not import anything heavier than msgspec.
"""

from __future__ import annotations

from workbench.core.codec import Record, encode_canonical, sha256_hex


class DerivedStep(Record, frozen=True, kw_only=True):
    """One operation on the results of earlier steps (`parts`), a number, or a model input (`channel`); both are indices."""

    op: str
    parts: tuple[int, ...] = ()
    number: float = 0.0
    channel: int = -1


class DerivedSpec(Record, frozen=True, kw_only=True):
    """Name, unit ('' if none) and formula as a person wrote it (for the first pump); the last step is the value."""

    name: str
    unit: str
    formula: str
    steps: tuple[DerivedStep, ...]
    sha256: str = ""
    """Of steps and unit: the same arithmetic has the same hash, whatever the pump's channels are called."""


def signed_spec(spec: DerivedSpec) -> DerivedSpec:
    """The same with its hash."""
    return DerivedSpec(
        name=spec.name, unit=spec.unit, formula=spec.formula, steps=spec.steps,
        sha256=sha256_hex(encode_canonical([spec.unit, spec.steps])),
    )  # fmt: skip
