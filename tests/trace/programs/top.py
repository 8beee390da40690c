"""trailview top on a terminal, over a recording that runs: what it draws at 80x24 and after a
resize, what its keys do, and that the terminal is as before however it ends.

    top.py TRAILVIEW FILE TRAILREC_PID

"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

TRAILVIEW, FILE, RECORDER = sys.argv[1], sys.argv[2], int(sys.argv[3])
ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"


class Top:
    """One call of it on a terminal of its own."""

    def __init__(self, columns, rows, *options):
        signal.alarm(120)
        self.text = ""
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.environ.update(TERM="xterm", NO_COLOR="")
            os.execv(TRAILVIEW, [TRAILVIEW, "-d", FILE, "top", *options])
        self.resize(columns, rows)

    def resize(self, columns, rows):
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, size)

    def key(self, key):
        os.write(self.terminal, key.encode())

    def read(self):
        try:
            more = os.read(self.terminal, 65536).decode(errors="replace")
        except OSError: # the other side is closed
            more = ""
        self.text += more
        return more

    def frames(self):
        """The pictures that are whole, as lines without controls."""
        whole = self.text.split("\x1b[H")[1:]
        return [[re.sub(r"\x1b\[[0-9;]*[mK]", "", line) for line in frame.split("\r\n")]
                for frame in whole if "q quit" in frame]

    def until(self, what, holds):
        deadline = time.time() + 30
        while not holds():
            left = deadline - time.time()
            assert left > 0, f"not within 30 s: {what}: {self.text[-3000:]!r}"
            if select.select([self.terminal], [], [], left)[0] and not self.read():
                assert holds(), f"it ended before {what}: {self.text[-3000:]!r}"

    def until_frame(self, what, holds):
        self.until(what, lambda: any(holds(frame) for frame in self.frames()))
        self.text = ""

    def modes(self):
        return termios.tcgetattr(self.terminal)[3] & (termios.ICANON | termios.ECHO)

    def ends(self, what, status):
        self.until(what, lambda: LEAVE in self.text)
        while self.read():
            pass
        found = os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])
        assert found == status, f"{what}: status {found}"
        assert "\x1b[?25h" in self.text, f"{what}: the screen is not back"
        os.close(self.terminal)


def fits(columns, rows):
    def holds(frame):
        assert len(frame) <= rows, f"{len(frame)} lines"
        assert max(map(len, frame)) <= max(columns, 80), max(frame, key=len)
        return len(frame) == rows and max(map(len, frame)) <= columns
    return holds


def main():
    top = Top(80, 24)
    top.until_frame("a picture", fits(80, 24))
    assert not top.modes(), "keys are echoed"
    top.until_frame("a rate", lambda frame: re.search(r"events \(\d+/s\), \d+ load", frame[1]))
    top.until_frame("CPU time", lambda frame: any(
        re.match(r" *\d+ +\d+\.\d +[\d.]+ m?s +[\d.]+ [mun]?s +dash|.* sh ", line) and
        re.search("wait|comput|read|held", line) for line in frame))
    top.resize(60, 12)
    top.until_frame("a smaller one", fits(60, 12))
    top.resize(130, 40)
    top.until_frame("a larger one", fits(130, 40))
    top.key("n")
    top.until_frame("another order", lambda frame: "[n name]" in frame[-1])
    assert "\x1b[2J" not in top.text and ENTER not in top.text, "the screen is wiped"
    top.key("q")
    top.ends("q", 0)

    for number, status in ((signal.SIGTERM, -15), (signal.SIGHUP, -1), (signal.SIGINT, 0)):
        top = Top(80, 24, "--sort", "pid")
        top.until_frame("a picture", lambda frame: "[p pid]" in frame[-1])
        os.kill(top.child, number)
        top.until("the screen is back", lambda: LEAVE in top.text)
        top.ends(f"signal {number}", status)
    top = Top(80, 24)
    top.until_frame("a picture", fits(80, 24))
    os.kill(RECORDER, signal.SIGTERM)
    top.until("the end", lambda: "complete" in top.text)
    top.ends("the run's end", 0)
    assert "complete for" in top.text.split(LEAVE)[1], "the last picture is gone"


main()
