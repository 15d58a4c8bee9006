"""Tests of the stand-in's Realtime API: connections and speech."""

import asyncio
from base64 import b64decode
from datetime import date
import json
import time
from typing import Any

from aiohttp import ClientSession, WSServerHandshakeError
from aiohttp.test_utils import TestServer
import pytest

from tests.stand_in import InvalidRequest, create_app
from tests.stand_in.models import TODAY
from tests.stand_in.realtime.rules import check_connection, check_event
from tests.stand_in.realtime.session import _speaking, _transcribing

from .realtime_client import HEARING, MODEL, READ, Talk, connect, reader, reading, said, written
from .requests import KEY, arm

TEXT = "Die Tür ist offen. Is it?"
BEFORE = [
    "response.created",
    "rate_limits.updated",
    "response.output_item.added",
    "response.content_part.added",
]
BEHIND = [
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.done",
]


# --- connections ---


async def test_a_session_reports_its_settings(web: ClientSession) -> None:
    async with connect(web) as talk:
        created = await talk.event()
        session = created["session"]
        assert created["type"] == "session.created"
        assert (session["model"], session["audio"]["output"]["voice"]) == (MODEL, "marin")
        assert session["instructions"]
        assert 3500 < session["expires_at"] - time.time() <= 3600

        changed = await talk.update(audio={"output": {"voice": "ash", "speed": 1.5}}, instructions=READ)
        assert changed["audio"]["output"] == {**session["audio"]["output"], "voice": "ash", "speed": 1.5}
        assert changed["audio"]["input"] == session["audio"]["input"]
        assert changed["instructions"] == READ
        assert (await talk.update(audio={"input": {"turn_detection": None}}))["audio"]["input"][
            "turn_detection"
        ] is None


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({}, {"model": MODEL}, 401),
        ({"Authorization": "Bearer sk-wrong-1234567890"}, {"model": MODEL}, 401),
        ({}, HEARING, 401),
        ({"Authorization": f"Bearer {KEY}", "OpenAI-Beta": "realtime=v1"}, {"model": MODEL}, 400),
        ({"Authorization": f"Bearer {KEY}"}, {"model": "gpt-6-luna"}, 404),
        ({"Authorization": f"Bearer {KEY}"}, {}, 400),
    ],
)
async def test_who_is_not_let_in(
    web: ClientSession, headers: dict[str, str], query: dict[str, str], status: int
) -> None:
    with pytest.raises(WSServerHandshakeError) as caught:
        await web.ws_connect("/v1/realtime", params=query, headers=headers)
    assert caught.value.status == status


async def test_it_speaks_nothing_but_websocket(web: ClientSession) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    async with web.get("/v1/realtime", params={"model": MODEL}, headers=headers) as response:
        assert response.status == 426


def test_a_model_that_was_shut_down_is_refused() -> None:
    later = date(2027, 2, 1)
    for model in ("gpt-realtime", "gpt-realtime-mini"):
        assert check_connection({"model": model}, TODAY) == model
        with pytest.raises(InvalidRequest, match="does not exist"):
            check_connection({"model": model}, later)
    assert check_connection({"model": MODEL}, later) == MODEL


