"""Tools of other integrations: whatever they do, there is an answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
import json
from typing import Any

import pytest
import voluptuous as vol

from custom_components.openai_conversation.responses import llm_apis, timeouts
from custom_components.openai_conversation.responses.timeouts import Timeouts
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.helpers.json import json_bytes
from tests.support.house import TURN_ON, House
from tests.support.odd_values import odd_value
from tests.support.responses_api import FakeOpenAI, function_call

type Action = Callable[[], Awaitable[llm.ToolResult]]


class OneTool(llm.Tool):
    """A tool that does what a test wants."""

    integration = "other"
    name = "open_safe"
    description = "Opens the safe."

    def __init__(self, action: Action, **more: Any) -> None:
        self.action = action
        for name, value in more.items():
            setattr(self, name, value)

    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        return await self.action()


class WithPin(llm.APIInstance):
    """An instance that asks for a PIN before a tool runs."""

    async def async_call_tool(self, tool_input: llm.ToolInput) -> llm.ToolResult:
        if tool_input.tool_args.get("pin") != "1234":
            raise HomeAssistantError("Wrong PIN.")
        return await super().async_call_tool(tool_input)


class OtherAPI(llm.API):
    """An LLM API of another integration."""

    def __init__(
        self,
        hass: HomeAssistant,
        action: Action,
        *,
        kind: type[llm.APIInstance] = llm.APIInstance,
        prompt: Any = "Be careful.",
        more_tools: Iterable[llm.Tool] = (),
    ) -> None:
        super().__init__(hass=hass, id="other", name="Other")
        self.kind = kind
        self.prompt = prompt
        self.tools = [OneTool(action), *more_tools]
        llm.async_register_api(hass, self)

    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        return self.kind(self, self.prompt, llm_context, self.tools)


async def async_load(house: House, action: Action, kind: type[llm.APIInstance] = llm.APIInstance) -> None:
    OtherAPI(house.hass, action, kind=kind)
    await house.async_load(llm_hass_api=["other"], recommended=True)


@pytest.mark.parametrize(("pin", "opened"), [("0000", 0), ("1234", 1)], ids=["wrong", "right"])
async def test_the_instance_of_an_api_decides_about_its_tools(
    house: House, openai: FakeOpenAI, pin: str, opened: int
) -> None:
    runs: list[str] = []

    async def action() -> llm.ToolResult:
        runs.append("opened")
        return llm.ToolResult(data={})

    await async_load(house, action, WithPin)
    openai.calls("open_safe", {"pin": pin})
    openai.says("As you see.")

    answer = await house.hears("Open the safe")

    assert answer.speech == "As you see."
    assert len(runs) == opened
    assert ("Wrong PIN." in openai.request["input"][-1]["output"]) == (opened == 0)


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError(),
        HomeAssistantError("No."),
        vol.Invalid("No."),
        asyncio.CancelledError(),
        TimeoutError(),
        SystemExit(1),
        ExceptionGroup("both", [ValueError(), KeyError()]),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_tool_that_raises_anything(house: House, openai: FakeOpenAI, error: BaseException) -> None:
    async def action() -> llm.ToolResult:
        raise error

    await async_load(house, action)
    openai.calls("open_safe", {})
    openai.says("The safe is stuck.")

    answer = await house.hears("Open the safe")

    assert answer.speech == "The safe is stuck."
    assert type(error).__name__ in openai.request["input"][-1]["output"]


async def test_an_action_that_takes_long_runs_on_and_the_model_says_so(
    house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeouts, "VOICE", Timeouts(turn=60, silence=5, action=0))
    monkeypatch.setattr(timeouts, "MIN_ACTION", 0)
    ended, may_end = asyncio.Event(), asyncio.Event()

    async def action() -> llm.ToolResult:
        await may_end.wait()
        ended.set()
        return llm.ToolResult(data={})

    await async_load(house, action)
    openai.calls("open_safe", {})
    openai.says("That takes a while.")

    answer = await house.hears("Open the safe")

    assert answer.speech == "That takes a while."
    assert "still running" in openai.request["input"][-1]["output"]
    may_end.set()
    await asyncio.wait_for(ended.wait(), 5)


async def test_an_action_is_not_stopped_halfway_when_the_dialog_is_closed(
    house: House, openai: FakeOpenAI
) -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def action() -> llm.ToolResult:
        begun.set()
        await may_end.wait()
        ended.set()
        return llm.ToolResult(data={})

    await async_load(house, action)
    openai.calls("open_safe", {})
    dialog = asyncio.create_task(house.hears("Open the safe"))
    await begun.wait()

    dialog.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dialog
    may_end.set()

    await asyncio.wait_for(ended.wait(), 5)


async def test_one_broken_tool_does_not_keep_another_from_its_work(house: House, openai: FakeOpenAI) -> None:
    results: list[Any] = [ZeroDivisionError(), None]

    async def action() -> llm.ToolResult:
        if error := results.pop(0):
            raise error
        return llm.ToolResult(data={"open": True})

    await async_load(house, action)
    openai.answers(function_call("open_safe", {}), function_call("open_safe", {}))
    openai.says("One of two.")

    await house.hears("Open the safe")

    outputs = [item["output"] for item in openai.request["input"] if item["type"] == "function_call_output"]
    assert outputs == ['{"error":"ZeroDivisionError"}', '{"open":true}']


class BrokenAPI(llm.API):
    """An LLM API that cannot describe its tools."""

    def __init__(self, hass: HomeAssistant, error: BaseException | None) -> None:
        super().__init__(hass=hass, id="broken", name="Broken")
        self.error = error
        llm.async_register_api(hass, self)

    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        if self.error:
            raise self.error
        await asyncio.Event().wait()
        raise AssertionError


@pytest.mark.parametrize(
    "error",
    [ZeroDivisionError(), HomeAssistantError("No."), asyncio.CancelledError(), None],
    ids=["a bug", "an error", "cancelled", "no end"],
)
async def test_an_api_without_tools_leaves_the_rest_working(
    house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch, error: BaseException | None
) -> None:
    monkeypatch.setattr(llm_apis, "API_TIMEOUT", 0.5)
    BrokenAPI(house.hass, error)
    await house.async_load(llm_hass_api=["broken", "assist"], recommended=True)
    openai.calls(TURN_ON, {"name": "Kitchen Light"})
    openai.says("Done.")

    answer = await house.hears("Turn on the kitchen light")

    assert answer.speech == "Done."
    assert house.turned_on == ["light.kitchen"]


async def test_an_agent_whose_only_api_is_broken_still_talks(house: House, openai: FakeOpenAI) -> None:
    BrokenAPI(house.hass, ZeroDivisionError())
    await house.async_load(llm_hass_api=["broken"], recommended=True)
    openai.says("I cannot see your home.")

    assert (await house.hears("Hi")).speech == "I cannot see your home."
    assert "tools" not in openai.request


@pytest.mark.parametrize("prompt", [None, 5, b"Be careful."])
async def test_an_api_whose_prompt_is_not_text_leaves_the_rest_working(
    house: House, openai: FakeOpenAI, prompt: Any
) -> None:
    OtherAPI(house.hass, async_nothing, prompt=prompt)
    await house.async_load(llm_hass_api=["other", "assist"], recommended=True)
    openai.calls(TURN_ON, {"name": "Kitchen Light"})
    openai.says("Done.")

    assert (await house.hears("Turn on the kitchen light")).speech == "Done."
    assert house.turned_on == ["light.kitchen"]

    await house.async_load(llm_hass_api=["other"])
    openai.says("I cannot see your home.")

    assert (await house.hears("Hi")).speech == "I cannot see your home."


async def test_an_api_that_only_works_now_and_then_does_not_end_the_turn(
    house: House, openai: FakeOpenAI
) -> None:
    api = BrokenAPI(house.hass, None)
    answers = iter([ZeroDivisionError(), None, ZeroDivisionError()])

    async def instance(context: llm.LLMContext) -> llm.APIInstance:
        if error := next(answers):
            raise error
        return llm.APIInstance(api, "Be careful.", context, [])

    api.async_get_api_instance = instance
    await house.async_load(llm_hass_api=["broken"], recommended=True)
    openai.says("Hello.")

    assert (await house.hears("Hi")).speech == "Hello."


async def async_nothing() -> llm.ToolResult:
    return llm.ToolResult(data={})


async def test_whatever_a_tool_returns_the_conversation_goes_on(house: House, openai: FakeOpenAI) -> None:
    seeds = iter(range(40))

    async def action() -> Any:
        return odd_value(next(seeds))

    await async_load(house, action)
    conversation_id = None
    for seed in range(40):
        openai.calls("open_safe", {})
        openai.says("As you see.")

        answer = await house.hears("Open the safe", conversation_id=conversation_id)

        assert answer.speech == "As you see.", seed
        conversation_id = answer.conversation_id
        assert len(openai.request["input"][-1]["output"]) < 500_000
        assert json_bytes(house.deltas), "screens can show it"
    assert conversation_id


async def test_a_tool_that_openai_refuses_is_left_out(
    house: House, openai: FakeOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    OtherAPI(house.hass, async_nothing, more_tools=[OneTool(async_nothing, name="search")])
    await house.async_load(llm_hass_api=["other"], recommended=True)
    openai.refuses(
        400,
        message="Invalid schema for function 'search': array schema missing items.",
        param="tools[1].parameters",
        code="invalid_function_parameters",
    )
    openai.calls("open_safe", {})
    openai.says("It is open.")
    openai.says("Hello.")

    assert (await house.hears("Open the safe")).speech == "It is open."
    assert (await house.hears("Hi")).speech == "Hello."

    offered = [[tool["name"] for tool in request["tools"]] for request in openai.requests]
    assert offered == [["open_safe", "search"], ["open_safe"], ["open_safe"], ["open_safe"]]
    assert caplog.text.count("refuses tools.search") == 1


@pytest.mark.parametrize("words", ["Hi \ud83d", "Hi \ud83d\udca1", "Hi \x00\x1b[31m"])
async def test_odd_characters_of_the_home_and_its_people_are_not_sent(
    house: House, openai: FakeOpenAI, words: str
) -> None:
    OtherAPI(house.hass, async_nothing, prompt=f"Be careful. {words}")
    house.hass.states.async_set("light.kitchen", "off", {"friendly_name": "Light \x00\x1b[31m"})
    await house.async_load(llm_hass_api=["other", "assist"], prompt="You are kind. {{ '\\ud83d\\0' }}")
    openai.says("Hello.")

    assert (await house.hears(words, extra_system_prompt=words)).speech == "Hello."

    sent = json.dumps(openai.request, ensure_ascii=False)
    assert sent.isprintable()
    assert sent.encode("utf-8")
    assert openai.request["input"][-1]["content"].startswith("Hi ")
