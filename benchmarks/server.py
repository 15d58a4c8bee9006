"""A fast server that plays OpenAI, in a process of its own: `python -m benchmarks.server FOLDER`.

It prints its ports as JSON: `control`, `network` (TLS with the delay of a network), and `local` (TLS without
it). Unlike the stand-in, it checks nothing, because checks would take processor time from what is measured.
"""

import asyncio
from collections import Counter
import json
from pathlib import Path
import ssl
import sys

from aiohttp import web

from tests.stand_in.models import list_models
from tests.stand_in.silence import SILENCE
from tests.stand_in.sound import as_wav

from .answers import answer
from .proxy import DelayProxy

DELAY_S = 0.01
"""Of one way: a round trip takes 20 ms."""

_TRANSCRIPTION_S = 0.2
_FIRST_SOUND_S = 0.2
_SECONDS_PER_WORD = 0.3
_PATIENT_S = 3600.0


class Server:
    """The state of the server."""

    def __init__(self) -> None:
        """Answer without pauses."""
        self.first_word_s = 0.0
        self.word_s = 0.0
        self.heard = ""
        """What transcriptions contain."""

        self.bytes_up: Counter[str] = Counter()
        """Size of the bodies, by API key."""

    async def list_models(self, _: web.Request) -> web.Response:
        """Answer `GET /v1/models`."""
        return web.json_response({"object": "list", "data": list_models()})

    async def get_model(self, request: web.Request) -> web.Response:
        """Answer `GET /v1/models/{model}`."""
        model = {"id": request.match_info["model"], "object": "model", "created": 1, "owned_by": "system"}
        return web.json_response(model)

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """Answer `POST /v1/responses`, always as a stream."""
        data = await request.read()
        self.bytes_up[request.headers["Authorization"]] += len(data)
        events = answer(json.loads(data))
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        if not self.word_s and not self.first_word_s:
            await stream.write(b"".join(events))
            return stream
        pause = self.first_word_s
        for event in events:
            if b".delta" in event[:60]:
                await asyncio.sleep(pause)
                pause = self.word_s
            await stream.write(event)
        return stream

    async def transcribe(self, request: web.Request) -> web.Response:
        """Answer `POST /v1/audio/transcriptions`."""
        await request.read()
        await asyncio.sleep(_TRANSCRIPTION_S)
        return web.json_response({"text": self.heard, "usage": {"type": "duration", "seconds": 1}})

    async def speak(self, request: web.Request) -> web.StreamResponse:
        """Answer `POST /v1/audio/speech`: the first sound after a while, then the rest."""
        body = await request.json()
        kind = body.get("response_format", "mp3")
        seconds = _SECONDS_PER_WORD * len(body["input"].split())
        pcm = bytes(int(seconds * 24_000) * 2)
        sound = (
            SILENCE[kind](seconds) if kind in SILENCE else as_wav(pcm, rate=24_000) if kind == "wav" else pcm
        )
        stream = web.StreamResponse(
            headers={"Content-Type": "audio/mpeg" if kind == "mp3" else f"audio/{kind}"}
        )
        await stream.prepare(request)
        await asyncio.sleep(_FIRST_SOUND_S)
        await stream.write(sound)
        return stream


async def _serve(folder: Path) -> None:
    server = Server()
    api = web.Application(client_max_size=64 * 1024 * 1024)
    api.router.add_get("/v1/models", server.list_models)
    api.router.add_get("/v1/models/{model}", server.get_model)
    api.router.add_post("/v1/responses", server.respond)
    api.router.add_post("/v1/audio/transcriptions", server.transcribe)
    api.router.add_post("/v1/audio/speech", server.speak)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    port = await _listen(api, context)
    proxy = await DelayProxy(port, DELAY_S).start()

    async def control(request: web.Request) -> web.Response:
        order = await request.json()
        for name in ("first_word_s", "word_s", "heard"):
            setattr(server, name, order.get(name, getattr(server, name)))
        if order.get("drop"):
            proxy.drop()
        seen = {"bytes_up": dict(server.bytes_up), "connections": proxy.opened}
        server.bytes_up.clear()
        return web.json_response(seen)

    admin = web.Application()
    admin.router.add_post("/", control)
    ports = {"control": await _listen(admin), "network": proxy.port, "local": port}
    print(json.dumps(ports), flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until the process that started it ends


async def _listen(app: web.Application, context: ssl.SSLContext | None = None) -> int:
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=_PATIENT_S)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    port: int = runner.addresses[0][1]
    return port


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
