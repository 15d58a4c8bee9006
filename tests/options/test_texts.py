"""The words of the forms."""

import pytest

from custom_components.openai_conversation.const import SubentryType
from custom_components.openai_conversation.options.texts import Texts, async_get_texts
from homeassistant.core import HomeAssistant


@pytest.fixture
async def texts(hass: HomeAssistant) -> Texts:
    return await async_get_texts(hass)


@pytest.mark.parametrize(
    ("name", "old", "new", "text"),
    [
        ("reasoning_effort", "none", "low", "Reasoning effort: None → Low"),
        ("temperature", 0.5, None, "Temperature: 0.5"),
        ("pro_mode", True, None, "Pro mode"),
        ("max_tokens", 20_000, 16_384, "Maximum tokens to return in response: 20000 → 16384"),
        ("prompt", "A text that is too long to be repeated in a list of settings.", None, "Instructions"),
        ("of_2030", "x", None, "of_2030: x"),
    ],
)
def test_a_change_is_in_the_words_of_the_form(
    texts: Texts, name: str, old: object, new: object, text: str
) -> None:
    assert texts.change(name, old, new) == text


async def test_other_forms_have_other_fields(hass: HomeAssistant) -> None:
    texts = await async_get_texts(hass, SubentryType.TTS)

    assert texts.settings(["voice", "tts_speed"]) == "Voice, Speed"


def test_a_name_cannot_break_a_notice(texts: Texts) -> None:
    notice = texts.notice("unsupported_settings", model="</ha-alert>{settings}", settings="*")

    assert notice.count("</ha-alert>") == 1
    assert "&lt;/ha-alert&gt;{settings} does not support" in notice
