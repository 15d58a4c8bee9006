"""Every text that the code uses exists, and every text that exists is used."""

import ast
from collections.abc import Iterator
from datetime import date
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

import probatio as vol
import pytest

from custom_components.openai_conversation import config_flow, const
from custom_components.openai_conversation.const import Server, SubentryType
from custom_components.openai_conversation.flows import account, costs, kinds
from custom_components.openai_conversation.flows.chat import ChatForm
from custom_components.openai_conversation.flows.form import FormContext
from custom_components.openai_conversation.images.request import CHOICES
from custom_components.openai_conversation.openai_api.catalog import Catalog, Models
from custom_components.openai_conversation.openai_api.errors import FailureKind
from custom_components.openai_conversation.repairs.failures import PAGES
from custom_components.openai_conversation.responses.own_words import HOSTED_TOOLS
from custom_components.openai_conversation.services import delete_image, generate_content, generate_image
from homeassistant.helpers.selector import SelectSelector
from homeassistant.util.yaml import load_yaml_dict

ROOT = Path(__file__).parents[1] / "custom_components" / "openai_conversation"
TEXTS: dict[str, Any] = json.loads((ROOT / "translations" / "en.json").read_text("utf-8"))
ACTIONS: dict[str, Any] = load_yaml_dict(str(ROOT / "services.yaml"))

# one model of each kind: what a form can hold, it holds for one of these
MODELS = ("gpt-4o", "o3", "gpt-5", "gpt-5-pro", "gpt-5.2-pro", "gpt-6-luna", "gpt-6.2-astra", "tts-1", "new")
VALUES: list[dict[str, Any]] = [
    {"recommended": True},
    *({"chat_model": model, "web_search": True, "user_location": True} for model in MODELS),
]


def tree_of(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text("utf-8"))


def all_trees() -> list[ast.Module]:
    trees = [ast.parse(path.read_text("utf-8")) for path in ROOT.rglob("*.py")]
    assert len(trees) >= 20
    return trees


