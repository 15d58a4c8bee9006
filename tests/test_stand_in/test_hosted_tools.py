"""Tests of the tools that OpenAI runs itself, as the stand-in plays them."""

from typing import Any

from aiohttp import ClientSession
import openai
import pytest

from tests.stand_in import validate_response_request
from tests.stand_in.brain import plan
from tests.stand_in.items import CodeRun, Message, WebSearch

from .requests import check_events, request, stream_events

SEARCH = {"type": "web_search"}
RUNNER = {"type": "code_interpreter", "container": {"type": "auto"}}


def kinds_of(events: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(event["type"].removeprefix("response.") for event in events))


async def test_it_searches_the_web(web: ClientSession) -> None:
    events = await stream_events(web, request("Search the web for night trains!", tools=[SEARCH]))
    check_events(events)
    assert kinds_of(events) == [
        "created",
        "in_progress",
        "output_item.added",
        "web_search_call.in_progress",
        "web_search_call.searching",
        "web_search_call.completed",
        "output_item.done",
        "content_part.added",
        "output_text.delta",
        "output_text.annotation.added",
        "output_text.done",
        "content_part.done",
        "completed",
    ]
    search, message = events[-1]["response"]["output"]
    assert search["action"] == {"type": "search", "query": "night trains", "queries": ["night trains"]}
    (part,) = message["content"]
    (source,) = part["annotations"]
    assert part["text"][source["start_index"] : source["end_index"]] == (
        "([example.org](https://example.org/night-trains?utm_source=openai))"
    )
    assert source["url"] == "https://example.org/night-trains?utm_source=openai"
    assert "".join(event["delta"] for event in events if "delta" in event) == part["text"]


def test_it_searches_near_and_where_the_request_says() -> None:
    place = {"type": "approximate", "city": "Delft"}
    tool = {**SEARCH, "user_location": place, "filters": {"allowed_domains": ["weather.test"]}}
    search, message = plan(request("Any news?", tools=[tool]))
    assert isinstance(search, WebSearch)
    assert search.sources == ("https://weather.test/news?utm_source=openai",)
    assert isinstance(message, Message)
    assert "near Delft" in message.text


async def test_it_runs_a_program(web: ClientSession) -> None:
    events = await stream_events(web, request("Calculate 17 * 23, please", tools=[RUNNER]))
    check_events(events)
    assert kinds_of(events)[3:9] == [
        "code_interpreter_call.in_progress",
        "code_interpreter_call_code.delta",
        "code_interpreter_call_code.done",
        "code_interpreter_call.interpreting",
        "code_interpreter_call.completed",
        "output_item.done",
    ]
    run, message = events[-1]["response"]["output"]
    assert (run["code"], run["outputs"]) == ("print(17 * 23)", None)
    assert message["content"][0]["text"] == "The result is 391."


async def test_it_reports_sources_and_outputs_if_requested(client: openai.AsyncOpenAI) -> None:
    include: Any = ["web_search_call.action.sources", "code_interpreter_call.outputs"]
    options = {"include": include, "tools": [SEARCH, RUNNER]}
    search = (await client.responses.create(**request("what is in the news?", **options))).output[0]
    assert search.type == "web_search_call"
    assert [source.url for source in search.action.sources] == ["https://example.org/news?utm_source=openai"]
    run = (await client.responses.create(**request("compute something", **options))).output[0]
    assert run.type == "code_interpreter_call"
    assert [output.logs for output in run.outputs] == ["42\n"]


@pytest.mark.parametrize(
    ("text", "logs"),
    [
        ("calculate 2 plus 3", "5"),
        ("calculate 2 minus 3", "-1"),
        ("calculate 7 divided by 2", "3.5"),
        ("compute 1 / 0", "nothing"),
        ("compute 3 x 5000000", "15000000"),
    ],
)
def test_it_can_do_sums(text: str, logs: str) -> None:
    run = plan(request(text, tools=[RUNNER]))[0]
    assert isinstance(run, CodeRun)
    assert run.logs == f"{logs}\n"


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("what is in the news?", {"tools": [RUNNER]}),
        ("calculate 1 plus 1", {"tools": [SEARCH]}),
        ("what is in the news?", {"tools": [SEARCH], "tool_choice": "none"}),
        ("hello", {"tools": [SEARCH, RUNNER]}),
    ],
)
def test_it_uses_them_only_if_asked_and_allowed(text: str, changes: dict[str, Any]) -> None:
    (item,) = plan(request(text, **changes))
    assert isinstance(item, Message)


async def test_what_came_of_them_can_be_sent_back(web: ClientSession) -> None:
    for text in ("what is in the news?", "calculate 1 plus 1"):
        body = request(text, model="gpt-6-luna", tools=[SEARCH, RUNNER])
        output = (await stream_events(web, body))[-1]["response"]["output"]
        assert [item["type"] for item in output][0::2] == ["reasoning", "message"]
        validate_response_request({**body, "input": [*body["input"], *output]})
