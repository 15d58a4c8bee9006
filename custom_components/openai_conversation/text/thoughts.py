r"""Separate the thoughts that some models write into their text from the answer, while it streams in.

    "<think>The user wants" · " light.</thi" · "nk>\n\nDone."
        →  thought "The user wants" · thought " light." · text "Done."

Models of self-hosted servers do so where the server does not separate the two: Qwen and DeepSeek write
`<think>`, EXAONE writes `<thought>`, Magistral writes `[THINK]`, and gpt-oss writes channels. Only the
start of a message counts: an answer may well explain such a tag.

Some servers put the opening tag into the prompt, so that a message begins inside a thought, and only its end
shows that. The first such message is heard with its thought, the next ones are not: see `Habits`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import re
from typing import Final, Literal

type Piece = tuple[Literal["thought", "text"], str]

_TAGS: Final = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<reasoning>": "</reasoning>",
    "<seed:think>": "</seed:think>",
    "[think]": "[/think]",
    "◁think▷": "◁/think▷",
    "<|begin_of_thought|>": "<|end_of_thought|>",
    "<|start_thinking|>": "<|end_thinking|>",
    "<|channel>thought": "<channel|>",
    "<|channel|>analysis<|message|>": "<|channel|>final<|message|>",
    "<|channel|>final<|message|>": "",
}
"""Opening tag → closing tag, in lower case; "": the answer follows, not a thought."""

_LONGEST: Final = max(map(len, _TAGS))


_END: Final = "</think>"
"""The end of a thought that began without a tag. An answer that explains it does not begin a line with it."""


@dataclass(slots=True)
class Habits:
    """What is known of the messages of one model at one server. Each message adds to it."""

    begin_inside: bool = False
    """Whether a message begins inside a thought."""


class ThoughtSplitter:
    """Splits the text of one message. White space before a first word is dropped."""

    def __init__(self, habits: Habits | None = None) -> None:
        """Begin a message of a model with these habits."""
        self._habits = habits or Habits()
        self._unnamed: str | None = "" if self._habits.begin_inside else None
        """The thought that began without a tag. It was the answer if it has no end. None: there is none."""

        self._state: Literal["start", "thought", "text"] = "start"
        self._held = ""
        """Text that may still become a tag, or that follows one."""

        self._closing = ""
        self._is_blank = True
        """Whether what follows a tag has no word yet."""

        self._ended_late = False
        """Whether the text so far turned out to be a thought."""

    def feed(self, text: str) -> Iterator[Piece]:
        """Yield what is certain by now, after a further piece of the message."""
        self._held += text
        if self._state == "start":
            self._start()
        while self._state == "thought":
            if thought := self._thought():
                yield "thought", thought
            if self._state == "thought":
                return
            self._start()
        if self._state == "text" and (text := self._text()):
            yield "text", text

    def finish(self) -> Iterator[Piece]:
        """Yield the rest: the message ends here."""
        text, self._held = self._held, ""
        if self._unnamed is not None and self._state == "thought":
            self._habits.begin_inside = False
            yield "text", self._unnamed + text
        elif text:
            yield ("thought" if self._state == "thought" else "text"), text

    def _start(self) -> None:
        """Look for an opening tag, or for the first word."""
        self._held = self._held.lstrip()
        beginning = self._held[:_LONGEST].lower()
        for opening, closing in _TAGS.items():
            if beginning.startswith(opening):
                self._state, self._closing, self._is_blank = "thought", closing, True
                self._held, self._unnamed = self._held[len(opening) :], None
                return
        if beginning and not any(opening.startswith(beginning) for opening in _TAGS):
            self._state, self._closing = ("text" if self._unnamed is None else "thought"), _END

    def _text(self) -> str:
        """Return what is certain of the text. It was a thought if a line begins with the end of one."""
        if self._ended_late:
            text, self._held = self._held.lstrip() if self._is_blank else self._held, ""
            self._is_blank = self._is_blank and not text
            return text
        before, tag, after = self._held.partition(_END)
        if tag and (thought := _without_line_end(before)) is not None:
            self._habits.begin_inside = self._ended_late = self._is_blank = True
            self._held = after
            return f"{thought}\n\n{self._text()}"
        size = _begun(self._held[-len(_END) :], _END)
        line = _without_line_end(self._held[: len(self._held) - size])
        text = self._held if line is None else line
        self._held = self._held[len(text) :]
        return text

    def _thought(self) -> str:
        """Return what is certain of the thought, and look for its closing tag."""
        if self._is_blank:
            self._held = self._held.lstrip()
        if match := re.search(re.escape(self._closing), self._held, re.IGNORECASE):
            thought, self._held = self._held[: match.start()], self._held[match.end() :]
            self._state, self._unnamed = "start", None
        else:
            end = len(self._held) - _begun(self._held[-len(self._closing) :].lower(), self._closing)
            thought, self._held = self._held[:end], self._held[end:]
        self._is_blank = self._is_blank and not thought
        if self._unnamed is not None:
            self._unnamed += thought
        return thought


def _without_line_end(text: str) -> str | None:
    """Return a text without the end of its last line, None if it ends within a line."""
    bare = text.rstrip()
    return bare if "\n" in text[len(bare) :] else None


def split_whole(text: str) -> list[Piece]:
    """Split a message that is complete. It may have lost its first tag: some servers put it in the prompt."""
    before, closing, after = text.rpartition("</think>")
    if closing and "<think>" not in text:
        return [("thought", before), *split_whole(after)]
    splitter = ThoughtSplitter()
    return [*splitter.feed(text), *splitter.finish()]


def _begun(text: str, tag: str) -> int:
    """Return how many characters at the end of a text may be the start of a tag."""
    return next((size for size in range(len(tag) - 1, 0, -1) if text.endswith(tag[:size])), 0)
