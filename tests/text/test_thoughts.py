"""Thoughts in the text of a message, told apart from the answer."""

from collections.abc import Iterable

import pytest

from custom_components.openai_conversation.text.thoughts import Habits, Piece, ThoughtSplitter, split_whole

# text → its thoughts, its answer
MESSAGES = {
    "Done.": ("", "Done."),
    "<think>On?</think>Done.": ("On?", "Done."),
    "<think>\nOn?</think>\n\nDone.": ("On?", "Done."),
    "\n<think>\n\n</think>\n\nDone.": ("", "Done."),
    "<THINK>On?</Think> Done.": ("On?", "Done."),
    "<thinking>On?</thinking>Done.": ("On?", "Done."),
    "<thought>On?</thought>Done.": ("On?", "Done."),
    "[THINK]On?[/THINK]Done.": ("On?", "Done."),
    "<reasoning>On?</reasoning>Done.": ("On?", "Done."),
    "<seed:think>On?</seed:think>Done.": ("On?", "Done."),
    "◁think▷On?◁/think▷Done.": ("On?", "Done."),
    "<|START_THINKING|>On?<|END_THINKING|>Done.": ("On?", "Done."),
    "<|begin_of_thought|>On?<|end_of_thought|>Done.": ("On?", "Done."),
    "<|channel>thought\nOn?<channel|>Done.": ("On?", "Done."),
    "<|channel|>analysis<|message|>On?<|end|><|start|>assistant<|channel|>final<|message|>Done.": (
        "On?<|end|><|start|>assistant",
        "Done.",
    ),
    "<|channel|>final<|message|>Done.": ("", "Done."),
    "<|channel|>": ("", "<|channel|>"),
    "<think>On?</think>\n<think>Yes.</think>Done.": ("On?Yes.", "Done."),
    "<think>a < b, </thin, </b></think>Done.": ("a < b, </thin, </b>", "Done."),
    "<think>İstanbul’da</think>Tamam.": ("İstanbul’da", "Tamam."),
    "Done. <think>is a tag</think>.": ("", "Done. <think>is a tag</think>."),
    "`<think>` is a tag": ("", "`<think>` is a tag"),
    "<thin air>": ("", "<thin air>"),
    "<th": ("", "<th"),
    "[the light]": ("", "[the light]"),
    "<think>On?": ("On?", ""),
    "<think>On?</thi": ("On?</thi", ""),
    "\n\n  \n": ("", ""),
    "": ("", ""),
    "  Two  spaces  ": ("", "Two  spaces  "),
}


def joined(pieces: Iterable[Piece]) -> tuple[str, str]:
    """Return the thoughts and the answer."""
    pieces = list(pieces)
    assert all(text for _, text in pieces)
    thoughts, answer = (
        "".join(text for kind, text in pieces if kind == each) for each in ("thought", "text")
    )
    return thoughts, answer


def in_pieces(*pieces: str) -> tuple[str, str]:
    splitter = ThoughtSplitter()
    return joined([*(each for piece in pieces for each in splitter.feed(piece)), *splitter.finish()])


@pytest.mark.parametrize("text", MESSAGES)
def test_thoughts_and_answer(text: str) -> None:
    assert in_pieces(text) == MESSAGES[text]
    assert joined(split_whole(text)) == MESSAGES[text]


@pytest.mark.parametrize("text", MESSAGES)
def test_where_the_text_is_cut_does_not_matter(text: str) -> None:
    assert in_pieces(*text) == MESSAGES[text]
    for position in range(len(text)):
        assert in_pieces(text[:position], text[position:]) == MESSAGES[text]


def test_a_word_is_yielded_at_once() -> None:
    splitter = ThoughtSplitter()

    assert list(splitter.feed("<think>Is")) == [("thought", "Is")]
    assert list(splitter.feed(" it?</think>It is")) == [("thought", " it?"), ("text", "It is")]
    assert list(splitter.feed(" <")) == [("text", " <")]


def test_a_whole_message_may_have_lost_its_first_tag() -> None:
    assert joined(split_whole("On?\n</think>\n\nDone.")) == ("On?\n", "Done.")


LOST = "The user wants light.\nSo: on.\n</think>\n\nDone."


def with_habits(text: str, habits: Habits, size: int) -> tuple[str, str]:
    splitter = ThoughtSplitter(habits)
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    return joined([*(each for piece in pieces for each in splitter.feed(piece)), *splitter.finish()])


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_a_thought_that_lost_its_first_tag_is_recognized_from_the_second_message_on(size: int) -> None:
    habits = Habits()

    assert with_habits(LOST, habits, size) == ("", "The user wants light.\nSo: on.\n\nDone.")
    assert habits == Habits(begin_inside=True)
    assert with_habits(LOST, habits, size) == ("The user wants light.\nSo: on.\n", "Done.")
    assert with_habits("\n</think>Done.", habits, size) == ("", "Done.")
    assert with_habits("<think>On?</think>Done.", habits, size) == ("On?", "Done.")
    assert habits == Habits(begin_inside=True)


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_a_message_without_a_thought_is_an_answer_and_ends_the_habit(size: int) -> None:
    habits = Habits(begin_inside=True)

    assert with_habits("It is on.", habits, size)[1] == "It is on."
    assert habits == Habits(begin_inside=False)
    assert with_habits("It is on.", habits, size) == ("", "It is on.")


@pytest.mark.parametrize(
    "text",
    ["It ends with `</think>`.", "Lines\n\n and </b>\n</th>\n", "\n\n</", "a\n</think", "a </think> b"],
)
@pytest.mark.parametrize("size", [1, 4, 1000])
def test_an_answer_may_name_the_tag(text: str, size: int) -> None:
    habits = Habits()

    assert with_habits(text, habits, size) == ("", text.lstrip())
    assert habits == Habits()


def test_lines_without_a_word_take_no_time() -> None:
    assert with_habits("a" + "\n" * 200_000 + "b", Habits(), 1000) == ("", "a" + "\n" * 200_000 + "b")