@pytest.mark.parametrize(
    "query", [{"intent": "transcription", "model": MODEL}, {"intent": "chat", "model": MODEL}]
)
def test_an_intent_has_no_model(query: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        check_connection(query, TODAY)


async def test_a_refusal_can_come_late(web: ClientSession) -> None:
    await arm(web, "late", path="/v1/realtime", param="quota")
    async with connect(web) as talk:
        assert (await talk.error())["code"] == "insufficient_quota"
        assert await talk.close_code() == 1008


@pytest.mark.parametrize(("fault", "status"), [("auth", 401), ("model_gone", 404), ("overloaded", 503)])
async def test_a_refusal_can_come_at_the_upgrade(web: ClientSession, fault: str, status: int) -> None:
    await arm(web, fault, path="/v1/realtime")
    with pytest.raises(WSServerHandshakeError) as caught:
        async with connect(web):
            pass
    assert caught.value.status == status
    async with connect(web) as talk:
        assert (await talk.event())["type"] == "session.created"


async def test_a_session_expires(web: ClientSession) -> None:
    await arm(web, "expires", path="/v1/realtime", seconds=0.2)
    async with connect(web) as talk:
        assert (await talk.event())["session"]["expires_at"] <= time.time() + 1
        assert await talk.close_code() == 1001


async def test_a_server_restarts(web: ClientSession) -> None:
    async with connect(web) as talk:
        await talk.event()
        async with web.delete("/stand-in/realtime") as response:
            assert response.status == 204
        assert await talk.close_code() == 1001


async def test_a_session_can_be_silent(web: ClientSession) -> None:
    await arm(web, "silent", path="/v1/realtime")
    async with connect(web) as talk:
        await talk.update()


# --- speech ---


async def test_it_reads_word_by_word(web: ClientSession) -> None:
    async with reader(web) as talk:
        await talk.ask(TEXT)
        events = await talk.events("response.done")

    kinds = [event["type"] for event in events]
    words = len(TEXT.split())
    assert kinds[:4] == BEFORE
    assert kinds[4:-5] == ["response.output_audio_transcript.delta", "response.output_audio.delta"] * words
    assert kinds[-5:] == BEHIND
    assert said(events) == written(events) == TEXT
    done = events[-1]["response"]
    assert (done["status"], done["metadata"]) == ("completed", {"piece": "piece"})
    assert done["output"][0]["content"] == [{"type": "output_audio", "transcript": TEXT}]
    assert done["usage"]["output_token_details"]["audio_tokens"] == words * 6
    assert {event["response_id"] for event in events if "response_id" in event} == {done["id"]}


async def test_pcm_is_as_long_as_the_speed_says(web: ClientSession) -> None:
    sizes = []
    for speed in (0.25, 1.0, 1.5):
        async with reader(web) as talk:
            await talk.update(audio={"output": {"speed": speed}})
            await talk.ask(TEXT)
            events = await talk.events("response.done")
        chunks = [b64decode(e["delta"]) for e in events if e["type"] == "response.output_audio.delta"]
        assert said(events) == TEXT
        assert max(map(len, chunks)) <= 0.4 * 48_000
        sizes.append(sum(map(len, chunks)) / 48_000)
    assert sizes == [pytest.approx(0.3 * 6 / speed, abs=0.05) for speed in (0.25, 1.0, 1.5)]


async def test_instructions_decide(web: ClientSession) -> None:
    async with connect(web) as talk:
        await talk.event()
        await talk.ask(TEXT)
        assert said(await talk.events("response.done")).startswith("Sure!")
        await talk.ask(TEXT, instructions=READ)
        assert said(await talk.events("response.done")) == TEXT


async def test_an_assistants_words_make_it_write(web: ClientSession) -> None:
    before = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "Hello."}],
    }
    async with reader(web) as talk:
        await talk.ask(TEXT, input=[before, *reading(TEXT)["input"]])
        events = await talk.events("response.done")
    assert said(events) == written(events) == ""
    assert [event["delta"] for event in events if event["type"] == "response.output_text.delta"]
    assert next(event["part"] for event in events if "part" in event)["type"] == "text"


async def test_two_at_once_are_interleaved() -> None:
    async with (
        TestServer(create_app(word_ms=5)) as server,
        ClientSession(server.make_url("/")) as web,
        reader(web) as talk,
    ):
        await talk.ask("One two three four.", "first")
        await talk.ask("Five six seven eight.", "second")
        events = await talk.events("response.done")
        events += await talk.events("response.done")

    ids = {
        event["response"]["metadata"]["piece"]: event["response"]["id"]
        for event in events
        if event["type"] == "response.created"
    }
    order = [event["response_id"] for event in events if event["type"] == "response.output_audio.delta"]
    assert order != sorted(order) != order[::-1]
    for piece, text in (("first", "One two three four."), ("second", "Five six seven eight.")):
        assert said([event for event in events if event.get("response_id") == ids[piece]]) == text


