"""How a text is cut into pieces, and when each piece can be spoken."""

from collections.abc import Iterator
import random
from time import process_time

import pytest

from custom_components.openai_conversation.audio.sentences import LIMIT, SentenceSplitter


def pieces(splitter: SentenceSplitter) -> Iterator[str]:
    """Yield what can be taken now."""
    while (piece := splitter.take()) is not None:
        yield piece


def first_of(text: str) -> str | None:
    splitter = SentenceSplitter()
    splitter.feed(text)
    return splitter.take()


FIRST_SENTENCES = {
    "Done. The": "Done.",
    "No. The light is off.": "No.",
    "Wait?! What": "Wait?!",
    "Wait...! What": "Wait...!",
    'He said "Stop." Then': 'He said "Stop."',
    "(It was cold.) Then": "(It was cold.)",
    "Il dit «\u00a0oui.\u00a0» Puis": "Il dit «\u00a0oui.\u00a0»",
    "„Gut.“ »Los!« Dann": "„Gut.“",
    "It is 21.5. Then": "It is 21.5.",
    "Since 2024. Then": "Since 2024.",
    "好的。灯": "好的。",
    "「好的。」灯": "「好的。」",
    "はい！？次": "はい！？",
    "بارد؟ نعم": "بارد؟",
    "ठंडा है। हाँ": "ठंडा है।",
    "A title\nText": "A title",
    "A title\n": "A title",
    "  \n Yes!\n": "Yes!",
    "Dr.\nSmith": "Dr.",
}


@pytest.mark.parametrize("text", FIRST_SENTENCES)
def test_a_sentence_is_spoken_once_it_has_ended(text: str) -> None:
    assert first_of(text) == FIRST_SENTENCES[text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "Done.",
        "Done. ",
        "好的。",
        "Das ist z.B. Holz",
        "Das ist z. B. Holz",
        "This, e.g. Wood",
        "Dr. Smith and Prof. J. R. R. Tolkien",
        "3.5 or 10.30 Uhr",
        "Am 24. Dezember",
        "1. Wood",
        "No. 5 and nr. 7 and Fig. 3",
        "Well… Maybe",
        "Well... Maybe",
        "Ask Yahoo! and others",
        "It is approx. five",
        "example.org? q",
        "Short, so no clause",
        "Heute max. 25 Grad",
        "Das kostet 3 Mio. Euro",
        "It takes approx. 25 minutes",
        "From Jan. 5 to Sept. 3",
        "Mødet er kl. 8",
        "Spotkanie o godz. 8, ul. Nowa 5, np. Anna",
        "Mme. Dupont, env. 8 heures",
        "El Sr. García, p. ej. Ud. Mismo, aprox. 25 grados, pág. 5",
        "Il Sig. Rossi e il Dott. Bianchi",
        "Dhr. Jansen, bijv. Amsterdam",
        "Тел. 5, ул. Ленина, стр. 5, кв. 8",
        "Město, např. Praha, t.ex. Lund, f.eks. Oslo, esim. Oulu",
        "Sgt. Pepper and Capt. Kirk",
        "Tel. 0123, Temp. 21, Abs. 2",
    ],
)
def test_no_sentence_has_ended_yet(text: str) -> None:
    assert first_of(text) is None


def test_a_long_first_sentence_begins_with_a_clause() -> None:
    start = "In the living room – where it is rather warm today, at 10:30 in the morning –"
    text = f"{start} all of the lights are on that you turned on when you came home"

    assert first_of(text[:120]) is None
    assert first_of(text) == start
    assert first_of("word " * 40) is None


def test_pieces_grow() -> None:
    splitter = SentenceSplitter()
    sentence = "It is rather warm in here, and the lights are on."
    splitter.feed("Yes. " + f"{sentence} " * 60)
    splitter.finish()

    assert [piece.count(".") for piece in pieces(splitter)] == [1, 4, 12, 12, 12, 12, 8]
    assert splitter.take() is None


def test_a_piece_that_is_taken_early_is_short() -> None:
    splitter = SentenceSplitter()
    spoken: list[str] = []
    for word in ("One.", " Two", ".", " Three. ", "And", " four"):
        splitter.feed(word)
        spoken += pieces(splitter)
    splitter.finish()

    assert spoken == ["One.", "Two.", "Three."]
    assert list(pieces(splitter)) == ["And four"]


def test_a_sentence_stays_whole_where_it_can() -> None:
    splitter = SentenceSplitter()
    sentence = "word, " * 100 + "end."
    splitter.feed(f"{sentence} Next")

    assert splitter.take() == sentence


