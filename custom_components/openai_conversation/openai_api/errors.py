"""The kinds of failure, and the one exception that carries them.

`classify.py` sorts each failure once, by status, code, type, and words. Then it is one of these:

    Failure
    ├── the key        AUTH · PERMISSION · NETWORK_NOT_ALLOWED · REGION · ORGANIZATION
    ├── the account    BILLING · RATE_LIMIT
    ├── the request    BAD_REQUEST · UNSUPPORTED · CONTEXT_TOO_LONG · TOO_LARGE · ATTACHMENT · REFUSED
    ├── the model      MODEL_GONE · NO_RESPONSES_API
    ├── the answer     INCOMPLETE · NO_ANSWER · NO_IMAGE · STRUCTURE
    └── the way there  CONNECTION · TIMEOUT · SERVER
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN


class FailureKind(StrEnum):
    """What went wrong. The value is the key of the sentence in translations/, under `exceptions`."""

    AUTH = "auth"
    PERMISSION = "permission"
    NETWORK_NOT_ALLOWED = "network_not_allowed"
    REGION = "region"
    ORGANIZATION = "organization"
    BILLING = "billing"
    RATE_LIMIT = "rate_limit"
    BAD_REQUEST = "bad_request"
    UNSUPPORTED = "unsupported"
    CONTEXT_TOO_LONG = "context_too_long"
    TOO_LARGE = "too_large"
    ATTACHMENT = "attachment"
    REFUSED = "refused"
    MODEL_GONE = "model_gone"
    NO_RESPONSES_API = "no_responses_api"
    INCOMPLETE = "incomplete"
    NO_ANSWER = "no_answer"
    NO_IMAGE = "no_image"
    STRUCTURE = "structure"
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    SERVER = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A classified failure."""

    kind: FailureKind
    detail: str = ""
    """For the log only: English, for developers, without the API key."""

    param: str | None = None
    """The request parameter that OpenAI names, dotted: "reasoning.effort"."""

    request_id: str | None = None
    retry_after: float | None = None
    """Seconds that the server asks to wait."""


class OpenAIRequestError(HomeAssistantError):
    """A request failed; carries the translated sentence for the user."""

    def __init__(self, failure: Failure) -> None:
        """Say what failed."""
        super().__init__(translation_domain=DOMAIN, translation_key=failure.kind)
        self.failure = failure

    @classmethod
    def of(cls, kind: FailureKind, detail: str) -> Self:
        """Return the error of a failure that we found ourselves. `detail`: see `Failure`."""
        return cls(Failure(kind=kind, detail=detail))


def translated_error[Error: HomeAssistantError](
    error: type[Error], key: str, /, **placeholders: str
) -> Error:
    """Return an error of Home Assistant's with a sentence of ours.

    `key`: of the sentence in translations/, under `exceptions`. `placeholders`: its words in braces.
    """
    return error(translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders)
