"""Computes a derived channel of one recording into a recording of its own: same instants, one channel, with its pyramid.

It is a copy that can be made anew at any time from the raw log and the formula; it never goes into the project's objects.
Must not import anything but numpy, core and this domain.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np

from workbench.core.codec import encode_canonical, sha256_hex, translate_os_error
from workbench.logs.formulas.formula import Formula, Node
from workbench.logs.formulas.run import GAP_STEPS, FormulaRun, Instants, Rows, Values
from workbench.logs.recordings.format import ChannelInfo
from workbench.logs.recordings.precision import as_printed
from workbench.logs.recordings.writer import RecordingWriter
from workbench.logs.summary import ChannelFacts, RecordingFacts
from workbench.logs.units import find_quantity

if TYPE_CHECKING:
    from workbench.logs.recordings.recording import Recording

_BLOCK_ROWS = 1 << 18
_ENGINE = 1
"""Raised when the same formula would give other values: copies of before are not used any more."""
Held = Callable[[Instants], Values]
"""The last known values of a channel of another recording at these instants."""


def cache_key(inputs: tuple[str, ...], name: str, text: str) -> str:
    """One name for a formula over channels, which are named by a hash of their content."""
    return sha256_hex(encode_canonical([_ENGINE, *inputs, name, text]))[:40]


def derive(
    recording: Recording, name: str, formula: Formula, held: Mapping[str, Held], folder: Path, check: Callable[[float], None]
) -> None:
    """Write the channel `name` of a recording to `folder`, whole or not at all; `check` (share done) may raise to stop."""
    making = folder.with_name(f"{folder.name}.{uuid4().hex[:8]}.part")  # two jobs of one program may make the same one
    try:
        making.mkdir(parents=True)
        _write(recording, name, formula, held, making, check)
        try:
            making.rename(folder)
        except OSError:
            # Another program made the same one meanwhile.
            if not (folder / "meta.json").is_file():
                raise
    except OSError as error:
        raise translate_os_error(error, folder) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def derived_values(recording: Recording, formula: Formula, held: Mapping[str, Held], first: int, end: int) -> Values:
    """The formula over a few rows alone, as a preview: windows begin at row `first`."""
    step_ns = (recording.summary.sample_period_s or 0.0) * 1e9
    return FormulaRun(_with_holds(recording, formula)).values(_rows(recording, formula, held, (first, end), step_ns))


def _write(
    recording: Recording, name: str, formula: Formula, held: Mapping[str, Held], folder: Path, check: Callable[[float], None]
) -> None:
    facts = recording.summary
    quantity = find_quantity(formula.unit, name)
    writer = RecordingWriter(folder, [ChannelInfo(name=name, unit=formula.unit or None, quantity=quantity)])
    running = FormulaRun(_with_holds(recording, formula))
    step_ns = (facts.sample_period_s or 0.0) * 1e9
    for first in range(0, recording.rows, _BLOCK_ROWS):
        check(first / recording.rows)
        end = min(first + _BLOCK_ROWS, recording.rows)
        rows = _rows(recording, formula, held, (first, end), step_ns)
        writer.append(rows.times_ns, {name: running.values(rows)})
    times, stats = writer.close_times(), writer.stats[name]
    known = stats.n_good > 0
    channel = ChannelFacts(
        name=name, unit=formula.unit or None, n_good=stats.n_good, bad={}, min=stats.minimum if known else None,
        max=stats.maximum if known else None, mean=stats.mean if known else None, quantity=quantity,
    )  # fmt: skip
    writer.finish(
        RecordingFacts(
            source=formula.text, rows=times.rows, first_ns=times.first_ns, last_ns=times.last_ns,
            sample_period_s=times.sample_period_s, channels=(channel,), n_gaps=times.n_gaps, n_duplicates_dropped=0,
            n_backward_steps=0, group=facts.group, rate_hz=facts.rate_hz, n_bursts=facts.n_bursts,
        )
    )  # fmt: skip


def _rows(recording: Recording, formula: Formula, held: Mapping[str, Held], part: tuple[int, int], step_ns: float) -> Rows:
    first, end = part
    times_ns = recording.axis.take(np.arange(first, end, dtype=np.int64))
    own = {channel.name for channel in recording.channels}
    columns = {
        name: as_printed(np.asarray(recording.values(name)[first:end])) if name in own else held[name](times_ns)
        for name in formula.channels
    }
    return Rows(times_ns, columns, step_ns)


def _with_holds(recording: Recording, formula: Formula) -> Formula:
    """Channels that were not due at every instant (several rates on one axis) keep their value until the next is due."""
    due_s = {}
    for channel in recording.summary.channels:
        if channel.n_absent and channel.n_good and recording.rows:
            step_s = recording.summary.sample_period_s or 0.0
            due_s[channel.name] = GAP_STEPS * step_s * recording.rows / channel.n_good
    return Formula(formula.text, _held(formula.root, due_s), formula.channels, formula.unit) if due_s else formula


def _held(node: Node, due_s: Mapping[str, float]) -> Node:
    if node.op == "channel":
        return Node("hold", (node,), due_s[node.name]) if due_s.get(node.name) else node
    return Node(node.op, tuple(_held(part, due_s) for part in node.parts), node.number, node.name)
