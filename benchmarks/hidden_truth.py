"""What is published of people against what the simulator knows.

`python -m benchmarks.hidden_truth`, on a home that `make run` made (`--home`). Talk time is the
metric whose truth is exact: every contact has its queue's mean, times what the person adds. On
hold, after-contact work and transfers nobody has any effect: whoever is told apart there is told
apart wrongly. Satisfaction, resolution and quality are planted on latent scales, so that only sides
and ranks can be judged. How far estimates may lie from the best possible is proven on many more
people by `benchmarks.fairness`.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from benchmarks.fairness import Line, share, table
from ground.home import Home
from simulator.shape import QUEUES

Z_95 = 1.959963984540054
_SCORED = """
with usual as (
    select unnest(?::varchar[]) as queue_id, unnest(?::double[]) as talk_mean_s
),
true_means as (
    -- The mean of the person's own contacts, as they were drawn.
    select leg.agent_id, leg.client_id, leg.line_of_business, leg.channel, leg.language,
        avg(usual.talk_mean_s) * exp(any_value(person.handle_log_effect)) as truth
    from interaction.contact_leg as leg
    inner join usual on leg.queue_id = usual.queue_id
    inner join read_csv(?) as person on leg.agent_id = person.agent_id
    inner join (
        select any_value(first_date) as first_date, any_value(last_date) as last_date
        from agent.scorecard where look_back = 'days_90'
    ) as span on leg.site_date between span.first_date and span.last_date
    where leg.is_answered and leg.talk_s is not null
    group by all
)
select card.*, true_means.truth
from agent.scorecard as card
inner join true_means using (agent_id, client_id, line_of_business, channel, language)
where card.look_back = 'days_90' and card.metric = 'talk_time.of_handled'
    and card.estimate is not null
    -- Beginners get faster by the day: they have no one true value.
    and card.tenure_band in ('181-365 days', '1-2 years', 'over 2 years')
