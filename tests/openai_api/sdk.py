"""What the SDK makes of an answer."""

import httpx
import openai
import pytest
import respx

URL = "https://api.openai.com/v1"


async def exception_for(
    answer: httpx.Response | Exception, *, key: str = "sk-test-of-the-house"
) -> openai.OpenAIError:
    """Return the exception that the SDK raises for an answer."""
    async with httpx.AsyncClient() as http_client:
        client = openai.AsyncOpenAI(api_key=key, base_url=URL, http_client=http_client, max_retries=0)
        with respx.mock as router:
            router.post(f"{URL}/responses").mock(side_effect=[answer])
            with pytest.raises(openai.OpenAIError) as caught:
                await client.post("/responses", cast_to=object, body={"model": "gpt-4o"})
    return caught.value