def value_of(node: ast.expr) -> str | None:
    """Return the text that an expression stands for: a literal, or one of our constants."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name) if isinstance(getattr(const, name, None), str):
            return str(getattr(const, name))
    return None


def error_keys(module: str) -> set[str]:
    """Return the keys of errors in a module of forms.

    Those are the texts that functions named "…_error" or "…_errors" return, and the values of
    dictionaries named "errors" or "_ERRORS".
    """
    keys: set[str | None] = set()
    for node in ast.walk(tree_of(module)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name.endswith(
                ("_error", "_errors")
            ):
                for each in ast.walk(node):
                    if isinstance(each, ast.Return) and each.value:
                        keys |= set(_texts(each.value))
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="errors"))], value=value):
                keys |= set(_texts(value))
            case ast.AnnAssign(target=ast.Name(id="_ERRORS"), value=ast.Dict(values=values)):
                keys |= {value_of(value) for value in values}
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="found"))], value=value):
                keys |= set(_texts(value))
            case ast.Call(func=ast.Name(id="range_error"), args=[_, name, *_]):
                keys.add(f"{value_of(name)}_range")
    return {key for key in keys if key}


def _texts(node: ast.expr) -> Iterator[str | None]:
    """Yield the texts that an expression may come to, as the value of an error."""
    match node:
        case ast.Dict(values=values):
            for value in values:
                yield from _texts(value)
        case ast.IfExp(body=body, orelse=other):
            yield from _texts(body)
            yield from _texts(other)
        case ast.Call(args=args):
            for argument in args:
                yield from _texts(argument)
        case ast.Constant():
            yield value_of(node)


def context_of(kind: SubentryType | None) -> FormContext:
    return FormContext(models=Models(Server.OPENAI, Catalog(), date(2026, 11, 22)), subentry=kind)


def forms_of(kind: SubentryType | None) -> Iterator[dict[str, Any]]:
    """Yield every form of an agent or engine. None: the default agent."""
    form = kinds.KINDS[kind].form if kind else ChatForm
    return (form(values, context_of(kind)).fields for values in VALUES)


def fields_of(kind: SubentryType | None) -> set[str]:
    return {name for form in forms_of(kind) for name in form}


FORMS = {
    ("config", "user"): set(map(str, account.account_schema({}).schema)),
    ("config", "reconfigure"): set(map(str, account.account_schema({}, key_required=False).schema)),
    ("config", "reauth_confirm"): set(map(str, account.key_schema().schema)),
    ("config", "model"): {"chat_model"},
    ("options", "init"): fields_of(None),
}
KINDS = pytest.mark.parametrize("kind", SubentryType)
AGENTS = (SubentryType.CONVERSATION, SubentryType.AI_TASK)


def texts_of(kind: SubentryType | None) -> dict[str, Any]:
    """Return the texts of an agent or engine. None: the default agent."""
    part: dict[str, Any] = TEXTS["config_subentries"][kind] if kind else TEXTS["options"]
    return part


def placeholders_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def texts_in(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    else:
        for each in part.values():
            yield from texts_in(each)


def test_the_parts_are_known() -> None:
    assert set(TEXTS) == {
        *("config", "options", "config_subentries", "selector", "entity", "services", "issues", "exceptions"),
        "common",
    }
    assert set(TEXTS["config"]) == {"step", "error", "abort", "create_entry"}
    assert set(TEXTS["config"]["create_entry"]) == {"default"}
    assert set(TEXTS["options"]) == {"step", "error"}
    assert set(TEXTS["config_subentries"]) == set(SubentryType)


@KINDS
def test_the_parts_of_what_can_be_added_are_known(kind: SubentryType) -> None:
    texts = texts_of(kind)

    assert set(texts) == {"entry_type", "initiate_flow", "step", "error"}
    assert set(texts["initiate_flow"]) == {"user", "reconfigure"}
    assert set(texts["step"]) == {"init"}
    assert set(texts["step"]["init"]) == {"title", "description", "data", "data_description"}


@KINDS
def test_every_field_of_what_can_be_added_has_a_name_and_a_description(kind: SubentryType) -> None:
    texts = texts_of(kind)["step"]["init"]

    assert {"name", "chat_model"} <= fields_of(kind)
    assert set(texts["data"]) == fields_of(kind)
    assert set(texts["data_description"]) == fields_of(kind)


@pytest.mark.parametrize("kind", AGENTS)
def test_agents_have_the_same_texts_as_the_own_one(kind: SubentryType) -> None:
    own, other = texts_of(None), texts_of(kind)

    for part in ("data", "data_description"):
        ours, theirs = own["step"]["init"][part], other["step"]["init"][part]
        shared = ours.keys() & theirs.keys()
        assert len(shared) > 15
        assert {name: ours[name] for name in shared} == {name: theirs[name] for name in shared}
    # a task has no instructions that could be an invalid template, but it generates images
    unlike = {"template", "image_model_refused"} if kind is SubentryType.AI_TASK else set()
    assert own["error"].keys() ^ other["error"].keys() == unlike
    shared = own["error"].keys() - unlike
    assert {key: own["error"][key] for key in shared} == {key: other["error"][key] for key in shared}


@pytest.mark.parametrize("key", ["model_retired", "model_unknown", "model_of_other_kind", "wrong_settings"])
def test_the_same_mistake_has_the_same_text_everywhere(key: str) -> None:
    assert {texts_of(kind)["error"][key] for kind in (None, *SubentryType)} == {texts_of(None)["error"][key]}


def test_no_text_is_empty() -> None:
    texts = list(texts_in(TEXTS))

    assert len(texts) > 50
    assert [text for text in texts if text != text.strip() or not text] == []


def test_every_step_has_its_form() -> None:
    steps = {(part, step) for part in ("config", "options") for step in TEXTS[part]["step"]}
    shown = {
        keyword.value.value
        for node in ast.walk(tree_of("config_flow.py"))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "step_id" and isinstance(keyword.value, ast.Constant)
    }

    assert steps == set(FORMS)
    assert {step for _, step in steps} == shown


@pytest.mark.parametrize(("part", "step"), FORMS)
def test_every_field_has_a_name_and_a_description(part: str, step: str) -> None:
    texts = TEXTS[part]["step"][step]

    assert FORMS[part, step]
    assert set(texts["data"]) == FORMS[part, step]
    assert set(texts["data_description"]) == FORMS[part, step]
    assert texts["title"]


def test_every_error_of_the_account_has_a_text() -> None:
    keys = error_keys("flows/account.py")

    assert {"invalid_auth", "cannot_connect", "invalid_url", "failed"} <= keys
    assert keys == set(TEXTS["config"]["error"])


def errors_of_the_dialog() -> set[str]:
    """Return the keys in the pages that the dialog refuses: `self._refused(form, {"field": "key"}, …)`."""
    return {
        str(value.value)
        for node in ast.walk(tree_of("flows/dialog.py"))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"_page", "_refused"}
        for argument in node.args
        if isinstance(argument, ast.Dict)
        for value in argument.values
        if isinstance(value, ast.Constant)
    }


def test_every_error_of_the_agent_has_a_text() -> None:
    assert errors_of_the_dialog() == {"template", "wrong_settings"}
    keys = error_keys("flows/chat.py") | error_keys("flows/form.py") | errors_of_the_dialog()

    assert {"model_retired", "temperature_range", "model_of_other_kind"} <= keys
    assert keys == set(TEXTS["options"]["error"]) | {"image_model_refused"}


@pytest.mark.parametrize("kind", [kind for kind in SubentryType if kind not in AGENTS])
def test_every_error_of_an_engine_has_a_text(kind: SubentryType) -> None:
    keys = error_keys("flows/engines.py") | error_keys("flows/form.py") | {"wrong_settings"}
    assert {"model_retired", "model_unknown", "model_of_other_kind", "tts_speed_range"} <= keys
    if kind is not SubentryType.TTS:
        keys -= {"tts_speed_range", "voice_missing"}
    if kind is SubentryType.EVALUATION:
        keys -= {"invalid_url"}  # it has no address of its own

    assert keys == set(texts_of(kind)["error"])


def test_every_end_of_a_flow_has_a_text() -> None:
    keys: set[str] = set()
    for node in ast.walk(tree_of("config_flow.py")):
        # those that end well have texts of Home Assistant's own
        match node:
            case ast.Call(func=ast.Attribute(attr="async_abort"), keywords=keywords):
                keys |= {word.value.value for word in keywords if word.arg == "reason"}
            case ast.Call(func=ast.Name(id="AbortFlow"), args=[ast.Constant(value=str(reason))]):
                keys.add(reason)

    assert "already_configured" in keys
    assert keys == set(TEXTS["config"]["abort"])


def cost_fields() -> dict[str, Any]:
    """Return the part of Configure about costs."""
    part = costs.with_costs(vol.Schema({}), {}).schema[costs.SECTION]
    return {str(name): selector for name, selector in part.schema.schema.items()}


def test_the_part_about_costs_has_a_text_for_every_field() -> None:
    texts = TEXTS["options"]["step"]["init"]["sections"][costs.SECTION]

    assert set(texts) == {"name", "description", "data", "data_description"}
    assert set(texts["data"]) == set(texts["data_description"]) == set(cost_fields())
    assert "](" not in texts["description"], "Home Assistant shows it as it is, without links"


SIZES_OF_2023 = {"256", "512", "1024"}
"""Automations may still use them, but forms do not offer them."""


def selectors() -> Iterator[Any]:
    yield from cost_fields().values()
    yield from account.account_schema({}).schema.values()
    for kind in (None, *SubentryType):
        for form in forms_of(kind):
            yield from form.values()


def test_every_choice_has_a_text() -> None:
    choices: dict[str, set[str]] = {}
    for selector in selectors():
        if isinstance(selector, SelectSelector) and (key := selector.config.get("translation_key")):
            choices.setdefault(key, set()).update(selector.config["options"])

    for name, field in ACTIONS["generate_image"]["fields"].items():
        if key := field["selector"].get("select", {}).get("translation_key"):
            choices[key] = set(field["selector"]["select"]["options"])
            assert choices[key] == set(CHOICES[name]) - SIZES_OF_2023

    assert len(choices) == 15
    texts = dict(TEXTS["selector"])
    prices = cost_fields()["prices"].config
    assert set(texts.pop(prices["translation_key"])["fields"]) == set(prices["fields"])
    assert set(texts.pop("activity")["options"]) == set(HOSTED_TOOLS)
    assert choices == {key: set(part["options"]) for key, part in texts.items()}


def raised_keys() -> set[str]:
    """Return the keys of errors beside those of the one map, as in `translated_error(Error, "key")`."""
    keys: set[str] = set()
    for tree in all_trees():
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Name(id="_error" | "_invalid"), args=[ast.Constant(value=str(key)), *_]
                ):
                    keys.add(key)
                case ast.Call(
                    func=ast.Name(id="translated_error"), args=[_, ast.Constant(value=str(key)), *_]
                ):
                    keys.add(key)
                case ast.AnnAssign(target=ast.Name(id="_CALLERS_FAULT"), value=ast.Dict(values=values)):
                    keys |= {value.value for value in values if isinstance(value, ast.Constant)}
                case ast.Call(func=ast.Name(id=name), keywords=keywords) if name.endswith("Error"):
                    literals = [word.value for word in keywords if word.arg == "translation_key"]
                    keys |= {each.value for each in literals if isinstance(each, ast.Constant)}
    return keys


def test_every_failure_has_a_sentence() -> None:
    others = raised_keys()

    assert "attachment_missing" in others
    assert {kind.value for kind in FailureKind} | others == set(TEXTS["exceptions"])
    assert all(set(part) == {"message"} for part in TEXTS["exceptions"].values())


def test_no_field_of_an_action_is_ticked_beforehand() -> None:
    fields = [field for action in ACTIONS.values() for field in action["fields"].values()]

    assert any(field.get("required") for field in fields)
    assert [field for field in fields if "default" in field] == []


def test_every_action_and_its_fields_have_texts() -> None:
    schemas = {
        "delete_image": delete_image.DELETE_IMAGE_SCHEMA,
        "generate_content": generate_content.GENERATE_CONTENT_SCHEMA,
        "generate_image": generate_image.GENERATE_IMAGE_SCHEMA,
    }
    assert set(ACTIONS) == set(TEXTS["services"]) == set(schemas)
    for name, action in ACTIONS.items():
        texts = TEXTS["services"][name]
        assert set(action["fields"]) == set(texts["fields"])
        assert set(map(str, schemas[name].schema)) == set(action["fields"])
        assert all(set(field) == {"name", "description"} for field in texts["fields"].values())


def test_every_repair_has_a_text() -> None:
    lasting = {kind.value for kind in PAGES}
    assert lasting
    assert lasting | set(NOTICES) == set(TEXTS["issues"])
    for key, part in TEXTS["issues"].items():
        assert set(part) == {"title", "fix_flow" if key in {*STEPS, "billing"} else "description"}


def steps_of(module: str) -> set[str]:
    return {
        node.name.removeprefix("async_step_")
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("async_step_")
    }


def test_every_step_of_a_repair_has_a_text() -> None:
    assert steps_of("repairs/replace_model.py") == {"init", "confirm", "confirm_changes"}
    assert steps_of("repairs/speech_change.py") == {"init", *MENU}
    for key, steps in STEPS.items():
        flow = TEXTS["issues"][key]["fix_flow"]
        assert set(flow["step"]) == steps
        assert set(flow["abort"]) == {"gone"}
    menus = [TEXTS["issues"][key]["fix_flow"]["step"]["init"]["menu_options"] for key in list(STEPS)[2:]]
    assert [set(menu) for menu in menus] == [MENU, {"switch"}]
    flow = TEXTS["issues"]["billing"]["fix_flow"]
    assert (set(flow["step"]), set(flow["error"]), set(flow["abort"])) == ({"confirm"}, {"failed"}, {"gone"})


def test_every_text_that_the_code_puts_together_is_there() -> None:
    used: set[str] = set()
    for tree in all_trees():
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Name(id="async_text"), args=[_, _, _, ast.Constant(value=str(key)), *_]
                ):
                    used.add(key)
                case ast.Call(
                    func=ast.Attribute(attr="phrase" | "notice"), args=[ast.Constant(value=str(key)), *_]
                ):
                    used.add(key)

    assert used >= {"test_passed", "more_settings"}
    assert used == set(TEXTS["common"])


SPEECH = {"name", "model", "successor", "day", "voice", "new_voice", "price", "new_price", "max_speed"}
STEPS = {
    "model_ending": {"confirm", "confirm_changes"},
    "model_ended": {"confirm", "confirm_changes"},
    "speech_changed": {"init"},
    "speech_changed_for_good": {"init"},
}
"""Fixable repairs, and the pages of their flows."""

MENU = {"switch", "stay"}
NOTICES: dict[str, set[str]] = {
    "model_ending": {"name", "model", "day", "successor", "changes", "prices"},
    "model_ended": {"name", "model", "day", "successor", "changes", "prices"},
    "model_ending_for_good": {"name", "model", "day"},
    "model_ended_for_good": {"name", "model", "day"},
    "broken_calls_account": {"name", "path", "calls", "accounts"},
    "broken_calls_model": {"name", "path", "calls"},
    "broken_calls_action": {"name", "path", "calls"},
    "speech_changed": SPEECH,
    "speech_changed_for_good": SPEECH,
    "no_websocket": {"name"},
    "no_ffmpeg": {"name", "format"},
    "refused_key": {"name", "server"},
    "budget_warning": {"name", "percent", "budget"},
    "budget_limit": {"name", "percent", "budget"},
    "changing_prompt": {"name", "line", "dollars"},
    "usage_file": {"name", "file"},
}
"""Repair issues that warn before anything fails, and the placeholders of their texts."""

LINKS = set(config_flow.LINKS)
QUESTION = {"entities", "expose_url", "tokens", "dollars", "usage_url"}
"""What the form of an agent to talk to says about a question."""

PUT_TOGETHER = {
    *("name", "model", "milliseconds", "prompt", "day", "month", "year"),
    *("settings", "successor", "price", "new_price", "live", "live_price"),
}
"""What the texts that the code puts together are given."""

AGENT_ERRORS = set(ChatForm({}, context_of(None)).placeholders()) | {"problem", "settings"}


def provided_by(kind: SubentryType) -> set[str]:
    """Return what the texts of a form's errors are given."""
    question = QUESTION if kind is SubentryType.CONVERSATION else set()
    form = set(kinds.KINDS[kind].form({}, context_of(kind)).placeholders())
    return form | {"problem", "settings", "notice", "model_note", "name", "server"} | question


