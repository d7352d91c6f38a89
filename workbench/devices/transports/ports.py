"""Byte transports: a serial port (COM3, /dev/ttyUSB0) or a loopback socket (socket://127.0.0.1:5000).

Only moves bytes; framing and meaning belong to `protocols`. The libraries' errors become ours here. Never opens anything
but a port of this machine.
"""

from __future__ import annotations

import socket
from typing import Any, Literal, Protocol

from workbench.core.errors import DeviceNotFound, Disconnected, InputError, PortBusy

READ_BYTES = 65536
CONNECT_TIMEOUT_S = 3.0
WRITE_TIMEOUT_S = 30.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LineSetting = Literal["8N1", "8E1", "8O1", "8N2", "7E1", "7O1"]
_BUSY_WORDS = ("busy", "access is denied", "permission", "could not exclusively lock")
_ABSENT_WORDS = ("no such file", "filenotfounderror")  # Windows says the rest in its own language


class ByteTransport(Protocol):
    """An open port. `rate_bytes_per_s` is the line's own limit, None where there is none (a socket)."""

    name: str
    rate_bytes_per_s: float | None

    def read(self, timeout_s: float) -> bytes:
        """Bytes that arrived, b'' if none did within the time. Raises Disconnected."""

    def write(self, data: bytes) -> None:
        """Send everything. Raises Disconnected."""

    def close(self) -> None:
        """Give the port back."""


class SocketTransport:
    """A TCP connection to this machine."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rate_bytes_per_s: float | None = None
        host, port = parse_socket_url(name)
        try:
            self._socket = socket.create_connection((host, port), timeout=CONNECT_TIMEOUT_S)
        except OSError as error:
            text = f"Nothing answers at {name}: {error.strerror or error}."
            raise DeviceNotFound(text, "Start the device, or check the port's number.") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self, timeout_s: float) -> bytes:
        """See ByteTransport."""
        try:
            self._socket.settimeout(max(timeout_s, 0.001))
            data = self._socket.recv(READ_BYTES)
        except TimeoutError:
            return b""
        except OSError as error:
            raise unplugged(self.name) from error
        if not data:
            raise unplugged(self.name)
        return data

    def write(self, data: bytes) -> None:
        """See ByteTransport."""
        try:
            self._socket.settimeout(WRITE_TIMEOUT_S)
            self._socket.sendall(data)
        except OSError as error:
            raise unplugged(self.name) from error

    def close(self) -> None:
        """See ByteTransport."""
        self._socket.close()


class SerialTransport:
    """A serial port through pyserial."""

    def __init__(self, name: str, baud_rate_bd: int, line: LineSetting = "8N1") -> None:
        import serial

        self.name = name
        n_data, parity, n_stop = int(line[0]), line[1], int(line[2])
        self.rate_bytes_per_s: float | None = baud_rate_bd / (1 + n_data + (parity != "N") + n_stop)
        self._errors: tuple[type[Exception], ...] = (serial.SerialException, OSError)
        try:
            self._port: Any = serial.Serial(
                name, baud_rate_bd, n_data, parity, n_stop, timeout=0, write_timeout=WRITE_TIMEOUT_S, exclusive=_is_exclusive()
            )
        except serial.SerialException as error:
            raise _open_error(name, str(error)) from error
        self._port.reset_input_buffer()

    def read(self, timeout_s: float) -> bytes:
        """See ByteTransport."""
        try:
            self._port.timeout = timeout_s
            first: bytes = self._port.read(1)
            return first + self._port.read(self._port.in_waiting) if first else b""
        except self._errors as error:
            raise unplugged(self.name) from error

    def write(self, data: bytes) -> None:
        """See ByteTransport."""
        try:
            self._port.write(data)
        except self._errors as error:
            raise unplugged(self.name) from error

    def close(self) -> None:
        """See ByteTransport."""
        self._port.close()


def open_transport(port: str, *, baud_rate_bd: int = 115200, line: LineSetting = "8N1") -> ByteTransport:
    """Open a port; `line` is data bits, parity, stop bits. Raises DeviceNotFound, PortBusy or InputError."""
    if port.startswith("socket://"):
        return SocketTransport(port)
    return SerialTransport(port, baud_rate_bd, line)


def parse_socket_url(url: str) -> tuple[str, int]:
    """Host and port of socket://host:port; raises InputError for anything but this machine."""
    host, _, port = url.removeprefix("socket://").rpartition(":")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise InputError(f"{url} is not a port.", "Write socket://127.0.0.1:5000.")
    if host.strip("[]") not in LOOPBACK:
        raise InputError(
            f"{url} is not on this machine; no connection over the network is opened from here.",
            "A serial server's own driver makes its lines ports of this machine (COM5, /dev/ttyr00): take those.",
        )
    return host.strip("[]"), int(port)


def unplugged(name: str) -> Disconnected:
    """The error for a cable that came out."""
    return Disconnected(f"The connection at {name} is gone.", "Plug the cable back in and go on.")


def _open_error(name: str, text: str) -> DeviceNotFound | PortBusy:
    if any(word in text.lower() for word in _BUSY_WORDS):
        return PortBusy(f"{name} can't be opened: {text}.", "Close the other program that uses it, or check your permissions.")
    if any(word in text.lower() for word in _ABSENT_WORDS):
        known = "'workbench devices list' shows the ports of this machine"
        return DeviceNotFound(f"There is no port {name}.", f"Plug the cable in and check the port's name; {known}.")
    return DeviceNotFound(f"{name} can't be opened: {text}.", "Check the cable and the port's name.")


def _is_exclusive() -> bool | None:
    import os

    # Windows opens ports exclusively anyway and refuses the argument.
    return None if os.name == "nt" else True
