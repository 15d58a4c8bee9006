"""Which speech requests are sent again automatically, before any audio was heard, and after how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..openai_api.errors import Failure, FailureKind

SELF_HOSTED_SILENCE: Final = 90.0
"""Seconds without a byte from a computer in the house, which may have to load the model first."""

OPTIONAL: Final = frozenset({"instructions", "keywords", "language", "languages", "prompt", "speed"})
"""Parameters that a request also works without."""


@dataclass(slots=True)
class RetryState:
    """The attempts at one request so far."""

    refused: set[str]
    """Parameters to leave out: the server has refused them. Shared with later requests."""

    reconnected: bool = False

    def params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters to send now."""
        return {name: value for name, value in params.items() if name not in self.refused}

    def wait(self, failure: Failure, sent: Mapping[str, Any], time_left: float) -> float | None:
        """Return the seconds after which to send the request again; None: do not.

        Keeps what to change in it. `time_left`: seconds for all attempts.
        """
        return 0.0 if self._should_change(failure, sent) else failure.loading_wait(time_left)

    def _should_change(self, failure: Failure, sent: Mapping[str, Any]) -> bool:
        # one bad keyword fails the whole request: "keywords[3]"
        name = (failure.param or "").partition("[")[0]
        is_unfit = failure.kind is FailureKind.BAD_REQUEST and name == "keywords"
        if name in OPTIONAL & sent.keys() and (is_unfit or failure.kind is FailureKind.UNSUPPORTED):
            self.refused.add(name)
            return True
        if failure.kind is FailureKind.CONNECTION and failure.connected and not self.reconnected:
            # usually an idle connection that the server has closed
            self.reconnected = True
            return True
        return False
