"""What tools of other integrations return: the same for the same seed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any


class Silent:
    """An object that cannot even be shown."""

    def __str__(self) -> str:
        """Fail."""
        raise RuntimeError("no words")


class Wrong:
    """An object whose JSON fails."""

    def as_dict(self) -> Any:
        raise KeyError("gone")


def endless() -> dict[str, Any]:
    """Return data that contain themselves."""
    value: dict[str, Any] = {"light": "on"}
    value["again"] = [value]
    return value


def deep(levels: int) -> dict[str, Any]:
    """Return data with many levels."""
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"in": value}
    return value


def numbers() -> Iterator[int]:
    """Yield numbers, once."""
    yield from (1, 2)


def odd_value(seed: int) -> Any:
    """Return a value that may have anything in it."""
    dice = Random(seed)  # noqa: S311 - not a secret
    leaves: list[Any] = [
        None, True, 0, -1, 2**70, 1.5, float("nan"), float("inf"), "on", "", "\ud83d", "\ud83d\udca1",
        "\x00\x1b[31m", "x" * 500_000, b"\xff", {1, "a"}, (1, 2), {(1, 2): 3, 4: 5}, [[]], {}, object(),
        Silent(), Wrong(), endless(), deep(60), deep(300), deep(3000), numbers(), Path("/config"), 1j,
        datetime(2026, 11, 25, tzinfo=UTC), ValueError("no"),
    ]  # fmt: skip
    if dice.random() < 0.3:
        return dice.choice(leaves)
    value: dict[Any, Any] = {}
    for number in range(dice.randint(1, 4)):
        key = dice.choice([f"key{number}", number, None, "\ud83d", ("a", 1)])
        each = dice.choice(leaves)
        value[key] = dice.choice([each, [each, "on"], {"value": each}])
    return value
