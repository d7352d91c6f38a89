"""Reads and writes the newest layer of events of a pump: whole where it is small, else only what changed since the last.

A layer is an object with the layer it builds on as `base`; the item refers to it, so a base can't be removed while it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workbench.core.codec import decode_strict
from workbench.core.errors import InputError
from workbench.logs.layers import find_part

if TYPE_CHECKING:
    from workbench.logs.events.event import Event
    from workbench.logs.events.labels import Layer, LayerFile
    from workbench.project.store import Project

WHOLE_BELOW = 200
"""Layers of fewer events are always written whole: one file says everything."""
MAX_DEPTH = 64
_MAX_BYTES = 128 * 1024 * 1024
_STATES = ("real", "not_real", "unsure")


def newest_layer(project: Project, asset: str) -> Layer:
    """The events of a pump as they are now, in order of time."""
    items = project.items("labels", asset)
    return read_layer(project, items[0].id) if items else ()


def find_event(layer: Layer, prefix: str, asset: str) -> Event:
    """The event of a pump whose id begins with `prefix`; raises InputError where there is none or more than one."""
    return find_part(layer, prefix, f"events of {asset}", "workbench labels list")


def read_layer(project: Project, layer_id: str) -> Layer:
    """The events of a stored layer, with everything it builds on. Raises ObjectCorrupt, ProjectError, InputError."""
    from workbench.logs.events.labels import apply_edit

    chain: list[LayerFile] = []
    name = layer_id
    while name:
        if len(chain) > MAX_DEPTH:
            raise InputError(f"The events {layer_id[:12]} build on more than {MAX_DEPTH} layers.", "The project is damaged.")
        chain.append(_read(project, name))
        name = chain[-1].base
    whole = chain.pop()
    if not chain:
        return whole.events
    merged: dict[str, Event | None] = {}
    for part in reversed(chain):
        merged.update({event.id: event for event in part.events})
        merged.update(dict.fromkeys(part.removed))
    return apply_edit(whole.asset, whole.events, merged)[0]


def store_layer(project: Project, asset: str, layer: Layer, what: str, command: str = "") -> None:
    """Write a layer whole; nothing is written when nothing changed."""
    from workbench.logs.events.labels import encode_layer

    former = project.items("labels", asset)
    layer_id = project.objects.put_bytes("labels", encode_layer(asset, layer))
    if not former or former[0].id != layer_id:
        _record(project, asset, layer, (layer_id, ()), (what, command))


def store_edit(project: Project, asset: str, edit: Mapping[str, Event | None], what: str, command: str = "") -> Layer:
    """Apply an edit to the newest layer and write the result: what changed, or all of it. Returns the layer after it."""
    from workbench.logs.events.labels import apply_edit, encode_change

    items = project.items("labels", asset)
    before = read_layer(project, items[0].id) if items else ()
    after, effect = apply_edit(asset, before, edit)
    if not effect:
        return after
    depth = _depth_of(project, items[0].id) + 1 if items else 0
    if len(after) < WHOLE_BELOW or len(effect) > len(after) // 2 or not items or depth >= MAX_DEPTH:
        store_layer(project, asset, after, what, command)
        return after
    layer_id = project.objects.put_bytes("labels", encode_change(asset, items[0].id, depth, effect))
    _record(project, asset, after, (layer_id, (items[0].id,)), (what, command))
    return after


def _read(project: Project, layer_id: str) -> LayerFile:
    from workbench.logs.events.labels import LayerFile

    data = project.objects.get_bytes("labels", layer_id)
    return decode_strict(data, LayerFile, what=f"The events {layer_id[:12]}", max_bytes=_MAX_BYTES)


def _depth_of(project: Project, layer_id: str) -> int:
    return _read(project, layer_id).depth


def _record(project: Project, asset: str, layer: Layer, stored: tuple[str, tuple[str, ...]], said: tuple[str, str]) -> None:
    from workbench.project.acts import Act, Item

    (layer_id, refs), (what, command) = stored, said
    states = {state: sum(event.state == state for event in layer) for state in _STATES}
    details: dict[str, object] = {"n_events": len(layer), **states}
    item = Item(kind="labels", id=layer_id, name=f"{len(layer)} events", asset=asset, details=details, refs=refs)
    project.record(Act(act="label", on=asset, what=what, item=item, refs=(layer_id,), command=command))
