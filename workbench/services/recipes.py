"""What a recipe can be made of: the families of a task, for the Train page and the command line."""

from __future__ import annotations

from typing import Annotated

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.training import TaskName


class FamiliesRequest(Request, frozen=True, kw_only=True):
    """List the model families of a task."""

    task: Annotated[TaskName, parameter("What the model is to tell.")] = "anomaly"


class FamilyInfo(Record, frozen=True, kw_only=True):
    """One family; `needs_events` when it learns from labelled events."""

    name: str
    title: str
    is_baseline: bool
    needs_events: bool


class FamiliesResult(Result, frozen=True, kw_only=True):
    """Baselines first."""

    families: tuple[FamilyInfo, ...]


def list_families(request: FamiliesRequest, job: Job) -> FamiliesResult:
    """From the registry."""
    from workbench.learning.families.registry import families_for

    found = sorted(families_for(request.task), key=lambda family: not family.is_baseline)
    return FamiliesResult(
        families=tuple(
            FamilyInfo(name=one.name, title=one.title, is_baseline=one.is_baseline, needs_events=one.needs_targets)
            for one in found
        )
    )