@pytest.mark.parametrize(
    "text,expected",
    [
        ("one two, three four five six.", ["one two,", "three four five", "six."]),
        ("one two three four five six", ["one two three", "four five six"]),
        ("onetwothreefourfivesix", ["onetwothreefour", "fivesix"]),
        ("一二三，四五六七八九十一二三四五六", ["一二三，", "四五六七八九十一二三四五六"]),
        ("One. Two three four five. Six.", ["One.", "Two three four", "five. Six."]),
    ],
)
def test_no_piece_is_longer_than_the_limit(text: str, expected: list[str]) -> None:
    splitter = SentenceSplitter(limit=15)
    splitter.feed(text)
    splitter.finish()

    assert list(pieces(splitter)) == expected


def test_a_text_without_any_sentence_does_not_wait_for_its_end() -> None:
    splitter = SentenceSplitter()

    splitter.feed("x" * LIMIT)
    assert splitter.take() is None
    splitter.feed("x")
    assert splitter.take() == "x" * LIMIT


TEXTS = {
    "lines": 'Hello! It is 21.5 °C, e.g. in the bath.\n\n1. One\n2. Two  \n\t Three… "Four." (Five!) ',
    "no spaces": "好的。现在是二十一度，灯已经打开！「是吗？」是的。" * 9,
    "endless": "word " * 200 + ". " + "x" * 700 + ", y; z: " * 40 + " – " * 9,
    "empty": " \n \n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_but_spaces_is_lost(name: str) -> None:
    text = TEXTS[name]
    for seed in range(15):
        dice = random.Random(seed)  # noqa: S311 - no secret
        limit = dice.choice([5, 30, 100, LIMIT])
        splitter = SentenceSplitter(limit=limit)
        rest, spoken = text, list[str]()
        while rest:
            size = dice.choice([1, 3, 10, 100])
            splitter.feed(rest[:size])
            rest = rest[size:]
            if dice.random() < 0.5:
                spoken += pieces(splitter)
        splitter.finish()
        spoken += pieces(splitter)

        assert "".join("".join(spoken).split()) == "".join(text.split())
        assert all(piece == piece.strip() and 0 < len(piece) <= limit for piece in spoken)


@pytest.mark.parametrize("mark", [".", '"', ".)"])
def test_endless_marks_take_little_time(mark: str) -> None:
    splitter = SentenceSplitter()
    spoken: list[str] = []
    start = process_time()

    for _ in range(5_000):
        splitter.feed(mark * 4)
        spoken += pieces(splitter)
    splitter.finish()
    spoken += pieces(splitter)

    assert "".join(spoken) == mark * 20_000
    # this once took minutes, and blocked Home Assistant
    assert process_time() - start < 20


# --- a text that pauses ---


def at_a_pause(*texts: str) -> list[str]:
    """Return the pieces that are complete when a text pauses."""
    splitter = SentenceSplitter(joins=False)
    for text in texts:
        splitter.feed(text)
    splitter.pause()
    return list(iter(splitter.take, None))


@pytest.mark.parametrize(
    "text",
    [
        "Let me check your calendar, one moment please.",
        "One moment!",
        "Is it open? ",
        'He says: "Come in."',
        "Ich schaue nach (einen Moment bitte).",
        "请稍等。",
        "少々お待ちください。」",
        "ठीक है।",
        "حسنا؟",
        "I turned it off in 2026, as you said?",
        "Yes.",
        "Let me check…",
        "Einen Moment...",
    ],
)
def test_a_whole_sentence_is_spoken_at_a_pause(text: str) -> None:
    assert at_a_pause(text) == [text.strip()]


@pytest.mark.parametrize(
    "text",
    [
        "Let me check your",
        "One moment,",
        "Well…",
        "Well...",
        "Well..",
        "It is 21.",
        "It is 2026.",
        "Am 24.",
        "Ask Dr.",
        "Milch, Brot usw.",
        "Milk, bread, etc.",
        "The 3rd floor, no.",
        "At 5 p.m.",
        "Das heißt z.B.",
        "Sieh Nr.",
        "",
        "   ",
        "…",
        "(",
    ],
)
def test_nothing_is_cut_at_a_pause(text: str) -> None:
    assert at_a_pause(text) == []


def test_what_came_before_a_pause_is_not_lost() -> None:
    assert at_a_pause("I will check. One", " moment.") == ["I will check.", "One moment."]
    assert at_a_pause("I will check. Ask Dr.") == ["I will check."]

    splitter = SentenceSplitter(joins=False)
    splitter.feed("It is 21.")
    splitter.pause()
    assert splitter.take() is None
    splitter.feed("5 degrees. And")
    assert splitter.take() == "It is 21.5 degrees."
    splitter.feed(" warm.")
    assert splitter.take() is None
    splitter.finish()
    assert splitter.take() == "And warm."


def test_a_pause_is_over_when_the_text_goes_on() -> None:
    splitter = SentenceSplitter()
    splitter.pause()
    splitter.feed("One moment.")
    assert splitter.take() is None
    splitter.pause()
    assert splitter.take() == "One moment."
