"""Screens: the account (setup, new key, reconfigure) and the agent (Configure)."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlow,
    OptionsFlowWithReload,
)
from homeassistant.const import CONF_API_KEY, CONF_PROMPT
from homeassistant.core import Context, callback
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import llm
from homeassistant.helpers.template import Template
from homeassistant.util import dt as dt_util

from .const import CONF_BASE_URL, CONF_RECOMMENDED, DOMAIN, LOGGER
from .flows.account import KEY_SCHEMA, account_data, account_schema, async_account_errors
from .flows.agent import (
    FormContext,
    agent_data,
    agent_errors,
    agent_fields,
    agent_schema,
    error_placeholders,
)
from .openai_api.catalog import Catalog
from .openai_api.client import async_create_client, async_get_catalog, is_azure, is_openai_host, server_of
from .openai_api.errors import OpenAIRequestError
from .options import RECOMMENDED_OPTIONS

LINKS: Final = {
    "keys_url": "https://platform.openai.com/api-keys",
    "example_url": "http://192.168.1.20:11434/v1",
    "limits_url": "https://platform.openai.com/settings/organization/limits",
}


class OpenAIConfigFlow(ConfigFlow, domain=DOMAIN):
    """Set up an account."""

    VERSION = 2
    MINOR_VERSION = 8

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for key and address."""
        errors: dict[str, str] = {}
        if user_input is not None:
            data = account_data(user_input)
            if self._is_configured(data):
                return self.async_abort(reason="already_configured")
            if not (errors := await async_account_errors(self.hass, data)):
                return self.async_create_entry(
                    title=self._free_title(), data=data, options=RECOMMENDED_OPTIONS
                )
        return self.async_show_form(
            step_id="user",
            data_schema=account_schema(user_input or {}),
            errors=errors,
            description_placeholders=LINKS,
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """OpenAI does not take the key any more."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a new key."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            data = account_data({**entry.data, **user_input})
            if not (errors := await async_account_errors(self.hass, data)):
                return self.async_update_reload_and_abort(entry, data=data)
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=KEY_SCHEMA,
            errors=errors,
            description_placeholders={**LINKS, "name": entry.title},
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change key or address; an empty key means the one that is stored."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            key = user_input.get(CONF_API_KEY) or entry.data[CONF_API_KEY]
            data = account_data({**user_input, CONF_API_KEY: key})
            if self._is_configured(data):
                return self.async_abort(reason="already_configured")
            if not (errors := await async_account_errors(self.hass, data)):
                return self.async_update_reload_and_abort(entry, data=data)
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=account_schema(user_input or entry.data, key_required=False),
            errors=errors,
            description_placeholders=LINKS,
        )

    def _free_title(self) -> str:
        """Return a title that tells the new entry, and so its agent, from those that are there."""
        taken = {entry.title for entry in self._async_current_entries()}
        titles = ("ChatGPT", *(f"ChatGPT {number}" for number in range(2, len(taken) + 2)))
        return next(title for title in titles if title not in taken)

    def _is_configured(self, data: Mapping[str, Any]) -> bool:
        """Whether another entry has this key at this address; no address stored is OpenAI's own."""
        account = data[CONF_API_KEY], data[CONF_BASE_URL]
        return any(
            account == (entry.data.get(CONF_API_KEY), entry.data.get(CONF_BASE_URL))
            for entry in self._async_current_entries(include_ignore=False)
            if entry.entry_id != self.context.get("entry_id")
        )

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow behind Configure."""
        return OpenAIOptionsFlow()


class OpenAIOptionsFlow(OptionsFlowWithReload):
    """Configure the entry's own agent."""

    def __init__(self) -> None:
        """Start with nothing shown and nothing asked."""
        self._values: dict[str, Any] = {}
        self._shown: frozenset[str] = frozenset()
        self._catalog: Catalog | None = None

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the form until it holds all that is to be chosen, and nothing that cannot be."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is None:
            self._values = dict(self.config_entry.options or RECOMMENDED_OPTIONS)
        else:
            # what was shown and is missing has been emptied; what was not shown is kept
            kept = {key: value for key, value in self._values.items() if key not in self._shown}
            self._values = kept | user_input
            if problem := self._template_problem():
                errors[CONF_PROMPT] = "template"
                placeholders["problem"] = problem
        context = await self._async_context()
        fields = frozenset(agent_fields(self._values, context))
        if user_input is not None and fields <= self._shown:
            errors |= agent_errors(self._values, context)
            if not errors:
                return self.async_create_entry(data=agent_data(self._values, context))
        self._shown = fields
        return self.async_show_form(
            step_id="init",
            data_schema=agent_schema(self._values, context),
            errors=errors,
            description_placeholders=error_placeholders(self._values, context) | placeholders,
        )

    def _template_problem(self) -> str | None:
        """Return why the instructions do not render, None if they do."""
        variables = {
            "ha_name": self.hass.config.location_name,
            "user_name": None,
            "llm_context": llm.LLMContext(
                platform=DOMAIN,
                context=Context(),
                language=self.hass.config.language,
                assistant="conversation",
                device_id=None,
            ),
        }
        try:
            Template(self._values.get(CONF_PROMPT) or "", self.hass).async_render(
                variables, parse_result=False
            )
        except TemplateError as err:
            return str(err)
        return None

    async def _async_context(self) -> FormContext:
        data = self.config_entry.data
        return FormContext(
            server=server_of(data),
            own_names=is_openai_host(data),
            lists_all=not is_azure(data),
            catalog=await self._async_catalog(),
            today=dt_util.utcnow().date(),
            apis=llm.async_get_apis(self.hass),
        )

    async def _async_catalog(self) -> Catalog:
        """Ask for the models once they are to be chosen; without an answer any name is as good."""
        if self._values.get(CONF_RECOMMENDED):
            return Catalog()
        if self._catalog is None:
            data = self.config_entry.data
            try:
                client = await async_create_client(self.hass, data)
                self._catalog = await async_get_catalog(client, server_of(data))
            except OpenAIRequestError as err:
                LOGGER.debug("No list of models: %s", err.failure)
                self._catalog = Catalog()
        return self._catalog
