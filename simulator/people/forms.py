"""The QA forms: questions, sections, weights, critical kinds; how an evaluation is answered."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.people.days import Floats, Ints, Texts, number
from simulator.people.tables import Table

FORM_ID = "voice"
NEW_VERSION_FROM = number(date(2026, 7, 1))


@dataclass(frozen=True)
class Question:
    """A question. `odds`: log odds of being met by an average agent; `is_automated`: a machine
    can answer it."""

    question_id: str
    section: str
    weights: tuple[float, float]
    points: int
    odds: float
    not_applicable: float = 0.0
    critical: str = ""
    is_automated: bool = False


# `weights` by form version; 0: the question is not in that version.
QUESTIONS = (
    Question("greeting", "opening", (5, 5), 1, 3.0, is_automated=True),
    Question("identified", "compliance", (10, 10), 1, 4.3, 0.05, "compliance", is_automated=True),
    Question("listened", "empathy", (10, 12), 2, 1.6),
    Question("acknowledged", "empathy", (10, 12), 2, 1.4, 0.10),
    Question("probed", "problem_solving", (15, 12), 2, 1.6),
    Question("right_answer", "problem_solving", (20, 20), 3, 1.8, 0.0, "customer"),
    Question("next_step", "problem_solving", (10, 9), 2, 1.5, 0.15),
    Question("recorded", "process", (10, 8), 1, 2.0, 0.0, "business"),
    Question("data_protection", "compliance", (0, 6), 1, 4.6, 0.0, "compliance"),
    Question("closing", "closing", (10, 6), 1, 2.4, is_automated=True),
)
CRITICAL_SHARE = 0.2


@dataclass(frozen=True)
class Scored:
    """Answers by evaluation (rows) and question (columns); `score` of 0 to 100."""

    asked: Ints
    share: Floats
    is_not_applicable: Ints
    is_failed: Ints
    score: Floats


def score(
    rng: np.random.Generator, odds: Floats, empathy: Floats, version: Ints, automated: Ints
) -> Scored:
    """Answer the form for evaluations whose agent and evaluator add `odds` to every question."""
    shape = (odds.size, len(QUESTIONS))
    base = np.array([q.odds for q in QUESTIONS])
    of_empathy = np.array([q.section == "empathy" for q in QUESTIONS])
    weights = np.array([q.weights for q in QUESTIONS]).T[version - 3]
    machine = np.array([q.is_automated for q in QUESTIONS])
    asked = (weights > 0) & (machine[None, :] | (automated == 0)[:, None])
    chance = base[None, :] + odds[:, None] + empathy[:, None] * of_empathy[None, :]
    met = rng.random(shape) < 1 / (1 + np.exp(-chance))
    partly = ~met & (rng.random(shape) < 0.4) & (np.array([q.points for q in QUESTIONS]) > 1)
    none = rng.random(shape) < np.array([q.not_applicable for q in QUESTIONS])
    critical = np.array([q.critical != "" for q in QUESTIONS])
    failed = asked & ~none & ~met & ~partly & critical & (rng.random(shape) < CRITICAL_SHARE)
    share = np.where(met, 1.0, np.where(partly, 0.5, 0.0))
    counted = asked & ~none
    total = (weights * counted).sum(axis=1)
    earned = (weights * counted * share).sum(axis=1)
    percent = np.where(failed.any(axis=1), 0.0, 100 * earned / np.maximum(total, 1))
    return Scored(
        asked.astype(np.int64), share, none.astype(np.int64), failed.astype(np.int64),
        np.round(percent, 2).astype(np.float64),
    )  # fmt: skip


def answer_rows(made: Scored, evaluation: Texts, version: Ints, scored_at: Texts) -> Table:
    """One row per question asked."""
    row, column = np.nonzero(made.asked)
    none = made.is_not_applicable[row, column] == 1
    share = made.share[row, column]
    points = np.array([q.points for q in QUESTIONS])[column]
    earned = np.array([f"{v:g}" for v in (share * points).tolist()], dtype=object)
    possible = points.astype(str).astype(object)
    earned[none], possible[none] = "", ""
    answer = np.select([none, share == 1, share > 0], ["na", "yes", "partly"], "no")
    weights = np.array([q.weights for q in QUESTIONS])[column, version[row] - 3]
    return {
        "evaluation": evaluation[row],
        "question": np.array([q.question_id for q in QUESTIONS], dtype=object)[column],
        "section": np.array([q.section for q in QUESTIONS], dtype=object)[column],
        "answer": answer.astype(object),
        "points": earned,
        "max_points": possible,
        "weight": np.array([f"{w:g}" for w in weights.tolist()], dtype=object),
        "not_applicable": np.where(none, "true", "false").astype(object),
        "critical": np.array([q.critical for q in QUESTIONS], dtype=object)[column],
        "auto_fail": np.where(made.is_failed[row, column] == 1, "true", "false").astype(object),
        "scored_at": scored_at[row],
    }
