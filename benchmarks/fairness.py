"""The proof table of how people are compared: `python -m benchmarks.fairness`.

Seeds, people and Monte-Carlo errors are printed beside every figure.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.known_truth import WITHIN_SD, people, series
from benchmarks.statistics_sql import charted, shrunken, told_apart

SEED = 20261124
Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Line:
    """One figure: what, found, its Monte-Carlo standard error, what it must be, over how many."""

    what: str
    found: float
    error: float
    bound: str
    n: int


def lines() -> list[Line]:
    """Every line of the table; about a minute on two cores."""
    return [*estimates(), *calls(), *charts()]


def estimates() -> list[Line]:
    """Mean squared error against the best possible, and coverage, by size of the peer group."""
    found = []
    for peers, true_sd in ((100, 1.0), (100, 2.0), (30, 1.0), (12, 1.0), (8, 1.0)):
        seen = shrunken(people(SEED, groups=12_000 // peers, peers=peers, true_sd=true_sd))
        noise = WITHIN_SD**2 / seen.n
        loss = (seen.estimate - seen.truth) ** 2
        best = true_sd**2 * noise / (true_sd**2 + noise)
        raw = float(((seen.observed - seen.truth) ** 2).mean())
        of = f"{peers} peers, true sd {true_sd:g}"
        found.append(
            Line(
                f"squared error above the best possible, points of the observed error ({of})",
                100 * float(loss.mean() - best.mean()) / raw,
                100 * float(loss.std()) / raw / np.sqrt(len(seen)),
                "<= 3 from 12 peers on",
                len(seen),
            )
        )
        found.append(share(f"95 % intervals that cover the truth ({of})",
                            (seen.estimate - seen.truth).abs() <= Z_95 * seen.estimate_sd,
                            "95 +- 2"))  # fmt: skip
    return found


def calls() -> list[Line]:
    """Of those called distinguishable, who is not; and how many of the different are found."""
    found = []
    for true_sd, alike in ((1.0, 0.0), (2.0, 0.5), (3.0, 0.8)):
        seen = told_apart(people(SEED + 1, groups=100, peers=100, true_sd=true_sd, alike=alike))
        called = seen[seen.is_told_apart]
        side = np.sign(called.estimate - called.peer_mean) != np.sign(called.truth - 100)
        of = f"true sd {true_sd:g}, {alike:.0%} exactly alike"
        found.append(share(f"called distinguishable and is not, or on the other side ({of})",
                            side | (called.truth == 100), "<= 5"))  # fmt: skip
        different = seen[seen.truth != 100]
        found.append(share(f"power: of the different, called ({of})",
                            different.is_told_apart, "reported"))  # fmt: skip
    return found


def charts() -> list[Line]:
    """False alarms without a change, and how soon a shift of 1.5 sigma is found."""
    calm = charted(series(SEED + 2, 6000, spread=2.0))
    judged = calm[calm.period.between(8, 33)]
    alarmed = judged.groupby("agent").rule.apply(lambda rules: rules.notna().any())
    moved = charted(series(SEED + 3, 6000, shifted=0.2))
    after = moved[moved.moved & moved.period.between(26, 33)]
    alarms = after.groupby("agent").rule.apply(lambda rules: rules.notna().any())
    told = moved[moved.is_discovery & (moved.period >= 26)]
    return [
        share("series without a change that alarm within 26 weeks", alarmed, "<= 18.5 (nominal)"),
        share("points without a change that are discoveries", judged.is_discovery, "reported"),
        share("shifts of 1.5 sigma that alarm within 8 weeks", alarms, ">= 85"),
        share("discoveries after the shift that are of nobody who shifted", ~told.moved, "<= 5"),
    ]


def share(what: str, hits: pd.Series, bound: str) -> Line:
    """How many of the hundred, with the binomial error."""
    rate, n = float(hits.mean()), len(hits)
    return Line(f"{what}, %", 100 * rate, 100 * float(np.sqrt(rate * (1 - rate) / n)), bound, n)


def table(found: list[Line]) -> str:
    """The lines as Markdown."""
    rows = [
        f"| {one.what} | {one.found:.2f} | {one.error:.2f} | {one.bound} | {one.n:,} |"
        for one in found
    ]
    head = (
        "| figure | found | Monte-Carlo error | must be | people or points |\n|---|---|---|---|---|"
    )
    return "\n".join([head, *rows])


if __name__ == "__main__":
    print(f"Seed {SEED}.\n\n{table(lines())}")  # noqa: T201