async def test_one_conversation_has_one_response_at_a_time(web: ClientSession) -> None:
    await arm(web, "slow", path="response.create", seconds=0.2)
    async with reader(web) as talk:
        for number in range(2):
            await talk.ask(TEXT, f"piece-{number}", conversation="auto")
        error = await talk.error()
        assert (error["code"], error["event_id"]) == ("conversation_already_has_active_response", "piece-1")
        await talk.events("response.done")


async def test_a_response_is_cancelled() -> None:
    async with (
        TestServer(create_app(word_ms=20)) as server,
        ClientSession(server.make_url("/")) as web,
        reader(web) as talk,
    ):
        await talk.ask("word " * 100)
        events = await talk.events("response.output_audio.delta")
        await talk.send("response.cancel")
        while (event := await talk.event())["type"] != "error":
            pass
        assert event["error"]["code"] == "response_cancel_not_active"  # out of band: it must be named
        await talk.send("response.cancel", response_id=events[0]["response"]["id"])
        done = (await talk.events("response.done"))[-1]["response"]
        assert (done["status"], done["status_details"]["reason"]) == ("cancelled", "client_cancelled")
        assert 0 < done["usage"]["output_token_details"]["audio_tokens"] < 600
        await talk.send("response.cancel", response_id=done["id"], event_id="late")
        assert (await talk.error())["event_id"] == "late"


