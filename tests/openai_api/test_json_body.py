"""Requests as JSON: whatever is in them, every server can read it."""

import json
from typing import Any

import pytest

from custom_components.openai_conversation.openai_api.json_body import json_body


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ({"input": "Café, 東京, 💡\n\tand “more”"}, {"input": "Café, 東京, 💡\n\tand “more”"}),
        ({"input": "half \ud83d"}, {"input": "half "}),
        ({"input": ["two halves \ud83d\udca1"]}, {"input": ["two halves 💡"]}),
        ({"input": "a\x00b\x1b[31m"}, {"input": "ab[31m"}),
        ({"\ud83d": {"\x00a": ("b",)}}, {"": {"a": ["b"]}}),
        ({"input": "C:\\u00", "level": 1.5, "on": True, "no": None}, None),
    ],
)
def test_texts_are_readable(value: Any, sent: Any) -> None:
    body = json_body(value)

    assert json.loads(body.decode("utf-8")) == (value if sent is None else sent)
    assert not any(byte < 0x20 for byte in body)


def test_what_json_does_not_have_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError):
        json_body({"input": object()})
