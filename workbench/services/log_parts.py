"""A finished recording apart by pump, before it is stored: by the project's tag map, else by the pumps that its names tell."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.logs.recordings.recording import Recording
    from workbench.logs.recordings.rewrite import ChannelPlan
    from workbench.logs.summary import Finding
    from workbench.project.acts import Item
    from workbench.project.store import Project

Tags = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class PumpPart:
    """One pump's part of a recording: where it lies (not yet stored), and the pump's site ('' if unknown)."""

    asset: str
    site: str
    folder: Path


def part_by_pump(project: Project, folder: Path, asset: str, site: str, stack: ExitStack) -> list[PumpPart]:
    """The recording in `folder` by pump; `asset` is that of channels which neither the map nor their names give to another one.

    New folders are removed by `stack`. Where nothing is known of the channels and all their names are free, the recording
    stays as it is.
    """
    from workbench.logs.equipment import asset_of_named, find_pumps
    from workbench.logs.recordings.recording import open_recording
    from workbench.logs.recordings.rewrite import Rewrite, rewrite_recording

    recording = open_recording(folder)
    known = _entries_of(recording, project.meta.tags)
    names = [channel.name for channel in recording.channels]
    named = find_pumps(names)
    if not known and not named and not _taken(project, asset, recording).keys() & set(names):
        return [PumpPart(asset, site or _site_of(project, asset, {}), folder)]
    groups: dict[str, list[str]] = {}
    for channel in recording.channels:
        pump = named.get(channel.name)
        own = asset_of_named(pump, asset) if pump else asset
        groups.setdefault(known.get(channel.name, {}).get("asset", "") or own, []).append(channel.name)
    parts = []
    for pump, names in groups.items():
        plans, findings = _plan(recording, names, known, _taken(project, pump, recording))
        target = stack.enter_context(project.objects.staging("recording"))
        suffix = f": {pump}" if len(groups) > 1 else ""
        rewrite_recording(recording, target, Rewrite(channels=plans, source_suffix=suffix, findings=findings))
        parts.append(PumpPart(pump, site or _site_of(project, pump, known), target))
    return parts


def _entries_of(recording: Recording, tags: Tags) -> dict[str, Mapping[str, str]]:
    """The map's entry for each channel that has one; case doesn't matter where the exact tag isn't there."""
    folded = {tag.casefold(): values for tag, values in tags.items()}
    found = {channel.name: tags.get(channel.name) or folded.get(channel.name.casefold()) for channel in recording.channels}
    return {name: values for name, values in found.items() if values}


def _site_of(project: Project, asset: str, known: Mapping[str, Mapping[str, str]]) -> str:
    said = project.meta.assets.get(asset, {}).get("site", "")
    return said or next((one["site"] for one in known.values() if one.get("asset") == asset and one.get("site")), "")


def _taken(project: Project, asset: str, recording: Recording) -> dict[str, set[str]]:
    """Names of the pump's channels of another kind, with their groups: a DAQ calls the RMS and the waveform of one sensor by the
    sensor's tag, and a sensor may have been read at several rates.
    """
    from workbench.services.recordings import open_project_recordings

    def is_of_another(item: Item) -> bool:
        return (item.details.get("group"), item.details.get("rate_hz")) != _kind_of(recording)

    others = open_project_recordings(project, (asset,), group=None, is_corrected=False, only=is_of_another)
    taken: dict[str, set[str]] = {}
    for _, other in others:
        for channel in other.channels if _kind_of(other) != _kind_of(recording) else ():
            taken.setdefault(channel.name, set()).add(other.group)
    return taken


def _kind_of(recording: Recording) -> tuple[str, float | None]:
    return recording.group, recording.summary.rate_hz


def _free_name(name: str, recording: Recording, taken: Mapping[str, set[str]]) -> str:
    """A name that tells a channel from one of another kind: by its group, and from one of the same group by its rate."""
    group, rate_hz = _kind_of(recording)
    at_rate = f"{rate_hz or 0:.10g} Hz"
    names = (f"{name} {at_rate}",) if group in taken.get(name, ()) else (f"{name} {group}", f"{name} {group} {at_rate}")
    return next((free for free in (name, *names) if free not in taken), names[-1])


def _plan(
    recording: Recording, names: list[str], known: Mapping[str, Mapping[str, str]], of_others: Mapping[str, set[str]]
) -> tuple[list[ChannelPlan], tuple[Finding, ...]]:
    from workbench.logs.recordings.rewrite import ChannelPlan
    from workbench.logs.summary import Finding

    units = {channel.name: channel.unit for channel in recording.channels}
    plans: list[ChannelPlan] = []
    findings = []
    for name in names:
        entry = known.get(name, {})
        taken = {plan.new for plan in plans} | (set(names) - {name})
        wanted = entry.get("channel", "") or name
        wanted = name if wanted in taken else wanted
        new = _free_name(wanted, recording, of_others)
        if new != wanted:
            kind = "at another rate" if recording.group in of_others.get(wanted, ()) else "of another kind"
            text = f"{wanted} is a channel {kind} already: the {recording.group} is stored as {new}."
            findings.append(Finding(code="NAME_TAKEN", channel=name, text=text, severity="not_checked"))
        mapped, printed = entry.get("unit", ""), units[name]
        if mapped and printed and mapped != printed:
            text = f"{name} is printed in {printed}; the tag map says {mapped}. The printed unit holds."
            findings.append(Finding(code="TAG_MAP_UNIT", channel=name, text=text, severity="function_check"))
        plans.append(
            ChannelPlan(
                old=name, new=new, unit=mapped if mapped and not printed else None, quantity=entry.get("quantity") or None
            )
        )
    # a finding stands with the channel's new name
    new_names = {plan.old: plan.new for plan in plans}
    return plans, tuple(
        Finding(code=one.code, channel=new_names[one.channel or ""], text=one.text, severity=one.severity) for one in findings
    )
