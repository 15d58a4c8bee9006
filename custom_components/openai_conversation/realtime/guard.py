"""Whether a model reads a text aloud, or does something else with it, judged by its transcript. Pure.

A transcript never equals its text letter by letter: punctuation, case, and accents differ, "I'm" becomes
"I am", and "21 °C" becomes "twenty-one degrees Celsius", in any language. So both are reduced to letters.
A part that may be spelled out, and differs, becomes a blank, which matches any letters up to a limit:

    "It's 21 °C."                   i t ___ ___ ___
    "It is twenty-one degrees."     i t i s t w e n t y o n e d e g r e e s

Their likeness is 1 minus their edit distance divided by the longer length.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
import re
from typing import Final
import unicodedata

DRIFT: Final = 0.8
"""Likeness below which a reading counts as different from its text."""

_ALLOWED: Final = ((4, 1), (8, 2), (12, 3))
"""How many letters may be wrong at a start: among the first 4, 8, and 12."""

_ENOUGH: Final = 6
"""Letters at a start that are enough if none of them is wrong."""

_SEEN: Final = 60
"""Elements at the start of a text with which the start of a transcript is compared."""

_PER_DIGIT: Final = 12
_PER_SYMBOL: Final = 16
_PER_LETTER: Final = 8
"""The most letters that spell out one character: "7", "%", the "k" of "kWh"."""

_PER_IDEOGRAPH: Final = 6
_LONGEST_UNIT: Final = 3
_LONGEST_ABBREVIATION: Final = 4

_TOKEN: Final = re.compile(
    r"(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)(?P<dot>\.(?=\s*\S))?"
    r"|(?P<number>[-\u2212+]?\d(?:[\d.,:/\u2013-]*\d)?)"
    r"|(?P<symbol>\S)"
)
_READ_ALOUD: Final = frozenset("%&@#/*§\\")
"""Punctuation that has a name. Symbols of other kinds, such as "€" and "°", have one, too."""

_CONTRACTIONS: Final = (("won't", "willnot"), ("n't", "not"), ("'m", "am"), ("'re", "are"), ("'ll", "will"))
_SHORTENED: Final = re.compile(r"'(?:s|d|ve)$")
"""Short for one of several words: "is", "has", "us", "es"; "would", "had"; "have"."""

_IDEOGRAPH: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_KANA: Final = re.compile(r"[\u3040-\u30ff]")

type _Element = str | int
"""A letter; or a blank, as the number of letters that it may stand for."""


class Start(Enum):
    """What the beginning of a transcript says about a reading."""

    UNDECIDED = auto()
    FITS = auto()
    DIFFERS = auto()


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, a number, or a symbol."""

    letters: str
    blank: int = 0
    """How many letters it may be spelled out with; 0: it is read as it is written."""


def start(text: str, transcript: str) -> Start:
    """Judge a reading by the beginning of its transcript."""
    wanted, heard = _elements(text, transcript)
    for count, allowed in _ALLOWED:
        beginning = _first_letters(heard, count)
        wrong = min(row[-1] for row in _distances(wanted[:_SEEN], beginning))
        if wrong > allowed:
            return Start.DIFFERS
        if _letters(beginning) < count:
            is_right = wrong == 0 and _letters(beginning) >= _ENOUGH
            return Start.FITS if is_right else Start.UNDECIDED
    return Start.FITS


def likeness(text: str, transcript: str) -> float:
    """Return how much of a whole transcript is the text, from 0 to 1."""
    wanted, heard = _elements(text, transcript)
    longest = max(_letters(wanted), _letters(heard), 1)
    return 1 - _distances(*_without_same_ends(wanted, heard))[-1][-1] / longest


def _elements(text: str, transcript: str) -> tuple[list[_Element], list[_Element]]:
    wanted, heard = list(_tokens(text)), list(_tokens(transcript, has_abbreviations=False))
    in_text, in_transcript = ({token.letters for token in tokens} for tokens in (wanted, heard))
    letters = list(_reduced(wanted, in_transcript))
    if _KANA.search(transcript) and not _IDEOGRAPH.search(transcript):
        # Japanese can be written by its sounds alone
        letters = [_PER_IDEOGRAPH if _is_ideograph(each) else each for each in letters]
    return letters, list(_reduced(heard, in_text))


def _is_ideograph(element: _Element) -> bool:
    return isinstance(element, str) and bool(_IDEOGRAPH.match(element))


