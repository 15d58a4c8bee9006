"""What is measured, and in which order: the variants take turns, so that noise hits all of them alike."""

import asyncio
from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from statistics import median
from typing import Any, Final

from .children import Benchmark, Child
from .house import Variant
from .results import Results

type Workers = Mapping[Variant, Child]

LIGHTS: Final = 25
SIZES: Final = (100, 400)
"""Exposed entities of larger homes."""

CONVERSATIONS: Final = 50
_TURNS_OF_EACH: Final = 4
_LONG_CHAT: Final = 30
_SILENCE_S: Final = 20
"""Seconds. Home Assistant's HTTP client drops a connection after 15."""

_WORD: Final = "Say 1 word."
_COSTS: Final[Mapping[str, str]] = {
    "Turn with one word, processor ms": _WORD,
    "Turn with 200 words, processor ms": "Say 200 words.",
    "Turn with 1 round of tools, processor ms": "Call 1 tool in turn.",
    "Turn with 5 rounds of tools, processor ms": "Call 5 tools in turn.",
    "Turn with 5 calls at once, processor ms": "Call 5 tools at once.",
}
_NO_TOOLS: Final = frozenset({Variant.FLOOR})


async def measure(benchmark: Benchmark, results: Results, *, rounds: int, repeats: int) -> None:
    """Measure everything. `rounds`: starts of Home Assistant. `repeats`: of each row within one."""
    for number in range(rounds + 1):
        # the first round writes the bytecode, and does not count
        target = results if number else Results()
        async with benchmark.workers(_order(number), _url(benchmark, "local"), lights=LIGHTS) as workers:
            await _start(workers, target)
            await _costs(workers, target, repeats if number else 1)
            if number:
                await _long_chat(benchmark, workers, target)
                await _crowd(workers, target)
    async with benchmark.workers(Variant, _url(benchmark, "network"), lights=LIGHTS) as workers:
        await _start(workers, Results())
        await _latency(benchmark, workers, results, repeats * 2)
        await _voice(benchmark, workers, results, repeats * 2)
    for lights in SIZES:
        async with benchmark.workers(Variant, _url(benchmark, "local"), lights=lights) as workers:
            await _start(workers, Results())
            row = f"Turn with one word and {lights} entities, processor ms"
            await _repeat(workers, results, row, _WORD, repeats * 2)


async def measure_server(benchmark: Benchmark, results: Results, url: str, *, repeats: int) -> None:
    """Measure a conversation with any server: how long until the first word, and until the last."""
    variants = (Variant.OURS, Variant.CORE)
    async with benchmark.workers(variants, url, lights=LIGHTS) as workers:
        await _start(workers, Results())
        for text in (
            "Turn on lamp 1.",
            "Which lamps are on?",
            "Tell me in three sentences why the sky is blue.",
        ):
            for number in range(repeats):
                for variant in _order(number, variants):
                    (turn,) = await workers[variant].do("turns", text=text, count=1)
                    results.add(f"{text} First word, ms", variant, turn["first_word_ms"] or turn["total_ms"])
                    results.add(f"{text} Whole answer, ms", variant, turn["total_ms"])


def _order(number: int, variants: tuple[Variant, ...] = tuple(Variant)) -> Iterator[Variant]:
    """Return the variants, each time with another one first."""
    start = number % len(variants)
    return islice(cycle(variants), start, start + len(variants))


def _url(benchmark: Benchmark, port: str) -> str:
    return f"https://localhost:{benchmark.ports[port]}/v1"


async def _start(workers: Workers, results: Results) -> None:
    for variant, worker in workers.items():
        start: dict[str, float] = await worker.do("setup")
        if variant is not Variant.FLOOR:
            results.add("Start, processor ms", variant, start["cpu_ms"])
            results.add("Start, memory in MB", variant, start["memory_mb"])
            results.add("Start, longest block of the event loop, ms", variant, start["longest_block_ms"])
            results.add("Start, modules", variant, start["modules"])


