"""Find the city and the region of the home, for web searches."""

import json
from typing import Any, Final

from .classify import classified
from .client import async_ask
from .errors import FailureKind
from .http_client import Client
from .server_text import clean_text
from .usage import OnUsage, Usage

PLACE_TIMEOUT: Final = 30.0
"""Seconds. The user waits in front of a form."""

MAX_NAME: Final = 100
"""Characters of the name of a city or a region."""

DECIMALS: Final = 2
"""Decimals of a degree: about a kilometer, enough to find a town, and too little to find a house."""

_TEXT: Final = {"type": "string"}
_FORMAT: Final[Any] = {
    "type": "json_schema",
    "name": "place",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {"city": _TEXT, "region": _TEXT},
        "required": ["city", "region"],
        "additionalProperties": False,
    },
}


async def async_find_place(
    client: Client,
    model: str,
    latitude: float,
    longitude: float,
    *,
    on_usage: OnUsage,
) -> tuple[str, str]:
    """Return the names of the city and the region at a place in degrees, "" where there is none.

    Raises `OpenAIRequestError`.
    """
    place = f"{round(latitude, DECIMALS)}, {round(longitude, DECIMALS)}"
    question = f"Which city and which region (state, province) are at latitude and longitude {place}?"
    body = {"model": model, "input": question, "text": {"format": _FORMAT}, "store": False}
    response = await async_ask(client, "POST", "/responses", body, timeout=PLACE_TIMEOUT)
    on_usage(Usage.of_response(model, response))
    with classified(malformed=FailureKind.NO_ANSWER):
        answer = json.loads(_text(response))
        return _name(answer["city"]), _name(answer["region"])


def _text(response: Any) -> str:
    """Return the words of a response."""
    parts = (part for item in response["output"] if item["type"] == "message" for part in item["content"])
    return "".join(part["text"] for part in parts if part["type"] == "output_text")


def _name(value: Any) -> str:
    return clean_text(value, limit=MAX_NAME, one_line=True)
