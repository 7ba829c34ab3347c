"""Which modules are loaded, on computers that are made up; `make try-packages` has real ones."""

from pathlib import Path

import pytest

from engine.errors import DeviceUnavailable
from engine.llama.backends import load_backends
from engine.own_devices import Backends, UnusableBackend

NO_DRIVER = "libvulkan.so.1: cannot open shared object file: No such file or directory"


class MadeUpComputer:
    """A registry that knows what each module would answer here; an unknown one fits no CPU."""

    def __init__(
        self,
        scores: dict[str, int | OSError],
        *,
        devices: dict[str, int | OSError] | None = None,
        linked: bool = False,
    ) -> None:
        self.loaded: list[Path] = []
        self._scores = scores
        self._devices = devices or {}
        self._linked = linked

    def is_empty(self) -> bool:
        return not self._linked and not self.loaded

    def score(self, module: Path) -> int:
        return _value(self._scores.get(module.name, 0))

    def load(self, module: Path) -> int:
        devices = _value(self._devices.get(module.name, 1))
        self.loaded.append(module)
        return devices


def _value(answer: int | OSError) -> int:
    if isinstance(answer, OSError):
        raise answer
    return answer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        *("libggml.so", "libggml.so.0", "libggml-base.so", "libggml-rpc.so", "libllama.so"),
        *("libggml-cpu-haswell.so", "libggml-cpu-x64.so", "libggml-cpu-zen4.so"),
        "libggml-cpu-zen4.so.0",
    ):
        (tmp_path / name).touch()
    return tmp_path


def test_the_variant_that_suits_the_cpu_best_is_loaded_and_no_other(folder: Path) -> None:
    zen4 = MadeUpComputer({"libggml-cpu-x64.so": 1, "libggml-cpu-haswell.so": 7})
    assert load_backends(folder, zen4) == Backends(loaded=("cpu-haswell",))
    assert zen4.loaded == [folder / "libggml-cpu-haswell.so"]


def test_a_variant_that_is_gone_changes_the_choice(folder: Path) -> None:
    scores: dict[str, int | OSError] = {"libggml-cpu-x64.so": 1, "libggml-cpu-zen4.so": 9}
    assert load_backends(folder, MadeUpComputer(scores)).loaded == ("cpu-zen4",)
    (folder / "libggml-cpu-zen4.so").unlink()
    assert load_backends(folder, MadeUpComputer(scores)).loaded == ("cpu-x64",)


def test_a_damaged_variant_leaves_the_others(folder: Path) -> None:
    scores: dict[str, int | OSError] = {
        "libggml-cpu-zen4.so": OSError("file too short"),
        "libggml-cpu-x64.so": 1,
    }
    assert load_backends(folder, MadeUpComputer(scores)) == Backends(loaded=("cpu-x64",))


def test_a_back_end_without_its_driver_says_why(folder: Path) -> None:
    (folder / "libggml-vulkan.so").touch()
    computer = MadeUpComputer({"libggml-vulkan.so": OSError(NO_DRIVER), "libggml-cpu-x64.so": 1})
    assert load_backends(folder, computer) == Backends(
        loaded=("cpu-x64",), unusable=(UnusableBackend("vulkan", NO_DRIVER),)
    )


@pytest.mark.parametrize(
    ("devices", "reason"), [(0, "It finds no device."), (OSError("It does not start."),) * 2]
)
def test_a_back_end_that_opens_and_does_not_work_says_why(
    folder: Path, devices: int | OSError, reason: object
) -> None:
    (folder / "libggml-cuda.so").touch()
    computer = MadeUpComputer(
        {"libggml-cuda.so": 1, "libggml-cpu-x64.so": 1}, devices={"libggml-cuda.so": devices}
    )
    assert load_backends(folder, computer).unusable == (UnusableBackend("cuda", str(reason)),)


def test_one_module_of_each_kind_is_loaded(folder: Path) -> None:
    for name in ("ggml-cuda.dll", "ggml-vulkan.dll"):
        (folder / name).touch()
    computer = MadeUpComputer({"ggml-cuda.dll": 1, "ggml-vulkan.dll": 1, "libggml-cpu-x64.so": 1})
    assert load_backends(folder, computer).loaded == ("cpu-x64", "cuda", "vulkan")


def test_without_a_variant_for_this_cpu_nothing_is_loaded_at_all(folder: Path) -> None:
    (folder / "libggml-cuda.so").touch()
    computer = MadeUpComputer({"libggml-cuda.so": 1})
    with pytest.raises(DeviceUnavailable, match="runs on this CPU") as caught:
        load_backends(folder, computer)
    assert caught.value.detail == f"{folder}: It is made for another processor."
    assert computer.loaded == []


def test_a_variant_that_does_not_start_is_as_good_as_none(folder: Path) -> None:
    computer = MadeUpComputer(
        {"libggml-cpu-x64.so": 1, "libggml-cuda.so": 1},
        devices={"libggml-cpu-x64.so": OSError("It does not start.")},
    )
    with pytest.raises(DeviceUnavailable) as caught:
        load_backends(folder, computer)
    assert caught.value.detail == f"{folder}: It does not start."


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceUnavailable) as caught:
        load_backends(tmp_path, MadeUpComputer({}))
    assert str(tmp_path) in caught.value.detail


def test_a_build_that_has_its_back_ends_linked_loads_none(folder: Path) -> None:
    computer = MadeUpComputer({"libggml-cpu-x64.so": 1}, linked=True)
    assert load_backends(folder, computer) == Backends()
    assert computer.loaded == []
