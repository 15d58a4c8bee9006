"""The body of an answer, as it comes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from custom_components.openai_conversation.openai_api import raw_answer
from custom_components.openai_conversation.openai_api.raw_answer import async_read_objects


class Answer:
    """An answer whose body comes in pieces."""

    headers: dict[str, str] = {}  # noqa: RUF012 - never changed

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.is_closed = False

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece

    async def aclose(self) -> None:
        self.is_closed = True


async def objects(answer: Any) -> list[Any]:
    return [value async for value in async_read_objects(answer)]


async def test_objects_come_wherever_the_body_is_cut() -> None:
    answer = Answer(b'data: {"a"', b": 1}\r\n\n: a comment\ndat", b'a:{"b": 2}\n\ndata: [DONE]', b"\n\n")

    assert await objects(answer) == [{"a": 1}, {"b": 2}]
    assert answer.is_closed


async def test_the_last_line_may_have_no_end() -> None:
    assert await objects(Answer(b'data: {"a": "one\xe2\x80\xa8line"}')) == [{"a": "one\u2028line"}]


async def test_a_line_without_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_answer, "MAX_JSON", 100)
    answer = Answer(b'{"a": 1}\n', *[b"x" * 60] * 10)

    with pytest.raises(ValueError, match="100 bytes"):
        await objects(answer)
    assert answer.is_closed
