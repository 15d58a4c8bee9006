"""The integration as a user sets it up: the account, the voice assistant, and the instructions."""

from dataclasses import dataclass
from typing import Any, Final

from .client import Client
from .errors import HarnessError
from .flows import DOMAIN, FlowStep, start_config_flow, start_options_flow
from .waiting import until

AGENT: Final = "conversation.chatgpt"
ACCOUNT_ENTITIES: Final = frozenset(
    {
        "button.chatgpt_test",
        "image.chatgpt_last_generated_picture",
        "number.chatgpt_monthly_budget",
        "sensor.chatgpt_answer_complete",
        "sensor.chatgpt_cost",
        "sensor.chatgpt_cost_this_month",
        "sensor.chatgpt_cost_today",
        "sensor.chatgpt_first_word",
        "sensor.chatgpt_last_error",
        "sensor.chatgpt_tokens_cached",
        "sensor.chatgpt_tokens_in",
        "sensor.chatgpt_tokens_out",
    }
)
"""The entities of an account, which core does not have."""

# If OpenAI cannot be reached, Home Assistant tries again after 5 s, then after 10 s.
_RELOAD_DEADLINE: Final = 30.0
_SPEECH: Final = (
    "stt_engine",
    "stt_language",
    "tts_engine",
    "tts_language",
    "tts_voice",
    "wake_word_entity",
    "wake_word_id",
)


@dataclass(frozen=True)
class Account:
    """How to reach a server; without an address, it is OpenAI."""

    api_key: str
    base_url: str | None = None

    @property
    def form(self) -> dict[str, str]:
        """Return the values to enter in the form."""
        return {"api_key": self.api_key, **({"base_url": self.base_url} if self.base_url else {})}


async def add_integration(client: Client, account: Account) -> str:
    """Add the integration through its config flow, and return the ID of its entry."""
    step = await start_config_flow(client)
    step = await step.submit(**account.form, server="openai")
    if step.type != "create_entry":
        raise HarnessError(f"the integration could not be set up: {step.problem}")
    entry_id: str = step.answer["result"]["entry_id"]
    return entry_id


async def entry_ids(client: Client) -> list[str]:
    """Return the IDs of the integration's entries."""
    entries = await client.websocket.command("config_entries/get", domain=DOMAIN)
    return [entry["entry_id"] for entry in entries]


async def entity_of(client: Client, entry_id: str, domain: str) -> str:
    """Return the ID of the first entity of a domain that an account has."""
    entities = await client.websocket.command("config/entity_registry/list")
    return next(
        str(entity["entity_id"])
        for entity in entities
        if entity["config_entry_id"] == entry_id and entity["entity_id"].startswith(f"{domain}.")
    )


async def add_assistant(client: Client, agent_id: str = AGENT, **speech: str) -> str:
    """Create a voice assistant with the agent, and return its ID.

    Without the fields of `speech` (`stt_engine`, …), it can neither listen nor speak.
    """
    silent = dict.fromkeys(_SPEECH)
    pipeline = await client.websocket.command(
        "assist_pipeline/pipeline/create",
        name="ChatGPT",
        language="en",
        conversation_engine=agent_id,
        conversation_language="*",
        prefer_local_intents=False,
        **{**silent, **speech},
    )
    pipeline_id: str = pipeline["id"]
    return pipeline_id


async def prefer_agent(client: Client, agent_id: str = AGENT, **speech: str) -> None:
    """Create a voice assistant with the agent, and make it the preferred one, behind the Assist button."""
    pipeline_id = await add_assistant(client, agent_id, **speech)
    await client.websocket.command("assist_pipeline/pipeline/set_preferred", pipeline_id=pipeline_id)


async def wait_until_loaded(client: Client, entry_id: str) -> None:
    """Wait until the entry is loaded again after a change."""

    async def loaded() -> bool | None:
        entry = await client.websocket.command("config_entries/get_single", entry_id=entry_id)
        return entry["config_entry"]["state"] == "loaded" or None

    await until(loaded, within=_RELOAD_DEADLINE, what="the integration to load")


async def _submit(form: FlowStep, changes: dict[str, Any]) -> FlowStep:
    """Submit a form as shown, with the changes that it has a field for."""
    changed = {name: value for name, value in changes.items() if name in form.fields}
    return await form.submit(**form.filled(**changed))


async def configure(client: Client, entry_id: str, **changes: Any) -> dict[str, Any]:
    """Change some options, leave the rest as shown, and return what the form showed before."""
    step = await start_options_flow(client, entry_id)
    before = step.shown
    step = await _submit(step, changes)
    if step.type == "form" and not step.errors:  # before Home Assistant 2026.11, more fields come now
        step = await _submit(step, changes)
    if step.type != "create_entry":
        raise HarnessError(f"the options were not saved: {step.problem}")
    await wait_until_loaded(client, entry_id)
    return before
