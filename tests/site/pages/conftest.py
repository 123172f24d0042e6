"""What the tests of the pages begin with: the demonstration site, a web server for it, and a Chromium that looks at it.

The browser is driven over a pipe, by the protocol that its developer tools speak: nothing needs to be installed for it.
"""

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import threading
import time
from collections.abc import Mapping
from datetime import date
from functools import cached_property, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sharing import made_once

from salesops.cli.mkdocs_plugin import read_site
from salesops.metrics import measure, metrics_of
from salesops.site.build import build
from salesops.site.pages import every_page
from salesops.site.pages.page import file_of

HOME = Path(__file__).parents[3]
TODAY = date(2026, 11, 20)
BLOCKS = frozenset("br dd details div dl dt h1 h2 h3 h4 li ol p pre section summary table td th tr ul".split())
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --remote-debugging-pipe"
).split()
PATIENCE = 60
"""Seconds that the browser may take for an answer."""
KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), "Escape": (27, ""), "ArrowDown": (40, ""), "/": (191, "/")}
"""The keys that lead through a page: their number, and what they type."""


LEAVING = "target navigated or closed"
"""What a browser says of a page that gives way to the next one while it is asked something."""


class PageLeftError(AssertionError):
    """The page is no longer there to answer."""


class Element:
    """One element of a page, as a browser without scripts sees it."""

    def __init__(self, tag, attributes):
        self.tag, self.attributes, self.children = tag, dict(attributes), []

    def every(self, tag="", **wanted):
        """The elements below of this tag (any, where none is named) with these attributes; True stands for any value."""
        waiting = self.children[::-1]
        while waiting:
            child = waiting.pop()
            if isinstance(child, Element):
                if (not tag or tag == child.tag) and (not wanted or child._fits(wanted)):
                    yield child
                waiting.extend(child.children[::-1])

    def _fits(self, wanted):
        return all(self.has(name, value) for name, value in wanted.items())

    def one(self, tag="", **wanted):
        found = list(self.every(tag, **wanted))
        assert len(found) == 1, f"{len(found)} elements {tag} {wanted}"
        return found[0]

    def children_of(self, *tags):
        """The elements right below, of these tags."""
        return [child for child in self.children if isinstance(child, Element) and child.tag in tags]

    def has(self, name, value):
        name = name.rstrip("_").replace("_", "-")
        given = self.attributes.get(name)
        if name == "class":
            return value in (given or "").split()
        return name in self.attributes if value is True else given == value

    def __getitem__(self, name):
        return self.attributes[name]

    @property
    def text(self):
        """What a reader reads, with single blanks."""
        return " ".join(self._apart.split())

    @property
    def _apart(self):
        """The text, with a blank where a browser begins a line or a cell."""
        between = " " if self.tag in BLOCKS else ""
        inner = "".join(child if isinstance(child, str) else child._apart for child in self.children)
        return f"{between}{inner}{between}"

    @property
    def raw(self):
        return "".join(child if isinstance(child, str) else child.raw for child in self.children)

    @property
    def shape(self):
        """The elements and the names of their attributes, without any text."""
        return tuple((found.tag, *sorted(found.attributes)) for found in self.every())


class _Reader(HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.top = Element("", ())
        self._open = [self.top]
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        element = Element(tag, attributes)
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag, attributes):
        self._open[-1].children.append(Element(tag, attributes))

    def handle_endtag(self, tag):
        if len(self._open) > 1 and self._open[-1].tag == tag:
            self._open.pop()
        elif any(element.tag == tag for element in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def updatepos(self, start, end):
        """Nobody asks for the line of an element, and to count them takes long."""
        return end

    def handle_data(self, text):
        self._open[-1].children.append(text)


def parsed(html):
    return _Reader(html).top


class Pages(Mapping):
    """A built site by the names of its pages: ``pages["deals/acme"]``; the home page is ``pages[""]``."""

    def __init__(self, root, html, snapshot):
        self.root, self.html, self.snapshot, self._known = root, html, snapshot, {}

    def __getitem__(self, path):
        if path not in self._known:
            self._known[path] = parsed((self.html / file_of(path)).read_text(encoding="utf-8"))
        return self._known[path]

    def __iter__(self):
        files = sorted(file.relative_to(self.html).as_posix() for file in self.html.rglob("*.html"))
        return ("" if file == "index.html" else file.removesuffix(".html") for file in files if file != "404.html")

    def __len__(self):
        return sum(1 for _ in self)

    def article(self, path):
        """The part of a page between the menu and the foot."""
        return self[path].one("article")

    @cached_property
    def readings(self):
        return measure(self.snapshot, metrics_of(self.snapshot.process).values())


def write(root, files):
    """Files with these texts."""
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())


