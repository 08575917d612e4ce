"""The hidden truth about people, written apart: what methods of finding it are judged against.

Nothing of it is in any extract. Belongs here: files of what was drawn. Does not: drawing it.
"""

import json
from pathlib import Path

import numpy as np

from simulator.manifest import write_text
from simulator.people.days import NEVER, Floats, Ints, Texts, date_texts
from simulator.people.effects import (
    RAMP_HANDLE,
    RAMP_HANDLE_DAYS,
    RAMP_QUALITY,
    RAMP_QUALITY_DAYS,
    effects,
)
from simulator.people.jobs import stints
from simulator.people.population import HAZARD, spells
from simulator.people.praise import overlooked, visibility
from simulator.people.quality import SEVERITY_OF_MACHINE
from simulator.people.sessions import diligence
from simulator.people.staff_codes import HISTORY_DAYS, agent_ids
from simulator.people.tables import Table, csv_lines
from simulator.shape import SITES

EXITS = ("voluntary", "involuntary", "internal", "client_ramp_down")
_SCALES = {
    "handle_log_effect": "added to the logarithm of talk time of every contact",
    "quality_effect": "added to the log odds of meeting a question of the form",
    "empathy_effect": "the same, on the questions of the section empathy only",
    "evaluator_severity": "taken off the log odds of every question that the person scores",
    "diligence": "chance that a session planned by the person as a leader is held, less slips",
    "visibility": "recognitions a month relative to the average; 0: overlooked",
    "hazard_multiplier": "times the daily hazard of its day of tenure, site included",
}


def write_hidden(folder: Path, agents: int, seed: int, last: int) -> None:
    """`agents.csv`, `spells.csv` and `model.json` on everybody of the two years to `last`."""
    write_text(folder / "agents.csv", _csv(_agents(agents, seed, last)))
    write_text(folder / "spells.csv", _csv(_spells(agents, seed, last)))
    write_text(folder / "model.json", json.dumps(_model(), indent=1) + "\n")


def _agents(agents: int, seed: int, last: int) -> Table:
    who = np.unique(stints(agents, seed, last - HISTORY_DAYS).person)
    known = effects(agents, seed)
    columns = {
        "handle_log_effect": known.handle_log,
        "quality_effect": known.quality,
        "empathy_effect": known.empathy,
        "evaluator_severity": known.severity,
        "diligence": diligence(agents, seed),
        "visibility": visibility(agents, seed),
    }
    table = {"agent_id": _ids(who)}
    table.update({name: _shown(values[who]) for name, values in columns.items()})
    unseen = overlooked(agents, seed)[who]
    return {**table, "is_overlooked": np.where(unseen, "true", "false").astype(object)}


def _spells(agents: int, seed: int, last: int) -> Table:
    """Times in a seat. Days after `last` are what is going to happen."""
    held = spells(agents, seed)
    rows = np.flatnonzero((held.end > last - HISTORY_DAYS) & (held.hire <= last))
    end = held.end[rows]
    exits = np.array(EXITS, dtype=object)[held.exit[rows]]
    exits[end >= NEVER] = ""
    return {
        "agent_id": _ids(held.person[rows]),
        "site_id": np.array([s.site_id for s in SITES], dtype=object)[held.site[rows]],
        "hired_date": date_texts(held.hire[rows]),
        "left_date": date_texts(end),
        "exit_class": exits,
        "hazard_multiplier": _shown(held.hazard[rows]),
        "stays_for_good": np.where(end >= NEVER, "true", "false").astype(object),
    }


def _model() -> dict[str, object]:
    return {
        "scales": _SCALES,
        "daily_hazard_from_day": [{"day": day, "hazard": rate} for day, rate in HAZARD],
        "ramp": {
            "handle_log": {"added": RAMP_HANDLE, "days": RAMP_HANDLE_DAYS, "as": "log1p"},
            "quality": {"taken_off": RAMP_QUALITY, "days": RAMP_QUALITY_DAYS},
        },
        "severity_of_automated_evaluator": SEVERITY_OF_MACHINE,
        "effect_of_coaching": 0.0,
        "effect_of_recognition": 0.0,
    }


def _ids(person: Ints) -> Texts:
    return np.array(agent_ids(person), dtype=object)


def _shown(values: Floats) -> Texts:
    return np.array([f"{value:.4f}" for value in values.tolist()], dtype=object)


def _csv(table: Table) -> str:
    return "\n".join([",".join(table), *csv_lines(table)]) + "\n"
