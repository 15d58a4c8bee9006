"""The dialog of a form: it is shown until the user has seen every field, and no value is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import probatio as vol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_NAME, CONF_PROMPT
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import llm
from homeassistant.helpers.template import Template
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_CHAT_MODEL,
    CONF_CITY,
    CONF_COUNTRY,
    CONF_IMAGE_MODEL,
    CONF_RECOMMENDED,
    CONF_REGION,
    CONF_TIMEZONE,
    DOMAIN,
    LOCATION_KEYS,
    LOGGER,
    Purpose,
    SubentryType,
)
from ..openai_api.catalog import Catalog, Models
from ..openai_api.client import async_get_catalog, create_client, is_azure, is_openai_host, server_of
from ..openai_api.errors import OpenAIRequestError
from ..openai_api.location import async_find_place
from ..reporting import open_request
from ..runtime import OpenAIConfigEntry
from .form import Form, FormContext

TEMPLATES: Final = (None, SubentryType.CONVERSATION)
"""Forms in which `prompt` is a template; in others it is plain text."""


@dataclass(frozen=True, slots=True)
class Page:
    """What to show."""

    schema: vol.Schema
    errors: dict[str, str]
    placeholders: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user has chosen, ready to be stored."""

    data: dict[str, Any]
    name: str


@dataclass(slots=True, kw_only=True)
class Dialog:
    """One form in one flow."""

    hass: HomeAssistant
    entry: OpenAIConfigEntry
    form: type[Form]
    subentry: SubentryType | None
    values: dict[str, Any]
    """What is stored, and later what the user typed."""

    _stored: Mapping[str, Any] = field(init=False)
    _shown: frozenset[str] = field(default_factory=frozenset)
    _catalog: Catalog | None = None

    def __post_init__(self) -> None:
        """Remember what was stored."""
        self._stored = self.values

    async def async_next(self, user_input: Mapping[str, Any] | None) -> Page | Answer:
        """Return what follows the user's input: a page to show, or the answer. None: the dialog opens."""
        if user_input is None:
            return self._page(self.form(self.values, await self._async_context()))
        # a shown field that is missing was cleared; hidden fields keep their value
        kept = {key: value for key, value in self.values.items() if key not in self._shown}
        self.values = kept | dict(user_input)
        context = await self._async_context()
        form = self.form(self.values, context)
        if CONF_CITY in form.fields.keys() - self._shown and not any(map(self.values.get, LOCATION_KEYS)):
            self.values |= await self._async_place(form)
            form = self.form(self.values, context)
        if problem := self._template_problem():
            return self._page(form, {CONF_PROMPT: "template"}, problem=problem)
        # check only fields that were shown and stay: users cannot fix hidden fields, and new ones come next
        on_screen = form.fields.keys() & self._shown
        if errors := {name: error for name, error in form.errors().items() if name in on_screen}:
            return self._page(form, errors)
        has_all_been_seen = form.fields.keys() <= self._shown
        self.values, dropped = form.without_unsupported()
        form = self.form(self.values, context)
        if dropped:
            return self._page(form, {"base": "unsupported"}, settings=await self._async_names(dropped))
        if has_all_been_seen:
            return Answer(self._unchanged(form) | form.data(), self.values.get(CONF_NAME, "").strip())
        return self._page(form)

    def _unchanged(self, form: Form) -> dict[str, Any]:
        """Return the stored options that were shown and not changed. They stay stored, even defaults.

        Home Assistant's own integration may have stored them. It has other defaults, and may read them again.
        """
        return {
            name: value
            for name, value in self._stored.items()
            if name in form.fields and name != CONF_NAME and self.values.get(name) == value
        }

    def _page(self, form: Form, errors: Mapping[str, str] | None = None, **placeholders: str) -> Page:
        self._shown = frozenset(form.fields)
        texts = {"problem": "", "settings": "", **form.placeholders()}
        return Page(form.schema(), dict(errors or {}), texts | placeholders)

    def _template_problem(self) -> str | None:
        """Return why the instructions do not render, None if they do."""
        if self.subentry not in TEMPLATES:
            return None
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
            Template(self.values.get(CONF_PROMPT) or "", self.hass).async_render(
                variables, parse_result=False
            )
        except TemplateError as err:
            return str(err)
        return None

    async def _async_names(self, settings: tuple[str, ...]) -> str:
        """Return the names of some settings, in Home Assistant's language."""
        part = "config_subentries" if self.subentry else "options"
        texts = await async_get_translations(self.hass, self.hass.config.language, part, [DOMAIN])
        kind = f"{part}.{self.subentry}" if self.subentry else part
        path = f"component.{DOMAIN}.{kind}.step.init.data"
        return ", ".join(texts.get(f"{path}.{name}", name) for name in settings)

    async def _async_place(self, form: Form) -> dict[str, str]:
        """Return where the home is, roughly, for the user to check. Unknown parts are left out."""
        config = self.hass.config
        place = {CONF_COUNTRY: config.country or "", CONF_TIMEZONE: config.time_zone}
        if self.entry.state is ConfigEntryState.LOADED:
            place |= await self._async_city_and_region(form)
        return {key: value for key, value in place.items() if value}

    async def _async_city_and_region(self, form: Form) -> dict[str, str]:
        account = self.entry.runtime_data
        purpose = Purpose.TASKS if self.subentry is SubentryType.AI_TASK else Purpose.CONVERSATION
        model = form.placeholders()["model"]
        config = self.hass.config
        try:
            with open_request(account, purpose, model) as request:
                city, region = await async_find_place(
                    account.client, model, config.latitude, config.longitude, on_usage=request.add
                )
        except OpenAIRequestError:
            return {}  # already reported; the user can type both names
        return {CONF_CITY: city, CONF_REGION: region}

    async def _async_context(self) -> FormContext:
        data = self.entry.data
        return FormContext(
            models=Models(server_of(data), await self._async_catalog(), dt_util.utcnow().date()),
            has_openai_names=is_openai_host(data),
            lists_all=not is_azure(data),
            apis=llm.async_get_apis(self.hass),
            subentry=self.subentry,
            stored_models=(self._stored.get(CONF_CHAT_MODEL), self._stored.get(CONF_IMAGE_MODEL)),
        )

    async def _async_catalog(self) -> Catalog:
        """Ask for the list of models if the form shows one. Without a list, any name is accepted."""
        if self.values.get(CONF_RECOMMENDED):
            return Catalog()
        if self._catalog is None:
            data = self.entry.data
            try:
                client = create_client(self.hass, data)
                self._catalog = await async_get_catalog(client, server_of(data))
            except OpenAIRequestError as err:
                LOGGER.debug("No list of models: %s", err.failure)
                self._catalog = Catalog()
        return self._catalog
