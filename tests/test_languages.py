"""The languages beside English: the same placeholders and links, and their own quotes. Most are complete."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any, Final

import pytest

FOLDER = Path(__file__).parents[1] / "custom_components" / "openai_conversation" / "translations"
LANGUAGES: Final = sorted(path.stem for path in FOLDER.glob("*.json") if path.stem != "en")

PARTIAL: Final = frozenset(
    {
        "af",
        "bg",
        "ca",
        "el",
        "en-GB",
        "et",
        "eu",
        "fy",
        "ga",
        "gl",
        "he",
        "id",
        "lt",
        "lv",
        "mk",
        "sl",
        "sr",
        "sr-Latn",
        "vi",
        "zh-Hant",
    }
)
"""Languages with some of the texts only. Home Assistant shows the others in English."""

COMPLETE: Final = [language for language in LANGUAGES if language not in PARTIAL]

KEPT: Final = (
    r"\{\w+\}",
    r"\]\([^)]*\)",
    r"https?://[^\s)`\"]+",
    r"`[^`]*`",
    r"<[^>]+>",
    r"\*\*OpenAI [^*]+\*\*",
)
"""What every language keeps: placeholders, links, addresses, literals, HTML, and names that stay English."""

MARKS: Final = {
    "de": "„“",
    "fr": "«»",
    "pl": "„”",
    "cs": "„“",
    "ru": "«»",
    "uk": "«»",
    "ja": "「」",
    "hu": "„”",
    "it": "«»",
    "pt": "«»",
    "pt-BR": "“”",
    "ro": "„”",
    "zh-Hant": "「」",
    "vi": "“”",
    "el": "«»",
    "he": "״״",
    "ca": "«»",
    "bg": "„“",
    "id": "“”",
    "sl": "»«",
    "lt": "„“",
    "lv": "„”",
    "et": "„”",
    "sr": "„“",
    "sr-Latn": "„”",
    "gl": "«»",
    "eu": "«»",
    "af": "“”",
    "mk": "„“",
    "ga": "“”",
    "fy": "“”",
}
"""Quotation marks. Languages that are not here use those of English, or several."""

NEAR_ENGLISH: Final = 25
"""Letters from which a text that is the same as in English counts as not translated."""


def flat(texts: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in texts.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{key}.")
        else:
            yield before + key, value


def texts_of(language: str) -> dict[str, str]:
    return dict(flat(json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))))


ENGLISH = texts_of("en")


@pytest.mark.parametrize("language", COMPLETE)
def test_every_text_is_there(language: str) -> None:
    assert texts_of(language).keys() == ENGLISH.keys()


@pytest.mark.parametrize("language", sorted(PARTIAL))
def test_a_partial_language_has_what_is_spoken_and_no_text_that_english_lacks(language: str) -> None:
    texts = texts_of(language).keys()

    assert texts <= ENGLISH.keys()
    assert any(key.startswith("exceptions.") for key in texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_must_stay_stays(language: str) -> None:
    changed = {
        key: pattern
        for key, text in texts_of(language).items()
        for pattern in KEPT
        if sorted(re.findall(pattern, text)) != sorted(re.findall(pattern, ENGLISH[key]))
    }
    assert changed == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_in_english(language: str) -> None:
    texts = texts_of(language)
    same = {key for key, text in texts.items() if text == ENGLISH[key] and len(text) >= NEAR_ENGLISH}
    assert {key for key in same if not ENGLISH[key].startswith(("[%key:", "http"))} == set()
    assert [key for key, text in texts.items() if not text.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_spoken_sentence_is_short(language: str) -> None:
    texts = texts_of(language)
    long = {
        key: text
        for key, text in texts.items()
        if key.startswith("exceptions.") and len(text) > 1.7 * len(ENGLISH[key]) + 20
    }
    assert long == {}


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_a_year_has_twelve_months(language: str) -> None:
    months = (ENGLISH | texts_of(language))["common.months"].split(", ")

    assert len(set(months)) == 12
    assert [month for month in months if month != month.strip() or not month] == []


@pytest.mark.parametrize("language", sorted(MARKS))
def test_quotations_have_the_marks_of_the_language(language: str) -> None:
    opening, closing = MARKS[language]
    for key, text in texts_of(language).items():
        plain = re.sub(r"<[^>]+>|`[^`]*`|\]\([^)]*\)", "", text)
        assert '"' not in plain, key
        assert plain.count(opening) == plain.count(closing), key


def test_french_has_a_space_before_its_marks() -> None:
    for key, text in texts_of("fr").items():
        plain = re.sub(r"https?://\S+|<[^>]+>|`[^`]*`|\]\([^)]*\)|\{\w+\}|\d:\d", "", text)
        assert re.search(r"\w[!?;:](?!\w)", plain) is None, f"{key}: {text}"
