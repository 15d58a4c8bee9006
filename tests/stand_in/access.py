"""Check API keys.

Facts: OpenAI API reference, "Authentication". There the key travels as `Authorization: Bearer KEY`.
"""

from aiohttp import web

from .errors import ApiError


def check_key(request: web.Request) -> None:
    """Accept keys that begin with `sk-test-`. The restricted one cannot list models.

    OpenAI masks the key in its message: the first eight characters and the last four stay.
    """
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise ApiError(
            401, "You didn't provide an API key. You need to provide your API key in an Authorization header."
        )
    if not key.startswith("sk-test-"):
        masked = f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}" if len(key) > 12 else "*" * len(key)
        raise ApiError(
            401,
            f"Incorrect API key provided: {masked}. You can find your API key at "
            "https://platform.openai.com/account/api-keys.",
            code="invalid_api_key",
        )
    if key == "sk-test-restricted" and request.path.startswith("/v1/models"):
        raise ApiError(
            403, "You have insufficient permissions for this operation. Missing scopes: api.model.read."
        )
