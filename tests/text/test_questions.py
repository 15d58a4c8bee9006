"""Whether an answer ends with a question."""

import pytest

from custom_components.openai_conversation.text.questions import asks


@pytest.mark.parametrize(
    "text",
    [
        "Shall I turn it on?",
        "It is dark. Shall I turn it on? 💡",
        "Which one? Kitchen or bedroom",
        "Which one (kitchen or bedroom?)",
        "要开灯吗？",
        "要开灯吗？好的",
        "هل أشعل الضوء؟",
        '"Now?"',
        "Shall I? Version 2.0",
    ],
)
def test_a_question(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The light is on.",
        "Shall I? No, I will not.",
        "Ready? Go!",
        "See https://example.org/search?q=light",
        "好吗？好。",
    ],
)
def test_no_question(text: str) -> None:
    assert not asks(text)
