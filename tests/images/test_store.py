"""The images on disk."""

import asyncio
from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.openai_conversation.images.store import ImageStore, StoredImage
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

NOTE: dict[str, Any] = {
    "entry_id": "entry",
    "prompt": "A dog",
    "revised_prompt": "A small dog",
    "model": "gpt-image-2",
    "size": "1024x1024",
    "keep_days": 30,
}


@pytest.fixture
def library(hass: HomeAssistant, tmp_path: Path) -> ImageStore:
    return ImageStore(hass, tmp_path / "pictures")


async def reopened(hass: HomeAssistant, library: ImageStore) -> list[StoredImage]:
    again = ImageStore(hass, library._folder)
    await again.async_load()
    return list(again.newest_first())


async def test_it_is_all_there_after_a_restart(hass: HomeAssistant, library: ImageStore) -> None:
    first = await library.async_add(b"first", "png", **NOTE)
    second = await library.async_add(b"second", "jpg", **NOTE)

    assert await reopened(hass, library) == [second, first] == list(library.newest_first())
    assert await library.async_read(first) == b"first"


async def test_images_of_an_entry(library: ImageStore) -> None:
    await library.async_add(b"first", "png", **NOTE)
    other = await library.async_add(b"second", "png", **{**NOTE, "entry_id": "other"})

    assert list(library.newest_first("other")) == [other]


async def test_nothing_is_there_before_the_first_image(hass: HomeAssistant, library: ImageStore) -> None:
    assert await reopened(hass, library) == []


async def test_images_are_deleted_when_they_expire(
    hass: HomeAssistant, library: ImageStore, today: Any
) -> None:
    changes: list[str] = []
    old = await library.async_add(b"old", "png", **NOTE)
    kept = await library.async_add(b"kept", "png", **{**NOTE, "entry_id": "forever"})
    library.async_listen(lambda: changes.append("change"))

    def keep_days(image: StoredImage) -> int:
        return 0 if image.entry_id == "forever" else image.keep_days

    today.move_to("2026-12-22 11:59")
    await library.async_expire(keep_days)
    assert changes == []
    today.move_to("2026-12-22 12:01")
    await library.async_expire(keep_days)

    assert changes == ["change"]
    assert list(library.newest_first()) == [kept] == await reopened(hass, library)
    assert await library.async_find(old.name) is None
    assert not (library._folder / old.name).exists()


