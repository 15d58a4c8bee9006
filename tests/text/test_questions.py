"""Whether an answer ends with a question."""

import pytest

from custom_components.openai_conversation.text.questions import asks, ends_sentence


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
        "要开灯吗?好的",
        "Να ανάψω το φως; 💡",
        "Να ανάψω το φως\N{GREEK QUESTION MARK}",
        "क्या मैं बत्ती जलाऊँ?",
        "Which one?\n- Kitchen\n- Bedroom",
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
        "好吗？好。我知道了",
        "Shall I?\n\nThe light is on",
        "The light is on; the door is locked",
        "Το φως είναι αναμμένο.",
    ],
)
def test_no_question(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize("text", ["It is on.", "好。", "Really?!", 'He said "yes."', "ठीक है।", "Wait…"])
def test_the_end_of_a_sentence(text: str) -> None:
    assert ends_sentence(text)


@pytest.mark.parametrize(
    "text", ["", "45%", "Turned on the light", "21 °C", "बत्ती जल रही की", "ライトをつけました"]
)
def test_no_end_of_a_sentence(text: str) -> None:
    assert not ends_sentence(text)