def _reduced(tokens: Sequence[_Token], same: set[str]) -> Iterator[_Element]:
    """Yield the letters of tokens. `same`: tokens that need no blank, because both sides have them."""
    for token in tokens:
        if token.blank and token.letters not in same:
            yield token.blank
        else:
            yield from token.letters


def _tokens(text: str, *, has_abbreviations: bool = True) -> Iterator[_Token]:
    """Yield the tokens of a text. In a transcript, a word before a full stop is not an abbreviation."""
    decomposed = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
    plain = "".join(char for char in decomposed if not unicodedata.category(char).startswith("M"))
    shouts = plain.upper() == plain
    is_behind_number = False
    for match in _TOKEN.finditer(plain):
        word, number, symbol = match["word"], match["number"], match["symbol"]
        if word:
            is_short = (
                (is_behind_number and len(word) <= _LONGEST_UNIT)
                or (has_abbreviations and _is_abbreviation(match))
                or (not shouts and _has_capitals(word))
            )
            yield from _tokens_of(word.casefold(), is_short=is_short)
        elif number:
            yield _Token("".join(filter(str.isdigit, number)), _PER_DIGIT * len(number))
        elif symbol in _READ_ALOUD or unicodedata.category(symbol).startswith("S"):
            yield _Token(symbol, _PER_SYMBOL)
        is_behind_number = bool(number) or symbol == "°"


def _is_abbreviation(word: re.Match[str]) -> bool:
    """Whether a word looks like "Dr.": short, with a full stop behind it, and the text goes on."""
    return bool(word["dot"]) and len(word["word"]) <= _LONGEST_ABBREVIATION


def _has_capitals(word: str) -> bool:
    """Whether a word may be read by its letters, or in full: "TV", "kWh"."""
    return word[1:].lower() != word[1:] and word.lower() != "ok"


def _tokens_of(word: str, *, is_short: bool) -> Iterator[_Token]:
    for short, long in _CONTRACTIONS:
        if word.endswith(short):
            word = word.removesuffix(short) + long
            break
    shortened = _SHORTENED.search(word)
    letters = (word[: shortened.start()] if shortened else word).replace("'", "")
    yield _Token(letters, _PER_LETTER * (len(letters) + 1) if is_short else 0)
    if shortened:
        yield _Token(shortened[0], _PER_LETTER)


def _letters(elements: Sequence[_Element]) -> int:
    return sum(isinstance(each, str) for each in elements)


def _first_letters(elements: list[_Element], count: int) -> list[_Element]:
    """Return the elements up to the letter with this number."""
    for index, element in enumerate(elements):
        count -= isinstance(element, str)
        if count == 0:
            return elements[: index + 1]
    return elements


def _without_same_ends(
    wanted: list[_Element], heard: list[_Element]
) -> tuple[list[_Element], list[_Element]]:
    """Leave out what both have in common at their start and at their end, which is usually everything."""
    first = 0
    shortest = min(len(wanted), len(heard))
    while first < shortest and wanted[first] == heard[first]:
        first += 1
    last = 0
    while last < shortest - first and wanted[-1 - last] == heard[-1 - last]:
        last += 1
    return wanted[first : len(wanted) - last], heard[first : len(heard) - last]


def _distances(wanted: Sequence[_Element], heard: Sequence[_Element]) -> list[list[int]]:
    """Return the edit distances of all beginnings: of the first i elements and the first j, at [i][j]."""
    rows = [[0] * (len(heard) + 1) for _ in range(len(wanted) + 1)]
    for i in range(len(wanted) + 1):
        for j in range(len(heard) + 1):
            if i or j:
                rows[i][j] = min(_ways(rows, wanted[i - 1] if i else "", heard[j - 1] if j else "", i, j))
    return rows


def _ways(rows: list[list[int]], wanted: _Element, heard: _Element, i: int, j: int) -> Iterator[int]:
    """Yield the distances if the last step takes an element of the text, of the transcript, or of both."""
    if isinstance(wanted, int):
        yield min(rows[i - 1][max(0, j - wanted) : j + 1])
    elif i:
        yield rows[i - 1][j] + 1
    if isinstance(heard, int):
        yield min(row[j - 1] for row in rows[max(0, i - heard) : i + 1])
    elif j:
        yield rows[i][j - 1] + 1
    if i and j:
        yield rows[i - 1][j - 1] + (wanted != heard)
