"""Requests that fail."""

import httpx
import pytest
import respx

from custom_components.openai_conversation.openai_api.http_client import Client

URL = "https://api.openai.com/v1"


async def exception_for(
    answer: httpx.Response | Exception, *, key: str = "sk-test-of-the-house"
) -> Exception:
    """Return the exception that the client raises for an answer."""
    async with httpx.AsyncClient() as http:
        client = Client(http=http, base_url=URL, api_key=key)
        with respx.mock as router:
            router.post(f"{URL}/responses").mock(side_effect=[answer])
            with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is
                await client.async_post("/responses", {"model": "gpt-4o"}, silence=5)
    return caught.value
