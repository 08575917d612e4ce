"""`headset floor`: one local page on the open day. Belongs here: the server, on this machine alone.

It reads the last good tick and writes nothing. Only GET, only names of this machine, no address of
another one in the page. Does not belong here: what is shown (`board.py`), how it looks (`page/`).
"""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from ground.home import Home
from live.board import board
from live.serve import serve_file

PAGE = Path(__file__).with_name("page")
FILES = {"/": "index.html", "/floor.css": "floor.css", "/floor.js": "floor.js"}
HOSTS = ["127.0.0.1", "localhost", "[::1]"]
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
NOTHING = "nothing of the open day is shown yet; run `headset tick`"


def app(home: Home) -> Starlette:
    """The page and its figures, for a home."""

    async def figures(_: Request) -> Response:
        status, body = await run_in_threadpool(_figures, home)
        text = json.dumps(body, default=_plain, ensure_ascii=False)
        return Response(text, status, HEADERS, "application/json")

    async def page(request: Request) -> Response:
        return FileResponse(PAGE / FILES[request.url.path], headers=HEADERS)

    routes = [Route(path, page, methods=["GET"]) for path in FILES]
    routes.append(Route("/floor.json", figures, methods=["GET"]))
    return Starlette(
        routes=routes,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False)],
    )


def _figures(home: Home) -> tuple[int, dict[str, Any]]:
    path = serve_file(home)
    if path is None:
        return 503, {"error": NOTHING}
    try:
        return 200, board(path)
    except duckdb.Error:
        # The tick was replaced between the look and the opening; the next question finds it.
        return 503, {"error": "the last tick is being replaced; asking again"}


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="seconds") + "Z"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in the page")
