"""Answers that somebody broke: the same for the same seed."""

import copy
import json
from random import Random
from typing import Any

JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 7.5, 10**40, 1e308, "", "x", " \n", "\ud83d", "\ud83d\udca1", "\x00\x1b[31mred",
    "a\nb\r\nc\u2028d", "<html>", "y" * 50_000, [], [None], [[]], {}, {"a": [1]}, {"error": 1},
)  # fmt: skip
BYTES = (b"", b"\xff\xfe", b"\x00", b"{", b"]", b'"', b"\n\n", b"NaN", b"\xed\xa0\x80")


def mangled(value: Any, seed: int) -> bytes:
    """Return JSON with a few things wrong in its values, and perhaps in its bytes."""
    dice = Random(seed)  # noqa: S311 - not a secret
    box = [copy.deepcopy(value)]
    for _ in range(dice.randint(1, 4)):
        owner, key = dice.choice(_places(box))
        change = dice.choice(("replace", "replace", "remove", "double"))
        if change == "remove" and owner is not box:
            del owner[key]
        elif change == "double" and isinstance(owner, list):
            owner.insert(key, copy.deepcopy(owner[key]))
        else:
            owner[key] = copy.deepcopy(dice.choice(JUNK))
    body = json.dumps(box[0]).encode()
    return _spoiled(body, dice) if dice.random() < 0.4 else body


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return where values stand inside a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    return [place for key, each in items for place in ((value, key), *_places(each))]


def _spoiled(body: bytes, dice: Random) -> bytes:
    start = dice.randrange(len(body) + 1)
    rest = body[start + dice.choice((0, 1, 3, 40)) :]
    return body[:start] + dice.choice(BYTES) + (rest if dice.random() < 0.7 else b"")
