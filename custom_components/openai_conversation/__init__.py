"""OpenAI in Home Assistant: talk to the house, and generate text, images, and speech."""

from functools import partial
from typing import Any, Final

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import CoreState, Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN, LOGGER, Purpose
from .entity import account_device
from .fallback.local_agent import async_prepare
from .fallback.rules import may_load
from .images.setup import IMAGE_STORE, async_setup_images
from .openai_api.catalog import Catalog
from .openai_api.client import (
    CHECK_TIMEOUT,
    async_get_catalog,
    create_client,
    is_openai_host,
    server_name,
    server_of,
)
from .openai_api.errors import FailureKind, OpenAIRequestError
from .options.entry import (
    configured,
    conversation_agents,
    cost_options,
    keep_images_days,
    stt_engines,
    tts_engines,
)
from .realtime.pool import Pool
from .repairs.broken_calls import async_watch_calls
from .repairs.budget import async_open_file_issue, async_watch_budget
from .repairs.changing_prompt import async_close_old_prompt_issues
from .repairs.issues import async_close_issues
from .repairs.model_lifecycle import async_update_issues, async_watch_models
from .repairs.refused_key import async_close_key_issues
from .runtime import Endpoint, OpenAIConfigEntry, OpenAIRuntimeData, options_changed
from .services import async_setup_services
from .services.single_turn import async_test
from .usage.meter import async_get_meter, async_remove_meter

PLATFORMS = (
    Platform.AI_TASK,
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CONVERSATION,
    Platform.IMAGE,
    Platform.NUMBER,
    Platform.SENSOR,
    Platform.STT,
    Platform.TTS,
)
CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

