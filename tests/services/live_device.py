"""A device that speaks real bytes, over a socket or a pseudo-terminal, and fails as real ones do."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress

from workbench.core.jobs import Job, JobEvent, Partial
from workbench.services.capture_live import LiveUpdate


class SocketDevice:
    """Waits for a caller, sends `pieces` (each only when `go` was released once for it, if `steps`), then hangs up.

    With `holds` it stays silent at the end until `hang_up`.
    """

    def __init__(self, pieces: Sequence[bytes], *, holds: bool = False, n_callers: int = 1) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
        self._pieces, self._holds, self._n_callers = pieces, holds, n_callers
        self._may_end = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> SocketDevice:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._may_end.set()
        self._server.close()
        self._thread.join(5)

    def hang_up(self) -> None:
        """The cable comes out."""
        self._may_end.set()

    def _serve(self) -> None:
        for _ in range(self._n_callers):
            try:
                caller, _address = self._server.accept()
            except OSError:
                return
            with caller, suppress(OSError):
                for piece in self._pieces:
                    caller.sendall(piece)
                if self._holds:
                    self._may_end.wait(30)


class PtyDevice:
    """The master of a pseudo-terminal; `port` is its slave, which a serial library opens as any port."""

    def __init__(self) -> None:
        import tty

        self._master, slave = os.openpty()
        tty.setraw(self._master)
        self.port = os.ttyname(slave)
        self._slave = slave
        self._is_open = True

    def send(self, data: bytes) -> None:
        """Onto the line; waits where nobody reads."""
        while data:
            data = data[os.write(self._master, data) :]

    def cut(self) -> None:
        """The cable comes out."""
        if self._is_open:
            self._is_open = False
            os.close(self._slave)
            os.close(self._master)

    def __enter__(self) -> PtyDevice:
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()


class Watcher:
    """The sink of a capture's job: keeps its updates, and calls `react(update)` on each, on the capture's own thread."""

    def __init__(self) -> None:
        self.updates: list[LiveUpdate] = []
        self.job = Job(self._on_event)
        self.react: object = None

    def _on_event(self, event: JobEvent) -> None:
        if isinstance(event, Partial) and isinstance(event.value, LiveUpdate):
            self.updates.append(event.value)
            if callable(self.react):
                self.react(event.value)
