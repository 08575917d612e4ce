"""The incident page: what a person reads in the morning when something was held back."""

import datetime as dt
from collections.abc import Mapping, Sequence

from expectations.checks import CheckResult, Verdict
from expectations.dashboards import touched

HEADLINES = {
    "blocked": "Nothing was published",
    "partial": "Published, except what is held back below",
    "pass": "Published",
}


def page(
    verdict: Verdict,
    results: Sequence[CheckResult],
    began: Mapping[str, dt.datetime | None],
    last_good_snapshot: str | None,
    shown: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """The page in Markdown. `began`: since when each failing check fails (None: since now).

    shown: which dashboards show a published table.
    """
    shown = shown or {}
    holding = [r for r in results if r.holds]
    lines = [
        f"# {HEADLINES[verdict.status]}: run {verdict.run_id}",
        "",
        f"Decided {verdict.decided_at:%Y-%m-%d %H:%M} UTC over {verdict.checks_n} checks: "
        f"{verdict.failed_n} blocking failed, {verdict.warned_n} warned.",
        "",
    ]
    if verdict.status == "blocked":
        served = f"`{last_good_snapshot}`" if last_good_snapshot else "none yet"
        lines += [f"Readers still see the last good snapshot: {served}.", ""]
    if verdict.held_clients:
        lines += [f"Clients that keep their last good data: {_list(verdict.held_clients)}.", ""]
    if verdict.held_feeds:
        lines += [f"Feeds that keep their last good data: {_list(verdict.held_feeds)}.", ""]
    if not results:
        lines += ["No check ran at all. A build that nobody checked is not published.", ""]
    failed = [r for r in holding if r.status == "fail"]
    for result in sorted(failed, key=lambda r: (r.radius != "snapshot", r.check_id)):
        lines += _section(result, began.get(result.check_id), shown)
    lines += _unevaluated([r for r in holding if r.status == "error"], began, shown)
    lines += ["## What to do next", "", *_next_steps(holding), ""]
    return "\n".join(lines)


def _section(
    r: CheckResult, began: dt.datetime | None, shown: Mapping[str, Sequence[str]]
) -> list[str]:
    rows = f"{r.failing_n:,} row{'s' if r.failing_n != 1 else ''}"
    lines = [
        f"## {r.reason.rstrip('.')}",
        "",
        f"- Check: `{r.check_id}` ({r.tool}) on `{r.subject}` failed on {rows}.",
        f"- Since: {_since(began)}.",
    ]
    if r.clients:
        lines.append(f"- Clients hit: {_list(r.clients)}.")
    if r.feeds:
        lines.append(f"- Feeds hit: {_list(r.feeds)}.")
    if r.tables:
        lines.append(f"- Published tables that stand on it: {_list(r.tables)}.")
    pages = touched(r.tables, shown)
    if pages:
        lines.append(f"- Dashboards it would have touched: {', '.join(pages)}.")
    lines.append("")
    if r.sample:
        lines += ["Examples (personal columns left out):", "", *_table(r.sample), ""]
    return lines


def _unevaluated(
    results: Sequence[CheckResult],
    began: Mapping[str, dt.datetime | None],
    shown: Mapping[str, Sequence[str]],
) -> list[str]:
    """Checks that broke, in one table: their cause is rarely in the data, and mostly one cause."""
    if not results:
        return []
    rows = [
        {
            "check": f"`{r.check_id}`",
            "since": _since(began.get(r.check_id)),
            "what happened": " ".join(str(value) for row in r.sample for value in row.values()),
        }
        for r in results
    ]
    tables = sorted({table for r in results for table in r.tables})
    pages = touched(tables, shown)
    return [
        f"## {len(results)} checks could not be evaluated, which is no pass",
        "",
        *_table(rows),
        "",
        *([f"Published tables that stand on them: {_list(tables)}.", ""] if tables else []),
        *([f"Dashboards they would have touched: {', '.join(pages)}.", ""] if pages else []),
    ]


def _since(began: dt.datetime | None) -> str:
    return f"{began:%Y-%m-%d %H:%M} UTC" if began else "this night"


def _table(rows: Sequence[Mapping[str, object]]) -> list[str]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    body = ["| " + " | ".join(_cell(row.get(name)) for name in names) + " |" for row in rows]
    return ["| " + " | ".join(names) + " |", "|" + "---|" * len(names), *body]


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return text.replace("|", "\\|").replace("\n", " ")[:120]


def _list(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _next_steps(holding: Sequence[CheckResult]) -> list[str]:
    steps = ["1. `headset status` shows what landed last night and what is in quarantine."]
    if any(r.tool == "ledger" for r in holding):
        steps.append("1. `headset quarantine list` names file, row, rule and reason.")
    if any(r.status == "error" for r in holding):
        steps.append("1. Mend the checks that could not be evaluated; until then they block.")
    if any(r.check_id.startswith("volume.") for r in holding):
        steps.append(
            "1. What is missing may be right (a closure, a client that left): then "
            '`headset night --accept "why"` publishes it, and the reason is kept.'
        )
    steps += [
        "1. Ask the owner of the feed for a corrected file. It supersedes the bad one.",
        "1. `headset night` takes it in, rebuilds the dates it touches, and audits again.",
    ]
    return steps
