"""The loop between a port and the agent: bytes to the server, answers back, samples in between.

A reset command and a power cut both end in `Agent.boot`, which knows only what is on disk. Must not know which kind of port
it serves.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench.edge.agent import Agent
from workbench.edge.endpoints import Endpoint, open_endpoint
from workbench.edge.groups import handlers_of
from workbench.edge.line import PowerLost
from workbench.edge.sensors import Replay, read_csv
from workbench.edge.smp_server import Handler, HandlerKey, SmpServer

IDLE_READ_S = 0.05
BOOT_S = 0.1
HandlerTable = dict[HandlerKey, Handler]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentOptions:
    """Where the agent keeps its things, where it listens, and what it takes for its sensors."""

    folder: Path
    port: str
    input_file: Path | None = None
    speed: float = 1.0
    baud_rate_bd: int = 115200


def stop_at_signals(stop: threading.Event) -> None:
    """Ctrl+C and a polite kill end the loop; only the main thread may listen for them."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), lambda *_: stop.set())


def run_agent(options: AgentOptions, ready: Callable[[dict[str, object]], None]) -> None:
    """Open the port, boot the agent, say that it is ready, serve until this process is asked to stop."""
    stop = threading.Event()
    stop_at_signals(stop)
    replay = Replay(read_csv(options.input_file), speed=options.speed) if options.input_file else None
    endpoint = open_endpoint(options.port, baud_rate_bd=options.baud_rate_bd)
    try:
        service = Service(Agent(options.folder, replay), endpoint)
        ready({"ready": True, "port": endpoint.name, "pid": os.getpid()})
        service.run(stop.is_set)
    finally:
        endpoint.close()


class Service:
    """Serves one agent at one port until it is stopped."""

    def __init__(
        self,
        agent: Agent,
        endpoint: Endpoint,
        *,
        make_handlers: Callable[[Agent], HandlerTable] = handlers_of,
        sleep: Callable[[float], None] = time.sleep,
        boot_s: float = BOOT_S,
    ) -> None:
        self._agent = agent
        self._endpoint = endpoint
        self._make_handlers = make_handlers
        self._sleep = sleep
        self._boot_s = boot_s
        self._handlers = make_handlers(agent)
        self._server = SmpServer(self._handlers)

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Serve until asked to stop."""
        while not should_stop():
            self.step()

    def step(self) -> None:
        """One turn: take what came, answer, take samples; start anew after a reset or a power cut."""
        try:
            data = self._endpoint.read(IDLE_READ_S)
            if self._endpoint.take_new_caller():
                self._server = SmpServer(self._handlers)
            if data:
                self._endpoint.write(self._server.feed(data))
        except PowerLost:
            self._restart()
            return
        if self._agent.is_reset_wanted:
            self._restart()
        self._agent.tick()

    def _restart(self) -> None:
        self._sleep(self._boot_s)
        self._agent.boot()
        self._handlers = self._make_handlers(self._agent)
        self._server = SmpServer(self._handlers)