async def test_an_image_that_cannot_be_removed_stays(
    library: ImageStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    image = await library.async_add(b"old", "png", **{**NOTE, "keep_days": -1})
    monkeypatch.setattr(Path, "unlink", lambda *_args, **_more: (_ for _ in ()).throw(OSError("read-only")))

    await library.async_expire(lambda image: image.keep_days)

    assert list(library.newest_first()) == [image]
    assert "read-only" in caplog.text


@pytest.mark.parametrize("method", ["write_bytes", "write_text", "replace"])
async def test_a_full_disk_leaves_nothing_behind(
    hass: HomeAssistant, library: ImageStore, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    kept = await library.async_add(b"kept", "png", **NOTE)
    files = sorted(library._folder.iterdir())

    def fail(*_args: Any, **_more: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, method, fail)
    with pytest.raises(HomeAssistantError) as failed:
        await library.async_add(b"lost", "png", **NOTE)

    assert failed.value.translation_placeholders["reason"] == "No space left on device"
    assert sorted(library._folder.iterdir()) == files
    assert list(library.newest_first()) == [kept]


async def test_leftovers_of_a_crash_are_swept_up(hass: HomeAssistant, library: ImageStore) -> None:
    kept = await library.async_add(b"kept", "png", **NOTE)
    lost = await library.async_add(b"lost", "png", **NOTE)
    (library._folder / lost.name).unlink()
    (library._folder / "half.tmp").write_bytes(b"half")
    (library._folder / "broken.json").write_text("{", encoding="utf-8")

    assert await reopened(hass, library) == [kept]
    left = sorted(path.name for path in library._folder.iterdir())
    assert left == sorted([kept.name, f"{kept.name}.json", "broken.json"])


async def test_an_image_without_a_note_is_swept_up(hass: HomeAssistant, library: ImageStore) -> None:
    image = await library.async_add(b"kept", "png", **NOTE)
    (library._folder / f"{image.name}.json").write_text("", encoding="utf-8")
    (library._folder / "holiday.png").write_bytes(b"somebody else's")

    assert await reopened(hass, library) == []
    assert [path.name for path in library._folder.iterdir()] == ["holiday.png"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": None},
        {"created": "x"},
        {"created": 1e20},
        {"keep_days": "30"},
        {"keep_days": 10**9},
        {"prompt": 5},
        {"colour": "teal"},
    ],
    ids=str,
)
async def test_a_note_that_cannot_be_does_no_harm(
    hass: HomeAssistant, library: ImageStore, wrong: dict[str, Any]
) -> None:
    kept = await library.async_add(b"kept", "png", **NOTE)
    image = await library.async_add(b"lost", "png", **NOTE)
    note = library._folder / f"{image.name}.json"
    note.write_text(json.dumps(json.loads(note.read_text()) | wrong), encoding="utf-8")

    assert await reopened(hass, library) == [kept]


async def test_who_stops_waiting_does_not_lose_the_image(
    hass: HomeAssistant, library: ImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, disk_has_time = hass.async_add_executor_job, asyncio.Event()

    async def write_later(*job: Any) -> Any:
        await disk_has_time.wait()
        return await write(*job)

    monkeypatch.setattr(hass, "async_add_executor_job", write_later)
    task = hass.async_create_task(library.async_add(b"paid", "png", **NOTE))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    disk_has_time.set()
    await hass.async_block_till_done()

    assert len(list(library.newest_first())) == 1
    assert len(await reopened(hass, library)) == 1


async def test_a_note_that_cannot_be_read_now_is_kept(
    hass: HomeAssistant, library: ImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = await library.async_add(b"kept", "png", **NOTE)
    with monkeypatch.context() as broken:
        broken.setattr(Path, "read_text", lambda *_args, **_more: (_ for _ in ()).throw(OSError("busy")))
        assert await reopened(hass, library) == []

    assert await reopened(hass, library) == [image]


async def test_how_long_the_images_of_a_removed_entry_stay(hass: HomeAssistant, library: ImageStore) -> None:
    await library.async_add(b"kept", "png", **NOTE)

    await library.async_keep_for("entry", 0)

    assert [image.keep_days for image in await reopened(hass, library)] == [0]
    assert [image.keep_days for image in library.newest_first()] == [0]


async def test_a_note_cannot_lead_out_of_the_folder(hass: HomeAssistant, library: ImageStore) -> None:
    image = await library.async_add(b"kept", "png", **NOTE)
    note = library._folder / f"{image.name}.json"
    note.write_text(note.read_text().replace(image.name, "../../secrets.yaml"), encoding="utf-8")

    assert await reopened(hass, library) == []


async def test_a_vanished_file_is_no_error(library: ImageStore) -> None:
    image = await library.async_add(b"kept", "png", **NOTE)
    (library._folder / image.name).unlink()

    assert await library.async_read(image) is None
    assert list(library.newest_first()) == []


async def test_a_folder_of_that_name_is_no_image(library: ImageStore) -> None:
    image = await library.async_add(b"kept", "png", **NOTE)
    (library._folder / image.name).unlink()
    (library._folder / image.name).mkdir()

    assert await library.async_find(image.name) is None


def test_forever_has_no_end() -> None:
    image = StoredImage(name="x.png", created=datetime(2026, 11, 22, tzinfo=UTC).timestamp(), **NOTE)

    assert image.expires(0) is None
    assert image.expires(1) == datetime(2026, 11, 23, tzinfo=UTC)
