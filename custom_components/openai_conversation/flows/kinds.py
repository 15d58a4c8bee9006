"""The kinds of subentries: the form, the title, and the first data of each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from homeassistant.const import CONF_PROMPT

from ..const import CONF_CHAT_MODEL, CONF_MODEL_SWITCH, CONF_RECOMMENDED, SubentryType
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
    """The name of a new subentry."""

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


def free_title(title: str, in_use: Collection[str]) -> str:
    """Return a title that nothing else has, such as "OpenAI TTS 2"."""
    numbered = (title if number == 1 else f"{title} {number}" for number in count(1))
    return next(each for each in numbered if each not in in_use)
