"""How much of a conversation is sent again. Pure."""

from collections.abc import Sequence

from homeassistant.components.conversation import Content


def recent_turns(contents: Sequence[Content], most: int) -> Sequence[Content]:
    """Return the last turns of a conversation. `most`: how many; 0: all of them.

    A turn begins with a question, so no call is cut from its result. Several turns are left out at a time, so
    that most requests begin like the one before, and OpenAI finds their beginning in its cache.
    """
    questions = [index for index, content in enumerate(contents) if content.role == "user"]
    excess = len(questions) - most
    if not most or excess <= 0:
        return contents
    step = max(1, most // 2)
    dropped = -(-excess // step) * step
    return contents[questions[dropped] :]
