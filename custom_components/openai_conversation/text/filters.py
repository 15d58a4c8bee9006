"""Filter the text of a model while it streams in: for speech, or to show it without sources or marks.

Own code: see `rewriter.py`. Source: CommonMark, GitHub's tables, SSML, and LaTeX's marks of formulas. The
marks of citations are those that OpenAI's models write.
"""

import html
import re
from typing import Final

from .rewriter import Grammar, Rewriter, Rule, rule


class SpokenText(Rewriter):
    """Turns Markdown into text that can be spoken. Plain text stays as it is, byte for byte.

    Marks, sources, emoji, and tags are removed. The words of links, tables, and code stay. A bare
    address becomes the name of its host.
    """

    def __init__(self) -> None:
        """Begin a text."""
        super().__init__(_GRAMMARS, "text")


class CitationFilter(Rewriter):
    """Removes the sources of a web search from a text, and keeps its Markdown."""

    def __init__(self) -> None:
        """Begin a text."""
        super().__init__(_GRAMMARS, "citations")


class MarkFilter(Rewriter):
    """Removes the marks of citations that only OpenAI's own pages can show, and keeps links and Markdown."""

    def __init__(self) -> None:
        """Begin a text."""
        super().__init__(_GRAMMARS, "marks")


# a letter of a script with spaces between words: in other scripts, a mark may stand between two letters
_LETTER: Final = r"[^\W\u2e80-\U0003ffff]"
_LINE: Final = r"(?<=\n)[ \t]*"
_LINE_END: Final = r"(?:\n|\Z)"

_WEB: Final = (*"http", "s?", *"://")
_PATH: Final = r"(?:[^\s()（）<>]|\([^\s()（）<>]*(?:\)|\Z)){0,500}"
_LABEL: Final = (r"\[", r"(?:[^\[\]\n]|\[[^\[\]\n]*(?:\]|\Z)){0,200}", r"\]")
_TITLE: Final = ("[ ]*", r'(?:"[^"\n]{0,200}(?:"|\Z))?')
_TARGET: Final = (r"\(", "<?", _PATH, ">?", *_TITLE, r"\)")
_SOURCE: Final = (*_LABEL, r"\(", *_WEB, _PATH, *_TITLE, r"\)")
# in running text: Chinese and Japanese have no spaces
_ADDRESS: Final = (
    r"[^\s()<>\[\]\"'`|*/\u2e80-\U0003ffff]",
    r"(?:[^\s()<>\[\]\"'`|*\u2e80-\U0003ffff]|\([^\s()<>]*(?:\)|\Z)){0,500}",
)


def _emphasis(mark: str, *, before: str = "", after: str = "") -> Rule:
    """Return the rule for words between two marks; `before` and `after`: what may not be around them."""
    sign = re.escape(mark[0])
    marks = sign * len(mark)
    # the inner ones of **a *b*** close first
    end = rf"(?<![\s{sign}])" if len(mark) == 1 else r"(?<!\s)"
    opening = rf"(?<!{sign}){before}"
    return Rule(
        whole=rf"{opening}{marks}(?![\s{sign}])[^\n]{{1,200}}?{end}{marks}(?!{sign}){after}",
        begun=rf"{opening}(?:{sign}{{1,{len(mark)}}}\Z|{marks}(?![\s{sign}])[^\n]{{0,{200 + len(mark)}}}\Z)",
        remains=lambda text: text[len(mark) : -len(mark)],
        again=True,
    )


def _code(marks: str) -> Rule:
    return Rule(
        whole=rf"(?<!`){marks}(?!`)[^`\n]{{1,200}}{marks}(?!`)",
        begun=rf"(?<!`)(?:`{{1,3}}|{marks}[^`\n]{{1,200}}`{{0,3}})\Z",
        remains=lambda text: text.strip("`").strip() or " ",
    )


def _label(link: str) -> str:
    return link[link.index("[") + 1 : link.rindex("](")]


