"""What the worker process loads while the person reads the start page. Must import nothing heavy itself."""

from __future__ import annotations

import importlib

from workbench.core.jobs import Job
from workbench.core.requests import Request

HEAVY_MODULES = ("numpy", "scipy.stats", "sklearn.ensemble", "onnx", "onnxruntime")


class WarmUp(Request, frozen=True, kw_only=True):
    """Modules to import, in order."""

    modules: tuple[str, ...]


def import_modules(request: WarmUp, job: Job) -> None:
    """Import each module in this process; stops between two of them when cancelled."""
    for name in request.modules:
        job.checkpoint()
        importlib.import_module(name)
