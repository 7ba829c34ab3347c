"""Why a process ended, told from its exit code and what it said last."""

import signal

import pytest

from engine.isolated.causes import explain


@pytest.mark.parametrize(
    ("code", "said", "sentence", "out_of_memory"),
    [
        (-signal.SIGKILL, "", "The system ended the engine, most often because memory", True),
        (-signal.SIGABRT, "CUDA error: out of memory", "The engine ran out of memory.", True),
        (-signal.SIGABRT, "ggml_aligned_malloc: insufficient memory", "ran out of memory", True),
        (1, "vk::DeviceMemory: ErrorOutOfDeviceMemory", "ran out of memory", True),
        (-signal.SIGABRT, "GGML_ASSERT(n > 0) failed", "llama.cpp stopped on an error", False),
        (-signal.SIGSEGV, "", "llama.cpp stopped on an error", False),
        (-signal.SIGBUS, "", "A model file changed or its drive went away", False),
        (-signal.SIGABRT, "Remote RPC server crashed", "The connection to an RPC worker", False),
        (0xC0000005, "", "llama.cpp stopped on an error", False),
        (0, "", "The engine ended unexpectedly.", False),
    ],
)
def test_the_cause_is_named(code: int, said: str, sentence: str, out_of_memory: bool) -> None:
    death = explain(code, ["a line before", said])
    assert sentence in death.message
    assert death.out_of_memory is out_of_memory
    assert death.hint


def test_the_detail_holds_the_signal_and_the_last_words() -> None:
    death = explain(-signal.SIGABRT, ["first", "GGML_ASSERT(n > 0) failed"])
    assert death.detail == "The process ended with SIGABRT.\nfirst\nGGML_ASSERT(n > 0) failed"
    assert "signal 99" in explain(-99, []).detail
