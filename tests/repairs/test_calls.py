"""Which calls can no longer work."""

from typing import Any

import pytest

from custom_components.openai_conversation.repairs.calls import ValidTargets, broken_calls

LIVING_THINGS = ValidTargets(
    actions=("generate_image", "generate_content"),
    entry_ids={"01JLIVING"},
    is_retired=lambda _entry_id, model: model == "dall-e-3",
)


def image(config_entry: str, key: str = "action", data: str = "data") -> dict[str, Any]:
    return {
        key: "openai_conversation.generate_image",
        data: {"config_entry": config_entry, "prompt": "A dog"},
    }


LIVING = image("01JLIVING")
DEAD = image("01JDEAD")
DEAD_IMAGE = "openai_conversation.generate_image, config_entry: 01JDEAD"
DEAD_MODEL = "openai_conversation.generate_image, model: dall-e-3"
NO_ACTION = {"action": "openai_conversation.draw"}

CASES: list[tuple[str, Any, list[str]]] = [
    ("all is well", {"actions": [LIVING]}, []),
    ("an account that is gone", {"actions": [DEAD]}, [DEAD_IMAGE]),
    ("a model that has ended", {**LIVING, "data": {**LIVING["data"], "model": "dall-e-3"}}, [DEAD_MODEL]),
    ("a model that lives", {**LIVING, "data": {**LIVING["data"], "model": "gpt-image-2"}}, []),
    ("a template decides on the model", {**LIVING, "data": {**LIVING["data"], "model": "{{ x }}"}}, []),
    ("an action there is not", {"actions": [NO_ACTION]}, ["openai_conversation.draw"]),
    (
        "an action there is not, with an account that is gone",
        {**DEAD, **NO_ACTION},
        ["openai_conversation.draw"],
    ),
    ("as it was written in 2024", {"action": [image("01JDEAD", "service")]}, [DEAD_IMAGE]),
    ("with data that was a template once", image("01JDEAD", "service", "data_template"), [DEAD_IMAGE]),
    (
        "a button",
        {"tap_action": {**image("01JDEAD", "perform_action"), "action": "perform-action"}},
        [DEAD_IMAGE],
    ),
    (
        "a button of old",
        {"tap_action": {"action": "call-service", **image("01JDEAD", "service", "service_data")}},
        [DEAD_IMAGE],
    ),
    ("a template decides on the account", image("{{ config_entry }}"), []),
    ("a template decides on the account, in a block", image("{% if x %}a{% endif %}"), []),
    ("a template decides on the action", {"action": "openai_conversation.{{ name }}"}, []),
    ("a template decides on everything", {"action": LIVING["action"], "data": "{{ data }}"}, []),
    ("somebody else's actions", {"action": "light.turn_on", "data": {"config_entry": "01JDEAD"}}, []),
    ("the name in a text", {"type": "markdown", "content": "openai_conversation.draw"}, []),
    ("an entry that is no text", {"action": LIVING["action"], "data": {"config_entry": None}}, []),
    ("each once", [DEAD, LIVING, NO_ACTION, DEAD], [DEAD_IMAGE, "openai_conversation.draw"]),
    ("a step that was switched off", {**DEAD, "enabled": False}, []),
    ("nothing at all", None, []),
]


@pytest.mark.parametrize(("config", "dead"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_what_is_dead(config: Any, dead: list[str]) -> None:
    assert [str(call) for call in broken_calls(config, LIVING_THINGS)] == dead


@pytest.mark.parametrize(
    "actions",
    [
        pytest.param([{"choose": [{"conditions": [], "sequence": [DEAD]}]}], id="choose"),
        pytest.param([{"choose": [], "default": [DEAD]}], id="default"),
        pytest.param([{"if": [], "then": [], "else": [DEAD]}], id="if"),
        pytest.param([{"parallel": [{"sequence": [DEAD]}]}], id="parallel"),
        pytest.param([{"repeat": {"count": 2, "sequence": [DEAD]}}], id="repeat"),
        pytest.param({"sequence": DEAD}, id="a single one"),
        pytest.param({"use_blueprint": {"path": "x.yaml", "input": {"what": [DEAD]}}}, id="blueprint"),
    ],
)
def test_however_deep(actions: Any) -> None:
    assert [str(call) for call in broken_calls({"actions": actions}, LIVING_THINGS)] == [DEAD_IMAGE]
