"""Which channel of a pump is what for its curve: a person's choice, else what quantity, name and values say."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.core.errors import InputError
from workbench.services.analysis_reads import speed_channel_of
from workbench.services.log_views import AssetLogs, ChannelView
from workbench.services.machine import MachineFacts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_SUCTION = re.compile(r"suct|inlet|saug|aspir|(?<![a-z])(in|ps|suc)(?![a-z])", re.IGNORECASE)
_DISCHARGE = re.compile(r"disch|outlet|druck|refoul|mandata|(?<![a-z])(out|pd|dis)(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which channel is what; '' where there is none."""

    suction: str
    discharge: str
    flow: str
    speed: str
    power: str


def guess_roles(logs: AssetLogs, facts: MachineFacts, range_ns: tuple[int, int] | None = None) -> Roles:
    """A person's choices, else by quantity and name; of two pressures without words, the lower one is the suction.

    A channel without a value says nothing: of the log, or of a stretch (ns) where one is given and others have values there.
    """
    names = {view.name for view in logs.channels}

    def among(kind: str) -> list[ChannelView]:
        views = [view for view in logs.channels if view.group == "trend" and view.quantity == kind]
        known = [view for view in views if view.high is not None]
        return [view for view in known if range_ns is None or _has_values(logs, view.name, range_ns)] or known or views

    pressures = among("pressure")
    ranked = sorted(pressures, key=lambda view: view.high or 0.0)
    suction = next((v.name for v in pressures if _SUCTION.search(v.name)), ranked[0].name if len(ranked) > 1 else "")
    others = [view.name for view in ranked if view.name != suction]
    discharge = next((name for name in others if _DISCHARGE.search(name)), others[-1] if others else "")
    flow, power = (next((view.name for view in among(kind)), "") for kind in ("flow", "power"))

    def kept(own: str, guessed: str) -> str:
        return own if own in names else guessed

    return Roles(
        suction=kept(facts.suction_channel, suction), discharge=kept(facts.discharge_channel, discharge),
        flow=kept(facts.flow_channel, flow), speed=speed_channel_of(logs, facts), power=kept(facts.power_channel, power),
    )  # fmt: skip


def _has_values(logs: AssetLogs, channel: str, range_ns: tuple[int, int]) -> bool:
    """Whether a channel has a good value in a stretch; from its pyramid, without reading the samples."""
    import numpy as np

    found = logs.envelopes(channel, *range_ns, 1)
    return any(bool(np.isfinite(one.maximum).any()) for one in found)


def check_roles(roles: Roles, asset: str) -> None:
    """Raise InputError where flow or discharge pressure is missing: there is no curve without."""
    lacking = [words for words, name in (("flow", roles.flow), ("a discharge pressure", roles.discharge)) if not name]
    if lacking:
        raise InputError(
            f"{asset} has no channel for {' and '.join(lacking)}: there is no pump curve without.",
            "Choose the channels in Machine, or import a log that has them.",
        )


def heard_roles(roles: Roles, columns: dict[str, Array]) -> tuple[Roles, tuple[str, ...]]:
    """Roles without the channels that have no value here, and a note on each; raises InputError for flow and discharge."""
    import numpy as np

    silent = {role: name for role in columns if (name := getattr(roles, role)) and not np.isfinite(columns[role]).any()}
    needed = [silent[role] for role in ("flow", "discharge") if role in silent]
    if needed:
        raise InputError(
            f"{' and '.join(needed)} has no value in this stretch: there is no pump curve without.",
            "Choose another stretch of time, or another channel in Machine.",
        )
    kept = replace(roles, **dict.fromkeys(silent, ""))
    return kept, tuple(f"{name} has no value in this stretch." for name in silent.values())


def missing_notes(roles: Roles) -> tuple[str, ...]:
    """What can't be told without a channel."""
    notes = []
    if not roles.suction:
        notes.append("No suction pressure: it is taken as 0 bar gauge, and there is no NPSH.")
    if not roles.power:
        notes.append("No power: there is no efficiency.")
    return tuple(notes)
