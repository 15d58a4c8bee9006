"""Builders that speak the domain: what OpenAI answers, and what it was asked.

    openai.says("Hello!")
    openai.calls("HassTurnOn", {"name": "Kitchen Light"})
    openai.refuses(429, code="rate_limit_exceeded")

Each line is the answer to one request, in their order. Every request is checked against the SDK's
parameter types before it is answered.
"""

import base64
from collections.abc import AsyncIterator, Iterable
from io import BytesIO
from itertools import count
import json
from typing import Any

import httpx
from PIL import Image
import respx

from tests.openai_stand_in.pictures import validate_image_request
from tests.openai_stand_in.validation import validate_response_request

BASE_URL = "https://api.openai.com/v1"
USAGE = {
    "input_tokens": 120,
    "input_tokens_details": {"cached_tokens": 100},
    "output_tokens": 7,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 127,
}


def picture(kind: str, size: tuple[int, int] = (16, 8)) -> bytes:
    """Return a small picture: "PNG", "JPEG" or "WEBP"."""
    file = BytesIO()
    Image.new("RGB", size, "teal").save(file, kind)
    return file.getvalue()


PNG, JPEG, WEBP = (picture(kind) for kind in ("PNG", "JPEG", "WEBP"))

type Event = dict[str, Any]
type Item = dict[str, Any]

_numbers = count(1)


def message(text: str, **more: Any) -> Item:
    """Return a message of the model."""
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {
        "type": "message",
        "id": f"msg_{next(_numbers)}",
        "role": "assistant",
        "status": "completed",
        "content": content,
        **more,
    }


def refusal(text: str) -> Item:
    """Return a message in which the model refuses."""
    return message("", content=[{"type": "refusal", "refusal": text}])


def function_call(name: str, arguments: dict[str, Any] | str, **more: Any) -> Item:
    """Return a call; arguments as text are sent as they are."""
    number = next(_numbers)
    return {
        "type": "function_call",
        "id": f"fc_{number}",
        "call_id": f"call_{number}",
        "name": name,
        "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments),
        "status": "completed",
        **more,
    }


def reasoning(*summary: str) -> Item:
    """Return a reasoning item."""
    return {
        "type": "reasoning",
        "id": f"rs_{next(_numbers)}",
        "summary": [{"type": "summary_text", "text": text} for text in summary],
        "encrypted_content": "secret thoughts",
    }


def item_events(item: Item, index: int) -> list[Event]:
    """Return the events in which OpenAI streams an item."""
    place = {"output_index": index, "item_id": item.get("id")}
    inner: list[Event] = []
    match item["type"]:
        case "message":
            part = item["content"][0]
            kind = "refusal" if part["type"] == "refusal" else "output_text"
            text = part.get("text") or part.get("refusal") or ""
            words = text.split(" ")
            pieces = [word if number == 0 else f" {word}" for number, word in enumerate(words)]
            inner = [
                {"type": "response.content_part.added", **place, "content_index": 0},
                *(
                    {"type": f"response.{kind}.delta", **place, "content_index": 0, "delta": piece}
                    for piece in pieces
                    if piece
                ),
                {"type": f"response.{kind}.done", **place, "content_index": 0},
                {"type": "response.content_part.done", **place, "content_index": 0},
            ]
        case "function_call":
            inner = [
                {
                    "type": "response.function_call_arguments.delta",
                    **place,
                    "delta": item["arguments"],
                },
                {"type": "response.function_call_arguments.done", **place, "arguments": item["arguments"]},
            ]
        case "reasoning":
            inner = [
                event
                for number, part in enumerate(item["summary"])
                for event in (
                    {
                        "type": "response.reasoning_summary_text.delta",
                        **place,
                        "summary_index": number,
                        "delta": part["text"],
                    },
                    {"type": "response.reasoning_summary_text.done", **place, "summary_index": number},
                )
            ]
    added = {**item, "status": "in_progress"}
    return [
        {"type": "response.output_item.added", "output_index": index, "item": added},
        *inner,
        {"type": "response.output_item.done", "output_index": index, "item": item},
    ]


def response_events(items: Iterable[Item], *, end: str | None = "completed", **response: Any) -> list[Event]:
    """Return the events of a whole response; `end` None: it just stops."""
    items = list(items)
    events: list[Event] = [{"type": "response.created", "response": {}}, {"type": "response.in_progress"}]
    for index, item in enumerate(items):
        events += item_events(item, index)
    if end:
        last = {"id": "resp_1", "output": items, "usage": USAGE, **response}
        events.append({"type": f"response.{end}", "response": last})
    return events


def sse(events: Iterable[Event]) -> bytes:
    """Return events as they go over the wire."""
    return b"".join(
        f"event: {event['type']}\ndata: {json.dumps({'sequence_number': number, **event})}\n\n".encode()
        for number, event in enumerate(events)
    )


class FakeOpenAI:
    """Plays OpenAI at the HTTP level."""

    def __init__(self, router: respx.Router) -> None:
        """Answer on a router; a right key and two models unless told otherwise."""
        self.requests: list[dict[str, Any]] = []
        """The bodies that were posted to /responses."""

        self.timeouts: list[dict[str, float]] = []
        self._answers: list[httpx.Response | Exception] = []
        self.router = router
        self.models = router.get(f"{BASE_URL}/models").mock(side_effect=self._list_models)
        self.model = router.get(url__startswith=f"{BASE_URL}/models/").respond(404)
        router.post(f"{BASE_URL}/responses").mock(side_effect=self._respond)
        self.image_requests: list[dict[str, Any]] = []
        self.checks_pictures = True
        """Whether requests for pictures are refused as OpenAI refuses them."""

        self._pictures: list[httpx.Response | Exception] = []
        router.post(f"{BASE_URL}/images/generations").mock(side_effect=self._draw)
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
        }

    def _draw(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        if self.checks_pictures:
            validate_image_request(body)
        self.image_requests.append(body)
        assert self._pictures, "OpenAI was asked for more pictures than the test has"
        answer = self._pictures.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

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
        """Answer at another address too, where requests are not checked as OpenAI checks them."""
        return self.router.post(f"{address}/responses").mock(side_effect=self._respond)

    @property
    def request(self) -> dict[str, Any]:
        """The last request."""
        return self.requests[-1]

    @property
    def is_done(self) -> bool:
        """Whether every answer was asked for."""
        return not self._answers and not self._pictures

    def draws(self, data: bytes | None = PNG, **more: Any) -> None:
        """Answer a request for a picture with its bytes, or with other fields."""
        content = {"b64_json": base64.b64encode(data).decode()} if data is not None else {}
        self._pictures.append(httpx.Response(200, json={"created": 1, "data": [{**content, **more}]}))

    def does_not_draw(self, answer: httpx.Response | Exception) -> None:
        """Answer a request for a picture with something else."""
        self._pictures.append(answer)

    def says(self, text: str) -> None:
        """Answer with words."""
        self.answers(message(text))

    def calls(self, name: str, arguments: dict[str, Any] | str) -> None:
        """Answer with a call."""
        self.answers(function_call(name, arguments))

    def answers(self, *items: Item, end: str | None = "completed", **response: Any) -> None:
        """Answer with items."""
        self.streams(response_events(items, end=end, **response))

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
