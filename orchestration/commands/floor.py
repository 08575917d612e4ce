"""`headset floor`: the open day in a browser, on this machine alone."""

import click

from orchestration.console import out

LOOPBACK = "127.0.0.1"


@click.command()
@click.option("--port", default=8765, show_default=True, type=click.IntRange(1024, 65535))
def floor(port: int) -> None:
    """Serve one page with the queues, the staffing and the volume of the open day.

    It listens on 127.0.0.1 alone and writes nothing. `headset live` keeps it up to date.
    """
    import uvicorn

    from ground.home import Home
    from live.floor import NOTHING, app
    from live.serve import serve_file

    home = Home.from_env()
    if serve_file(home) is None:
        out().print(f"Note: {NOTHING}.")
    out().print(f"The floor is at http://{LOOPBACK}:{port}/ (Ctrl-C ends it)")
    uvicorn.run(app(home), host=LOOPBACK, port=port, log_level="warning", server_header=False)
