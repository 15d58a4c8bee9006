"""The account form: key and address. The key is entered once and never shown again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import probatio as vol

from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..compat import CAN_HIDE_FIELDS, hidable_field
from ..const import CONF_BASE_URL, CONF_CHAT_MODEL, CONF_SERVER, LOGGER, Server
from ..openai_api.catalog import Catalog
from ..openai_api.client import (
    OPENAI_ADDRESS,
    async_check_responses,
    async_get_catalog,
    create_client,
    is_web_address,
    server_name,
    server_of,
)
from ..openai_api.errors import FailureKind, OpenAIRequestError, async_sentence
from ..openai_api.model_names import is_other_purpose
from .fields import names

KEY: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
ADDRESS: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
_SERVER: Final = SelectSelector(
    SelectSelectorConfig(
        options=[server.value for server in Server], mode=SelectSelectorMode.LIST, translation_key=CONF_SERVER
    )
)

_ERRORS: Final[Mapping[FailureKind, str]] = {
    FailureKind.AUTH: "invalid_auth",
    FailureKind.CONNECTION: "cannot_connect",
    FailureKind.TIMEOUT: "timeout_connect",
    FailureKind.CERTIFICATE: "certificate",
    FailureKind.WRONG_SCHEME: "wrong_scheme",
    FailureKind.REDIRECT: "redirect",
    FailureKind.NO_RESPONSES_API: "nothing_there",
    FailureKind.UNREADABLE: "not_an_api",
    FailureKind.STARTING: "starting",
}
"""Failures for which the form has a text of its own. All others show the sentence that is spoken."""


def key_schema(*, required: bool = True) -> vol.Schema:
    """Return the form of a key alone."""
    return vol.Schema({_key_field(required=required): KEY})


def account_schema(values: Mapping[str, Any], *, key_required: bool = True) -> vol.Schema:
    """Return the form, filled with the known address and server."""
    return vol.Schema(
        {
            _key_field(required=key_required): KEY,
            vol.Optional(CONF_BASE_URL, description={"suggested_value": values.get(CONF_BASE_URL)}): ADDRESS,
            _server_field(server_of(values).value): _SERVER,
        }
    )


def _key_field(*, required: bool) -> vol.Required | vol.Optional:
    return vol.Required(CONF_API_KEY) if required else vol.Optional(CONF_API_KEY)


def _server_field(server: str) -> vol.Marker:
    """Return the key of the server. Nobody needs it before an address is typed: without one, it is OpenAI."""
    if CAN_HIDE_FIELDS:
        return hidable_field(CONF_SERVER, [{"field": CONF_BASE_URL, "operator": "exists"}], server)
    return vol.Required(CONF_SERVER, default=server)


def model_schema(models: Sequence[str]) -> vol.Schema:
    """Return the form for the model of a self-hosted server."""
    return vol.Schema({vol.Required(CONF_CHAT_MODEL, default=models[0]): names(models)})


def account_data(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to store of an account, without the spaces that come with copied text."""
    return {
        CONF_API_KEY: values[CONF_API_KEY].strip(),
        CONF_BASE_URL: _address(values.get(CONF_BASE_URL) or ""),
        CONF_SERVER: server_of(values).value,
    }


def _address(text: str) -> str | None:
    address = text.strip().rstrip("/")
    return None if address in ("", OPENAI_ADDRESS) else address


@dataclass(frozen=True, slots=True)
class AccountErrors:
    """Why an account does not work."""

    fields: dict[str, str] = field(default_factory=dict)
    """Field, or "base" → key of the error. Empty: the account works."""

    placeholders: dict[str, str] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    """The models to choose from at a compatible server that lists several: nobody knows which is right."""


async def async_account_errors(hass: HomeAssistant, data: Mapping[str, Any]) -> AccountErrors:
    """Try an account by asking the server for its models, and return what is wrong with it."""
    if data[CONF_BASE_URL] and not is_web_address(data[CONF_BASE_URL]):
        return AccountErrors({CONF_BASE_URL: "invalid_url"})
    key = data[CONF_API_KEY]
    if not key or not key.isascii() or not key.isprintable():
        # no key looks like this, and no header could carry it
        return AccountErrors({"base": "invalid_auth"})
    try:
        client = create_client(hass, data)
    except Exception:  # noqa: BLE001 - HTTP clients raise different errors for an impossible host name
        return AccountErrors({CONF_BASE_URL: "invalid_url"})
    try:
        catalog = await async_get_catalog(client, server_of(data))
        if server_of(data) is Server.COMPATIBLE:
            await async_check_responses(client)
    except OpenAIRequestError as err:
        LOGGER.warning("The account does not work: %s (%s)", err.failure.kind, err.failure.detail)
        err.name_server(server_name(data))
        placeholders = {
            "problem": await async_sentence(hass, hass.config.language, err),
            "location": _base_of(err.failure.location or ""),
        }
        return AccountErrors({"base": _ERRORS.get(err.failure.kind, "failed")}, placeholders)
    return AccountErrors(models=_choices(server_of(data), catalog))


def _choices(server: Server, catalog: Catalog) -> tuple[str, ...]:
    if server is Server.OPENAI:
        return ()
    models = tuple(model for model in catalog.models if not is_other_purpose(model))
    return models if len(models) > 1 else ()


def _base_of(location: str) -> str:
    """Return the address to enter in the form, given the location of a redirect."""
    return location.partition("?")[0].removesuffix("/models").removesuffix("/responses")
