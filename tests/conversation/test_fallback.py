"""When OpenAI fails: what Home Assistant's own agent answers, and when OpenAI is asked again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
import logging
from typing import Any
from unittest.mock import AsyncMock

from freezegun.api import TickingDateTimeFactory
import httpx
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.openai_conversation.fallback.rules import as_sentence
from homeassistant.components import conversation
from homeassistant.components.conversation import ConversationResult
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    intent,
    issue_registry as ir,
    llm,
)
from homeassistant.util import dt as dt_util

from ..support.house import TURN_ON, House
from ..support.responses_api import FakeOpenAI, message, reasoning, response_events, sse

UNREACHABLE = "OpenAI cannot be reached at the moment."
COMMAND = "Turn on the kitchen light"
DONE = "Turned on the light"
OURS = "custom_components.openai_conversation"


@pytest.fixture
async def house(house: House) -> House:
    """A house whose agent controls it with Assist, as the recommended one does."""
    await house.async_load(recommended=True, llm_hass_api=["assist"])
    return house


async def async_wait(hass: HomeAssistant, today: TickingDateTimeFactory, seconds: float) -> None:
    # `tick` would forget the time that the test has taken so far
    today.move_to(dt_util.utcnow() + timedelta(seconds=seconds))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


def our_warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the warnings of the log. Errors, and warnings of others about what we do, are not allowed."""
    records = [
        record for record in caplog.records if record.levelno >= logging.WARNING and record.name != "asyncio"
    ]
    assert {(record.name, record.levelname) for record in records} <= {(OURS, "WARNING")}
    return [record.getMessage() for record in records]


def cable_is_pulled(openai: FakeOpenAI, sentences: int = 1) -> None:
    for _ in range(sentences):
        openai.breaks(httpx.ConnectError("no route"))


