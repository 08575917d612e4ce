from dataclasses import replace

import pytest

from publish.admission import admit
from publish.errors import PublishRefused
from tests.unit.publish.small_warehouse import Centre, Verdict


def refusal(verdict: Verdict | None, batch: int = 1, definitions: str = "d1") -> str:
    with pytest.raises(PublishRefused) as refused:
        admit(verdict, newest_batch_id=batch, definition_hash=definitions)
    return str(refused.value)


def test_a_build_without_a_verdict_is_not_published() -> None:
    assert "batch 1 has no verdict" in refusal(None)


def test_a_blocked_build_is_not_published() -> None:
    message = refusal(Verdict(status="blocked", failed_n=2))
    assert "blocked batch 1 (2 of 12 checks failed); the last snapshot stays" in message


def test_a_verdict_about_an_older_batch_is_stale() -> None:
    assert "it judged batch 1, the newest built batch is 2" in refusal(Verdict(), batch=2)


def test_a_verdict_about_other_definitions_is_stale() -> None:
    message = refusal(Verdict(), definitions="d2")
    assert "it judged definitions d1, the build has d2" in message


def test_a_verdict_of_an_unknown_status_is_not_published() -> None:
    assert "has status 'error'" in refusal(Verdict(status="error"))


def test_a_partial_verdict_has_to_say_what_it_holds_back() -> None:
    assert "names no client and no feed" in refusal(Verdict(status="partial"))


def test_a_passed_build_is_admitted_with_what_it_passed() -> None:
    verdict = replace(Verdict(), status="partial", held_clients=("b", "a"), failed_n=1)
    admitted = admit(verdict, newest_batch_id=1, definition_hash="d1")
    assert admitted.held_clients == ("a", "b")
    assert (admitted.checks_n, admitted.failed_n) == (12, 1)


def test_a_refusal_leaves_what_is_served(centre: Centre) -> None:
    first = centre.publish()
    with pytest.raises(PublishRefused):
        centre.publish(verdict=Verdict(status="blocked"))
    assert centre.current.readlink().name == first.snapshot_id
    assert centre.leftovers() == []
