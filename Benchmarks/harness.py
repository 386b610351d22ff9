"""What the benchmarks share: processes of ours, a caller, the load generator, a table."""

import glob
import json
import os
import pwd
import signal
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.environ.get("MVP_AUTH_BIN", os.path.join(ROOT, ".build/release"))
ROUNDS = 3


class Process:
    """A server of ours, stopped by its own pid."""

    def __init__(self, command, ready=None, **environment):
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE if ready else subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], **environment}, text=True)
        self.line = self.process.stdout.readline() if ready else ""
        self.ready_after = time.monotonic() - self.started
        if ready and ready not in self.line:
            raise SystemExit(f"{command[0]} did not start")

    def resident(self, field="VmRSS"):
        """MiB; with VmHWM the most that it ever was, or since forget_peak."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) / 1024

    def forget_peak(self):
        with open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
            file.write("5")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def daemon(directory, **settings):
    for name in ("run", "state"):
        os.makedirs(f"{directory}/{name}", mode=0o700, exist_ok=True)
    return Process(
        [f"{BIN}/mvp-authd"], "ready",
        **{"MVP_AUTH_RUNTIME_DIR": f"{directory}/run", "MVP_AUTH_STATE_DIR": f"{directory}/state",
           "AUTH_BCRYPT_COST": settings.pop("cost", "4"), "AUTH_LIMIT_CONNECTIONS_PER_UID": "20000",
           "AUTH_MAX_SESSIONS_PER_USER": "1000", "AUTH_THROTTLE": "false", **settings})


class Postgres:
    """A server of ours on a Unix socket, with the durability that it has by default."""

    def __init__(self, directory):
        self.directory = directory
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
        self.programs = programs[-1] if programs else "/usr/bin"
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(directory, account.pw_uid, account.pw_gid)
            self.prefix = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        else:
            self.prefix = []
        self.run("initdb", "-D", f"{directory}/data", "-U", "mvp", "-A", "trust", "-E", "UTF8", "--no-locale")
        self.run("pg_ctl", "-D", f"{directory}/data", "-o", f"-k {directory} -c listen_addresses=", "-l", f"{directory}/log", "-w", "start")

    def run(self, program, *arguments):
        subprocess.check_call([*self.prefix, f"{self.programs}/{program}", *arguments], stdout=subprocess.DEVNULL, cwd="/tmp")

    def database(self, name):
        self.run("createdb", "-h", self.directory, "-U", "mvp", name)
        return f"postgresql://mvp@/{name}?host={self.directory}"

    def stop(self):
        self.run("pg_ctl", "-D", f"{self.directory}/data", "-m", "fast", "stop")


class Caller:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.reader = self.socket.makefile("rb")

    def send(self, method, *params):
        self.socket.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")

    def reply(self, method, *params):
        self.send(method, *params)
        return json.loads(self.reader.readline())

    def call(self, method, *params):
        return self.reply(method, *params)["result"]

    def answers(self, method, *params):
        return "result" in self.reply(method, *params)


def request(method, params):
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, separators=(",", ":"))


def write_line(path, line):
    with open(path, "w") as file:
        file.write(line + "\n")
    return path


def load(tools, mode, target, connections, depth, file, seconds):
    """Requests a second, median and 99th percentile in microseconds, errors."""
    words = subprocess.check_output(
        [f"{tools}/load", mode, str(target), str(connections), str(depth), str(seconds), file], text=True).split()
    rate, median, p99, errors = map(float, words)
    if errors:
        raise SystemExit(f"{mode}: {errors:.0f} answers were errors")
    return rate, median, p99


def median(values):
    return sorted(values)[len(values) // 2]


def alternate(*measures):
    """The median of each, measured in turns so that they meet the same machine."""
    results = [[] for _ in measures]
    for _ in range(ROUNDS):
        for result, measure in zip(results, measures):
            result.append(measure())
    return [median(result) for result in results]


def compile_tool(directory, name, *libraries):
    subprocess.check_call(
        ["cc", "-O2", "-o", f"{directory}/{name}", f"{ROOT}/Benchmarks/Yardsticks/{name}.c", *libraries])


class Table:
    def __init__(self, *head):
        self.rows = [head, ["---"] * len(head)]

    def row(self, *cells):
        self.rows.append(cells)
        print(f"  {cells[0]}: {' · '.join(cell for cell in cells[1:] if cell)}", file=sys.stderr, flush=True)

    def show(self):
        print()
        for cells in self.rows:
            print("| " + " | ".join(cells) + " |")
