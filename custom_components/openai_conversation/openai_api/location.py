"""Ask OpenAI what a place is called, for searches on the web."""

from typing import Any, Final

import openai
import orjson

from .client import CHECK_TIMEOUT
from .errors import Failure, FailureKind, OpenAIRequestError, classified

DECIMALS: Final = 2
"""Of a degree: about a kilometer, enough to name a town, and nobody's front door."""

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
    """Return the names of city and region at a place given in degrees; empty where there is none.

    Raises `OpenAIRequestError`.
    """
    place = f"{round(latitude, DECIMALS)}, {round(longitude, DECIMALS)}"
    question = f"Which city and which region (state, province) are at latitude and longitude {place}?"
    with classified():
        response = await client.responses.create(
            model=model,
            input=question,
            text={"format": _FORMAT},
            store=False,
            timeout=3 * CHECK_TIMEOUT,
        )
    try:
        answer = orjson.loads(response.output_text)
        return str(answer["city"]), str(answer["region"])
    except (AttributeError, KeyError, TypeError, orjson.JSONDecodeError) as err:
        failure = Failure(kind=FailureKind.NO_ANSWER, detail="an answer that names no place")
        raise OpenAIRequestError(failure) from err
