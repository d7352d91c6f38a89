"""The device's end of a cable: a serial port, a loopback socket that takes one caller at a time, or (POSIX) a pty.

Reads never block for longer than asked. Listens on this machine only. Must not know what the bytes mean.
"""

from __future__ import annotations

import os
import select
import socket
from typing import Protocol

from workbench.core.errors import DeviceNotFound, InputError, PortBusy

READ_BYTES = 65536
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Endpoint(Protocol):
    """Moves bytes. `is_new_caller` is true once after somebody plugged in."""

    name: str

    def read(self, timeout_s: float) -> bytes:
        """Bytes that arrived, b'' if none did within the time (or nobody is plugged in)."""

    def write(self, data: bytes) -> None:
        """Send; bytes for nobody are lost."""

    def take_new_caller(self) -> bool:
        """Whether somebody plugged in since the last call."""

    def hang_up(self) -> None:
        """Pull the cable out at this end."""

    def close(self) -> None:
        """Give the port back."""


class SocketEndpoint:
    """Listens on a loopback address; `name` is the socket:// URL with the port that was given."""

    def __init__(self, host: str, port: int) -> None:
        self._listener = socket.create_server((host, port))
        self._caller: socket.socket | None = None
        self._is_new = False
        self.name = f"socket://{host}:{self._listener.getsockname()[1]}"

    def read(self, timeout_s: float) -> bytes:
        """See Endpoint."""
        watched = [self._listener] if self._caller is None else [self._listener, self._caller]
        ready, _, _ = select.select(watched, [], [], timeout_s)
        if self._caller is not None and self._caller in ready:
            data = self._receive()
            if data:
                return data
        elif self._listener in ready:
            self._accept()
        return b""

    def write(self, data: bytes) -> None:
        """See Endpoint."""
        if self._caller is None:
            return
        try:
            self._caller.sendall(data)
        except OSError:
            self.hang_up()

    def take_new_caller(self) -> bool:
        """See Endpoint."""
        was_new, self._is_new = self._is_new, False
        return was_new

    def hang_up(self) -> None:
        """See Endpoint."""
        if self._caller is not None:
            self._caller.close()
            self._caller = None

    def close(self) -> None:
        """See Endpoint."""
        self.hang_up()
        self._listener.close()

    def _accept(self) -> None:
        caller, _ = self._listener.accept()
        if self._caller is not None:
            # One cable, one caller: the second one finds the port busy.
            caller.close()
            return
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        caller.settimeout(10.0)
        self._caller, self._is_new = caller, True

    def _receive(self) -> bytes:
        assert self._caller is not None
        try:
            data = self._caller.recv(READ_BYTES)
        except OSError:
            data = b""
        if not data:
            self.hang_up()
        return data


class PtyEndpoint:
    """A pseudo terminal (POSIX): `name` is the path that a host opens as its serial port."""

    def __init__(self) -> None:
        if os.name == "nt":
            raise InputError("This machine has no pseudo terminals.", "Listen on socket://127.0.0.1:0 instead.")
        import pty
        import tty

        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.name = os.ttyname(self._slave)

    def read(self, timeout_s: float) -> bytes:
        """See Endpoint."""
        ready, _, _ = select.select([self._master], [], [], timeout_s)
        return os.read(self._master, READ_BYTES) if ready else b""

    def write(self, data: bytes) -> None:
        """See Endpoint."""
        rest = memoryview(data)
        while rest:
            _, ready, _ = select.select([], [self._master], [], 1.0)
            if not ready:
                return  # nobody reads: like a serial line without a listener, the bytes are lost
            rest = rest[os.write(self._master, rest) :]

    def take_new_caller(self) -> bool:
        """A serial line can't tell."""
        return False

    def hang_up(self) -> None:
        """A pty's other end can't be unplugged without losing its name."""

    def close(self) -> None:
        """See Endpoint."""
        os.close(self._master)
        os.close(self._slave)


class SerialEndpoint:
    """A real serial port of the gateway."""

    def __init__(self, name: str, baud_rate_bd: int) -> None:
        import serial

        self.name = name
        try:
            # Windows opens ports exclusively anyway and refuses the argument.
            exclusive = None if os.name == "nt" else True
            self._port = serial.Serial(name, baud_rate_bd, timeout=0, write_timeout=10, exclusive=exclusive)
        except serial.SerialException as error:
            raise DeviceNotFound(f"{name} can't be opened: {error}.", "Check the port's name and permissions.") from error
        self._write_timeout: type[Exception] = serial.SerialTimeoutException

    def read(self, timeout_s: float) -> bytes:
        """See Endpoint."""
        self._port.timeout = timeout_s
        first: bytes = self._port.read(1)
        return first + self._port.read(self._port.in_waiting) if first else b""

    def write(self, data: bytes) -> None:
        """See Endpoint."""
        try:
            self._port.write(data)
        except self._write_timeout:
            return  # nobody takes the bytes: the host asks again when it is back

    def take_new_caller(self) -> bool:
        """A serial line can't tell."""
        return False

    def hang_up(self) -> None:
        """Nothing to do: the line stays."""

    def close(self) -> None:
        """See Endpoint."""
        self._port.close()


def open_endpoint(listen: str, *, baud_rate_bd: int = 115200) -> Endpoint:
    """`socket://127.0.0.1:PORT` (0: any free one), `pty`, or a serial port. Raises InputError, PortBusy, DeviceNotFound."""
    if listen == "pty":
        return PtyEndpoint()
    if not listen.startswith("socket://"):
        return SerialEndpoint(listen, baud_rate_bd)
    host, _, port = listen.removeprefix("socket://").rpartition(":")
    if host not in LOOPBACK or not port.isdigit():
        raise InputError(f"{listen} is not an address on this machine.", "Use socket://127.0.0.1:0.")
    try:
        return SocketEndpoint(host, int(port))
    except OSError as error:
        raise PortBusy(
            f"{listen} can't be listened on: {error.strerror}.", "Take another port, or 0 for any free one."
        ) from error
