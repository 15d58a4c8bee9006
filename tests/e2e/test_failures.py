"""If OpenAI fails, the user hears a sentence, and the next turn works."""

import json
import re
from typing import Any

import pytest

from tests.harness.agent import AGENT, wait_until_loaded
from tests.harness.assist import ask
from tests.harness.client import Client
from tests.harness.flows import FlowStep
from tests.harness.rooms import KITCHEN_LIGHT, describe
from tests.harness.stand_in import StandIn
from tests.harness.websocket import CommandError, Json

pytestmark = pytest.mark.usefixtures("entry_id")

_LOGGED = r"custom_components\.openai_conversation\] ChatGPT: "
# The stand-in is named by its address, with which a sentence can begin.
_SENTENCE = re.compile(r"[A-Z\d][^{}]+[.!]")


# Home Assistant's own agent does not understand it, so it never answers it in place of OpenAI.
_SMALL_TALK = "Tell me a joke"


def _failure(fault: str, sentence: str, kind: str, question: str = _SMALL_TALK, **details: Any) -> Any:
    """Return a case: the fault, the question, the answer, and the log."""
    marks = pytest.mark.logs(f"{_LOGGED}{kind} ")
    return pytest.param(fault, details, question, sentence, id=fault, marks=marks)


@pytest.mark.parametrize(
    ("fault", "details", "question", "sentence"),
    [
        _failure("server", "Try again later", "server", times=None),
        _failure("overloaded", "Try again later", "server", times=None),
        _failure("rate_limit", "too many requests", "rate_limit", times=None, seconds=60),
        _failure("quota", "no credit", "billing", times=None),
        _failure("model_gone", "does not offer this model", "model_gone"),
        _failure("permission", "permission", "permission"),
        _failure("moderation", "refused", "refused"),
        _failure("cut", "cannot be reached", "connection", question="Count to 20"),
        _failure("error_event", "Try again later", "server", question="Count to 20"),
        _failure("empty", "no answer", "no_answer", times=None),
    ],
)
async def test_says_what_is_wrong_and_goes_on(
    client: Client, stand_in: StandIn, *, fault: str, details: Json, question: str, sentence: str
) -> None:
    """One clear sentence is shown, once, and the next turn of the same conversation works."""
    await stand_in.fail(fault, **details)
    failed = await ask(client, question)

    assert failed.error == "failed_to_handle"
    assert _SENTENCE.fullmatch(failed.answer)
    assert sentence in failed.answer
    assert failed.answer not in "".join(failed.words)

    await stand_in.recover()
    turn = await ask(client, _SMALL_TALK, after=failed)
    assert turn.error is None
    assert turn.conversation_id == failed.conversation_id
    turn = await ask(client, "Turn on the kitchen light", after=turn)
    assert len(turn.tools) == 1
    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"


@pytest.mark.parametrize(
    "fault", ["bad_arguments", "unknown_tool", "unknown_event", "no_terminal", "refusal", "quirky"]
)
async def test_copes_with_nonsense(client: Client, stand_in: StandIn, fault: str) -> None:
    """A mistake of the model is not a failure: there is an answer, and the next turn works."""
    await stand_in.fail(fault)
    odd = await ask(client, "Turn on the kitchen light")

    assert odd.error is None
    assert _SENTENCE.fullmatch(odd.answer)

    await client.call("light.turn_off", entity_id=KITCHEN_LIGHT)
    turn = await ask(client, "Turn on the kitchen light", after=odd)
    assert turn.error is None
    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"


async def test_answer_that_grew_too_long_is_heard_as_far_as_it_went(
    client: Client, stand_in: StandIn
) -> None:
    """Half an answer is better than none, and is marked as half."""
    await stand_in.fail("incomplete")
    turn = await ask(client, "Count to 20")

    assert turn.error is None
    assert re.fullmatch(r"1 2 3 .*…", turn.answer)


async def test_a_model_that_calls_tools_forever_must_answer(client: Client, stand_in: StandIn) -> None:
    """After ten rounds of tools, the user hears a sentence."""
    turn = await ask(client, "Loop forever")

    assert turn.error is None
    assert _SENTENCE.fullmatch(turn.answer)
    assert len(turn.tools) == 10
    assert len(await stand_in.requests()) == 11


@pytest.mark.parametrize("fault", ["server", "rate_limit", "cut"])
async def test_retries_once_before_it_reports_an_error(client: Client, stand_in: StandIn, fault: str) -> None:
    """The user does not notice a short failure before the first word."""
    await stand_in.fail(fault, seconds=0.1)
    turn = await ask(client, "Turn on the kitchen light")

    assert turn.error is None
    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"


