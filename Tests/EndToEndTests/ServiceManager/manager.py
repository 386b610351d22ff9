"""A service manager in small: owns listening sockets, starts a service with them, and prints what it is told.

usage: manager.py NOTIFY_PATH NAME=ADDRESS... -- COMMAND...      ADDRESS: a path, or HOST:PORT

Prints "listening NAME ADDRESS" for each socket and "notify ..." for each message. SIGHUP restarts the service, which
leaves the sockets open; SIGUSR1 is passed on to it as SIGHUP; SIGTERM stops it and ends with its status.
"""

import os
import select
import signal
import socket
import sys


def listen(address):
    if address.startswith("/"):
        listener = socket.socket(socket.AF_UNIX)
    else:
        listener = socket.socket(socket.AF_INET)
        host, port = address.rsplit(":", 1)
        address = (host, int(port))
    listener.bind(address)
    listener.listen(4096)
    return listener


def say(text):
    print(text, flush=True)


split = sys.argv.index("--")
names, listeners = [], []
for argument in sys.argv[2:split]:
    name, address = argument.split("=", 1)
    names.append(name)
    listeners.append(listen(address))
    bound = listeners[-1].getsockname()
    say(f"listening {name} {bound if isinstance(bound, str) else bound[1]}")
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(sys.argv[1])


def start():
    pid = os.fork()
    if pid:
        return pid
    environment = dict(os.environ, NOTIFY_SOCKET=sys.argv[1], LISTEN_PID=str(os.getpid()),
                       LISTEN_FDS=str(len(listeners)), LISTEN_FDNAMES=":".join(names))
    high = [os.dup2(listener.fileno(), 200 + place) for place, listener in enumerate(listeners)]
    for place, descriptor in enumerate(high):
        os.dup2(descriptor, 3 + place, inheritable=True)
        os.close(descriptor)
    os.closerange(3 + len(listeners), 64)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.execvpe(sys.argv[split + 1], sys.argv[split + 1:], environment)


wanted = []
for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGTERM):
    signal.signal(number, lambda number, frame: wanted.append(number))
wake, woken = socket.socketpair()
woken.setblocking(False)
signal.set_wakeup_fd(woken.fileno())
wake.setblocking(False)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGHUP, signal.SIGUSR1, signal.SIGTERM])

service = start()
isStopping = False
while True:
    ready, _, _ = select.select([notify, wake], [], [], 0.02)
    if notify in ready:
        say("notify " + notify.recv(4096).decode().replace("\n", " "))
    if wake in ready:
        wake.recv(64)
    while wanted:
        number = wanted.pop(0)
        if number == signal.SIGUSR1:
            os.kill(service, signal.SIGHUP)
        else:
            isStopping = isStopping or number == signal.SIGTERM
            os.kill(service, signal.SIGTERM)
    ended, status = os.waitpid(service, os.WNOHANG)
    if ended:
        code = os.waitstatus_to_exitcode(status)
        say(f"ended {code}")
        if isStopping or code != 0:
            sys.exit(code)
        service = start()
