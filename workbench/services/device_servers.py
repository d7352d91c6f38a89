"""Behind `devices virtual` and `edge run`: the agent in this process, or the virtual gateway in a process of its own."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from workbench.core.errors import DeviceError
from workbench.core.processes import start_own
from workbench.core.requests import to_arguments
from workbench.services.devices import EdgeRequest, VirtualRequest

READY_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 5.0
Ready = Callable[[dict[str, object]], None]


class VirtualDevice:
    """A virtual gateway in its own process. `port` is where it answers; `stop` ends it."""

    def __init__(self, process: subprocess.Popen[bytes], port: str) -> None:
        self.process = process
        self.port = port

    def stop(self) -> None:
        """End the process; whatever was written to its folder stays."""
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        if self.process.stderr is not None:
            self.process.stderr.close()

    def __enter__(self) -> VirtualDevice:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def run_virtual(request: VirtualRequest, ready: Ready) -> None:
    """Serve until this process is asked to stop."""
    if request.state is not None:
        _serve_virtual(request, Path(request.state), ready)
        return
    with tempfile.TemporaryDirectory(prefix="virtual-gateway-", ignore_cleanup_errors=True) as folder:
        _serve_virtual(request, Path(folder), ready)


def _serve_virtual(request: VirtualRequest, folder: Path, ready: Ready) -> None:
    from workbench.edge.serve import stop_at_signals
    from workbench.edge.virtual import VirtualOptions, build_virtual

    options = VirtualOptions(
        listen=request.listen, folder=folder, trust_file=_trust_file(request, folder), board=request.board, tag=request.tag,
        model_line=request.line, input_file=_path_of(request.input), speed=request.speed,
        baud_rate_bd=request.baud_rate_bd, latency_s=request.latency_ms / 1000, faults=request.fault,
    )  # fmt: skip
    stop = threading.Event()
    stop_at_signals(stop)
    service, endpoint = build_virtual(options)
    try:
        ready({"ready": True, "port": endpoint.name, "pid": os.getpid()})
        service.run(stop.is_set)
    finally:
        endpoint.close()


def _trust_file(request: VirtualRequest, folder: Path) -> Path | None:
    """The file that was named; for a new device that isn't told, the person's own root: a rehearsal is for their bundles."""
    from workbench.bundle.trust import TRUST_FILE
    from workbench.core.paths import user_home
    from workbench.edge.provisioning import load_provisioning

    if request.trust or load_provisioning(folder) is not None:
        return _path_of(request.trust)
    own = user_home() / TRUST_FILE
    return own if own.is_file() else None


def run_edge(request: EdgeRequest, ready: Ready) -> None:
    """Serve until this process is asked to stop."""
    from workbench.edge.serve import AgentOptions, run_agent

    options = AgentOptions(
        folder=Path(request.state), port=request.port, input_file=_path_of(request.input), speed=request.speed,
        baud_rate_bd=request.baud_rate_bd,
    )  # fmt: skip
    run_agent(options, ready)


def start_virtual(request: VirtualRequest) -> VirtualDevice:
    """Start the process and wait for its ready line. Raises DeviceError with what it said on standard error."""
    arguments = to_arguments(("devices", "virtual"), request)[1:]
    process = start_own(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lines: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_read_line, args=(process, lines), daemon=True).start()
    try:
        port = _port_of(lines.get(timeout=READY_TIMEOUT_S))
    except queue.Empty:
        port = ""
    if port:
        # Nobody reads its standard error from here on; it writes nothing there while it serves.
        return VirtualDevice(process, port)
    process.kill()
    said = process.communicate()[1].decode("utf-8", errors="replace").strip()
    first = said.splitlines()[0] if said else "it said nothing"
    raise DeviceError(f"The virtual device did not start: {first}", "Check its input log and trust file.")


def _read_line(process: subprocess.Popen[bytes], lines: queue.Queue[bytes]) -> None:
    assert process.stdout is not None
    lines.put(process.stdout.readline())


def _port_of(line: bytes) -> str:
    try:
        value = json.loads(line)
    except ValueError:
        return ""
    return str(value.get("port", "")) if isinstance(value, dict) else ""


def _path_of(text: str | None) -> Path | None:
    return Path(text) if text else None
