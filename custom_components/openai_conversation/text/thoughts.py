r"""Separate the thoughts that some models write into their text from the answer, while it streams in.

    "<think>The user wants" · " light.</thi" · "nk>\n\nDone."
        →  thought "The user wants" · thought " light." · text "Done."

Models of self-hosted servers do so where the server does not separate the two: Qwen and DeepSeek write
`<think>`, EXAONE writes `<thought>`, Magistral writes `[THINK]`, and gpt-oss writes channels. Only the
start of a message counts: an answer may well explain such a tag.
"""

from collections.abc import Iterator
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


class ThoughtSplitter:
    """Splits the text of one message. White space before a first word is dropped."""

    def __init__(self) -> None:
        """Begin a message."""
        self._state: Literal["start", "thought", "text"] = "start"
        self._held = ""
        """Text that may still become a tag, or that follows one."""

        self._closing = ""
        self._is_blank = True
        """Whether the thought has no word yet."""

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
        if self._state == "text" and self._held:
            yield "text", self._held
            self._held = ""

    def finish(self) -> Iterator[Piece]:
        """Yield the rest: the message ends here."""
        if self._held:
            yield ("thought" if self._state == "thought" else "text"), self._held
        self._held = ""

    def _start(self) -> None:
        """Look for an opening tag, or for the first word."""
        self._held = self._held.lstrip()
        beginning = self._held[:_LONGEST].lower()
        for opening, closing in _TAGS.items():
            if beginning.startswith(opening):
                self._state, self._closing, self._is_blank = "thought", closing, True
                self._held = self._held[len(opening) :]
                return
        if beginning and not any(opening.startswith(beginning) for opening in _TAGS):
            self._state = "text"

    def _thought(self) -> str:
        """Return what is certain of the thought, and look for its closing tag."""
        if self._is_blank:
            self._held = self._held.lstrip()
        if match := re.search(re.escape(self._closing), self._held, re.IGNORECASE):
            thought, self._held = self._held[: match.start()], self._held[match.end() :]
            self._state = "start"
        else:
            end = len(self._held) - _begun(self._held[-len(self._closing) :].lower(), self._closing)
            thought, self._held = self._held[:end], self._held[end:]
        self._is_blank = self._is_blank and not thought
        return thought


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