@pytest.mark.logs(f"{_LOGGED}billing ")
async def test_no_credit_is_a_repair_issue_until_it_works_again(client: Client, stand_in: StandIn) -> None:
    """A problem that only the user can fix opens a repair issue, which is resolved by itself."""

    async def issues() -> set[str]:
        listed = await client.websocket.command("repairs/list_issues")
        return {
            issue["translation_key"] for issue in listed["issues"] if issue["domain"] == "openai_conversation"
        }

    before = await issues()
    await stand_in.fail("quota")
    await ask(client, _SMALL_TALK)
    assert await issues() - before == {"billing"}

    await ask(client, _SMALL_TALK)
    assert await issues() == before


@pytest.mark.logs(f"{_LOGGED}billing ", "websocket_api.+ has no credit left")
async def test_button_says_whether_everything_works(client: Client, stand_in: StandIn) -> None:
    """The result is a notification, or the error of the button, which the last error remembers."""

    async def press() -> None:
        target = {"entity_id": "button.chatgpt_test"}
        await client.websocket.command("call_service", domain="button", service="press", service_data=target)

    async def notifications() -> list[str]:
        listed = await client.websocket.command("persistent_notification/get")
        return [each["message"] for each in listed if "test" in each["notification_id"]]

    await press()
    [result] = await notifications()
    assert "gpt-6-luna answers" in result

    await stand_in.fail("quota")
    with pytest.raises(CommandError, match="has no credit left"):
        await press()
    assert await notifications() == []
    assert (await client.state("sensor.chatgpt_last_error"))["state"] == "billing"

    await stand_in.recover()
    await press()
    assert len(await notifications()) == 1


@pytest.mark.logs(f"{_LOGGED}billing ")
async def test_who_has_added_credit_tries_again(client: Client, stand_in: StandIn) -> None:
    """The repair asks one short question. If that fails, it says why, and can be submitted again."""
    await stand_in.fail("quota", times=2)
    await ask(client, _SMALL_TALK)
    listed = await client.websocket.command("repairs/list_issues")
    [issue_id] = [each["issue_id"] for each in listed["issues"] if each["translation_key"] == "billing"]
    path = "/api/repairs/issues/fix"
    page = await client.request("POST", path, {"handler": "openai_conversation", "issue_id": issue_id})

    page = await client.request("POST", f"{path}/{page['flow_id']}", {})
    assert page["errors"] == {"base": "failed"}
    assert "no credit left" in page["description_placeholders"]["problem"]
    await stand_in.recover()
    end = await client.request("POST", f"{path}/{page['flow_id']}", {})

    assert end["type"] == "create_entry"


async def _flows(client: Client) -> list[Json]:
    """Return the flows that wait for the user."""
    flows: list[Json] = await client.websocket.command("config_entries/flow/progress")
    return [flow for flow in flows if flow["handler"] == "openai_conversation"]


@pytest.mark.logs(f"{_LOGGED}auth ", "The account does not work: auth ")
async def test_revoked_key_asks_for_a_new_one(client: Client, entry_id: str, stand_in: StandIn) -> None:
    """A revoked key is reported, and a form asks for a new one."""
    await stand_in.fail("auth", times=None)
    for _ in range(2):
        failed = await ask(client, _SMALL_TALK)
        assert "does not accept the API key" in failed.answer

    (flow,) = await _flows(client)
    assert flow["context"]["source"] == "reauth"
    assert flow["context"]["entry_id"] == entry_id
    await stand_in.recover()

    form = await FlowStep.resume(client, flow["flow_id"])
    assert form.answer["step_id"] == "reauth_confirm"
    form = await form.submit(api_key="sk-wrong-key")
    assert form.errors == {"base": "invalid_auth"}
    assert "sk-" not in json.dumps(form.answer)
    form = await form.submit(api_key=StandIn.KEY)
    assert form.answer["reason"] == "reauth_successful"
    assert await _flows(client) == []
    await wait_until_loaded(client, entry_id)
    assert (await ask(client, _SMALL_TALK, after=failed)).error is None


@pytest.mark.logs(f"{_LOGGED}connection ")
async def test_recovers_when_openai_is_back(client: Client, stand_in: StandIn) -> None:
    """After an outage, Home Assistant recovers by itself."""
    before = await ask(client, _SMALL_TALK)
    await stand_in.stop()
    try:
        failed = await ask(client, _SMALL_TALK, after=before)
        assert "cannot be reached" in failed.answer
        assert (await client.state(AGENT))["state"] != "unavailable"
    finally:
        await stand_in.start()

    assert (await ask(client, _SMALL_TALK, after=failed)).error is None
