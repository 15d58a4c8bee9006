"""Wait for something, with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable

_PAUSE = 0.05


async def until[T](probe: Callable[[], Awaitable[T | None]], *, within: float, what: str) -> T:
    """Call a probe until it returns something, and return that. `what`: for the error message."""
    try:
        async with asyncio.timeout(within):
            while (answer := await probe()) is None:  # noqa: ASYNC110  it happens in another process
                await asyncio.sleep(_PAUSE)
            return answer
    except TimeoutError:
        raise TimeoutError(f"waited {within:g} s for {what}") from None
