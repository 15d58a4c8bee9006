"""What Home Assistant has stored of the integration, in a form to compare."""

from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any, Final

from tests.harness.flows import DOMAIN
from tests.harness.websocket import Json

_TIMES: Final = ("created_at", "modified_at")


@dataclass(frozen=True)
class Stored:
    """The integration's part of the stores, and the pipelines; without the times of change."""

    entries: dict[str, Json]
    """By entry ID, with the subentries by their IDs."""
    entities: dict[str, Json]
    """By entity ID."""
    devices: dict[str, Json]
    """By device ID."""
    pipelines: Json
    """The voice assistants, and which of them is preferred."""


def read_stored(folder: Path) -> Stored:
    """Read the stores of a Home Assistant that has stopped, because it writes them late."""
    entries = {
        entry["entry_id"]: {
            **timeless(entry),
            "subentries": {part["subentry_id"]: part for part in entry["subentries"]},
        }
        for entry in _load(folder, "core.config_entries")["entries"]
        if entry["domain"] == DOMAIN
    }
    return Stored(
        entries=entries,
        entities={
            entity["entity_id"]: timeless(entity)
            for entity in _load(folder, "core.entity_registry")["entities"]
            if entity["platform"] == DOMAIN
        },
        devices={
            device["id"]: timeless(device)
            for device in _load(folder, "core.device_registry")["devices"]
            if device["config_entry_id"] in entries
        },
        pipelines=_load(folder, "assist_pipeline.pipelines"),
    )


def _load(folder: Path, store: str) -> Any:
    return json.loads((folder / ".storage" / store).read_text())["data"]


def timeless(item: Json) -> Json:
    """Return a stored item without its times."""
    return {key: value for key, value in item.items() if key not in _TIMES}
