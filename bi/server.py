"""`python -m bi.server`: set Superset up on a home, start it on loopback, import the dashboards.

Run in Superset's environment with HEADSET_HOME set. Passwords are made at random and kept in
`HEADSET_HOME/superset/readers.csv`, for its owner alone; edit it and run again to add readers.
"""

import csv
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from bi.bundle import bundle
from bi.definitions import definitions
from bi.views import views, visible

HERE = Path(__file__).resolve().parent
ADMIN = "admin"
EXAMPLES = "agent.coaching_focus"


class ServerError(Exception):
    """The server did not come up or did not take the dashboards; the message says what it said."""


def main(port: int) -> int:
    """Everything, then wait until the server ends. Returns its exit code."""
    home = Path(os.environ["HEADSET_HOME"]).absolute()
    serve_file = home / "published" / "current" / "serve.duckdb"
    if not serve_file.exists():
        raise ServerError(f"nothing is published under {home}; run a night first (`make run`)")
    state = home / "superset"
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    readers = _readers(state, serve_file.parent.resolve())
    settings = environment(home)
    _prepare(settings, readers[ADMIN])
    # Whoever ends this process ends the server with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = start(settings, port, state)
    try:
        session = Session(f"http://127.0.0.1:{port}")
        session.wait(server)
        session.sign_in(ADMIN, readers[ADMIN])
        _say("importing the dashboards")
        session.import_assets(bundle(definitions(), views(serve_file), serve_file))
        _say("making roles and readers")
        _run(settings, "-m", "bi.roles", str(state / "readers.csv"), str(serve_file.parent))
        print(f"\nDashboards: http://127.0.0.1:{port}  (Ctrl-C ends it)")  # noqa: T201
        for board in definitions():
            page = f"http://127.0.0.1:{port}/superset/dashboard/{board['slug']}/"
            print(f"  {board['title']:<24} {page}  for {board['for']}")  # noqa: T201
        print(f"Readers and passwords: {state / 'readers.csv'}; the administrator: admin.txt")  # noqa: T201
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait()


def environment(home: Path) -> dict[str, str]:
    """What Superset and its command need."""
    return {
        **os.environ,
        "HEADSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
        "FLASK_APP": "superset",
        "PYTHONPATH": str(HERE.parent),
        "PYTHONWARNINGS": "ignore",
    }


def start(settings: Mapping[str, str], port: int, state: Path) -> "subprocess.Popen[bytes]":
    """gunicorn on loopback: one worker with threads, so that one sandbox holds for all."""
    _say("starting the server")
    log = (state / "server.log").open("ab")
    command = ["-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    command += ["--worker-class", "gthread", "--threads", "4", "--timeout", "120"]
    command += ["superset.app:create_app()"]
    return subprocess.Popen([sys.executable, *command], env=dict(settings), stdout=log, stderr=log)


def _prepare(settings: Mapping[str, str], password: str) -> None:
    _say("preparing Superset's own database (a minute, the first time)")
    superset = str(Path(sys.executable).with_name("superset"))
    _run(settings, superset, "db", "upgrade")
    _run(settings, superset, "init")
    # By standard input: other users of the machine can read the arguments of a process.
    _run(settings, "-m", "bi.roles", "--admin", ADMIN, given=password)


def _run(settings: Mapping[str, str], *arguments: str, given: str | None = None) -> None:
    done = subprocess.run(
        [sys.executable, *arguments],
        env=dict(settings),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServerError(f"{' '.join(arguments[1:3])} failed: {done.stderr.strip()[-800:]}")


def _readers(state: Path, snapshot: Path) -> dict[str, str]:
    """Passwords by user name; the first time, examples of every kind are chosen and written."""
    import duckdb

    path, admin = state / "readers.csv", state / "admin.txt"
    if not admin.exists():
        _write_private(admin, secrets.token_urlsafe(12) + "\n")
    if not path.exists():
        can = visible(snapshot)
        rows = [("data", "data", ""), ("floor", "floor", ""), ("hr", "hr", "")]
        with duckdb.connect(str(snapshot / "serve.duckdb"), read_only=True) as con:
            for kind, key in (
                ("client", "client_id"),
                ("leader", "leader_id"),
                ("agent", "agent_id"),
            ):
                # Whoever there is most to say about makes the best example.
                for table in sorted(can[kind], key=lambda name: (name != EXAMPLES, name)):
                    found = con.execute(
                        f'select "{key}" from {table} where "{key}" is not null '
                        f"group by 1 order by count(*) desc, 1 limit 1"
                    ).fetchone()
                    if found:
                        rows.append((kind, kind, found[0]))
                        break
        lines = ["username,kind,id,password"]
        lines += [f"{name},{kind},{own},{secrets.token_urlsafe(9)}" for name, kind, own in rows]
        _write_private(path, "\n".join(lines) + "\n")
    with path.open(encoding="utf-8", newline="") as file:
        known = {row["username"]: row["password"] for row in csv.DictReader(file)}
    return {**known, ADMIN: admin.read_text(encoding="ascii").strip()}


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


class Session:
    """A signed-in user of Superset's API, over loopback."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.headers: dict[str, str] = {"Referer": address}
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def wait(self, server: "subprocess.Popen[bytes]", seconds: int = 120) -> None:
        """Until the server answers. Raises ServerError when it ends or takes too long."""
        for _ in range(seconds):
            if server.poll() is not None:
                raise ServerError("the server ended at once; its log says why")
            try:
                self._opener.open(f"{self.address}/health", timeout=5)
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(1)
            else:
                return
        raise ServerError(f"no answer within {seconds} s")

    def sign_in(self, name: str, password: str) -> None:
        """Get a token. Raises ServerError."""
        body = {"username": name, "password": password, "provider": "db", "refresh": False}
        token = self.call("POST", "/api/v1/security/login", body)["access_token"]
        self.headers["Authorization"] = f"Bearer {token}"
        self.headers["X-CSRFToken"] = self.call("GET", "/api/v1/security/csrf_token/")["result"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the API with a JSON body; the JSON answer. Raises ServerError."""
        data = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        return json.loads(self._send(method, path, data, kind))

    def import_assets(self, zipped: bytes) -> None:
        """Create or renew everything in a bundle. Raises ServerError."""
        edge = secrets.token_hex(16)
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="bundle"; filename="headset.zip"\r\n'
            "Content-Type: application/zip\r\n\r\n"
        )
        body = head.encode() + zipped + f"\r\n--{edge}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        self._send("POST", "/api/v1/assets/import/", body, kind)

    def _send(self, method: str, path: str, data: bytes | None, kind: Mapping[str, str]) -> bytes:
        request = urllib.request.Request(
            self.address + path, data, {**self.headers, **kind}, method=method
        )
        try:
            with self._opener.open(request, timeout=120) as answer:
                content: bytes = answer.read()
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")[:1500]
            raise ServerError(f"{method} {path}: {error.code} {text}") from error
        return content


def _say(what: str) -> None:
    print(f"==> {what}", flush=True)  # noqa: T201


if __name__ == "__main__":
    try:
        sys.exit(main(int(os.environ.get("HEADSET_BI_PORT", "8088"))))
    except ServerError as error:
        sys.exit(f"{error}")
