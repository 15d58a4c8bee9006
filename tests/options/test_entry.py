"""The agents of an entry, wherever they are stored."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation.const import DOMAIN, SubentryType
from custom_components.openai_conversation.options import entry as agents
from custom_components.openai_conversation.options.chat import RECOMMENDED_OPTIONS, ChatOptions
from custom_components.openai_conversation.options.engines import (
    EvaluationOptions,
    SpeechToTextOptions,
    TextToSpeechOptions,
)
from homeassistant.config_entries import ConfigSubentryDataWithId


def part(kind: str, name: str, **data: Any) -> ConfigSubentryDataWithId:
    """Return a subentry, whose id is its name."""
    return ConfigSubentryDataWithId(
        data=data, subentry_type=kind, title=name.title(), unique_id=None, subentry_id=name
    )


def entry_with(*parts: ConfigSubentryDataWithId, options: dict[str, Any] | None = None) -> Any:
    return MockConfigEntry(
        domain=DOMAIN,
        version=2,
        entry_id="the entry",
        title="ChatGPT",
        options=options or {},
        subentries_data=parts,
    )


EVERYTHING = entry_with(
    part("tts", "voice", chat_model="tts-1"),
    part("conversation", "mario", prompt="You are Mario."),
    part("stt", "listener", prompt="Cooking."),
    part("ai_task_data", "chores", recommended=True),
    part("conversation", "alfred", prompt="You are Alfred."),
    part("ai_task_evaluate", "judge", chat_model="gpt-6.1-sol"),
    part("from the future", "whatever"),
    options=dict(RECOMMENDED_OPTIONS),
)


def test_the_default_agent_comes_first_and_the_others_in_their_order() -> None:
    default, mario, alfred = agents.conversation_agents(EVERYTHING)

    assert default == agents.Configured(
        kind=SubentryType.CONVERSATION,
        unique_id="the entry",
        name="ChatGPT",
        options=ChatOptions.from_stored(RECOMMENDED_OPTIONS),
        subentry_id=None,
    )
    assert mario == agents.Configured(
        kind=SubentryType.CONVERSATION,
        unique_id="mario",
        name="Mario",
        options=ChatOptions.from_stored({"prompt": "You are Mario."}),
        subentry_id="mario",
    )
    assert alfred.unique_id == "alfred"


def test_an_entry_without_options_has_no_default_agent() -> None:
    entry = entry_with(part("conversation", "mario"))

    assert [agent.name for agent in agents.conversation_agents(entry)] == ["Mario"]
    assert list(agents.conversation_agents(entry_with())) == []


def test_an_entry_of_2024_always_has_one() -> None:
    entry = MockConfigEntry(domain=DOMAIN, version=1, title="ChatGPT")

    assert [agent.options for agent in agents.conversation_agents(entry)] == [ChatOptions.from_stored({})]


def test_an_ai_task_is_not_spoken_to() -> None:
    (chores,) = agents.task_agents(EVERYTHING)

    assert chores.options == ChatOptions.from_stored({"recommended": True}, is_spoken_to=False)
    assert (chores.unique_id, chores.name, chores.subentry_id) == ("chores", "Chores", "chores")


def test_speech_engines_and_evaluations() -> None:
    (engine,) = agents.stt_engines(EVERYTHING)
    (voice,) = agents.tts_engines(EVERYTHING)
    (judge,) = agents.evaluators(EVERYTHING)

    assert (engine.name, engine.options) == ("Listener", SpeechToTextOptions(prompt="Cooking."))
    assert (voice.name, voice.options) == ("Voice", TextToSpeechOptions(chat_model="tts-1"))
    assert (judge.name, judge.options) == ("Judge", EvaluationOptions(chat_model="gpt-6.1-sol"))


def test_everything_that_an_entry_is_used_for() -> None:
    everything = [(each.kind, each.name) for each in agents.configured(EVERYTHING)]

    assert everything == [
        ("conversation", "ChatGPT"),
        ("conversation", "Mario"),
        ("conversation", "Alfred"),
        ("ai_task_data", "Chores"),
        ("ai_task_evaluate", "Judge"),
        ("stt", "Listener"),
        ("tts", "Voice"),
    ]
    # no kind is forgotten
    assert {kind for kind, _ in everything} == set(SubentryType)


@pytest.mark.parametrize(
    ("options", "days"), [(None, 30), ({"recommended": True}, 30), ({"keep_pictures": 7.0}, 7)]
)
def test_how_long_an_entry_keeps_its_images(options: dict[str, Any] | None, days: int) -> None:
    assert agents.keep_images_days(entry_with(options=options)) == days
