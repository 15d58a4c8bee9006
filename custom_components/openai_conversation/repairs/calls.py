"""Which calls in an automation, a script or a dashboard can no longer work: pure functions."""

from collections import ChainMap
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..const import DOMAIN

_ACTION_KEYS: Final = ("action", "service", "perform_action")
"""Where an action is named: in automations and scripts, in those of old, on buttons of dashboards."""

_DATA_KEYS: Final = ("data", "service_data", "data_template")
_CONFIG_ENTRY: Final = "config_entry"
_MODEL: Final = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenCall:
    """A call of one of our actions that names what is no longer there."""

    action: str
    field: str | None = None
    """The field that names an account or a model that has gone; None: the action itself is not there."""

    value: str = ""

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.action}, {self.field}: {self.value}" if self.field else self.action


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidTargets:
    """What calls may name."""

    actions: Collection[str]
    """The names of our actions, without the domain."""

    entry_ids: Collection[str]
    is_retired: Callable[[str, str], bool]
    """Whether an account (its entry id) has lost a model."""


def broken_calls(config: Any, living: ValidTargets) -> list[BrokenCall]:
    """Return the dead calls in a configuration, each once, in their order.

    What a template decides is not known before it runs, and is left alone.
    """
    dead = (call for action, data in _calls(config) for call in _dead(action, data, living))
    return list(dict.fromkeys(dead))


def _dead(action: str, data: Mapping[str, Any], living: ValidTargets) -> Iterator[BrokenCall]:
    if action.removeprefix(f"{DOMAIN}.") not in living.actions:
        yield BrokenCall(action=action)
        return
    entry_id, model = _written(data, _CONFIG_ENTRY), _written(data, _MODEL)
    if entry_id and entry_id not in living.entry_ids:
        yield BrokenCall(action=action, field=_CONFIG_ENTRY, value=entry_id)
    elif entry_id and model and living.is_retired(entry_id, model):
        yield BrokenCall(action=action, field=_MODEL, value=model)


def _written(data: Mapping[str, Any], field: str) -> str:
    """Return what is written in a field, "" for nothing and for what a template decides."""
    value = data.get(field)
    return value if isinstance(value, str) and not _is_template(value) else ""


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
