"""The machine, described."""

import json

from engine.bench.machine_facts import describe_machine


def test_the_machine_is_described_in_full_and_always_alike() -> None:
    machine = describe_machine()
    assert machine.keys() == {
        "system", "processor", "cores", "memory_bytes", "llama_cpp_python", "python", "devices",
    }  # fmt: skip
    assert machine["processor"]
    assert machine["cores"] >= 1
    assert machine["memory_bytes"] > 1 << 20
    assert json.loads(json.dumps(machine)) == machine == describe_machine()
