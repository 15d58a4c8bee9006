"""What runs at OpenAI, and how an answer is put: on a screen, and in the air."""

import pytest

from .support.house import TURN_ON, House
from .support.responses_api import (
    FakeOpenAI,
    citation,
    code_interpreter_call,
    function_call,
    message,
    reasoning,
    web_search_call,
)

SATELLITE = "assist_satellite.kitchen"
SOURCED = "It **rains** ([example.org](https://example.org/weather))."
SOURCE = citation("https://example.org/weather", "example.org", start=13, end=56)


async def test_a_search_knows_where_the_house_is(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(
        recommended=False,
        web_search=True,
        search_context_size="high",
        user_location=True,
        city="Amsterdam",
        region="",
        country="NL",
        timezone="Europe/Amsterdam",
    )
    openai.answers(web_search_call("weather"), message(SOURCED, annotations=[SOURCE]))

    await house.hears("Will it rain?")

    assert openai.request["tools"][-1] == {
        "type": "web_search",
        "search_context_size": "high",
        "user_location": {
            "type": "approximate",
            "city": "Amsterdam",
            "country": "NL",
            "timezone": "Europe/Amsterdam",
        },
    }


@pytest.mark.parametrize("stored", [{}, {"user_location": False, "city": "Amsterdam"}], ids=["none", "off"])
async def test_a_search_does_not_send_what_the_user_did_not_choose(
    house: House, openai: FakeOpenAI, stored: dict[str, object]
) -> None:
    await house.async_load(recommended=False, web_search=True, **stored)
    openai.says("It rains.")

    await house.hears("Will it rain?")

    assert openai.request["tools"] == [{"type": "web_search", "search_context_size": "medium"}]


async def test_a_screen_shows_no_sources_unless_they_are_wanted(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=False, web_search=True)
    openai.answers(web_search_call("weather"), message(SOURCED, annotations=[SOURCE]))

    answer = await house.hears("Will it rain?")

    assert answer.speech == "It **rains**."
    assert "sources" in openai.request["instructions"]


async def test_a_screen_shows_sources_that_are_wanted(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=False, web_search=True, inline_citations=True)
    openai.answers(web_search_call("weather"), message(SOURCED, annotations=[SOURCE]))

    answer = await house.hears("Will it rain?")

    assert answer.speech == SOURCED
    assert "sources" not in openai.request["instructions"]


async def test_marks_that_nobody_can_read_are_not_shown(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=False, web_search=True, inline_citations=True)
    openai.answers(web_search_call("weather"), message(f"{SOURCED} \ue200cite\ue202turn0search0\ue201"))

    assert (await house.hears("Will it rain?")).speech == SOURCED


async def test_what_was_found_is_sent_back_as_it_came(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=False, web_search=True, reasoning_effort="low")
    found = [reasoning(), web_search_call("weather"), message(SOURCED, annotations=[SOURCE])]
    openai.answers(*found)
    openai.says("Yes, it does.")

    first = await house.hears("Will it rain?")
    await house.hears("Take an umbrella?", conversation_id=first.conversation_id)

    assert openai.request["input"][1:4] == found


async def test_python_runs_at_openai_and_its_result_is_kept(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=False, code_interpreter=True)
    run = code_interpreter_call("print(6 * 7)", "42")
    openai.answers(run, message("It is 42."))
    openai.says("You are welcome.")

    first = await house.hears("Six times seven?")
    await house.hears("Thanks", conversation_id=first.conversation_id)

    assert first.speech == "It is 42."
    assert openai.requests[0]["tools"][-1] == {"type": "code_interpreter", "container": {"type": "auto"}}
    assert "code_interpreter_call.outputs" in openai.requests[0]["include"]
    assert openai.requests[1]["input"][1] == run


async def test_a_run_without_output_is_sent_back_whole(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=False, code_interpreter=True)
    run = code_interpreter_call("pass") | {"outputs": None}
    openai.answers(run, message("Done."))
    openai.says("Fine.")

    first = await house.hears("Do nothing.")
    await house.hears("And?", conversation_id=first.conversation_id)

    assert openai.request["input"][1] == run


async def test_a_search_and_a_light_in_one_turn(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=False, llm_hass_api=["assist"], web_search=True)
    openai.answers(web_search_call("sunset"), function_call(TURN_ON, {"name": "Kitchen Light"}))
    openai.says("The sun has set, so the light is on.")

    answer = await house.hears("If the sun has set, turn on the kitchen light.")

    assert house.turned_on == ["light.kitchen"]
    assert answer.speech == "The sun has set, so the light is on."
    assert [item["type"] for item in openai.request["input"]] == [
        "message",
        "web_search_call",
        "function_call",
        "function_call_output",
    ]


async def test_minimal_reasoning_does_without_them(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(
        recommended=False,
        chat_model="gpt-5-mini",
        reasoning_effort="minimal",
        web_search=True,
        code_interpreter=True,
    )
    openai.says("Hello.")

    await house.hears("Hi")

    assert "tools" not in openai.request


async def test_thoughts_are_summed_up_and_pro_mode_asked_for(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(
        recommended=False, reasoning_effort="high", reasoning_summary="detailed", pro_mode=True
    )
    openai.answers(reasoning("Counting the lights."), message("Two."))

    await house.hears("How many lights are there?")

    assert openai.request["reasoning"] == {"effort": "high", "summary": "detailed", "mode": "pro"}
    thoughts = [delta["thinking_content"] for delta in house.deltas if "thinking_content" in delta]
    assert thoughts == ["Counting the lights."]


async def test_a_summary_that_needs_a_verified_organization_is_done_without(
    house: House, openai: FakeOpenAI
) -> None:
    await house.async_load(recommended=False, reasoning_effort="low", reasoning_summary="auto")
    openai.refuses(
        400,
        code="unsupported_value",
        param="reasoning.summary",
        message="Your organization must be verified to generate reasoning summaries.",
    )
    openai.says("Hello.")

    answer = await house.hears("Hi")

    assert answer.speech == "Hello."
    assert openai.request["reasoning"] == {"effort": "low"}


async def test_responses_are_stored_on_demand(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=False, store_responses=True)
    openai.says("Hello.")

    await house.hears("Hi")

    assert openai.request["store"] is True


async def test_flex_without_room_is_answered_by_the_default_tier(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=False, service_tier="flex")
    openai.refuses(429, message="Flex: resource unavailable")
    openai.says("Hello.")
    openai.says("Again.")

    assert (await house.hears("Hi")).speech == "Hello."
    await house.hears("Hi again")

    assert [request.get("service_tier") for request in openai.requests] == ["flex", None, "flex"]


MARKDOWN = "## Today\n\n- **Sunny** 🌞, see [the forecast](https://example.org/f)\n- 2 * 3 lights"
HEARD = "Today\n\nSunny, see the forecast\n2 * 3 lights"


async def test_a_speaker_gets_plain_speech_and_the_model_its_own_words(
    house: House, openai: FakeOpenAI
) -> None:
    openai.says(MARKDOWN)
    openai.says("Yes.")

    answer = await house.hears("How will it be?", satellite_id=SATELLITE)
    await house.hears("Sure?", conversation_id=answer.conversation_id, satellite_id=SATELLITE)

    assert answer.speech == HEARD
    assert "".join(delta.get("content") or "" for delta in house.deltas) == "Yes."
    assert openai.request["input"][1]["content"] == MARKDOWN


async def test_plain_speech_streams_word_by_word(house: House, openai: FakeOpenAI) -> None:
    openai.says("It is **very** warm, and it will be so for days.")

    await house.hears("How warm is it?", satellite_id=SATELLITE)

    words = [delta["content"] for delta in house.deltas if delta.get("content")]
    assert "".join(words) == "It is very warm, and it will be so for days."
    assert len(words) > 5


async def test_a_screen_gets_markdown(house: House, openai: FakeOpenAI) -> None:
    openai.says(MARKDOWN)

    assert (await house.hears("How will it be?")).speech == MARKDOWN


async def test_plain_speech_can_be_switched_off(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=True, plain_speech=False)
    openai.says(MARKDOWN)

    assert (await house.hears("How will it be?", satellite_id=SATELLITE)).speech == MARKDOWN


async def test_what_is_said_before_a_call_is_heard_before_its_result(
    house: House, openai: FakeOpenAI
) -> None:
    openai.answers(message("One *moment*"), function_call(TURN_ON, {"name": "Kitchen Light"}))
    openai.says("**Done.**")

    answer = await house.hears("Kitchen light on", satellite_id=SATELLITE)

    kinds = ["".join(delta) for delta in house.deltas if not delta.get("native")]
    assert house.deltas[1] == {"content": "One"}
    assert kinds.index("tool_calls") > max(
        number for number, delta in enumerate(house.deltas) if "moment" in str(delta.get("content"))
    )
    assert answer.speech == "Done."
