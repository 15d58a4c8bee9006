"""Rules that hold between the items of `input`, which types cannot express.

Facts: OpenAI API reference, "Conversation state" and "Reasoning models": calls and their outputs
belong together, and a reasoning item goes with the item that followed it.
"""

from typing import Any

from .errors import InvalidRequest

type Item = dict[str, Any]

_ID_PREFIXES = {
    "message": "msg",
    "function_call": "fc",
    "reasoning": "rs",
    "web_search_call": "ws",
    "code_interpreter_call": "ci",
}
_NOT_MADE_BY_THE_MODEL = ("user", "system", "developer")


def check_input(items: list[Item]) -> None:
    """Check input items whose types have been checked."""
    _check_ids(items)
    for index, item in enumerate(items):
        if item.get("type", "message") == "message":
            _check_parts(index, item)
    _check_calls(items)
    _check_reasoning(items)


def _check_ids(items: list[Item]) -> None:
    seen: set[str] = set()
    for index, item in enumerate(items):
        if (item_id := item.get("id")) is None:
            continue
        prefix = _ID_PREFIXES.get(item.get("type", "message"), "")
        if not item_id.startswith(prefix):
            param = f"input[{index}].id"
            message = f"Invalid '{param}': '{item_id}'. Expected an ID that begins with '{prefix}'."
            raise InvalidRequest(message, param, "invalid_value")
        if item_id in seen:
            message = f"Duplicate item found with id {item_id}. Remove duplicate items and try again."
            raise InvalidRequest(message, "input", None)
        seen.add(item_id)


def _check_parts(index: int, item: Item) -> None:
    """Check that messages of the assistant have output parts, and all others input parts."""
    if isinstance(item["content"], str):
        return
    from_assistant = item["role"] == "assistant"
    for position, part in enumerate(item["content"]):
        if (part["type"] in ("output_text", "refusal")) != from_assistant:
            param = f"input[{index}].content[{position}].type"
            supported = "'output_text' and 'refusal'" if from_assistant else "'input_text' and other inputs"
            message = f"Invalid value: '{part['type']}'. Supported values are: {supported}."
            raise InvalidRequest(message, param, "invalid_value")


def _check_calls(items: list[Item]) -> None:
    called: set[str] = set()
    answered = {item["call_id"] for item in items if item.get("type") == "function_call_output"}
    newest = len(items) - 1
    while newest >= 0 and items[newest].get("type") == "function_call":
        newest -= 1
    for index, item in enumerate(items):
        call_id = item.get("call_id")
        if item.get("type") == "function_call":
            called.add(item["call_id"])
            # Calls at the very end may still be waiting for their outputs.
            if call_id not in answered and index < newest:
                raise InvalidRequest(f"No tool output found for function call {call_id}.", "input", None)
        elif item.get("type") == "function_call_output" and call_id not in called:
            message = f"No tool call found for function call output with call_id {call_id}."
            raise InvalidRequest(message, "input", None)


def _check_reasoning(items: list[Item]) -> None:
    for item, following in zip(items, [*items[1:], None], strict=True):
        if item.get("type") != "reasoning":
            continue
        if (
            following is None
            or following.get("role") in _NOT_MADE_BY_THE_MODEL
            or following.get("type") == "function_call_output"
        ):
            message = (
                f"Item '{item['id']}' of type 'reasoning' was provided without its required following item."
            )
            raise InvalidRequest(message, "input", None)
