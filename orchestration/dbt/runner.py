"""dbt in this process: one import instead of one per call (1 s a call where a subprocess takes 10).

Belongs here: calling dbt, its environment, its results in a few words of ours. Does not: which
models exist, what a test means.
"""

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ground import dbt_manifest
from ground.files import write_json
from ground.home import Home, dbt_project_dir, sources_dir
from ground.systems import enabled_systems
from ingest.contracts.contract import load_contracts
from orchestration.dbt import data_tests, parse_cache

Progress = Callable[[str], None]
BROKEN = ("error", "runtime error")


class DbtError(Exception):
    """dbt could not do its work; the message is what a person needs to mend it."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one model or test: `failures` counts the rows a test found."""

    unique_id: str
    status: str
    message: str
    seconds: float
    failures: int = 0

    @property
    def name(self) -> str:
        """The model's or test's own name, without package and hash."""
        return self.unique_id.split(".")[2]

    @property
    def ok(self) -> bool:
        """True for a model that was built and a test that found nothing."""
        return self.status in ("success", "pass", "no-op")


@dataclass(frozen=True)
class _Project:
    """A parsed project, kept for the life of the process while nothing in it changes.

    target: where its artefacts were written. targets: the homes that have them.
    """

    state: tuple[object, ...]
    manifest: Any
    target: Path
    targets: set[Path]


_parsed: dict[Path, _Project] = {}


