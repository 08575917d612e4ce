"""The table: what operators and senders get wrong, and what the night has to say of it."""

import gzip
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from ground import home_version
from ground.home import dbt_project_dir, sources_dir
from ground.systems import SIMULATED
from tests.campaign.case import Case, Mistake

Step = Callable[[Case], None]


def environment(**values: str | None) -> dict[str, Step]:
    """A mistake in the environment, and its mending."""

    def do(case: Case) -> None:
        for name, value in values.items():
            case.environment(name, value)

    def mend(case: Case) -> None:
        for name in values:
            case.environment(name, SIMULATED if name == "HEADSET_SYSTEMS" else None)

    return {"do": do, "mend": mend}


def text_of(case: Case, path: Path) -> str:
    """A landed file's text, which can be put back."""
    content = case.take(path)
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


def write(path: Path, text: str) -> None:
    content = text.encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def key_lost(case: Case) -> None:
    case.take(case.home.keys / "master.key")
    (case.home.keys / "master.key").unlink()


def key_replaced(case: Case) -> None:
    key = case.home.keys / "master.key"
    case.take(key)
    key.write_text(secrets.token_hex(32))


def key_open(case: Case) -> None:
    (case.home.keys / "master.key").chmod(0o644)


def key_closed(case: Case) -> None:
    (case.home.keys / "master.key").chmod(0o600)


def landing_away(case: Case) -> None:
    case.home.landing.rename(case.home.root / "elsewhere")
    case.home.landing.mkdir()


def landing_back(case: Case) -> None:
    shutil.rmtree(case.home.landing, ignore_errors=True)
    (case.home.root / "elsewhere").rename(case.home.landing)


def landing_gone(case: Case) -> None:
    case.home.landing.rename(case.home.root / "elsewhere")


def contract_broken(case: Case) -> None:
    mine = case.home.root / "sources"
    shutil.copytree(sources_dir(), mine)
    contract = mine / "sim" / "contacts.yml"
    contract.write_text(contract.read_text().replace("columns:", "columns: [", 1))
    case.environment("HEADSET_SOURCES", str(mine))


def contract_key(case: Case) -> None:
    mine = case.home.root / "sources"
    shutil.copytree(sources_dir(), mine)
    contract = mine / "sim" / "contacts.yml"
    contract.write_text(contract.read_text() + "\nlatest: started_at\n")
    case.environment("HEADSET_SOURCES", str(mine))


def sources_back(case: Case) -> None:
    case.environment("HEADSET_SOURCES", None)


def model_broken(case: Case) -> None:
    mine = case.home.root / "project"
    shutil.copytree(dbt_project_dir(), mine, ignore=shutil.ignore_patterns("target", "logs"))
    model = mine / "models" / "core" / "fct_contact.sql"
    model.write_text(model.read_text().replace("ref('int_contacts')", "ref('int_contactz')"))
    case.environment("HEADSET_DBT_PROJECT", str(mine))


def project_back(case: Case) -> None:
    case.environment("HEADSET_DBT_PROJECT", None)


def current_copied(case: Case) -> None:
    """`published/current` after a copy that does not keep links."""
    link = case.home.published / "current"
    target = link.resolve()
    link.unlink()
    shutil.copytree(target, link)


def current_linked(case: Case) -> None:
    link = case.home.published / "current"
    newest = max(path.name for path in (case.home.published / "snapshots").iterdir())
    shutil.rmtree(link)
    link.symlink_to(Path("snapshots") / newest, target_is_directory=True)


def newer_home(case: Case) -> None:
    """A downgrade: the home was written by a release that is not this one yet."""
    version = case.home.root / home_version.FILE
    case.take(version)
    version.write_text('{"format": 99, "release": "99.0.0"}')


def warehouse_torn(case: Case) -> None:
    case.take(case.home.warehouse)
    with case.home.warehouse.open("rb+") as file:
        file.write(os.urandom(8192))


# --- files -------------------------------------------------------------------------------------


def missing(case: Case) -> None:
    path = case.file()
    case.take(path)
    path.unlink()


def cut_at_a_line(case: Case) -> None:
    lines = text_of(case, case.file()).splitlines(keepends=True)
    write(case.file(), "".join(lines[: len(lines) // 4]))


MISTAKES = (
    Mistake("a system's name is misspelt", ends="refused", quick=True,
            says="has loaded sim_crm.*sim_crmm.*enable it again",
            **environment(HEADSET_SYSTEMS=SIMULATED.replace("sim_crm", "sim_crmm"))),
    Mistake("a system is left out of the list", ends="refused", quick=True,
            says="has loaded sim_crm.*enable it again",
            **environment(HEADSET_SYSTEMS=SIMULATED.replace("sim_crm,", ""))),
    Mistake("a capital in a system's name", ends="refused", says="names no system: write",
            **environment(HEADSET_SYSTEMS=SIMULATED.upper())),
    Mistake("another account of a loaded system instead of the first", ends="refused",
            says="has loaded sim ",
            **environment(HEADSET_SYSTEMS=SIMULATED.replace("sim,", "sim/north,"))),
    Mistake("the key file is lost", do=key_lost, ends="refused", quick=True,
            says="master.key is gone.*put its copy back"),
    Mistake("another key file", do=key_replaced, ends="refused", quick=True,
            says="another key than the one"),
    Mistake("another key in the environment", ends="refused", says="HEADSET_MASTER_KEY is another",
            **environment(HEADSET_MASTER_KEY="ab" * 32)),
    Mistake("half a key in the environment", ends="refused", says="must hold at least 32 bytes",
            **environment(HEADSET_MASTER_KEY="abcd")),
    Mistake("a key file that all can read", do=key_open, mend=key_closed, ends="refused",
            says="can be read by others; run: chmod 600"),
    Mistake("landing is not mounted: an empty folder", do=landing_away, mend=landing_back,
            ends="refused", says="holds no file.*is it mounted", quick=True),
    Mistake("landing is not mounted: no folder", do=landing_gone, mend=landing_back,
            ends="refused", says="holds no file.*is it mounted"),
    Mistake("an older release opens a newer home", do=newer_home, ends="refused", quick=True,
            says="was written by Headset 99.0.0.*install 99.0.0 or newer"),
    Mistake("a contract that is no YAML", do=contract_broken, mend=sources_back, ends="refused",
            says="contacts.yml: not valid YAML"),
    Mistake("a contract with a key that nothing reads", do=contract_key, mend=sources_back,
            ends="refused", says="contacts.yml.*latest"),
    Mistake("a model that reads another that is not there", do=model_broken, mend=project_back,
            ends="refused", says="int_contactz"),
    Mistake("published/current was copied without its link", do=current_copied,
            mend=current_linked, ends="failed", says="current is not a symlink"),
    Mistake("the warehouse's first bytes are torn", do=warehouse_torn, ends="refused",
            says="cannot be opened"),
    Mistake("a site's contacts do not come", do=missing, ends="partial",
            says="volume.came_less_client"),
    Mistake("a file cut at a line's end", do=cut_at_a_line, ends="partial",
            says="Half a delivery"),
)  # fmt: skip