PROVIDED: list[tuple[str, Any, set[str]]] = [
    ("user", TEXTS["config"]["step"]["user"], LINKS),
    ("reconfigure", TEXTS["config"]["step"]["reconfigure"], LINKS),
    ("reauth_confirm", TEXTS["config"]["step"]["reauth_confirm"], LINKS | {"name"}),
    ("errors of the account", TEXTS["config"]["error"], {"location", "problem"}),
    ("the model", TEXTS["config"]["step"]["model"], {"server"}),
    ("ends", TEXTS["config"]["abort"], set()),
    ("what comes next", TEXTS["config"]["create_entry"], set(config_flow.NEXT_STEPS) | {"name"}),
    (
        "the agent",
        TEXTS["options"]["step"]["init"],
        QUESTION | {"name", "note", "notice", "model_note", "server"},
    ),
    ("put together", TEXTS["common"], PUT_TOGETHER),
    ("errors of the agent", TEXTS["options"]["error"], AGENT_ERRORS),
    *((kind, texts, provided_by(SubentryType(kind))) for kind, texts in TEXTS["config_subentries"].items()),
    ("choices", TEXTS["selector"], set()),
    ("repairs", {kind.value: TEXTS["issues"][kind] for kind in PAGES}, {"name", "server", "page", "problem"}),
    *((key, TEXTS["issues"][key], provided) for key, provided in NOTICES.items()),
    ("failures", {kind: TEXTS["exceptions"].get(kind, {}) for kind in FailureKind}, {"server", "budget"}),
    (
        "other errors",
        {key: TEXTS["exceptions"].get(key, {}) for key in raised_keys()},
        {
            "file",
            "kinds",
            "question",
            "limit",
            "least",
            "most",
            "field",
            "value",
            "choices",
            "folder",
            "reason",
            "model",
            "server",
            "accounts",
        },
    ),
]


