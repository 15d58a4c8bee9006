"""What is tried again by itself, while nothing was heard of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..openai_api.errors import Failure, FailureKind

OPTIONAL: Final = frozenset({"instructions", "keywords", "language", "languages", "prompt", "speed"})
"""Parameters that a request works without."""


@dataclass(slots=True)
class RetryState:
    """The attempts at one request."""

    refused: set[str]
    """Parameters to leave out, for the server has refused them. It is added to, for all later requests."""

    reconnected: bool = False

    def params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return what to send now."""
        return {name: value for name, value in params.items() if name not in self.refused}

    def should_retry(self, failure: Failure, sent: Mapping[str, Any]) -> bool:
        """Whether the request is to be sent again."""
        # one bad keyword spoils them all: "keywords[3]"
        name = (failure.param or "").partition("[")[0]
        is_unfit = failure.kind is FailureKind.BAD_REQUEST and name == "keywords"
        if name in OPTIONAL & sent.keys() and (is_unfit or failure.kind is FailureKind.UNSUPPORTED):
            self.refused.add(name)
            return True
        if failure.kind is FailureKind.CONNECTION and not self.reconnected:
            # most often a connection that the server had closed meanwhile
            self.reconnected = True
            return True
        return False
