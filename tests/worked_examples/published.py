"""Published answers beside our own: agreed with, refused as wrong, or explained."""

from collections.abc import Mapping
from typing import Any

from tests.worked_examples.example_rows import Example, ExampleError

STATUSES = ("published", "published error", "published conflict")


def judge(example: Example) -> None:
    """Hold what a source published against the first answer worked out from its rows.

    Raises ExampleError, naming file and line, for an answer that does not follow from its rows and
    is not marked, for one that is marked wrong and is right, and for a mark without a reason.
    """
    published = example.file.data.get("published")
    if published is None:
        return
    status, stated, ours = published.get("status"), published["value"], _ours(example)
    if status not in STATUSES:
        raise _fault(example, f"`status` must be one of {', '.join(STATUSES)}")
    if not published.get("source"):
        raise _fault(example, "a published answer names its `source`")
    tolerance = float(published.get("tolerance", 0.00005))
    agrees = stated == ours if ours is None else abs(stated - ours) <= tolerance
    if status == "published":
        if not agrees:
            raise _fault(
                example,
                f"{published['source']} published {stated}, the rows give {ours}: refused; "
                "mark it `published error` or `published conflict` and say why in `note`",
            )
        return
    if not published.get("note"):
        raise _fault(example, f"a {status} says why in `note`")
    if agrees:
        raise _fault(example, f"marked {status}, but {stated} is what the rows give")


def _ours(example: Example) -> float | None:
    answers: list[Mapping[str, Any]] = example.file.data["ask"][0]["answers"]
    value = answers[0]["value"]
    return None if value is None else float(value)


def _fault(example: Example, message: str) -> ExampleError:
    line = example.file.line("published")
    return ExampleError(f"{example.file.path}:{line}: {message}")
