"""`headset watch`: one look at what is wrong, told to whom it concerns."""

import click

from orchestration.console import err, out


@click.command()
@click.option("--test", "trial", is_flag=True, help="Send a trial alert through every channel.")
def watch(trial: bool) -> None:
    """Look once for nights that are late, held back or failed, stale feeds, disk and backups.

    Let a timer run it every quarter of an hour: silence is noticed here. Each alert is sent once,
    and again after a day. Exit code 1 when a channel could not be used.
    """
    import datetime as dt
    import os

    from ground.home import Home
    from orchestration.alerts import channels
    from orchestration.alerts.conditions import Alert
    from orchestration.alerts.watch import look

    home = Home.from_env()
    if trial:
        name = os.environ.get("HEADSET_CENTRE_NAME") or home.root.name
        at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        failed = []
        for channel in channels.active():
            try:
                channels.send(channel, home, name, at, [Alert("trial", "trial", "A trial alert.")])
                out().print(f"A trial alert went to: {channel}")
            except channels.ChannelError as error:
                failed.append(str(error))
    else:
        found = look(home)
        for one in found.holds:
            out().print(f"{one.kind}: {one.text}", soft_wrap=True)
        if not found.holds:
            out().print("Nothing is wrong.")
        failed = list(found.failed)
    for said in failed:
        err().print(said)
    if failed:
        raise click.exceptions.Exit(1)