def built(root, day=TODAY, **more):
    """The site of a repository, built whatever ``salesops check`` would say of its records."""
    site = read_site(root, str(day), forgiving=True)
    build(site, root / "build/html", **more)
    return Pages(root, root / "build/html", site.snapshot)


def copy_of_the_demo(root):
    """The demonstration records of this repository, its playbook, its own pages and its mkdocs.yml."""
    root.mkdir(parents=True)
    for name in ("deals", "members", "playbook", "site"):
        if (HOME / name).is_dir():
            shutil.copytree(HOME / name, root / name)
    shutil.copy(HOME / "mkdocs.yml", root)
    return root


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The site of the demonstration records; all tests share it, so only look."""
    root = made_once(tmp_path_factory, "demo-site", lambda root: built(copy_of_the_demo(root)))
    return Pages(root, root / "build/html", read_site(root, str(TODAY), forgiving=True).snapshot)


@pytest.fixture(scope="session")
def site_of():
    """``site_of(root, day)``: build a repository's site and read it."""
    return built


@pytest.fixture(scope="session")
def page_at():
    """``page_at(file)``: the page in a file, as a tree."""
    return lambda file: parsed(file.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def serve():
    """``with serve(folder) as address``: a folder on a web server of its own."""
    return served


@pytest.fixture(scope="session")
def fill():
    """``fill(root, files)``: write files by name and text."""
    return write


@pytest.fixture
def crm(tmp_path):
    """A copy of the demonstration records to change."""
    return copy_of_the_demo(tmp_path / "crm")


@pytest.fixture
def page_of(repo):
    """``page_of("deals/acme", day)``: the body of a generated page of the sound repository, as a tree."""

    def rendered(path, day=TODAY):
        pages = {page.path: page for page in every_page(repo.book().on(day))}
        return parsed(pages[path].body)

    return rendered


SETTLED = "document.getAnimations().forEach(one => one.finish())"
AROUND = """(it => ({ x: it.x + scrollX - 8, y: it.y + scrollY - 8, width: Math.min(it.width + 16, 600), height: Math.min(it.height + 16, 200) }))(
  (at => at.matches(".md-option") ? at.nextElementSibling : at)(document.activeElement).getBoundingClientRect())"""
APART = """async pictures => {
  const [one, other] = await Promise.all(pictures.map(async picture => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob())
    const drawn = new OffscreenCanvas(image.width, image.height).getContext("2d")
    drawn.drawImage(image, 0, 0)
    return new Uint32Array(drawn.getImageData(0, 0, image.width, image.height).data.buffer)
  }))
  return one.reduce((sum, pixel, at) => sum + (pixel != other[at]), 0)
}"""


class Chromium:
    """A headless browser of its own, with an empty profile."""

    def __init__(self, profile):
        to_browser, from_us = _high_pipe()
        to_us, from_browser = _high_pipe()
        nothing = os.open(os.devnull, os.O_RDWR)
        self._pid = os.posix_spawn(
            CHROMIUM,
            [CHROMIUM, *QUIET, f"--user-data-dir={profile}", "about:blank"],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, nothing, 0),
                (os.POSIX_SPAWN_DUP2, nothing, 1),
                (os.POSIX_SPAWN_DUP2, nothing, 2),
                (os.POSIX_SPAWN_DUP2, to_browser, 3),
                (os.POSIX_SPAWN_DUP2, from_browser, 4),
            ],
            setpgroup=0,
        )
        for end in (to_browser, from_browser, nothing):
            os.close(end)
        self._write, self._read = from_us, to_us
        self._buffer, self._last, self._tabs = b"", 0, {}

    def close(self):
        with contextlib.suppress(OSError, TimeoutError):
            self.ask("Browser.close")
        for _ in range(100):
            if os.waitpid(self._pid, os.WNOHANG)[0]:
                break
            time.sleep(0.05)
        else:
            os.killpg(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._write)
        os.close(self._read)

    def ask(self, method, session=None, **parameters):
        """One command and its answer; what happens meanwhile is noted in the tab that it happens in."""
        self._last += 1
        asked = {"id": self._last, "method": method, "params": parameters}
        os.write(self._write, json.dumps(asked | ({"sessionId": session} if session else {})).encode() + b"\0")
        while True:
            message = self._next(PATIENCE)
            if message.get("id") == asked["id"]:
                if LEAVING in str(message.get("error")):
                    raise PageLeftError
                assert "error" not in message, f"{method}: {message['error']}"
                return message["result"]
            self._note(message)

    def listen(self, seconds):
        """Let things happen for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                self._note(self._next(left))

    def _next(self, patience):
        while b"\0" not in self._buffer:
            if not select.select([self._read], [], [], patience)[0]:
                raise TimeoutError("the browser does not answer")
            part = os.read(self._read, 1 << 20)
            if not part:
                raise OSError("the browser is gone")
            self._buffer += part
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)

    def _note(self, message):
        tab = self._tabs.get(message.get("sessionId"))
        if tab and "method" in message:
            tab.note(message["method"], message["params"])

    @contextlib.contextmanager
    def tab(self, *, width=1200, height=900, dark=False, scripts=True):
        """A tab without history, cookies or storage of others."""
        context = self.ask("Target.createBrowserContext")["browserContextId"]
        target = self.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = self._tabs[session] = Tab(self, session)
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            tab.ask(f"{domain}.enable")
        tab.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        tab.ask("Runtime.addBinding", name="somethingRan")
        tab.ask("Page.addScriptToEvaluateOnNewDocument", source="window.alert = () => somethingRan(location.href)")
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        tab.ask("Emulation.setEmulatedMedia", features=[scheme])
        tab.ask("Emulation.setScriptExecutionDisabled", value=not scripts)
        tab.ask("Emulation.setScrollbarsHidden", hidden=True)
        tab.ask("Emulation.setFocusEmulationEnabled", enabled=True)
        try:
            yield tab
        finally:
            del self._tabs[session]
            self.ask("Target.disposeBrowserContext", browserContextId=context)

    def pixels_apart(self, pairs):
        """How many pixels differ between the two pictures of each pair."""
        with self.tab() as tab:
            return [tab.run(f"({APART})({json.dumps(pair)})") for pair in pairs]


class Tab:
    """One page at a time, and what it did."""

    def __init__(self, browser, session):
        self._browser, self._session, self._loaded = browser, session, False
        self.ran, self.faults, self.requests, self.said = [], [], [], []
        """Addresses of pages in which an alert was called; faults and broken policies; what was asked for; what the console was told."""

    def ask(self, method, **parameters):
        return self._browser.ask(method, self._session, **parameters)

    def note(self, method, told):
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Runtime.bindingCalled":
            self.ran.append(told["payload"])
        elif method == "Runtime.consoleAPICalled":
            self.said.append(
                " ".join(str(argument.get("value", argument.get("description"))) for argument in told["args"])
            )
        elif method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            details = told["exceptionDetails"]
            fault = details.get("exception", {}).get("description", details["text"])
            if "delegateTarget" not in fault:  # the theme's clipboard button, in browsers newer than it
                self.faults.append(fault)
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.faults.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")
        elif method == "Audits.issueAdded" and told["issue"]["code"] == "ContentSecurityPolicyIssue":
            self.faults.append(str(told["issue"]["details"]))

    def go(self, url):
        """Open a page and wait until it is there with everything that it loads."""
        return self._arrive(lambda: self.ask("Page.navigate", url=url), url)

    def follow(self, link):
        """Click on a link, the first that is selected, and wait until the page behind it is there."""
        return self._arrive(lambda: self.run(f"document.querySelector({json.dumps(link)}).click()"), link)

    def _arrive(self, leave, there):
        self._loaded = False
        leave()
        end = time.monotonic() + PATIENCE
        while not self._loaded:
            assert time.monotonic() < end, f"{there} does not load"
            self._browser.listen(0.02)
        return self

    def widen(self, width):
        """Another width of the window; whatever slides to another place on that account has arrived there."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.run("new Promise(requestAnimationFrame).then(() => document.getAnimations().forEach(one => one.finish()))")

    def run(self, script):
        """The value of an expression in the page; a promise is waited for."""
        told = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def wait(self, script, wanted=None):
        """The value of an expression as soon as it is true, or what is wanted."""
        end = time.monotonic() + PATIENCE
        while not (value := self._unless_it_is_leaving(script)) or wanted not in (None, value):
            assert time.monotonic() < end, f"{script} is {value!r}, not {wanted or 'true'!r}"
            self._browser.listen(0.05)
        return value

    def _unless_it_is_leaving(self, script):
        """The value; none while the page gives way to the next one."""
        with contextlib.suppress(PageLeftError):
            return self.run(script)

    def listen(self, seconds):
        self._browser.listen(seconds)

    def type(self, text):
        """Key by key: the search looks when a key is let go."""
        for letter in text:
            self.ask("Input.dispatchKeyEvent", type="keyDown", key=letter, text=letter)
            self.ask("Input.dispatchKeyEvent", type="keyUp", key=letter)

    def press(self, key):
        """One of the keys that lead through a page."""
        code, text = KEYS[key]
        self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, text=text)
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def with_and_without_focus(self):
        """Two pictures of the element that has the focus and what is around it: as it is, and as if it had none."""
        self.run(SETTLED)
        around = {**self.run(AROUND), "scale": 1}
        focused = self.ask("Page.captureScreenshot", clip=around)["data"]
        self.run(f"window.left = document.activeElement; left.blur(); {SETTLED}")
        left = self.ask("Page.captureScreenshot", clip=around)["data"]
        self.run("left.focus({ preventScroll: true })")
        return focused, left

    def picture(self, file):
        """The whole page, from top to bottom."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1}
        shot = self.ask("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        Path(file).write_bytes(base64.b64decode(shot["data"]))


def _high_pipe():
    """A pipe whose ends are out of the way of the numbers that the browser listens on."""
    ends = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return high


class _Silent(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def end_headers(self):
        self.send_header("Cache-Control", "max-age=60")
        super().end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def demo_served(demo):
    with served(demo.html) as address:
        yield address


@contextlib.contextmanager
def served(folder):
    """The address at which a folder is served, to this computer only."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=folder))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(params=["disk", "server"])
