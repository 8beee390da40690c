"""Chromium without a head, driven by its DevTools protocol over a pipe: no port, no package."""
import json
import os
import select
import subprocess
import time

SECONDS = 60  # what anything may take, on a busy machine


class Browser:
    """One browser; new_page() opens a page in it. Its profile lies in the folder."""

    def __init__(self, program, folder):
        to_browser, self.to = os.pipe()
        self.came, from_browser = os.pipe()
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "sh", program,
             "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={folder}"],
            pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.number, self.rest, self.events = 0, b"", []

    def read(self, deadline):
        """The next message."""
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.came], [], [], max(0, deadline - time.monotonic()))
            more = os.read(self.came, 1 << 20) if ready else b""
            if not more:
                raise TimeoutError("the browser says nothing")
            self.rest += more
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self.write(message)
        deadline = time.monotonic() + SECONDS
        while True:
            answer = self.read(deadline)
            if answer.get("id") != self.number:
                self.events.append(answer)
            elif "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            else:
                return answer["result"]

    def write(self, message):
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]

    def new_page(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        return Page(self, self.call("Target.attachToTarget", targetId=target,
                                    flatten=True)["sessionId"])

    def close(self):
        try:
            self.call("Browser.close")
        finally:
            os.close(self.to)
            self.process.wait(SECONDS)
            os.close(self.came)


class Page:
    """What it complained of and asked for since it was opened is in complaints() and requests()."""

    def __init__(self, browser, session):
        self.browser, self.session = browser, session
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def events(self, method):
        return [event["params"] for event in self.browser.events
                if event.get("method") == method and event.get("sessionId") == self.session]

    def open(self, path):
        self.browser.events.clear()
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        deadline = time.monotonic() + SECONDS
        while not self.events("Page.loadEventFired"):
            self.browser.events.append(self.browser.read(deadline))

    def run(self, script):
        """The value of an expression, or of its promise."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True,
                           returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"].get("exception", {}).get(
                "description", "") + f" in {script[:200]}")
        return result["result"].get("value")

    def press(self, *keys):
        for key in keys:
            text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
            self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)

    def set_media(self, scheme, media="screen"):
        self.call("Emulation.setEmulatedMedia", media=media, features=[
            {"name": "prefers-color-scheme", "value": scheme}])

    def complaints(self):
        return ([event["exceptionDetails"] for event in self.events("Runtime.exceptionThrown")]
                + [event["entry"]["text"] for event in self.events("Log.entryAdded")
                   if event["entry"]["level"] in ("error", "warning")]
                + [event["args"] for event in self.events("Runtime.consoleAPICalled")
                   if event["type"] in ("error", "warning", "assert")])

    def requests(self):
        """All but the page itself."""
        return [event["request"]["url"] for event in self.events("Network.requestWillBeSent")][1:]
