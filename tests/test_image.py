"""The image entity, the media browser, and how long images are kept."""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import probatio as vol
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.openai_conversation.const import DOMAIN
from custom_components.openai_conversation.images.setup import IMAGE_STORE
from homeassistant.components import media_source
from homeassistant.components.image import async_get_image
from homeassistant.components.media_player.errors import BrowseError
from homeassistant.components.media_source import Unresolvable
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.json import json_bytes
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .support.house import House
from .support.images import generate_image
from .support.responses_api import JPEG, PNG, FakeOpenAI

LAST_IMAGE = "image.chatgpt_last_generated_picture"


async def delete_image(hass: HomeAssistant, image: Any) -> None:
    await hass.services.async_call(DOMAIN, "delete_image", {"image": image}, blocking=True)


async def test_before_the_first_image(gallery: House) -> None:
    assert gallery.hass.states.get(LAST_IMAGE).state == "unknown"


async def test_it_shows_the_last_image(hass: HomeAssistant, gallery: House, openai: FakeOpenAI) -> None:
    openai.draws(PNG)
    openai.draws(JPEG)

    await generate_image(gallery, prompt="A cat")
    await generate_image(gallery, prompt="A dog", style="natural")

    image = await async_get_image(hass, LAST_IMAGE)
    assert (image.content, image.content_type) == (JPEG, "image/jpeg")
    state = hass.states.get(LAST_IMAGE)
    assert dt_util.parse_datetime(state.state) is not None
    assert state.attributes["prompt"] == "A dog"
    assert state.attributes["revised_prompt"].startswith("A dog\n\nThe picture is natural")
    assert state.attributes["model"] == "gpt-image-2.5-sunburst"
    assert state.attributes["size"] == "16x8"
    assert state.attributes["expires"].startswith("2026-12-22T12:00")


@pytest.mark.parametrize(
    "revised",
    [
        '"A cat \\ud83d"',
        '"A cat \\u0000\\u001b[31m"',
        '"A cat\\u2028\\u0085"',
        '"A cat' + " very" * 1_000_000 + '"',
        "7",
        "{}",
    ],
    ids=["half an emoji", "control characters", "line breaks", "five megabytes", "a number", "an object"],
)
async def test_what_a_server_says_of_an_image_does_not_break_home_assistant(
    hass: HomeAssistant, gallery: House, openai: FakeOpenAI, hass_client: Any, revised: str
) -> None:
    assert await async_setup_component(hass, "api", {})
    data = base64.b64encode(PNG).decode()
    body = f'{{"data": [{{"b64_json": "{data}", "revised_prompt": {revised}}}]}}'
    openai.does_not_draw(httpx.Response(200, content=body))

    answer = await generate_image(gallery, prompt="A cat", style="natural")
    await gallery.async_load()  # what was stored is read again

    assert json_bytes(answer)
    assert answer["revised_prompt"].startswith("A cat")
    states = await (await hass_client()).get("/api/states")
    assert states.status == 200
    assert len(await states.read()) < 20_000


async def test_a_note_of_earlier_versions_does_not_break_home_assistant(
    hass: HomeAssistant, gallery: House, openai: FakeOpenAI
) -> None:
    openai.draws()
    await generate_image(gallery)
    store = hass.data[IMAGE_STORE]
    note = next(store._folder.glob("*.json"))
    note.write_text(note.read_text().replace("A dog", "A \\ud83d dog"))
    assert "ud83d" in note.read_text()
    await store.async_load()

    await gallery.async_load()

    assert json_bytes(hass.states.get(LAST_IMAGE).as_dict())
    source = await media_source.async_browse_media(hass, f"media-source://{DOMAIN}")
    assert json_bytes(source.as_dict())


async def test_it_is_there_after_a_reload(hass: HomeAssistant, gallery: House, openai: FakeOpenAI) -> None:
    openai.draws()
    await generate_image(gallery)
    before = hass.states.get(LAST_IMAGE).state

    await gallery.async_load()

    assert hass.states.get(LAST_IMAGE).state == before
    assert (await async_get_image(hass, LAST_IMAGE)).content == PNG


@pytest.mark.parametrize(
    ("keep", "days", "is_kept"), [(2, 3, False), (2, 1, True), (0, 999, True), (None, 31, False)]
)
async def test_images_are_kept_as_the_option_says(
    hass: HomeAssistant,
    gallery: House,
    openai: FakeOpenAI,
    today: Any,
    keep: int | None,
    days: int,
    is_kept: bool,
) -> None:
    more = {} if keep is None else {"keep_pictures": keep}
    await gallery.async_load(recommended=True, **more)
    openai.draws()
    answer = await generate_image(gallery)

    today.move_to(dt_util.utcnow() + timedelta(days=days))
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done(wait_background_tasks=True)

    assert (answer["expires"] is None) == (keep == 0)
    assert (hass.states.get(LAST_IMAGE).state != "unknown") is is_kept
    assert len(list(hass.data[IMAGE_STORE].newest_first())) == int(is_kept)


async def test_removing_the_entry_leaves_its_images(
    hass: HomeAssistant, gallery: House, openai: FakeOpenAI, today: Any
) -> None:
    openai.draws()
    await generate_image(gallery)
    await gallery.async_load(recommended=True, keep_pictures=10)

    await hass.config_entries.async_remove(gallery.entry.entry_id)

    today.move_to(dt_util.utcnow() + timedelta(days=9))
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(list(hass.data[IMAGE_STORE].newest_first())) == 1
    today.move_to(dt_util.utcnow() + timedelta(days=2))
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done(wait_background_tasks=True)
    assert list(hass.data[IMAGE_STORE].newest_first()) == []


