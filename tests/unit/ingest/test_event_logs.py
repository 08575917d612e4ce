"""Logs and nested documents: what a field means depends on another, one record is many rows."""

import json

from tests.unit.ingest.calls import DAY, Centre

LOG = """
system: acme
feed: calls
fills: [contacts]
description: One row per event.
source: invented for tests
file: {pattern: "log_{extract_date}", format: csv, delimiter: "|", quote: "", header: false}
delivery: event
correction: {replaces: key}
key: [happened_at, event, talk_s]    # talk_s is empty on most rows
event_at: happened_at
touches: {before_days: 1, after_days: 2}
client: acme
freshness: {late_after_hours: 30}
retention: {raw_days: 400}
columns:
  - {name: happened_at, from: col1, read_as: epoch_seconds, type: timestamp, required: true,
     description: "When."}
  - {name: event, from: col2, type: text, required: true, accepted: [ENTER, DONE, MOVED],
     description: "What."}
  - {name: customer_id, from: col3, type: text, class: phone, when: {col2: ENTER},
     description: "Who."}
  - name: talk_s
    type: integer
    min: 0
    description: "Talk."
    first_of:
      - {from: col3, when: {col2: DONE}}
      - {from: col4, when: {col2: MOVED, col3: [LINK, BRIDGE]}, extract: "^([0-9]+)"}
"""
NESTED = """
system: acme
feed: calls
fills: [contacts]
description: One row per segment.
source: invented for tests
file: {pattern: "talks_{extract_date}.json", format: FORMAT, each: "people[].parts[]"}
delivery: event
correction: {replaces: key}
key: [talk_id, person, part]
event_at: started_at
freshness: {late_after_hours: 30}
retention: {raw_days: 400}
columns:
  - {name: talk_id, from: id, type: text, required: true, description: "Talk."}
  - {name: asked_at, from: asked, type: timestamp, required: true, description: "Query start."}
  - {name: person, from: "people[].name", type: text, required: true, description: "Who."}
  - {name: part, from: "people[].parts[].#", type: integer, required: true, description: "Place."}
  - {name: started_at, from: "people[].parts[].offset", since: asked_at, type: timestamp,
     description: "Start."}
  - {name: changed_at, from: "people[].parts[].at.ms", read_as: epoch_milliseconds,
     type: timestamp, description: "Change."}
"""
TALK = {
    "id": "t1",
    "asked": "2026-03-10T08:00:00Z",
    "people": [
        {"name": "ann", "parts": [{"offset": 1.5, "at": {"ms": 1773129600123}}, {"offset": 90}]},
        {"name": "bob"},
    ],
}
SCORES = """
system: acme
feed: calls
fills: []
description: One row per score.
source: invented for tests
file: {pattern: "scores_{extract_date}.ndjson", format: ndjson, concatenated: true}
delivery: event
correction: {replaces: key}
key: [id]
latest_by: changed_at
deletes: score is null
freshness: {late_after_hours: 30}
retention: {raw_days: 400}
columns:
  - {name: id, type: text, required: true, description: "Id."}
  - {name: changed_at, from: at, type: timestamp, required: true, description: "When."}
  - {name: score, type: decimal, description: "Score."}
"""


def test_a_field_is_read_as_the_event_says_and_no_number_slips_past_its_pseudonym(
    centre: Centre,
) -> None:
    centre.contract(LOG)
    lines = [
        "1773129600|ENTER|+34600111222",
        "1773129605.250000|DONE|7",
        "1773129610|MOVED|LINK|31 of 1",
        "1773129611|MOVED|OTHER|+34600111222",
        "1773129612|DONE|soon",
        "1773129613|DANCE|1",
    ]
    centre.drop(f"log_{DAY}", "\n".join(lines) + "\n")
    outcome = centre.night()
    assert (outcome.loaded_n, outcome.quarantined_n) == (4, 2)
    rows = centre.ask(
        "select happened_at::varchar, event, length(customer_id), talk_s from raw.acme__calls "
        "order by 1"
    )
    assert rows == [
        ("2026-03-10 08:00:00", "ENTER", 32, None),
        ("2026-03-10 08:00:05.25", "DONE", None, 7),
        ("2026-03-10 08:00:10", "MOVED", None, 31),
        ("2026-03-10 08:00:11", "MOVED", None, None),
    ]
    assert [rule for _, _, rule in centre.quarantined()] == ["type", "accepted"]
    assert centre.touched() == ["2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12"]


def test_the_same_event_in_two_files_counts_once_also_where_a_key_part_is_empty(
    centre: Centre,
) -> None:
    centre.contract(LOG)
    centre.drop("log_2026-03-09", "1773129600|ENTER|1\n1773129600|ENTER|1\n")
    centre.drop("log_2026-03-10", "1773129600|ENTER|1\n1773129700|DONE|5\n")
    assert centre.night().loaded_n == 2
    assert centre.ask("select count(*) from raw.acme__calls where _is_current") == [(2,)]


def test_each_innermost_element_is_a_row_and_a_missing_branch_is_kept_apart(
    centre: Centre,
) -> None:
    for kind, text in (("json", json.dumps([TALK])), ("ndjson", json.dumps(TALK) + "\n")):
        centre.contract(NESTED.replace("FORMAT", kind))
        centre.drop(f"talks_{DAY}.json", text)
        outcome = centre.night()
        assert (outcome.landed_n, outcome.loaded_n, outcome.quarantined_n) == (3, 2, 1)
        assert centre.quarantined()[-1] == (3, "part", "required")
    rows = centre.ask(
        "select talk_id, person, part, started_at::varchar, changed_at::varchar "
        "from raw.acme__calls where _is_current order by part"
    )
    assert rows == [
        ("t1", "ann", 1, "2026-03-10 08:00:01.5", "2026-03-10 08:00:00.123"),
        ("t1", "ann", 2, "2026-03-10 08:01:30", None),
    ]


def test_documents_one_behind_the_other_are_parted_and_a_null_takes_back_its_key(
    centre: Centre,
) -> None:
    centre.contract(SCORES)
    centre.drop(
        "scores_2026-03-09.ndjson",
        '{"id":"a","at":"2026-03-09T08:00:00Z","score":1}'
        '{"id":"b","at":"2026-03-09T08:00:00Z","score":2}\n'
        '{"id":"c","at":"2026-03-09T08:00:00Z","score":3} {"torn',
    )
    centre.night()
    assert centre.ask("select id from raw.acme__calls where _is_current order by 1") == [
        ("a",),
        ("b",),
        ("c",),
    ]
    centre.drop(
        "scores_2026-03-10.ndjson",
        '{"id":"a","at":"2026-03-10T08:00:00Z","score":null}'
        '{"id":"b","at":"2026-03-08T08:00:00Z","score":null}'
        '{"id":"d","at":"2026-03-10T08:00:00Z","score":null}',
    )
    centre.night()
    assert centre.ask("select id from raw.acme__calls where _is_current order by 1") == [
        ("b",),
        ("c",),
    ]
