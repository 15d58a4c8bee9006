"""What the list of models says about each: recommended, its end, and its price. Pure."""

from datetime import date

from ..openai_api.prices import Price, PriceList
from ..options.texts import Texts


def model_label(
    model: str, *, is_recommended: bool, end: date | None, prices: PriceList, texts: Texts
) -> str:
    """Return a model as the list shows it, such as "gpt-5 · ends Dec 11, 2026 · $1.25 / $10.00"."""
    price = prices.price_of(model)
    parts = [
        model,
        texts.phrase("label_recommended") if is_recommended else "",
        texts.phrase("label_ends", day=texts.day(end)) if end else "",
        _price(price, texts) if price else "",
    ]
    return " · ".join(filter(None, parts))


def _price(price: Price, texts: Texts) -> str:
    """Return the price of a million tokens in and out, or of a minute; "" if there is no such price."""
    if price.minute is not None:
        return texts.phrase("label_minute", price=_dollars(price.minute))
    output = price.image_output or price.output
    return f"{_dollars(price.input)} / {_dollars(output)}" if price.input or output else ""


def _dollars(amount: float) -> str:
    return f"${amount:.2f}" if round(amount, 2) == amount else f"${amount:g}"
