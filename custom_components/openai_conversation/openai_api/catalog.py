"""Which models there are today: what the server lists, what has ended, what takes its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from .model_names import is_other_purpose
from .models import DEFAULT_IMAGE_MODELS, lifetime_of

LIFECYCLE_NOTICE: Final = timedelta(days=60)
"""This long before a model ends, its successor is chosen instead: time enough to notice a change."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """What the server said about its models (`GET /models`)."""

    models: tuple[str, ...] = ()
    """Model ids in the server's order; empty when the key may not list them."""

    shutdown_dates: Mapping[str, date] = field(default_factory=dict)
    has_user_names: bool = False
    """Whether the names are the user's, as at Azure: then they say nothing of the models behind them."""

    @property
    def first_chat_model(self) -> str | None:
        """Return the first model that is not made for something else: what a server of one's own is for."""
        return next((model for model in self.models if not is_other_purpose(model)), None)

    def shutdown(self, model: str) -> date | None:
        """Return the day a model ends, as the server says it, else as the table knows it."""
        known = None if self.has_user_names else lifetime_of(model).shutdown
        return self.shutdown_dates.get(model) or known


def ends_soon(model: str, catalog: Catalog, today: date) -> bool:
    """Whether a model ends within `LIFECYCLE_NOTICE`, or has ended."""
    return (end := catalog.shutdown(model)) is not None and end - today <= LIFECYCLE_NOTICE


def is_retired(model: str, catalog: Catalog, today: date) -> bool:
    """Whether a model has ended."""
    return (end := catalog.shutdown(model)) is not None and end <= today


def current_model(model: str, catalog: Catalog, today: date) -> str:
    """Return the model, or the first successor of it that does not end within `LIFECYCLE_NOTICE`."""
    while ends_soon(model, catalog, today) and (successor := lifetime_of(model).successor):
        model = successor
    return model


def current_image_model(model: str | None, catalog: Catalog, today: date) -> str:
    """Return the image model to use: the wanted one, unless it has ended or ends soon; else the best."""
    if model and not ends_soon(model, catalog, today):
        return model
    for candidate in DEFAULT_IMAGE_MODELS:
        for listed in catalog.models:
            is_it = listed == candidate or listed.startswith(f"{candidate}-")
            if is_it and not ends_soon(listed, catalog, today):
                return listed
    return DEFAULT_IMAGE_MODELS[0]


def first_image_model(catalog: Catalog) -> str:
    """Return the first model whose name says that it makes pictures, for servers of one's own."""
    return next((model for model in catalog.models if "image" in model), DEFAULT_IMAGE_MODELS[0])
