"""smpclient's `SMPTransport` over our own byte transports: its client classes then reach `socket://` ports too.

smpclient's serial transports construct the port themselves and can't open sockets. The program itself speaks SMP through
`protocols.smp`, which keeps a window in flight; this is for showing that a standard tool can talk to our gateway.
"""

from __future__ import annotations

import asyncio

from workbench.core.smp_codec import FRAME_OVERHEAD_BYTES, LineDecoder, encode_lines
from workbench.devices.transports.ports import ByteTransport, open_transport

DEFAULT_BUFFER_BYTES = 384
POLL_S = 0.01


class BridgeTransport:
    """Implements smpclient.transport.SMPTransport with SMP's serial framing."""

    def __init__(self, *, baud_rate_bd: int = 115200) -> None:
        self._baud_rate_bd = baud_rate_bd
        self._transport: ByteTransport | None = None
        self._decoder = LineDecoder()
        self._waiting: list[bytes] = []
        self._smp_server_transport_buffer_size: int | None = None

    async def connect(self, address: str, timeout_s: float) -> None:
        """Open the port `address`."""
        self._transport = await asyncio.wait_for(
            asyncio.to_thread(open_transport, address, baud_rate_bd=self._baud_rate_bd), timeout_s
        )
        self._decoder = LineDecoder()

    async def disconnect(self) -> None:
        """Close the port."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    async def send(self, data: bytes) -> None:
        """Send one message."""
        assert self._transport is not None, "connect first"
        await asyncio.to_thread(self._transport.write, encode_lines(data))

    async def receive(self) -> bytes:
        """The next message."""
        assert self._transport is not None, "connect first"
        while not self._waiting:
            self._waiting += self._decoder.feed(await asyncio.to_thread(self._transport.read, POLL_S))
        return self._waiting.pop(0)

    async def send_and_receive(self, data: bytes) -> bytes:
        """One request and its reply."""
        await self.send(data)
        return await self.receive()

    def initialize(self, smp_server_transport_buffer_size: int) -> None:
        """Take over the server's buffer size."""
        self._smp_server_transport_buffer_size = smp_server_transport_buffer_size

    @property
    def mtu(self) -> int:
        """Largest message, bytes."""
        return self._smp_server_transport_buffer_size or DEFAULT_BUFFER_BYTES

    @property
    def max_unencoded_size(self) -> int:
        """Largest message before framing, bytes."""
        return self.mtu - FRAME_OVERHEAD_BYTES
