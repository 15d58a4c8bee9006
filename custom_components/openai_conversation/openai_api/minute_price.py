"""What a minute of speech costs: to be read, and to be compared. Pure."""

from .prices import CHARACTERS_A_SECOND, TOKENS_A_SECOND, PriceList
from .usage import Usage


def cents_a_minute(model: str) -> str:
    """Return about how many US cents a minute of speech costs, "?" if there is no price for the model.

    The text of a spoken minute is counted twice: as input, and as the transcript.
    """
    price = PriceList().price_of(model)
    characters = int(60 * CHARACTERS_A_SECOND)
    audio, text = 60 * TOKENS_A_SECOND, characters // 4
    usage = Usage(
        model=model,
        input_tokens=text,
        output_tokens=audio + text,
        audio_output_tokens=audio,
        seconds=60,
        characters=characters,
    )
    return "?" if price is None else f"{price.cost(usage) / 10_000:.2g}"
