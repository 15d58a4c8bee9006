"""Home Assistant's quality scale: each rule has an answer, and what a machine can check of it is true."""

import ast
import json
from pathlib import Path
import re
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "custom_components" / "openai_conversation"
TREES: Final = {
    path.relative_to(FOLDER).as_posix(): ast.parse(path.read_text("utf-8")) for path in FOLDER.rglob("*.py")
}
PLATFORMS: Final = [
    name.removesuffix(".py")
    for name, tree in TREES.items()
    if any(isinstance(node, ast.AsyncFunctionDef) and node.name == "async_setup_entry" for node in tree.body)
    and name != "__init__.py"
]
TEXTS: Final = json.loads((FOLDER / "translations" / "en.json").read_text("utf-8"))
ICONS: Final = json.loads((FOLDER / "icons.json").read_text("utf-8"))
RULES: Final[dict[str, Any]] = yaml.safe_load((FOLDER / "quality_scale.yaml").read_text("utf-8"))["rules"]

SCALE: Final = {
    "bronze": """action-setup appropriate-polling brands common-modules config-flow
        config-flow-test-coverage dependency-transparency docs-actions docs-conditions
        docs-high-level-description docs-installation-instructions docs-removal-instructions
        docs-triggers entity-event-setup entity-unique-id has-entity-name runtime-data
        test-before-configure test-before-setup unique-config-entry""",
    "silver": """action-exceptions config-entry-unloading docs-configuration-parameters
        docs-installation-parameters entity-unavailable integration-owner log-when-unavailable
        parallel-updates reauthentication-flow test-coverage""",
    "gold": """devices diagnostics discovery discovery-update-info docs-data-update docs-examples
        docs-known-limitations docs-supported-devices docs-supported-functions
        docs-troubleshooting docs-use-cases dynamic-devices entity-category entity-device-class
        entity-disabled-by-default entity-translations exception-translations icon-translations
        reconfiguration-flow repair-issues stale-devices""",
    "platinum": "async-dependency inject-websession strict-typing",
}


def functions(module: str) -> set[str]:
    """Return the names of the functions and methods of a module."""
    nodes = ast.walk(TREES[module])
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def calls(name: str) -> list[ast.Call]:
    """Return the calls of a function, a method, or a class, by its last name, in the integration."""
    return [
        node
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name
    ]


def test_every_rule_has_an_answer() -> None:
    assert RULES.keys() == {rule for rules in SCALE.values() for rule in rules.split()}


def test_only_what_publishing_settles_is_open() -> None:
    assert [rule for rule, answer in RULES.items() if answer == "todo"] == ["integration-owner"]


def test_an_exemption_says_why() -> None:
    exempt = [answer for answer in RULES.values() if not isinstance(answer, str)]
    assert all(answer["status"] == "exempt" and answer["comment"].endswith(".") for answer in exempt)


def test_home_assistants_own_validators_find_what_they_look_for() -> None:
    raised = {
        node.exc.func.id
        for node in ast.walk(TREES["__init__.py"])
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
    }
    entries = {
        ast.unparse(node.annotation)
        for node in ast.walk(TREES["config_flow.py"])
        if isinstance(node, ast.arg) and node.arg in ("entry", "config_entry") and node.annotation
    }

    assert calls("_async_abort_entries_match")  # unique-config-entry
    assert raised == {"ConfigEntryAuthFailed", "ConfigEntryNotReady"}  # test-before-setup
    assert entries == {"OpenAIConfigEntry"}  # runtime-data
    assert "async_unload_entry" in functions("__init__.py")  # config-entry-unloading
    assert {"async_step_reauth", "async_step_reconfigure"} <= functions("config_flow.py")
    assert "async_get_config_entry_diagnostics" in functions("diagnostics.py")  # diagnostics


def test_actions_are_there_without_an_account() -> None:
    [setup] = [
        node
        for node in TREES["__init__.py"].body
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "async_setup"
    ]
    assert "async_setup_services" in ast.unparse(setup)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_platform_says_how_many_updates_run_at_once(platform: str) -> None:
    tree = TREES[f"{platform}.py"]
    names = {ast.unparse(node.targets[0]) for node in tree.body if isinstance(node, ast.Assign)}
    assert "PARALLEL_UPDATES" in names


def test_the_translated_entities_have_icons() -> None:
    """One with a device class has its icon from there."""
    lacking = {
        f"{platform}.{key}"
        for platform, entities in TEXTS["entity"].items()
        for key, texts in entities.items()
        if "name" in texts and key not in ICONS["entity"].get(platform, {})
    }
    assert lacking <= {"binary_sensor.budget_reached"}
    assert ICONS["services"].keys() == TEXTS["services"].keys()


def test_what_is_raised_for_users_is_translated() -> None:
    errors = ("HomeAssistantError", "ServiceValidationError", "ConfigEntryNotReady", "ConfigEntryAuthFailed")
    untranslated = [
        ast.unparse(call)
        for error in errors
        for call in calls(error)
        if not any(word.arg in (None, "translation_key") for word in call.keywords)
    ]
    assert untranslated == []


def test_sessions_are_those_of_home_assistant() -> None:
    assert [*calls("ClientSession"), *calls("AsyncClient"), *calls("Session")] == []
    assert calls("get_async_client")
    assert calls("async_get_clientsession")


def test_types_are_strict() -> None:
    assert re.search(r"^strict = true$", (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    "heading",
    ["What you need", "Install", "Configure", "Use", "Known limitations", "Data updates", "Remove it"],
)
def test_the_readme_has_what_the_rules_about_docs_ask_for(heading: str) -> None:
    assert f"\n## {heading}\n" in (ROOT / "README.md").read_text("utf-8")


def test_the_docs_describe_every_action() -> None:
    pages = " ".join(path.read_text("utf-8") for path in ROOT.glob("docs/*.md"))
    for name, texts in TEXTS["services"].items():
        assert f"openai_conversation.{name}`" in pages
        assert [field for field in texts["fields"] if f"`{field}`" not in pages] == []
