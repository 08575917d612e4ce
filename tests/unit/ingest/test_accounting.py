"""No row is lost: landed = loaded + quarantined + superseded + expired, whatever the file holds."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.ingest.calls import DAY, HEADER, call, make_centre

good = st.integers(0, 40).map(lambda n: call(f"c{n:02}"))
broken = st.sampled_from(
    [
        "x",
        "x,100,+34600111222",
        call("y") + ",more,fields",
        'q,"100,never closed',
        '"q"q,100,,,,',
        call("late", start=f"{DAY}T25:00:00+01:00"),
        call("far", start="2031-01-01T09:00:00+01:00"),
        call("neg", wait="-5"),
        call("word", wait="soon"),
        ",,,,,",
        "año,100,,\udcff,,",
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(st.one_of(good, good, broken), max_size=60), revised=st.booleans())
def test_every_line_of_every_file_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], revised: bool
) -> None:
    made = make_centre(tmp_path_factory.mktemp("account"))
    text = "\n".join([HEADER, *lines]) + "\n"
    made.drop(f"calls_north_{DAY}.csv", text.encode("utf-8", "surrogateescape"))
    if revised:
        made.drop(f"calls_north_{DAY}.r2.csv", f"{HEADER}\n{call('c01', wait='7')}\n")
    outcome = made.night()  # asserts the law on the rows themselves, too
    first = next(file for file in outcome.files if ".r2" not in file.file_name)
    assert first.landed_n == len(lines)
    assert first.landed_n == first.loaded_n + first.quarantined_n + first.superseded_n
