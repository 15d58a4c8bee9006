"""From a request body to the output items of its answer.

Pure: the same request always gets the same answer.
"""

import json
import re

from .answers import sentence_about
from .commands import Command, Say, Step, commands_in, room_of
from .examples import example_of
from .hosted import research
from .items import FunctionCall, Message, PlannedItem, Reasoning
from .models import family_of
from .questions import is_question, question_in
from .request_view import Body, RequestView
from .small_talk import in_character, persona_in, small_talk, with_story

_LOOP = re.compile(r"\bloop (?:for ever|forever|(\d+) times)", re.IGNORECASE)
_THOUGHTS = ("Looking at the question.", "Deciding what to do.", "Doing it.")
_SUMMARIES = {None: 0, "concise": 1, "auto": 2, "detailed": 3}
"""The number of thoughts in each kind of reasoning summary."""

_NOW = re.compile(r"Current time is ([\d:]{5}).*?Today's date is ([\d-]+)", re.DOTALL)


def plan(body: Body) -> tuple[PlannedItem, ...]:
    """Return the items to answer a validated `POST /v1/responses` with."""
    answer = _answer(RequestView(body))
    reasoning = body.get("reasoning") or {}
    if family_of(body["model"]).effort_of(body) == "none":
        return answer
    return (Reasoning(_THOUGHTS[: _SUMMARIES[reasoning.get("summary")]]), *answer)


def _answer(view: RequestView) -> tuple[PlannedItem, ...]:
    wanted_format = (view.body.get("text") or {}).get("format") or {}
    if wanted_format.get("type") == "json_schema":
        return (Message(json.dumps(example_of(wanted_format["schema"]))),)
    if loop := _LOOP.search(view.user_texts[-1]):
        return _loop(view, int(loop[1]) if loop[1] else None)
    if researched := _sheep(view) or research(view):
        return researched
    steps = _steps(view)
    sentences = [step.text for step in steps if isinstance(step, Say)]
    commands = [step for step in steps if isinstance(step, Command)]
    if view.results:
        return _message(view, " ".join([sentence_about(view.results), *sentences]))
    calls = [_call(view, command) for command in commands if command.action.tool in view.tools]
    if calls:
        return tuple(calls)
    if commands:
        sentences.append(_without_tools(view, commands[0]))
    return _message(view, " ".join(sentences) or _chat(view))


def _steps(view: RequestView) -> list[Step]:
    """Return what the last sentence of the user asks for, given the earlier ones."""
    room = room_of(view.instructions)
    steps: list[Step] = []
    previous: list[Command] = []
    for text in view.user_texts:
        question = question_in(text, view.entities) if is_question(text) else None
        steps = [question] if question else commands_in(text, view.entities, previous, room)
        done = [step for step in steps if isinstance(step, Command) and step.target]
        previous = done or previous
    return steps


def _call(view: RequestView, command: Command) -> FunctionCall:
    tool = view.tools[command.action.tool]
    return FunctionCall(tool.name, json.dumps(tool.fit(command.arguments)))


def _loop(view: RequestView, rounds: int | None) -> tuple[PlannedItem, ...]:
    """Call a tool that changes nothing, `rounds` times, or as long as allowed."""
    tool = view.tools.get("GetLiveContext") or view.tools.get("GetDateTime")
    if tool and (rounds is None or len(view.results) < rounds):
        return (FunctionCall(tool.name, "{}"),)
    return _message(view, f"I went round {len(view.results)} times, that will do.")


def _sheep(view: RequestView) -> tuple[PlannedItem, ...]:
    """Say something, call a slow script, and say more; nothing if there is no such script or question."""
    tool = view.tools.get("count_the_sheep")
    if not tool or "sheep" not in view.user_texts[-1]:
        return ()
    if view.results:
        return _message(view, "All twenty sheep are here.")
    return (Message("One moment, I am going to the meadow."), FunctionCall(tool.name, "{}"))


def _without_tools(view: RequestView, command: Command) -> str:
    now = _NOW.search(view.instructions)
    if command.action.tool == "GetDateTime" and now:
        return f"It is {now[1]} on {now[2]}."
    return "I have no tool to do that with."


def _chat(view: RequestView) -> str:
    seen = [
        f"{count} {noun if count == 1 else noun + 's'}"
        for kind, noun in (("input_image", "image"), ("input_file", "file"))
        if (count := view.attachments.count(kind))
    ]
    if seen:
        return f"I see {' and '.join(seen)}."
    return small_talk(view.user_texts, persona_in(view.instructions))


def _message(view: RequestView, text: str) -> tuple[PlannedItem, ...]:
    text = with_story(text, view.instructions)
    return (Message(in_character(text, persona_in(view.instructions))),)