@contextmanager
def environment(home: Home) -> Iterator[None]:
    """Set what the dbt project reads from the environment, and put it back afterwards."""
    from ingest.contracts.dbt_sources import filled_feeds

    systems = enabled_systems(home)
    contracts = load_contracts(sources_dir(), systems)
    values = {
        "HEADSET_HOME": str(home.root),
        "HEADSET_FEEDS": filled_feeds(contracts),
        "HEADSET_SYSTEMS": ",".join(systems),
        "DBT_TARGET_PATH": str(home.target),
        "DBT_LOG_PATH": str(home.target / "logs"),
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def prepare(home: Home, progress: Progress = lambda _: None) -> Path:
    """Write what is generated from the contracts, parse the project; returns manifest.json.

    Parsing is skipped while neither contracts nor project changed since this process last did it,
    and is partial (1.5 s) when another process did. Raises DbtError with dbt's own message.
    """
    with environment(home):
        _project(home, progress)
    return home.target / "manifest.json"


def run(
    home: Home,
    select: Sequence[str],
    whole: Sequence[str] = (),
    progress: Progress = lambda _: None,
) -> tuple[NodeResult, ...]:
    """Build models by name: `select` by touched dates, then `whole` from their parents' rows.

    None of `whole` is above one of `select`. Models that failed are in the result, and then
    nothing after them was tried. dbt's results are kept as run_results_run.json in the target.
    """
    results: tuple[NodeResult, ...] = ()
    written: list[Any] = []
    for names, arguments in ((select, []), (whole, ["--full-refresh"])):
        if names and not broken(results):
            results += _call(home, "run", names, arguments, progress)
            written += _results(home, "run")
    write_json(home.target / "run_results_run.json", {"results": written})
    return results


def _results(home: Home, command: str) -> list[Any]:
    path = home.target / f"run_results_{command}.json"
    found: list[Any] = json.loads(path.read_text(encoding="utf-8"))["results"]
    return found


def test(
    home: Home,
    changed: Collection[str] | None,
    prints: Mapping[str, str],
    batch_id: int,
    progress: Progress = lambda _: None,
) -> tuple[NodeResult, ...]:
    """Run the data tests. Unit tests are for `make test`: they test logic, not tonight's rows.

    changed: unique ids of models whose rows may have changed since the tests last ran (None: all);
    a test of none of them keeps its result. Results are kept as dbt would keep them, as
    run_results_test.json in the target folder.
    """
    manifest = dbt_manifest.load(home.target / "manifest.json")
    parents = {u: node["depends_on"]["nodes"] for u, node in data_tests.tests_of(manifest).items()}

    def compile_(unique_ids: Sequence[str]) -> dict[str, str]:
        progress(f"dbt: compiling {len(unique_ids)} tests")
        return compiled(home, [uid.split(".")[2] for uid in unique_ids])

    tests = data_tests.compiled(home, manifest, prints, compile_)
    rows = data_tests.run(home, tests, parents, changed, batch_id, progress)
    return tuple(
        NodeResult(
            unique_id=row["unique_id"],
            status=row["status"],
            message=row["message"] or "",
            seconds=row["execution_time"],
            failures=row["failures"] or 0,
        )
        for row in rows
    )


def compiled(home: Home, names: Sequence[str]) -> dict[str, str]:
    """Compiled SQL by unique id of the nodes of these names."""
    with environment(home):
        project = _project(home, lambda _: None)
        where = parse_cache.where(dbt_project_dir())
        answer = parse_cache.invoke(
            [*parse_cache.QUIET, "compile", *where, "--select", *names, "--no-write-json"],
            manifest=project.manifest,
        )
    if not answer.success:
        raise DbtError(f"dbt compile: {answer.exception}") from answer.exception
    return {one.node.unique_id: str(one.node.compiled_code) for one in answer.result.results}


def results_of_build(home: Home) -> tuple[Path, ...]:
    """The results of the last `run` and `test`, in that order, as the audit reads them."""
    return tuple(home.target / f"run_results_{command}.json" for command in ("run", "test"))


def passthrough(home: Home, arguments: Sequence[str]) -> bool:
    """Any dbt command on this home's warehouse, printed as dbt prints it. True if it succeeded."""
    with environment(home):
        _generate()
        return bool(parse_cache.invoke([*arguments, *parse_cache.where(dbt_project_dir())]).success)


def _call(
    home: Home,
    command: str,
    select: Sequence[str],
    arguments: Sequence[str],
    progress: Progress,
) -> tuple[NodeResult, ...]:
    with environment(home):
        project = _project(home, progress)
        chosen = ["--select", *select]
        where = parse_cache.where(dbt_project_dir())
        answer = parse_cache.invoke(
            [*parse_cache.QUIET, command, *where, *chosen, *arguments, "--no-write-json"],
            manifest=project.manifest,
            callbacks=[_reporter(progress)],
        )
        if answer.exception is not None:
            if not isinstance(answer.exception, Exception):
                # A signal, which dbt answers as if a model had failed.
                raise answer.exception
            raise DbtError(f"dbt {command}: {answer.exception}") from answer.exception
    # dbt would write its manifest anew, too, which says what it said before (2 s a call).
    answer.result.write(str(home.target / f"run_results_{command}.json"))
    return tuple(_node_result(result) for result in answer.result.results)


def _project(home: Home, progress: Progress) -> _Project:
    project_dir = dbt_project_dir()
    if not (project_dir / "dbt_project.yml").is_file():
        raise DbtError(f"{project_dir}: no dbt_project.yml there (see HEADSET_DBT_PROJECT)")
    state = _state(project_dir)
    known = _parsed.get(project_dir)
    if known and known.state == state and _has_it(home, known):
        return known
    _generate()
    progress("dbt: reading the project")
    answer = parse_cache.parse(project_dir, home.target)
    if not answer.success:
        raise DbtError(f"dbt parse: {answer.exception}") from answer.exception
    project = _Project(_state(project_dir), answer.result, home.target, {home.target})
    _parsed[project_dir] = project
    return project


def _has_it(home: Home, known: _Project) -> bool:
    """Whether the home holds the artefacts of a parsed project, or now has been given them."""
    if home.target in known.targets and (home.target / "manifest.json").is_file():
        return True
    if home.target == known.target or not parse_cache.hand_over(known.target, home.target):
        return False
    known.targets.add(home.target)
    return True


def _generate() -> None:
    from ingest.contracts.dbt_sources import write

    systems = [name for name in os.environ["HEADSET_SYSTEMS"].split(",") if name]
    write(dbt_project_dir(), load_contracts(sources_dir(), systems))


def _state(project_dir: Path) -> tuple[object, ...]:
    """What a parsed project hangs on: systems, and which files there are and how new they are."""
    sources = sources_dir()
    asked = (os.environ["HEADSET_FEEDS"], os.environ["HEADSET_SYSTEMS"], sources)
    return (*asked, *_newest(project_dir), *_newest(sources))


def _newest(root: Path) -> tuple[int, int]:
    """How many files a folder has and when the newest changed: whether to parse again."""
    times = [
        entry.stat().st_mtime_ns
        for folder, _, names in os.walk(root)
        for name in names
        if (entry := Path(folder, name)).suffix in (".sql", ".yml", ".md", ".csv")
    ]
    return len(times), max(times, default=0)


def _reporter(progress: Progress) -> Callable[[Any], None]:
    def report(event: Any) -> None:
        if event.info.name in ("LogModelResult", "LogTestResult"):
            data = event.data
            total = getattr(data, "total", None) or getattr(data, "num_models", "?")
            progress(f"dbt: {data.index} of {total}, {data.node_info.node_name}")

    return report


def _node_result(result: Any) -> NodeResult:
    response: Mapping[str, Any] = result.adapter_response or {}
    return NodeResult(
        unique_id=result.node.unique_id,
        status=str(getattr(result.status, "value", result.status)),
        message=str(result.message or response.get("_message", "")),
        seconds=float(result.execution_time),
        failures=int(result.failures or 0),
    )


def broken(results: Sequence[NodeResult]) -> tuple[NodeResult, ...]:
    """Models that failed to build, without those skipped because of them."""
    return tuple(result for result in results if result.status in BROKEN)


if __name__ == "__main__":
    # What `headset demo` does on its other core while the systems drop their files.
    prepare(Home.from_env())
