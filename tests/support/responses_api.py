"""Builders for what OpenAI answers, and what it was asked.

    openai.says("Hello!")
    openai.calls("HassTurnOn", {"name": "Kitchen Light"})
    openai.refuses(429, code="rate_limit_exceeded")

Each line answers one request, in order. Every request is checked against the SDK's parameter types before
it is answered.
"""

import base64
from collections.abc import AsyncIterator, Iterable
from io import BytesIO
import json
from typing import Any

import httpx
from PIL import Image
import respx

from tests.stand_in.decision_rules import validate_decision_request
from tests.stand_in.errors import ApiError
from tests.stand_in.image_rules import validate_edit_request, validate_image_request
from tests.stand_in.speech_rules import validate_speech_request
from tests.stand_in.transcription_rules import validate_transcription_request
from tests.stand_in.validation import validate_response_request
from tests.support.endpoints import Check, Endpoint, Read, body_of, form_of
from tests.support.response_items import (
    USAGE,
    Event,
    Item,
    citation,
    code_interpreter_call,
    function_call,
    item_events,
    message,
    reasoning,
    refusal,
    response_events,
    sse,
    web_search_call,
)

__all__ = [
    "BASE_URL",
    "JPEG",
    "PNG",
    "USAGE",
    "WEBP",
    "Event",
    "FakeOpenAI",
    "Item",
    "citation",
    "code_interpreter_call",
    "function_call",
    "image_file",
    "item_events",
    "message",
    "reasoning",
    "refusal",
    "response_events",
    "sse",
    "web_search_call",
]

BASE_URL = "https://api.openai.com/v1"


def image_file(kind: str, size: tuple[int, int] = (16, 8)) -> bytes:
    """Return a small image: "PNG", "JPEG", or "WEBP"."""
    file = BytesIO()
    Image.new("RGB", size, "teal").save(file, kind)
    return file.getvalue()


PNG, JPEG, WEBP = (image_file(kind) for kind in ("PNG", "JPEG", "WEBP"))


def _image_answer(data: bytes | None, usage: Any = None, **more: Any) -> httpx.Response:
    content = {"b64_json": base64.b64encode(data).decode()} if data is not None else {}
    return httpx.Response(200, json={"created": 1, "data": [{**content, **more}], "usage": usage})


