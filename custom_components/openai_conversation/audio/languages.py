"""The languages of speech-to-text and text-to-speech, and OpenAI's codes for them.

Source: OpenAI's speech-to-text guide, "Supported languages". Pipelines have stored these tags.
"""

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = (
    *("af-ZA", "ar-SA", "hy-AM", "az-AZ", "be-BY", "bs-BA", "bg-BG", "ca-ES", "zh-CN", "hr-HR"),
    *("cs-CZ", "da-DK", "nl-NL", "en-US", "et-EE", "fi-FI", "fr-FR", "gl-ES", "de-DE", "el-GR"),
    *("he-IL", "hi-IN", "hu-HU", "is-IS", "id-ID", "it-IT", "ja-JP", "kn-IN", "kk-KZ", "ko-KR"),
    *("lv-LV", "lt-LT", "mk-MK", "ms-MY", "mr-IN", "mi-NZ", "ne-NP", "no-NO", "fa-IR", "pl-PL"),
    *("pt-PT", "ro-RO", "ru-RU", "sr-RS", "sk-SK", "sl-SI", "es-ES", "sw-KE", "sv-SE", "fil-PH"),
    *("ta-IN", "th-TH", "tr-TR", "uk-UA", "ur-PK", "vi-VN", "cy-GB"),
)
"""Tags (BCP 47) of the languages that are known to work well. Others may work, too."""

_OTHER_NAMES: Final[Mapping[str, str]] = {"fil": "tl", "nb": "no", "nn": "no"}
"""Languages without a code of two letters, and those that OpenAI knows under another code."""


def _primary(tag: str) -> str:
    language = tag.replace("_", "-").partition("-")[0].lower()
    return _OTHER_NAMES.get(language, language)


_CODES: Final = frozenset(map(_primary, LANGUAGES))


def language_code(tag: str) -> str | None:
    """Return the ISO 639-1 code of a language ("pt-BR": "pt"), None if OpenAI may not know it."""
    code = _primary(tag)
    return code if code in _CODES else None
