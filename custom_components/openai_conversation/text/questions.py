"""Whether an answer ends with a question. Pure."""

import re
from typing import Final

_QUESTION: Final = re.compile(r"[？؟⸮፧]|\?(?!\w)")
"""A question mark of any script. In an address, a letter follows it."""

_STATEMENT: Final = re.compile(r"[.!。！।…](?!\w)")


def asks(text: str) -> bool:
    """Whether the last sentence of a text is a question, whatever emoji or words without an end follow."""
    marks = list(_QUESTION.finditer(text))
    return bool(marks) and not _STATEMENT.search(text, marks[-1].end())
