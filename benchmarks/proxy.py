"""A TCP proxy that delays everything, as a network does, and that can drop its connections."""

import asyncio
from typing import Self

_CHUNK = 65_536


class DelayProxy:
    """Forwards connections to a port on this machine; every byte arrives `delay` seconds later."""

    def __init__(self, target: int, delay: float) -> None:
        """Set the port and the delay of one way, which is half a round trip."""
        self._target = target
        self._delay = delay
        self._connections: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.opened = 0
        """Connections so far."""

    async def start(self) -> Self:
        """Listen on any free port."""
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return self

    def drop(self) -> None:
        """Close all connections, as a failing network does."""
        for writer in self._connections:
            writer.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        await asyncio.sleep(2 * self._delay)  # the handshake of TCP is a round trip
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self._target)
        both = {writer, upstream_writer}
        self._connections |= both
        try:
            async with asyncio.TaskGroup() as directions:
                directions.create_task(self._forward(reader, upstream_writer))
                directions.create_task(self._forward(upstream_reader, writer))
        finally:
            self._connections -= both

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one direction. Chunks stay in order, because they all have the same delay."""
        loop = asyncio.get_running_loop()
        try:
            while chunk := await reader.read(_CHUNK):
                loop.call_later(self._delay, _write, writer, chunk)
        except ConnectionError:
            pass
        finally:
            loop.call_later(self._delay, writer.close)


def _write(writer: asyncio.StreamWriter, chunk: bytes) -> None:
    if not writer.is_closing():
        writer.write(chunk)
