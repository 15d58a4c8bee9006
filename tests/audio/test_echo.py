"""Models that transcribe silence as the prompt or the keywords that were sent with it."""

import pytest

from custom_components.openai_conversation.audio.echo import is_echo
from custom_components.openai_conversation.options.engines import DEFAULT_STT_PROMPT

OWN_PROMPT = "We speak Swiss German. Say: turn on the kitchen light, close the blinds."
ROOMS = ("Kitchen", "Living Room", "Bedroom", "Kid's room", "Garage")


@pytest.mark.parametrize(
    "text",
    [
        DEFAULT_STT_PROMPT,
        DEFAULT_STT_PROMPT.upper(),
        DEFAULT_STT_PROMPT.removesuffix("."),
        f"{DEFAULT_STT_PROMPT} {DEFAULT_STT_PROMPT}",
        f"{DEFAULT_STT_PROMPT} Somebody speaks",
        "Somebody speaks to the voice assistant.",
        "…the voice assistant of a smart home",
    ],
)
def test_our_prompt_is_an_echo_also_in_part(text: str) -> None:
    assert is_echo(text, DEFAULT_STT_PROMPT, ())


@pytest.mark.parametrize("text", [OWN_PROMPT, OWN_PROMPT.lower(), f"{OWN_PROMPT} {OWN_PROMPT}"])
def test_a_prompt_of_the_users_is_an_echo_as_a_whole(text: str) -> None:
    assert is_echo(text, OWN_PROMPT, ())


@pytest.mark.parametrize(
    "text",
    [
        "Kitchen, Living Room, Bedroom",
        "living room bedroom kid's room garage.",
        "Kitchen. Living Room. Bedroom. Kid's room. Garage.",
    ],
)
def test_a_list_of_keywords_is_an_echo(text: str) -> None:
    assert is_echo(text, "", ROOMS)


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("Turn on the kitchen light.", DEFAULT_STT_PROMPT),
        ("Turn on the kitchen light", OWN_PROMPT),
        ("Close the blinds.", OWN_PROMPT),
        ("A smart home", DEFAULT_STT_PROMPT),
        ("Somebody speaks", DEFAULT_STT_PROMPT),
        ("Somebody speaks to the voice assistant of my neighbor", DEFAULT_STT_PROMPT),
        (f"{DEFAULT_STT_PROMPT} Turn on the light.", DEFAULT_STT_PROMPT),
        ("Lights on", "Lights on"),
        (DEFAULT_STT_PROMPT, ""),
        ("Kitchen", ""),
        ("Kitchen, living room", ""),
        ("Bedroom, kitchen, garage", ""),
        ("Kitchen, living room, bedroom off", ""),
        ("", DEFAULT_STT_PROMPT),
        ("", ""),
    ],
)
def test_what_somebody_says_is_not(text: str, prompt: str) -> None:
    assert not is_echo(text, prompt, ROOMS)
