"""What is spoken, and shown, of what a model writes."""

import random

import pytest

from custom_components.openai_conversation.text.filters import CitationFilter, MarkFilter, SpokenText
from custom_components.openai_conversation.text.rewriter import Rewriter

SPOKEN = {
    # marks around words
    "**Done.** It is *very* __cold__, _so_ ~~warm~~ ***now***.": "Done. It is very cold, so warm now.",
    "**All *three* lights**, **all *three***": "All three lights, all three",
    "Wohn**zimmer** und **Wohn**zimmer": "Wohnzimmer und Wohnzimmer",
    "这是**重点**内容。": "这是重点内容。",
    "Use `light.kitchen_1` and ``**kwargs``.": "Use light.kitchen_1 and **kwargs.",
    "```inline``` code": "inline code",
    # lines
    "Look:\n```yaml\na: 1 * 2\n  b_c: `d`\n```\nDone.": "Look:\na: 1 * 2\n  b_c: `d`\nDone.",
    "```\n# not a heading\n```": "# not a heading",
    "# Weather\n\n## Today #1\nSun": "Weather\n\nToday #1\nSun",
    "- one\n* two\n+ three\n1. four\n  - five": "one\ntwo\nthree\n1. four\nfive",
    "- [ ] open\n- [x] done": "open\ndone",
    "> He said\n> - yes\n>\nI see.": "He said\nyes\nI see.",
    "One\n\n---\n\nTwo\n* * *\nThree\n___": "One\n\nTwo\nThree",
    "| Room | °C |\n|:-----|---:|\n| Bath | **21** |\n| | 5 |\nEnd": "Room, °C\nBath, 21\n5\nEnd",
    # links, addresses
    'See [the *manual*](https://example.org/a_(b) "Title"), [a [b] c](</d>).': "See the manual, a [b] c.",
    "![A cat](/cat.png) sits.": "A cat sits.",
    "See https://www.example.org/a?b=1.": "See example.org.",
    "Go to <https://me@example.org:8123/x> now": "Go to example.org now",
    "The site (https://example.org/a_(b)) is down.": "The site is down.",
    "(see https://example.org/a), 请看https://example.org/a。": "(see example.org), 请看example.org。",
    # sources
    "It rains ([example.org](https://example.org/?a=1)). Yes.": "It rains. Yes.",
    "Rain ([a](https://a.org); [b](https://b.org), [c](https://c.org)) now": "Rain now",
    "Rain ([a](https://a.org)) ([b](https://b.org)).": "Rain.",
    "雨です（[a](https://a.org)）。": "雨です。",
    "Rain \ue200cite\ue202turn0search0\ue202turn0search1\ue201.": "Rain.",
    "Rain \ue200 falls\ue201": "Rain",
    "Rain \ue201falls": "Rain falls",
    "Rain【4:0†source】, snow[^2] and ice [3](https://a.org).": "Rain, snow and ice.",
    "Zone [3] is open.": "Zone [3] is open.",
    "Rain [[1]](https://a.org), snow [[^2]](https://a.org/b_(c)).": "Rain, snow.",
    # formulas
    "The factorial of 5 is \\( 120 \\). \\[a + b\\]": "The factorial of 5 is 120. a + b",
    "$$E = 2 \\times \\frac{1}{2}$$ and 20\\,\\text{km}": "E = 2 × 1/2 and 20\\,km",
    "About 20^\\circ C \\approx 70 F, in C:\\temp.": "About 20° C ≈ 70 F, in C:\\temp.",
    "It costs $5 or $10.": "It costs $5 or $10.",
    "> 25 degrees\n> 30 %": "> 25 degrees\n> 30 %",
    # emoji
    "👋 Hello 👍🏽! 👨‍👩‍👧‍👦 and 🇩🇪 flags ❤️": "Hello! and flags",
    "1️⃣ First\n#️⃣ Number": "1 First\n# Number",
    "Hm 🙂‍↔️ no (👍 yes)": "Hm no (yes)",
    "Done! ✅\n\n🎉\n- 💡 on ": "Done!\n\non ",
    # HTML
    "a<br>b <BR /> c": "a\nb \n c",
    '<b>Bold</b>, <a href="https://a.org">link</a>': "Bold, link",
    '<speak>Hello <break time="1s"/> <emphasis level="strong">you</emphasis>.</speak>': "Hello you.",
    '<say-as interpret-as="date">2026</say-as><prosody rate="slow"> it is</prosody>': "2026 it is",
    "It rains.</think> Yes.": "It rains. Yes.",
    "<?xml version='1.0'?><speak><audio src='a.mp3'/><lang xml:lang='de'>Ja</lang>.</speak>": "Ja.",
    '<amazon:effect name="whispered">Hi</amazon:effect> <mstts:express-as style="sad">you</mstts:express-as>'
    ".": "Hi you.",
    "<!-- a - note -->It rains.<|im_end|>": "It rains.",
    "Title\n=====\nText, a == b": "Title\nText, a == b",
    "Salt &amp; pepper &lt;br&gt; AT&T &amp;lt; R&unknown;D": "Salt & pepper <br> AT&T &lt; R&unknown;D",
}