async def test_what_is_too_long_is_cut_off(web: ClientSession) -> None:
    async with reader(web) as talk:
        await talk.ask("word " * 100, max_output_tokens=40)
        events = await talk.events("response.done")
    done = events[-1]["response"]
    assert done["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
    assert 3 < len(said(events).split()) < 10


async def test_the_voice_stays_once_it_has_spoken(web: ClientSession) -> None:
    async with reader(web) as talk:
        await talk.update(audio={"output": {"voice": "sage"}})
        await talk.ask(TEXT)
        await talk.events("response.done")
        update = {"type": "realtime", "audio": {"output": {"voice": "ash"}}}
        await talk.send("session.update", session=update)
        assert (await talk.error())["code"] == "cannot_update_voice"
        await talk.ask(TEXT, audio={"output": {"voice": "ash"}})
        assert (await talk.error())["code"] == "cannot_update_voice"
        await talk.update(audio={"output": {"voice": "sage"}})


async def test_the_speed_changes_between_responses(web: ClientSession) -> None:
    await arm(web, "slow", path="response.create", seconds=0.2)
    async with reader(web) as talk:
        await talk.ask(TEXT)
        await talk.send("session.update", session={"type": "realtime", "audio": {"output": {"speed": 1.2}}})
        assert (await talk.error())["param"] == "session.audio.output.speed"
        await talk.events("response.done")
        await talk.update(audio={"output": {"speed": 1.2}})


async def test_it_is_written_down_who_asked_what(web: ClientSession) -> None:
    async with reader(web) as talk:
        await talk.ask(TEXT)
        await talk.events("response.done")
    async with web.get("/stand-in/requests") as response:
        records = await response.json()
    assert [record["body"]["type"] for record in records] == ["connect", "session.update", "response.create"]
    assert {record["path"] for record in records} == {"/v1/realtime"}
    assert records[0]["body"]["model"] == MODEL
    assert records[2]["outcome"]["said"] == TEXT
    assert KEY not in json.dumps(records)


# --- what is refused ---


def update(**changes: Any) -> dict[str, Any]:
    return {"type": "session.update", "session": {"type": "realtime", **changes}}


def create(**changes: Any) -> dict[str, Any]:
    return {"type": "response.create", "response": {**reading("Hi."), **changes}}


def output(**changes: Any) -> dict[str, Any]:
    return {"audio": {"output": changes}}


@pytest.mark.parametrize(
    "event",
    [
        update(
            output_modalities=["audio"],
            instructions=READ,
            tools=[],
            tool_choice="none",
            max_output_tokens=4096,
            reasoning={"effort": "minimal"},
            tracing=None,
            audio={"input": {"turn_detection": None}, "output": {"voice": {"id": "voice_1"}, "speed": 0.25}},
        ),
        update(**output(format={"type": "audio/pcm", "rate": 24000}, voice="cedar", speed=1.5)),
        create(max_output_tokens="inf", metadata={"a": "b"}, input=[]),
        {"type": "response.cancel", "response_id": "resp_1", "event_id": "x"},
    ],
)
def test_a_good_event_passes(event: dict[str, Any]) -> None:
    check_event(event, _speaking(MODEL))


@pytest.mark.parametrize(
    ("event", "param", "code"),
    [
        ({"type": "session.refresh"}, "type", "invalid_value"),
        ({}, "type", "missing_required_parameter"),
        ([], None, "invalid_event"),
        (
            {"type": "session.update", "session": {"audio": {}}},
            "session.type",
            "missing_required_parameter",
        ),
        (update(foo=1), "session.foo", "unknown_parameter"),
        (update(speed=1), "session.speed", "unknown_parameter"),
        (update(output_modalities=["audio", "text"]), "session.output_modalities", "invalid_value"),
        (update(modalities=["audio"]), "session.modalities", "unknown_parameter"),
        (update(max_output_tokens=5000), "max_output_tokens", "integer_above_max_value"),
        (update(model="gpt-realtime-2.1"), "session.model", "invalid_value"),
        (update(**output(voice="nova")), "session.audio.output.voice", "unsupported_value"),
        (update(**output(voice="fable")), "session.audio.output.voice", "unsupported_value"),
        (update(**output(voice="onyx")), "session.audio.output.voice", "unsupported_value"),
        (update(**output(speed=1.6)), "speed", "decimal_above_max_value"),
        (update(**output(speed=4.0)), "speed", "decimal_above_max_value"),
        (update(**output(speed=0.2)), "speed", "decimal_below_min_value"),
        (update(**output(format={"type": "audio/mp3"})), "session.audio.output.format.type", "invalid_value"),
        (update(instructions=5), "session.instructions", "invalid_type"),
        (create(speed=1.1), "response.speed", "unknown_parameter"),
        (create(conversation="other"), "response.conversation", "unsupported_value"),
        (create(metadata={"n": 7}), "response.metadata.n", "invalid_type"),
        (create(metadata={"n": "x" * 513}), "response.metadata", "invalid_value"),
        (create(metadata={str(n): "" for n in range(17)}), "response.metadata", "invalid_value"),
        (create(**output(voice="nova")), "response.audio.output.voice", "unsupported_value"),
        (create(input="Hi."), "response.input", "invalid_type"),
        ({"type": "response.cancel", "id": "resp_1"}, "id", "unknown_parameter"),
        (
            {"type": "session.update", "session": {"type": "transcription"}},
            "session.type",
            "invalid_session_type",
        ),
    ],
    ids=str,
)
def test_a_bad_event_is_refused(event: Any, param: str | None, code: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_event(event, _speaking(MODEL))
    assert (caught.value.param, caught.value.code) == (param, code)


def test_only_some_models_reason() -> None:
    with pytest.raises(InvalidRequest):
        check_event(update(reasoning={"effort": "low"}), _speaking("gpt-realtime"))


def test_transcription_sessions_do_not_speak() -> None:
    with pytest.raises(InvalidRequest):
        check_event(create(), _transcribing())


async def test_a_refusal_names_the_event_and_the_session_goes_on(web: ClientSession) -> None:
    async with reader(web) as talk:
        await talk.send("response.create", event_id="bad", response={"speed": 2})
        error = await talk.error()
        assert (error["event_id"], error["param"]) == ("bad", "response.speed")
        for nonsense in ("{", "[1]", '"x"'):
            await talk.socket.send_str(nonsense)
            assert (await talk.error())["event_id"] is None
        await talk.socket.send_bytes(b"{}")
        await talk.error()
        await talk.ask(TEXT)
        assert said(await talk.events("response.done")) == TEXT


# --- what goes wrong ---


async def happens(talk: Talk, web: ClientSession, fault: str, **details: Any) -> list[dict[str, Any]]:
    await arm(web, fault, path="response.create", **details)
    await talk.ask(TEXT)
    return await talk.events("response.done")


async def test_it_does_not_read(web: ClientSession) -> None:
    async with reader(web) as talk:
        started = await happens(talk, web, "wrong_start")
        assert said(started) == written(started) == f"Sure, here it is: {TEXT}"
        assert "I am not able" in said(await happens(talk, web, "answer"))
        drifted = said(await happens(talk, web, "drift"))
        assert drifted.startswith("Die Tür ist offen.")
        assert not drifted.endswith("Is it?")
        assert said(await happens(talk, web, "text_part")) == ""
        assert said(await talk_again(talk)) == TEXT


async def talk_again(talk: Talk) -> list[dict[str, Any]]:
    await talk.ask(TEXT)
    return await talk.events("response.done")


async def test_the_transcript_is_late_or_missing(web: ClientSession) -> None:
    async with reader(web) as talk:
        late = await happens(talk, web, "late_transcript")
        kinds = [event["type"] for event in late]
        assert (
            kinds.index("response.output_audio_transcript.delta")
            > kinds.index("response.output_audio.delta") + 4
        )
        assert said(late) == written(late) == TEXT
        missing = await happens(talk, web, "no_transcript")
        assert (said(missing), written(missing)) == (TEXT, "")


@pytest.mark.parametrize(
    ("fault", "status", "details"),
    [
        ("failed", "failed", {"error": {"type": "tokens", "code": "rate_limit_exceeded"}}),
        ("failed_at_once", "failed", {"error": {"type": "insufficient_quota", "code": "insufficient_quota"}}),
        ("content_filter", "incomplete", {"reason": "content_filter"}),
        ("incomplete", "incomplete", {"reason": "max_output_tokens"}),
        ("no_audio", "completed", None),
    ],
)
async def test_it_ends_early(
    web: ClientSession, fault: str, status: str, details: dict[str, Any] | None
) -> None:
    async with reader(web) as talk:
        events = await happens(talk, web, fault)
        done = events[-1]["response"]
        assert done["status"] == status
        assert done["status_details"] == (details and {"type": status, **details})
        assert TEXT not in said(events)
        assert said(await talk_again(talk)) == TEXT


@pytest.mark.parametrize(("fault", "code"), [("close", 1001), ("close_at_once", 1001), ("cut", 1006)])
async def test_it_goes_away(web: ClientSession, fault: str, code: int) -> None:
    await arm(web, fault, path="response.create")
    async with reader(web) as talk:
        await talk.ask(TEXT)
        assert await talk.close_code() == code


async def test_it_falls_silent(web: ClientSession) -> None:
    await arm(web, "stall", path="response.create")
    async with reader(web) as talk:
        await talk.ask(TEXT)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await talk.events("response.done")


async def test_it_sends_an_unknown_event(web: ClientSession) -> None:
    async with reader(web) as talk:
        events = await happens(talk, web, "unknown_event")
    assert "response.telepathy.started" in [event["type"] for event in events]
    assert said(events) == TEXT


async def test_an_event_is_refused(web: ClientSession) -> None:
    await arm(web, "rate_limit", path="response.create")
    async with reader(web) as talk:
        await talk.ask(TEXT, "first")
        error = await talk.error()
        assert (error["code"], error["event_id"]) == ("rate_limit_exceeded", "first")


async def test_it_takes_its_time() -> None:
    async with (
        TestServer(create_app(first_word_ms=100, word_ms=20)) as server,
        ClientSession(server.make_url("/")) as web,
        reader(web) as talk,
    ):
        start = time.monotonic()
        await talk.ask("One two three.")
        await talk.events("response.output_audio.delta")
        assert time.monotonic() - start >= 0.1
        await talk.events("response.done")
        assert time.monotonic() - start >= 0.16
