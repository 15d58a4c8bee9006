"""The dialog of a form: it is shown until the user has seen every field, and no value is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import probatio as vol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_NAME, CONF_PROMPT
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import llm
from homeassistant.helpers.template import Template
from homeassistant.util import dt as dt_util

from ..compat import CAN_HIDE_FIELDS
from ..const import (
    CONF_CHAT_MODEL,
    CONF_CITY,
    CONF_COUNTRY,
    CONF_IMAGE_MODEL,
    CONF_RECOMMENDED,
    CONF_REGION,
    CONF_TIMEZONE,
    CONF_USER_LOCATION,
    CONF_WEB_SEARCH,
    DOMAIN,
    LOCATION_KEYS,
    LOGGER,
    Purpose,
    SubentryType,
)
from ..openai_api.catalog import Catalog, Models
from ..openai_api.client import (
    async_get_catalog,
    create_client,
    is_azure,
    is_openai_host,
    is_web_address,
    server_name,
    server_of,
)
from ..openai_api.errors import OpenAIRequestError
from ..openai_api.location import async_find_place
from ..options.address import Address, with_kept_key
from ..options.chat import shown_options
from ..options.entry import cost_options
from ..options.texts import Texts, async_get_texts
from ..reporting import open_request
from ..runtime import OpenAIConfigEntry
from .form import Form, FormContext

SPEECH: Final = (SubentryType.STT, SubentryType.TTS)
"""Forms with which an engine can get an address of its own."""

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
    _shown: Form = field(init=False)
    _catalog: Catalog | None = None
    _catalog_of: Mapping[str, Any] = field(default_factory=dict)
    """The data of the account that has these models."""

    _confirmed: set[str] = field(default_factory=set)
    """Models that end soon, for which a notice was shown."""

    _is_place_known: bool = field(init=False)
    """Whether the location is stored, has been looked up, or has been left out by the user."""

    def __post_init__(self) -> None:
        """Remember what was stored."""
        self._stored = self.values = shown_options(self.values)
        self._is_place_known = bool(self.values.get(CONF_WEB_SEARCH) and self.values.get(CONF_USER_LOCATION))

    async def async_next(self, user_input: Mapping[str, Any] | None) -> Page | Answer:
        """Return what follows the user's input: a page to show, or the answer. None: the dialog opens."""
        if user_input is None:
            return self._page(self.form(self.values, await self._async_context()))
        seen = self._shown.seen(user_input)
        # a visible field that is missing was cleared; hidden fields keep their value
        kept = {key: value for key, value in self.values.items() if key not in seen}
        self.values = with_kept_key(kept | dict(user_input), self.values)
        context = await self._async_context()
        has_new_place = await self._async_look_up_place(self.form(self.values, context), seen)
        form = self.form(self.values, context)
        texts = context.texts
        if problem := self._template_problem():
            return self._refused(form, {CONF_PROMPT: "template"}, texts, problem=problem)
        # check only fields that were shown and stay: users cannot fix hidden fields, and new ones come next
        on_screen = form.fields.keys() & seen
        if errors := {name: error for name, error in form.errors().items() if name in on_screen}:
            return self._refused(form, errors, texts)
        self.values, dropped = form.without_unsupported()
        before, form = form, self.form(self.values, context)
        more = form.fields.keys() - seen - set(LOCATION_KEYS if has_new_place else ())
        notices = [
            self._dropped_notice(before, form, dropped, texts),
            texts.notice("check_location") if has_new_place else "",
            texts.notice("more_settings") if more else "",
            *self._ending_notices(form, texts),
        ]
        if notice := "".join(notices):
            return self._page(form, notice=notice)
        return Answer(self._unchanged(form) | form.data(), self.values.get(CONF_NAME, "").strip())

    def _unchanged(self, form: Form) -> dict[str, Any]:
        """Return the stored options that were shown and not changed. They stay stored, even defaults.

        Home Assistant's own integration may have stored them. It has other defaults, and may read them again.
        """
        return {
            name: value
            for name, value in self._stored.items()
            if name in form.fields and name != CONF_NAME and self.values.get(name) == value
        }

    def _dropped_notice(self, before: Form, form: Form, dropped: tuple[str, ...], texts: Texts) -> str:
        """Return which of the settings that the user has chosen change with the model."""
        suggested, new = self._shown.suggestions(), form.suggestions()
        changes = [
            texts.change(name, before.values.get(name), new.get(name) if name in form.fields else None)
            for name in dropped
            if name in self._stored or before.values.get(name) != suggested.get(name)
        ]
        if not changes:
            return ""
        model = form.placeholders()["model"]
        return texts.notice("unsupported_settings", model=model, settings=", ".join(changes))

    def _ending_notices(self, form: Form, texts: Texts) -> Iterator[str]:
        """Yield a notice for each model that ends soon, the first time that the user chooses it."""
        for model, successor in form.ending():
            end = form.context.models.shutdown(model)
            if model in self._confirmed or not end:
                continue
            self._confirmed.add(model)
            names = {"model": model, "day": texts.day(end)}
            if successor:
                yield texts.notice("model_ends", "warning", successor=successor, **names)
            else:
                yield texts.notice("model_ends_for_good", "warning", **names)

    def _refused(self, form: Form, errors: Mapping[str, str], texts: Texts, **placeholders: str) -> Page:
        """Return the form with its errors, which are also named at the top: a field may be out of sight."""
        settings = texts.settings(name for name in form.fields if name in errors)
        return self._page(form, {**errors, "base": "wrong_settings"}, settings=settings, **placeholders)

    def _page(self, form: Form, errors: Mapping[str, str] | None = None, **placeholders: str) -> Page:
        self._shown = form
        texts = {"problem": "", "settings": "", "notice": "", **form.placeholders()}
        texts["server"] = server_name(self._account())
        texts["model_note"] = form.model_note()
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

    async def _async_look_up_place(self, form: Form, seen: frozenset[str]) -> bool:
        """Fill in where the home is, roughly, and return whether that is for the user to check.

        That happens once, and only if the user has typed neither city nor region. Unknown parts are left out.
        """
        if self._is_place_known or CONF_CITY not in form.fields:
            return False
        self._is_place_known = True
        if self.values.get(CONF_CITY) or self.values.get(CONF_REGION):
            return False
        place = {key: value for key, value in form.context.place.items() if key not in seen}
        if self.entry.state is ConfigEntryState.LOADED:
            place |= await self._async_city_and_region(form)
        self.values |= {key: value for key, value in place.items() if value}
        return True

    def _country_and_timezone(self) -> dict[str, str]:
        config = self.hass.config
        return {CONF_COUNTRY: config.country or "", CONF_TIMEZONE: config.time_zone}

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

    def _account(self) -> Mapping[str, Any]:
        """Return the data of the account at the address that the form is about."""
        address = Address.from_stored(self.values) if self.subentry in SPEECH else None
        return address.account if address and is_web_address(address.base_url) else self.entry.data

    async def _async_context(self) -> FormContext:
        data = self._account()
        return FormContext(
            models=Models(server_of(data), await self._async_catalog(), dt_util.utcnow().date()),
            has_openai_names=is_openai_host(data),
            lists_all=not is_azure(data),
            apis=llm.async_get_apis(self.hass),
            subentry=self.subentry,
            stored_models=(self._stored.get(CONF_CHAT_MODEL), self._stored.get(CONF_IMAGE_MODEL)),
            place={} if self._is_place_known else self._country_and_timezone(),
            prices=cost_options(self.entry).price_list(data),
            texts=await async_get_texts(self.hass, self.subentry),
        )

    async def _async_catalog(self) -> Catalog:
        """Ask for the list of models if the form has one. Without a list, any name is accepted."""
        if self.values.get(CONF_RECOMMENDED) and not CAN_HIDE_FIELDS:
            return Catalog()
        data = self._account()
        if self._catalog is None or self._catalog_of != data:
            self._catalog_of = data
            try:
                client = create_client(self.hass, data)
                self._catalog = await async_get_catalog(client, server_of(data))
            except OpenAIRequestError as err:
                LOGGER.debug("No list of models: %s", err.failure)
                self._catalog = Catalog()
        return self._catalog
