"""Which calls in an automation, a script, or a dashboard can no longer work: pure functions."""

from collections import ChainMap
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ..const import DOMAIN

_ACTION_KEYS: Final = ("action", "service", "perform_action")
"""Where an action is named: in automations and scripts today and before 2024.8, and on dashboard buttons."""

_DATA_KEYS: Final = ("data", "service_data", "data_template")
_CONFIG_ENTRY: Final = "config_entry"
_MODEL: Final = "model"


class Case(StrEnum):
    """What a call names that does not exist. Each has a text and a way out of its own."""

    ACCOUNT = "account"
    MODEL = "model"
    ACTION = "action"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenCall:
    """A call of one of our actions that names something that no longer exists."""

    case: Case
    action: str
    value: str = ""
    """The account or the model that is gone."""

    def __str__(self) -> str:
        """Return it as the user wrote it."""
        match self.case:
            case Case.ACCOUNT:
                return f"{self.action}, {_CONFIG_ENTRY}: {self.value}"
            case Case.MODEL:
                return f"{self.action}, {_MODEL}: {self.value}"
            case Case.ACTION:
                return self.action


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidTargets:
    """What calls may name."""

    actions: Collection[str]
    """The names of our actions, without the domain."""

    entry_ids: Collection[str]
    is_retired: Callable[[str, str], bool]
    """Whether a model has ended for the account with this entry id."""


def broken_calls(config: Any, targets: ValidTargets) -> list[BrokenCall]:
    """Return the broken calls in a configuration, each once, in their order.

    A template decides only when it runs, so what it decides is left alone.
    """
    broken = (call for action, data in _calls(config) for call in _broken(action, data, targets))
    return list(dict.fromkeys(broken))


def _broken(action: str, data: Mapping[str, Any], targets: ValidTargets) -> Iterator[BrokenCall]:
    if action.removeprefix(f"{DOMAIN}.") not in targets.actions:
        yield BrokenCall(case=Case.ACTION, action=action)
        return
    entry_id, model = _literal(data, _CONFIG_ENTRY), _literal(data, _MODEL)
    if entry_id and entry_id not in targets.entry_ids:
        yield BrokenCall(case=Case.ACCOUNT, action=action, value=entry_id)
    elif model and _is_retired(model, data.get(_CONFIG_ENTRY), targets):
        yield BrokenCall(case=Case.MODEL, action=action, value=model)


def _is_retired(model: str, entry_id: Any, targets: ValidTargets) -> bool:
    """Whether a model has ended for the account that a call names, or for the only account there is."""
    accounts = [each for each in targets.entry_ids if entry_id in (None, each)]
    return len(accounts) == 1 and targets.is_retired(accounts[0], model)


def _literal(data: Mapping[str, Any], field: str) -> str:
    """Return the text in a field; "" if it is empty or a template."""
    value = data.get(field)
    return value if isinstance(value, str) and not _is_template(value) else ""


def _calls(config: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the calls of our actions with their data, at any depth."""
    if isinstance(config, Mapping):
        if config.get("enabled") is False:
            return  # a disabled step
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
