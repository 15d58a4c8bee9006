"""Answers that are not about the home: a persona, and small talk."""

from collections.abc import Sequence
import re

_NAMED = re.compile(r"\b[Yy]ou are (?:called |named )?(?:a |an |the )?((?:[A-Z][\w'-]*)(?: [A-Z][\w'-]*)*)")
_ACTED = re.compile(
    r"\b(?:act as|act like|speak like|talk like|pretend to be|play the role of) (?:a |an |the )?"
    r"([^\s.,;:!?]+(?: (?!from|who|that|and|in|with|to|when)[^\s.,;:!?]+){0,2})",
    re.IGNORECASE,
)

_TALK = (
    (r"\b(?:hello|hi|hey|good (?:morning|evening|afternoon))\b", "Hello! Nice to hear from you."),
    (r"\bthank", "You're welcome."),
    (r"\bask me something\b", "Gladly. What is your favorite color?"),
    (r"\bjoke\b", "Why did the light go to school? It wanted to be brighter."),
    (
        r"\bmarkdown\b",
        "## Good **news** 🎉\n\n- The `kitchen` is *clean*.\n- More in [the paper](https://example.org/paper).",
    ),
    (r"\bhow are you\b", "I am fine, thank you."),
    (r"\b(?:bye|good night)\b", "Good night, sleep well."),
)

_WANTS_STORY = re.compile(r"\btell a long story\b", re.IGNORECASE)
_STORY = " ".join(
    f"Then came sheep number {number}, and it jumped over the fence." for number in range(1, 21)
)


def persona_in(instructions: str) -> str | None:
    """Return the name of the persona in the instructions, unless it is an assistant."""
    for pattern in (_NAMED, _ACTED):
        for match in pattern.finditer(instructions):
            if "assistant" not in match[1].lower():
                return match[1]
    return None


def with_story(text: str, instructions: str) -> str:
    """Return a text, followed by a long story if the instructions ask for one."""
    return f"{text} {_STORY}" if _WANTS_STORY.search(instructions) else text


def in_character(text: str, persona: str | None) -> str:
    """Return a text as the persona would say it."""
    if persona is None:
        return text
    if "mario" in persona.lower():
        return f"It's-a me, Mario! {text}"
    return f"{persona[0].upper()}{persona[1:]} here: {text}"


def small_talk(user_texts: Sequence[str], persona: str | None) -> str:
    """Return a short friendly answer; only "ask me something" gets a question back."""
    text = user_texts[-1]
    if count := re.search(r"\bcount to (\d+)", text, re.IGNORECASE):
        return " ".join(str(number) for number in range(1, int(count[1]) + 1)) + "."
    if re.search(r"\bmy name\b", text, re.IGNORECASE):
        return _about_names(user_texts)
    if re.search(r"\bwho are you\b", text, re.IGNORECASE):
        return f"I am {persona}." if persona else "I am the voice of this house."
    found = (answer for pattern, answer in _TALK if re.search(pattern, text, re.IGNORECASE))
    return next(found, "I am only a stand-in, so that is all I can say about it.")


def _about_names(user_texts: Sequence[str]) -> str:
    """Greet a user who gives a name, and remember it in the conversation."""
    names = [match[1] for text in user_texts if (match := re.search(r"\b[Mm]y name is (\w+)", text))]
    if not names:
        return "You have not told me your name yet."
    return f"Your name is {names[-1]}." if user_texts[-1].endswith("?") else f"Nice to meet you, {names[-1]}."