"""


def talk_time(con: duckdb.DuckDBPyConnection, hidden: Path) -> list[Line]:
    """Estimates, intervals and calls of talk time, against what each person truly adds."""
    codes = [f"sim:{queue.code}" for queue in QUEUES]
    means = [queue.talk_mean_s for queue in QUEUES]
    seen = con.execute(_SCORED, [codes, means, str(hidden / "agents.csv")]).df()
    sd = (seen.estimate_high - seen.estimate_low) / (2 * Z_95)
    # What is estimated is the value at the peers' case mix: so is the truth, by the same distance.
    seen["truth"] += seen.adjusted - seen.observed
    loss = (seen.estimate - seen.truth) ** 2
    noise = (seen.adjusted - seen.truth) ** 2
    raw = float(noise.mean())
    spread = (seen.truth - seen.peer_mean) ** 2
    # Best by a straight line when the true spread and the true noise of such people are known.
    kind = pd.qcut(seen.n, 4, labels=False)
    tau, sigma = spread.mean(), noise.groupby(kind).transform("mean")
    best = tau * sigma / (tau + sigma)
    called = seen[seen.distinguishable == "yes"]
    wrong = np.sign(called.estimate - called.peer_mean) != np.sign(called.truth - called.peer_mean)
    return [
        Line("talk time: squared error above the best possible, points of the observed error",
             100 * float(loss.mean() - best.mean()) / raw,
             100 * float(loss.std()) / raw / np.sqrt(len(seen)), "<= 3", len(seen)),
        share("talk time: 95 % intervals that cover the truth",
               (seen.estimate - seen.truth).abs() <= Z_95 * sd, "95 +- 2"),
        share("talk time: called distinguishable and lies on the other side", wrong, "<= 5"),
        share("talk time: called distinguishable", seen.distinguishable == "yes", "reported"),
    ]  # fmt: skip


def without_effect(con: duckdb.DuckDBPyConnection) -> list[Line]:
    """Metrics on which the simulator makes all people alike."""
    lines = []
    for metric in (
        "hold_time.of_handled",
        "after_contact_work.of_handled",
        "transfer_rate.transferred_of_connections",
    ):
        seen = con.execute(
            "select distinguishable from agent.scorecard "
            "where look_back = 'days_90' and metric = ? and estimate is not null",
            [metric],
        ).df()
        # Discoveries are controlled at 5 % of families, and where all are alike each is false.
        lines.append(
            share(f"{metric}: told apart, and nobody differs",
                  seen.distinguishable == "yes", "<= 5"))  # fmt: skip
    return lines


def sides(con: duckdb.DuckDBPyConnection, people: Path, crm: Path) -> list[Line]:
    """Of those told apart, who lies on the other side; and how estimates rank with the truth."""
    lines = []
    for metric, file, effect in (
        ("csat.satisfied_of_answers", crm, "csat_effect"),
        ("first_contact_resolution.no_repeat_7d", crm, "resolution_effect"),
        ("quality_score.mean_of_evaluations", people, "quality_effect"),
    ):
        seen = con.execute(
            f"select card.*, person.{effect} as effect from agent.scorecard as card "
            "inner join read_csv(?) as person on card.agent_id = person.agent_id "
            "where card.look_back = 'days_365' and card.metric = ?",
            [str(file / "agents.csv"), metric],
        ).df()
        called = seen[seen.distinguishable == "yes"]
        wrong = np.sign(called.estimate - called.peer_mean) != np.sign(called.effect)
        if len(called):
            lines.append(share(f"{metric}: told apart and lies on the other side", wrong, "<= 5"))
        lines.append(share(f"{metric}: told apart", seen.distinguishable == "yes", "reported"))
        many = seen[seen.n >= seen.n.quantile(0.5)]
        rank = float(many.adjusted.rank().corr(many.effect.rank()))
        lines.append(
            Line(f"{metric}: rank correlation of adjusted values with the planted effect",
                 rank, (1 - rank**2) / np.sqrt(len(many)), "reported", len(many))
        )  # fmt: skip
    return lines


def reopenings(con: duckdb.DuckDBPyConnection, crm: Path) -> list[Line]:
    """Whether a matter is truly settled is planted on cases: who settles less has more reopened."""
    seen = con.execute(
        "select one.reopened, one.n, person.resolution_effect as effect from ("
        "    select agent_id, count(*) as n, avg(is_reopened::int) as reopened"
        "    from interaction.case"
        "    where is_counted and first_resolved_at_utc is not null and agent_id is not null"
        "    group by 1 having count(*) >= 100) as one "
        "inner join read_csv(?) as person using (agent_id)",
        [str(crm / "agents.csv")],
    ).df()
    told = con.execute(
        "select focus.kind, person.resolution_effect as effect from agent.coaching_focus as focus "
        "inner join read_csv(?) as person using (agent_id) where focus.part = 'reopenings'",
        [str(crm / "agents.csv")],
    ).df()
    wrong = (told.kind == "focus") == (told.effect > 0)
    rank = float((-seen.reopened).rank().corr(seen.effect.rank()))
    return [
        share("reopenings: a focus or a strength, and lies on the other side", wrong, "<= 10"),
        Line("reopenings: rank correlation of what stayed closed with the planted resolution",
             rank, (1 - rank**2) / np.sqrt(len(seen)), "reported", len(seen)),
    ]  # fmt: skip


def charts(con: duckdb.DuckDBPyConnection) -> list[Line]:
    """Weekly charts of people with more than half a year of service, whose level never moves."""
    seen = con.execute(
        "select point.entity_id, point.metric, point.is_alarm, point.is_signal, "
        "point.rule = 'beyond_limits' as is_beyond from agent.chart as point "
        "inner join agent.employment as person on point.entity_id = person.agent_id "
        "and person.valid_from <= point.week_start_date "
        "and coalesce(person.valid_to, date '9999-12-31') > point.week_start_date "
        "where point.entity_kind = 'agent' and point.centre is not null "
        "and point.week_start_date >= person.service_date + 180"
    ).df()
    return [
        share("points of charts beyond three standard deviations, and nobody moved",
              seen.is_beyond.fillna(False).astype(bool), "<= 0.27 (nominal)"),
        share("points of charts that are signals, and nobody moved", seen.is_signal, "reported"),
    ]  # fmt: skip


def survival(con: duckdb.DuckDBPyConnection, hidden: Path) -> list[Line]:
    """Survival of hires by site against the planted hazard (no client ramps down in that)."""
    model = json.loads((hidden / "model.json").read_text(encoding="utf-8"))
    spells = pd.read_csv(hidden / "spells.csv")
    # Of those hired earlier, only whoever stayed is known.
    recent = spells[spells.hired_date > str(pd.Timestamp(spells.hired_date.max()).date()
                                            - pd.Timedelta(days=700))]  # fmt: skip
    hazard = _daily(model["daily_hazard_from_day"], 366)
    found = con.execute(
        "select group_value, horizon_days, survival_rate, survival_low, survival_high, people_n "
        "from attrition.survival_horizon where dimension = 'site_id' and is_mature "
        "and survival_low is not null "
        "order by all"
    ).fetchall()
    lines = []
    for site, days, rate, low, high, people_n in found:
        if site not in set(recent.site_id):
            continue
        own = recent[recent.site_id == site].hazard_multiplier.to_numpy()
        true = float(np.exp(-np.outer(own, np.cumsum(hazard))[:, days - 1]).mean())
        lines.append(
            Line(f"survival to day {days} in {site}: points from the planted {100 * true:.0f} %",
                 100 * (rate - true), 100 * (high - low) / (2 * Z_95),
                 f"{100 * (low - true):+.0f} to {100 * (high - true):+.0f} around 0", people_n)
        )  # fmt: skip
    return lines


def _daily(steps: Sequence[dict[str, Any]], days: int) -> np.ndarray:
    hazard = np.zeros(days)
    for step in steps:
        hazard[step["day"] :] = step["hazard"]
    return hazard


def main() -> None:
    """Print the table for one home."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home", type=Path, default=Home.from_env().root)
    home = Home(options.parse_args().home)
    hidden = home.root / "simulator" / "people"
    with duckdb.connect(str(home.published / "current" / "serve.duckdb"), read_only=True) as con:
        found = [
            *talk_time(con, hidden),
            *without_effect(con),
            *sides(con, hidden, hidden.parent / "crm"),
            *reopenings(con, hidden.parent / "crm"),
            *charts(con),
            *survival(con, hidden),
        ]
        print(table(found))  # noqa: T201


if __name__ == "__main__":
    main()
