"""Rewrite a text while it streams in, by rules.

A rule describes a construct, such as a link, both complete and incomplete. An incomplete construct is held
back until it is complete, or turns out to be something else. It counts as complete once another character
follows. So the result is the same, wherever the stream is cut. With one rule for links, of which the label
remains:

    feed("See [the ")         →  "See"            the space waits, and so does the bracket
    feed("manual](https:/")   →  ""               still an incomplete link
    feed("/a.org) now. 2 [")  →  " the manual now. 2"
    finish()                  →  " ["             nothing follows: it was not a link

Every construct has a maximum length, so that a bracket that is never closed does not hold back the rest of
the text. Text that matches no rule stays as it is.

Own code, checked against libraries: Markdown parsers need the whole text, or at least whole lines, and
an answer is spoken while it is written.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
import re
from typing import Final

_OPENING: Final = "([{（"
_CLOSING: Final = ".,;:!?)]}…。，、！？）"


def _nothing(_: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a construct looks, and what remains of it."""

    whole: str
    begun: str
    """Matches whatever may still become `whole`, at the end of the text so far."""

    remains: Callable[[str], str] = _nothing
    again: bool = False
    """Whether what remains may contain further constructs."""

    leads_to: str | None = None
    """The name of the grammar for the text that follows."""


def rule(
    *parts: str,
    remains: Callable[[str], str] = _nothing,
    again: bool = False,
    leads_to: str | None = None,
) -> Rule:
    """Return the rule for a sequence of parts. A part is one character, or any number of one kind."""
    begun = r"\Z"
    for part in reversed(parts[:-1]):
        begun = rf"{part}(?:\Z|{begun})"
    return Rule("".join(parts), begun, remains, again, leads_to)


class Grammar:
    """Rules in one regular expression: the leftmost construct wins, then the first rule."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Take rules, the more important ones first."""
        self._rules = {f"rule_{number}": rule for number, rule in enumerate(rules)}
        self._wholes = [(f"(?P<{name}>{rule.whole})", rule.begun) for name, rule in self._rules.items()]

    @cached_property
    def at_the_end(self) -> re.Pattern[str]:
        """Matches a construct in a text that is complete."""
        return re.compile("|".join(whole for whole, _ in self._wholes))

    @cached_property
    def so_far(self) -> re.Pattern[str]:
        """Matches a construct, or the beginning of one, in a text that goes on."""
        return re.compile("|".join(f"{whole}|{begun}" for whole, begun in self._wholes))

    def compile(self) -> None:
        """Compile the expressions, which takes a while. Otherwise, the first use does it."""
        _ = self.at_the_end, self.so_far

    def rule(self, match: re.Match[str]) -> Rule | None:
        """Return the rule that matched, None if the construct is incomplete."""
        return self._rules[match.lastgroup] if match.lastgroup else None


class _Spaces:
    """Closes up the spaces around what was removed. Other spaces stay as they are."""

    def __init__(self) -> None:
        self._last = ""
        self._before: str | None = None
        self._space = ""

    def write(self, text: str) -> str:
        """Return the text without the spaces at its end: they depend on what follows."""
        words = text.strip()
        if not words:
            self._space += text
            return ""
        start = text.index(words)
        self._space += text[:start]
        words = self._closed_up(words[0]) + words
        self._last, self._before, self._space = words[-1], None, text[len(text.rstrip()) :]
        return words

    def gap(self) -> None:
        """Note that something was removed here."""
        self._before = self._stronger()
        self._space = ""

    def finish(self) -> str:
        return self._space if self._before is None else ""

    def _stronger(self) -> str:
        return max(self._space, self._before or "", key=lambda space: (space.count("\n"), bool(space)))

    def _closed_up(self, following: str) -> str:
        if self._before is None:
            return self._space
        space = self._stronger()
        inside = "\n" not in space and (following in _CLOSING or self._last in _OPENING)
        return "" if inside or not self._last else space


class Rewriter:
    """Rewrites a text that comes piece by piece."""

    def __init__(self, grammars: Mapping[str, Grammar], start: str) -> None:
        """Begin with the grammar of the name `start`."""
        self._grammars = grammars
        self._grammar = start
        self._held = "\n"
        """The text that may be an incomplete construct, and the character before it."""

        self._spaces = _Spaces()

    def feed(self, text: str) -> str:
        """Return what is certain after a further piece of the text."""
        self._held += text
        return "".join(self._read(final=False))

    def finish(self) -> str:
        """Return the rest: there is no more text."""
        return "".join(self._read(final=True)) + self._spaces.finish()

    def _read(self, *, final: bool) -> Iterator[str]:
        while True:
            text, grammar = self._held, self._grammars[self._grammar]
            match = (grammar.at_the_end if final else grammar.so_far).search(text, 1)
            start = match.start() if match else len(text)
            yield self._spaces.write(text[1:start])
            rule = grammar.rule(match) if match else None
            if match is None or rule is None or (match.end() == len(text) and not final):
                self._held = text[start - 1 :]
                return
            remains, end = rule.remains(match[0]), match.end()
            self._grammar = rule.leads_to or self._grammar
            if not remains:
                self._spaces.gap()
            if rule.again or not remains:
                # what remains takes the place of the construct: behind the mark of a list, a line starts, too
                self._held = text[start - 1] + remains + text[end:]
            else:
                yield self._spaces.write(remains)
                self._held = text[end - 1 :]
