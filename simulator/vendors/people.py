"""A plain dated list of people, and evaluations in the generic long form."""

import numpy as np

from simulator.people.days import NEVER, date_texts
from simulator.people.population import spells
from simulator.people.staff_codes import HR, codes, people
from simulator.people.tables import Table, csv_lines
from simulator.shape import SITES

_HEADS = {
    "evaluation_id": "id", "site": "site", "client": "account", "contact_id": "interaction.id",
    "agent": "agent", "evaluator": "evaluator.user", "form": "form.id",
    "form_version": "form.version", "evaluated_at": "scored_at", "status": "status",
    "score_pct": "score", "calibration_id": "calibration",
}  # fmt: skip
_ANSWERS = {
    "evaluation_id": "evaluation", "evaluated_at": "scored_at", "question": "question",
    "section": "section", "answer": "answer", "points": "points", "points_possible": "max_points",
    "weight": "weight", "not_applicable": "not_applicable", "critical": "critical",
    "critical_failed": "auto_fail",
}  # fmt: skip


def roster(agents: int, seed: int, day: int) -> list[str]:
    """CSV lines of everybody hired by `day` (days since 1970), header first."""
    held = spells(agents, seed)
    rows = np.flatnonzero(held.hire <= day)
    end = held.end[rows]
    left = np.where(end <= day, end - 1, NEVER)
    table = {
        "person_no": codes(HR, held.person[rows], people(agents, seed).site[held.person[rows]]),
        "hire_date": date_texts(held.hire[rows]),
        "termination_date": date_texts(left),
        "termination_code": np.where(left < NEVER, "LEFT", "").astype(object),
        "site": np.array([site.site_id for site in SITES], dtype=object)[held.site[rows]],
        "role": np.full(rows.size, "agent", dtype=object),
        "leader_no": np.full(rows.size, "", dtype=object),
    }
    return [",".join(table), *csv_lines(table)]


def long_form(heads: Table, answers: Table) -> tuple[list[str], list[str]]:
    """CSV lines of the two files of evaluations, headers first."""
    told = {ours: heads[theirs] for ours, theirs in _HEADS.items()}
    told["contact_system"] = np.where(heads["interaction.id"] == "", "", "sim").astype(object)
    asked = {ours: answers[theirs] for ours, theirs in _ANSWERS.items()}
    site = dict(zip(heads["id"].tolist(), heads["site"].tolist(), strict=True))
    asked["site"] = np.array([site[name] for name in asked["evaluation_id"]], dtype=object)
    return [",".join(told), *csv_lines(told)], [",".join(asked), *csv_lines(asked)]
