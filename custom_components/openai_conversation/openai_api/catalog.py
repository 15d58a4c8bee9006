"""Which models there are: what the server lists, what has ended, and what is used instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from ..const import Server
from .model_names import is_image_model, is_other_purpose
from .models import DEFAULT_IMAGE_MODELS, lifetime_of

LIFECYCLE_NOTICE: Final = timedelta(days=60)
"""This long before a default model ends, its successor is used instead: time enough to notice a change."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """What the server said about its models (`GET /models`)."""

    models: tuple[str, ...] = ()
    """Model ids in the server's order; empty when the key may not list them."""

    shutdown_dates: Mapping[str, date] = field(default_factory=dict)
    has_user_names: bool = False
    """Whether users name the models, as at Azure: the names then say nothing about the models."""

    @property
    def first_chat_model(self) -> str | None:
        """Return the first model to chat with, which is what self-hosted servers are for."""
        return next((model for model in self.models if not is_other_purpose(model)), None)

    def shutdown(self, model: str) -> date | None:
        """Return the day a model ends: by the server, or else by our table."""
        known = None if self.has_user_names else lifetime_of(model).shutdown
        return self.shutdown_dates.get(model) or known

    def with_ended(self, model: str, today: date) -> Catalog:
        """Return this catalog, with a model that has ended, as the server has reported."""
        return replace(self, shutdown_dates={**self.shutdown_dates, model: today})


@dataclass(frozen=True, slots=True)
class Models:
    """The models at an address on one day: which have ended, and which are used instead.

    A self-hosted server does not say when its models end, and OpenAI's dates mean nothing there.
    """

    server: Server
    catalog: Catalog
    today: date

    def shutdown(self, model: str) -> date | None:
        """Return the day a model ends; None: no end is known."""
        return self.catalog.shutdown(model) if self.server is Server.OPENAI else None

    def ends_soon(self, model: str) -> bool:
        """Whether a model ends within `LIFECYCLE_NOTICE`, or has ended."""
        return (end := self.shutdown(model)) is not None and end - self.today <= LIFECYCLE_NOTICE

    def is_retired(self, model: str) -> bool:
        """Whether a model has ended."""
        return (end := self.shutdown(model)) is not None and end <= self.today

    def current(self, model: str) -> str:
        """Return the model, or its first successor that does not end within `LIFECYCLE_NOTICE`."""
        while self.ends_soon(model) and (successor := lifetime_of(model).successor):
            model = successor
        return model

    def early(self, model: str) -> str:
        """Return what to use before a model ends: its successor, unless the server does not list it."""
        successor = self.current(model)
        is_missing = bool(self.catalog.models) and successor not in self.catalog.models
        return model if is_missing and not self.is_retired(model) else successor

    def chosen(self, chosen: str | None, default: str) -> str:
        """Return the model to use: the user's choice until it has ended, or today's default."""
        if chosen and not self.is_retired(chosen):
            return chosen
        successor = self.current(chosen or default)
        fallback = self.current(default)
        # a model may end without a known successor
        return fallback if successor == chosen and not self.is_retired(fallback) else successor

    def image(self, wanted: str | None) -> str:
        """Return the image model to use: the wanted one, unless it ends soon; else the best there is."""
        if self.server is Server.COMPATIBLE or self.catalog.has_user_names:
            # OpenAI's names mean nothing there
            return wanted or next(filter(is_image_model, self.catalog.models), DEFAULT_IMAGE_MODELS[0])
        if wanted and not self.ends_soon(wanted):
            return wanted
        for candidate in DEFAULT_IMAGE_MODELS:
            for listed in self.catalog.models:
                is_it = listed == candidate or listed.startswith(f"{candidate}-")
                if is_it and not self.ends_soon(listed):
                    return listed
        return DEFAULT_IMAGE_MODELS[0]
