"""README and docs: links lead somewhere, what is quoted exists, and each error and issue has its place."""

import json
from pathlib import Path
import re
from typing import Any, Final

import pytest

from custom_components.openai_conversation.repairs.issues import documentation_url
from homeassistant.core import HomeAssistant

from .support.house import House

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = {
    path.relative_to(ROOT).as_posix(): path for path in (ROOT / "README.md", *ROOT.glob("docs/*.md"))
}
TEXTS: Final[dict[str, Any]] = json.loads(
    (ROOT / "custom_components" / "openai_conversation" / "translations" / "en.json").read_text("utf-8")
)
CODE: Final = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
LINK: Final = re.compile(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)")
QUOTED_ROW: Final = re.compile(r'^\| "([^"]+)" \|', re.MULTILINE)


def sections(page: Path) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def first_sentence(message: str) -> str:
    """Return how the docs quote a message: its first sentence, of OpenAI, with dots for what varies."""
    words = re.sub(r"\{\w+\}", "…", message.replace("{server}", "OpenAI"))
    return re.split(r"(?<=[.?!]) ", words)[0].rstrip(".")


SENTENCES: Final = {key: first_sentence(text["message"]) for key, text in TEXTS["exceptions"].items()}


@pytest.mark.parametrize("name", PAGES)
def test_a_link_leads_somewhere(name: str) -> None:
    page = PAGES[name]
    broken = [
        f"{file}#{anchor}"
        for file, anchor in LINK.findall(CODE.sub("", page.read_text("utf-8")))
        if not (target := (page.parent / file) if file else page).exists()
        or (anchor and anchor not in sections(target))
    ]
    assert broken == []


@pytest.mark.parametrize("name", PAGES)
def test_a_quoted_sentence_exists(name: str) -> None:
    quoted = set(QUOTED_ROW.findall(PAGES[name].read_text("utf-8")))
    assert quoted <= set(SENTENCES.values())


@pytest.mark.parametrize("key", SENTENCES)
def test_a_spoken_error_has_its_row(key: str) -> None:
    quoted = QUOTED_ROW.findall(PAGES["docs/troubleshooting.md"].read_text("utf-8"))
    assert quoted.count(SENTENCES[key]) == 1


@pytest.mark.parametrize("key", TEXTS["issues"])
async def test_a_repair_issue_has_its_section(hass: HomeAssistant, house: House, key: str) -> None:
    home, _, page = documentation_url(hass, key).partition("/blob/main/")
    name, _, anchor = page.partition("#")

    manifest = json.loads(
        (ROOT / "custom_components" / "openai_conversation" / "manifest.json").read_text("utf-8")
    )
    assert home == manifest["documentation"]
    assert anchor in sections(PAGES[name])


def test_every_page_is_in_the_table_of_the_readme() -> None:
    readme = PAGES["README.md"].read_text("utf-8")
    assert [name for name in PAGES if name != "README.md" and f"({name})" not in readme] == []
