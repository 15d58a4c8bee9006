"""Waiting for something to become true, with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable

_PAUSE = 0.05


async def until[T](probe: Callable[[], Awaitable[T | None]], *, within: float, what: str) -> T:
    """Ask again and again until there is an answer, and return it; `what` says what was waited for."""
    try:
        async with asyncio.timeout(within):
            while (answer := await probe()) is None:  # noqa: ASYNC110  it happens in another process
                await asyncio.sleep(_PAUSE)
            return answer
    except TimeoutError:
        raise TimeoutError(f"waited {within:g} s for {what}") from None
