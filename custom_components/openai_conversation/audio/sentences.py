"""Streamed text → pieces to be spoken: a short one first, to start early, then longer ones, to sound better.

Own code, because libraries such as `sentence-stream` fail on German ordinals, line ends, quotes, and
the limits of a request.
"""

from collections.abc import Iterator
import re
from typing import Final

LIMIT: Final = 1500
"""Characters of a piece. OpenAI accepts 4096, but its newer model only about 2000 tokens."""

SIZES: Final = (0, 200, 600)
"""Characters up to which sentences are joined, for the first piece, the second, and all others."""

CLAUSE_AFTER: Final = 120
"""Characters without the end of a sentence after which a clause ends the first piece."""

_CLOSING: Final = r"[\"'”“’‘»«)\]」』）】]{0,9}(?:[\u00a0\u202f]»)?"
# a model may write thousands of dots: a row of them is matched once, from its start
_END: Final = re.compile(
    rf"(?P<line>(?<![.!?…])[.!?…]*+{_CLOSING}[^\S\n]{{0,9}}\n)"
    rf"|(?P<full>[。！？｡]+{_CLOSING})"  # needs no space behind it
    rf"|(?P<mark>(?<![.!?…؟۔।॥።။])[.!?…؟۔।॥።။]++){_CLOSING}\s+"
)
_CLAUSE: Final = re.compile(rf"(?:[,;:،؛]{_CLOSING}|\s[–—-])\s+|[，、；：]")
_SPACE: Final = re.compile(r"\s+")
_ABBREVIATION: Final = re.compile(
    # initials and "z.B.", ordinals such as "24." in German, and words that hardly ever end a sentence
    r"(?:(?<!\w)[^\W\d]|(?<![\w.,:])\d{1,2}|\b(?:Abb|Capt|Col|Dott|Dr|Fr|Gen|Hr|Ing|Jr|Lt|Mio|Mlle|Mme|Mr|Mrd|Mrs"
    r"|Ms|Mt|Prof|Rev|Sen|Sgt|Sig|Sr|Sra|Srta|St|Std|Str|Tsd|Uds?|al|approx|aprox|bijv|bzw|ca|cf|[Dd]hr|ej|eks|env"
    r"|esim|evtl|ex|excl|exkl|ggf|inkl|[Mm]evr|např|np|resp|tzn|tzv|ul|vgl|vs|ул|пр|им|вул))\Z"
)
_AT_A_PAUSE: Final = re.compile(rf"(?<![.!?…؟۔।॥።。！？｡])(?P<mark>[.!?…؟۔।॥።。！？｡]++){_CLOSING}\s*\Z")
_UNFINISHED: Final = re.compile(r"(?:\d|\b(?:dept|etc|incl|usw))\Z")
"""Words after which a full stop may not end the sentence: "21." may become "21.5"."""

_BEFORE_NUMBERS: Final = re.compile(
    # months, times, places, phones, and measures
    r"\b(?:[Aa]bs|[Aa]pr|[Aa]pt|[Aa]rt|[Aa]ug|[Cc]hap|[Dd]e[cz]|[Ee]xt|[Ff]eb|[Ff]ig|[Gg]odz|[Hh]od|[Jj]an|[Jj]u[ln]|[Kk]ap|[Kk]l"
    r"|[Kk]b|[Mm]ar|[Mm]ax|[Mm]in|[Nn]os?|[Nn]ov|[Nn]r|[Nn]úm|[Oo][ck]t|[Pp]ág|pp|[Ss]ek|[Ss]ept?|[Ss]tr|[Tt]el|[Tt]emp|[Tt]ř|[Vv]ol|кв|прим"
    r"|стр|[Тт]ел)\Z"
)


class SentenceSplitter:
    """Cuts a text into pieces while it streams in. Only the spaces between pieces are lost.

    The caller takes a piece when it needs one, and gets what is complete at that time.
    """

    def __init__(self, *, limit: int = LIMIT, joins: bool = True) -> None:
        """Cut into pieces of no more than `limit` characters. `joins`: whether sentences are joined."""
        self._limit = limit
        self._joins = joins
        self._text = ""
        self._finished = False
        self._paused = False
        self._taken = 0

    def feed(self, text: str) -> None:
        """Add a further piece of the text."""
        self._text = (self._text + text).lstrip()
        self._paused = self._paused and not text

    def pause(self) -> None:
        """Say that the text stops for a moment: a sentence at its end is complete, if it can be one."""
        self._paused = True

    def finish(self) -> None:
        """Say that no text follows: all the rest may be taken."""
        self._finished = True
        self._text = self._text.rstrip()

    def take(self) -> str | None:
        """Return the next piece. None: nothing is complete yet, or all is taken after the end."""
        end = self._end()
        if end is None:
            return None
        piece, self._text = self._text[:end].rstrip(), self._text[end:].lstrip()
        self._taken += 1
        return piece

    def _end(self) -> int | None:
        text = self._text
        size = SIZES[min(self._taken, len(SIZES) - 1)]
        ends = list(self._ends())
        if ends:
            end = max((end for end in ends if end <= size and self._joins), default=ends[0])
        elif len(text) <= max(size, CLAUSE_AFTER):
            return None
        elif (clause := _last(_CLAUSE, text[: self._limit])) or len(text) > self._limit:
            end = clause or len(text)
        else:
            return None
        if end <= self._limit:
            return end
        # the space after the last word does not count
        words = _last(_SPACE, text[: self._limit + 1])
        return _last(_CLAUSE, text[: self._limit]) or words or self._limit

    def _ends(self) -> Iterator[int]:
        """Yield the ends of the sentences that have certainly ended."""
        # no piece is longer
        text = self._text[: self._limit + 1]
        for match in _END.finditer(text):
            if match["line"] or (match.end() < len(text) and (match["full"] or _is_end(match))):
                yield match.end()
        is_whole = self._finished or (self._paused and _may_end(self._text))
        if is_whole and self._text:
            yield len(self._text)


def _is_end(match: re.Match[str]) -> bool:
    """Whether a mark ends a sentence, judged by the text around it."""
    text, mark = match.string, match["mark"]
    following = text[match.end()]
    if following.islower() or (mark != "." and not mark.strip(".…")):
        return False
    if mark != ".":
        return True
    # no abbreviation is longer
    before = text[max(0, match.start() - 8) : match.start()]
    return not (_ABBREVIATION.search(before) or (following.isdigit() and _BEFORE_NUMBERS.search(before)))


def _may_end(text: str) -> bool:
    """Whether a text that goes on later may end a sentence here."""
    match = _AT_A_PAUSE.search(text)
    if match is None:
        return False
    if not match["mark"].strip("…") or match["mark"].startswith(".."):
        # after "Let me check…", the text pauses; after "Well…", the sentence goes on
        return len(text[: match.start()].split()) > 1
    if match["mark"] != ".":
        return True
    before = text[max(0, match.start() - 8) : match.start()]
    return not any(each.search(before) for each in (_ABBREVIATION, _BEFORE_NUMBERS, _UNFINISHED))


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Return the end of the last match, 0 if there is none."""
    return max((match.end() for match in pattern.finditer(text)), default=0)
