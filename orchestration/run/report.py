"""What a night came to, as a person reads it.

Belongs here: words and tables over summaries. Does not: finding out anything.
"""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from orchestration.console import table
from orchestration.run.summary import Feed, NightSummary

RULES_SHOWN = 8
REASONS_SHOWN = 4
WHY_WIDTH = 70
# Why a file was refused also says what to do.
REFUSED_WIDTH = 400
HEADLINES = {
    "published": ("green", "published"),
    "partial": ("yellow", "published in part"),
    "blocked": ("red", "held back by the audit"),
    "unchanged": ("dim", "nothing new, nothing changed"),
    "failed": ("red", "failed"),
}


def night_report(night: NightSummary) -> RenderableType:
    """One night: what landed, what was kept apart, what was checked, what readers see."""
    colour, words = HEADLINES[night.status]
    parts: list[RenderableType] = [
        Text.assemble(
            (_dates(night), "bold"), "  ", (words, colour), (f"  {night.seconds:.0f} s", "dim")
        )
    ]
    if night.status == "unchanged":
        return Group(*parts)
    landed = [feed for feed in night.feeds if feed.files_n]
    if landed:
        parts.append(_landed(landed))
    if night.quarantined:
        parts.append(_quarantined(night))
    parts += [indented(line) for line in _refused(night)]
    parts += [indented(f"note: {line}") for line in night.told]
    parts += _outcome(night)
    return Group(*parts)


def indented(text: str, by: int = 2) -> RenderableType:
    """A line that keeps its indentation when it is too long for one."""
    return Padding(Text(text), (0, 0, 0, by))


def _landed(feeds: Sequence[Feed]) -> RenderableType:
    maps = [feed for feed in feeds if feed.name.startswith("company.")]
    rows = [_feed_row(feed.name, [feed]) for feed in feeds if feed not in maps]
    if maps:
        rows.append(_feed_row(f"company, {len(maps)} maps", maps))
    if len(rows) > 1:
        rows.append(_feed_row("all", feeds))
    columns = ["landed", "files", "rows", "loaded", "kept_apart", "superseded", "unmapped_codes"]
    return table(rows, columns)


def _feed_row(name: str, feeds: Sequence[Feed]) -> dict[str, object]:
    return {
        "landed": name,
        "files": sum(feed.files_n for feed in feeds),
        "rows": sum(feed.landed_n for feed in feeds),
        "loaded": sum(feed.loaded_n for feed in feeds),
        "kept_apart": sum(feed.quarantined_n for feed in feeds),
        "superseded": sum(feed.superseded_n for feed in feeds),
        "unmapped_codes": sum(feed.unmapped_n for feed in feeds),
    }


def _quarantined(night: NightSummary) -> RenderableType:
    rows = [
        {"kept_apart": q.feed, "rows": q.rows_n, "rule": q.rule, "why": short(q.reason)}
        for q in night.quarantined[:RULES_SHOWN]
    ]
    shown: RenderableType = table(rows, ["kept_apart", "rows", "rule", "why"])
    left = len(night.quarantined) - RULES_SHOWN
    if left > 0:
        return Group(shown, Text(f"  and {left} more; `headset quarantine list` has all.", "dim"))
    return shown


def first_few(reasons: Sequence[str]) -> list[str]:
    """The first reasons, and how many more there are."""
    left = len(reasons) - REASONS_SHOWN
    more = [f"and {left} more, see the incident page"] if left > 0 else []
    return [*(short(reason, 160) for reason in reasons[:REASONS_SHOWN]), *more]


def short(text: str, width: int = WHY_WIDTH) -> str:
    """The beginning of a reason."""
    return text if len(text) <= width else text[: width - 3] + "..."


def _refused(night: NightSummary) -> list[str]:
    lines = [
        f"refused {name}: {short(reason, REFUSED_WIDTH)}"
        for feed in night.feeds
        for name, reason in feed.rejected
    ]
    return lines + [f"stopped {feed.name}: {note}" for feed in night.feeds for note in feed.notes]


def _outcome(night: NightSummary) -> list[RenderableType]:
    lines: list[RenderableType] = []
    if night.checks_n:
        lines.append(
            Text(
                f"Checked: {night.checks_n} checks, {night.failed_n} that block failed, "
                f"{night.warned_n} warned."
            )
        )
    lines += [indented(f"- {reason}") for reason in first_few(night.failing)]
    if night.snapshot_id:
        lines.append(
            Text(
                f"Published: snapshot {night.snapshot_id}, {night.rows_n:,} rows; "
                f"{night.written_n} files written, {night.linked_n} kept from before."
            )
        )
        for what, held in (("clients", night.held_clients), ("feeds", night.held_feeds)):
            if held:
                names = ", ".join(held)
                lines.append(Text(f"Held back {what}: {names}; they keep their last good data."))
    if night.incident:
        lines.append(Text(f"Why, since when, which rows: {shown_path(night.incident)}"))
    if night.error:
        lines.append(Text(f"Error in {night.error}", "red"))
    return lines


def shown_path(path: str | Path) -> str:
    """A path as short as it can be typed from here."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _dates(night: NightSummary) -> str:
    if night.from_date == night.to_date:
        return f"Night of {night.to_date}"
    return f"Nights {night.from_date} to {night.to_date}"
