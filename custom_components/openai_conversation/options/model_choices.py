"""The models to choose from at one account, and what a list says about each. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
import re
from typing import Final

from homeassistant.helpers.selector import SelectOptionDict

from ..const import Server
from ..openai_api.catalog import Models
from ..openai_api.model_names import is_for_other_purpose
from ..openai_api.prices import PRICES_DATE, PriceList
from .texts import Texts

_SNAPSHOT: Final = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoices:
    """The models to choose from, with their ends and prices."""

    models: Models
    has_openai_names: bool = True
    """Whether the models at this address have OpenAI's names."""

    prices: PriceList = field(default_factory=PriceList)
    texts: Texts = field(default_factory=lambda: Texts({}))

    @property
    def server(self) -> Server:
        """Who answers at the address."""
        return self.models.server

    def ends_soon(self, model: str) -> bool:
        """Whether a model ends so soon that the user should know. A user's name for it says nothing."""
        is_known = self.has_openai_names or model in self.models.catalog.shutdown_dates
        return is_known and self.models.ends_soon(model)

    def model_choices(self, is_right: Callable[[str], bool], default: str | None = None) -> list[str]:
        """Return the models to offer: those of the right kind that have not ended.

        The default comes first, dated snapshots late, and models that end soon last.
        """
        listed = self.models.catalog.models
        if self.server is Server.COMPATIBLE:
            return list(listed)
        alive = [model for model in listed if not self.models.is_retired(model)]
        if self.has_openai_names:
            suitable = [model for model in alive if is_right(model)]
        else:
            # a name of the user's may stand for any model
            suitable = [model for model in alive if not is_for_other_purpose(model, is_right)]

        def order(model: str) -> tuple[bool, bool, bool, str]:
            return self.ends_soon(model), model != default, bool(_SNAPSHOT.search(model)), model

        return sorted(suitable, key=order)

    def option(self, model: str, default: str) -> SelectOptionDict:
        """Return a model as the list shows it, such as "gpt-5 · ends Dec 11, 2026 · $1.25 / $10.00"."""
        end = self.models.shutdown(model) if self.ends_soon(model) else None
        is_recommended = self.server is Server.OPENAI and model == default and end is None
        parts = [
            model,
            self.texts.phrase("label_recommended") if is_recommended else "",
            self.texts.phrase("label_ends", day=self.texts.day(end)) if end else "",
            self.price(model),
        ]
        return SelectOptionDict(value=model, label=" · ".join(filter(None, parts)))

    def price(self, model: str) -> str:
        """Return the price of a million tokens in and out, or of a minute; "" if there is no such price."""
        price = self.prices.price_of(model)
        if price is None:
            return ""
        if price.minute is not None:
            return self.texts.phrase("label_minute", price=_dollars(price.minute))
        output = price.image_output or price.output
        return f"{_dollars(price.input)} / {_dollars(output)}" if price.input or output else ""

    def price_note(self) -> str:
        """Return what the prices in the list mean; "" if it has none of OpenAI's."""
        return (
            self.texts.phrase("model_prices", day=self.texts.day(PRICES_DATE)) if self.prices.listed else ""
        )


def _dollars(amount: float) -> str:
    return f"${amount:.2f}" if round(amount, 2) == amount else f"${amount:g}"
