"""The action `generate_image`, as automations call it."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient
import httpx
from PIL import Image
from PIL.PngImagePlugin import PngImageFile
import pytest

from custom_components.openai_conversation.const import DOMAIN, Server
from custom_components.openai_conversation.images import generator
from custom_components.openai_conversation.images.setup import IMAGE_STORE
from custom_components.openai_conversation.images.store import NAME
from custom_components.openai_conversation.openai_api.catalog import Catalog
from homeassistant.components.http import ApiConfig
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir

from .support.account import new_account
from .support.house import House
from .support.images import HOME_URL, generate_image
from .support.responses_api import BASE_URL, JPEG, PNG, WEBP, FakeOpenAI

VIVID = "\n\nThe picture is vivid: hyper-real and dramatic."

type Client = Callable[[], Any]


def folder(house: House) -> list[str]:
    path = house.hass.data[IMAGE_STORE]._folder
    return sorted(each.name for each in path.iterdir()) if path.exists() else []


async def call(house: House, action: str, **fields: Any) -> Any:
    return await house.hass.services.async_call(DOMAIN, action, fields, blocking=True, return_response=True)


async def test_the_example_of_2024(gallery: House, openai: FakeOpenAI, hass_client_no_auth: Client) -> None:
    openai.draws()

    answer = await generate_image(gallery, size="1024x1024", quality="standard", style="vivid")

    assert openai.image_requests == [
        {
            "model": "gpt-image-2.5-sunburst",
            "prompt": f"A dog chasing cats{VIVID}",
            "size": "1024x1024",
            "quality": "medium",
        }
    ]
    path = answer["path"]
    name = path.rpartition("/")[2]
    assert NAME.fullmatch(name)
    assert answer == {
        "url": HOME_URL + path,
        "revised_prompt": f"A dog chasing cats{VIVID}",
        "path": path,
        "media_content_id": f"media-source://{DOMAIN}/{name}",
        "model": "gpt-image-2.5-sunburst",
        "size": "16x8",
        "expires": "2026-12-22T12:00:" + answer["expires"][17:],
        "usage": {"input_tokens": 0, "cached_tokens": 0, "output_tokens": 0},
        "cost": 0.0,
    }
    assert len(answer["url"]) < 255
    response = await (await hass_client_no_auth()).get(path)
    assert (response.status, await response.read()) == (200, PNG)


async def test_the_defaults_are_those_of_the_example(gallery: House, openai: FakeOpenAI) -> None:
    openai.draws()
    openai.draws()

    await generate_image(gallery)
    await generate_image(gallery, size="1024x1024", quality="standard", style="vivid")

    assert openai.image_requests[0] == openai.image_requests[1]


async def test_the_only_account_need_not_be_named(gallery: House, openai: FakeOpenAI) -> None:
    openai.draws()
    openai.says("A text.")

    await call(gallery, "generate_image", prompt="A dog")
    answer = await call(gallery, "generate_content", prompt="Write.")

    assert openai.image_requests[0]["prompt"] == "A dog"  # nobody asked for a style
    assert answer["text"] == "A text."


@pytest.mark.parametrize("action", ["generate_image", "generate_content"])
async def test_several_accounts_are_listed_to_choose_from(gallery: House, action: str) -> None:
    other = new_account()
    other.add_to_hass(gallery.hass)
    gallery.hass.config_entries.async_update_entry(other, title="ChatGPT 2")

    with pytest.raises(ServiceValidationError) as refused:
        await call(gallery, action, prompt="A dog")

    assert refused.value.translation_placeholders == {
        "accounts": f"{gallery.entry.entry_id} (ChatGPT), {other.entry_id} (ChatGPT 2)"
    }


async def test_a_disabled_account_is_no_choice(gallery: House, openai: FakeOpenAI) -> None:
    new_account(disabled_by=ConfigEntryDisabler.USER).add_to_hass(gallery.hass)
    openai.draws()

    assert (await call(gallery, "generate_image", prompt="A dog"))["url"]


async def test_a_size_as_a_number(gallery: House, openai: FakeOpenAI) -> None:
    openai.draws()

    await generate_image(gallery, size=512)

    assert openai.image_requests[0]["size"] == "1024x1024"


async def test_the_prompt_that_openai_made_of_it(gallery: House, openai: FakeOpenAI) -> None:
    openai.draws(revised_prompt="A small dog.")

    assert (await generate_image(gallery))["revised_prompt"] == "A small dog."


@pytest.mark.parametrize(("model", "warnings"), [("dall-e-3", 1), ("gpt-image-1", 1), ("gpt-image-2", 0)])
async def test_a_model_of_the_past_is_replaced(
    gallery: House, openai: FakeOpenAI, caplog: pytest.LogCaptureFixture, model: str, warnings: int
) -> None:
    openai.draws()
    openai.draws()

    await generate_image(gallery, model=model)
    await generate_image(gallery, model=model)

    used = {request["model"] for request in openai.image_requests}
    assert used == ({"gpt-image-2.5-sunburst"} if warnings else {model})
    assert caplog.text.count("images are made by") == warnings


async def test_a_size_that_the_model_refuses_after_all(gallery: House, openai: FakeOpenAI) -> None:
    refused = {"message": "Invalid size", "param": "size", "code": "invalid_value", "type": "x"}
    openai.does_not_draw(httpx.Response(400, json={"error": refused}))
    openai.draws()

    await generate_image(gallery, size="1792x1024")

    assert [request["size"] for request in openai.image_requests] == ["1792x1024", "1536x1024"]


async def test_two_at_once_are_two_images(gallery: House, openai: FakeOpenAI) -> None:
    openai.draws()
    openai.draws()

    one, other = await asyncio.gather(generate_image(gallery), generate_image(gallery))

    assert one["url"] != other["url"]
    assert len(folder(gallery)) == 4


@pytest.mark.parametrize(
    ("data", "content_type"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")]
)
async def test_the_address_of_an_image(
    gallery: House, openai: FakeOpenAI, hass_client_no_auth: Client, data: bytes, content_type: str
) -> None:
    openai.draws(data)
    path = (await generate_image(gallery))["path"]
    client: TestClient[Any, Any] = await hass_client_no_auth()

    for method in ("GET", "HEAD"):
        response = await client.request(method, path)
        assert response.status == 200
        assert response.headers["Content-Type"] == content_type
        assert response.headers["Cache-Control"].startswith("private")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert await response.read() == (data if method == "GET" else b"")


@pytest.mark.parametrize(
    "name",
    [
        "0" * 32 + ".png",
        "%2e%2e%2fsecrets.yaml",
        "..%2f..%2fconfiguration.yaml",
        "{name}.json",
        "{name}%00",
        "",
        "x",
    ],
)
async def test_everything_else_is_not_found(
    gallery: House, openai: FakeOpenAI, hass_client_no_auth: Client, name: str
) -> None:
    openai.draws()
    base, _, image = (await generate_image(gallery))["path"].rpartition("/")

    response = await (await hass_client_no_auth()).get(f"{base}/{name.replace('{name}', image)}")

    # Home Assistant itself answers 400 to what looks like an attack
    assert response.status in ((400, 404) if "%2f" in name else (404,))


async def test_an_image_that_somebody_took_away(
    gallery: House, openai: FakeOpenAI, hass_client_no_auth: Client
) -> None:
    openai.draws()
    path = (await generate_image(gallery))["path"]
    for file in gallery.hass.data[IMAGE_STORE]._folder.iterdir():
        file.unlink()

    assert (await (await hass_client_no_auth()).get(path)).status == 404


async def test_a_server_that_answers_with_an_address(gallery: House, openai: FakeOpenAI) -> None:
    openai.router.get("http://192.168.1.20/cat.jpg").respond(content=JPEG)
    openai.draws(None, url="http://192.168.1.20/cat.jpg")

    answer = await generate_image(gallery)

    assert answer["url"].startswith(HOME_URL)
    assert answer["url"].endswith(".jpg")


# --- what goes wrong ---


@pytest.mark.parametrize(
    ("status", "error", "key"),
    [
        (400, {"code": "moderation_blocked"}, "refused"),
        (401, {"code": "invalid_api_key"}, "auth"),
        (403, {"message": "Your organization must be verified to use this model."}, "organization"),
        (429, {"type": "insufficient_quota"}, "billing"),
        (429, {"code": "rate_limit_exceeded"}, "rate_limit"),
        (404, {"code": "model_not_found"}, "image_model"),
        (400, {"code": "unsupported_value", "param": "background"}, "image_settings"),
        (400, {"code": "invalid_image_quality"}, "image_settings"),
        (400, {"type": "invalid_request_error", "param": "quality"}, "image_settings"),
        (400, {"type": "image_generation_user_error"}, "refused"),
        (500, {}, "server"),
    ],
)
async def test_a_failure_is_one_sentence(
    gallery: House, openai: FakeOpenAI, status: int, error: dict[str, str], key: str
) -> None:
    openai.does_not_draw(httpx.Response(status, json={"error": {"message": "No.", **error}}))

    with pytest.raises(HomeAssistantError) as failed:
        await generate_image(gallery)

    assert failed.value.translation_key == key
    assert folder(gallery) == []


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (httpx.ReadTimeout("no answer"), "timeout"),
        (httpx.ConnectError("no network"), "connection"),
        (httpx.Response(200, json={"created": 1, "data": []}), "no_image"),
        (httpx.Response(200, json={"created": 1, "data": [{"b64_json": "?!"}]}), "no_image"),
        (httpx.Response(200, json={"created": 1, "data": [{"b64_json": "aGVsbG8="}]}), "no_image"),
        (httpx.Response(200, json={"created": 1, "data": [{"url": "file:///etc/passwd"}]}), "no_image"),
        (httpx.Response(200, json={"created": 1, "data": [{"url": "http://gone/"}]}), "no_image"),
        (httpx.Response(200, json={"created": 1, "data": [{"url": "http://page/"}]}), "no_image"),
        (httpx.Response(200, json={"created": 1, "data": [{"url": "http://[::1"}]}), "no_image"),
        (httpx.Response(200, json={"created": 1, "data": [{"url": 5}]}), "no_image"),
        (httpx.Response(200, json={"created": 1, "data": [{"b64_json": 5}]}), "no_image"),
        (httpx.Response(200, json={"created": 1, "data": [{"b64_json": "ü"}]}), "no_image"),
        (httpx.Response(200, json={"created": 1, "data": ["x"]}), "no_image"),
        (httpx.Response(200, json=[]), "no_image"),
        (httpx.Response(200, text="<html>"), "no_image"),
        (
            httpx.Response(200, json={"data": [{"b64_json": base64.b64encode(PNG[:40]).decode()}]}),
            "no_image",
        ),
    ],
    ids=[
        "timeout",
        "network",
        "empty",
        "bad base64",
        "no image",
        "no web address",
        "gone",
        "a web page",
        "no address at all",
        "a number for an address",
        "a number for an image",
        "not even text",
        "text for an image",
        "a list",
        "a page",
        "half an image",
    ],
)
async def test_an_answer_without_an_image(
    gallery: House, openai: FakeOpenAI, answer: httpx.Response | Exception, key: str
) -> None:
    openai.router.get("http://gone/").respond(404)
    openai.router.get("http://page/").respond(html="<html>")
    openai.does_not_draw(answer)

    with pytest.raises(HomeAssistantError) as failed:
        await generate_image(gallery)

    assert failed.value.translation_key == key
    assert folder(gallery) == []


async def test_the_organization_gets_a_repair_issue(
    gallery: House, openai: FakeOpenAI, issue_registry: ir.IssueRegistry
) -> None:
    error = {"message": "Your organization must be verified to use this model."}
    openai.does_not_draw(httpx.Response(403, json={"error": error}))

    with pytest.raises(HomeAssistantError):
        await generate_image(gallery)

    assert issue_registry.async_get_issue(DOMAIN, f"organization_images_{gallery.entry.entry_id}")


async def test_a_field_out_of_range_costs_nothing(gallery: House, openai: FakeOpenAI) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await generate_image(gallery, quality="best")

    assert refused.value.translation_key == "image_field"
    assert openai.image_requests == []


async def test_without_an_address_no_image_is_requested(house: House, openai: FakeOpenAI) -> None:
    # with HTTPS its IP address is none that a certificate could be for
    house.hass.config.api = ApiConfig("192.168.1.10", "192.168.1.10", 8123, use_ssl=True)

    with pytest.raises(ServiceValidationError) as refused:
        await generate_image(house)

    assert refused.value.translation_key == "no_url"
    assert openai.image_requests == []


@pytest.mark.parametrize("entry_id", ["unknown", None])
async def test_an_entry_that_is_not_there_or_not_loaded(gallery: House, entry_id: str | None) -> None:
    if entry_id is None:
        await gallery.hass.config_entries.async_unload(gallery.entry.entry_id)

    with pytest.raises(ServiceValidationError):
        await generate_image(gallery, config_entry=entry_id or gallery.entry.entry_id)


async def test_a_folder_that_cannot_be_written(gallery: House, openai: FakeOpenAI, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    gallery.hass.data[IMAGE_STORE]._folder = tmp_path / "file"
    openai.draws()

    with pytest.raises(HomeAssistantError) as failed:
        await generate_image(gallery)

    assert failed.value.translation_key == "image_not_kept"
    assert list(gallery.hass.data[IMAGE_STORE].newest_first()) == []


async def test_a_server_of_ones_own_gets_its_own_names(gallery: House, openai: FakeOpenAI) -> None:
    gallery.entry.runtime_data.server = Server.COMPATIBLE
    gallery.entry.runtime_data.catalog = Catalog(models=("llama", "my-image-maker", "dall-e-3"))
    openai.images.checks = False
    openai.draws()
    openai.draws()

    await generate_image(gallery)
    await generate_image(gallery, model="dall-e-3")

    assert [request["model"] for request in openai.image_requests] == ["my-image-maker", "dall-e-3"]


@pytest.mark.parametrize(
    ("listed", "used"),
    [
        ("gpt-image-2.5-flare", "gpt-image-2.5-flare"),
        ("gpt-image-2-2026-04-21", "gpt-image-2-2026-04-21"),
        ("gpt-image-1.5", "gpt-image-2.6-sunburst"),
    ],
)
async def test_the_best_model_that_the_account_has(
    gallery: House, openai: FakeOpenAI, listed: str, used: str
) -> None:
    gallery.entry.runtime_data.catalog = Catalog(models=(listed,))
    openai.draws()

    await generate_image(gallery)

    assert openai.image_requests[0]["model"] == used


async def test_images_and_conversations_have_repair_issues_of_their_own(
    gallery: House, openai: FakeOpenAI, issue_registry: ir.IssueRegistry
) -> None:
    error = {"message": "Your organization must be verified to use this model."}
    openai.does_not_draw(httpx.Response(403, json={"error": error}))
    openai.says("Hello.")
    openai.draws()
    issue = (DOMAIN, f"organization_images_{gallery.entry.entry_id}")

    with pytest.raises(HomeAssistantError):
        await generate_image(gallery)
    await gallery.hears("Hi")
    assert issue in issue_registry.issues
    await generate_image(gallery)

    assert issue not in issue_registry.issues


async def test_a_model_with_a_slip_is_the_callers_fault(
    gallery: House, openai: FakeOpenAI, issue_registry: ir.IssueRegistry
) -> None:
    openai.images.checks = False
    openai.does_not_draw(httpx.Response(404, json={"error": {"code": "model_not_found"}}))

    with pytest.raises(ServiceValidationError) as refused:
        await generate_image(gallery, model="gpt-imagine-2")

    assert refused.value.translation_placeholders == {"model": "gpt-imagine-2", "server": "OpenAI"}
    assert [domain for domain, _ in issue_registry.issues if domain == DOMAIN] == []


def wide_image(side: int) -> bytes:
    """Return a small file that takes a lot of memory once it is decoded."""
    file = BytesIO()
    Image.new("1", (side, side)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
async def test_an_image_that_would_take_all_the_memory(
    gallery: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    openai.draws(wide_image(13_000))
    monkeypatch.setattr(PngImageFile, "load", lambda _: pytest.fail("it was decoded"))

    with pytest.raises(HomeAssistantError) as failed:
        await generate_image(gallery)

    assert failed.value.translation_key == "no_image"
    assert "13000 x 13000" in str(failed.value.failure.detail)
    assert folder(gallery) == []


async def test_a_large_image_that_small_computers_can_take(gallery: House, openai: FakeOpenAI) -> None:
    openai.draws(wide_image(4096))

    assert (await generate_image(gallery))["size"] == "4096x4096"


async def test_an_answer_that_never_ends(
    gallery: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(1024 * 1024)

    openai.does_not_draw(httpx.Response(200, content=endless()))

    with pytest.raises(HomeAssistantError) as failed:
        await generate_image(gallery)

    assert failed.value.translation_key == "no_image"


async def test_an_image_as_a_data_url(gallery: House, openai: FakeOpenAI) -> None:
    content = {"b64_json": "data:image/png;base64," + base64.b64encode(PNG).decode()}
    openai.does_not_draw(httpx.Response(200, json={"data": [content]}))

    assert (await generate_image(gallery))["size"] == "16x8"


async def test_an_image_that_takes_too_long(
    gallery: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator, "GENERATION_TIMEOUT", 0.01)

    async def never(_request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    openai.router.post(f"{BASE_URL}/images/generations").mock(side_effect=never)

    with pytest.raises(HomeAssistantError) as failed:
        await generate_image(gallery)

    assert failed.value.translation_key == "timeout"


# --- texts ---


async def write(house: House, **fields: Any) -> str:
    data = {"config_entry": house.entry.entry_id, "prompt": "Write.", **fields}
    answer = await house.hass.services.async_call(
        DOMAIN, "generate_content", data, blocking=True, return_response=True
    )
    assert set(answer) == {"text", "usage", "cost"}
    return str(answer["text"])


async def test_a_text(house: House, openai: FakeOpenAI) -> None:
    openai.says("**A** text.")

    assert await write(house) == "**A** text."

    assert openai.request["instructions"] == ""
    assert openai.request["input"] == [{"type": "message", "role": "user", "content": "Write."}]
    assert "tools" not in openai.request
    assert openai.request["reasoning"] == {"effort": "low"}


async def test_a_text_by_the_settings_of_the_first_agent(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(chat_model="gpt-6.1-terra", max_tokens=500, web_search=True, prompt="Be a pirate.")
    openai.says("A text.")
    openai.says("Arr.")

    await write(house)
    await house.hears("Hello")

    written, said = openai.requests
    assert (written["model"], written["max_output_tokens"]) == ("gpt-6.1-terra", 500)
    assert "tools" not in written
    assert [tool["type"] for tool in said["tools"]] == ["web_search"]
    assert len(said["input"]) == 1


async def test_a_text_of_an_account_without_an_agent(house: House, openai: FakeOpenAI) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={})
    await house.hass.async_block_till_done()
    openai.says("A text.")

    assert await write(house) == "A text."


@pytest.fixture
def allowed(house: House, tmp_path: Path) -> Path:
    """A folder that Home Assistant may read, in one that it may not."""
    folder = tmp_path / "allowed"
    folder.mkdir()
    (folder / "door.png").write_bytes(PNG)
    (folder / "paper.pdf").write_bytes(b"%PDF")
    (tmp_path / "secret.png").write_bytes(PNG)
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    house.hass.config.allowlist_external_dirs = {str(folder)}
    return folder


async def test_a_text_about_files(house: House, openai: FakeOpenAI, allowed: Path) -> None:
    openai.says("A door.")
    openai.says("A door and a paper.")

    await write(house, filenames=str(allowed / "door.png"))
    await write(house, filenames=[str(allowed / "door.png"), str(allowed / "paper.pdf")])

    kinds = [[part["type"] for part in request["input"][0]["content"]] for request in openai.requests]
    assert kinds == [["input_text", "input_image"], ["input_text", "input_image", "input_file"]]


@pytest.mark.parametrize(
    "name", ["../secret.png", "link.png", "../allowed/../secret.png", "../gone.png", "nul\0.png"]
)
async def test_a_file_that_home_assistant_may_not_read(
    house: House, openai: FakeOpenAI, allowed: Path, name: str
) -> None:
    with pytest.raises(ServiceValidationError, match="allowlist_external_dirs") as refused:
        await write(house, filenames=[str(allowed / "door.png"), str(allowed / name)])

    assert refused.value.translation_placeholders == {"file": str(allowed / name)}
    assert openai.requests == []


@pytest.mark.parametrize(
    ("name", "key"),
    [("gone.png", "attachment_missing"), ("notes.txt", "attachment_type"), ("x", "attachment_type")],
)
async def test_a_file_that_cannot_be_sent(
    house: House, openai: FakeOpenAI, allowed: Path, name: str, key: str
) -> None:
    (allowed / "notes.txt").write_text("Notes.")

    with pytest.raises(HomeAssistantError) as refused:
        await write(house, filenames=str(allowed / name))

    assert refused.value.translation_key == key
    assert openai.requests == []


async def test_a_text_that_fails(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(401, code="invalid_api_key")

    with pytest.raises(HomeAssistantError) as failed:
        await write(house)

    assert failed.value.translation_key == "auth"
    assert [flow["context"]["source"] for flow in house.entry.async_get_active_flows(house.hass, {"reauth"})]
