"""The kinds of failure, and the one exception that carries them.

`classify.py` sorts each failure once, by status, code, type, and words. Then it is one of these:

    Failure
    ├── the key        AUTH · PERMISSION · NETWORK_NOT_ALLOWED · REGION · ORGANIZATION · UPSTREAM_KEY
    ├── the account    BILLING · RATE_LIMIT · BUDGET
    ├── the request    BAD_REQUEST · UNSUPPORTED · CONTEXT_TOO_LONG · TOO_LARGE · TOO_MANY_TOOLS
    │                  ATTACHMENT · REFUSED
    ├── the model      MODEL_GONE · MODEL_UNFIT · NO_TOOLS · OUT_OF_MEMORY
    ├── the answer     INCOMPLETE · NO_ANSWER · NO_IMAGE · NO_AUDIO · UNREADABLE · STRUCTURE
    │                  ANSWER_TOO_LARGE
    ├── the server     STARTING · SERVER · NO_RESPONSES_API
    ├── the home       ACTION_TIMEOUT
    └── the way there  CONNECTION · CERTIFICATE · WRONG_SCHEME · REDIRECT · NO_WEBSOCKET · TIMEOUT
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN
from .server_text import clean_detail

OPENAI_NAME: Final = "OpenAI"
"""What sentences call OpenAI's own servers."""

LOADING_WAIT: Final = 2.0
"""Seconds between two requests to a server that is loading the model, which can take minutes."""

MAX_DETAIL: Final = 300
"""Characters of a server's words in the log."""


class FailureKind(StrEnum):
    """What went wrong. The value is the key of the sentence in translations/, under `exceptions`."""

    AUTH = "auth"
    PERMISSION = "permission"
    NETWORK_NOT_ALLOWED = "network_not_allowed"
    REGION = "region"
    ORGANIZATION = "organization"
    UPSTREAM_KEY = "upstream_key"
    """A proxy was refused by the service behind it. The key of the entry is right."""

    BILLING = "billing"
    RATE_LIMIT = "rate_limit"
    BUDGET = "budget"
    """The user's own budget is used up, and nothing was sent. OpenAI has not failed."""

    BAD_REQUEST = "bad_request"
    UNSUPPORTED = "unsupported"
    CONTEXT_TOO_LONG = "context_too_long"
    TOO_LARGE = "too_large"
    """More bytes, or more tokens in a minute, than the server accepts. A second attempt fails, too."""

    TOO_MANY_TOOLS = "too_many_tools"
    ATTACHMENT = "attachment"
    REFUSED = "refused"
    MODEL_GONE = "model_gone"
    MODEL_UNFIT = "model_unfit"
    """The model exists, but not for this kind of request."""

    NO_TOOLS = "no_tools"
    OUT_OF_MEMORY = "out_of_memory"
    INCOMPLETE = "incomplete"
    ANSWER_TOO_LARGE = "answer_too_large"
    NO_ANSWER = "no_answer"
    NO_IMAGE = "no_image"
    NO_AUDIO = "no_audio"
    UNREADABLE = "unreadable"
    """An answer that is not one of this API, such as a web page."""

    STRUCTURE = "structure"
    STARTING = "starting"
    """The server is still loading the model."""

    SERVER = "server"
    NO_RESPONSES_API = "no_responses_api"
    """Nothing answers at this path: there is no Responses API, or no images, or no speech."""

    CONNECTION = "connection"
    CERTIFICATE = "certificate"
    WRONG_SCHEME = "wrong_scheme"
    """`http://` for a server that wants HTTPS, or the reverse."""

    REDIRECT = "redirect"
    """The server names another address. It is not followed: a POST would arrive there as a GET."""

    NO_WEBSOCKET = "no_websocket"
    """The upgrade of a connection was refused, by OpenAI or by a proxy on the way."""

    TIMEOUT = "timeout"
    ACTION_TIMEOUT = "action_timeout"
    """An action of the home, not the server, used up the time of the turn."""


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

    location: str | None = None
    """Where a redirect leads."""

    connected: bool = True
    """False: the server could not be reached. A second attempt would take as long, and fail, too."""

    def loading_wait(self, time_left: float) -> float | None:
        """Return the seconds to wait before asking again a server that is loading the model.

        None: it is not loading one, or the wait is longer than `time_left`, in seconds.
        """
        wait = max(LOADING_WAIT, self.retry_after or 0.0)
        return wait if self.kind is FailureKind.STARTING and wait <= time_left else None


class OpenAIRequestError(HomeAssistantError):
    """A request failed; carries the translated sentence for the user."""

    def __init__(self, failure: Failure) -> None:
        """Say what failed."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=failure.kind,
            translation_placeholders={"server": OPENAI_NAME},
        )
        self.failure = failure

    def name_server(self, name: str) -> None:
        """Set the name of the server in the sentence. Before that, it is OpenAI."""
        self.translation_placeholders = {"server": name}

    @classmethod
    def of(cls, kind: FailureKind, detail: str) -> Self:
        """Return the error of a failure that we found ourselves. `detail`: see `Failure`."""
        return cls(Failure(kind=kind, detail=clean_detail(detail, limit=MAX_DETAIL)))


def translated_error[Error: HomeAssistantError](
    error: type[Error], key: str, /, **placeholders: str
) -> Error:
    """Return an error of Home Assistant's with a sentence of ours.

    `key`: of the sentence in translations/, under `exceptions`. `placeholders`: its words in braces.
    """
    return error(translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders)


async def async_sentence(hass: HomeAssistant, language: str, err: HomeAssistantError) -> str:
    """Return what to say about an error of ours, in the user's language where there is a translation."""
    key = f"{err.translation_key}.message"
    text = await async_text(hass, language, "exceptions", key, err.translation_placeholders or {})
    return text or str(err)


async def async_text(
    hass: HomeAssistant, language: str, category: str, key: str, placeholders: Mapping[str, str]
) -> str:
    """Return one of our texts, in the user's language if it is translated. "": there is no such text."""
    texts = await async_get_translations(hass, language, category, [DOMAIN])
    return texts.get(f"component.{DOMAIN}.{category}.{key}", "").format(**placeholders)