async def _costs(workers: Workers, results: Results, repeats: int) -> None:
    for row, text in _COSTS.items():
        await _repeat(workers, results, row, text, repeats)
    for number in range(repeats):
        for variant in _order(number):
            turns = await workers[variant].do("chat", text=_WORD, turns=2)
            results.add("Second turn of a chat, processor ms", variant, turns[1]["cpu_ms"])


async def _repeat(workers: Workers, results: Results, row: str, text: str, repeats: int) -> None:
    for number in range(repeats + 1):
        for variant in _order(number):
            if "tool" in text and variant in _NO_TOOLS:
                continue
            turns = await workers[variant].do("turns", text=text, count=_TURNS_OF_EACH)
            if number:  # the first ones fill caches
                results.add(row, variant, median(turn["cpu_ms"] for turn in turns))


async def _long_chat(benchmark: Benchmark, workers: Workers, results: Results) -> None:
    for variant in (Variant.OURS, Variant.CORE):
        await benchmark.control()
        turns = await workers[variant].do("chat", text="Say 20 words.", turns=_LONG_CHAT)
        seen = await benchmark.control()
        results.add(f"Chat of {_LONG_CHAT} turns, kB sent", variant, sum(seen["bytes_up"].values()) / 1000)
        late, early = turns[-3:], turns[1:4]
        growth = median(turn["cpu_ms"] for turn in late) / median(turn["cpu_ms"] for turn in early)
        results.add(
            f"Chat of {_LONG_CHAT} turns, processor time of the last turns / of the first", variant, growth
        )


async def _crowd(workers: Workers, results: Results) -> None:
    for variant in Variant:
        await workers[variant].do("crowd", text=_WORD, conversations=CONVERSATIONS, turns=1)
        crowd = await workers[variant].do("crowd", text=_WORD, conversations=CONVERSATIONS, turns=4)
        results.add(f"{CONVERSATIONS} conversations at once, turns per second", variant, crowd["turns_per_s"])
        row = f"{CONVERSATIONS} conversations at once, longest block of the event loop, ms"
        results.add(row, variant, crowd["longest_block_ms"])


async def _latency(benchmark: Benchmark, workers: Workers, results: Results, repeats: int) -> None:
    async def first_word(row: str, variant: Variant) -> None:
        (turn,) = await workers[variant].do("turns", text="Say 20 words.", count=1)
        results.add(f"First word, {row}, ms", variant, turn["first_word_ms"])

    for number in range(repeats):
        for variant in _order(number):
            await workers[variant].do("turns", text=_WORD, count=1)
            await first_word("warm connection", variant)
        for variant in _order(number):
            await benchmark.control(drop=True)
            await first_word("the connection was lost", variant)
    for number in range(max(2, repeats // 3)):
        for variant in Variant:
            await workers[variant].do("turns", text=_WORD, count=1)
        await asyncio.sleep(_SILENCE_S)
        for variant in _order(number):
            await first_word("after 20 s of silence", variant)
        await asyncio.sleep(_SILENCE_S)
        for variant in _order(number):
            if variant is not Variant.FLOOR:
                await workers[variant].do("prepare")
                await first_word("after 20 s of silence, prepared", variant)


async def _voice(benchmark: Benchmark, workers: Workers, results: Results, repeats: int) -> None:
    """Go from sound to sound, at the pace of a model: 0.4 s to the first word, then 30 words a second."""
    await benchmark.control(first_word_s=0.4, word_s=1 / 30)
    for number in range(repeats + 1):
        # another text each time: Home Assistant keeps what it has spoken
        await benchmark.control(heard=f"Say 40 words like {'ab' * (number + 1)}.")
        for variant in _order(number, (Variant.OURS, Variant.CORE)):
            stages: dict[str, Any] = await workers[variant].do("voice")
            if number:
                for stage, reached in stages.items():
                    results.add(f"From the end of speech: {stage.replace('_', ' ')}, ms", variant, reached)
    await benchmark.control(first_word_s=0.0, word_s=0.0)
