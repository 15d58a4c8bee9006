"""A self-hosted server that speaks and transcribes, in the process of a test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import web
from aiohttp.test_utils import TestServer

KEY: Final = "kokoro-secret-4711"
MP3: Final = bytes.fromhex("fff344c4").ljust(96, b"\x55") * 8
HEARD: Final = "Turn on the light"


class Kokoro:
    """What it was asked, and how it answers."""

    def __init__(self) -> None:
        """Begin with nothing asked."""
        self.base_url = ""
        self.key: str | None = KEY
        """What it accepts; None: everything."""

        self.asked: list[tuple[str, dict[str, Any]]] = []
        """Paths and bodies."""

        self.keys: list[str] = []
        """The keys that came with the requests."""

    def spoken(self) -> list[dict[str, Any]]:
        """Return the bodies of what it had to speak."""
        return [body for path, body in self.asked if path.endswith("/audio/speech")]

    async def answer(self, request: web.Request) -> web.Response:
        """Answer any request."""
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.keys.append(key)
        if self.key and key != self.key:
            message = f"Invalid API key: {key}"
            return web.json_response({"error": {"message": message, "code": "invalid_api_key"}}, status=401)
        body = await request.json() if request.content_type == "application/json" else {}
        self.asked.append((request.path, body))
        match request.path:
            case "/v1/models":
                return web.json_response({"object": "list", "data": [{"id": "kokoro"}, {"id": "whisper"}]})
            case "/v1/audio/speech":
                return web.Response(body=MP3, content_type="audio/mpeg")
            case "/v1/audio/transcriptions":
                return web.json_response({"text": HEARD})
        return web.json_response({"error": {"message": "Not found"}}, status=404)


@asynccontextmanager
async def running_kokoro() -> AsyncIterator[Kokoro]:
    """Enter to have it run."""
    kokoro = Kokoro()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", kokoro.answer)
    async with TestServer(app) as server:
        kokoro.base_url = str(server.make_url("/v1"))
        yield kokoro