class FakeOpenAI:
    """Plays OpenAI at the HTTP level."""

    def __init__(self, router: respx.Router) -> None:
        """Answer on a router, with a valid key and a list of models by default."""
        self.requests: list[dict[str, Any]] = []
        """The bodies that were posted to /responses."""

        self.timeouts: list[dict[str, float]] = []
        self._answers: list[httpx.Response | Exception] = []
        self.router = router
        self.models = router.get(f"{BASE_URL}/models").mock(side_effect=self._list_models)
        self.model = router.get(url__startswith=f"{BASE_URL}/models/").respond(404)
        router.post(f"{BASE_URL}/responses").mock(side_effect=self._respond)

        def endpoint(path: str, read: Read, check: Check) -> Endpoint:
            return Endpoint(router.post(f"{BASE_URL}/{path}"), read, check)

        self.images = endpoint("images/generations", body_of, validate_image_request)
        self.image_edits = endpoint("images/edits", form_of, validate_edit_request)
        self.transcriptions = endpoint("audio/transcriptions", form_of, validate_transcription_request)
        self.speech = endpoint("audio/speech", body_of, validate_speech_request)
        self.decisions = endpoint("decisions", body_of, validate_decision_request)
        self._endpoints = (self.images, self.image_edits, self.transcriptions, self.speech, self.decisions)
        self.image_requests = self.images.requests
        self.edit_requests = self.image_edits.requests
        self.transcription_requests = self.transcriptions.requests
        self.speech_requests = self.speech.requests
        self.decision_requests = self.decisions.requests
        self.offered: dict[str, str | None] = {
            "gpt-4o": "2027-01-14",
            "gpt-6-luna": None,
            "gpt-6.1-sol": None,
            "gpt-6.1-terra": None,
            "gpt-6-luna-2026-09-01": None,
            "gpt-3.5-turbo": "2026-10-23",
            "text-embedding-3-small": None,
            "gpt-image-2.5-sunburst": None,
            "gpt-image-2": None,
            "gpt-realtime-2.1-mini": None,
        }

    def _list_models(self, _request: httpx.Request) -> httpx.Response:
        data = [
            {"id": model, "object": "model", "created": 1, "owned_by": "openai", "shutdown_date": end}
            for model, end in self.offered.items()
        ]
        return httpx.Response(200, json={"object": "list", "data": data})

    def _respond(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        if str(request.url).startswith(BASE_URL):
            validate_response_request(body)
        self.requests.append(body)
        self.timeouts.append(request.extensions["timeout"])
        assert self._answers, "OpenAI was asked more often than the test has answers for"
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def also_answers_at(self, address: str) -> respx.Route:
        """Answer at another address, too, without OpenAI's checks."""
        return self.router.post(f"{address}/responses").mock(side_effect=self._respond)

    @property
    def request(self) -> dict[str, Any]:
        """The last request."""
        return self.requests[-1]

    @property
    def is_done(self) -> bool:
        """Whether every answer was requested."""
        return not self._answers and not any(endpoint.answers for endpoint in self._endpoints)

    @property
    def refused(self) -> list[ApiError]:
        """What was wrong with requests, except those for responses, which raise it."""
        return [error for endpoint in self._endpoints for error in endpoint.refused]

    def draws(self, data: bytes | None = PNG, **more: Any) -> None:
        """Answer a request for an image with its bytes, or with other fields."""
        self.images.answers.append(_image_answer(data, **more))

    def does_not_draw(self, answer: httpx.Response | Exception) -> None:
        """Answer a request for an image with something else."""
        self.images.answers.append(answer)

    def edits(self, data: bytes | None = PNG, **more: Any) -> None:
        """Answer a request to edit images with the bytes of a new one, or with other fields."""
        self.image_edits.answers.append(_image_answer(data, **more))

    def hears(self, text: str, **more: Any) -> None:
        """Answer audio with its transcription."""
        usage = {"type": "tokens", "input_tokens": 14, "output_tokens": 45, "total_tokens": 59}
        self.transcriptions.answers.append(httpx.Response(200, json={"text": text, "usage": usage, **more}))

    def does_not_hear(self, answer: httpx.Response | Exception) -> None:
        """Answer audio with something else."""
        self.transcriptions.answers.append(answer)

    def speaks(self, *pieces: bytes, content_type: str = "audio/mpeg") -> None:
        """Answer a text with audio, in pieces."""

        async def stream() -> AsyncIterator[bytes]:
            for piece in pieces:
                yield piece

        headers = {"content-type": content_type, "x-request-id": "req_1"}
        self.speech.answers.append(httpx.Response(200, headers=headers, content=stream()))

    def does_not_speak(self, answer: httpx.Response | Exception) -> None:
        """Answer a text with something else."""
        self.speech.answers.append(answer)

    def decides(self, *answers: Item, **more: Any) -> None:
        """Answer questions, as in `{"type": "predicate", "name": "rain", "probability": 0.9}`."""
        body = {"model": "gpt-6-luna", "answers": answers, "usage": USAGE, **more}
        self.decisions.answers.append(httpx.Response(200, json=body))

    def says(self, text: str) -> None:
        """Answer with words."""
        self.answers(message(text))

    def calls(self, name: str, arguments: dict[str, Any] | str) -> None:
        """Answer with a call."""
        self.answers(function_call(name, arguments))

    def answers(self, *items: Item, end: str | None = "completed", **response: Any) -> None:
        """Answer with items."""
        self.streams(response_events(items, end=end, **response))

    def answers_json(self, content: Any) -> None:
        """Answer with JSON as the text of a message, without a stream."""
        self.answers_at_once(message(json.dumps(content)))

    def answers_at_once(self, *items: Item) -> None:
        """Answer with items, without a stream."""
        response = {
            "id": "resp_1",
            "object": "response",
            "created_at": 1,
            "status": "completed",
            "model": "gpt-6-luna",
            "output": items,
            "usage": USAGE,
        }
        self._answers.append(httpx.Response(200, json=response))

    def streams(self, events: Iterable[Event]) -> None:
        """Answer with events."""
        self.sends(sse(events))

    def sends(self, body: bytes | AsyncIterator[bytes]) -> None:
        """Answer with bytes."""
        headers = {"content-type": "text/event-stream", "x-request-id": "req_1"}
        self._answers.append(httpx.Response(200, headers=headers, content=body))

    def refuses(
        self, status: int, *, headers: dict[str, str] | None = None, message: str = "No.", **error: Any
    ) -> None:
        """Answer with an error."""
        self._answers.append(
            httpx.Response(
                status,
                headers={"x-request-id": "req_1", **(headers or {})},
                json={"error": {"message": message, "type": None, "param": None, "code": None, **error}},
            )
        )

    def breaks(self, error: Exception) -> None:
        """Do not answer at all."""
        self._answers.append(error)
