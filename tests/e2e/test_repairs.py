"""Repair issues about broken calls, and diagnostics."""

import json
from typing import Any

from tests.harness.client import Client
from tests.harness.rooms import KITCHEN_LIGHT
from tests.harness.stand_in import StandIn
from tests.harness.waiting import until

DOMAIN = "openai_conversation"
# the integration waits ten seconds for further changes before it looks for broken calls
DEADLINE = 25.0


async def repairs(client: Client) -> dict[str, Any]:
    """Return our repair issues about dashboards, by the names of the dashboards."""
    listed = await client.websocket.command("repairs/list_issues")
    placeholders = [each["translation_placeholders"] for each in listed["issues"] if each["domain"] == DOMAIN]
    return {each["name"]: each for each in placeholders if each.get("path") == "/lovelace"}


async def save_dashboard(client: Client, action: str) -> None:
    """Save the default dashboard, with one button."""
    button = {"type": "button", "tap_action": {"action": "perform-action", "perform_action": action}}
    dashboard = {"title": "Cottage", "views": [{"cards": [{**button, "entity": KITCHEN_LIGHT}]}]}
    await client.websocket.command("lovelace/config/save", config=dashboard)


async def test_a_button_that_leads_nowhere(client: Client, entry_id: str) -> None:
    """The issue opens when the dashboard is saved, and is resolved when it is fixed."""
    await save_dashboard(client, f"{DOMAIN}.draw_an_image")

    async def opened() -> dict[str, Any] | None:
        return (await repairs(client)).get("Cottage")

    async def closed() -> bool | None:
        return "Cottage" not in await repairs(client) or None

    issue = await until(opened, within=DEADLINE, what="a repair issue")
    assert issue["calls"] == "- `openai_conversation.draw_an_image`"

    await save_dashboard(client, "light.toggle")
    await until(closed, within=DEADLINE, what="the repair issue to go")


async def test_a_problem_report(client: Client, entry_id: str) -> None:
    """Diagnostics contain no key and no address."""
    _, data = await client.download(f"/api/diagnostics/config_entry/{entry_id}")

    report = json.loads(data)["data"]
    assert report["entry"]["state"] == "loaded"
    assert report["agents"][0]["in_use"]["chat_model"]
    assert StandIn.KEY not in data.decode()
    assert "127.0.0.1" not in json.dumps(report)
