"""Which pumps a project knows: asked by every service that takes one, so that a misspelt tag never gives an empty answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.core.errors import InputError

if TYPE_CHECKING:
    from workbench.project.store import Project

_MOST_SAID = 20


def logged_pumps(project: Project) -> list[str]:
    """Pumps of which the project has a log, in order of their tags."""
    return sorted({item.asset for item in project.items("recording") if item.asset})


def listed_pumps(project: Project) -> list[str]:
    """Pumps with a log, or a line in the project's list of pumps or of tags."""
    listed = {*project.meta.assets, *(entry.get("asset", "") for entry in project.meta.tags.values())}
    return sorted({*logged_pumps(project), *listed} - {""})


def known_pumps(project: Project) -> list[str]:
    """Pumps that are listed, and those that have events."""
    return sorted({*listed_pumps(project), *(item.asset for item in project.items("labels"))})


def channel_pumps(project: Project) -> dict[str, str]:
    """Whose a channel is, by its name in small letters; without those that two pumps have."""
    from workbench.services.recordings import open_project_recordings

    found: dict[str, set[str]] = {}
    for item, recording in open_project_recordings(project, group=None, is_corrected=False):
        for channel in recording.channels:
            found.setdefault(channel.name.casefold(), set()).add(item.asset)
    for tag, entry in project.meta.tags.items():
        if entry.get("asset"):
            found.setdefault(tag.casefold(), set()).add(entry["asset"])
    return {name: next(iter(pumps)) for name, pumps in found.items() if len(pumps) == 1}


def check_logged(project: Project, asset: str) -> None:
    """Raises InputError, naming those that there are, for a pump of which the project has no log."""
    known = logged_pumps(project)
    if asset not in known:
        raise InputError(f"The project has no log of {asset}.", f"There are: {say_pumps(known)}.")


def check_known(project: Project, asset: str) -> None:
    """Raises InputError, naming those that there are, for a pump that the project knows nothing of."""
    known = known_pumps(project)
    if asset not in known:
        raise InputError(f"The project has no pump {asset}.", f"There are: {say_pumps(known)}.")


def check_new_events(project: Project, asset: str) -> None:
    """Raises InputError where the project has pumps and none of them is this one; before the first log any tag is taken."""
    if listed_pumps(project):
        check_known(project, asset)


def say_pumps(known: Sequence[str]) -> str:
    """'P-1, P-2', at most some; 'none' for none."""
    more = f" and {len(known) - _MOST_SAID} more (workbench assets list)" if len(known) > _MOST_SAID else ""
    return f"{', '.join(known[:_MOST_SAID]) or 'none'}{more}"
