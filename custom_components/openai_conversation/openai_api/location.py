"""The name of the home's place, for web searches."""

from typing import Any, Final

import openai
import orjson

from .classify import classified
from .client import CHECK_TIMEOUT
from .errors import FailureKind

DECIMALS: Final = 2
"""Decimals of a degree: about a kilometer, which names a town but nobody's front door."""

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
    client: openai.AsyncOpenAI, model: str, latitude: float, longitude: float
) -> tuple[str, str]:
    """Return the names of the city and the region at a place in degrees, "" where there is none.

    Raises `OpenAIRequestError`.
    """
    place = f"{round(latitude, DECIMALS)}, {round(longitude, DECIMALS)}"
    question = f"Which city and which region (state, province) are at latitude and longitude {place}?"
    with classified(malformed=FailureKind.NO_ANSWER):
        response = await client.responses.create(
            model=model,
            input=question,
            text={"format": _FORMAT},
            store=False,
            timeout=3 * CHECK_TIMEOUT,
        )
        answer = orjson.loads(response.output_text)
        return str(answer["city"]), str(answer["region"])