PLAIN = [
    "",
    " ",
    "Hello!  Two spaces, \tone tab \n\n\n and lines \n",
    "It is 10:30, -5 °C, ½ of 20 €, 3 m², A_B, C#, #1, e.g. a*b, 5*4, 2 * 3, 2**3 = 2**3, ~5.",
    "-5 degrees\n-3\n+4\n#5\n>6\n1. one\n2) two",
    "snake_case and _private, or *lone, 5 € and `tick, **open",
    "3 < 5 > 2, x<y, <3, <name>, a & b, &c; [x], [a](b c, (d), a || b, --- or ***",
    "|x| < 5",
    "https:// and www.example.org, or me@example.org; http",
    "नमस्ते क्‍ष, مرحبا؟ 你好（世界）！「こんにちは」【重要】 สวัสดี, שלום",
    "F♯ → B♭ ① © ™ … – — “quoted” «ah !» ¿qué?",
    "[" * 30 + "(" * 30 + "*" * 30 + "_" * 30 + "`" * 30 + "!" * 30,
    "e\u0301 decomposed, a\u00a0b",
]

SOURCES_ONLY = {
    "**Rain** ([example.org](https://example.org)). See [more](https://example.org) 👍": (
        "**Rain**. See [more](https://example.org) 👍"
    ),
    "- Rain ([a](https://a.org))\n  - `x[1]` \ue200cite\ue202turn0\ue201\n": "- Rain\n  - `x[1]`",
    "# Rain【1†source】\n(https://a.org) ([here](/a))": "# Rain\n(https://a.org) ([here](/a))",
}


MARKS_ONLY = {
    "It **rains** ([a](https://a.org)) \ue200cite\ue202turn0search0\ue201. See [[1]](https://a.org) 👍": (
        "It **rains** ([a](https://a.org)). See [[1]](https://a.org) 👍"
    ),
    "- Rain【4:0†source】\n- 【重要】": "- Rain\n- 【重要】",
}


def spoken(text: str) -> str:
    """Return what is spoken of a whole text."""
    speech = SpokenText()
    return speech.feed(text) + speech.finish()


def in_pieces(rewriter: Rewriter, text: str, seed: int) -> str:
    """Return what becomes of a text that is cut somewhere."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    written = ""
    while text:
        size = dice.choice([1, 1, 2, 3, 5, 20])
        written += rewriter.feed(text[:size])
        text = text[size:]
    return written + rewriter.finish()


@pytest.mark.parametrize("text", SPOKEN)
def test_what_is_spoken(text: str) -> None:
    assert spoken(text) == SPOKEN[text]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert spoken(text) == text


@pytest.mark.parametrize("text", SOURCES_ONLY)
def test_sources_vanish_from_what_is_shown(text: str) -> None:
    for seed in range(50):
        assert in_pieces(CitationFilter(), text, seed) == SOURCES_ONLY[text]


@pytest.mark.parametrize("text", MARKS_ONLY)
def test_marks_vanish_from_what_is_shown_with_its_sources(text: str) -> None:
    for seed in range(50):
        assert in_pieces(MarkFilter(), text, seed) == MARKS_ONLY[text]


@pytest.mark.parametrize("text", [*SPOKEN, *PLAIN, "\n".join(SPOKEN), " ".join(SPOKEN), " ".join(PLAIN)])
def test_it_does_not_matter_where_a_text_is_cut(text: str) -> None:
    whole = spoken(text)

    for seed in range(50):
        assert in_pieces(SpokenText(), text, seed) == whole


def test_random_marks_do_not_matter_either() -> None:
    alphabet = [
        "*",
        "**",
        "_",
        "`",
        "```",
        "\n",
        " ",
        "a",
        "1",
        "[",
        "](",
        ")",
        "(",
        "https://a.b",
        "|",
        "-",
        "👍",
    ]
    alphabet += [
        "&amp;",
        "<br>",
        "<",
        ">",
        "~~",
        "!",
        "#",
        "\ue200",
        "\ue201",
        "【",
        "†",
        "】",
        "\u200d",
        ".",
        "\\(",
        "[[1]](https://a.b)",
        "<break/>",
    ]
    for seed in range(500):
        dice = random.Random(seed)  # noqa: S311 - no secret
        text = "".join(dice.choices(alphabet, k=25))
        assert in_pieces(SpokenText(), text, seed) == spoken(text), text


def test_plain_words_are_said_at_once() -> None:
    speech = SpokenText()

    assert speech.feed("It is 21 °C") == "It is 21 °C"
    assert speech.feed(" in the bath. ") == " in the bath."  # what follows decides about the space
    assert speech.feed("A 5*4 room") == " A 5*4 room"
    assert speech.feed(", snake_case") == ", snake_case"


@pytest.mark.parametrize(
    "start", ["[", "**", "*", "`", "(", "([", "<b ", "![a](", "https://", "_", "~~", "\ue200", "【"]
)
def test_an_unclosed_construct_is_not_held_back_forever(start: str) -> None:
    speech = SpokenText()

    said = speech.feed(f"Well {start}") + "".join(speech.feed("word " * 10) for _ in range(20))

    assert "word word" in said


@pytest.mark.parametrize(
    "text", ["[x", "**x", "`x", "([x](https:", "| x", "<b", "&am", "!", "h", "https:/", "```x"]
)
def test_nothing_is_lost_at_the_end(text: str) -> None:
    speech = SpokenText()

    assert speech.feed(text) == ""
    assert speech.finish() == text


def test_emoji_without_end_are_not_held() -> None:
    speech = SpokenText()
    speech.feed("Well 🎉" + "🎉" * 1000)

    assert len(speech._held) < 100
