"""The answer of `GET /models` → a catalog. Pure.

Source: the SDK's type of a model, 3.26, and the lists of compatible servers.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any, Final

from .catalog import Catalog
from .errors import FailureKind, OpenAIRequestError
from .server_text import clean_text

MAX_MODELS: Final = 2_000
"""Models of one server. The largest proxies have 500; a form with more of them would be of no use."""

MAX_NAME: Final = 200
"""Characters of a model id."""


def read_catalog(answer: Any, *, has_user_names: bool) -> Catalog:
    """Return the catalog of a list of models. Raises `OpenAIRequestError` if the answer is not a list."""
    if not isinstance(answer, dict) or not ("data" in answer or answer.get("object") == "list"):
        raise OpenAIRequestError.of(FailureKind.UNREADABLE, "an answer that is not a list of models")
    data = answer.get("data")
    models = [model for model in data if _is_model(model)] if isinstance(data, list) else []
    return Catalog(
        models=tuple(model["id"] for model in models[:MAX_MODELS]),
        shutdown_dates={model["id"]: end for model in models if (end := _date(model.get("shutdown_date")))},
        has_user_names=has_user_names,
    )


def _is_model(model: Any) -> bool:
    # requests repeat the id exactly, so one that cannot be shown is left out
    model_id = model.get("id") if isinstance(model, Mapping) else None
    return bool(model_id) and clean_text(model_id, limit=MAX_NAME, one_line=True) == model_id


def _date(value: Any) -> date | None:
    with suppress(TypeError, ValueError):
        return date.fromisoformat(value)
    return None
