"""What was measured: samples by row and variant, and their ratios."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles

from .house import Variant


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some numbers, and the quartiles below and above it."""

    median: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, numbers: list[float]) -> Spread:
        """Return the spread of at least one number."""
        low, _, high = quantiles(numbers, method="inclusive") if len(numbers) > 1 else numbers * 3
        return cls(median(numbers), low, high, len(numbers))

    def __str__(self) -> str:
        """Return "0.25 (0.24 to 0.27)"."""
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


@dataclass(slots=True)
class Results:
    """All samples of a run."""

    rows: dict[str, dict[Variant, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    """Name of a row → its samples. Those with the same index were measured one after the other."""

    def add(self, row: str, variant: Variant, value: float) -> None:
        """Add a sample."""
        self.rows[row][variant].append(value)

    def ratio(self, row: str, one: Variant, other: Variant) -> Spread | None:
        """Return one variant's samples over another's, pair by pair. None: one of them has none."""
        pairs = list(zip(self.rows[row][one], self.rows[row][other], strict=False))
        ratios = [mine / theirs for mine, theirs in pairs if theirs]
        return Spread.of(ratios) if ratios else None


def as_table(results: Results) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield "| What | Ours | Core's | The floor | Ours / core's | Ours / the floor | Pairs |"
    yield "|---|---|---|---|---|---|---|"
    for row, samples in results.rows.items():
        against_core = results.ratio(row, Variant.OURS, Variant.CORE)
        against_floor = results.ratio(row, Variant.OURS, Variant.FLOOR)
        cells = [
            row,
            *(_middle(samples, variant) for variant in Variant),
            str(against_core or "-"),
            f"{against_floor.median:.2f}" if against_floor else "-",
            str(max(map(len, samples.values()))),
        ]
        yield f"| {' | '.join(cells)} |"


def _middle(samples: Mapping[Variant, list[float]], variant: Variant) -> str:
    return f"{median(samples[variant]):.4g}" if samples.get(variant) else "-"
