"""The kinds of subentries: the form, the title, and the first data of each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.const import CONF_PROMPT
from homeassistant.core import HomeAssistant

from ..compat import CAN_EVALUATE
from ..const import CONF_CHAT_MODEL, CONF_MODEL_SWITCH, CONF_RECOMMENDED, DOMAIN, Server, SubentryType
from ..openai_api.client import self_hosted_name, server_of
from ..openai_api.errors import OPENAI_NAME
from ..openai_api.models import DEFAULT_TTS_MODEL
from ..options.chat import RECOMMENDED_OPTIONS
from ..options.engines import ModelSwitch
from .chat import ChatForm
from .engines import EvaluationForm, SpeechToTextForm, TextToSpeechForm
from .form import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of subentry. Titles and first data are those of Home Assistant's own integration."""

    form: type[Form]
    title: str
    """The name of a new subentry at OpenAI."""

    first_data: Mapping[str, Any] = field(default_factory=dict)
    """The data of a new subentry."""


KINDS: Final[Mapping[SubentryType, Kind]] = {
    SubentryType.CONVERSATION: Kind(
        form=ChatForm, title="OpenAI Conversation", first_data=RECOMMENDED_OPTIONS
    ),
    SubentryType.AI_TASK: Kind(form=ChatForm, title="OpenAI AI Task", first_data={CONF_RECOMMENDED: True}),
    SubentryType.EVALUATION: Kind(form=EvaluationForm, title="OpenAI Evaluation"),
    SubentryType.STT: Kind(form=SpeechToTextForm, title="OpenAI STT"),
    SubentryType.TTS: Kind(
        form=TextToSpeechForm,
        title="OpenAI TTS",
        # Home Assistant's own integration needs a model, and would send a missing prompt as "None"
        first_data={
            CONF_CHAT_MODEL: DEFAULT_TTS_MODEL,
            CONF_PROMPT: "",
            CONF_MODEL_SWITCH: ModelSwitch.EARLY.value,
        },
    ),
}


def first_title(kind: SubentryType, account: Mapping[str, Any], in_use: Collection[str]) -> str:
    """Return the title of a new subentry of an account, given the account's stored data."""
    title = KINDS[kind].title
    host = self_hosted_name(account)
    return free_title(title.replace(OPENAI_NAME, host) if host else title, in_use)


def free_title(title: str, in_use: Collection[str]) -> str:
    """Return a title that nothing else has, such as "OpenAI TTS 2"."""
    numbered = (title if number == 1 else f"{title} {number}" for number in count(1))
    return next(each for each in numbered if each not in in_use)


def titles_in_use(hass: HomeAssistant) -> set[str]:
    """Return the names of all agents and engines of all accounts: pickers show only the names."""
    entries = hass.config_entries.async_entries(DOMAIN)
    return {subentry.title for entry in entries for subentry in entry.subentries.values()}


def first_subentries(
    account: Mapping[str, Any], model: Mapping[str, Any], in_use: Collection[str]
) -> list[ConfigSubentryData]:
    """Return the subentries of a new account, besides its default agent."""
    kinds = [SubentryType.AI_TASK]
    if server_of(account) is Server.OPENAI:
        # self-hosted servers seldom have speech models
        kinds += [SubentryType.STT, SubentryType.TTS]
        if CAN_EVALUATE:
            kinds.append(SubentryType.EVALUATION)
    return [
        ConfigSubentryData(
            subentry_type=kind,
            data={**KINDS[kind].first_data, **model},
            title=first_title(kind, account, in_use),
            unique_id=None,
        )
        for kind in kinds
    ]