def _host(address: str) -> str:
    """Return the host's name, and the punctuation that belongs to the sentence around the address."""
    address = address.strip("<>")
    host = re.sub(r"^https?://(?:[^/?#@]*@)?(?:www\.)?", "", address)
    punctuation = address[len(address.rstrip(".,;:!?")) :]
    return re.split(r"[/?#:]", host.removesuffix(punctuation), maxsplit=1)[0] + punctuation


def _groups(formula: str) -> list[str]:
    """Return what is in the braces of a command of a formula."""
    return re.findall(r"\{([^{}]*)\}", formula)


def _cells(row: str) -> str:
    return ", ".join(cell.strip() for cell in row.split("|") if cell.strip())


_OUTSIDE_WORDS: Final = {"before": rf"(?<!{_LETTER})", "after": rf"(?!{_LETTER})"}
_STRONG: Final = (
    # one end may be inside a word, but 2**3 is a formula
    {"before": rf"(?<!{_LETTER})"},
    {"before": r"(?<!\d)", "after": rf"(?!{_LETTER})"},
)

_MARKS: Final = (
    # U+E200 cite U+E202 turn0search0 U+E201, 【4:0†source】
    rule(r"\ue200", r"[^\ue201\n]{0,300}", r"\ue201"),
    rule(r"[\ue200-\ue2ff]"),
    rule("【", r"[^】†\n]{0,100}", "†", r"[^】\n]{0,200}", "】"),
)
_CITATIONS: Final = (
    # ([title](https://…); [title](https://…))
    rule(r"[(（]", rf"(?:{''.join(_SOURCE)}[,;]?[ ]?){{0,8}}", *_SOURCE, r"[)）]"),
    # [[1]](https://…)
    rule(r"\[", r"\[", r"\^?", r"\d{1,3}", r"\]", r"\]", r"\(", *_WEB, _PATH, *_TITLE, r"\)"),
    *_MARKS,
)

_TAGS: Final = (
    "a|abbr|b|blockquote|code|dd|del|details|dl|dt|em|font|i|img|ins|kbd|mark|ol|pre|q|s|small|span|strong"
    "|sub|summary|sup|table|tbody|thead|u|ul"
    # SSML, and thoughts that lost their first tag
    "|amazon:[a-z]+|audio|bookmark|break|emphasis|lang|lexicon|metadata|mstts:[a-z-]+|phoneme|prosody"
    "|say-as|speak|think|token|voice|w"
)
_TAGS_OF_LINES: Final = "br|div|h[1-6]|hr|li|p|td|th|tr"
_ATTRIBUTES: Final = r"(?:[ ]{1,4}[\w:-]{1,20}=[^<>\n]{0,180})?[ ]{0,4}/?>"
_TAG_BEGUN: Final = r"(?i:</?(?:\Z|[a-z][a-z1-6:-]{0,19}(?:\Z|[ /][^<>\n]{0,220}\Z)))"

_FRACTION: Final = r"\\[dt]?frac\{[^{}\n]{1,60}\}\{[^{}\n]{1,60}\}"
_WORDS_OF_FORMULA: Final = r"\\(?:boxed|mathbf|mathrm|operatorname|text|textbf)\{[^{}\n]{1,100}\}"
_COMMAND_BEGUN: Final = (
    r"\^\Z|\^?(?:\\(?:\Z|[a-z]{1,12}(?:\Z|\{[^{}\n]{0,100}(?:\Z|\}(?:\Z|\{[^{}\n]{0,60}\Z)))))"
)
_SIGNS: Final = {
    "approx": "≈", "cdot": "·", "circ": "°", "degree": "°", "div": "÷", "geq": "≥", "ge": "≥", "leq": "≤",
    "le": "≤", "neq": "≠", "ne": "≠", "pi": "π", "pm": "±", "rightarrow": "→", "sqrt": "√", "times": "×",
}  # fmt: skip
"""Name of a command in a formula → the sign that it stands for."""

_EMOJI: Final = (
    r"\u2139\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe"
    # without the signs of music and the digits in circles
    r"\u2600-\u266c\u2670-\u2775\u2794-\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d"
    r"\U0001f000-\U0001faff"
)
_JOINERS: Final = r"\ufe0e\ufe0f\u200d\u20e3\U000e0020-\U000e007f"

