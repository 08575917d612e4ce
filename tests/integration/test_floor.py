"""The floor's page: on this machine alone, read-only, and readable by whoever looks at it."""

import base64
import itertools
import json
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from websockets.sync.client import ClientConnection, connect

from ground.home import Home
from live import tick
from live.floor import app
from live.lane import Lane
from orchestration.dbt.day_models import day_models
from simulator.live import drop_at
from tests.centre import AGENTS, LAST_DAY, SEED, copy_of

CHROMIUM = "/usr/bin/chromium"
DAY = LAST_DAY - timedelta(days=2)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--remote-debugging-port=0",
)  # fmt: skip


@contextmanager
def served(home: Home) -> Iterator[str]:
    """The page of a home on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(app(home), host="127.0.0.1", port=port, log_level="error")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


class Page:
    """One page of a browser, spoken to by its debugging protocol."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)

    def call(self, method: str, **params: Any) -> Any:
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=30))
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]

    def run(self, script: str) -> Any:
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait(self, script: str) -> None:
        for _ in range(100):
            if self.run(script):
                return
            time.sleep(0.1)
        raise AssertionError(f"never true: {script}; {self.run('document.body.innerText')[:300]}")

    def open(self, url: str, width: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1,
            mobile=False,
        )  # fmt: skip
        self.call("Page.navigate", url=url)
        self.wait("document.body && document.body.dataset.ready")

    def key(self, key: str, code: int = 0) -> None:
        for kind in ("keyDown", "keyUp"):
            text = {"text": key} if len(key) == 1 and kind == "keyDown" else {}
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **text
            )

    def picture(self, path: Path) -> None:
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        path.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def browser() -> Iterator[Page]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        chromium = subprocess.Popen(
            [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert chromium.stderr is not None
            line = next(line for line in chromium.stderr if "DevTools listening on" in line)
            port = line.split("127.0.0.1:")[1].split("/")[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = json.load(answer)
            address = next(p["webSocketDebuggerUrl"] for p in pages if p["type"] == "page")
            with connect(address, max_size=None) as socket:
                yield Page(socket)
        finally:
            chromium.terminate()
            chromium.wait(timeout=20)


@pytest.fixture(scope="module")
def home(
    published_history: Path, parsed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    """A centre at one o'clock."""
    root = tmp_path_factory.mktemp("floor") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADSET_HOME", str(root))
        patch.setenv("HEADSET_SETTLE_SECONDS", "0")
        made = copy_of(published_history, root).home
        take_a_tick(made, 13)
        yield made


def take_a_tick(home: Home, hour: int) -> None:
    at = datetime(DAY.year, DAY.month, DAY.day, hour, tzinfo=UTC)
    drop_at(Lane.of(home).landing, AGENTS, SEED, at, DAY - timedelta(days=1))
    assert not tick.run(home, day_models(home), at=at, cadence_s=1800).held


def test_the_page_answers_this_machine_alone_and_only_reads(home: Home) -> None:
    with served(home) as url:
        with urllib.request.urlopen(f"{url}/floor.json") as answer:
            board = json.load(answer)
            policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert board["queues"]
        assert board["company"]["in_time"]["value"] is not None
        for path, host, method in (
            ("/floor.json", "floor.example", "GET"),
            ("/floor.json", None, "POST"),
            ("/../pyproject.toml", None, "GET"),
            ("/serve.duckdb", None, "GET"),
        ):
            asked = urllib.request.Request(url + path, method=method)
            if host:
                asked.add_header("Host", host)
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(asked)
            assert refused.value.code in (400, 404, 405), path


def test_before_the_first_tick_the_page_says_what_to_do(own_home: Path) -> None:
    with served(Home(own_home)) as url, pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{url}/floor.json")
    assert "headset tick" in refused.value.read().decode()


def test_the_page_loads_nothing_from_anywhere_else() -> None:
    page = Path(app.__code__.co_filename).with_name("page")
    for path in page.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
        assert "https://" not in text


@pytest.mark.skipif(not shutil.which(CHROMIUM), reason="no Chromium on this machine")
def test_the_page_in_a_browser(home: Home, tmp_path: Path) -> None:
    with served(home) as url, browser() as page:
        for width in (1280, 390):
            page.open(f"{url}/", width)
            # Nothing sticks out to the side.
            assert page.run("document.documentElement.scrollWidth <= innerWidth"), width
            assert page.run("document.querySelectorAll('#rows th[scope=row]').length") > 3
            page.picture(tmp_path / f"floor-{width}.png")
        assert "Provisional" in page.run("document.getElementById('age').textContent")
        # Every picture has a name and every control one that is read out.
        assert page.run(
            "[...document.querySelectorAll('svg')].every(s => s.getAttribute('aria-hidden') || "
            "s.querySelector('title'))"
        )
        # The keyboard alone: the skip link first, then the controls; w and d switch.
        page.key("Tab", 9)
        assert page.run("document.activeElement.className") == "skip"
        page.key("Tab", 9)
        assert page.run("document.activeElement.id") == "client"
        page.key("Tab", 9)
        page.key("w", 87)
        assert page.run("document.documentElement.classList.contains('wall')")
        page.key("d", 68)
        assert page.run("document.documentElement.dataset.theme") == "dark"
        # A new tick comes by itself.
        take_a_tick(home, 14)
        page.run("read()")
        page.wait("document.body.dataset.ready.includes('T14:00')")
        assert "14:00" in page.run("document.getElementById('age').textContent")


@pytest.mark.skipif(not shutil.which(CHROMIUM), reason="no Chromium on this machine")
def test_text_stands_out_from_its_ground_in_both_themes(home: Home) -> None:
    script = """
    (() => {
      const light = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map((v) => {
        v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const ground = (e) => { for (; e; e = e.parentElement) {
        const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)$/.test(c)) return c; }
        return 'rgb(255, 255, 255)'; };
      return [...document.querySelectorAll('h1, h2, th, td, small, p, button, span, b')]
        .filter((e) => e.textContent.trim()).map((e) => {
          const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); })
        .reduce((least, x) => Math.min(least, x), 21);
    })()"""
    with served(home) as url, browser() as page:
        for theme in ("light", "dark"):
            page.open(f"{url}/?theme={theme}", 1280)
            assert page.run(script) >= 4.5, theme