@pytest.mark.parametrize(
    ("texts", "provided"), [row[1:] for row in PROVIDED], ids=[row[0] for row in PROVIDED]
)
def test_texts_ask_only_for_what_they_get(texts: Any, provided: set[str]) -> None:
    asked = set().union(*map(placeholders_in, texts_in(texts)))

    assert asked <= provided


def test_what_errors_of_the_agent_are_given_is_asked_for() -> None:
    texts = [*texts_in(TEXTS["options"]["error"]), *texts_in(texts_of(SubentryType.AI_TASK)["error"])]
    asked = set().union(*map(placeholders_in, texts))

    assert asked == AGENT_ERRORS


def test_links_are_not_in_the_texts() -> None:
    # Home Assistant's rule: addresses come as placeholders, so that translators cannot break them
    examples = {"http://", "https://"}
    words = {word.strip(".,()`") for text in texts_in(TEXTS) for word in text.split() if "://" in word}

    assert words <= examples


NOT_OUR_STYLE = re.compile(
    r"(?i)\b(please|pictures?|e\.g|i\.e|for ever|anew|may type|switch (it|this) (on|off))\b"
)


def test_texts_are_in_home_assistants_style() -> None:
    assert [text for text in texts_in(TEXTS) if NOT_OUR_STYLE.search(text)] == []


@pytest.mark.parametrize("kind", FailureKind)
def test_an_error_can_be_spoken(kind: FailureKind) -> None:
    text = TEXTS["exceptions"][kind]["message"]

    assert not re.search(r"[`*_<>|\[\]/]", re.sub(r"{\w+}", "", text))
    assert text.endswith(".")
    assert len(text) <= 120
