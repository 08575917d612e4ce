"""Every blocking dbt test fails on a corruption made for it, and next to nothing else does."""

from pathlib import Path

import pytest

from ground.home import Home
from tests.mutation.bench import Bench

SHARDS = 4


@pytest.fixture
def bench(published_history: Path, tmp_path: Path) -> Bench:
    return Bench(Home(published_history), tmp_path)


def test_a_clean_build_fails_no_check(bench: Bench) -> None:
    blocking = [check for check in bench.checks if check.blocks]
    assert len(blocking) > 35
    assert bench.failing(blocking) == {}


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_blocking_check_has_a_corruption_that_it_alone_catches(
    bench: Bench, shard: int
) -> None:
    blocking = [check for check in bench.checks if check.blocks]
    faults = {
        check.name: fault
        for check in blocking[shard::SHARDS]
        if (fault := bench.fault_of(check)) is not None
    }
    assert faults == {}, "\n".join(f"{name} {fault}" for name, fault in faults.items())
