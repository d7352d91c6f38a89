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
from workbench.extension.contracts import API_VERSION, LogSource, Plugin, SourceAsk, SourceFacts, SourceRows

__all__ = [
    "API_VERSION",
    "Board",
    "BundleError",
    "ChannelSpec",
    "DeviceError",
    "InputError",
    "Job",
    "LogSource",
    "ModelError",
    "Plugin",
    "ProjectError",
    "Record",
    "Request",
    "Result",
    "ScoringSpec",
    "SourceAsk",
    "SourceFacts",
    "SourceRows",
    "WorkbenchError",
    "parameter",
]
