"""Faults that are answered with an HTTP error instead of a response: one small function each.

Facts: OpenAI API reference, "Error codes".
"""

from collections.abc import Callable
from dataclasses import dataclass

from .errors import ApiError, InvalidRequest, unsupported_parameter


@dataclass(slots=True)
class Fault:
    """A fault that is armed for the next requests.

    `times`: how many requests it still hits, None for all. `path`: which ones; of the Realtime API also
    the type of a client event. `param`: the parameter that `unsupported_parameter` names. `seconds`:
    how long `slow` waits, and what `rate_limit` says in retry-after.
    """

    name: str
    times: int | None = 1
    path: str = "/v1/responses"
    param: str = "temperature"
    seconds: float = 1

    def hits(self, path: str, tier: str | None) -> bool:
        """Return whether this hits a request to a path with a `service_tier`."""
        return self.path == path and (self.name != "flex_unavailable" or tier == "flex")


def auth(_: Fault) -> ApiError:
    """The key has been revoked."""
    return ApiError(
        401,
        "Incorrect API key provided. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
        code="invalid_api_key",
    )


def ip_not_allowed(_: Fault) -> ApiError:
    """The project has an allowlist of addresses, and this one is not on it."""
    return ApiError(
        401,
        "Your IP is not authorized to access this project. Check the project's IP allowlist.",
        code="ip_not_authorized",
    )


def region(_: Fault) -> ApiError:
    """OpenAI does not serve this country."""
    return ApiError(
        403,
        "Country, region, or territory not supported",
        code="unsupported_country_region_territory",
        error_type="request_forbidden",
    )


def permission(_: Fault) -> ApiError:
    """A restricted key without the scope for this."""
    return ApiError(
        403, "You have insufficient permissions for this operation. Missing scopes: api.responses.write."
    )


def organization(_: Fault) -> ApiError:
    """The model is for verified organizations only."""
    return ApiError(
        403,
        "Your organization must be verified to use this model. Please go to: https://platform."
        "openai.com/settings/organization/general and click on Verify Organization.",
        code="unsupported_value",
        param="model",
    )


def model_gone(_: Fault) -> ApiError:
    """The model was just shut down."""
    return InvalidRequest(
        "The model does not exist or you do not have access to it.", "model", "model_not_found"
    )


def rate_limit(fault: Fault) -> ApiError:
    """Too many requests in the last minute."""
    return ApiError(
        429,
        f"Rate limit reached. Try again in {fault.seconds:g}s.",
        code="rate_limit_exceeded",
        error_type="requests",
        headers={"retry-after": f"{fault.seconds:g}"},
    )


def quota(_: Fault) -> ApiError:
    """No credit left."""
    return ApiError(
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        code="insufficient_quota",
        error_type="insufficient_quota",
    )


def flex_unavailable(_: Fault) -> ApiError:
    """The flex tier has no capacity. Only hits requests for that tier."""
    return ApiError(
        429,
        "Resource unavailable: flex processing is at capacity. Please try again later.",
        code="resource_unavailable",
        error_type="resource_unavailable",
    )


def server(_: Fault) -> ApiError:
    """OpenAI has a bug."""
    return ApiError(
        500,
        "The server had an error while processing your request. Sorry about that!",
        code="server_error",
        error_type="server_error",
    )


def overloaded(_: Fault) -> ApiError:
    """OpenAI has too many requests."""
    return ApiError(
        503,
        "The engine is currently overloaded, please try again later.",
        code="server_is_overloaded",
        error_type="service_unavailable_error",
    )


def context_length(_: Fault) -> ApiError:
    """The conversation has become too long."""
    return InvalidRequest(
        "Your input exceeds the context window of this model.", "input", "context_length_exceeded"
    )


def moderation(_: Fault) -> ApiError:
    """The safety system rejects the request."""
    return ApiError(400, "Your request was rejected by the safety system.", code="moderation_blocked")


def unsupported(fault: Fault) -> ApiError:
    """The model does not support a parameter."""
    return unsupported_parameter(fault.param)


REFUSALS: dict[str, Callable[[Fault], ApiError]] = {
    "auth": auth,
    "ip_not_allowed": ip_not_allowed,
    "region": region,
    "permission": permission,
    "organization": organization,
    "model_gone": model_gone,
    "rate_limit": rate_limit,
    "quota": quota,
    "flex_unavailable": flex_unavailable,
    "server": server,
    "overloaded": overloaded,
    "context_length": context_length,
    "moderation": moderation,
    "unsupported_parameter": unsupported,
}
"""Faults that any path can have."""
