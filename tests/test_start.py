"""What a start of Home Assistant costs: the modules that are loaded when an account is set up."""

import json
from pathlib import Path
import subprocess
import sys

import pytest

REPOSITORY = Path(__file__).parents[1]
OURS = "custom_components.openai_conversation"
NOT_NEEDED = {"openai", "pydantic"}
"""OpenAI's client library, and what it brings: hundreds of modules. Our requests are plain data."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the modules that are loaded in a fresh process that has set up an account."""
    result = tmp_path_factory.mktemp("start") / "modules.json"
    subprocess.run(  # noqa: S603 - a program of this repository
        [sys.executable, "-m", "tests.support.fresh_start", str(result)],
        cwd=REPOSITORY,
        check=True,
        timeout=300,
    )
    return set(json.loads(result.read_text("utf-8")))


def test_an_account_with_all_its_agents_was_set_up(loaded: set[str]) -> None:
    platforms = {f"{OURS}.{name}" for name in ("conversation", "ai_task", "stt", "tts", "image", "sensor")}

    assert loaded >= platforms


def test_nothing_is_loaded_that_the_first_turn_does_not_need(loaded: set[str]) -> None:
    assert {name for name in loaded if name.partition(".")[0] in NOT_NEEDED} == set()
