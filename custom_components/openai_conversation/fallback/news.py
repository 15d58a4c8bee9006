"""Which failures users have heard of, so that each outage is mentioned once."""

from datetime import date

from homeassistant.util import dt as dt_util

from ..openai_api.errors import FailureKind, OpenAIRequestError
from .rules import short_notice


class News:
    """What the users of an account have heard since OpenAI answered last."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._heard: set[str] = set()
        """Keys of the short notices."""

        self._budget_heard_on: date | None = None

    def is_new(self, err: OpenAIRequestError) -> bool:
        """Whether no user has heard of a failure yet. The budget is mentioned once a day."""
        if err.failure.kind is FailureKind.BUDGET:
            return self._budget_heard_on != dt_util.now().date()
        return _key(err) not in self._heard

    def heard(self, err: OpenAIRequestError) -> None:
        """Note that a user hears of a failure."""
        if err.failure.kind is FailureKind.BUDGET:
            self._budget_heard_on = dt_util.now().date()
        else:
            self._heard.add(_key(err))

    def answered(self) -> None:
        """Note that OpenAI has answered: its next failure is new."""
        self._heard.clear()


def _key(err: OpenAIRequestError) -> str:
    return short_notice(err).translation_key or ""
