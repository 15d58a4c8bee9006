"""A path of OpenAI's API at the HTTP level: its requests are checked, recorded, and answered."""

from collections.abc import Callable
import json
from typing import Any

import httpx
import respx

from tests.stand_in.errors import ApiError
from tests.stand_in.forms import Fields, fields_of

type Read = Callable[[httpx.Request], dict[str, Any]]
"""Returns the body of a request."""

type Check = Callable[[dict[str, Any]], None]
"""Raises the error of OpenAI."""


def body_of(request: httpx.Request) -> dict[str, Any]:
    """Return the JSON of a request."""
    body: dict[str, Any] = json.loads(request.content)
    return body


def form_of(request: httpx.Request) -> Fields:
    """Return the fields and files of a request."""
    return fields_of(request.content, request.headers["content-type"])


class Endpoint:
    """Answers each request with the next prepared answer."""

    def __init__(self, route: respx.Route, read: Read, check: Check) -> None:
        """Answer a route."""
        self.requests: list[dict[str, Any]] = []
        self.answers: list[httpx.Response | Exception] = []
        self.checks = True
        """Whether requests are checked."""

        self.refused: list[ApiError] = []
        """What was wrong with requests. Many releases of the SDK take any exception for a lost connection."""

        self._read = read
        self._check = check
        route.mock(side_effect=self._respond)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        body = self._read(request)
        if self.checks:
            try:
                self._check(body)
            except ApiError as err:
                self.refused.append(err)
                raise
        self.requests.append(body)
        assert self.answers, f"{request.url.path} was requested more often than the test has answers"
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer
