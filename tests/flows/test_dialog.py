"""The forms on the screen: Configure, and all that can be added to an account."""

from typing import Any

import httpx
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation.const import DOMAIN
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import InvalidData
from homeassistant.helpers import entity_registry as er, llm
from tests.support.account import KEY
from tests.support.house import AGENT, House
from tests.support.response_items import message, refusal
from tests.support.responses_api import FakeOpenAI
from tests.support.screens import Screen, add, configure, edit, show_fields_at_once

OWN_SERVER = "http://192.168.1.20:11434/v1"
BASIC = {
    *("prompt", "llm_hass_api", "plain_speech", "on_failure", "keep_listening", "remember_turns"),
    *("keep_pictures", "recommended"),
}
RECOMMENDED = BASIC | {"web_search"}
OF_EVERY_MODEL = BASIC | {
    *("chat_model", "max_tokens", "temperature", "top_p"),
    *("service_tier", "store_responses", "web_search", "code_interpreter"),
}
OF_A_REASONER = OF_EVERY_MODEL | {"reasoning_effort", "reasoning_summary", "pro_mode", "verbosity"}
PROMPT = llm.DEFAULT_INSTRUCTIONS_PROMPT.strip()  # as Home Assistant's field for templates gives it back
PLACE = ("city", "region", "country", "timezone")
AT_THE_TOP = {"base": "wrong_settings"}
"""A field with an error may be out of sight, so the top of the form names it."""
MORE_SETTINGS = "More settings have appeared below. Check them, then submit again."

RELEASES = pytest.mark.parametrize("release", ["2026.10", "2026.11"], indirect=True)

ADDRESS = {"base_url", "api_key"}
"""The fields of an address of its own, which speech can have."""


@pytest.fixture
def release(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The release of Home Assistant that shows the forms."""
    if request.param == "2026.11":
        show_fields_at_once(monkeypatch)
    return str(request.param)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms that show and hide fields while the user fills them in."""
    show_fields_at_once(monkeypatch)


async def configure_own(house: House, **stored: Any) -> Screen:
    """Open Configure of an agent that has settings of its own."""
    await house.async_load(recommended=False, **stored)
    return await configure(house.hass, house.entry)


# --- Configure ---


@RELEASES
async def test_recommended_stores_little(house: House, release: str) -> None:
    form = await configure(house.hass, house.entry)
    assert form.fields == {
        "prompt": llm.DEFAULT_INSTRUCTIONS_PROMPT,
        "llm_hass_api": ["assist"],
        "plain_speech": True,
        "on_failure": "home_assistant",
        "keep_listening": "question",
        "remember_turns": 0,
        "keep_pictures": 30,
        "recommended": True,
        "web_search": None,
    }

    await form.change(prompt="You are nice.", llm_hass_api=None)

    assert form.type == "create_entry"
    assert house.entry.options == {"prompt": "You are nice.", "recommended": True}


async def test_own_choices_show_the_rest_and_keep_the_input(house: House) -> None:
    form = await configure(house.hass, house.entry)

    await form.submit(prompt="You are nice.", llm_hass_api=[], recommended=False)

    assert form.type == "form"
    assert not form.errors
    assert form.notice == MORE_SETTINGS
    assert form.fields == {
        "prompt": "You are nice.",
        "llm_hass_api": [],
        "plain_speech": True,
        "on_failure": "home_assistant",
        "keep_listening": "question",
        "remember_turns": 0,
        "keep_pictures": 30,
        "recommended": False,
        "chat_model": "gpt-6-luna",  # gpt-4o ends within 60 days
        "max_tokens": 3000,
        "reasoning_effort": "none",
        "temperature": None,
        "top_p": None,
        "reasoning_summary": "off",
        "pro_mode": None,
        "verbosity": "low",
        "service_tier": "auto",
        "store_responses": None,
        "web_search": None,
        "code_interpreter": None,
    }


@RELEASES
async def test_recommended_settings_put_the_own_ones_aside(
    house: House, openai: FakeOpenAI, release: str
) -> None:
    own = {"chat_model": "gpt-6.1-sol", "reasoning_effort": "max", "max_tokens": 200, "image_model": ""}
    form = await configure_own(house, **own, web_search=True)

    await form.change(recommended=True)

    assert form.type == "create_entry"
    stored = house.entry.options
    # Home Assistant's own integration uses all that lies beside `recommended`
    assert set(stored) == {
        *("prompt", "llm_hass_api", "recommended", "web_search", "search_context_size"),
        "custom_settings",
    }
    openai.says("Hello.")
    await house.hears("Hi")
    assert openai.request["model"] == "gpt-6-luna"
    assert openai.request["max_output_tokens"] == 3000
    assert openai.request["reasoning"] == {"effort": "none"}
    assert openai.request["tools"] == [{"type": "web_search", "search_context_size": "medium"}]

    # saved again, and switched off again: all of it comes back
    form = await configure(house.hass, house.entry)
    assert set(form.fields) == RECOMMENDED | {"search_context_size", "inline_citations", "user_location"}
    await form.change(prompt="You are nice.")
    assert house.entry.options["custom_settings"] == stored["custom_settings"]
    form = await configure(house.hass, house.entry)
    await form.change(recommended=False)
    if release == "2026.10":
        await form.change()
    assert form.type == "create_entry"
    assert house.entry.options["chat_model"] == "gpt-6.1-sol"
    assert house.entry.options["reasoning_effort"] == "max"
    assert house.entry.options["max_tokens"] == 200
    assert house.entry.options["web_search"] is True
    assert "custom_settings" not in house.entry.options


async def test_the_documented_default_model_until_it_ends(house: House, today: Any) -> None:
    today.move_to("2026-11-01")
    form = await configure(house.hass, house.entry)

    await form.change(recommended=False)

    assert form.fields["chat_model"] == "gpt-4o"
    assert set(form.fields) == OF_EVERY_MODEL


async def test_models_to_choose_from(house: House) -> None:
    form = await configure_own(house)

    assert form.options("chat_model") == [
        "gpt-6-luna",
        "gpt-6.1-sol",
        "gpt-6.1-terra",
        "gpt-6-luna-2026-09-01",
        "gpt-4o",
    ]
    assert form.labels("chat_model") == [
        "gpt-6-luna · recommended · $0.10 / $0.50",
        "gpt-6.1-sol · $2.00 / $10.00",
        "gpt-6.1-terra · $1.00 / $5.00",
        "gpt-6-luna-2026-09-01 · $0.10 / $0.50",
        "gpt-4o · ends Jan 14, 2027 · $2.50 / $10.00",
    ]
    assert form.texts["model_note"] == (
        "Prices are in US dollars per million tokens, for input and output, as of Nov 22, 2026."
    )


@RELEASES
async def test_a_model_that_ends_soon_asks_for_a_confirmation_once(house: House, release: str) -> None:
    form = await configure_own(house, chat_model="gpt-6.1-terra")

    await form.change(chat_model="gpt-4o")

    assert form.type == "form"
    assert form.notice.endswith(
        "gpt-4o shuts down on Jan 14, 2027. Submit again to use it until then, or select gpt-6-luna."
    )
    await form.change()
    assert form.type == "create_entry"

    # and not for what is in use
    form = await configure(house.hass, house.entry)
    await form.change(prompt="You are nice.")
    assert form.type == "create_entry"


EVERYTHING = {
    "prompt": "You are nice.",
    "llm_hass_api": ["assist"],
    "plain_speech": False,
    "on_failure": "say",
    "keep_listening": "always",
    "remember_turns": 20,
    "keep_pictures": 7,
    "recommended": False,
    "chat_model": "gpt-6.1-terra",
    "max_tokens": 200,
    "reasoning_effort": "none",
    "temperature": 0.5,
    "top_p": 0.9,
    "reasoning_summary": "concise",
    "pro_mode": True,
    "verbosity": "high",
    "service_tier": "priority",
    "store_responses": True,
    "web_search": True,
    "search_context_size": "low",
    "inline_citations": True,
    "user_location": True,
    "city": "Bologna",
    "region": "Emilia-Romagna",
    "country": "IT",
    "timezone": "Europe/Rome",
    "code_interpreter": True,
}


@RELEASES
async def test_what_is_stored_is_shown_and_stored_again(house: House, release: str) -> None:
    await house.async_load(**EVERYTHING)
    form = await configure(house.hass, house.entry)
    assert form.fields == EVERYTHING

    await form.change()

    assert form.type == "create_entry"
    assert house.entry.options == EVERYTHING


async def test_what_is_chosen_is_sent(house: House, openai: FakeOpenAI) -> None:
    form = await configure_own(house)

    await form.change(chat_model=" gpt-6.1-terra ", max_tokens=200.0, temperature=0.5, verbosity="high")

    assert form.type == "create_entry"
    openai.says("Hello.")
    await house.hears("Hi")
    assert openai.request["model"] == "gpt-6.1-terra"
    assert openai.request["max_output_tokens"] == 200
    assert openai.request["temperature"] == 0.5
    assert openai.request["reasoning"] == {"effort": "none"}
    assert openai.request["text"] == {"verbosity": "high"}


async def test_another_model_shows_what_it_has(house: House) -> None:
    form = await configure_own(house, chat_model="gpt-4o", temperature=0.5)
    assert set(form.fields) == OF_EVERY_MODEL

    await form.change(chat_model="gpt-6-luna")

    assert not form.errors
    assert form.notice == MORE_SETTINGS
    assert set(form.fields) == OF_A_REASONER
    assert form.fields["temperature"] == 0.5


async def test_what_another_model_does_not_support_is_named_and_removed(house: House) -> None:
    form = await configure_own(house, chat_model="gpt-6-luna", temperature=0.5, top_p=0.9, pro_mode=True)

    await form.change(chat_model="gpt-4o", reasoning_effort="none", verbosity="high")

    assert form.errors == {}
    # the effort is the one that the form has suggested
    assert form.notice.startswith(
        "gpt-4o does not support all of your settings. "
        "Submit again to change these: Pro mode, Verbosity: High"
    )
    assert set(form.fields) == OF_EVERY_MODEL
    assert form.fields["temperature"] == 0.5

    await form.change()

    assert form.type == "create_entry"
    assert house.entry.options["chat_model"] == "gpt-4o"
    assert house.entry.options["temperature"] == 0.5
    assert not house.entry.options.keys() & {"reasoning_effort", "pro_mode", "verbosity"}


async def test_a_browser_may_still_send_removed_fields(house: House) -> None:
    form = await configure_own(house, chat_model="gpt-6-luna", verbosity="high")
    await form.change(chat_model="gpt-4o")
    assert "verbosity" not in form.fields

    await form.change(verbosity="high")

    assert form.type == "create_entry"
    assert "verbosity" not in house.entry.options


async def test_reasoning_and_a_temperature_do_not_go_together(house: House) -> None:
    form = await configure_own(house, chat_model="gpt-6-luna", temperature=0.5)

    await form.change(reasoning_effort="low")

    assert "to change these: Temperature: 0.5" in form.notice
    assert "temperature" not in form.fields
    assert form.fields["reasoning_effort"] == "low"


async def test_a_setting_that_changes_with_the_model_is_named_with_both_values(house: House) -> None:
    form = await configure_own(house, chat_model="gpt-6-luna", reasoning_effort="none")

    await form.change(chat_model="gpt-6.1-sol")

    assert form.notice.endswith("to change these: Reasoning effort: None → Low")
    assert form.fields["reasoning_effort"] == "low"


async def test_what_nobody_has_chosen_is_not_named(house: House) -> None:
    form = await configure_own(house, chat_model="gpt-6-luna")

    await form.change(chat_model="gpt-6.1-sol")

    assert form.type == "create_entry"
    assert house.entry.options["chat_model"] == "gpt-6.1-sol"


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"chat_model": "gpt-3.5-turbo"}, {"chat_model": "model_retired"}),
        ({"chat_model": "gpt-7"}, {"chat_model": "model_unknown"}),
        ({"chat_model": "text-embedding-3-small"}, {"chat_model": "model_of_other_kind"}),
        ({"max_tokens": 15}, {"max_tokens": "max_tokens_range"}),
        ({"max_tokens": 128001}, {"max_tokens": "max_tokens_range"}),
        ({"temperature": 2.05}, {"temperature": "temperature_range"}),
        ({"top_p": -0.1}, {"top_p": "top_p_range"}),
        ({"prompt": "{{ 1 / 0 }}"}, {"prompt": "template"}),
    ],
    ids=str,
)
async def test_a_wrong_value_is_refused_at_its_field(
    house: House, values: dict[str, Any], errors: dict[str, str]
) -> None:
    form = await configure_own(house, chat_model="gpt-6-luna")
    before = dict(house.entry.options)

    await form.change(**values)

    assert form.errors == errors | AT_THE_TOP
    if errors.get("chat_model") == "model_retired":
        # what the text advises is filled in
        assert form.fields["chat_model"] == form.texts["successor"] == "gpt-6-luna"
    else:
        assert {name: form.fields[name] for name in values} == values
    assert house.entry.options == before


async def test_an_error_is_shown_even_if_the_form_grows(house: House) -> None:
    form = await configure_own(house, chat_model="gpt-4o")

    # whose successor has more to choose
    await form.change(chat_model="gpt-3.5-turbo")

    assert form.errors == {"chat_model": "model_retired"} | AT_THE_TOP
    assert form.texts["settings"] == "Model"


async def test_an_error_in_a_removed_field_needs_no_fix(house: House) -> None:
    form = await configure_own(house, chat_model="gpt-6-luna")

    await form.change(chat_model="gpt-6.1-sol", reasoning_effort="low", temperature=3)

    assert "to change these: Temperature: 3" in form.notice
    await form.change()
    assert form.type == "create_entry"


async def test_an_invalid_template_is_refused_at_its_field(house: House) -> None:
    form = await configure(house.hass, house.entry)

    with pytest.raises(InvalidData) as refused:
        await form.change(prompt="{% if %}")

    assert "prompt" in refused.value.schema_errors
    await form.change(prompt="{{ 1 }}")
    assert form.type == "create_entry"


async def test_a_missing_model_list_blocks_nothing(house: House, openai: FakeOpenAI) -> None:
    form = await configure(house.hass, house.entry)
    openai.models.side_effect = httpx.ConnectError("no network")

    await form.change(recommended=False)
    await form.change(chat_model="gpt-5.6-luna")

    assert form.type == "create_entry"
    openai.models.side_effect = openai._list_models


async def test_a_stored_default_stays_stored(house: House) -> None:
    """Home Assistant's own integration, which may read it again one day, has other defaults."""
    form = await configure_own(house, chat_model="gpt-6-luna", service_tier="flex")

    await form.change(prompt="You are nice.")

    assert form.type == "create_entry"
    assert house.entry.options["chat_model"] == "gpt-6-luna"


async def test_a_stored_model_that_is_not_listed_blocks_nothing(house: House) -> None:
    form = await configure_own(house, chat_model="gpt-5.4-mini")

    await form.change(prompt="You are nice.")

    assert form.type == "create_entry"
    assert house.entry.options["chat_model"] == "gpt-5.4-mini"


async def test_a_cleared_field_is_empty(house: House) -> None:
    form = await configure_own(house, chat_model="gpt-6-luna", temperature=0.5)

    await form.change(temperature=None)

    assert "temperature" not in house.entry.options


async def test_an_api_that_no_longer_exists_is_not_offered(house: House) -> None:
    await house.async_load(recommended=True, llm_hass_api=["assist", "gone"])

    assert (await configure(house.hass, house.entry)).fields["llm_hass_api"] == ["assist"]


async def test_an_api_of_2024(house: House) -> None:
    await house.async_load(recommended=True, llm_hass_api="assist")

    assert (await configure(house.hass, house.entry)).fields["llm_hass_api"] == ["assist"]


async def test_an_account_of_core_gets_a_default_agent(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, options={})
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get(AGENT) is None
    form = await configure(hass, entry)
    assert form.fields["recommended"] is True
    assert form.fields["llm_hass_api"] == ["assist"]

    await form.change()

    assert hass.states.get(AGENT) is not None


async def test_an_agent_of_2024_that_was_never_configured(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    entry = MockConfigEntry(domain=DOMAIN, version=1, data={"api_key": KEY})
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    form = await configure(hass, entry)

    assert form.fields["llm_hass_api"] == []
    assert form.fields["recommended"] is False


# --- fields at once, from Home Assistant 2026.11 on ---


async def test_own_settings_take_one_submit(house: House, openai: FakeOpenAI, at_once: None) -> None:
    form = await configure(house.hass, house.entry)
    assert set(form.fields) == RECOMMENDED

    await form.change(recommended=False, temperature=0.5, web_search=True, search_context_size="high")

    assert form.type == "create_entry"
    openai.says("Hello.")
    await house.hears("Hi")
    assert openai.request["temperature"] == 0.5
    assert {"type": "web_search", "search_context_size": "high"} in openai.request["tools"]


async def test_hidden_fields_are_not_cleared(house: House, at_once: None) -> None:
    form = await configure_own(house, chat_model="gpt-6-luna", temperature=0.5, web_search=True, city="Rome")

    await form.change(recommended=True)

    assert house.entry.options["custom_settings"].items() >= {
        ("chat_model", "gpt-6-luna"),
        ("temperature", 0.5),
    }
    assert house.entry.options["city"] == "Rome"


async def test_a_model_without_new_choices_takes_one_submit(house: House, at_once: None) -> None:
    form = await configure_own(house, chat_model="gpt-6-luna")

    await form.change(chat_model="gpt-6.1-terra", temperature=0.5)

    assert form.type == "create_entry"
    assert house.entry.options["temperature"] == 0.5


async def test_other_choices_of_another_model_are_shown_before_they_are_saved(
    house: House, at_once: None
) -> None:
    form = await configure_own(house, chat_model="gpt-6-luna")

    # which has other efforts
    await form.change(chat_model="gpt-6.1-sol")

    assert form.notice == MORE_SETTINGS
    assert form.fields["reasoning_effort"] == "low"
    assert "none" not in form.options("reasoning_effort")
    await form.change(reasoning_effort="high")
    assert form.type == "create_entry"
    assert house.entry.options["reasoning_effort"] == "high"


async def test_what_another_model_does_not_support_is_named_at_once_too(house: House, at_once: None) -> None:
    form = await configure_own(house, chat_model="gpt-6-luna", pro_mode=True, verbosity="high")

    await form.change(chat_model="gpt-4o")

    assert "to change these: Pro mode, Verbosity: High" in form.notice
    assert not form.fields.keys() & {"pro_mode", "verbosity", "reasoning_effort"}
    await form.change()
    assert form.type == "create_entry"
    assert not house.entry.options.keys() & {"pro_mode", "verbosity"}


async def test_a_reasoner_has_no_temperature_at_once(house: House, at_once: None) -> None:
    form = await configure_own(house, chat_model="gpt-6-luna", temperature=0.5)

    await form.change(reasoning_effort="low")

    assert "to change these: Temperature: 0.5" in form.notice
    await form.change()
    assert "temperature" not in house.entry.options


async def test_an_error_in_a_field_that_has_just_appeared(house: House, at_once: None) -> None:
    form = await configure(house.hass, house.entry)

    await form.change(recommended=False, temperature=3)

    assert form.errors == {"temperature": "temperature_range"} | AT_THE_TOP
    assert form.texts["settings"] == "Temperature"
    assert form.fields["temperature"] == 3


async def test_a_voice_of_another_model(house: House, openai: FakeOpenAI, at_once: None) -> None:
    openai.offered |= {"gpt-4o-mini-tts": "2027-01-06", "tts-1": "2027-01-06"}
    stored = {"chat_model": "tts-1", "voice": "nova", "model_switch": "late"}
    subentry_id = await with_subentry(house, "tts", **stored)
    form = await edit(house.hass, house.entry, subentry_id)
    assert set(form.fields) == {"name", "chat_model", "model_switch", "voice", "tts_speed", *ADDRESS}

    await form.change(chat_model="gpt-4o-mini-tts", prompt="Slowly.")

    # its voices are others, and it ends, too
    assert form.notice.startswith(MORE_SETTINGS)
    assert "gpt-4o-mini-tts shuts down on Jan 6, 2027." in form.notice
    assert form.fields["voice"] == "nova"
    assert "marin" in form.options("voice")
    assert form.fields["prompt"] == "Slowly."
    await form.change(voice="marin")
    assert house.entry.subentries[subentry_id].data["voice"] == "marin"


async def test_the_voices_are_those_of_the_model_that_speaks_already(house: House, at_once: None) -> None:
    subentry_id = await with_subentry(house, "tts", chat_model="tts-1", voice="nova")
    form = await edit(house.hass, house.entry, subentry_id)
    shown = {"name", "chat_model", "model_switch", "voice", "tts_speed", "prompt"}
    assert set(form.fields) == shown | ADDRESS
    assert form.fields["chat_model"] == "tts-1"

    await form.change(model_switch="late")

    assert house.entry.subentries[subentry_id].data["chat_model"] == "tts-1"


# --- where the house is ---


@pytest.fixture
async def at_home(hass: HomeAssistant) -> None:
    """A house in Bologna."""
    await hass.config.async_update(
        latitude=44.49381, longitude=11.33875, country="IT", time_zone="Europe/Rome"
    )


async def test_the_location_is_looked_up_roughly_and_can_be_corrected(
    house: House, openai: FakeOpenAI, at_home: None
) -> None:
    form = await configure_own(house, chat_model="gpt-6.1-terra")
    await form.change(web_search=True)
    assert form.fields["user_location"] is None
    openai.answers_json({"city": "Bolonia", "region": "Emilia-Romagna"})

    await form.change(user_location=True)

    assert form.notice == "Check the location that searches send, then submit again."
    (asked,) = openai.requests
    assert asked["model"] == "gpt-6.1-terra"
    assert asked["store"] is False
    assert "44.49, 11.34" in asked["input"]
    assert "44.493" not in str(asked)
    assert {name: form.fields[name] for name in PLACE} == {
        "city": "Bolonia",
        "region": "Emilia-Romagna",
        "country": "IT",
        "timezone": "Europe/Rome",
    }

    await form.change(city="Bologna", timezone=None)

    assert form.type == "create_entry"
    assert {name: house.entry.options.get(name) for name in ("user_location", *PLACE)} == {
        "user_location": True,
        "city": "Bologna",
        "region": "Emilia-Romagna",
        "country": "IT",
        "timezone": None,
    }


async def test_at_once_the_location_is_looked_up_on_submit_and_shown_before_it_is_sent(
    house: House, openai: FakeOpenAI, at_home: None, at_once: None
) -> None:
    form = await configure(house.hass, house.entry)
    openai.answers_json({"city": "Bologna", "region": "Emilia-Romagna"})

    await form.change(web_search=True, user_location=True)

    assert form.notice == "Check the location that searches send, then submit again."
    assert {name: form.fields[name] for name in PLACE} == {
        "city": "Bologna",
        "region": "Emilia-Romagna",
        "country": "IT",
        "timezone": "Europe/Rome",
    }
    await form.change(region=None)
    assert form.type == "create_entry"
    assert house.entry.options["city"] == "Bologna"
    assert "region" not in house.entry.options


async def test_a_city_that_is_typed_is_not_looked_up(house: House, at_home: None, at_once: None) -> None:
    form = await configure(house.hass, house.entry)

    await form.change(web_search=True, user_location=True, city="Modena", timezone=None)

    assert form.type == "create_entry"
    assert {name: house.entry.options.get(name) for name in PLACE} == {
        "city": "Modena",
        "region": None,
        "country": "IT",
        "timezone": None,
    }


async def test_no_location_is_stored_that_nobody_saw(house: House, at_home: None, at_once: None) -> None:
    form = await configure(house.hass, house.entry)

    await form.change(web_search=True)

    assert form.type == "create_entry"
    assert house.entry.options.keys() & set(PLACE) == set()


@RELEASES
async def test_search_settings_come_back_with_the_search(house: House, release: str) -> None:
    searches = {"user_location": True, "city": "Bologna", "inline_citations": True}
    form = await configure_own(house, web_search=True, **searches)
    await form.change(web_search=False)
    assert form.type == "create_entry"

    form = await configure(house.hass, house.entry)
    await form.change(web_search=True)
    if release == "2026.10":
        assert form.notice == MORE_SETTINGS
        await form.change()

    assert form.type == "create_entry"
    assert {name: house.entry.options[name] for name in searches} == searches


async def test_a_known_location_is_not_looked_up_again(house: House) -> None:
    form = await configure_own(house, web_search=True, user_location=True, city="Bologna")
    assert form.fields["city"] == "Bologna"

    await form.change(search_context_size="high")

    assert form.type == "create_entry"
    assert house.entry.options["city"] == "Bologna"


async def test_a_location_that_is_shown_again_is_not_looked_up_again(house: House) -> None:
    await house.async_load(recommended=True, web_search=True, user_location=True, city="Bologna")
    form = await configure(house.hass, house.entry)

    await form.change(recommended=False)

    assert {name: form.fields[name] for name in PLACE} == {**dict.fromkeys(PLACE), "city": "Bologna"}


async def test_a_cleared_location_stays_empty(house: House, openai: FakeOpenAI, at_home: None) -> None:
    form = await configure_own(house, web_search=True)
    openai.answers_json({"city": "Bologna", "region": "Emilia-Romagna"})
    await form.change(user_location=True)

    await form.change(**dict.fromkeys(PLACE))

    assert form.type == "create_entry"
    assert not house.entry.options.keys() & set(PLACE)


async def test_the_location_is_looked_up_beside_an_error(
    house: House, openai: FakeOpenAI, at_home: None
) -> None:
    form = await configure_own(house, chat_model="gpt-6-luna", web_search=True)
    openai.answers_json({"city": "Bologna", "region": "Emilia-Romagna"})

    await form.change(user_location=True, top_p=3)

    assert form.errors == {"top_p": "top_p_range"} | AT_THE_TOP
    assert form.fields["city"] == "Bologna"


@pytest.mark.parametrize(
    "problem",
    ["no network", "an error", "no answer in words", "no JSON", "another form"],
)
async def test_without_an_answer_country_and_time_zone_are_known(
    house: House, openai: FakeOpenAI, at_home: None, problem: str
) -> None:
    form = await configure_own(house, web_search=True)
    match problem:
        case "no network":
            openai.breaks(httpx.ConnectError("no network"))
        case "an error":
            openai.refuses(429, code="rate_limit_exceeded")
        case "no answer in words":
            openai.answers_at_once(refusal("I do not know."))
        case "no JSON":
            openai.answers_at_once(message("Bologna."))
        case "another form":
            openai.answers_json(["Bologna"])

    await form.change(user_location=True)

    assert not form.errors
    assert {name: form.fields[name] for name in PLACE} == {
        "city": None,
        "region": None,
        "country": "IT",
        "timezone": "Europe/Rome",
    }


# --- more agents, tasks, speech engines, and evaluations ---


@pytest.mark.parametrize(
    ("kind", "name", "fields", "data"),
    [
        (
            "conversation",
            "OpenAI Conversation",
            RECOMMENDED - {"keep_pictures"},
            {"recommended": True, "llm_hass_api": ["assist"], "prompt": PROMPT},
        ),
        ("ai_task_data", "OpenAI AI Task", {"recommended", "web_search"}, {"recommended": True}),
        ("stt", "OpenAI STT", {"chat_model", "prompt", *ADDRESS}, {}),
        (
            "tts",
            "OpenAI TTS",
            {"chat_model", "model_switch", "voice", "tts_speed", "prompt", *ADDRESS},
            {
                "chat_model": "gpt-4o-mini-tts",
                "model_switch": "early",
                "voice": "marin",
                "tts_speed": 1.0,
                "prompt": "",
            },
        ),
    ],
    ids=["agent", "task", "speech-to-text", "text-to-speech"],
)
async def test_a_new_subentry_is_shown_and_stored(
    house: House, openai: FakeOpenAI, kind: str, name: str, fields: set[str], data: dict[str, Any]
) -> None:
    openai.offered |= {"gpt-transcribe": None, "gpt-4o-mini-tts": "2027-01-06"}
    form = await add(house.hass, house.entry, kind)
    assert set(form.fields) == {"name", *fields}
    assert form.fields["name"] == name

    await form.change(name=" Alfred ")

    assert form.type == "create_entry"
    (subentry,) = house.entry.subentries.values()
    assert (subentry.subentry_type, subentry.title, subentry.data) == (kind, "Alfred", data)


async def test_a_new_agent_answers_at_once_and_is_gone_when_it_is_removed(
    house: House, openai: FakeOpenAI
) -> None:
    form = await add(house.hass, house.entry, "conversation")
    await form.change(name="Alfred", prompt="You are Alfred.")

    openai.says("At your service.")
    assert (await house.hears("Hi", agent_id="conversation.alfred")).speech == "At your service."
    assert "You are Alfred." in openai.request["instructions"]

    (subentry_id,) = house.entry.subentries
    house.hass.config_entries.async_remove_subentry(house.entry, subentry_id)
    await house.hass.async_block_till_done()
    assert house.hass.states.get("conversation.alfred") is None
    assert er.async_get(house.hass).async_get("conversation.alfred") is None
    assert house.hass.states.get(AGENT) is not None


async def with_subentry(house: House, kind: str, **data: Any) -> str:
    """Add a subentry, as it is stored, and return its id."""
    subentry = ConfigSubentryData(subentry_type=kind, title="Alfred", unique_id=None, data=data)
    other = MockConfigEntry(
        domain=DOMAIN,
        version=2,
        data={"api_key": "sk-other", "base_url": None, "server": "openai"},
        subentries_data=[subentry],
    )
    other.add_to_hass(house.hass)
    house.entry = other
    await house.async_load()
    (subentry_id,) = other.subentries
    return subentry_id


TASK = {name: value for name, value in EVERYTHING.items() if name not in BASIC - {"recommended"}}


SPEECH = {"chat_model": "gpt-4o-mini-tts", "voice": "ash", "tts_speed": 1.5, "prompt": "Slowly."}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("conversation", {name: value for name, value in EVERYTHING.items() if name != "keep_pictures"}),
        ("ai_task_data", {**TASK, "image_model": "gpt-image-2"}),
        ("stt", {"chat_model": "whisper-1", "prompt": "About cooking."}),
        ("tts", {**SPEECH, "model_switch": "early"}),
        ("tts", {**SPEECH, "model_switch": "late", "voice": "nova", "tts_speed": 4.0}),
    ],
    ids=["agent", "task", "ears", "voice", "voice of the past"],
)
async def test_a_subentry_is_shown_and_stored_again(
    house: House, openai: FakeOpenAI, kind: str, data: dict[str, Any]
) -> None:
    openai.offered |= {"whisper-1": "2027-02-26", "gpt-4o-mini-tts": "2027-01-06"}
    subentry_id = await with_subentry(house, kind, **data)
    form = await edit(house.hass, house.entry, subentry_id)
    empty = dict.fromkeys(ADDRESS if kind in ("stt", "tts") else ())
    assert form.fields == {"name": "Alfred", **data, **empty}

    await form.change()

    assert (form.type, form.result["reason"]) == ("abort", "reconfigure_successful")
    subentry = house.entry.subentries[subentry_id]
    assert (subentry.title, subentry.data) == ("Alfred", data)


