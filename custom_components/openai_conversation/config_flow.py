"""The config flows: the account (add, new key, reconfigure), its options, and its subentries."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_API_KEY, CONF_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.util import dt as dt_util

from .compat import CAN_EVALUATE
from .const import CONF_BASE_URL, CONF_CHAT_MODEL, CONF_RECOMMENDED, DOMAIN, SubentryType
from .flows.account import (
    AccountErrors,
    account_data,
    account_schema,
    async_account_errors,
    key_schema,
    model_schema,
)
from .flows.chat import ChatForm
from .flows.costs import SECTION, cost_data, with_costs
from .flows.dialog import Answer, Dialog, Page
from .flows.kinds import KINDS, first_subentries, first_title, free_title, titles_in_use
from .openai_api.catalog import Catalog, Models
from .openai_api.client import self_hosted_name, server_name, server_of
from .openai_api.errors import async_text
from .options.chat import RECOMMENDED_OPTIONS, ChatOptions
from .options.entry import cost_options, has_default_agent, stored_costs
from .repairs.budget import USAGE_PAGE
from .responses.prompt_size import async_prompt_size
from .runtime import OpenAIConfigEntry

LINKS: Final = {
    "keys_url": "https://platform.openai.com/api-keys",
    "example_url": "http://192.168.1.20:11434/v1",
    "limits_url": "https://platform.openai.com/settings/organization/limits",
}

NEXT_STEPS: Final = {"assistants_url": "/config/voice-assistants/assistants", "ai_url": "/config/ai"}
"""Pages of Home Assistant that a new account leads to."""


class OpenAIConfigFlow(ConfigFlow, domain=DOMAIN):
    """Set up an account."""

    VERSION = 2
    MINOR_VERSION = 8

    _key = ""
    """The key that was entered. A form that returns with an error keeps it, but does not show it."""

    _account: Mapping[str, Any]
    _models: tuple[str, ...]
    """The new account, and the models to choose from at its server."""

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for key and address."""
        errors = AccountErrors()
        if user_input is not None:
            data = account_data(self._with_key(user_input))
            self._abort_if_configured(data)
            if not (errors := await async_account_errors(self.hass, data)).fields:
                self._account, self._models = data, errors.models
                return await self.async_step_model() if errors.models else self._create({})
        return self.async_show_form(
            step_id="user",
            data_schema=account_schema(user_input or {}, key_required=not self._key),
            errors=errors.fields,
            description_placeholders={**LINKS, **errors.placeholders},
        )

    async def async_step_model(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the model of a self-hosted server that has several."""
        if user_input is not None:
            return self._create({CONF_RECOMMENDED: False, CONF_CHAT_MODEL: user_input[CONF_CHAT_MODEL]})
        return self.async_show_form(
            step_id="model",
            data_schema=model_schema(self._models),
            description_placeholders={"server": server_name(self._account)},
        )

    def _create(self, model: Mapping[str, Any]) -> ConfigFlowResult:
        """Store a new account. `model`: stored options of its agents, besides the recommended ones."""
        name = self_hosted_name(self._account) or "ChatGPT"
        title = free_title(name, {entry.title for entry in self._async_current_entries()})
        return self.async_create_entry(
            title=title,
            data=self._account,
            options={**RECOMMENDED_OPTIONS, **model},
            subentries=first_subentries(self._account, model, titles_in_use(self.hass)),
            description="default",
            description_placeholders={**NEXT_STEPS, "name": title},
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Start when OpenAI no longer accepts the key."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a new key."""
        entry = self._get_reauth_entry()
        errors = AccountErrors()
        if user_input is not None:
            data = account_data({**entry.data, **self._with_key(user_input)})
            self._abort_if_configured(data)
            if not (errors := await async_account_errors(self.hass, data)).fields:
                return self._save(entry, data)
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=key_schema(required=not self._key),
            errors=errors.fields,
            description_placeholders={**LINKS, **errors.placeholders, "name": entry.title},
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change key or address; an empty key keeps the stored one."""
        entry = self._get_reconfigure_entry()
        errors = AccountErrors()
        if user_input is not None:
            data = account_data(self._with_key(user_input, stored=entry.data[CONF_API_KEY]))
            self._abort_if_configured(data)
            if not (errors := await async_account_errors(self.hass, data)).fields:
                return self._save(entry, data)
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=account_schema(user_input or entry.data, key_required=False),
            errors=errors.fields,
            description_placeholders={**LINKS, **errors.placeholders},
        )

    def _with_key(self, user_input: Mapping[str, Any], *, stored: str = "") -> dict[str, Any]:
        """Return the input with its key: empty means the one that was entered before, or is stored."""
        self._key = (user_input.get(CONF_API_KEY) or "").strip() or self._key
        return {**user_input, CONF_API_KEY: self._key or stored}

    def _save(self, entry: OpenAIConfigEntry, data: Mapping[str, Any]) -> ConfigFlowResult:
        """Store an account, and load it again."""
        if entry.update_listeners:
            if data == dict(entry.data):  # the key works again, but no listener notices an unchanged entry
                self.hass.config_entries.async_schedule_reload(entry.entry_id)
            return self.async_update_and_abort(entry, data=data)
        # an entry that is not loaded does not notice the change, and an unchanged key may work again
        return self.async_update_reload_and_abort(entry, data=data)

    def _abort_if_configured(self, data: Mapping[str, Any]) -> None:
        """Abort if another entry has this key at this address."""
        key, address = data[CONF_API_KEY], data[CONF_BASE_URL]
        self._async_abort_entries_match({CONF_API_KEY: key, CONF_BASE_URL: address})
        # entries of Home Assistant's own integration have no address: it is OpenAI's
        keys_at_openai = {
            entry.data.get(CONF_API_KEY)
            for entry in self._async_current_entries(include_ignore=False)
            if entry.entry_id != self.context.get("entry_id") and CONF_BASE_URL not in entry.data
        }
        if address is None and key in keys_at_openai:
            raise AbortFlow("already_configured")

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: OpenAIConfigEntry) -> OptionsFlow:
        """Return the flow behind Configure."""
        return OpenAIOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: OpenAIConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added to an account."""
        return {
            kind: OpenAISubentryFlow
            for kind in SubentryType
            if kind is not SubentryType.EVALUATION or CAN_EVALUATE
        }


async def _async_question(hass: HomeAssistant, entry: OpenAIConfigEntry, dialog: Dialog) -> dict[str, str]:
    """Return what a form says about a question: what the agent reads for it, and what that costs."""
    options = ChatOptions.from_stored(dialog.values)
    size = await async_prompt_size(hass, options)
    is_loaded = entry.state is ConfigEntryState.LOADED
    catalog = entry.runtime_data.catalog if is_loaded else Catalog()
    models = Models(server_of(entry.data), catalog, dt_util.utcnow().date())
    cost = cost_options(entry).price_list(entry.data).cost(size.usage(options.settings(models)))
    return {
        "expose_url": "/config/voice-assistants/expose",
        "usage_url": USAGE_PAGE,
        "entities": str(size.entities),
        "tokens": f"{size.tokens:,}",
        "dollars": "?" if cost is None else f"{cost / 1_000_000:.4f}",
    }


class OpenAIOptionsFlow(OptionsFlow):
    """Configure the default agent, and the costs of the account."""

    _dialog: Dialog | None = None
    _costs: Mapping[str, Any]

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the form until it is complete."""
        if self._dialog is None:
            self._costs = stored_costs(self.config_entry)
            self._dialog = Dialog(
                hass=self.hass,
                entry=self.config_entry,
                form=ChatForm,
                subentry=None,
                values=dict(
                    self.config_entry.options if has_default_agent(self.config_entry) else RECOMMENDED_OPTIONS
                ),
            )
        if user_input and SECTION in user_input:
            user_input = dict(user_input)
            self._costs = cost_data(user_input.pop(SECTION))
        match await self._dialog.async_next(user_input):
            case Answer(data):
                return self.async_create_entry(data={**data, **self._costs})
            case Page(schema, errors, placeholders):
                return self.async_show_form(
                    step_id="init",
                    data_schema=with_costs(schema, self._costs),
                    errors=errors,
                    description_placeholders={
                        **placeholders,
                        **await _async_question(self.hass, self.config_entry, self._dialog),
                        "name": self.config_entry.title,
                        "note": await self._async_note(),
                    },
                )

    async def _async_note(self) -> str:
        """Return what a user of a built-in agent has to know before the first submit."""
        if has_default_agent(self.config_entry):
            return ""
        return await async_text(self.hass, self.hass.config.language, "common", "gets_default_agent", {})


class OpenAISubentryFlow(ConfigSubentryFlow):
    """Add or change something else that the account is used for."""

    _dialog: Dialog
    _name: str

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add one, with the recommended settings suggested."""
        kind = SubentryType(self._subentry_type)
        name = first_title(kind, self._get_entry().data, titles_in_use(self.hass))
        self._open(kind, {CONF_NAME: name, **KINDS[kind].first_data})
        return await self.async_step_init()

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change one."""
        subentry = self._get_reconfigure_subentry()
        self._open(SubentryType(self._subentry_type), {**subentry.data, CONF_NAME: subentry.title})
        return await self.async_step_init()

    def _open(self, kind: SubentryType, values: dict[str, Any]) -> None:
        self._name = values[CONF_NAME]
        self._dialog = Dialog(
            hass=self.hass, entry=self._get_entry(), form=KINDS[kind].form, subentry=kind, values=values
        )

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the form until it is complete."""
        match await self._dialog.async_next(user_input):
            case Answer(data, name):
                name = name or self._name
                if self.source == SOURCE_USER:
                    return self.async_create_entry(title=name, data=data)
                return self.async_update_and_abort(
                    self._get_entry(), self._get_reconfigure_subentry(), title=name, data=data
                )
            case Page(schema, errors, placeholders):
                if self._subentry_type == SubentryType.CONVERSATION:
                    placeholders |= await _async_question(self.hass, self._get_entry(), self._dialog)
                return self.async_show_form(
                    step_id="init",
                    data_schema=schema,
                    errors=errors,
                    description_placeholders={**placeholders, "name": self._name},
                )