async def test_the_media_browser(hass: HomeAssistant, gallery: House, openai: FakeOpenAI) -> None:
    assert await async_setup_component(hass, "media_source", {})
    openai.draws()
    openai.draws()
    await generate_image(gallery, prompt="A cat")
    answer = await generate_image(gallery, prompt="A dog")

    root = await media_source.async_browse_media(hass, f"media-source://{DOMAIN}")
    media = await media_source.async_resolve_media(hass, answer["media_content_id"], None)

    assert [child.title for child in root.children] == [
        "A dog (until 2026-12-22)",
        "A cat (until 2026-12-22)",
    ]
    assert root.children[0].media_content_id == answer["media_content_id"]
    assert root.children[0].thumbnail == answer["path"]
    assert (media.url, media.mime_type) == (answer["path"], "image/png")
    assert media.path.read_bytes() == PNG
    assert isinstance(media.path, Path)


async def test_an_image_that_is_kept_forever_has_no_day(
    hass: HomeAssistant, gallery: House, openai: FakeOpenAI
) -> None:
    assert await async_setup_component(hass, "media_source", {})
    await gallery.async_load(recommended=True, keep_pictures=0)
    openai.draws()
    await generate_image(gallery, prompt="A cat")

    root = await media_source.async_browse_media(hass, f"media-source://{DOMAIN}")

    assert [child.title for child in root.children] == ["A cat"]
    assert hass.states.get(LAST_IMAGE).attributes["expires"] is None


@pytest.mark.parametrize("key", ["url", "path", "media_content_id"])
async def test_an_image_is_deleted_by_what_the_action_returned(
    hass: HomeAssistant, gallery: House, openai: FakeOpenAI, hass_client_no_auth: Any, key: str
) -> None:
    openai.draws()
    answer = await generate_image(gallery)

    await delete_image(hass, answer[key])

    assert (await (await hass_client_no_auth()).get(answer["path"])).status == 404
    assert list(hass.data[IMAGE_STORE]._folder.iterdir()) == []
    assert hass.states.get(LAST_IMAGE).state == "unknown"


async def test_an_image_is_deleted_by_picking_it(
    hass: HomeAssistant, gallery: House, openai: FakeOpenAI
) -> None:
    openai.draws(PNG)
    openai.draws(JPEG)
    await generate_image(gallery)
    answer = await generate_image(gallery)
    picked = {"media_content_id": answer["media_content_id"], "media_content_type": "image/jpeg"}

    await delete_image(hass, {**picked, "metadata": {}})

    assert (await async_get_image(hass, LAST_IMAGE)).content == PNG


@pytest.mark.parametrize(
    ("image", "error"),
    [
        ("0" * 32 + ".png", ServiceValidationError),
        ("../../secrets.yaml", ServiceValidationError),
        ({"media_content_type": "image/png"}, vol.Invalid),
        (["x"], vol.Invalid),
    ],
    ids=str,
)
async def test_what_is_no_image_is_not_deleted(
    hass: HomeAssistant, gallery: House, image: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await delete_image(hass, image)


async def test_an_image_that_cannot_be_deleted_stays(
    hass: HomeAssistant, gallery: House, openai: FakeOpenAI
) -> None:
    openai.draws()
    answer = await generate_image(gallery)

    with (
        patch.object(Path, "unlink", side_effect=PermissionError(13, "Permission denied")),
        pytest.raises(HomeAssistantError) as failed,
    ):
        await delete_image(hass, answer["path"])

    assert failed.value.translation_placeholders == {"reason": "Permission denied"}
    assert (await async_get_image(hass, LAST_IMAGE)).content == PNG


async def test_the_image_before_one_that_was_taken_away(
    hass: HomeAssistant, gallery: House, openai: FakeOpenAI
) -> None:
    openai.draws(PNG)
    openai.draws(JPEG)
    await generate_image(gallery, prompt="A cat")
    answer = await generate_image(gallery, prompt="A dog")
    (hass.data[IMAGE_STORE]._folder / answer["path"].rpartition("/")[2]).unlink()

    image = await async_get_image(hass, LAST_IMAGE)
    await hass.async_block_till_done()

    assert image.content == PNG
    assert hass.states.get(LAST_IMAGE).attributes["prompt"] == "A cat"


async def test_all_images_were_taken_away(hass: HomeAssistant, gallery: House, openai: FakeOpenAI) -> None:
    openai.draws()
    answer = await generate_image(gallery)
    (hass.data[IMAGE_STORE]._folder / answer["path"].rpartition("/")[2]).unlink()

    with pytest.raises(HomeAssistantError):
        await async_get_image(hass, LAST_IMAGE)

    assert hass.states.get(LAST_IMAGE).state == "unknown"


async def test_an_image_cannot_be_browsed(hass: HomeAssistant, gallery: House) -> None:
    assert await async_setup_component(hass, "media_source", {})

    with pytest.raises(BrowseError):
        await media_source.async_browse_media(hass, f"media-source://{DOMAIN}/gone.png")


async def test_an_image_that_is_gone_cannot_be_played(hass: HomeAssistant, gallery: House) -> None:
    assert await async_setup_component(hass, "media_source", {})

    with pytest.raises(Unresolvable):
        await media_source.async_resolve_media(hass, f"media-source://{DOMAIN}/gone.png", None)
