"""Screens: the account (setup, new key, reconfigure) and all that it is used for."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
    OptionsFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_API_KEY, CONF_NAME, CONF_PROMPT
from homeassistant.core import callback

from .compat import CAN_EVALUATE
from .const import CONF_BASE_URL, CONF_CHAT_MODEL, CONF_RECOMMENDED, DOMAIN, Server, SubentryType
from .flows.account import KEY_SCHEMA, AccountErrors, account_data, account_schema, async_account_errors
from .flows.chat import AGENT_FORM
from .flows.dialog import Answer, Dialog, Page
from .flows.engines import EVALUATION_FORM, STT_FORM, TTS_FORM
from .flows.form import Form
from .openai_api.client import server_of
from .openai_api.models import DEFAULT_TTS_MODEL
from .options.chat import RECOMMENDED_OPTIONS
from .options.entry import has_default_agent

_FORMS: Final[Mapping[SubentryType, Form]] = {
    SubentryType.CONVERSATION: AGENT_FORM,
    SubentryType.AI_TASK: AGENT_FORM,
    SubentryType.EVALUATION: EVALUATION_FORM,
    SubentryType.STT: STT_FORM,
    SubentryType.TTS: TTS_FORM,
}

# As Home Assistant's own integration names and fills them.
NEW_NAMES: Final[Mapping[SubentryType, str]] = {
    SubentryType.CONVERSATION: "OpenAI Conversation",
    SubentryType.AI_TASK: "OpenAI AI Task",
    SubentryType.EVALUATION: "OpenAI Evaluation",
    SubentryType.STT: "OpenAI STT",
    SubentryType.TTS: "OpenAI TTS",
}
NEW_DATA: Final[Mapping[SubentryType, Mapping[str, Any]]] = {
    SubentryType.CONVERSATION: RECOMMENDED_OPTIONS,
    SubentryType.AI_TASK: {CONF_RECOMMENDED: True},
    SubentryType.EVALUATION: {},
    SubentryType.STT: {},
    # without a model that integration could not speak, and it takes no prompt for "None"
    SubentryType.TTS: {CONF_CHAT_MODEL: DEFAULT_TTS_MODEL, CONF_PROMPT: ""},
}

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
        errors = AccountErrors()
        if user_input is not None:
            data = account_data(user_input)
            if self._is_configured(data):
                return self.async_abort(reason="already_configured")
            if not (errors := await async_account_errors(self.hass, data)).fields:
                return self.async_create_entry(
                    title=self._free_title(),
                    data=data,
                    options=RECOMMENDED_OPTIONS,
                    subentries=_first_subentries(server_of(data)),
                )
        return self.async_show_form(
            step_id="user",
            data_schema=account_schema(user_input or {}),
            errors=errors.fields,
            description_placeholders={**LINKS, **errors.placeholders},
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """OpenAI does not take the key any more."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a new key."""
        entry = self._get_reauth_entry()
        errors = AccountErrors()
        if user_input is not None:
            data = account_data({**entry.data, **user_input})
            if not (errors := await async_account_errors(self.hass, data)).fields:
                return self._save(entry, data)
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=KEY_SCHEMA,
            errors=errors.fields,
            description_placeholders={**LINKS, **errors.placeholders, "name": entry.title},
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change key or address; an empty key means the one that is stored."""
        entry = self._get_reconfigure_entry()
        errors = AccountErrors()
        if user_input is not None:
            key = user_input.get(CONF_API_KEY) or entry.data[CONF_API_KEY]
            data = account_data({**user_input, CONF_API_KEY: key})
            if self._is_configured(data):
                return self.async_abort(reason="already_configured")
            if not (errors := await async_account_errors(self.hass, data)).fields:
                return self._save(entry, data)
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=account_schema(user_input or entry.data, key_required=False),
            errors=errors.fields,
            description_placeholders={**LINKS, **errors.placeholders},
        )

    def _save(self, entry: ConfigEntry, data: Mapping[str, Any]) -> ConfigFlowResult:
        """Store an account and load it anew."""
        if entry.update_listeners:
            return self.async_update_and_abort(entry, data=data)
        # one that could not be loaded does not hear of the change, and a key may work again unchanged
        return self.async_update_reload_and_abort(entry, data=data)

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

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added to an account."""
        return {
            kind: OpenAISubentryFlow
            for kind in SubentryType
            if kind is not SubentryType.EVALUATION or CAN_EVALUATE
        }


def _first_subentries(server: Server) -> list[ConfigSubentryData]:
    """Return what a new account is used for at once, besides its own agent."""
    kinds = [SubentryType.AI_TASK]
    if server is Server.OPENAI:
        # servers of one's own seldom hear or speak
        kinds += [SubentryType.STT, SubentryType.TTS]
        if CAN_EVALUATE:
            kinds.append(SubentryType.EVALUATION)
    return [
        ConfigSubentryData(subentry_type=kind, data=NEW_DATA[kind], title=NEW_NAMES[kind], unique_id=None)
        for kind in kinds
    ]


class OpenAIOptionsFlow(OptionsFlow):
    """Configure the entry's own agent."""

    _dialog: Dialog | None = None

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the form until it is answered."""
        if self._dialog is None:
            self._dialog = Dialog(
                hass=self.hass,
                entry=self.config_entry,
                form=AGENT_FORM,
                subentry=None,
                values=dict(
                    self.config_entry.options if has_default_agent(self.config_entry) else RECOMMENDED_OPTIONS
                ),
            )
        match await self._dialog.async_next(user_input):
            case Answer(data):
                return self.async_create_entry(data=data)
            case Page(schema, errors, placeholders):
                return self.async_show_form(
                    step_id="init", data_schema=schema, errors=errors, description_placeholders=placeholders
                )


class OpenAISubentryFlow(ConfigSubentryFlow):
    """Add or change something else that the account is used for."""

    _dialog: Dialog

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add one, with the recommended settings suggested."""
        kind = SubentryType(self._subentry_type)
        self._open(kind, {CONF_NAME: NEW_NAMES[kind], **NEW_DATA[kind]})
        return await self.async_step_init()

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change one."""
        subentry = self._get_reconfigure_subentry()
        self._open(SubentryType(self._subentry_type), {**subentry.data, CONF_NAME: subentry.title})
        return await self.async_step_init()

    def _open(self, kind: SubentryType, values: dict[str, Any]) -> None:
        self._dialog = Dialog(
            hass=self.hass, entry=self._get_entry(), form=_FORMS[kind], subentry=kind, values=values
        )

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the form until it is answered."""
        match await self._dialog.async_next(user_input):
            case Answer(data, name):
                name = name or NEW_NAMES[SubentryType(self._subentry_type)]
                if self.source == SOURCE_USER:
                    return self.async_create_entry(title=name, data=data)
                return self.async_update_and_abort(
                    self._get_entry(), self._get_reconfigure_subentry(), title=name, data=data
                )
            case Page(schema, errors, placeholders):
                return self.async_show_form(
                    step_id="init", data_schema=schema, errors=errors, description_placeholders=placeholders
                )
