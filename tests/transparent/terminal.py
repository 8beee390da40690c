#!/usr/bin/python3
"""A person at a terminal: types a command into an interactive bash on a pty, then what the scenario
says, and prints what happened.

    terminal.py SCENARIO [PREFIX...]     PREFIX stands before the command, as $RUN does

Every wait has a deadline. What is printed is the same for each start: what the shell said, without
numbers of processes.
"""
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time

DEADLINE_SECONDS = 45  # less than a row has, so that what is missing is said
PROMPT = "READY> "


class Terminal:
    def __init__(self, prefix):
        self.prefix = prefix
        self.seen = ""
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.environ.update(PS1=PROMPT, HISTFILE="/dev/null", TERM="dumb",
                              BASH_SILENCE_DEPRECATION_WARNING="1")
            os.execvp("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"])
        self.expect(re.escape(PROMPT))

    def type(self, text):
        os.write(self.file, text.encode())

    def expect(self, pattern):
        """Waits until the pattern has been printed since the last call, and returns the match."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not (found := re.search(pattern, self.seen)):
            left = deadline - time.monotonic()
            if left < 0 or not select.select([self.file], [], [], left)[0]:
                sys.exit(f"terminal.py: '{pattern}' does not come; this came: {self.seen!r}")
            self.seen += os.read(self.file, 4096).decode(errors="replace").replace("\r", "")
        self.seen = self.seen[found.end() :]
        return found

    def start(self, script, *behind):
        """Types the command, which says so when it runs."""
        self.type(f"{self.prefix} sh -c '{script}' {' '.join(behind)}\n".lstrip())
        self.expect("running\n")

    def command(self, text):
        """Types a command of the shell and returns what it prints."""
        self.type(text + "\n")
        self.expect(re.escape(text) + "\n")
        return self.expect(r"(?s)(.*?)" + re.escape(PROMPT))[1].strip()

    def stopped(self):
        """Waits for the prompt behind a stop and says how bash calls the stop; then whether all of
        the job stand still."""
        how = self.expect(r"\[1\]\+  (Stopped\S*)\s")[1]
        self.expect(re.escape(PROMPT))
        look = "for p in $(pgrep -g $(jobs -p)); do wait_for_state Tt $p || echo one runs; done"
        return f"{how} {self.command(look)}".strip()

    def end(self):
        """Leaves the shell, if it is still there."""
        try:
            self.type("exit\n")
            deadline = time.monotonic() + DEADLINE_SECONDS
            while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
                if time.monotonic() > deadline:
                    sys.exit(f"terminal.py: the shell does not end; this came: {self.seen!r}")
                if select.select([self.file], [], [], 0.01)[0]:
                    self.seen += os.read(self.file, 4096).decode(errors="replace")
        except OSError:
            pass  # gone

    def status(self):
        self.expect(re.escape(PROMPT))
        return "status " + self.command("echo $?")


# Without a child: a shell that is stopped while it makes one may hang until the child goes on.
WAIT = "exec 3<>go; echo running; until read x <&3; do :; done; "


def go_on():
    with open("go", "w") as file:
        file.write("on\n")


def ctrl_z(terminal):
    terminal.start(WAIT + "exit 3")
    for _ in range(3):
        terminal.type("\x1a")
        print(terminal.stopped())
        terminal.type("fg\n")
        terminal.expect("fg\n.*\n")
        time.sleep(0.05)  # a moment to run; nothing depends on it
    go_on()
    print(terminal.status())


def background(terminal):
    terminal.start(WAIT + "echo finished; exit 4")
    terminal.type("\x1a")
    print(terminal.stopped())
    print(re.sub(r"\S*&", "&", terminal.command("bg").split("sh -c")[0]
                 .replace(terminal.prefix, "")))
    go_on()
    terminal.expect("finished\n")
    print("waited", terminal.command("wait; echo $?").split("\n")[-1])


def stops_itself(terminal):
    terminal.start("echo running; kill -TSTP $$; echo again; kill -STOP $$; echo end; exit 5")
    print(terminal.stopped())
    terminal.type("fg\n")
    terminal.expect("again\n")
    print(terminal.stopped())
    terminal.type("fg\n")
    terminal.expect("end\n")
    print(terminal.status())


def continued_elsewhere(terminal):
    terminal.start("echo running; kill -STOP $$; echo yes >continued; exit 5")
    print(terminal.stopped())
    terminal.command("kill -CONT $(jobs -p)")
    wait_for_file("continued")
    # bash may not have heard yet that it goes on, and neither waits for what it believes to be
    # stopped nor ends before that
    terminal.command("while jobs | grep -q Stopped; do sleep 0.01; done; wait")


def reads_in_background(terminal):
    terminal.start("echo running; read x; echo got $x; exit 6", "&")
    terminal.type("until jobs | grep -q Stopped; do sleep 0.01; done\n")
    print(terminal.stopped())
    terminal.type("fg\n")
    terminal.expect("fg\n.*\n")
    terminal.type("hello\n")
    terminal.expect("got hello\n")
    print(terminal.status())


def ctrl_c(terminal):
    terminal.start(WAIT)
    terminal.type("\x03")
    print(terminal.status())


def ctrl_c_handled(terminal):
    terminal.start('trap "echo caught" INT; ' + WAIT + "exit 7")
    for _ in range(3):
        # sh misses a signal that comes just between its look at what it has trapped and its read
        time.sleep(0.05)
        terminal.type("\x03")
        terminal.expect("caught\n")
    go_on()
    print(terminal.status())


def ctrl_backslash(terminal):
    terminal.start(WAIT)
    terminal.type("\x1c")
    print(terminal.status())


def hangup(terminal):
    """The terminal goes away."""
    terminal.start(
        'trap "echo hup >hup; exec 3>&-" HUP; exec 3<>go; echo running; read x <&3; '
        'echo over >over; exit 8')
    os.close(terminal.file)
    wait_for_file("over")


def hangup_ignored(terminal):
    terminal.start('trap "" HUP; ' + WAIT + "echo over >over")
    os.close(terminal.file)
    go_on()
    wait_for_file("over")


def wait_for_file(name):
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not os.path.exists(name):
        if time.monotonic() > deadline:
            sys.exit(f"terminal.py: there is no file '{name}'")
        time.sleep(0.01)
    print(name)


def window_size(terminal):
    terminal.start('trap "echo resized" WINCH; ' + WAIT + "exit 9")
    fcntl.ioctl(terminal.file, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 77, 0, 0))
    terminal.expect("resized\n")
    go_on()
    print(terminal.status())
    print(terminal.command("stty size"))


def modes(terminal):
    """The terminal is the same afterwards, and it is ours."""
    before = terminal.command("stty -g")
    terminal.start("echo running; stty -echo; read x; stty echo; echo got $x; exit 2")
    terminal.type("secret\n")
    terminal.expect("got secret\n")
    print(terminal.status())
    print("same modes:", terminal.command("stty -g") == before)


def main():
    scenarios = {name: run for name, run in globals().items() if callable(run)}
    name, *prefix = sys.argv[1:]
    os.mkfifo("go")
    terminal = Terminal(" ".join(prefix))
    scenarios[name.replace("-", "_")](terminal)
    terminal.end()


main()
