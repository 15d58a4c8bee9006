"""Which calls can no longer work."""

from typing import Any

import pytest

from custom_components.openai_conversation.repairs.calls import ValidTargets, broken_calls

VALID_TARGETS = ValidTargets(
    actions=("generate_image", "generate_content"),
    entry_ids={"01JLIVING"},
    is_retired=lambda _entry_id, model: model == "dall-e-3",
)


def image(config_entry: str, key: str = "action", data: str = "data") -> dict[str, Any]:
    return {
        key: "openai_conversation.generate_image",
        data: {"config_entry": config_entry, "prompt": "A dog"},
    }


VALID = image("01JLIVING")
BROKEN = image("01JDEAD")
BROKEN_IMAGE = "openai_conversation.generate_image, config_entry: 01JDEAD"
ENDED_MODEL = "openai_conversation.generate_image, model: dall-e-3"
NO_ACTION = {"action": "openai_conversation.draw"}

CASES: list[tuple[str, Any, list[str]]] = [
    ("all is well", {"actions": [VALID]}, []),
    ("an account that is gone", {"actions": [BROKEN]}, [BROKEN_IMAGE]),
    ("a model that has ended", {**VALID, "data": {**VALID["data"], "model": "dall-e-3"}}, [ENDED_MODEL]),
    ("a model that lives", {**VALID, "data": {**VALID["data"], "model": "gpt-image-2"}}, []),
    ("a model that has ended, of the only account", {**VALID, "data": {"model": "dall-e-3"}}, [ENDED_MODEL]),
    ("an account as a list", {**VALID, "data": {"config_entry": [], "model": "dall-e-3"}}, []),
    ("a template decides on the model", {**VALID, "data": {**VALID["data"], "model": "{{ x }}"}}, []),
    ("an action there is not", {"actions": [NO_ACTION]}, ["openai_conversation.draw"]),
    (
        "an action there is not, with an account that is gone",
        {**BROKEN, **NO_ACTION},
        ["openai_conversation.draw"],
    ),
    ("as it was written in 2024", {"action": [image("01JDEAD", "service")]}, [BROKEN_IMAGE]),
    ("with data that was a template once", image("01JDEAD", "service", "data_template"), [BROKEN_IMAGE]),
    (
        "a button",
        {"tap_action": {**image("01JDEAD", "perform_action"), "action": "perform-action"}},
        [BROKEN_IMAGE],
    ),
    (
        "a button of old",
        {"tap_action": {"action": "call-service", **image("01JDEAD", "service", "service_data")}},
        [BROKEN_IMAGE],
    ),
    ("a template decides on the account", image("{{ config_entry }}"), []),
    ("a template decides on the account, in a block", image("{% if x %}a{% endif %}"), []),
    ("a template decides on the action", {"action": "openai_conversation.{{ name }}"}, []),
    ("a template decides on everything", {"action": VALID["action"], "data": "{{ data }}"}, []),
    ("somebody else's actions", {"action": "light.turn_on", "data": {"config_entry": "01JDEAD"}}, []),
    ("the name in a text", {"type": "markdown", "content": "openai_conversation.draw"}, []),
    ("an entry that is no text", {"action": VALID["action"], "data": {"config_entry": None}}, []),
    ("each once", [BROKEN, VALID, NO_ACTION, BROKEN], [BROKEN_IMAGE, "openai_conversation.draw"]),
    ("a step that was switched off", {**BROKEN, "enabled": False}, []),
    ("nothing at all", None, []),
]


@pytest.mark.parametrize(("config", "broken"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_broken_calls(config: Any, broken: list[str]) -> None:
    assert [str(call) for call in broken_calls(config, VALID_TARGETS)] == broken


@pytest.mark.parametrize(
    "actions",
    [
        pytest.param([{"choose": [{"conditions": [], "sequence": [BROKEN]}]}], id="choose"),
        pytest.param([{"choose": [], "default": [BROKEN]}], id="default"),
        pytest.param([{"if": [], "then": [], "else": [BROKEN]}], id="if"),
        pytest.param([{"parallel": [{"sequence": [BROKEN]}]}], id="parallel"),
        pytest.param([{"repeat": {"count": 2, "sequence": [BROKEN]}}], id="repeat"),
        pytest.param({"sequence": BROKEN}, id="a single one"),
        pytest.param({"use_blueprint": {"path": "x.yaml", "input": {"what": [BROKEN]}}}, id="blueprint"),
    ],
)
def test_however_deep(actions: Any) -> None:
    assert [str(call) for call in broken_calls({"actions": actions}, VALID_TARGETS)] == [BROKEN_IMAGE]
