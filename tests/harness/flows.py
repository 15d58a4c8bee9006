"""Config, options, and subentry flows over HTTP: the forms that a user fills in."""

from dataclasses import dataclass
from typing import Any, Final, Self

from .client import Client
from .errors import HarnessError
from .websocket import Json

DOMAIN: Final = "openai_conversation"
CONFIG_FLOW: Final = "/api/config/config_entries/flow"
OPTIONS_FLOW: Final = "/api/config/config_entries/options/flow"
SUBENTRY_FLOW: Final = "/api/config/config_entries/subentries/flow"


@dataclass(frozen=True)
class FlowStep:
    """What the user sees now: a form, the end, or the reason why the flow stopped."""

    client: Client
    path: str
    answer: Json

    @classmethod
    async def start(cls, client: Client, path: str, handler: str | list[str], **fields: Any) -> Self:
        """Open the first form of a flow."""
        return cls(client, path, await client.request("POST", path, {"handler": handler, **fields}))

    @classmethod
    async def resume(cls, client: Client, flow_id: str) -> Self:
        """Open the form of a config flow that Home Assistant started, such as the one for a new key."""
        return cls(client, CONFIG_FLOW, await client.request("GET", f"{CONFIG_FLOW}/{flow_id}"))

    async def submit(self, **user_input: Any) -> FlowStep:
        """Submit the form."""
        answer = await self.client.request("POST", f"{self.path}/{self.answer['flow_id']}", user_input)
        return FlowStep(self.client, self.path, answer)

    async def close(self) -> None:
        """Close the form without submitting it."""
        await self.client.request("DELETE", f"{self.path}/{self.answer['flow_id']}")

    @property
    def type(self) -> str:
        """Return `form`, `create_entry` or `abort`."""
        return str(self.answer["type"])

    @property
    def errors(self) -> dict[str, str]:
        """Return the errors of the form by field, or by `base`."""
        return self.answer["errors"] or {}

    @property
    def problem(self) -> str:
        """Return in a few words why the flow did not finish."""
        errors = ", ".join(f"{field}: {error}" for field, error in (self.answer.get("errors") or {}).items())
        return errors or str(
            self.answer.get("reason") or f"the form {self.answer.get('step_id')} is unexpected"
        )

    @property
    def fields(self) -> dict[str, Json]:
        """Return the fields of the form by name."""
        return {field["name"]: field for field in self.answer.get("data_schema") or ()}

    @property
    def shown(self) -> Json:
        """Return the values that the user sees in the fields of the form."""
        return self.filled()

    def filled(self, **changes: Any) -> Json:
        """Return what a browser submits: the values in sight once the user has made some changes.

        From Home Assistant 2026.11 on, fields appear and disappear with the values of others.
        """
        values = {name: value for name, field in self.fields.items() if (value := _value(field)) is not None}
        values |= changes
        seen: Json = {}
        for name, field in self.fields.items():
            visible = field.get("visible", [])
            conditions = visible if isinstance(visible, list) else [visible]
            if name in values and all(_holds(condition, seen) for condition in conditions):
                seen[name] = values[name]
        return seen | {name: value for name, value in changes.items() if name not in self.fields}


def _value(field: Json) -> Any:
    return (field.get("description") or {}).get("suggested_value", field.get("default"))


def _holds(condition: Json, values: Json) -> bool:
    value, wanted = values.get(condition["field"]), condition.get("value")
    match condition.get("operator", "eq"):
        case "exists":
            return value not in (None, "")
        case "eq":
            return bool(value == wanted)
        case "in":
            return value in wanted
        case "not_in":
            return value not in wanted
    raise HarnessError(f"an unknown condition: {condition}")


async def start_config_flow(client: Client) -> FlowStep:
    """Open the form that adds the integration."""
    return await FlowStep.start(client, CONFIG_FLOW, DOMAIN, show_advanced_options=False)


async def start_options_flow(client: Client, entry_id: str) -> FlowStep:
    """Open the form behind *Configure*."""
    return await FlowStep.start(client, OPTIONS_FLOW, entry_id)


async def start_subentry_flow(
    client: Client, entry_id: str, kind: str, subentry_id: str | None = None
) -> FlowStep:
    """Open the form that adds a subentry to an account, or that changes one."""
    changed = {"subentry_id": subentry_id} if subentry_id else {}
    return await FlowStep.start(client, SUBENTRY_FLOW, [entry_id, kind], **changed)
