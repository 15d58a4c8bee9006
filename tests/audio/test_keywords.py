"""Names become keywords that OpenAI accepts. A single bad one would fail the request."""

import pytest

from custom_components.openai_conversation.audio.keywords import LONGEST, MOST, keywords


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Lamp", "Bad", "Küche"], ["Lamp", "Bad", "Küche"]),
        (["Lamp", "LAMP", " lamp\t"], ["Lamp"]),
        (["a\r\nb", "<b>Bold</b>", "\u2028"], ["a b", "b Bold /b"]),
        (["", "  ", "<>"], []),
        (["x" * LONGEST, "y" * (LONGEST + 1)], ["x" * LONGEST]),
    ],
    ids=["in their order", "each once", "in one line", "nothing", "too long"],
)
def test_keywords(names: list[str], expected: list[str]) -> None:
    assert keywords(names) == expected


def test_there_are_not_too_many() -> None:
    assert keywords(f"Lamp {number}" for number in range(MOST * 2)) == [
        f"Lamp {number}" for number in range(MOST)
    ]