START_TIMEOUT: Final = 3.0
"""Seconds to wait for the server while Home Assistant starts, because the start waits for us, too."""


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what all accounts share: the store of images, the actions, and the search for broken calls."""
    await async_setup_images(hass)
    async_setup_services(hass)
    async_watch_calls(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: OpenAIConfigEntry) -> bool:
    """Set up an account. A wrong key starts reauthentication. Other failures make Home Assistant retry.

    Where Home Assistant's own agent may answer, the account is loaded anyway, so that a home that restarts
    without the internet still answers.
    """
    client = create_client(hass, entry.data)
    server = server_of(entry.data)
    failure: OpenAIRequestError | None = None
    try:
        catalog = await async_get_catalog(
            client, server, timeout=CHECK_TIMEOUT if hass.state is CoreState.running else START_TIMEOUT
        )
    except OpenAIRequestError as err:
        err.name_server(server_name(entry.data))
        if not _may_load(entry, err.failure.kind):
            if err.failure.kind is FailureKind.AUTH:
                raise ConfigEntryAuthFailed(**_sentence(err)) from err
            raise ConfigEntryNotReady(**_sentence(err)) from err
        catalog, failure = Catalog(), err
    meter, unreadable = await async_get_meter(hass, entry.entry_id)
    if unreadable:
        async_open_file_issue(hass, entry, unreadable)
    entry.runtime_data = OpenAIRuntimeData(
        hass=hass,
        entry=entry,
        client=client,
        server=server,
        catalog=catalog,
        meter=meter,
        async_test=partial(async_test, hass, entry),
    )
    await _async_start(hass, entry)
    if failure:
        _begin_outage(hass, entry, failure)
    return True


async def _async_start(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Add the entities of an account, and watch what changes."""
    runtime = entry.runtime_data
    _configure_meter(entry)
    _register_device(hass, entry)
    await _async_open_endpoints(hass, entry)
    _close_with_entry(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    async_watch_models(hass, entry)
    entry.async_on_unload(runtime.outage.end)
    async_watch_budget(hass, entry)
    async_close_old_prompt_issues(hass, entry)
    entry.async_on_unload(runtime.meter.async_track_days())
    loaded = _structure(entry)

    async def async_on_change(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
        """Reload if entities come, go, or get another name. Options apply from the next request on."""
        if _structure(entry) != loaded:
            await hass.config_entries.async_reload(entry.entry_id)
            return
        _configure_meter(entry)
        async_dispatcher_send(hass, options_changed(entry))
        async_update_issues(hass, entry)

    entry.async_on_unload(entry.add_update_listener(async_on_change))


def _may_load(entry: OpenAIConfigEntry, kind: FailureKind) -> bool:
    has_fallback = any(agent.options.has_fallback for agent in conversation_agents(entry))
    return has_fallback and may_load(kind, is_openai_host=is_openai_host(entry.data))


def _begin_outage(hass: HomeAssistant, entry: OpenAIConfigEntry, err: OpenAIRequestError) -> None:
    """Let Home Assistant's own agent answer first. When OpenAI answers, load again, with its models."""
    runtime, failure = entry.runtime_data, err.failure
    LOGGER.warning("%s: %s (%s) while it was loaded", entry.title, failure.kind, failure.detail)
    if failure.kind is FailureKind.AUTH:
        entry.async_start_reauth(hass)
    runtime.health[Purpose.CONVERSATION].failing = failure.kind

    async def async_is_over() -> bool:
        try:
            await async_get_catalog(runtime.client, runtime.server)
        except OpenAIRequestError:
            return False
        return True

    runtime.outage.on_answer = partial(hass.config_entries.async_schedule_reload, entry.entry_id)
    runtime.outage.begin(hass, entry, err, async_is_over)
    entry.async_create_background_task(
        hass, async_prepare(hass, hass.config.language), "openai_conversation prepare fallback"
    )


def _sentence(err: OpenAIRequestError) -> dict[str, Any]:
    """Return what another error needs to say the same."""
    return {
        "translation_domain": err.translation_domain,
        "translation_key": err.translation_key,
        "translation_placeholders": err.translation_placeholders,
    }


def _register_device(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Register the default agent first: the dialog after adding lists devices in the order they were made."""
    dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, **account_device(entry))


def _configure_meter(entry: OpenAIConfigEntry) -> None:
    costs = cost_options(entry)
    entry.runtime_data.meter.async_configure(costs.price_list(entry.data), costs.budget)


def _structure(entry: OpenAIConfigEntry) -> tuple[Any, ...]:
    """Return what needs a reload when it changes: the account, its entities, and the addresses of engines."""
    agents = [(agent.kind, agent.unique_id, agent.name) for agent in configured(entry)]
    addresses = [engine.options.address for engine in (*stt_engines(entry), *tts_engines(entry))]
    has_budget = bool(cost_options(entry).budget.limit)
    return entry.title, dict(entry.data), agents, addresses, has_budget


async def _async_open_endpoints(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Prepare the addresses of speech engines that have one of their own. Nothing is sent yet."""
    runtime = entry.runtime_data
    async_close_key_issues(hass, entry)
    for engine in (*stt_engines(entry), *tts_engines(entry)):
        if address := engine.options.address:
            client = create_client(hass, address.account)
            runtime.endpoints[engine.unique_id] = Endpoint(
                client=client,
                server=address.server,
                name=address.name,
                realtime=Pool(async_get_clientsession(hass), client),
                engine_id=engine.unique_id,
            )


def _close_with_entry(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Close the sessions when the entry is unloaded, or when Home Assistant stops."""
    runtime = entry.runtime_data

    async def close(_event: Event) -> None:
        await runtime.async_close()

    entry.async_on_unload(hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, close))
    entry.async_on_unload(runtime.async_close)


async def async_migrate_entry(hass: HomeAssistant, entry: OpenAIConfigEntry) -> bool:
    """Accept an entry as it was stored, by us or by Home Assistant's own integration, at any time.

    Nothing is rewritten: `options/entry.py` reads every format there was. A user who goes back to Home
    Assistant's own integration has what it stored, and it does its own migrations then.
    """
    return True


async def async_remove_entry(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Close the repair issues of an account, and delete its ledger. Its images stay until they expire."""
    async_close_issues(hass, entry)
    await async_remove_meter(hass, entry.entry_id)
    if store := hass.data.get(IMAGE_STORE):
        await store.async_keep_for(entry.entry_id, keep_images_days(entry))


async def async_unload_entry(hass: HomeAssistant, entry: OpenAIConfigEntry) -> bool:
    """Unload an account. Running turns keep their connection and finish."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
