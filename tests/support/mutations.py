"""Streams that somebody broke: the same for the same seed."""

from collections.abc import Iterable
import copy
import json
from random import Random
from typing import Any

from .response_items import Event

JUNK: list[Any] = [
    None,
    True,
    -1,
    0,
    5,
    1e308,
    10**30,
    "",
    "x",
    "\ud83d",
    "\x00\x1b[31m",
    "<think>",
    "{{",
    [],
    [None],
    ["x"],
    [[]],
    {},
    {"type": "x"},
    {"a": {"b": [1]}},
]


def mutated(events: Iterable[Event], seed: int) -> bytes:
    """Return a stream with a few things wrong in its events, and perhaps in its bytes."""
    dice = Random(seed)  # noqa: S311 - no secret
    events = copy.deepcopy(list(events))
    for _ in range(dice.randint(1, 4)):
        dice.choice([_drop, _repeat, _swap, _replace, _replace, _replace, _remove_key])(events, dice)
    body = b"".join(_block(event, dice) for event in events)
    return _spoiled(body, dice) if dice.random() < 0.3 else body


def _block(event: Any, dice: Random) -> bytes:
    name = event.get("type") if isinstance(event, dict) else None
    is_named = isinstance(name, str) and name.isascii() and dice.random() < 0.9
    first = f"event: {name}\n" if is_named else ""
    end = dice.choice(["\n", "\n", "\n", "\r\n"])
    return f"{first}data: {json.dumps(event)}{end}{end}".encode()


def _drop(events: list[Event], dice: Random) -> None:
    if events:
        del events[dice.randrange(len(events))]


def _repeat(events: list[Event], dice: Random) -> None:
    if events:
        events.insert(dice.randrange(len(events)), copy.deepcopy(dice.choice(events)))


def _swap(events: list[Event], dice: Random) -> None:
    if len(events) > 1:
        one, other = dice.sample(range(len(events)), 2)
        events[one], events[other] = events[other], events[one]


def _replace(events: list[Event], dice: Random) -> None:
    if places := _places(events):
        owner, key = dice.choice(places)
        owner[key] = copy.deepcopy(dice.choice(JUNK))


def _remove_key(events: list[Event], dice: Random) -> None:
    if places := [place for place in _places(events) if isinstance(place[0], dict)]:
        owner, key = dice.choice(places)
        del owner[key]


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return where values stand inside a value, events themselves excepted."""
    if not isinstance(value, (dict, list)):
        return []
    items = value.items() if isinstance(value, dict) else enumerate(value)
    inner = [place for _, each in items for place in _places(each)]
    is_list_of_events = isinstance(value, list) and all(
        isinstance(each, dict) and "type" in each for each in value
    )
    keys = () if is_list_of_events else (value if isinstance(value, dict) else range(len(value)))
    return [*((value, key) for key in keys), *inner]


def _spoiled(body: bytes, dice: Random) -> bytes:
    start = dice.randrange(len(body) + 1)
    end = min(len(body), start + dice.choice([0, 1, 3, 50]))
    inserted = dice.choice([b"", b"\xff", b"\r", b"\n", b"\n\n", b"data:", b"\x00", b"}", b'"'])
    return body[:start] + inserted + (body[end:] if dice.random() < 0.9 else b"")
