"""Set up a server as its user does: through the form, and with a model if one is wanted."""

import json
from pathlib import Path
from typing import Final

from ..agent import Account, configure, entity_of, prefer_agent, wait_until_loaded
from ..client import Client
from ..errors import HarnessError
from ..flows import DOMAIN, FlowStep, start_config_flow, start_subentry_flow
from ..rooms import furnish
from .report import Outcome, Result

_TASKS: Final = "ai_task_data"
_TEXTS: Final = Path(__file__).resolve().parents[3] / "custom_components" / DOMAIN / "translations/en.json"


async def set_up(client: Client, account: Account, model: str | None) -> Result:
    """Furnish the home, and enter the server into the form. Nothing else works if this fails."""
    await furnish(client)
    form = await start_config_flow(client)
    step = await form.submit(**account.form, server="compatible")
    if step.fields.keys() == {"chat_model"}:
        # it lists several models
        step = await step.submit(**step.filled(**({"chat_model": model} if model else {})))
    if step.type != "create_entry":
        return Result(outcome=Outcome.FAILS, heard=_sentence(step))
    entry_id = step.answer["result"]["entry_id"]
    await wait_until_loaded(client, entry_id)
    if model:
        await configure(client, entry_id, recommended=False, chat_model=model)
        await _select_for_tasks(client, entry_id, model)
    agent_id = await entity_of(client, entry_id, "conversation")
    await prefer_agent(client, agent_id)
    return Result(outcome=Outcome.WORKS, heard=f"(model: {await _model(client, agent_id)})")


async def _select_for_tasks(client: Client, entry_id: str, model: str) -> None:
    """Select the model of the entity that does tasks, too."""
    listed = await client.websocket.command("config_entries/subentries/list", entry_id=entry_id)
    subentry_id = next(each["subentry_id"] for each in listed if each["subentry_type"] == _TASKS)
    step = await start_subentry_flow(client, entry_id, _TASKS, subentry_id)
    while step.type == "form" and not step.errors:
        selected = {"recommended": False, "chat_model": model}
        known = {name: value for name, value in selected.items() if name in step.fields}
        step = await step.submit(**{**step.shown, **known})
    if step.answer.get("reason") != "reconfigure_successful":
        raise HarnessError(f"the model of tasks could not be selected: {step.problem}")
    await wait_until_loaded(client, entry_id)


def _sentence(step: FlowStep) -> str:
    """Return what the form says, as its user reads it."""
    texts = json.loads(_TEXTS.read_text(encoding="utf-8"))["config"]["error"]
    placeholders = step.answer.get("description_placeholders") or {}
    keys = (step.answer.get("errors") or {}).values()
    return " ".join(texts[key].format(**placeholders) for key in keys) or step.problem


async def _model(client: Client, agent_id: str) -> str:
    """Return the model that the agent uses."""
    agent = await client.websocket.command("config/entity_registry/get", entity_id=agent_id)
    devices = await client.websocket.command("config/device_registry/list")
    return next(str(device["model"]) for device in devices if device["id"] == agent["device_id"])
