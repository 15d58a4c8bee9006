"""OpenAI's codes for the languages that Home Assistant asks for."""

import re

import pytest

from custom_components.openai_conversation.audio.languages import LANGUAGES, language_code


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en-US", "en"),
        ("de", "de"),
        ("pt-BR", "pt"),
        ("pt_BR", "pt"),
        ("zh-Hant-TW", "zh"),
        ("fil-PH", "tl"),
        ("no-NO", "no"),
        ("nb-NO", "no"),
        ("nn", "no"),
        ("", None),
        ("*", None),
        ("tlh", None),
        ("xx-XX", None),
    ],
)
def test_codes(tag: str, code: str | None) -> None:
    assert language_code(tag) == code


def test_every_language_has_a_code() -> None:
    assert len(LANGUAGES) == len(set(LANGUAGES)) == 57
    assert all(re.fullmatch("[a-z]{2}", language_code(tag) or "") for tag in LANGUAGES)