@pytest.mark.parametrize(
    ("fault", "notice"),
    [
        pytest.param({"status": 401, "code": "invalid_api_key"}, "does not accept the API key", id="key"),
        pytest.param({"status": 429, "code": "insufficient_quota"}, "no credit left", id="credit"),
        pytest.param({"status": 403}, "permission", id="permission"),
        pytest.param({"status": 404, "code": "model_not_found"}, "does not offer this model", id="model"),
        pytest.param({"status": 400}, "did not understand the request", id="bad request"),
    ],
)
async def test_a_command_works_whatever_openai_refuses(
    house: House, openai: FakeOpenAI, fault: dict[str, Any], notice: str
) -> None:
    openai.refuses(**fault)

    answer = await house.hears(COMMAND)

    assert house.turned_on == ["light.kitchen"]
    assert not answer.is_error
    assert answer.speech.startswith(f"{DONE}. ")
    assert notice in answer.speech
    assert answer.speech == house.streamed_text


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([httpx.ConnectError("refused")], id="refused"),
        pytest.param([httpx.ConnectTimeout("no route")], id="no route"),
        pytest.param([httpx.ReadTimeout("silence")], id="silence"),
        pytest.param([httpx.ReadError("reset")] * 2, id="lost, and lost again"),
    ],
)
async def test_a_command_works_without_a_network(
    house: House, openai: FakeOpenAI, faults: list[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    for fault in faults:
        openai.breaks(fault)

    answer = await house.hears(COMMAND)

    assert house.turned_on == ["light.kitchen"]
    assert answer.speech == f"{DONE}. {UNREACHABLE}"
    assert len(our_warnings(caplog)) == 1


async def test_a_server_with_a_problem(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(503)
    openai.refuses(503)

    assert (await house.hears(COMMAND)).speech == f"{DONE}. {UNREACHABLE}"


async def test_it_works_in_another_language(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    cable_is_pulled(openai)

    answer = await house.hears("Schalte Kitchen Light ein", language="de")

    assert house.turned_on == ["light.kitchen"]
    assert not answer.is_error


@pytest.mark.parametrize(
    ("sentence", "language", "answer"),
    [
        ("Schalte Kitchen Light ein", "de", "Licht eingeschaltet. OpenAI ist im Moment nicht erreichbar."),
        ("Kitchen Lightをオンにして", "ja", "ライトがオンになりました。 今はOpenAIに接続できません。"),
    ],
)
async def test_the_whole_answer_is_in_the_language_of_the_sentence(
    house: House, openai: FakeOpenAI, sentence: str, language: str, answer: str
) -> None:
    cable_is_pulled(openai)

    assert (await house.hears(sentence, language=language)).speech == answer


async def test_whoever_names_no_language_speaks_that_of_the_home(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    hass.config.language = "de"
    cable_is_pulled(openai, sentences=2)

    light = await house.hears("Schalte Kitchen Light ein", language="*")
    story = await house.hears("Erzähl mir eine Geschichte", language="*")

    assert light.speech == "Licht eingeschaltet. OpenAI ist im Moment nicht erreichbar."
    assert story.speech.startswith("OpenAI ist nicht erreichbar.")


async def test_here_is_where_the_speaker_is(
    hass: HomeAssistant,
    house: House,
    openai: FakeOpenAI,
    area_registry: ar.AreaRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    bedroom = area_registry.async_create("Bedroom").id
    for domain, name in (("light", "lamp"), ("assist_satellite", "speaker")):
        entity = entity_registry.async_get_or_create(domain, "test", name, suggested_object_id=name)
        entity_registry.async_update_entity(entity.entity_id, area_id=bedroom)
    hass.states.async_set("light.lamp", "off")
    async_expose_entity(hass, conversation.DOMAIN, "light.lamp", should_expose=True)
    cable_is_pulled(openai)

    answer = await house.hears("Turn on the lights", satellite_id="assist_satellite.speaker")

    assert not answer.is_error
    assert house.turned_on == ["light.lamp"]


async def test_the_owner_sees_what_is_broken(
    house: House, openai: FakeOpenAI, issue_registry: ir.IssueRegistry
) -> None:
    openai.refuses(429, code="insufficient_quota")

    await house.hears(COMMAND)

    assert [issue.translation_key for issue in issue_registry.issues.values()] == ["billing"]


async def test_small_talk_gets_our_sentence(house: House, openai: FakeOpenAI) -> None:
    cable_is_pulled(openai)

    answer = await house.hears("Tell me a story", satellite_id="assist_satellite.kitchen")

    assert answer.is_error
    assert answer.speech.startswith("OpenAI cannot be reached. Check")
    assert answer.speech == house.streamed_text


async def test_a_lock_that_is_not_exposed_stays_locked(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    unlocked: list[Any] = []
    hass.services.async_register("lock", "unlock", unlocked.append)
    cable_is_pulled(openai)

    answer = await house.hears("Unlock the front door")

    assert unlocked == []
    assert answer.is_error
    assert "cannot be reached" in answer.speech


async def test_an_answer_without_words_is_an_answer(house: House, openai: FakeOpenAI) -> None:
    cable_is_pulled(openai)

    answer = await house.hears("Never mind")

    assert not answer.is_error
    assert answer.speech == UNREACHABLE


async def test_our_conversation_goes_on_without_the_notice(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(404, code="model_not_found")
    openai.says("You are welcome.")
    answer = await house.hears(COMMAND)

    await house.hears("Thank you", conversation_id=answer.conversation_id)

    assert [item["content"] for item in openai.request["input"]] == [COMMAND, f"{DONE}. ", "Thank you"]


async def test_it_means_what_was_meant_before(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    turned_off: list[Any] = []
    hass.services.async_register("light", "turn_off", lambda call: turned_off.append(call.data["entity_id"]))
    openai.refuses(403)
    first = await house.hears(COMMAND)

    second = await house.hears("Turn it off", conversation_id=first.conversation_id)

    assert not second.is_error
    assert turned_off == [["light.kitchen"]]


async def test_a_question_of_home_assistants_is_listened_after(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = intent.IntentResponse("en")
    asked.async_set_speech("Which light?")
    result = ConversationResult(asked, "id")
    monkeypatch.setattr(
        "custom_components.openai_conversation.conversation.async_answer", AsyncMock(return_value=result)
    )
    cable_is_pulled(openai)

    answer = await house.hears("Turn on the light")

    assert answer.speech == f"Which light? {UNREACHABLE}"
    assert answer.keeps_listening


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("Turned on the light", "Turned on the light. "),
        ("45%", "45%. "),
        ("ライトをつけました", "ライトをつけました。 "),
        ("불을 켰습니다", "불을 켰습니다. "),
        ("बत्ती जलाई की", "बत्ती जलाई की. "),
        ("It is on.", "It is on. "),
        (" ", ""),
    ],
)
def test_a_notice_follows_a_whole_sentence(answer: str, sentence: str) -> None:
    assert as_sentence(answer) == sentence


# --- no light waits until OpenAI has time ---


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a thousandth of a second be a long wait."""
    monkeypatch.setattr("custom_components.openai_conversation.conversation.LONGEST_WAIT", 0.0005)


def is_busy(openai: FakeOpenAI, wait: str) -> None:
    openai.refuses(429, code="rate_limit_exceeded", headers={"retry-after-ms": wait})


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            {"status": 429, "code": "rate_limit_exceeded", "headers": {"retry-after": "7"}}, id="busy"
        ),
        pytest.param({"status": 503, "headers": {"retry-after": "7"}}, id="a server with a problem"),
        pytest.param({"status": 503, "message": "Loading model"}, id="a model that loads"),
    ],
)
async def test_a_light_does_not_wait(house: House, openai: FakeOpenAI, fault: dict[str, Any]) -> None:
    openai.refuses(**fault)

    answer = await house.hears(COMMAND)

    assert house.turned_on == ["light.kitchen"]
    assert answer.speech.startswith(DONE)
    assert len(openai.requests) == 1


@pytest.mark.usefixtures("impatient")
async def test_small_talk_waits_as_long_as_it_did(house: House, openai: FakeOpenAI) -> None:
    is_busy(openai, "1")
    is_busy(openai, "1")
    openai.says("Once upon a time.")

    assert (await house.hears("Tell me a story")).speech == "Once upon a time."


@pytest.mark.usefixtures("impatient")
async def test_the_next_request_of_a_turn_waits(house: House, openai: FakeOpenAI) -> None:
    openai.calls(TURN_ON, {"name": "Kitchen Light"})
    is_busy(openai, "1")
    openai.says("It is on.")

    assert (await house.hears(COMMAND)).speech == "It is on."
    assert house.turned_on == ["light.kitchen"]


@pytest.mark.usefixtures("impatient")
async def test_without_a_fallback_everything_waits(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=True, llm_hass_api=["assist"], on_failure="say")
    is_busy(openai, "1")
    openai.says("It is on.")

    assert (await house.hears(COMMAND)).speech == "It is on."


async def test_too_long_is_too_long(house: House, openai: FakeOpenAI) -> None:
    is_busy(openai, "60000")

    assert "too many requests" in (await house.hears("Tell me a story")).speech


# --- when Home Assistant starts without OpenAI ---


async def test_a_home_that_restarts_without_the_internet_is_not_deaf(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, today: TickingDateTimeFactory
) -> None:
    openai.models.mock(side_effect=httpx.ConnectError("no network"))
    await house.async_load()

    assert (await house.hears(COMMAND)).speech == f"{DONE}. {UNREACHABLE}"
    assert (await house.hears("Turn on the bedroom light")).speech == DONE
    assert openai.requests == []

    openai.models.mock(side_effect=openai._list_models)
    await async_wait(hass, today, 31)
    openai.says("OpenAI speaking.")

    assert (await house.hears(COMMAND)).speech == "OpenAI speaking."
    assert house.entry.runtime_data.catalog.models


async def test_small_talk_that_is_answered_ends_it_too(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    openai.models.mock(side_effect=httpx.ReadTimeout("silence"))
    await house.async_load()
    openai.models.mock(side_effect=openai._list_models)
    openai.says("Once upon a time.")

    assert (await house.hears("Tell me a story")).speech == "Once upon a time."
    await hass.async_block_till_done()

    assert house.entry.runtime_data.catalog.models


async def test_a_revoked_key_asks_for_a_new_one_and_leaves_the_lights(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    openai.models.mock(return_value=httpx.Response(401, json={"error": {"code": "invalid_api_key"}}))
    await house.async_load()

    answer = await house.hears(COMMAND)

    assert "does not accept the API key" in answer.speech
    assert house.turned_on == ["light.kitchen"]
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == ["reauth"]


@pytest.mark.parametrize(
    ("answer", "notice"),
    [
        pytest.param(
            httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate is not yet valid"),
            "certificate",
            id="a clock that stood still in a power cut",
        ),
        pytest.param(httpx.Response(200, html="<html>Log in</html>"), "could not be read", id="a login page"),
        pytest.param(httpx.Response(302, headers={"location": "http://login.lan"}), "moved", id="a redirect"),
        pytest.param(
            httpx.Response(429, json={"error": {"code": "rate_limit_exceeded"}}),
            "too many requests",
            id="too many requests",
        ),
    ],
)
async def test_nothing_on_the_way_to_openai_makes_a_home_deaf(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, answer: httpx.Response | Exception, notice: str
) -> None:
    openai.models.mock(side_effect=[answer])
    await house.async_load()

    said = await house.hears(COMMAND)

    assert house.turned_on == ["light.kitchen"]
    assert notice in said.speech


async def test_the_notice_and_the_warning_come_once_although_it_was_loaded_without_openai(
    hass: HomeAssistant,
    house: House,
    openai: FakeOpenAI,
    today: TickingDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    openai.models.mock(return_value=httpx.Response(401, json={"error": {"code": "invalid_api_key"}}))
    await house.async_load()
    openai.refuses(401, code="invalid_api_key")

    first = await house.hears(COMMAND)
    await async_wait(hass, today, 31)
    second = await house.hears(COMMAND)

    assert "does not accept the API key" in first.speech
    assert second.speech == DONE
    assert len(our_warnings(caplog)) == 1


@pytest.mark.parametrize("server", ["self-hosted", "OpenAI"])
async def test_other_accounts_say_what_is_wrong_in_the_settings(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, server: str
) -> None:
    """A wrong certificate of another server, and OpenAI without a network and without a fallback."""
    await hass.config_entries.async_unload(house.entry.entry_id)
    options = {"recommended": True, "llm_hass_api": ["assist"]}
    if server == "OpenAI":
        options["on_failure"] = "say"
        openai.models.mock(side_effect=httpx.ConnectError("no network"))
    else:
        address = "https://server.home.arpa/v1"
        failure = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]")
        openai.router.get(f"{address}/models").mock(side_effect=failure)
        data = {"api_key": "any", "base_url": address, "server": "compatible"}
        hass.config_entries.async_update_entry(house.entry, data=data)
    hass.config_entries.async_update_entry(house.entry, options=options)

    assert not await hass.config_entries.async_setup(house.entry.entry_id)

    assert house.entry.state is ConfigEntryState.SETUP_RETRY


# --- Home Assistant's own agent is warm ---


@pytest.fixture
def warmed(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Return the languages for which an agent was prepared, in their order."""
    languages: list[str | None] = []

    async def prepare(_hass: HomeAssistant, agent_id: str | None, language: str | None) -> None:
        assert agent_id == conversation.HOME_ASSISTANT_AGENT
        languages.append(language)

    monkeypatch.setattr(conversation, "async_prepare_agent", prepare)
    return languages


async def test_it_is_warmed_in_the_language_of_the_first_failure(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, warmed: list[str | None]
) -> None:
    openai.breaks(httpx.ReadTimeout("silence"))

    await house.hears("Erzähl mir eine Geschichte", language="de")
    await hass.async_block_till_done(wait_background_tasks=True)

    assert warmed == ["de"]


async def test_it_is_warmed_when_home_assistant_starts_without_openai(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, warmed: list[str | None]
) -> None:
    openai.models.mock(side_effect=httpx.ConnectError("no network"))

    await house.async_load()
    await hass.async_block_till_done(wait_background_tasks=True)

    assert warmed == ["en"]


async def test_it_is_left_alone_without_a_fallback(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, warmed: list[str | None]
) -> None:
    await house.async_load(recommended=True, llm_hass_api=["assist"], on_failure="say")
    openai.breaks(httpx.ReadTimeout("silence"))

    await house.hears("Tell me a story")
    await hass.async_block_till_done(wait_background_tasks=True)

    assert warmed == []


# --- when there is no fallback ---


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"llm_hass_api": ["assist"], "on_failure": "say"}, id="not wanted"),
        pytest.param({}, id="an agent that controls nothing"),
    ],
)
async def test_only_what_is_wrong(house: House, openai: FakeOpenAI, options: dict[str, Any]) -> None:
    await house.async_load(recommended=True, prompt="You are nice.", **options)
    cable_is_pulled(openai, sentences=2)

    first = await house.hears(COMMAND)
    second = await house.hears(COMMAND)

    assert first.speech == second.speech == "OpenAI cannot be reached. Check the connection, then try again."
    assert house.turned_on == []


async def test_what_the_safety_system_refused_stays_refused(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(400, code="content_policy_violation")

    answer = await house.hears(COMMAND)

    assert "safety system" in answer.speech
    assert house.turned_on == []


async def test_nothing_is_answered_after_a_word(house: House, openai: FakeOpenAI) -> None:
    openai.streams(response_events([message("I will turn")], end=None)[:-2])

    answer = await house.hears(COMMAND)

    assert answer.is_error
    assert house.turned_on == []


async def test_nothing_is_done_twice(house: House, openai: FakeOpenAI) -> None:
    openai.calls(TURN_ON, {"name": "Kitchen Light"})
    openai.refuses(403)

    answer = await house.hears(COMMAND)

    assert answer.is_error
    assert house.turned_on == ["light.kitchen"]


async def test_thoughts_are_not_words(house: House, openai: FakeOpenAI) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield sse(response_events([reasoning("A light?")], end=None))
        raise httpx.ReadTimeout("silence")

    openai.sends(broken())

    assert (await house.hears(COMMAND)).speech == f"{DONE}. {UNREACHABLE}"


# --- an outage ---


async def test_no_light_waits_for_a_timeout_twice(house: House, openai: FakeOpenAI) -> None:
    openai.breaks(httpx.ReadTimeout("silence"))
    await house.hears(COMMAND)

    answer = await house.hears("Turn on the bedroom light")

    assert answer.speech == DONE  # the notice was heard
    assert house.turned_on == ["light.kitchen", "light.bedroom"]
    assert len(openai.requests) == 1


class Weather(llm.API):
    """An LLM API on the internet, which hangs without it."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Register it."""
        super().__init__(hass=hass, id="weather", name="Weather")
        self.asked = 0
        llm.async_register_api(hass, self)

    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        self.asked += 1
        raise TimeoutError


async def test_nor_for_other_services_on_the_internet(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    weather = Weather(hass)
    await house.async_load(recommended=True, llm_hass_api=["assist", "weather"])
    openai.breaks(httpx.ReadTimeout("silence"))
    await house.hears(COMMAND)
    weather.asked = 0

    await house.hears("Turn on the bedroom light")

    assert house.turned_on == ["light.kitchen", "light.bedroom"]
    assert weather.asked == 0


async def test_small_talk_goes_to_openai_even_then(house: House, openai: FakeOpenAI) -> None:
    openai.breaks(httpx.ReadTimeout("silence"))
    openai.says("Once upon a time.")
    openai.calls(TURN_ON, {"name": "Bedroom Light"})
    openai.says("The bedroom is bright.")
    await house.hears(COMMAND)

    story = await house.hears("Tell me a story")
    after = await house.hears("Turn on the bedroom light")

    assert story.speech == "Once upon a time."
    assert after.speech == "The bedroom is bright."


async def test_openai_answers_again_once_it_is_back(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, today: TickingDateTimeFactory
) -> None:
    openai.breaks(httpx.ReadTimeout("silence"))
    await house.hears(COMMAND)
    # still away after 30 s, and back after 60
    openai.breaks(httpx.ReadTimeout("silence"))
    await async_wait(hass, today, 31)
    assert (await house.hears("Turn on the bedroom light")).speech == DONE
    openai.answers_at_once(message("Hi!"))
    await async_wait(hass, today, 31)
    openai.says("OpenAI speaking.")

    answer = await house.hears(COMMAND)

    assert answer.speech == "OpenAI speaking."
    assert openai.requests[-2]["max_output_tokens"] == 16


async def test_a_new_outage_is_reported_again(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, today: TickingDateTimeFactory
) -> None:
    openai.breaks(httpx.ReadTimeout("silence"))
    openai.says("Hello.")
    openai.breaks(httpx.ReadTimeout("silence"))

    assert UNREACHABLE in (await house.hears(COMMAND)).speech
    await house.hears("Tell me a story")
    assert UNREACHABLE in (await house.hears(COMMAND)).speech


async def test_an_outage_of_many_kinds_is_one_outage(
    hass: HomeAssistant,
    house: House,
    openai: FakeOpenAI,
    today: TickingDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    openai.breaks(httpx.ReadTimeout("silence"))
    await house.hears(COMMAND)
    for failure in (httpx.ConnectError("no route"), httpx.ReadTimeout("silence"), httpx.ConnectTimeout("")):
        openai.breaks(failure)
        await async_wait(hass, today, 31)

    assert (await house.hears("Turn on the bedroom light")).speech == DONE
    assert len(our_warnings(caplog)) == 1


async def test_another_failure_before_does_not_hide_an_outage(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(400)
    openai.refuses(400)
    cable_is_pulled(openai)

    first, second, third = [await house.hears(COMMAND) for _ in range(3)]

    assert "did not understand the request" in first.speech
    assert second.speech == DONE
    assert third.speech == f"{DONE}. {UNREACHABLE}"


async def test_whoever_heard_the_failure_knows_it(house: House, openai: FakeOpenAI) -> None:
    cable_is_pulled(openai)
    await house.hears("Tell me a story")

    assert (await house.hears(COMMAND)).speech == DONE


async def test_a_refusal_ends_the_silence(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, today: TickingDateTimeFactory
) -> None:
    openai.breaks(httpx.ReadTimeout("silence"))
    await house.hears(COMMAND)
    openai.refuses(400)
    await async_wait(hass, today, 31)
    openai.says("OpenAI speaking.")

    assert (await house.hears(COMMAND)).speech == "OpenAI speaking."


async def test_without_credit_a_sentence_is_the_next_attempt(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, today: TickingDateTimeFactory
) -> None:
    openai.refuses(429, code="insufficient_quota")
    openai.refuses(429, code="insufficient_quota")
    openai.says("OpenAI speaking.")
    await house.hears(COMMAND)
    assert (await house.hears(COMMAND)).speech == DONE
    await async_wait(hass, today, 31)

    second_attempt = await house.hears(COMMAND)
    await async_wait(hass, today, 31)
    third_attempt = await house.hears(COMMAND)

    assert second_attempt.speech == DONE
    assert third_attempt.speech == "OpenAI speaking."
    assert len(openai.requests) == 3


async def test_the_last_failure_of_an_outage_counts(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, today: TickingDateTimeFactory
) -> None:
    openai.refuses(429, code="insufficient_quota")
    openai.breaks(httpx.ReadTimeout("silence"))
    await house.hears(COMMAND)
    await house.hears("Tell me a story")
    # now the network is gone, too: the next light must not wait for it
    openai.breaks(httpx.ReadTimeout("silence"))
    await async_wait(hass, today, 31)

    assert (await house.hears("Turn on the bedroom light")).speech == DONE
    assert len(openai.requests) == 3


async def test_an_outage_ends_with_the_entry(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, today: TickingDateTimeFactory
) -> None:
    openai.breaks(httpx.ReadTimeout("silence"))
    await house.hears(COMMAND)

    await hass.config_entries.async_unload(house.entry.entry_id)
    await async_wait(hass, today, 61)

    assert len(openai.requests) == 1


async def test_two_sentences_at_once(house: House, openai: FakeOpenAI) -> None:
    both_are_asked = asyncio.Barrier(2)

    async def silence() -> AsyncIterator[bytes]:
        await both_are_asked.wait()
        raise httpx.ReadTimeout("silence")
        yield b""

    openai.sends(silence())
    openai.sends(silence())

    answers = await asyncio.gather(house.hears(COMMAND), house.hears("Turn on the bedroom light"))

    assert sorted(house.turned_on) == ["light.bedroom", "light.kitchen"]
    assert not any(answer.is_error for answer in answers)
