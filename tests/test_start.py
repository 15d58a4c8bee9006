"""What a start of Home Assistant costs, and what the first turn after it waits for."""

import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[1]
OURS = "custom_components.openai_conversation"
NOT_NEEDED = {"openai", "pydantic"}
"""OpenAI's client library, and what it brings: hundreds of modules. Our requests are plain data."""


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what happens in a fresh process that sets an account up, and takes a turn."""
    result = tmp_path_factory.mktemp("start") / "start.json"
    subprocess.run(  # noqa: S603 - a program of this repository
        [sys.executable, "-m", "tests.support.fresh_start", str(result)],
        cwd=REPOSITORY,
        check=True,
        timeout=300,
    )
    happened: dict[str, Any] = json.loads(result.read_text("utf-8"))
    return happened


def test_an_account_with_all_its_agents_was_set_up(start: dict[str, Any]) -> None:
    platforms = {f"{OURS}.{name}" for name in ("conversation", "ai_task", "stt", "tts", "image", "sensor")}

    assert platforms <= set(start["at_start"])
    assert start["answer"] == "Hello."


def test_nothing_is_loaded_that_the_first_turn_does_not_need(start: dict[str, Any]) -> None:
    assert {name for name in start["at_start"] if name.partition(".")[0] in NOT_NEEDED} == set()


def test_the_first_turn_waits_for_no_import(start: dict[str, Any]) -> None:
    late = [
        name
        for name in start["by_first_turn"]
        if name.partition(".")[0] in NOT_NEEDED | {"custom_components"}
    ]

    assert late == []


def test_nothing_blocks_the_event_loop(start: dict[str, Any]) -> None:
    assert start["complaints"] == []