_TEXT: Final = (
    # lines: fences, rules, tables, marks of headings, lists and quotes
    rule(_LINE, "`", "`", "`", r"[^`\n]{0,60}", r"\n", leads_to="code"),
    *(
        rule(_LINE, sign, "[ ]*", sign, "[ ]*", sign, rf"[{sign} ]*", r"(?=\n|\Z)")
        for sign in (r"\-", r"\*", "_", "=")
    ),
    rule(_LINE, r"\|", r"[-:| \t]+", _LINE_END),
    rule(_LINE, r"\|", r"[^\n]{0,1000}", r"\|[ \t]*(?=\n|\Z)", remains=_cells, again=True),
    rule(_LINE, "(?:[-*+]|#{1,6})", r"[ \t]+"),
    # "> 25 degrees" is not a quote
    rule(_LINE, ">+", r"[ \t]++(?!\d)"),
    rule(_LINE, ">+", r"(?=\n)"),
    rule(r"(?<=\n)\[", "[ xX]", r"\]", r"[ \t]+"),
    # sources, links, addresses
    *_CITATIONS,
    rule(r"\[", r"\^?", r"\d{1,3}", r"\]", *_TARGET),
    rule("!?", *_LABEL, *_TARGET, remains=_label, again=True),
    rule(r"\[", r"\^", r"\d{1,3}", r"\](?!\()"),
    rule(r"[(（]", "<?", *_WEB, _PATH, ">?", r"[)）]"),
    rule("<", *_WEB, _PATH, ">", remains=_host),
    rule(rf"(?<!{_LETTER})h", *_WEB[1:], *_ADDRESS, remains=_host),
    # formulas: \( 120 \), \[ a + b \], $$ c \times \frac{1}{2} \text{ km} $$
    rule(r"\\", r"[()\[\]][ ]?"),
    rule(r"\$", r"\$"),
    Rule(_FRACTION, _COMMAND_BEGUN, lambda formula: "/".join(_groups(formula)), again=True),
    Rule(_WORDS_OF_FORMULA, _COMMAND_BEGUN, lambda formula: _groups(formula)[0], again=True),
    Rule(
        rf"\^?\\(?:{'|'.join(_SIGNS)})(?![a-zA-Z])", _COMMAND_BEGUN, lambda sign: _SIGNS[sign.lstrip("^\\")]
    ),
    # HTML
    rule("<", "!", "-", "-", r"(?:[^-]|-(?!->)){0,300}", "-", "-", ">"),
    rule("<", r"\?", r"[^<>\n]{0,200}", ">"),
    # the end of a message in the template of a model
    rule("<", r"\|", "[a-zA-Z_]{1,30}", r"\|", ">"),
    Rule(rf"(?i:</?(?:{_TAGS}){_ATTRIBUTES})", _TAG_BEGUN),
    Rule(rf"(?i:</?(?:{_TAGS_OF_LINES}){_ATTRIBUTES})", _TAG_BEGUN, lambda _: "\n", again=True),
    rule("&", "#?", "[a-zA-Z0-9]{1,8}", ";", remains=html.unescape),
    # marks around words
    *(_code(marks) for marks in ("```", "``", "`")),
    *(_emphasis(marks, **_OUTSIDE_WORDS) for marks in ("***", "*", "__", "_")),
    *(_emphasis("**", **around) for around in _STRONG),
    _emphasis("~~"),
    # emoji; of a keycap, the digit stays
    rule(rf"[{_EMOJI}](?:[{_EMOJI}{_JOINERS}]|(?<=\u200d)[\u2194-\u2199]){{0,40}}"),
    rule(r"[\ufe0f\u20e3]+"),
)

_GRAMMARS: Final[dict[str, Grammar]] = {
    "text": Grammar(_TEXT),
    "code": Grammar([rule(_LINE, "`", "`", "`+", r"[ \t]*", _LINE_END, leads_to="text")]),
    "citations": Grammar(_CITATIONS),
    "marks": Grammar(_MARKS),
}


def prepare_filters() -> None:
    """Compile the rules, which takes too long for the event loop. Otherwise, the first text does it."""
    for grammar in _GRAMMARS.values():
        grammar.compile()
