"""Which calls in an automation, a script or a dashboard can no longer work: pure functions."""

from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..const import DOMAIN

_ACTION_KEYS: Final = ("action", "service", "perform_action")
"""Where an action is named: in automations and scripts, in those of old, on buttons of dashboards."""

_DATA_KEYS: Final = ("data", "service_data", "data_template")
_CONFIG_ENTRY: Final = "config_entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadCall:
    """A call of one of our actions that can no longer work."""

    action: str
    config_entry: str | None = None
    """The id of an account that is no longer there; None: the action itself is not there."""

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.action}, {_CONFIG_ENTRY}: {self.config_entry}" if self.config_entry else self.action


def dead_calls(config: Any, actions: Collection[str], entry_ids: Collection[str]) -> list[DeadCall]:
    """Return the dead calls in a configuration, each once, in their order.

    `actions`: the names of ours, without the domain. What a template decides is not known before it
    runs, and is left alone.
    """
    dead = (_dead(action, data, actions, entry_ids) for action, data in _calls(config))
    return list(dict.fromkeys(call for call in dead if call))


def _dead(
    action: str, data: Mapping[str, Any], actions: Collection[str], entry_ids: Collection[str]
) -> DeadCall | None:
    if action.removeprefix(f"{DOMAIN}.") not in actions:
        return DeadCall(action=action)
    entry_id = data.get(_CONFIG_ENTRY)
    if isinstance(entry_id, str) and entry_id not in entry_ids and not _is_template(entry_id):
        return DeadCall(action=action, config_entry=entry_id)
    return None


def _calls(config: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield our actions with their data, however deep they are."""
    if isinstance(config, Mapping):
        if config.get("enabled") is False:
            return  # a step that was switched off
        for key in _ACTION_KEYS:
            action = config.get(key)
            if isinstance(action, str) and action.startswith(f"{DOMAIN}.") and not _is_template(action):
                data = (config[name] for name in _DATA_KEYS if isinstance(config.get(name), Mapping))
                yield action, ChainMap(*data)
        for value in config.values():
            yield from _calls(value)
    elif isinstance(config, list):
        for value in config:
            yield from _calls(value)


def _is_template(text: str) -> bool:
    return "{{" in text or "{%" in text
