"""Add the integration: one form, as the frontend submits it."""

from collections.abc import AsyncGenerator
import json

import pytest
import pytest_asyncio

from tests.harness.agent import Account, entity_of, entry_ids
from tests.harness.assist import ask
from tests.harness.client import Client
from tests.harness.flows import FlowStep, start_config_flow
from tests.harness.process import free_port
from tests.harness.rooms import KITCHEN_LIGHT, describe
from tests.harness.stand_in import StandIn

_OTHER_KEY = "sk-test-of-another-account"
_OTHER_AGENT = "conversation.chatgpt_2"


@pytest_asyncio.fixture(autouse=True)
async def only_the_first_entry(client: Client, entry_id: str) -> AsyncGenerator[None]:
    """Remove what a test adds to the entry that all tests share."""
    yield
    for other in await entry_ids(client):
        if other != entry_id:
            await client.request("DELETE", f"/api/config/config_entries/entry/{other}")


@pytest_asyncio.fixture
async def form(client: Client) -> FlowStep:
    """Open the form."""
    return await start_config_flow(client)


async def test_form_asks_for_key_address_and_server(form: FlowStep) -> None:
    """The form is short, and hides the key."""
    assert list(form.fields) == ["api_key", "base_url", "server"]
    assert form.fields["api_key"]["required"]
    assert form.fields["api_key"]["selector"]["text"]["type"] == "password"
    assert form.shown == {}
    # who answers is asked only at another address than OpenAI's
    address = "http://192.168.1.20:11434/v1"
    assert form.filled(base_url=address) == {"base_url": address, "server": "openai"}
    await form.close()


@pytest.mark.logs(r"The account does not work: auth ")
async def test_wrong_key_can_be_corrected(client: Client, form: FlowStep, account: Account) -> None:
    """The form shows the error, and keeps the input, but never shows a key."""
    form = await form.submit(api_key="sk-wrong-key", base_url=account.base_url, server="openai")

    assert form.type == "form"
    assert form.errors == {"base": "invalid_auth"}
    assert form.shown == {"base_url": account.base_url, "server": "openai"}
    assert "sk-wrong-key" not in json.dumps(form.answer)

    form = await form.submit(api_key=_OTHER_KEY, base_url=account.base_url, server="openai")

    assert form.type == "create_entry"
    assert form.answer["title"] == "ChatGPT 2"
    assert _OTHER_KEY not in json.dumps(form.answer)
    await ask(client, "Turn on the kitchen light", pipeline=_OTHER_AGENT)
    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"


@pytest.mark.logs(r"The account does not work: connection ")
async def test_nobody_at_the_address(form: FlowStep) -> None:
    """If there is no server, the error is about the connection, not about the key."""
    address = f"http://127.0.0.1:{free_port()}/v1"
    form = await form.submit(api_key=_OTHER_KEY, base_url=address, server="compatible")

    assert form.errors == {"base": "cannot_connect"}
    assert form.shown == {"base_url": address, "server": "compatible"}
    await form.close()


@pytest.mark.parametrize("address", ["127.0.0.1:8080/v1", "ftp://127.0.0.1/v1", "http://", "not an address"])
async def test_no_web_address(form: FlowStep, address: str) -> None:
    """The error is at the field, and the input stays in it."""
    form = await form.submit(api_key=_OTHER_KEY, base_url=address, server="openai")

    assert form.errors == {"base_url": "invalid_url"}
    assert form.shown["base_url"] == address
    await form.close()


async def test_key_without_permission_to_list_models_is_taken(form: FlowStep, account: Account) -> None:
    """A restricted key is enough to talk."""
    form = await form.submit(api_key="sk-test-restricted", base_url=account.base_url, server="openai")

    assert form.type == "create_entry"


async def test_same_account_twice(form: FlowStep, account: Account) -> None:
    """An account is set up once."""
    form = await form.submit(**account.form, server="openai")

    assert form.type == "abort"
    assert form.answer["reason"] == "already_configured"


@pytest.mark.logs(
    r"custom_components\.openai_conversation\] The account does not work: server \(500 server_error"
)
async def test_anything_else_is_named_and_logged(form: FlowStep, account: Account, stand_in: StandIn) -> None:
    """A failure of OpenAI is not blamed on the key."""
    await stand_in.fail("server", path="/v1/models")
    form = await form.submit(api_key=_OTHER_KEY, base_url=account.base_url, server="openai")

    assert form.errors == {"base": "failed"}
    await form.close()


async def test_compatible_server_gets_the_plain_request(
    client: Client, form: FlowStep, account: Account, stand_in: StandIn
) -> None:
    """Compatible servers get only what they support."""
    form = await form.submit(api_key=_OTHER_KEY, base_url=account.base_url, server="compatible")
    # it lists several models
    assert form.answer["step_id"] == "model"
    form = await form.submit(chat_model="gpt-5.2")
    assert form.answer["title"] == "127.0.0.1"
    agent_id = await entity_of(client, form.answer["result"]["entry_id"], "conversation")
    await ask(client, "Turn on the kitchen light", pipeline=agent_id)

    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"
    sent = {name for request in await stand_in.requests() for name in request["body"]}
    assert sent <= {"model", "instructions", "input", "tools", "max_output_tokens", "stream"}
