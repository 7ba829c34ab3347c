"""The window asks the network for nothing: at its start, while loading, in a chat, at an export."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.conftest import smollm2

__all__ = ["smollm2"]

pytestmark = [
    pytest.mark.real_model,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc/PID/net of a process"),
]
VISIT = """
import json, os, sys, time
from pathlib import Path

tried = []

def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname"):
        tried.append([event, str(args[1:])])

sys.addaudithook(watch)

from PySide6.QtWidgets import QApplication
from PySide6.QtTest import QTest
from desktop.__main__ import main
from desktop.app import Desktop
from desktop.engine_thread import open_session
from desktop.pair_model import Phase
from desktop.settings import DRAFT, TARGET
from desktop.start import _start_log

application = QApplication([])

def wait_for(condition):
    until = time.monotonic() + 120
    while not condition() and time.monotonic() < until:
        QTest.qWait(20)
    assert condition()

sessions = []

def opener(*args, **words):
    sessions.append(open_session(*args, **words))
    return sessions[-1]

def sockets(process):
    found = [os.readlink(link) for link in Path(f"/proc/{process}/fd").iterdir() if link.exists()]
    inodes = {name[8:-1] for name in found if name.startswith("socket:[")}
    lines = [
        line.split()
        for table in ("tcp", "tcp6", "udp", "udp6", "raw")
        for line in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]
    ]
    return [line[2] for line in lines if line[9] in inodes]

_start_log()
app = Desktop(application, opener=opener)
app.settings.set(TARGET, sys.argv[1])
app.settings.set(DRAFT, "plain")
app.start()
wait_for(lambda: app.pair.phase is not Phase.LOADING)
assert app.pair.phase is Phase.READY, app.pair.error
app.chat.send("Say hello. See [this](http://example.org/a.png) ![that](http://example.org/b.png)")
seen = []

def over():
    seen.extend(sockets(sessions[0].process_id) + sockets("self"))
    return app.chat.run is None or len(app.chat.messages()[-1].message.text) > 40

wait_for(over)
reply = app.chat.messages()[-1].message
assert reply.text
app.shutdown()
home = os.environ["OUTRIDER_HOME"]
for form in ("html", "markdown", "pdf"):
    assert main(["conversations", "export", "--all", "--format", form, "--output", home]) == 0

modes = {}
home = Path(os.environ["OUTRIDER_HOME"])
for path in home.rglob("*"):
    modes[str(path.relative_to(home))] = [path.is_dir(), oct(path.stat().st_mode & 0o777)]
print(json.dumps({"tried": tried, "seen": seen, "modes": modes}))
"""


def test_nobody_connects_and_nobody_else_reads(own_home: Path, smollm2: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", VISIT, smollm2],
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
        env={**os.environ, "OUTRIDER_MODELS": str(smollm2.parent)},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["tried"] == []
    assert report["seen"] == []
    modes = report["modes"]
    for name in ("data", "config", "cache"):
        assert modes[name] == [True, "0o700"]
    assert [mode for name, mode in modes.items() if name.endswith(".sqlite")]
    shared = {name: mode for name, (is_folder, mode) in modes.items() if mode[-2:] != "00"}
    assert shared == {}
