"""The checks, one function each: what is said to the agent, and whether the model did what it was asked."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from ..agent import entity_of, entry_ids
from ..assist import ask, listen
from ..client import Client
from ..rooms import KITCHEN_LIGHT, describe
from ..websocket import CommandError
from .report import Outcome, Result, result_of

type Check = Callable[[Client], Awaitable[Result]]

LONG_TURNS: Final = 3
SENTENCES: Final = 150
"""Of each long turn: about 2,000 tokens."""


async def converse(client: Client) -> Result:
    """Ask for one sentence."""
    turn = await ask(client, "Say hello in one short sentence.")
    return result_of(turn, is_right=bool(turn.answer.strip()))


async def call_tool(client: Client) -> Result:
    """Have a light turned on."""
    turn = await ask(client, "Turn on the kitchen light.")
    return result_of(turn, is_right=(await describe(client, KITCHEN_LIGHT)).startswith("on"))


async def call_tool_later(client: Client) -> Result:
    """Have a light turned off that the turn before was about: the call and its result are sent back."""
    await client.call("light.turn_on", entity_id=KITCHEN_LIGHT)
    before = await ask(client, "Is the kitchen light on?")
    if before.error:
        return result_of(before, is_right=False)
    turn = await ask(client, "Turn it off, please.", after=before)
    return result_of(turn, is_right=await describe(client, KITCHEN_LIGHT) == "off")


async def chat(client: Client) -> Result:
    """Ask about what was said two turns before."""
    turn = None
    for text in ("My lucky number is 47.", "What is the color of the sky?", "What is my lucky number?"):
        turn = await ask(client, text, after=turn)
        if turn.error:
            break
    assert turn
    return result_of(turn, is_right="47" in turn.answer or "forty-seven" in turn.answer.lower())


async def cancel(client: Client) -> Result:
    """Close the dialog in the middle of a long answer. A server that goes on has no time for the next."""
    async with listen(client, "Count from 1 to 300, each number in words.") as events:
        async for event in events:
            is_word = event["type"] == "intent-progress" and "content" in event["data"]["chat_log_delta"]
            if is_word or event["type"] == "run-end":
                break
    return await converse(client)


async def remember_much(client: Client) -> Result:
    """Have a conversation of about 6,000 tokens, and ask for a word at its beginning."""
    turn = None
    for number in range(LONG_TURNS):
        start = "The code word is marmalade. " if number == 0 else ""
        question = "What is the code word?" if number == LONG_TURNS - 1 else "Only say OK."
        turn = await ask(client, f"{start}{_diary(number)} {question}", after=turn)
        if turn.error:
            break
    assert turn
    return result_of(turn, is_right="marmalade" in turn.answer.lower())


def _diary(number: int) -> str:
    days = range(number * SENTENCES, (number + 1) * SENTENCES)
    return " ".join(f"On day {day}, the gardener waters bed {day * 7 % 100} twice." for day in days)


async def fill_structure(client: Client) -> Result:
    """Have a task answered as data."""
    text = {"selector": {"text": {}}, "required": True}
    [entry_id] = await entry_ids(client)
    try:
        answer = await client.ask_action(
            "ai_task.generate_data",
            entity_id=await entity_of(client, entry_id, "ai_task"),
            task_name="City",
            instructions="Paris is the capital of France. Which city is it, and in which country?",
            structure={"city": text, "country": text},
        )
    except CommandError as err:
        return Result(outcome=Outcome.FAILS, heard=str(err))
    data = answer["data"]
    is_right = (data["city"], data["country"]) == ("Paris", "France")
    return Result(outcome=Outcome.WORKS if is_right else Outcome.WRONG, heard=str(data))


CHECKS: Final[Mapping[str, Check]] = {
    "Short conversation": converse,
    "Tool call": call_tool,
    "Tool call later on": call_tool_later,
    "Chat over three turns": chat,
    "Cancel": cancel,
    "Long context": remember_much,
    "Data of a task": fill_structure,
}
"""Name in the table → check. They run in this order, in one home."""
