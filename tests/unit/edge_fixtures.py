"""A device in a folder, spoken to without a line: messages in, payloads out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.contracts import bundle_fixtures as fixtures
from workbench.bundle.trust import TrustRoot
from workbench.core.smp_codec import IMAGE_GROUP, ImageCommand, LineDecoder, Operation, SmpMessage, decode_message, encode_lines
from workbench.core.smp_codec import encode_message as encode
from workbench.core.wire import PUMP_GROUP
from workbench.edge.agent import Agent
from workbench.edge.groups import handlers_of
from workbench.edge.provisioning import Provisioning, provision
from workbench.edge.smp_server import SmpServer

TRUST = fixtures.make_root()
PIECE_BYTES = 2000


def digest_of(image: bytes) -> str:
    return hashlib.sha256(image).hexdigest()


def make_agent(folder: Path, *, trust: TrustRoot | None = TRUST, line: str = fixtures.LINE, **options: object) -> Agent:
    identity = Provisioning(board=fixtures.BOARD, serial="VG-0001", tag="P-2041A", model_line=line)
    provision(folder, identity, trust)
    return Agent(folder, **options)  # type: ignore[arg-type]


@dataclass
class Bench:
    """An agent and a server without a line."""

    agent: Agent

    def ask(self, operation: Operation, group: int, command: int, payload: Mapping[str, object]) -> Mapping[str, object]:
        request = SmpMessage(operation=operation, group=group, command=command, sequence=1, payload=payload)
        answers = LineDecoder().feed(SmpServer(handlers_of(self.agent)).feed(encode_lines(encode(request))))
        return decode_message(answers[0]).payload

    def pump(self, command: int, payload: Mapping[str, object] | None = None) -> Mapping[str, object]:
        return self.ask(Operation.READ, PUMP_GROUP, command, payload or {})

    def send(self, image: bytes, *, until: int | None = None) -> Mapping[str, object]:
        """Upload up to byte `until`; the last answer."""
        answer: Mapping[str, object] = {}
        offset, end = 0, len(image) if until is None else until
        while offset < end:
            payload: dict[str, object] = {"off": offset, "data": image[offset : min(end, offset + PIECE_BYTES)]}
            if offset == 0:
                payload |= {"len": len(image), "sha": hashlib.sha256(image).digest(), "image": 0}
            answer = self.ask(Operation.WRITE, IMAGE_GROUP, ImageCommand.UPLOAD, payload)
            if "off" not in answer:
                return answer
            offset = int(str(answer["off"]))
        return answer

    def set_state(self, image: bytes, *, confirm: bool) -> Mapping[str, object]:
        payload = {"hash": hashlib.sha256(image).digest(), "confirm": confirm}
        return self.ask(Operation.WRITE, IMAGE_GROUP, ImageCommand.STATE, payload)

    def install(self, image: bytes) -> None:
        """Upload, test boot and confirm."""
        self.send(image)
        self.set_state(image, confirm=False)
        self.agent.boot()
        self.set_state(image, confirm=True)
        assert self.agent.slots.record.trial is None
