"""The names of settings, of their values, and other texts of forms, in Home Assistant's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN, SubentryType

_PARTS: Final = ("options", "config_subentries", "selector", "common")
_LONGEST_VALUE: Final = 40
"""Characters of a value in a list of settings."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one form."""

    texts: Mapping[str, str]
    subentry: SubentryType | None = None
    """What the form is for; None: the default agent."""

    def setting(self, name: str) -> str:
        """Return what a setting is called."""
        part = f"config_subentries.{self.subentry}" if self.subentry else "options"
        return self._text(f"{part}.step.init.data.{name}") or name

    def settings(self, names: Iterable[str]) -> str:
        """Return what some settings are called, as a list."""
        return ", ".join(map(self.setting, names))

    def value(self, name: str, value: Any) -> str:
        """Return what a value of a setting is called; "" for an empty one, a switch, and a long text."""
        if value is None or isinstance(value, bool) or len(str(value)) > _LONGEST_VALUE:
            return ""
        return self._text(f"selector.{name}.options.{value}") or str(value)

    def change(self, name: str, old: Any, new: Any) -> str:
        """Return a setting that changes, such as "Reasoning effort: None → Low"."""
        before, after = self.value(name, old), self.value(name, new)
        return self.setting(name) + (f": {before}" if before else "") + (f" → {after}" if after else "")

    def phrase(self, key: str, **placeholders: str) -> str:
        """Return a text that is a part of another one."""
        return (self._text(f"common.{key}") or key).format(**placeholders)

    def notice(self, key: str, kind: str = "info", **placeholders: str) -> str:
        """Return a notice for the top of a form, as Home Assistant's frontend shows it."""
        text = self.phrase(key, **{name: escape(value) for name, value in placeholders.items()})
        return f'<ha-alert alert-type="{kind}">{text}</ha-alert>\n\n'

    def day(self, day: date) -> str:
        """Return a day, such as "Dec 11, 2026"."""
        months = self.phrase("months").split(", ")
        if len(months) != 12:  # the texts are not loaded
            return day.isoformat()
        return self.phrase("date", day=str(day.day), month=months[day.month - 1], year=str(day.year))

    def _text(self, key: str) -> str | None:
        return self.texts.get(f"component.{DOMAIN}.{key}")


async def async_get_texts(hass: HomeAssistant, subentry: SubentryType | None = None) -> Texts:
    """Return the texts of a form. `subentry`: what the form is for; None: the default agent."""
    language = hass.config.language
    parts = [await async_get_translations(hass, language, part, [DOMAIN]) for part in _PARTS]
    return Texts({key: text for part in parts for key, text in part.items()}, subentry)
