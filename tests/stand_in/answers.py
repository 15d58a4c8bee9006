"""Sentences about the results of Home Assistant's tools."""

from collections.abc import Sequence
from typing import Any

from .home import Entity, read_entities
from .request_view import Result

_VERBS = {
    "HassTurnOn": {"lock": "Locked", "cover": "Opened", "": "Turned on"},
    "HassTurnOff": {"lock": "Unlocked", "cover": "Closed", "": "Turned off"},
}
_UNITS = {"color": "", "brightness": " percent", "position": " percent", "temperature": " degrees"}


def sentence_about(results: Sequence[Result]) -> str:
    """Return what happened, for the user."""
    done: dict[tuple[str, str], list[str]] = {}
    others: list[str] = []
    for result in results:
        if result.failed:
            others.append(_trouble(result))
        elif result.tool == "GetDateTime":
            others.append(_moment(result))
        elif result.tool == "GetLiveContext":
            others.append(_states(result))
        else:
            done.setdefault(_deed(result), []).append(_target(result.arguments))
    deeds = [f"{verb} {_listed(names)}{value}." for (verb, value), names in done.items()]
    return " ".join(deeds + others)


def _deed(result: Result) -> tuple[str, str]:
    """Return what was done, as the words before and after the device's name."""
    if verbs := _VERBS.get(result.tool):
        return verbs.get(_domain(result.arguments), verbs[""]), ""
    for key, unit in _UNITS.items():
        if (value := result.arguments.get(key)) is not None:
            number = f"{value:g}" if isinstance(value, float) else value
            return "Set", f" to {number}{unit}"
    return "Done with", ""


def _domain(arguments: dict[str, Any]) -> str:
    domain = arguments.get("domain") or ""
    return domain[0] if isinstance(domain, list) else domain


def _target(arguments: dict[str, Any]) -> str:
    if name := arguments.get("name"):
        return str(name)
    return f"the {_domain(arguments) or 'device'}s in {arguments['area']}" if "area" in arguments else "that"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _moment(result: Result) -> str:
    now = result.data if isinstance(result.data, dict) else {}
    return f"It is {now.get('time', '')[:5]} on {now.get('weekday')}, {now.get('date')}."


def _trouble(result: Result) -> str:
    data = result.data if isinstance(result.data, dict) else {}
    reason = data.get("error_text") or data.get("error") or "no reason given"
    reason = str(reason).rstrip(".")
    return f"Sorry, that did not work: {reason}."


def _states(result: Result) -> str:
    text = result.data.get("result", "") if isinstance(result.data, dict) else str(result.data)
    entities = read_entities(text)
    return " ".join(_state(entity) for entity in entities[:8]) or "I found nothing like that."


def _state(entity: Entity) -> str:
    value = entity.attributes
    match entity.domain:
        case "climate" if "current_temperature" in value:
            target = f", set to {value['temperature']}" if "temperature" in value else ""
            return f"{entity.name} reads {value['current_temperature']} degrees{target}."
        case "weather":
            return f"It is {entity.state}, {value.get('temperature', '?')} degrees outside."
        case "sensor":
            return f"{entity.name} is {entity.state} {value.get('unit_of_measurement', '')}".rstrip() + "."
        case "light" if "brightness_pct" in value:
            return f"{entity.name} is {entity.state} at {value['brightness_pct']} percent."
    return f"{entity.name} is {entity.state}."
