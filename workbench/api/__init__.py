"""What a plugin may import: requests, results, jobs, errors and the records that cross the seams. Nothing else is promised.

Importing this loads nothing heavy.
"""

from __future__ import annotations

from workbench.core.boards import Board
from workbench.core.codec import Record
from workbench.core.errors import (
    BundleError,
    DeviceError,
    InputError,
    ModelError,
    ProjectError,
    WorkbenchError,
)
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec

__all__ = [
    "Board",
    "BundleError",
    "ChannelSpec",
    "DeviceError",
    "InputError",
    "Job",
    "ModelError",
    "ProjectError",
    "Record",
    "Request",
    "Result",
    "ScoringSpec",
    "WorkbenchError",
    "parameter",
]