async def test_another_name(house: House) -> None:
    subentry_id = await with_subentry(house, "conversation", recommended=True, name="what others stored")
    form = await edit(house.hass, house.entry, subentry_id)
    assert form.fields["name"] == "Alfred"

    await form.change(name="Mario")

    assert house.entry.subentries[subentry_id].title == "Mario"
    assert house.hass.states.get("conversation.alfred").attributes["friendly_name"] == "Mario"


async def test_an_empty_name_is_the_default_name(house: House) -> None:
    form = await add(house.hass, house.entry, "ai_task_data")

    await form.change(name=" ")

    (subentry,) = house.entry.subentries.values()
    assert subentry.title == "OpenAI AI Task"


async def test_a_model_without_instructions_for_the_voice(house: House, openai: FakeOpenAI) -> None:
    openai.offered |= {"gpt-4o-mini-tts": "2027-01-06", "tts-1": "2027-01-06"}
    subentry_id = await with_subentry(
        house, "tts", chat_model="gpt-4o-mini-tts", prompt="Slowly.", model_switch="late"
    )
    form = await edit(house.hass, house.entry, subentry_id)

    await form.change(chat_model="tts-1")

    assert "to change these: Instructions: Slowly." in form.notice
    assert form.fields["voice"] == "alloy"
    await form.change(tts_speed=9)
    assert form.errors == {"tts_speed": "tts_speed_range"} | AT_THE_TOP
    await form.change(tts_speed=2)
    assert house.entry.subentries[subentry_id].data == {
        "chat_model": "tts-1",
        "model_switch": "late",
        "voice": "alloy",
        "tts_speed": 2,
        "prompt": "",
    }


