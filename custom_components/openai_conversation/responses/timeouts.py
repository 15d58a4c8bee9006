"""How long a turn may take, and how long a server may be silent in it."""

import asyncio
from dataclasses import dataclass
from typing import Final

from ..const import Server
from ..options.chat import ModelSettings

RESERVE: Final = 10.0
"""Seconds at the end of a turn that a silent stream must leave, so that the failure can still be reported."""

ANSWER_RESERVE: Final = 30.0
"""Seconds at the end of a turn that a slow action must leave, so that the model can say that it is slow."""

MIN_ACTION: Final = 5.0
"""Seconds that an action gets, however late in the turn it is called."""

MIN_SILENCE: Final = 1.0
"""Seconds that a server gets to begin its answer, however late in the turn it is asked."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds."""

    turn: float
    silence: float
    """Without a single byte from the server."""

    action: float = 60.0
    """For one action, before the model goes on without its result."""

    def silence_within(self, time_left: float) -> float:
        """Return how long the server may be silent when the turn has `time_left` seconds."""
        return max(MIN_SILENCE, min(self.silence, time_left - RESERVE))

    def action_within(self, time_left: float) -> float:
        """Return how long an action may take when the turn has `time_left` seconds."""
        return max(MIN_ACTION, min(self.action, time_left - ANSWER_RESERVE))


VOICE: Final = Timeouts(turn=90, silence=12)
"""While the user waits at a speaker. Ten rounds of tools take about half of it. A model that does not reason
begins within 2 s, and within 10 on a bad day."""

REASONING: Final = Timeouts(turn=90, silence=25)
"""For a little reasoning, which takes some seconds before the first word."""

SELF_HOSTED: Final = Timeouts(turn=180, silence=90)
"""For a self-hosted server, which may have to load the model first."""

DEEP_REASONING: Final = Timeouts(turn=600, silence=300, action=300)
"""For settings that make the model reason for minutes before the first word. The user chose them."""

_NO_EFFORTS: Final = frozenset({None, "none", "minimal"})
_DEEP_EFFORTS: Final = frozenset({"high", "xhigh", "max"})


def timeouts_for(server: Server, settings: ModelSettings) -> Timeouts:
    """Return the timeouts for these settings while the user listens."""
    if server is Server.COMPATIBLE:
        return SELF_HOSTED
    always_reasons = settings.reasoning_effort is None and bool(settings.capabilities.efforts)
    is_slow = settings.pro_mode or settings.service_tier == "flex"
    if always_reasons or is_slow or settings.reasoning_effort in _DEEP_EFFORTS:
        return DEEP_REASONING
    return VOICE if settings.reasoning_effort in _NO_EFFORTS else REASONING


def time_left(deadline: asyncio.Timeout) -> float:
    """Return the seconds until a turn has to end."""
    return (deadline.when() or 0.0) - asyncio.get_running_loop().time()
