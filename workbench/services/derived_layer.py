"""The layer of derived channels over a project's logs: read it, and open what it describes beside the raw channels.

Computed copies are kept in the person's own cache (`derived_cache`), named by what they were computed from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from workbench.core.clock import NS_PER_S, now_ns
from workbench.core.errors import InputError, ObjectCorrupt, WorkbenchError
from workbench.core.jobs import Job
from workbench.logs.formulas.derived_channel import DerivedChannel
from workbench.logs.text.decode import clean_text
from workbench.services.derived_cache import copy_folder, find_copy, fingerprint, prune

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.formulas.derive import Held
    from workbench.logs.formulas.formula import Formula
    from workbench.logs.recordings.recording import Recording
    from workbench.project.store import Project

VALUE_KEY = "derived_channels"
MOST_NAME, MOST_CHANNELS = 120, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One recording that channels can be derived from: its id (of its content), and itself; `of`: whose instants it has."""

    id: str
    recording: Recording
    of: str = ""
    """Of a derived one: id of the recording of the log that it was computed for."""


def stored_channels(project: Project) -> tuple[DerivedChannel, ...]:
    """The layer as it is now, in the order of making. Raises ObjectCorrupt where it can't be read."""
    text = project.value(VALUE_KEY)
    hint = "Remove and make them anew."
    try:
        found = msgspec.json.decode(text.encode("utf-8"), type=tuple[DerivedChannel, ...]) if text else ()
    except msgspec.MsgspecError as error:
        raise ObjectCorrupt(f"The derived channels of the project can't be read: {error}.", hint) from error
    if len(found) > MOST_CHANNELS:
        raise ObjectCorrupt(f"The project has {len(found)} derived channels, more than {MOST_CHANNELS}.", hint)
    return found


def is_name(name: str) -> bool:
    """Whether a derived channel may be called so: printable, without the signs that quote names in formulas."""
    return bool(name.strip()) and len(name) <= MOST_NAME and "`" not in name and '"' not in name and name.isprintable()


def encode_channels(channels: tuple[DerivedChannel, ...]) -> str:
    """The layer as the project keeps it."""
    return json.dumps(msgspec.to_builtins(channels), ensure_ascii=False, sort_keys=True)


def open_derived(
    definitions: tuple[DerivedChannel, ...], asset: str, sources: list[Source], job: Job
) -> tuple[list[Source], list[tuple[str, str]]]:
    """The derived channels of a pump as recordings, computed where no copy is there; and (name, why not) of the others."""
    from workbench.logs.formulas.derive import cache_key, derive
    from workbench.logs.recordings.recording import open_recording

    found: list[Source] = []
    refused: list[tuple[str, str]] = []
    used: list[Path] = []
    prints, n_made = _Prints(), 0
    for definition in definitions:
        if definition.asset not in {"", asset}:
            continue
        if not is_name(definition.name):  # it came with a stranger's project
            refused.append((clean_text(definition.name), "It can't be the name of a channel."))
            continue
        if any(_has(one, definition.name) for one in (*sources, *found)):
            refused.append((definition.name, "There is a channel of this name already."))
            continue
        try:
            formula = check_formula([*sources, *found], definition.formula, definition.name)
        except WorkbenchError as error:
            # A formula for every pump is no fault of those that lack its channels.
            if definition.asset:
                refused.append((definition.name, error.message))
            continue
        everything = [*sources, *found]
        inputs = prints.of(everything, formula.channels)
        for source in holders(everything, formula.channels[0]):
            key = cache_key((prints.one(source, formula.channels[0]), *inputs), definition.name, definition.formula)
            known = find_copy(key)
            folder = known or copy_folder(key)
            if known is None:
                folder.parent.mkdir(parents=True, exist_ok=True)
                held = {name: held_values(holders(everything, name), name) for name in formula.channels}
                derive(source.recording, definition.name, formula, held, folder, _Progress(job, definition.name))
                n_made += 1
            used.append(folder)
            found.append(Source(id=key, recording=open_recording(folder), of=source.of or source.id))
    if n_made:
        prune(now_ns() / NS_PER_S, used)
    return found, refused


def derived_beside(
    project: Project, asset: str, recordings: Sequence[tuple[str, Recording]], job: Job
) -> dict[str, list[Recording]]:
    """The derived channels of a pump for whoever reads its recordings (id, opened): by recording, on its instants."""
    from workbench.services.recordings import corrections_of

    definitions = stored_channels(project)
    if not definitions:
        return {}
    layer_id, corrections = corrections_of(project, asset)
    seen = seen_through(layer_id) if corrections else ""
    sources = [Source(id=name + seen, recording=recording) for name, recording in recordings]
    found: dict[str, list[Recording]] = {}
    for one in open_derived(definitions, asset, sources, job)[0]:
        found.setdefault(one.of.removesuffix(seen), []).append(one.recording)
    return found


def derived_by_asset(project: Project, assets: Sequence[str]) -> dict[str, tuple[DerivedChannel, ...]]:
    """Each pump's derived channels: those made for it, and of the others those made for every pump."""
    stored = [one for one in stored_channels(project) if is_name(one.name)]
    found: dict[str, tuple[DerivedChannel, ...]] = {}
    for asset in assets:
        own = {one.name: one for one in stored if not one.asset} | {one.name: one for one in stored if one.asset == asset}
        found[asset] = tuple(own.values())
    return found


def seen_through(layer_id: str) -> str:
    """What is derived from corrected samples is not what was derived from the raw ones: a mark for its id."""
    return f"+{layer_id[:16]}"


def check_formula(sources: list[Source], text: str, name: str = "") -> Formula:
    """A formula that these recordings can be asked for. Raises FormulaError, or InputError for a mix of rate groups."""
    from workbench.logs.formulas.formula import read_formula

    units = {channel.name: channel.unit or "" for one in sources for channel in one.recording.channels if channel.name != name}
    formula = read_formula(text, units)
    groups = {one.recording.group for one in sources if any(_has(one, used) for used in formula.channels)}
    if len(groups) > 1:
        raise InputError("The formula mixes a trend with a waveform.", "Derive from channels of one kind.")
    return formula


def holders(sources: list[Source], name: str) -> list[Source]:
    """The recordings that hold a channel."""
    return [one for one in sources if _has(one, name)]


def held_values(sources: list[Source], name: str) -> Held:
    """The last known value of a channel at any instants, missing where it is older than its own steps allow."""

    def held(times_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        import numpy as np

        from workbench.logs.recordings.held import held_in

        out = np.full(len(times_ns), np.nan)
        for one in sources:
            values = held_in(one.recording, name, times_ns)
            out = np.where(np.isnan(values), out, values)
        return out

    return held


class _Prints:
    """Hashes of channels as they are in these recordings, each made once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}

    def one(self, source: Source, name: str) -> str:
        if (source.id, name) not in self._known:
            self._known[source.id, name] = fingerprint(source.recording, name)
        return self._known[source.id, name]

    def of(self, sources: list[Source], names: Sequence[str]) -> tuple[str, ...]:
        return tuple(f"{name}={self.one(source, name)}" for source in sources for name in names if _has(source, name))


class _Progress:
    """Says how far the computing is, and stops it when asked."""

    def __init__(self, job: Job, name: str) -> None:
        self._job = job
        self._name = name

    def __call__(self, share: float) -> None:
        self._job.progress(share, self._name)
        self._job.checkpoint()


def _has(source: Source, name: str) -> bool:
    return any(channel.name == name for channel in source.recording.channels)
