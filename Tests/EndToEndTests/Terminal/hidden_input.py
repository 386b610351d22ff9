"""Runs `mvp-auth call … password=-` on a terminal of its own. usage: hidden_input.py MVP_AUTH WHAT

Prints what was seen: whether the terminal echoed while it asked and afterwards, how the program ended, what was shown.
"""

import json
import os
import pty
import select
import signal
import sys
import termios
import time

PROMPT = b"password: "


class Terminal:
    def __init__(self, program):
        # The leader of the session holds the terminal, as a shell does: what it ran last is seen after its end.
        self.shown = b""
        self.program, self.master = pty.fork()
        if self.program == 0:
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            # Who runs the tests in the background ignores some, and what a terminal starts does not.
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            child = os.fork()
            if child == 0:
                os.setpgid(0, 0)
                os.tcsetpgrp(0, os.getpid())
                signal.signal(signal.SIGTTOU, signal.SIG_DFL)
                os.execv(program, [program, "call", "auth.login", "email=ada@example.org", "password=-"])
            while True:
                _, status = os.waitpid(child, os.WUNTRACED)
                # Told by a line that the program itself never writes.
                os.tcsetpgrp(0, os.getpid())
                print(f"={child} {status}=", flush=True)
                if not os.WIFSTOPPED(status):
                    signal.pause()
                sys.stdin.readline()
                os.tcsetpgrp(0, child)
                os.kill(child, signal.SIGCONT)

    def wait_for(self, text, count=1):
        end = time.monotonic() + 60
        while self.shown.count(text) < count:
            if not select.select([self.master], [], [], max(0, end - time.monotonic()))[0]:
                raise SystemExit(f"no {text!r} in {self.shown!r}")
            self.shown += os.read(self.master, 4096)

    def status(self, count=1):
        """(pid, status) of the program when it has ended or stopped so often."""
        self.wait_for(b"=\r\n", count)
        words = self.shown.split(b"=\r\n")[count - 1].split(b"=")[-1].split()
        return int(words[0]), int(words[1])

    def echoes(self):
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def type(self, keys):
        os.write(self.master, keys)


def main(program, what):
    terminal = Terminal(program)
    terminal.wait_for(PROMPT)
    echoes = [terminal.echoes()]
    if what == "stop":
        terminal.type(b"typed\x1a")
        stopped = os.WIFSTOPPED(terminal.status()[1])
        echoes.append(terminal.echoes())
        terminal.type(b"fg\n")
        terminal.wait_for(PROMPT, 2)
        echoes.append(terminal.echoes())
        terminal.type(b"\x03")
        _, status = terminal.status(2)
    elif what in ("TERM", "HUP"):
        stopped = False
        number = getattr(signal, f"SIG{what}")
        group = os.tcgetpgrp(terminal.master)
        os.kill(group, number)
        _, status = terminal.status()
    else:
        stopped = False
        keys = {"interrupt": b"typed\x03", "line": b"canary\n", "empty": b"\n", "end": b"\x04"}
        terminal.type(keys[what])
        _, status = terminal.status()
    echoes.append(terminal.echoes())
    os.kill(terminal.program, signal.SIGKILL)
    os.waitpid(terminal.program, 0)
    print(json.dumps({
        "echoes": echoes, "stopped": stopped, "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "status": os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1,
        "shown": terminal.shown.decode(),
    }))


main(*sys.argv[1:])
