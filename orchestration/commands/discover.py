"""`headset discover`: rows for the company's lists, from what landed and what is loaded."""

import os
from datetime import date
from functools import partial

import click

from orchestration.console import err, working


@click.command()
@click.option("--list", "only", help="One list alone, such as queues.")
@click.option("--files", "newest", type=click.IntRange(1), default=31, show_default=True,
              help="How many waiting files of each feed are read, the newest.")  # fmt: skip
@click.option("--write", is_flag=True, help="Write company/proposed/*.csv with every code in full.")
def discover(only: str | None, newest: int, write: bool) -> None:
    """Propose rows for company/*.csv: codes that no list knows, most rows first.

    Reads what waits in landing and what is loaded. Queues, sites, clients, agents, states, wrap-up
    codes, dialled numbers. A code that may be personal is masked on the screen; --write puts it in
    full into files that only you may read.
    """
    from ground.centre import CentreError
    from ground.files import write_whole
    from ground.home import Home, sources_dir
    from ground.systems import enabled_systems
    from ingest import discover as found
    from ingest.contracts.contract import load_contracts
    from ingest.privacy.mask import code_told
    from ingest.privacy.pseudonym import master_key
    from orchestration import proposals
    from orchestration.own_centre import own_folder
    from orchestration.run.lock import reading

    home, own = Home.from_env(), own_folder()
    known = ", ".join(found.KEYS)
    if only and only not in found.KEYS:
        raise CentreError(f"no list {only!r}; codes are looked up in: {known}")
    if write and own is None:
        raise CentreError("--write needs a centre of your own: `headset init`")
    contracts = load_contracts(sources_dir(), enabled_systems(home))
    key = partial(master_key, home.keys)
    with working("Reading landing") as progress:
        with reading(home):
            names = found.waiting(home, contracts)
            seen = [found.loaded(home, contracts)]
        progress("waiting files")
        seen.append(found.fresh(home, contracts, names, newest))
    codes = [one for one in found.unknown(seen) if only in (None, one.list)]
    first = date.fromisoformat(os.environ.get("HEADSET_FIRST_DAY") or str(date.today()))
    rows = proposals.propose(codes, seen, contracts, first, key)
    required = {
        c.feed: [column.name for column in c.columns if column.required]
        for c in contracts
        if c.system == "company"
    }

    def told(one: found.Code) -> str:
        return code_told(one.code, key, of_person=one.list == "agents")

    masked = sum(told(one) != one.code for one in codes)
    for list_, proposed in rows.items():
        if write and own:
            path = own / "company" / "proposed" / f"{list_}.csv"
            body = proposals.text(list_, proposed, required[list_], lambda one: one.code)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(path, body)
            click.echo(f"{path}: {len(proposed)} rows")
        else:
            click.echo(proposals.text(list_, proposed, required[list_], told))
    if not rows:
        err().print("Every code that landed or is loaded is in its list.")
    elif masked and not write:
        err().print(
            f"{masked} codes may be personal and are masked: `headset discover --write` puts them "
            "in full into company/proposed/, which git ignores."
        )
