"""Where a result came from: code version, environment and seed, recorded with every run."""

from __future__ import annotations

from workbench.core.codec import Record

_RECORDED = ("numpy", "scipy", "scikit-learn", "onnx", "onnxruntime", "msgspec")


class Provenance(Record, frozen=True, kw_only=True):
    """Everything beside data, recipe and seed that can change a number."""

    workbench_version: str
    python_version: str
    machine: str
    system: str
    packages: dict[str, str]


def collect() -> Provenance:
    """The environment of this process."""
    import platform

    return Provenance(
        workbench_version=version(), python_version=platform.python_version(), machine=platform.machine(),
        system=platform.system(), packages={name: _version_of(name) for name in _RECORDED},
    )  # fmt: skip


def version() -> str:
    """The program's own version; on a gateway the small wheel's, which is built from the same tree."""
    return _version_of("pump-workbench") or _version_of("pump-edge") or "0.0.0"


def _version_of(name: str) -> str:
    from importlib import metadata  # 30 ms that the window need not wait for

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
