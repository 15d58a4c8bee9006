"""Tools that OpenAI runs: web search, and code interpreter."""

import operator
import re
from typing import Any

from .items import Citation, CodeRun, Message, PlannedItem, WebSearch
from .request_view import RequestView

_SEARCH = re.compile(
    r"\b(?:search the web|look on the web|search online) for (.+?)[.?!]*$|\bnews\b", re.IGNORECASE
)
_COMPUTE = re.compile(r"\b(?:calculate|compute)\b", re.IGNORECASE)
_SUM = re.compile(r"(-?\d+) ?([-+*/x]|times|plus|minus|divided by) ?(-?\d+)", re.IGNORECASE)
_OPERATORS = {"plus": "+", "minus": "-", "times": "*", "x": "*", "divided by": "/"}
_MEANINGS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
_THE_ANSWER = (6, "*", 7)
"""The calculation if the text has none."""


def research(view: RequestView) -> tuple[PlannedItem, ...]:
    """Return a search or a program with its message; nothing if there is no such tool or question."""
    tools = {tool["type"]: tool for tool in view.body.get("tools") or ()}
    if view.body.get("tool_choice") == "none":
        return ()
    text = view.user_texts[-1]
    if "web_search" in tools and (wanted := _SEARCH.search(text)):
        return _searched(wanted[1] or "news", tools["web_search"])
    if "code_interpreter" in tools and _COMPUTE.search(text):
        return _computed(text)
    return ()


def _searched(query: str, tool: dict[str, Any]) -> tuple[PlannedItem, ...]:
    city = (tool.get("user_location") or {}).get("city")
    domains = (tool.get("filters") or {}).get("allowed_domains")
    domain = domains[0] if domains else "example.org"
    url = f"https://{domain}/{'-'.join(re.findall(r'[a-z0-9]+', query.lower()))}?utm_source=openai"
    found = f"Here is what I found about {query}{f' near {city}' if city else ''}: all is well."
    link = f" ([{domain}]({url}))"
    citation = Citation(url, f"All about {query}", len(found) + 1, len(found + link))
    return WebSearch(query, (url,)), Message(found + link, citations=(citation,))


def _computed(text: str) -> tuple[PlannedItem, ...]:
    left, sign, right = _sum_in(text) or _THE_ANSWER
    result = f"{_MEANINGS[sign](left, right):.10g}" if sign != "/" or right else "nothing"
    return CodeRun(f"print({left} {sign} {right})", f"{result}\n"), Message(f"The result is {result}.")


def _sum_in(text: str) -> tuple[int, str, int] | None:
    if found := _SUM.search(text):
        sign = found[2].lower()
        return int(found[1]), _OPERATORS.get(sign, sign), int(found[3])
    return None
