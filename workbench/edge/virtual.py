"""A virtual gateway: the real agent behind a simulated cable, for rehearsals, the demo and tests.

Faults: the cable's and the power's are the line's; `full` lets the disk run full while an image is written; `lie` makes the
device say that its golden vectors pass, while its model answers something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from workbench.bundle.trust import load_trust
from workbench.core.smp_codec import Operation
from workbench.core.wire import PUMP_GROUP, PumpCommand
from workbench.edge.agent import Agent
from workbench.edge.endpoints import open_endpoint
from workbench.edge.groups import handlers_of
from workbench.edge.line import Fault, Line, parse_fault
from workbench.edge.provisioning import Provisioning, load_device_trust, load_provisioning, new_serial, provision
from workbench.edge.sensors import Replay, read_csv
from workbench.edge.serve import HandlerTable, Service
from workbench.edge.smp_server import Handler

LIE_SCORE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualOptions:
    """What the virtual gateway is and what happens to it."""

    listen: str
    folder: Path
    trust_file: Path | None = None
    board: str = "virtual-gateway"
    tag: str = ""
    model_line: str = ""
    input_file: Path | None = None
    speed: float = 1.0
    baud_rate_bd: int = 0
    latency_s: float = 0.0
    faults: tuple[str, ...] = ()


def build_virtual(options: VirtualOptions) -> tuple[Service, Line]:
    """Provision the folder where needed, and put the agent behind its cable. Raises InputError, PortBusy."""
    faults = tuple(parse_fault(text) for text in options.faults)
    _provision(options)
    replay = Replay(read_csv(options.input_file), speed=options.speed) if options.input_file else None
    agent = Agent(options.folder, replay, upload_quota_bytes=0 if has_fault(faults, "full") else None)
    line = Line(open_endpoint(options.listen), baud_rate_bd=options.baud_rate_bd, latency_s=options.latency_s, faults=faults)
    make_handlers = lying_handlers_of if has_fault(faults, "lie") else handlers_of
    return Service(agent, line, make_handlers=make_handlers), line


def has_fault(faults: tuple[Fault, ...], kind: str) -> bool:
    """Whether one of the faults is of this kind."""
    return any(fault.kind == kind for fault in faults)


def lying_handlers_of(agent: Agent) -> HandlerTable:
    """The agent's commands, with a self-test that always passes and a model that always says the same."""
    table = handlers_of(agent)
    self_test = (PUMP_GROUP, int(PumpCommand.SELF_TEST), Operation.READ)
    score = (PUMP_GROUP, int(PumpCommand.SCORE_WINDOW), Operation.WRITE)
    return {**table, self_test: _all_passed(table[self_test]), score: _constant_score(table[score])}


def _all_passed(honest: Handler) -> Handler:
    def answer(payload: Mapping[str, object]) -> Mapping[str, object]:
        found = honest(payload)
        return {**found, "n_passed": found["n_vectors"], "largest_error": 0.0}

    return answer


def _constant_score(honest: Handler) -> Handler:
    def answer(payload: Mapping[str, object]) -> Mapping[str, object]:
        found = honest(payload)
        return {**found, "score": LIE_SCORE, "raw": LIE_SCORE} if found["is_scored"] else found

    return answer


def _provision(options: VirtualOptions) -> None:
    trust = load_trust(options.trust_file) if options.trust_file else None
    known = load_provisioning(options.folder)
    if known is None:
        known = Provisioning(board=options.board, serial=new_serial("VG"))
    wanted = msgspec.structs.replace(
        known, board=options.board, tag=options.tag or known.tag, model_line=options.model_line or known.model_line
    )
    provision(options.folder, wanted, trust or load_device_trust(options.folder))