async def test_a_task_that_reasons_has_no_temperature(house: House) -> None:
    subentry_id = await with_subentry(
        house, "ai_task_data", recommended=False, chat_model="gpt-6-luna", temperature=0.5
    )
    form = await edit(house.hass, house.entry, subentry_id)
    assert form.fields["reasoning_effort"] == "low"

    await form.change()

    assert "to change these: Temperature: 0.5" in form.notice


async def test_a_new_agent_or_name_loads_the_account_once_and_an_option_does_not(
    house: House, openai: FakeOpenAI
) -> None:
    before = openai.models.call_count
    form = await add(house.hass, house.entry, "conversation")
    await form.change()
    assert openai.models.call_count == before + 1

    (subentry_id,) = house.entry.subentries
    form = await edit(house.hass, house.entry, subentry_id)
    await form.change(name="Alfred", plain_speech=False)
    assert openai.models.call_count == before + 2

    form = await configure(house.hass, house.entry)
    await form.change(plain_speech=False)
    assert openai.models.call_count == before + 2


# --- a self-hosted server ---


@pytest.fixture
async def own_server(house: House, openai: FakeOpenAI) -> House:
    """The house with a server of its own."""
    models = [{"id": name, "object": "model", "created": 1, "owned_by": "me"} for name in ("llama", "qwen3")]
    openai.router.get(f"{OWN_SERVER}/models").respond(json={"data": models, "object": "list"})
    data = {"api_key": KEY, "base_url": OWN_SERVER, "server": "compatible"}
    house.hass.config_entries.async_update_entry(house.entry, data=data)
    await house.hass.async_block_till_done()
    return house


async def test_a_compatible_server_offers_what_it_lists(own_server: House) -> None:
    form = await configure_own(own_server)

    assert form.options("chat_model") == ["llama", "qwen3"]
    assert form.fields["chat_model"] == "llama"
    assert set(form.fields) == BASIC | {
        *("chat_model", "max_tokens", "reasoning_effort", "temperature", "top_p")
    }
    await form.change(temperature=0.5, reasoning_effort="high")
    assert form.type == "create_entry"
    assert own_server.entry.options["chat_model"] == "llama"
    assert own_server.entry.options["reasoning_effort"] == "high"


@pytest.mark.parametrize("kind", ["conversation", "ai_task_data", "stt", "tts"])
async def test_a_self_hosted_server_can_be_used_for_everything(own_server: House, kind: str) -> None:
    form = await add(own_server.hass, own_server.entry, kind)
    if "recommended" in form.fields:
        await form.change(recommended=False)

    assert not form.fields.keys() & {
        *("web_search", "code_interpreter", "store_responses", "service_tier", "image_model", "pro_mode")
    }
    await form.change(chat_model="qwen3")
    assert form.type == "create_entry"
    (subentry,) = own_server.entry.subentries.values()
    assert subentry.data["chat_model"] == "qwen3"
