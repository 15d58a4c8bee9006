"""What real servers answer when they refuse a request: what it means, is heard, and is tried again.

Each row is a sentence that somebody met. To teach `failure_words.py` a new one, add a row.
Sources: recordings of llama-server b11434 and LiteLLM 1.108.7, and public reports, 2026-11-25.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from custom_components.openai_conversation.openai_api.errors import FailureKind

OPENAI: Final = "https://api.openai.com/v1"
AZURE: Final = "https://house.openai.azure.com/openai/v1"
OPENROUTER: Final = "https://openrouter.ai/api/v1"
GROQ: Final = "https://api.groq.com/openai/v1"
GEMINI: Final = "https://generativelanguage.googleapis.com/v1beta/openai"
XAI: Final = "https://api.x.ai/v1"
LITELLM: Final = "http://litellm.local:4000/v1"
LLAMA_CPP: Final = "http://192.168.1.20:8080/v1"
LLAMA_CPP_PYTHON: Final = "http://192.168.1.24:8000/v1"
VLLM: Final = "http://192.168.1.21:8000/v1"
OLLAMA: Final = "http://192.168.1.22:11434/v1"
LM_STUDIO: Final = "http://192.168.1.23:1234/v1"

NOTHING: Final = "nothing"
WITHOUT_HISTORY: Final = "without the history"
SOON: Final = "after 0.5 s"
AS_LONG_AS_THERE_IS_TIME: Final = "after 2 s, until the time is up"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A refusal."""

    server: str
    status: int
    error: Any
    """The error object of the answer, or its whole text."""

    kind: FailureKind
    again: str = NOTHING
    param: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The words, to name the row by."""
        message = self.error.get("message") if isinstance(self.error, dict) else self.error
        return str(message)[:60]

    @property
    def host(self) -> str:
        """What the sentences call the server."""
        return "OpenAI" if self.server == OPENAI else self.server.split("/")[2].partition(":")[0]


HEARD: Final = {
    FailureKind.AUTH: "{server} does not accept the API key. "
    "Enter a new one in the settings of Home Assistant.",
    FailureKind.PERMISSION: "The API key lacks a permission that this needs. "
    "Check the permissions of the key at {server}.",
    FailureKind.NETWORK_NOT_ALLOWED: "{server} does not accept requests from your network. "
    "Check the allowed addresses there.",
    FailureKind.REGION: "{server} is not available in your region.",
    FailureKind.ORGANIZATION: "{server} wants your organization to be verified for this model. "
    "Verify it, or choose another model.",
    FailureKind.UPSTREAM_KEY: "{server} could not log in to the service behind it. "
    "Check the key that is stored on that server.",
    FailureKind.BILLING: "Your account at {server} has no credit left, or has reached its limit. "
    "Check its billing.",
    FailureKind.RATE_LIMIT: "{server} got too many requests. Try again in a minute.",
    FailureKind.BAD_REQUEST: "{server} did not understand the request. Check the settings of the agent.",
    FailureKind.UNSUPPORTED: "The model at {server} does not support one of the settings of the agent. "
    "Check them with Configure.",
    FailureKind.CONTEXT_TOO_LONG: "The conversation is too long for the model at {server}. "
    "Start a new one, or expose fewer entities.",
    FailureKind.TOO_LARGE: "This request is too large for {server}. "
    "Expose fewer entities, or attach smaller files.",
    FailureKind.TOO_MANY_TOOLS: "These are more tools than {server} accepts. Expose fewer scripts to Assist.",
    FailureKind.ATTACHMENT: "The model at {server} cannot read the attached file. "
    "Attach it in another format, or choose another model.",
    FailureKind.REFUSED: "The safety system of {server} refused this. Put it another way.",
    FailureKind.MODEL_GONE: "{server} does not offer this model. "
    "Choose another one in the settings of the agent.",
    FailureKind.MODEL_UNFIT: "The model at {server} is not made for this. "
    "Choose another one in the settings of the agent.",
    FailureKind.NO_TOOLS: "The model at {server} cannot use tools, so it controls nothing. "
    "Choose another one in the settings of the agent.",
    FailureKind.OUT_OF_MEMORY: "{server} does not have enough memory for this model. Choose a smaller one.",
    FailureKind.STARTING: "{server} is still loading the model. Try again in a minute.",
    FailureKind.SERVER: "{server} has a problem at the moment. Try again later.",
    FailureKind.NO_RESPONSES_API: "{server} does not offer this kind of request. "
    "Check the address in the settings.",
    FailureKind.WRONG_SCHEME: "{server} expects HTTPS instead of HTTP, or the other way round. "
    "Change the start of the address in the settings.",
    FailureKind.TIMEOUT: "{server} took too long to answer. Ask again.",
}


def _llama(status: int, message: str, error_type: str) -> dict[str, Any]:
    return {"code": status, "message": message, "type": error_type}


def _litellm(status: int, message: str, error_type: str = "invalid_request_error") -> dict[str, Any]:
    return {"message": message, "type": error_type, "param": None, "code": str(status)}


def _azure(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message}


def _vllm(status: int, message: str, error_type: str = "BadRequestError") -> dict[str, Any]:
    return {"object": "error", "message": message, "type": error_type, "param": None, "code": status}


def _ollama(message: str, error_type: str = "api_error") -> dict[str, Any]:
    return {"message": message, "type": error_type, "param": None, "code": None}


UPSTREAM_CONTEXT: Final = (
    "litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: "
    'OpenAIException - {"error":{"code":400,"message":"request (9648 tokens) exceeds the available '
    'context size (8192 tokens), try increasing it","type":"exceed_context_size_error"}}\n'
    "model=local-qwen. context_window_fallbacks=None. fallbacks=None."
)
EXTRA_INPUT: Final = [
    {"type": "extra_forbidden", "loc": ["body", "top_p"], "msg": "Extra inputs are not permitted"}
]

ROWS: Final = (
    # OpenAI
    Row(
        server=OPENAI,
        status=401,
        error={
            "message": "You have insufficient permissions for this operation. Missing scopes: "
            "api.responses.write. Check that you have the correct role in your organization.",
            "type": "invalid_request_error",
            "code": None,
        },
        kind=FailureKind.PERMISSION,
    ),
    Row(
        server=OPENAI,
        status=403,
        error={
            "message": "Country, region, or territory not supported",
            "code": "unsupported_country_region_territory",
        },
        kind=FailureKind.REGION,
    ),
    Row(
        server=OPENAI,
        status=403,
        error="<!DOCTYPE html><html><title>Attention Required! | Cloudflare</title>Sorry</html>",
        kind=FailureKind.NETWORK_NOT_ALLOWED,
    ),
    Row(
        server=OPENAI,
        status=429,
        error={
            "message": "Request too large for gpt-4o in organization org-1 on tokens per min (TPM): "
            "Limit 30000, Requested 30601. The input or output tokens must be reduced in order to run "
            "successfully.",
            "type": "tokens",
            "code": "rate_limit_exceeded",
        },
        kind=FailureKind.TOO_LARGE,
    ),
    Row(
        server=OPENAI,
        status=429,
        error={
            "message": "Rate limit reached for gpt-4o in organization org-1 on tokens per min (TPM): "
            "Limit 30000, Used 29000, Requested 3100. Please try again in 4.2s.",
            "type": "tokens",
            "code": "rate_limit_exceeded",
        },
        kind=FailureKind.RATE_LIMIT,
        again="after 4.2 s",
    ),
    Row(
        server=OPENAI,
        status=429,
        error={
            "message": "Rate limit reached for gpt-4o on requests per day (RPD): Limit 200, Used 200. "
            "Please try again in 7m12s.",
            "code": "rate_limit_exceeded",
        },
        kind=FailureKind.RATE_LIMIT,
    ),
    Row(
        server=OPENAI,
        status=429,
        error={
            "message": "You exceeded your current quota, please check your plan and billing details.",
            "type": "insufficient_quota",
            "code": "insufficient_quota",
        },
        kind=FailureKind.BILLING,
    ),
    Row(
        server=OPENAI,
        status=400,
        error={
            "message": "Invalid 'tools': array too long. Expected an array with maximum length 128, but "
            "got an array with length 150 instead.",
            "type": "invalid_request_error",
            "param": "tools",
            "code": "array_above_max_length",
        },
        kind=FailureKind.TOO_MANY_TOOLS,
        param="tools",
    ),
    Row(
        server=OPENAI,
        status=400,
        error={
            "message": "max_tokens is too large: 32768. This model supports at most 16384 completion "
            "tokens, whereas you provided 32768.",
            "param": "max_output_tokens",
            "code": "invalid_value",
        },
        kind=FailureKind.UNSUPPORTED,
        param="max_output_tokens",
        again="without max_output_tokens",
    ),
    Row(
        server=OPENAI,
        status=404,
        error={
            "message": "The model `gpt-5-turbo` does not exist or you do not have access to it.",
            "code": "model_not_found",
        },
        kind=FailureKind.MODEL_GONE,
    ),
    Row(
        server=OPENAI,
        status=404,
        error={"message": "This is not a chat model and thus not supported in this endpoint."},
        kind=FailureKind.MODEL_UNFIT,
    ),
    Row(
        server=OPENAI,
        status=404,
        error={"message": "Invalid URL (POST /responses)", "type": "invalid_request_error"},
        kind=FailureKind.NO_RESPONSES_API,
    ),
    # Azure
    Row(
        server=AZURE,
        status=404,
        error=_azure(
            "DeploymentNotFound",
            "The API deployment for this resource does not exist. If you created the deployment within "
            "the last 5 minutes, please wait a moment and try again.",
        ),
        kind=FailureKind.MODEL_GONE,
    ),
    Row(
        server=AZURE,
        status=404,
        error=_azure("404", "Resource not found"),
        kind=FailureKind.NO_RESPONSES_API,
    ),
    Row(
        server=AZURE,
        status=400,
        error={
            "message": "Unsupported parameter: 'temperature' is not supported with this model.",
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        },
        kind=FailureKind.UNSUPPORTED,
        param="temperature",
        again="without temperature",
    ),
    Row(
        server=AZURE,
        status=400,
        error={
            "message": "Unrecognized request argument supplied: safety_identifier",
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        },
        kind=FailureKind.UNSUPPORTED,
        param="safety_identifier",
        again="without safety_identifier",
    ),
    Row(
        server=AZURE,
        status=401,
        error=_azure(
            "401",
            "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a "
            "valid key for an active subscription.",
        ),
        kind=FailureKind.AUTH,
    ),
    Row(
        server=AZURE,
        status=403,
        error=_azure("403", "Access denied due to Virtual Network/Firewall rules."),
        kind=FailureKind.NETWORK_NOT_ALLOWED,
    ),
    Row(
        server=AZURE,
        status=403,
        error=_azure("AccessDenied", "Public access is disabled. Please configure private endpoint."),
        kind=FailureKind.NETWORK_NOT_ALLOWED,
    ),
    Row(
        server=AZURE,
        status=429,
        error=_azure(
            "RateLimitReached",
            "Requests to the Responses operation have exceeded the call rate limit of your current "
            "OpenAI S0 pricing tier. Please retry after 6 seconds.",
        ),
        kind=FailureKind.RATE_LIMIT,
        again="after 6 s",
    ),
    Row(
        server=AZURE,
        status=400,
        error={
            "message": "The response was filtered due to the prompt triggering Azure OpenAI's content "
            "management policy. Please modify your prompt and retry.",
            "code": "content_filter",
            "param": "prompt",
        },
        kind=FailureKind.REFUSED,
        param="prompt",
    ),
    Row(
        server=AZURE,
        status=400,
        error=_azure(
            "OperationNotSupported",
            "The responses operation does not work with the specified model, dall-e-3.",
        ),
        kind=FailureKind.MODEL_UNFIT,
    ),
    Row(
        server=AZURE,
        status=400,
        error=_azure(
            "BadRequest",
            "Azure OpenAI Responses API is enabled only for api-version 2025-03-01-preview and later",
        ),
        kind=FailureKind.NO_RESPONSES_API,
    ),
    # OpenRouter
    Row(
        server=OPENROUTER,
        status=404,
        error={"message": "No endpoints found that support tool use. To learn more, visit: …", "code": 404},
        kind=FailureKind.NO_TOOLS,
    ),
    Row(
        server=OPENROUTER,
        status=404,
        error={"message": "No endpoints found that support image input", "code": 404},
        kind=FailureKind.ATTACHMENT,
    ),
    Row(
        server=OPENROUTER,
        status=404,
        error={"message": "No endpoints found for qwen/qwen-9.", "code": 404},
        kind=FailureKind.MODEL_GONE,
    ),
    Row(
        server=OPENROUTER,
        status=400,
        error={"message": "gpt-5-turbo is not a valid model ID", "code": 400},
        kind=FailureKind.MODEL_GONE,
    ),
    Row(
        server=OPENROUTER,
        status=402,
        error={
            "message": "This request requires more credits, or fewer max_tokens. You requested up to "
            "32000 tokens, but can only afford 27342.",
            "code": 402,
            "metadata": {"provider_name": None},
        },
        kind=FailureKind.BILLING,
    ),
    Row(
        server=OPENROUTER,
        status=400,
        error={
            "message": "This endpoint's maximum context length is 131072 tokens. However, you requested "
            "about 140000 tokens (139000 of text input, 1000 in the output).",
            "code": 400,
        },
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    Row(
        server=OPENROUTER,
        status=400,
        error={
            "message": "Provider returned error",
            "code": 400,
            "metadata": {
                "raw": '{"error":{"message":"Input length 9000 exceeds the context length 8192."}}',
                "provider_name": "Somebody",
            },
        },
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    Row(
        server=OPENROUTER,
        status=401,
        error={
            "message": "Provider returned error",
            "code": 401,
            "metadata": {"raw": "invalid key", "provider_name": "Somebody"},
        },
        kind=FailureKind.UPSTREAM_KEY,
    ),
    Row(
        server=OPENROUTER,
        status=401,
        error={"message": "User not found.", "code": 401},
        kind=FailureKind.AUTH,
    ),
    Row(
        server=OPENROUTER,
        status=403,
        error={
            "message": "Your chosen model requires moderation and your input was flagged for violence.",
            "code": 403,
        },
        kind=FailureKind.REFUSED,
    ),
    # Groq
    Row(
        server=GROQ,
        status=413,
        error={
            "message": "Request too large for model `openai/gpt-oss-20b` in organization `org_1` service "
            "tier `on_demand` on tokens per minute (TPM): Limit 8000, Requested 8547, please reduce your "
            "message size and try again.",
            "type": "tokens",
            "code": "rate_limit_exceeded",
        },
        kind=FailureKind.TOO_LARGE,
    ),
    Row(
        server=GROQ,
        status=400,
        error={"message": "`tool calling` is not supported with this model", "type": "invalid_request_error"},
        kind=FailureKind.NO_TOOLS,
    ),
    # Gemini
    Row(
        server=GEMINI,
        status=400,
        error={"code": 400, "message": "User location is not supported for the API use."},
        kind=FailureKind.REGION,
    ),
    Row(
        server=GEMINI,
        status=400,
        error={
            "code": 400,
            "message": "The input token count (1200000) exceeds the maximum number of tokens allowed "
            "(1048576).",
            "status": "INVALID_ARGUMENT",
        },
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    # LiteLLM
    Row(
        server=LITELLM,
        status=400,
        error=_litellm(400, UPSTREAM_CONTEXT),
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    Row(
        server=LITELLM,
        status=401,
        error=_litellm(
            401,
            "litellm.AuthenticationError: AuthenticationError: OpenAIException - "
            '{"error":{"message":"Invalid API Key","type":"authentication_error","code":401}}',
            "authentication_error",
        ),
        kind=FailureKind.UPSTREAM_KEY,
    ),
    Row(
        server=LITELLM,
        status=401,
        error={
            "message": "Authentication Error, Invalid proxy server token passed. Received API Key = "
            "sk-...8aSP, Key Hash (Token) =5699. Unable to find token in cache",
            "type": "token_not_found_in_db",
            "param": "key",
            "code": "401",
        },
        kind=FailureKind.AUTH,
        param="key",
    ),
    Row(
        server=LITELLM,
        status=400,
        error={"message": "No connected db.", "type": "no_db_connection", "param": None, "code": "400"},
        kind=FailureKind.AUTH,
    ),
    Row(
        server=LITELLM,
        status=401,
        error={
            "message": "key not allowed to access model. This key can only access models=['small']. "
            "Tried to access large",
            "type": "key_model_access_denied",
            "param": "model",
            "code": "401",
        },
        kind=FailureKind.MODEL_GONE,
        param="model",
    ),
    Row(
        server=LITELLM,
        status=400,
        error=_litellm(
            400,
            "/responses: Invalid model name passed in model=no-such-model. Call `/v1/models` to view "
            "available models for your key.",
        ),
        kind=FailureKind.MODEL_GONE,
    ),
    Row(
        server=LITELLM,
        status=429,
        error=_litellm(
            429,
            "No deployments available - crossed budget: Exceeded budget for deployment model_name: "
            "over-budget, litellm_params.model: azure_ai/x: 0.58 >= 1d",
            "internal_server_error",
        ),
        kind=FailureKind.BILLING,
    ),
    Row(
        server=LITELLM,
        status=400,
        error=_litellm(
            400, "Budget has been exceeded! Current cost: 14.2, Max budget: 10.0", "budget_exceeded"
        ),
        kind=FailureKind.BILLING,
    ),
    Row(
        server=LITELLM,
        status=400,
        error=_litellm(
            400, "ExceededBudget: End User=anna over budget. Spend=0.0008, Budget=0.0001", "auth_error"
        ),
        kind=FailureKind.BILLING,
    ),
    Row(
        server=LITELLM,
        status=429,
        error=_litellm(
            429,
            "No deployments available for selected model, Try again in 5 seconds. All deployments for "
            "selected model are in cooldown.",
            "all_deployments_in_cooldown",
        ),
        kind=FailureKind.RATE_LIMIT,
        again="after 5 s",
    ),
    Row(
        server=LITELLM,
        status=400,
        error=_litellm(
            400,
            "litellm.UnsupportedParamsError: openai does not support parameters: ['reasoning_effort'], "
            "for model=gemini-2.5-pro. To drop these, set `litellm.drop_params=True`",
        ),
        kind=FailureKind.UNSUPPORTED,
        param="reasoning.effort",
        again="without reasoning.effort",
    ),
    Row(
        server=LITELLM,
        status=500,
        error=_litellm(
            500,
            "litellm.InternalServerError: InternalServerError: Lm_studioException - Connection error.",
            "internal_server_error",
        ),
        kind=FailureKind.SERVER,
        again=SOON,
    ),
    Row(
        server=LITELLM,
        status=500,
        error='data: {"error": {"message": "Error processing stream start", "code": "500"}}\n\ndata: [DONE]',
        kind=FailureKind.SERVER,
        again=SOON,
    ),
    # llama.cpp
    Row(
        server=LLAMA_CPP,
        status=400,
        error={
            **_llama(
                400,
                "request (3647 tokens) exceeds the available context size (3072 tokens), try increasing it",
                "exceed_context_size_error",
            ),
            "n_prompt_tokens": 3647,
            "n_ctx": 3072,
        },
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    Row(
        server=LLAMA_CPP,
        status=503,
        error=_llama(503, "Loading model", "unavailable_error"),
        kind=FailureKind.STARTING,
        again=AS_LONG_AS_THERE_IS_TIME,
    ),
    Row(
        server=LLAMA_CPP,
        status=404,
        error=_llama(404, "File Not Found", "not_found_error"),
        kind=FailureKind.NO_RESPONSES_API,
    ),
    Row(
        server=LLAMA_CPP,
        status=400,
        error=_llama(400, "model 'nonsense' not found", "invalid_request_error"),
        kind=FailureKind.MODEL_GONE,
    ),
    Row(
        server=LLAMA_CPP,
        status=401,
        error=_llama(401, "Invalid API Key", "authentication_error"),
        kind=FailureKind.AUTH,
    ),
    Row(
        server=LLAMA_CPP,
        status=500,
        error=_llama(
            500,
            "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj",
            "server_error",
        ),
        kind=FailureKind.ATTACHMENT,
    ),
    Row(
        server=LLAMA_CPP,
        status=400,
        error=_llama(
            400, "'input_file' is not supported by llamacpp at this moment", "invalid_request_error"
        ),
        kind=FailureKind.ATTACHMENT,
    ),
    Row(
        server=LLAMA_CPP,
        status=500,
        error=_llama(500, "tools param requires --jinja flag", "server_error"),
        kind=FailureKind.NO_TOOLS,
    ),
    Row(
        server=LLAMA_CPP,
        status=501,
        error=_llama(501, "This server does not support embeddings.", "not_supported_error"),
        kind=FailureKind.NO_RESPONSES_API,
    ),
    Row(
        server=LLAMA_CPP_PYTHON,
        status=400,
        error={
            "message": "This model's maximum context length is 2048 tokens. However, you requested 2300 "
            "tokens (2172 in the messages, 128 in the completion).",
            "type": "invalid_request_error",
            "param": "messages",
            "code": "context_length_exceeded",
        },
        kind=FailureKind.CONTEXT_TOO_LONG,
        param="messages",
        again=WITHOUT_HISTORY,
    ),
    Row(
        server=LLAMA_CPP_PYTHON,
        status=500,
        error={"message": "Requested tokens (5012) exceed context window of 4096", "code": None},
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    # vLLM
    Row(
        server=VLLM,
        status=400,
        error=_vllm(
            400,
            "This model's maximum context length is 6048 tokens. However, you requested 6616 tokens (568 "
            "in the messages, 6048 in the completion). Please reduce the length of the messages.",
        ),
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    Row(
        server=VLLM,
        status=400,
        error=_vllm(
            400,
            "'max_tokens' or 'max_completion_tokens' is too large: 30000. This model's maximum context "
            "length is 8192 tokens and your request has 20 input tokens (30000 > 8192 - 20).",
        ),
        kind=FailureKind.UNSUPPORTED,
        param="max_output_tokens",
        again="without max_output_tokens",
    ),
    Row(
        server=VLLM,
        status=400,
        error=_vllm(
            400,
            "The decoder prompt (length 9000) is longer than the maximum model length of 8192. Make sure "
            "that `max_model_len` is no smaller than the number of text tokens.",
        ),
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    Row(
        server=VLLM,
        status=400,
        error=_vllm(
            400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
        ),
        kind=FailureKind.NO_TOOLS,
    ),
    Row(
        server=VLLM,
        status=404,
        error=_vllm(404, "The model `llama-9` does not exist.", "NotFoundError"),
        kind=FailureKind.MODEL_GONE,
    ),
    Row(
        server=VLLM,
        status=400,
        error=_vllm(400, "Qwen/Qwen3-8B is not a multimodal model"),
        kind=FailureKind.ATTACHMENT,
    ),
    Row(
        server=VLLM,
        status=422,
        error={"detail": EXTRA_INPUT},
        kind=FailureKind.UNSUPPORTED,
        param="top_p",
        again="without top_p",
    ),
    Row(server=VLLM, status=404, error='{"detail":"Not Found"}', kind=FailureKind.NO_RESPONSES_API),
    # Ollama
    Row(
        server=OLLAMA,
        status=400,
        error=_ollama("registry.ollama.ai/library/gemma3:4b does not support tools"),
        kind=FailureKind.NO_TOOLS,
    ),
    Row(
        server=OLLAMA,
        status=404,
        error=_ollama('model "llama9" not found, try pulling it first'),
        kind=FailureKind.MODEL_GONE,
    ),
    Row(
        server=OLLAMA,
        status=400,
        error=_ollama("this model does not support image input (ref: b8bd)"),
        kind=FailureKind.ATTACHMENT,
    ),
    Row(
        server=OLLAMA,
        status=500,
        error=_ollama("model requires more system memory (5.3 GiB) than is available (4.4 GiB)"),
        kind=FailureKind.OUT_OF_MEMORY,
    ),
    Row(
        server=OLLAMA,
        status=503,
        error=_ollama("server busy, please try again.  maximum pending requests exceeded"),
        kind=FailureKind.SERVER,
        again=SOON,
    ),
    Row(
        server=OLLAMA,
        status=400,
        error=_ollama('"llama2" does not support chat'),
        kind=FailureKind.MODEL_UNFIT,
    ),
    Row(server=OLLAMA, status=404, error="404 page not found", kind=FailureKind.NO_RESPONSES_API),
    # LM Studio
    Row(
        server=LM_STUDIO,
        status=400,
        error="Trying to keep the first 13358 tokens when context the overflows. However, the model is "
        "loaded with context length of only 4096 tokens, which is not enough.",
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    Row(
        server=LM_STUDIO,
        status=400,
        error="The number of tokens to keep from the initial prompt is greater than the context length "
        "(n_keep: 13055>= n_ctx: 4096). Try to load the model with a larger context length.",
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    Row(
        server=LM_STUDIO,
        status=400,
        error="Cannot truncate prompt with n_keep (15028) >= n_ctx (7424)",
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    Row(
        server=LM_STUDIO,
        status=404,
        error={
            "message": "No models loaded. Please load a model in the developer page or use the `lms load` "
            "command.",
            "type": "invalid_request_error",
            "param": "model",
            "code": "model_not_found",
        },
        kind=FailureKind.MODEL_GONE,
        param="model",
    ),
    Row(
        server=LM_STUDIO,
        status=400,
        error={"message": 'Failed to load model "gpt-oss-20b". Error: Error loading model.'},
        kind=FailureKind.MODEL_GONE,
    ),
    Row(
        server=LM_STUDIO,
        status=200,
        error="Unexpected endpoint or method. (POST /v1/responses)",
        kind=FailureKind.NO_RESPONSES_API,
    ),
    # in between
    Row(
        server=VLLM,
        status=400,
        error="<html><body><center>The plain HTTP request was sent to HTTPS port</center></body></html>",
        kind=FailureKind.WRONG_SCHEME,
    ),
    Row(
        server=OLLAMA,
        status=400,
        error="Client sent an HTTP request to an HTTPS server.\n",
        kind=FailureKind.WRONG_SCHEME,
    ),
    Row(
        server=LM_STUDIO,
        status=413,
        error="<html><head><title>413 Request Entity Too Large</title></head></html>",
        kind=FailureKind.TOO_LARGE,
    ),
    Row(
        server=LM_STUDIO,
        status=502,
        error="<html><head><title>502 Bad Gateway</title></head></html>",
        kind=FailureKind.SERVER,
        again=SOON,
    ),
    # more of the same kinds
    Row(
        server=OPENAI,
        status=429,
        error={
            "message": "Your account is not active, please check your billing details on our website.",
            "type": "billing_not_active",
            "code": "billing_not_active",
        },
        kind=FailureKind.BILLING,
    ),
    Row(
        server=OPENAI,
        status=400,
        error={"message": "Billing hard limit has been reached", "code": "billing_hard_limit_reached"},
        kind=FailureKind.BILLING,
    ),
    Row(
        server=XAI,
        status=400,
        error="Incorrect API key provided: xa***. You can obtain an API key from https://console.x.ai.",
        kind=FailureKind.AUTH,
    ),
    Row(
        server=XAI,
        status=403,
        error="Your newly created team doesn't have any credits or licenses yet.",
        kind=FailureKind.BILLING,
    ),
    Row(
        server=XAI,
        status=429,
        error="Your team has either used all available credits or reached its monthly spending limit.",
        kind=FailureKind.BILLING,
    ),
    Row(
        server=GEMINI,
        status=400,
        error={"code": 400, "message": "API key not valid. Please pass a valid API key."},
        kind=FailureKind.AUTH,
    ),
    Row(
        server=GEMINI,
        status=400,
        error={"code": 400, "message": "Function calling is not enabled for models/gemma-3-27b-it"},
        kind=FailureKind.NO_TOOLS,
    ),
    Row(
        server=OPENROUTER,
        status=404,
        error={"message": "No allowed providers are available for the selected model.", "code": 404},
        kind=FailureKind.MODEL_GONE,
    ),
    Row(
        server=LLAMA_CPP,
        status=500,
        error=_llama(500, "input is too large to process. increase the physical batch size", "server_error"),
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    Row(
        server=VLLM,
        status=400,
        error=_vllm(400, "Input length 9000 exceeds maximum allowed token size 8192"),
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    Row(
        server=VLLM,
        status=422,
        error="Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000",
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    Row(
        server=VLLM,
        status=400,
        error={
            "message": "prompt token count of 70000 exceeds the limit of 64000",
            "code": "model_max_prompt_tokens_exceeded",
        },
        kind=FailureKind.CONTEXT_TOO_LONG,
        again=WITHOUT_HISTORY,
    ),
    Row(
        server=VLLM,
        status=401,
        error="<html><head><title>401 Authorization Required</title></head></html>",
        kind=FailureKind.AUTH,
    ),
    Row(
        server=OLLAMA,
        status=403,
        error=_ollama("this model requires a subscription, upgrade for access: https://ollama.com/upgrade"),
        kind=FailureKind.BILLING,
    ),
    Row(
        server=OLLAMA,
        status=500,
        error=_ollama("unable to allocate CUDA0 buffer"),
        kind=FailureKind.OUT_OF_MEMORY,
    ),
    Row(
        server=LM_STUDIO,
        status=400,
        error="Model unloaded.",
        kind=FailureKind.MODEL_GONE,
    ),
    Row(
        server=VLLM,
        status=503,
        error={"message": "Model 'whisper' is being loaded"},
        kind=FailureKind.STARTING,
        again=AS_LONG_AS_THERE_IS_TIME,
    ),
    Row(
        server=LM_STUDIO,
        status=503,
        error="Server is not ready yet",
        kind=FailureKind.STARTING,
        again=AS_LONG_AS_THERE_IS_TIME,
    ),
)
