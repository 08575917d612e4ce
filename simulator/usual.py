"""What a centre's headline figures usually are: the ranges that the field publishes, with sources.

The demonstration centre lies in all of them (`python -m benchmarks.usual`). Small centres cannot:
two people who wait for calls are idle more often than twenty, however well they are planned.
"""

from typing import NamedTuple


class Usual(NamedTuple):
    """A metric's usual range, both ends included."""

    metric: str
    low: float
    high: float
    source: str


USUAL = (
    Usual("adherence.in_agreed_activity", 0.85, 0.95,
          "OpsDog: 92.4 % on average of 118 centres; TechTarget: 93 %; Enthu.AI: 90 to 95 %"),
    Usual("shrinkage.of_paid", 0.28, 0.38, "Sarv: 30 to 35 %; CCA2Z: 35.2 %"),
    Usual("occupancy.of_handling_and_available", 0.75, 0.88,
          "Call Centre Helper: 80 to 85 %, people burn out above; Enthu.AI: 75 to 85 %"),
    Usual("service_level.answered_of_offered_less_short", 0.70, 0.90,
          "IFC: 80 % in 20 s, a target met in most periods, not in all"),
    Usual("abandonment.of_queue_visits_less_short", 0.02, 0.08, "IFC and Enthu.AI: 5 to 8 %"),
    Usual("first_contact_resolution.no_repeat_7d", 0.65, 0.80,
          "SQM: 70 to 75 %; Enthu.AI: 70 to 80 %"),
    Usual("csat.satisfied_of_answers", 0.70, 0.85,
          "Squaretalk: above 75 % is good; Enthu.AI: 80 to 85 %"),
    Usual("survey_response.of_sent", 0.05, 0.20, "DialPhone: 5 to 15 %"),
    Usual("quality_score.mean_of_evaluations", 0.80, 0.92, "Enthu.AI: 80 to 90 %"),
    Usual("attrition.external", 0.30, 0.45,
          "a year, customerservicemanager: 25 to 45 %; Enthu.AI: 30 to 45 %"),
)  # fmt: skip
OF = {usual.metric.split(".")[0]: usual for usual in USUAL}
# "Some bad days": days on which fewer than this were answered in time.
BAD_DAY = 0.70
