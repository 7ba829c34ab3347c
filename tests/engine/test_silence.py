"""Nothing opens by itself: without a worker that the user named, there is no socket."""

import subprocess
import sys

import pytest

CHILD = """
import os, sys
from engine.library.starter import starter_path
from engine.llama import devices
from engine.session import Session
from tests.engine.sessions import ask, greedy, pair_config, user

opened = []
sys.addaudithook(lambda event, args: opened.append(event) if event.startswith("socket.") else None)
found = devices.shared_library
devices.shared_library = lambda name: opened.append(name) if "rpc" in name else found(name)
with Session.open(pair_config(starter_path(), None, context=128)) as session:
    assert ask(session, [user("Hi")], greedy(4)).text
descriptors = "/proc/self/fd"
for number in os.listdir(descriptors) if os.path.isdir(descriptors) else ():
    try:
        target = os.readlink(f"{descriptors}/{number}")
    except FileNotFoundError:
        continue
    if target.startswith("socket:"):
        opened.append(target)
opened += [device.name for device in devices.list_devices() if "RPC" in device.name]
print(opened)
"""


@pytest.mark.real_model
def test_a_reply_opens_no_socket_and_adds_no_worker() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr[-2000:]
