"""Files of a conversation, as OpenAI takes them."""

import asyncio
import base64
from contextlib import suppress
import os
from pathlib import Path
import stat

import pytest

from custom_components.openai_conversation import attachments
from custom_components.openai_conversation.attachments import (
    async_read_attachments,
    content_part,
)
from homeassistant.components.conversation import AssistantContent, Attachment, Content, UserContent
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

BYTES = b"\x89PNG\r\n"
BASE64 = base64.b64encode(BYTES).decode()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A file that is there."""
    path = tmp_path / "photo.png"
    path.write_bytes(BYTES)
    return path


def user(*files: tuple[Path, str]) -> UserContent:
    attachments = [
        Attachment(media_content_id=str(path), mime_type=mime_type, path=path) for path, mime_type in files
    ]
    return UserContent(content="Look.", attachments=attachments or None)


ANSWER = AssistantContent(agent_id="conversation.us", content="I see.")


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/webp"])
def test_an_image(photo: Path, kind: str) -> None:
    assert content_part(photo, kind) == {
        "type": "input_image",
        "image_url": f"data:{kind};base64,{BASE64}",
        "detail": "auto",
    }


@pytest.mark.parametrize("kind", ["image/jpg", "image/jpeg; charset=binary", "IMAGE/JPEG"])
def test_an_image_by_another_name(photo: Path, kind: str) -> None:
    assert content_part(photo, kind)["image_url"].startswith("data:image/jpeg;base64,")


def test_a_pdf(photo: Path) -> None:
    assert content_part(photo, "application/pdf") == {
        "type": "input_file",
        "filename": "photo.png",
        "file_data": f"data:application/pdf;base64,{BASE64}",
    }


@pytest.mark.parametrize("kind", ["text/plain", "audio/wav", "application/zip", "video/mp4", ""])
def test_another_kind(photo: Path, kind: str) -> None:
    with pytest.raises(HomeAssistantError) as caught:
        content_part(photo, kind)

    assert caught.value.translation_domain == "openai_conversation"
    assert caught.value.translation_key == "attachment_type"
    assert caught.value.translation_placeholders == {
        "file": "photo.png",
        "kinds": "PNG, JPEG, WebP, GIF, PDF",
    }


@pytest.mark.parametrize("name", ["gone.png", "."], ids=["gone", "a folder"])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(HomeAssistantError) as caught:
        content_part(tmp_path / name, "image/png")

    assert caught.value.translation_key == "attachment_missing"
    assert caught.value.translation_placeholders == {"file": (tmp_path / name).name}


async def test_only_the_files_of_the_last_message(hass: HomeAssistant, photo: Path, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(BYTES)
    contents = [user((paper, "application/pdf")), ANSWER, user((photo, "image/png"))]

    parts = await async_read_attachments(hass, contents)

    assert {path: part["type"] for path, part in parts.items()} == {photo: "input_image"}


@pytest.mark.parametrize("contents", [[], [user()], [user(), ANSWER, user()]], ids=["empty", "one", "more"])
async def test_a_conversation_without_files(hass: HomeAssistant, contents: list[Content]) -> None:
    assert await async_read_attachments(hass, contents) == {}


@pytest.mark.parametrize("kind", ["image/png", "text/plain"], ids=["gone", "of another kind"])
async def test_a_new_file_that_cannot_be_sent_is_reported(
    hass: HomeAssistant, tmp_path: Path, kind: str
) -> None:
    contents = [user((tmp_path / "gone.png", kind))]

    with pytest.raises(HomeAssistantError) as caught:
        await async_read_attachments(hass, contents)

    assert (caught.value.translation_placeholders or {})["file"] == "gone.png"


async def test_an_old_file_may_be_gone_when_a_new_one_comes(
    hass: HomeAssistant, photo: Path, tmp_path: Path
) -> None:
    contents = [user((tmp_path / "gone.png", "image/png")), ANSWER, user((photo, "image/png"))]

    assert set(await async_read_attachments(hass, contents)) == {photo}


async def test_an_old_file_may_be_gone_when_the_conversation_goes_on(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    contents = [user((tmp_path / "gone.png", "image/png")), ANSWER, user()]

    assert await async_read_attachments(hass, contents) == {}


async def test_a_new_file_is_missed_also_behind_a_tool_round(hass: HomeAssistant, tmp_path: Path) -> None:
    contents = [user((tmp_path / "gone.png", "image/png")), ANSWER]

    with pytest.raises(HomeAssistantError):
        await async_read_attachments(hass, contents)


async def test_a_pipe_is_not_waited_for(hass: HomeAssistant, tmp_path: Path) -> None:
    pipe = tmp_path / "photo.png"
    os.mkfifo(pipe)

    async with asyncio.timeout(5):
        with pytest.raises(HomeAssistantError) as caught:
            await async_read_attachments(hass, [user((pipe, "image/png"))])

    assert caught.value.translation_key == "attachment_missing"


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_device_is_not_a_file(path: str) -> None:
    with pytest.raises(HomeAssistantError) as caught:
        content_part(Path(path), "image/png")

    assert caught.value.translation_key == "attachment_missing"


def test_a_socket_is_not_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    os.mknod("photo.png", stat.S_IFSOCK)

    with pytest.raises(HomeAssistantError) as caught:
        content_part(Path("photo.png"), "image/png")

    assert caught.value.translation_key == "attachment_missing"


def test_an_empty_file(photo: Path) -> None:
    photo.write_bytes(b"")

    with pytest.raises(HomeAssistantError) as caught:
        content_part(photo, "image/png")

    assert caught.value.translation_key == "attachment_missing"


def test_a_file_that_is_too_large_is_not_read(photo: Path) -> None:
    os.truncate(photo, 60 * 1024 * 1024)

    with pytest.raises(HomeAssistantError) as caught:
        content_part(photo, "image/png")

    assert caught.value.translation_key == "attachment_too_large"
    assert caught.value.translation_placeholders == {"file": "photo.png", "limit": "50"}


async def test_files_that_are_too_large_together(
    hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MAX_FILE", 3 * len(BYTES))
    photos = [tmp_path / f"{number}.png" for number in range(4)]
    for path in photos:
        path.write_bytes(BYTES)

    assert len(await async_read_attachments(hass, [user(*((path, "image/png") for path in photos[:3]))])) == 3
    with pytest.raises(HomeAssistantError) as caught:
        await async_read_attachments(hass, [user(*((path, "image/png") for path in photos))])

    assert (caught.value.translation_placeholders or {})["file"] == "3.png"


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize("name", ["photo.png", "gone.png", "."], ids=["a file", "gone", "a folder"])
def test_no_file_stays_open(photo: Path, name: str) -> None:
    before = open_files()
    for _ in range(5):
        with suppress(HomeAssistantError):
            content_part(photo.parent / name, "image/png")

    assert open_files() == before