def door(request, demo):
    """Where the site begins, as a browser is told: a folder on the disk, or a server."""
    return demo.html.as_uri() if request.param == "disk" else request.getfixturevalue("demo_served")


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this computer")
    found = Chromium(tmp_path_factory.mktemp("profile"))
    yield found
    found.close()


@pytest.fixture(scope="session")
def tree():
    """``tree(pages, path)``: the body of one of these generated pages, as a tree."""

    def found(pages, path):
        return parsed(next(page.body for page in pages if page.path == path))

    return found


CONTRAST = """(([selector, property]) => {
  const parts = colour => { const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number); return [r, g, b, a] }
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1]
  const element = document.querySelector(selector), grounds = []
  for (let at = element; at; at = at.parentElement) grounds.unshift(parts(getComputedStyle(at).backgroundColor))
  const ground = grounds.reduce((below, above) => over(above, below), [255, 255, 255, 1])
  const shown = over(parts(getComputedStyle(element)[property]), ground)
  const light = colour => colour.slice(0, 3).map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0)
  const [bright, dim] = [light(shown), light(ground)].sort((a, b) => b - a)
  return (bright + 0.05) / (dim + 0.05)
})(%s)"""


@pytest.fixture(scope="session")
def contrast():
    """``contrast(tab, selector, property)``: how far a colour stands out from what lies behind it, as WCAG counts."""
    return lambda tab, selector, property: tab.run(CONTRAST % json.dumps([selector, property]))
