"""The rules of the code base: which modules may import which, and what is written where."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path
import re

PACKAGE = "custom_components.openai_conversation"
REPOSITORY = Path(__file__).parents[1]
ROOT = REPOSITORY / "custom_components" / "openai_conversation"

# A module may import what is on lower floors, and its own folder.
# A module that is not named here has a name that Home Assistant looks for: no other module imports it.
FLOORS = [
    {"const", "compat"},
    {"openai_api", "text"},
    {"fallback", "realtime", "usage"},
    {"attachments", "runtime"},
    {"options"},
    {"responses", "images", "audio", "repairs"},
    {"reporting"},
    {"entity", "flows", "services"},
]
TOP_FLOOR = len(FLOORS)
FOLDERS_OF_WORK = {"responses", "images", "audio", "flows"}
PURE = {
    "audio/echo.py",
    "audio/formats.py",
    "audio/languages.py",
    "audio/mp3.py",
    "audio/mp3_start.py",
    "audio/received.py",
    "audio/retry.py",
    "audio/sentences.py",
    "fallback/rules.py",
    "flows/chat.py",
    "flows/chat_fields.py",
    "flows/costs.py",
    "flows/engines.py",
    "flows/fields.py",
    "flows/form.py",
    "images/request.py",
    "openai_api/decisions.py",
    "openai_api/failure_words.py",
    "openai_api/json_body.py",
    "openai_api/model_list.py",
    "openai_api/minute_price.py",
    "openai_api/prices.py",
    "openai_api/server_text.py",
    "openai_api/tokens.py",
    "openai_api/usage.py",
    "options/model_change.py",
    "options/model_choices.py",
    "realtime/guard.py",
    "realtime/reading.py",
    "realtime/resampling.py",
    "realtime/voice.py",
    "repairs/calls.py",
    "responses/answer_shapes.py",
    "responses/answer_text.py",
    "responses/calls.py",
    "responses/events.py",
    "responses/history.py",
    "responses/input_items.py",
    "responses/json_schema.py",
    "responses/json_values.py",
    "responses/output.py",
    "responses/request.py",
    "responses/retry.py",
    "responses/stream.py",
    "responses/timeouts.py",
    "responses/tool_results.py",
    "responses/tools.py",
    "responses/written_calls.py",
    "text/filters.py",
    "text/questions.py",
    "text/rewriter.py",
    "text/thoughts.py",
    "usage/budget.py",
    "usage/counters.py",
    "usage/latency.py",
    "usage/ledger.py",
    "usage/prompt_watch.py",
}

MAY_CATCH_FAILED_REQUESTS = {"openai_api/"}
MAY_NAME_MODELS = {"openai_api/models.py", "openai_api/model_names.py", "openai_api/prices.py"}
MAY_READ_STORED_OPTIONS = {"options/", "flows/", "config_flow.py", "diagnostics.py"}
CALLED_BY_SCRIPTS = {"python314", "setup", "uv"}
MODEL_NAME = re.compile(r"(?<![\w-])(gpt-\w|o\d(-\w+)?$|chat-latest|chatgpt-|dall-e|whisper-|tts-\d|sora-)")

MODULES = {path.relative_to(ROOT).as_posix(): path for path in sorted(ROOT.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}


def modules(*, outside: set[str] = frozenset()) -> dict[str, ast.Module]:
    """Return the modules by their path, without some files and folders."""
    assert len(TREES) >= 20, "the modules were not found"
    chosen = {name: tree for name, tree in TREES.items() if not name.startswith(tuple(outside) or ("//",))}
    assert chosen, "no modules are left to look at"
    return chosen


def part_of(module: str) -> str:
    """Return the folder or module at the top that a module belongs to."""
    return module.partition("/")[0].removesuffix(".py")


def floor_of(part: str) -> int:
    return next((floor for floor, parts in enumerate(FLOORS) if part in parts), TOP_FLOOR)


def imported_names(tree: ast.Module, package: str) -> Iterator[str]:
    """Yield the full names of what a module of a package imports: modules, and what it takes from them."""
    here = package.split(".")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield origin
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def imports_of(module: str) -> Iterator[str]:
    """Yield the modules of ours that a module imports, as paths."""
    package = ".".join([PACKAGE, *module.split("/")[:-1]])
    for name in imported_names(TREES[module], package):
        if name == PACKAGE or name.startswith(f"{PACKAGE}."):
            path = name.removeprefix(PACKAGE).lstrip(".").replace(".", "/")
            yield from (each for each in (f"{path}.py", f"{path}/__init__.py") if each in MODULES)


def imports_below(folder: str) -> Iterator[tuple[str, str]]:
    """Yield each module below a folder of the repository, with the full name of each thing it imports."""
    paths = sorted((REPOSITORY / folder).rglob("*.py"))
    assert paths, f"no modules in {folder}"
    for path in paths:
        module = path.relative_to(REPOSITORY).as_posix()
        for name in imported_names(
            ast.parse(path.read_text("utf-8")), module.rpartition("/")[0].replace("/", ".")
        ):
            yield module, name


def names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield name


def strings_in(tree: ast.AST) -> Iterator[str]:
    """Yield the strings that are not documentation."""
    documentation = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


def test_imports_are_seen() -> None:
    assert set(imports_of("responses/turn.py")) >= {"const.py", "options/chat.py", "responses/exchange.py"}
    assert set(imports_of("options/chat.py")) >= {"const.py", "openai_api/models.py"}
    assert set(imports_of("__init__.py")) >= {"runtime.py", "openai_api/client.py"}


def test_modules_import_from_lower_floors_only() -> None:
    upward = [
        f"{module} imports {imported}"
        for module in modules()
        for imported in imports_of(module)
        if part_of(module) != part_of(imported) and floor_of(part_of(imported)) >= floor_of(part_of(module))
    ]

    assert upward == []


def test_the_floors_that_are_there_are_known() -> None:
    parts = {part_of(module) for module in modules()}

    assert {"const", "openai_api", "options", "runtime", "responses", "flows", "repairs"} <= parts
    assert floor_of("conversation") == floor_of("config_flow") == floor_of("__init__") == TOP_FLOOR


def test_the_folders_of_work_do_not_know_each_other() -> None:
    crossing = [
        f"{module} imports {imported}"
        for module in modules()
        for imported in imports_of(module)
        if {part_of(module), part_of(imported)} <= FOLDERS_OF_WORK and part_of(module) != part_of(imported)
    ]

    assert crossing == []


def test_no_imports_form_a_circle() -> None:
    order = TopologicalSorter({module: set(imports_of(module)) - {module} for module in modules()})

    assert len(list(order.static_order())) == len(MODULES)  # raises CycleError


def test_failed_requests_are_caught_in_one_place() -> None:
    def users(trees: dict[str, ast.Module]) -> list[str]:
        return [name for name, tree in trees.items() if "StatusError" in set(names_in(tree))]

    assert "openai_api/classify.py" in users(modules())
    assert users(modules(outside=MAY_CATCH_FAILED_REQUESTS)) == []


def test_the_sdk_is_not_used() -> None:
    imported = {
        (module, name.partition(".")[0])
        for module, tree in modules().items()
        for name in imported_names(tree, f"{PACKAGE}.{module.rpartition('/')[0]}".rstrip("."))
    }

    assert ("openai_api/http_client.py", "httpx") in imported
    assert [module for module, name in imported if name == "openai"] == []


def test_models_are_named_in_one_place() -> None:
    def named(trees: dict[str, ast.Module]) -> list[tuple[str, str]]:
        return [
            (name, text)
            for name, tree in trees.items()
            for text in strings_in(tree)
            if MODEL_NAME.search(text)
        ]

    assert ("openai_api/models.py", "gpt-4o") in named(modules())
    assert ("openai_api/models.py", "o3-mini") in named(modules())
    assert named(modules(outside=MAY_NAME_MODELS)) == []


def test_stored_options_are_read_in_few_places() -> None:
    def is_read(node: ast.AST) -> bool:
        if not isinstance(node, ast.Attribute):
            return False
        owner = ast.unparse(node.value).rpartition(".")[2]
        return (node.attr == "options" and owner.endswith("entry")) or (
            node.attr == "data" and owner.endswith("subentry")
        )

    def readers(trees: dict[str, ast.Module]) -> list[str]:
        return [name for name, tree in trees.items() if any(map(is_read, ast.walk(tree)))]

    assert "options/entry.py" in readers(modules())
    assert readers(modules(outside=MAY_READ_STORED_OPTIONS)) == []


def test_modules_that_call_themselves_pure_are_checked() -> None:
    pure = {name for name, tree in modules().items() if "Pure." in (ast.get_docstring(tree) or "")}

    assert pure <= PURE


def test_pure_modules_do_not_wait_and_do_not_know_home_assistants_core() -> None:
    assert MODULES.keys() >= PURE
    pure = {name: tree for name, tree in modules().items() if name in PURE}

    for name, tree in pure.items():
        kinds = {type(node) for node in ast.walk(tree)}
        assert not kinds & {ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await}, name
        assert "HomeAssistant" not in set(names_in(tree)), name
        assert "hass" not in set(names_in(tree)), name


def test_httpx_is_known_in_one_folder() -> None:
    users = [name for name, tree in modules().items() if "httpx" in set(names_in(tree))]

    assert users == ["openai_api/classify.py", "openai_api/client.py", "openai_api/http_client.py"]


def test_modules_and_functions_are_short() -> None:
    functions = {
        f"{name}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    lines = {name: len(MODULES[name].read_text("utf-8").splitlines()) for name in modules()}

    assert len(functions) > 100
    assert {name: count for name, count in lines.items() if count >= 300} == {}
    assert {name: count for name, count in functions.items() if count >= 50} == {}


def test_functions_of_tests_and_tools_are_short_too() -> None:
    files = [
        path for folder in ("tests", "benchmarks", "demo") for path in (REPOSITORY / folder).rglob("*.py")
    ]
    functions = {
        f"{path.relative_to(REPOSITORY)}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in files
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }

    assert len(functions) > 1000
    assert {name: count for name, count in functions.items() if count > 50} == {}


def test_the_map_names_each_part_once() -> None:
    assert all(not lower & upper for lower, upper in pairwise(FLOORS))
    assert sum(map(len, FLOORS)) == len(set().union(*FLOORS))


def test_no_folder_looks_like_a_platform() -> None:
    # Home Assistant takes a folder or module at the top for "there is such a platform"
    parts = {part_of(module) for module in modules() if "/" in module}

    assert parts
    assert not parts & {"image", "stt", "tts", "intent", "llm", "backup", "sensor"}


def test_no_test_imports_another_test() -> None:
    files = [
        path for path in (REPOSITORY / "tests").rglob("*.py") if path.stem.startswith(("test_", "conftest"))
    ]
    tests = {".".join(path.relative_to(REPOSITORY).with_suffix("").parts) for path in files}
    crossing = [f"{module} imports {name}" for module, name in imports_below("tests") if name in tests]

    assert tests >= {"tests.conftest", "tests.test_architecture", "tests.e2e.test_assist"}
    assert crossing == []


def test_the_demo_uses_the_harness_and_never_the_other_way_round() -> None:
    imported = {name for _, name in imports_below("demo")}

    assert any(name.startswith("tests.harness.") for name in imported)
    assert not {
        name for name in imported if name.startswith("tests.") and not name.startswith("tests.harness")
    }
    assert [module for module, name in imports_below("tests") if name.split(".")[0] == "demo"] == []


def contributing() -> str:
    return (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")


def test_the_map_shows_each_part_on_its_floor() -> None:
    rows = re.findall(r"^\| (\d) \| (.*?) \|", contributing(), re.MULTILINE)
    shown = {
        (part.rstrip("/").removesuffix(".py"), int(floor))
        for floor, parts in rows
        for part in re.findall(r"`(.*?)`", parts)
    }

    assert shown == {(part_of(module), floor_of(part_of(module))) for module in modules()}


def test_every_path_in_contributing_exists() -> None:
    paths = set(re.findall(r"`([\w/]+(?:/|\.(?:py|json|yaml)))`", contributing()))
    missing = {path for path in paths if not (ROOT / path).exists() and not (REPOSITORY / path).exists()}

    assert paths >= {"options/chat.py", "tests/stand_in/", "services.yaml", "hacs.json"}
    assert missing == set()


def test_every_module_is_in_contributing() -> None:
    text = contributing()

    assert [name for name in modules() if not name.endswith("/__init__.py") and f"`{name}`" not in text] == []


def test_every_script_is_in_contributing() -> None:
    scripts = {path.name for path in (REPOSITORY / "scripts").iterdir()} - CALLED_BY_SCRIPTS
    shown = set(re.findall(r"^scripts/([\w-]+)", contributing(), re.MULTILINE))

    assert shown == scripts
