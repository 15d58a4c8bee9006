"""The words that distinguish failures with the same status: the table of `classify.py`.

OpenAI has a code for most failures, other servers have sentences. Each rule is a pattern for the
sentences of one kind, written for what real servers send: OpenAI, Azure, OpenRouter, LiteLLM,
llama.cpp, vLLM, Ollama, LM Studio, and Groq. The sentences themselves, and what the user hears for each,
are in `tests/openai_api/server_sentences.py`. To teach this file a sentence, add it there first.

Pure data and pure functions. Source: public reports and recordings of these servers, 2026-11-25.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Final

from .errors import FailureKind


@dataclass(frozen=True, slots=True)
class Rule:
    """A failure by its words."""

    kind: FailureKind
    words: str
    """A pattern, in any case. Python compiles it at its first use: most homes never see a failure."""

    statuses: frozenset[int] = frozenset()
    """The HTTP statuses with which the words have this meaning; empty: all of them, and streams."""

    def is_in(self, message: str) -> bool:
        """Whether a message has these words."""
        return re.search(self.words, message, re.IGNORECASE) is not None


def _rule(kind: FailureKind, *words: str, statuses: tuple[int, ...] = ()) -> Rule:
    return Rule(kind, "|".join(words), frozenset(statuses))


RULES: Final = (
    # The key. A 401 is not always about the key of the entry, and only that one can be entered again.
    _rule(
        FailureKind.NETWORK_NOT_ALLOWED,
        r"allowlist|ip address|virtual network|firewall rules|public (network )?access is disabled",
        statuses=(401, 403),
    ),
    # the page of a firewall; with 401, it is that of a proxy which wants a login
    _rule(FailureKind.NETWORK_NOT_ALLOWED, r"^<(!doctype )?html", statuses=(403,)),
    _rule(FailureKind.PERMISSION, r"insufficient permissions|missing scopes?\b", statuses=(401, 403)),
    _rule(
        FailureKind.REGION,
        r"country, region,? (or|and) territory|not (available|supported) in your (country|region)",
        r"location is not supported",
    ),
    _rule(
        FailureKind.UPSTREAM_KEY,
        r"litellm\.(AuthenticationError|PermissionDeniedError)",
        r"upstream .{0,40}(401|unauthorized|authentication)",
    ),
    _rule(FailureKind.UPSTREAM_KEY, r"provider returned error", statuses=(401, 403)),
    _rule(FailureKind.AUTH, r"no connected db|no api key passed|invalid proxy server token"),
    _rule(
        FailureKind.AUTH,
        r"(incorrect|invalid) api[ _-]key|api[ _-]key (is )?(not valid|invalid|incorrect)",
        statuses=(400, 401, 403),
    ),
    # The account.
    _rule(
        FailureKind.BILLING,
        r"budget has been exceeded|exceeded ?budget|(crossed|over|exceeded) (the |your )?budget",
        r"insufficient (credits?|balance|quota|funds)|requires more credits|no credits? (left|remaining)",
        r"exceeded your current quota, please check your plan|check your billing details",
        r"(not|n't) have any credits|used all (available|of your) credits|(billing|spending) (hard )?limit",
        r"requires a (paid )?subscription",
    ),
    _rule(FailureKind.RATE_LIMIT, r"litellm\.RateLimitError|too many requests"),
    # Too much of something. Too much output is a parameter, too much input is the context.
    _rule(
        FailureKind.UNSUPPORTED,
        r"max_(completion_|output_)?tokens['\"`]?( or '\w+')? is too large",
    ),
    _rule(
        FailureKind.TOO_LARGE,
        r"request too large.{0,160}(tokens per|TPM)|request entity too large",
    ),
    _rule(
        FailureKind.CONTEXT_TOO_LONG,
        r"context[ _]?(length|size|window)[ _]?exceeded|exceeds?\b.{0,60}\bcontext (length|size|window)",
        r"max(imum)? (context|model|input) (length|size)|(greater|longer) than the .{0,20}context",
        r"exceed_context_size|cannot truncate prompt with n_keep|context (the )?overflows",
        r"(prompt|input|message)s? (is |are )?too long|token count .{0,40}exceeds the maximum",
        r"reduce the length of the (messages|input|prompt)|too large for .{0,60}\d+ tokens",
        r"(prompt|input)\b.{0,40} exceeds (the |maximum )?(max|limit|allowed)|input is too large to process",
        r"`inputs` tokens \+ `max_new_tokens` must be",
    ),
    # Tools.
    _rule(
        FailureKind.TOO_MANY_TOOLS,
        r"'tools'?: array too long|too many (tools|functions)|(maximum|limit) of \d+ (tools|functions)",
    ),
    _rule(
        FailureKind.NO_TOOLS,
        r"not support (tools?|functions?)\b|not support (tool|function)[ -]call|support tool use",
        r"support the provided 'tool_choice'|tool (use|calling)[`'\"]? is not supported",
        r"tool choice requires|tools param requires|unsupported param: tools",
        r"['\"`]?tools['\"`]? (is|are) not (supported|enabled)|function calling is not (supported|enabled)",
    ),
    # Attached files.
    _rule(
        FailureKind.ATTACHMENT,
        r"(image|file|vision|pdf)s?( input)? (is|are) not supported|input_(image|file)'? is not supported",
        r"(not|n't) support (images?|files?|vision|multimodal|pdf)\b|support image input|not a multimodal",
        r"image_url is only supported|required for image input|image: unknown format",
        r"(failed to|could not|cannot|unable to) (load|process|decode|read|download) (the )?(image|file|pdf)",
        r"(invalid|unsupported|unknown) (image|file|mime)[ _-]?(format|type|data|content|url)",
    ),
    # The model.
    _rule(
        FailureKind.STARTING,
        r"(?<!error )\bloading (the )?model|model .{0,80}\b(is|still) (currently |still |being )*loading",
        r"(server|model) is (still )?(starting|warming)|(server|model) (is )?not (yet )?ready",
        r"model .{0,80}\bis being loaded",
    ),
    _rule(
        FailureKind.OUT_OF_MEMORY,
        r"requires? more (system |gpu )?memory|out of memory|insufficient memory",
        r"(failed|unable) to allocate",
    ),
    _rule(
        FailureKind.MODEL_UNFIT,
        r"not a chat model|only supported in v1/|cannot be used with the responses api",
        r"does not support the responses api|operation does not work with the specified model",
        r"(does not|doesn't) support (chat|generate|completions|responses)\b",
    ),
    _rule(
        FailureKind.MODEL_GONE,
        r"\bmodels?\b.{0,120}? (does not exist|not found|has been (deprecated|retired|shut down))",
        r"\bno models? (loaded|named|found|available)|deployment .{0,40}not exist|unknown model",
        r"invalid model|not a valid model|(failed to|could not) load model|try pulling it|^model: ",
        r"model (is )?(not loaded|unloaded)|no allowed providers are available",
        r"no endpoints (found|available) (for|matching)|not allowed to (access|call) (this )?model",
        r"\bmodel\b.{0,80} is not (available|allowed)",
    ),
    # The safety system.
    _rule(
        FailureKind.REFUSED,
        r"content management policy|safety system|(input|prompt|request) was flagged|requires moderation",
    ),
    # The address.
    _rule(
        FailureKind.WRONG_SCHEME,
        r"plain http request was sent to https port|http request to an https server",
    ),
    _rule(
        FailureKind.NO_RESPONSES_API,
        r"unexpected endpoint or method|responses api is enabled only|invalid url \(|unknown request url",
    ),
    _rule(FailureKind.TIMEOUT, r"litellm\.Timeout"),
)
"""The first rule whose words are in a message gives its kind. Words come before codes and status."""

CONNECTION_RULES: Final = (
    _rule(
        FailureKind.CERTIFICATE,
        r"certificate_verify_failed|certificate verify failed|certificate has expired|hostname mismatch",
        r"self.signed certificate|unable to get local issuer",
    ),
    _rule(
        FailureKind.WRONG_SCHEME,
        r"wrong_version_number|wrong version number|record layer failure|http_request\b|unknown_protocol",
    ),
)
"""The same for the words of an HTTP client that did not get through."""

_NAME: Final = r"([a-z_][a-z0-9_.]*)"
_PARAM: Final = re.compile(
    r"(?:unsupported|unknown|unrecognized|unexpected) (?:request )?(?:param(?:eter)?|argument|field)s?"
    rf"(?: supplied)?:? [\['\"`]*{_NAME}"
    rf"|not support (?:param(?:eter)?|argument)s?:? [\['\"`]*{_NAME}"
    rf"|['\"]body['\"], ['\"]{_NAME}['\"].{{0,200}}?extra"  # Pydantic: the place of a field, then its fault
    rf"|extra_forbidden.{{0,80}}?['\"]body['\"], ['\"]{_NAME}['\"]"
    rf"|['\"`]{_NAME}['\"`] is (?:not (?:supported|permitted|allowed)|unsupported|too large)"
    r"|(max_\w*tokens)['\"`]? is too large",
    re.IGNORECASE,
)

_RESPONSES_NAMES: Final[Mapping[str, str]] = {
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "reasoning_effort": "reasoning.effort",
    "response_format": "text.format",
    "verbosity": "text.verbosity",
}
"""Parameter of Chat Completions → its name in the Responses API. Proxies complain about the former."""

_WAIT: Final = re.compile(
    r"(?:again|retry|wait)\b\D{0,20}(?P<time>(?:\d+(?:\.\d+)?\s*(?:ms|milliseconds?|h|m|s)[a-z]*\s*)+)",
    re.IGNORECASE,
)
_WAIT_PART: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>ms|mil|h|m|s)", re.IGNORECASE)
_SECONDS: Final[Mapping[str, float]] = {"ms": 0.001, "mil": 0.001, "s": 1, "m": 60, "h": 3600}


def kind_by_words(status: int | None, message: str) -> FailureKind | None:
    """Return the kind of failure that the words of a server mean, None if they are not known."""
    return next(
        (
            rule.kind
            for rule in RULES
            if (not rule.statuses or status in rule.statuses) and rule.is_in(message)
        ),
        None,
    )


def kind_of_connection(message: str) -> FailureKind:
    """Return why there was no connection, by the words of the HTTP client."""
    found = (rule.kind for rule in CONNECTION_RULES if rule.is_in(message))
    return next(found, FailureKind.CONNECTION)


def param_by_words(message: str) -> str | None:
    """Return the parameter that a message refuses, by its name in the Responses API."""
    if not (match := _PARAM.search(message)):
        return None
    name = next(name for name in match.groups() if name).rstrip(".")
    return _RESPONSES_NAMES.get(name, name)


def wait_by_words(message: str) -> float | None:
    """Return the seconds that a message asks to wait: "try again in 1m30s"."""
    if not (match := _WAIT.search(message)):
        return None
    parts = _WAIT_PART.finditer(match["time"])
    return sum(float(part["number"]) * _SECONDS[part["unit"].lower()] for part in parts)
