"""The way from a fresh checkout to a window, on a machine where everything is scripted."""

import io
from collections.abc import Sequence

import pytest

from first_run.machine import Finished
from first_run.main import (
    AUDIT,
    BENCH,
    BENCH_SPEED,
    BENCH_STORE,
    BENCH_UI,
    COMMANDS,
    FAULTS,
    SCREENSHOTS,
    SOAK,
    TRANSLATIONS,
    FirstRun,
    carry_out,
)
from first_run.project import Project
from tests.packaging.checkout import CONSTRAINTS, install_rpc, touch
from tests.packaging.fake_machine import OK, FakeMachine, fails

DISPLAY = {"DISPLAY": ":0"}


def again(first_run: FirstRun, command: str = "run") -> list[list[str]]:
    """Carry the command out once more; return the commands of that time alone."""
    machine = first_run.machine
    assert isinstance(machine, FakeMachine)
    machine.commands.clear()
    assert carry_out(command, first_run) == 0
    return machine.commands


def test_a_fresh_checkout_becomes_a_window(
    first_run: FirstRun, machine: FakeMachine, project: Project
) -> None:
    machine.environ = DISPLAY
    assert carry_out("run", first_run) == 0
    assert machine.handed_over == [str(project.python), "-m", "desktop"]
    order = ["-m venv", "--verbose", "--editable", "pip download", "install_starter", "QApp"]
    seen = [next(i for i, c in enumerate(machine.commands) if w in " ".join(c)) for w in order]
    assert seen == sorted(seen)


def test_llama_cpp_is_built_with_rpc(first_run: FirstRun, machine: FakeMachine) -> None:
    assert carry_out("run", first_run) == 0
    assert {"CMAKE_ARGS": "-DGGML_RPC=ON"} in machine.environments
    assert machine.count("--no-cache-dir") == 0


def test_every_pip_install_is_held_by_the_constraints(
    first_run: FirstRun, machine: FakeMachine, project: Project
) -> None:
    assert carry_out("test", first_run) == 0
    pip = [command for command in machine.commands if "pip" in command]
    assert len(pip) == 4
    for command in pip:
        assert command[command.index("--constraint") + 1] == str(project.constraints)


def test_the_second_time_nothing_is_done_again(first_run: FirstRun, machine: FakeMachine) -> None:
    machine.environ = DISPLAY
    assert carry_out("run", first_run) == 0
    assert again(first_run) == []
    assert machine.handed_over[-1] == "desktop"


def test_a_changed_pin_installs_the_packages_but_builds_nothing(
    first_run: FirstRun, machine: FakeMachine, project: Project
) -> None:
    assert carry_out("run", first_run) == 0
    project.constraints.write_text(f"{CONSTRAINTS}numpy==2.0\n")
    (command,) = again(first_run)
    assert "--editable" in command


def test_a_step_that_failed_is_the_first_one_the_next_time(
    first_run: FirstRun, machine: FakeMachine
) -> None:
    download = machine.effects["pip download"]
    machine.effects["pip download"] = fails("NewConnectionError\n")
    assert carry_out("run", first_run) == 1
    machine.effects["pip download"] = download
    again(first_run)
    assert machine.count("--verbose") == machine.count("--editable") == 0
    assert machine.count("pip download") == 1


def test_a_lost_interpreter_starts_over(
    first_run: FirstRun, machine: FakeMachine, project: Project
) -> None:
    assert carry_out("run", first_run) == 0
    project.python.unlink()
    again(first_run)
    assert machine.count("-m venv --clear") == 1
    assert machine.count("--editable") == 1
    assert machine.count("pip download") == 0, "the starter model is still there"


def test_a_moved_checkout_is_installed_again(
    first_run: FirstRun, machine: FakeMachine, project: Project
) -> None:
    assert carry_out("run", first_run) == 0
    (project.stamps / "environment").write_text("/elsewhere")
    again(first_run)
    assert machine.count("--editable") == 1
    assert machine.count("-m venv") == 0, "the environment itself still works"


def test_an_environment_made_by_hand_is_adopted(
    first_run: FirstRun, machine: FakeMachine, project: Project
) -> None:
    touch(project.python)
    assert carry_out("run", first_run) == 0
    assert machine.count("-m venv") == 0


def test_a_cached_build_without_rpc_is_built_again(
    first_run: FirstRun, machine: FakeMachine, project: Project
) -> None:
    def build(command: Sequence[str]) -> Finished:
        if "--no-cache-dir" in command:
            install_rpc(project)
        return OK

    machine.effects["--verbose"] = build
    assert carry_out("run", first_run) == 0
    assert machine.count("--verbose") == 2
    assert machine.count("--force-reinstall --no-cache-dir") == 1


def test_a_build_that_never_has_rpc_is_refused(
    first_run: FirstRun, machine: FakeMachine, screen: io.StringIO
) -> None:
    machine.effects["--verbose"] = lambda _command: OK
    assert carry_out("run", first_run) == 1
    assert "built without its RPC back end" in screen.getvalue()


def test_build_options_of_the_user_are_used_and_remembered(
    first_run: FirstRun, machine: FakeMachine
) -> None:
    machine.environ = {"CMAKE_ARGS": "-DGGML_CUDA=on"}
    assert carry_out("run", first_run) == 0
    assert {"CMAKE_ARGS": "-DGGML_RPC=ON -DGGML_CUDA=on"} in machine.environments
    assert machine.count("--no-cache-dir") == 1
    machine.environ = {}
    assert again(first_run) == []


def test_other_build_options_build_again(first_run: FirstRun, machine: FakeMachine) -> None:
    assert carry_out("run", first_run) == 0
    machine.environ = {"CMAKE_ARGS": "-DGGML_VULKAN=on"}
    again(first_run)
    assert machine.count("--verbose") == 1


def test_without_a_display_the_terminal_chat_opens(
    first_run: FirstRun, machine: FakeMachine, screen: io.StringIO
) -> None:
    assert carry_out("run", first_run) == 0
    assert machine.handed_over[1:4] == ["-m", "engine", "chat"]
    assert "no display, so Outrider opens in the terminal" in screen.getvalue()
    assert machine.count("QApplication") == 0


def test_a_dead_display_opens_the_terminal_chat(first_run: FirstRun, machine: FakeMachine) -> None:
    machine.environ = DISPLAY
    machine.effects["QApplication"] = fails("could not connect to display :0\n")
    assert carry_out("run", first_run) == 0
    assert machine.handed_over[2:4] == ["engine", "chat"]


def test_a_missing_library_stops_with_its_command(
    first_run: FirstRun, machine: FakeMachine, screen: io.StringIO
) -> None:
    machine.environ = DISPLAY
    machine.effects["QApplication"] = fails("libEGL.so.1: cannot open shared object file\n")
    assert carry_out("run", first_run) == 1
    assert machine.handed_over == []
    assert "\n    sudo apt install libegl1 " in screen.getvalue()


def test_what_is_missing_is_said_before_anything_is_made(
    first_run: FirstRun, machine: FakeMachine, screen: io.StringIO
) -> None:
    machine.programs = {"apt-get"}
    assert carry_out("run", first_run) == 1
    assert machine.commands == []
    assert "\n    sudo apt install build-essential\n" in screen.getvalue()


def test_an_installed_checkout_needs_no_compiler(first_run: FirstRun, machine: FakeMachine) -> None:
    assert carry_out("run", first_run) == 0
    machine.programs, machine.free = set(), 0
    assert again(first_run) == []


def test_ctrl_c_ends_with_130(first_run: FirstRun, machine: FakeMachine) -> None:
    def interrupted(_command: Sequence[str]) -> Finished:
        raise KeyboardInterrupt

    machine.effects["--verbose"] = interrupted
    assert carry_out("run", first_run) == 130


def test_a_damaged_starter_package_is_told_in_the_engines_words(
    first_run: FirstRun, machine: FakeMachine, screen: io.StringIO
) -> None:
    machine.effects["install_starter"] = fails("starter.whl is damaged. Download it again.\n")
    assert carry_out("run", first_run) == 1
    assert "\nstarter.whl is damaged. Download it again.\n" in screen.getvalue()


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full."),
        ("NameResolutionError(...)\nNo matching distribution found for x", "does not answer"),
        ("ERROR: Failed building wheel for llama-cpp-python", "does not compile"),
        ("ERROR: No matching distribution found for numpy==9", "has no numpy==9 for this"),
        ("ERROR: ?", "pip could not install"),
    ],
)
def test_why_pip_failed_is_one_sentence_and_a_log(
    first_run: FirstRun, machine: FakeMachine, screen: io.StringIO, output: str, sentence: str
) -> None:
    machine.effects["--editable"] = fails(output)
    assert carry_out("run", first_run) == 1
    assert sentence in screen.getvalue()
    assert "build/setup.log" in screen.getvalue()


def test_the_bench_runs_on_the_pair_and_can_draw(
    first_run: FirstRun, machine: FakeMachine, project: Project
) -> None:
    assert carry_out("bench", first_run) == 0
    assert machine.handed_over[1:] == list(BENCH)
    assert machine.count(".[report]") == 1
    assert (project.root / "build").is_dir()


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("bench-speed", BENCH_SPEED),
        ("bench-store", BENCH_STORE),
        ("bench-ui", BENCH_UI),
        ("soak", SOAK),
        ("faults", FAULTS),
        ("audit", AUDIT),
        ("translations", TRANSLATIONS),
    ],
)
def test_a_tool_of_developers_is_handed_over_to(
    first_run: FirstRun,
    machine: FakeMachine,
    project: Project,
    name: str,
    command: tuple[str, ...],
) -> None:
    assert carry_out(name, first_run) == 0
    assert machine.handed_over == [str(project.python), *command]


def test_an_audit_gets_its_tool(first_run: FirstRun, machine: FakeMachine) -> None:
    assert carry_out("audit", first_run) == 0
    assert machine.count(".[audit]") == 1


@pytest.mark.parametrize(
    ("name", "command"), [("screenshots", SCREENSHOTS), ("bench-ui", BENCH_UI)]
)
def test_what_shows_windows_gets_a_display_of_its_own(
    first_run: FirstRun,
    machine: FakeMachine,
    project: Project,
    name: str,
    command: tuple[str, ...],
) -> None:
    machine.programs.add("xvfb-run")
    assert carry_out(name, first_run) == 0
    assert machine.handed_over[:2] == ["/usr/bin/xvfb-run", "-a"]
    assert machine.handed_over[4:] == [str(project.python), *command]


def test_timing_the_window_without_any_display_is_one_sentence(
    first_run: FirstRun, machine: FakeMachine, screen: io.StringIO
) -> None:
    machine.effects["QApplication"] = fails("could not connect to display\n")
    assert carry_out("bench-ui", first_run) == 1
    assert "needs a display, or xvfb-run" in screen.getvalue()
    assert machine.handed_over == []


def test_screenshots_are_taken_on_the_own_display_without_xvfb(
    first_run: FirstRun, machine: FakeMachine, project: Project
) -> None:
    assert carry_out("screenshots", first_run) == 0
    assert machine.handed_over == [str(project.python), *SCREENSHOTS]


def test_every_command_of_the_makefile_exists(first_run: FirstRun) -> None:
    assert set(COMMANDS) == {
        *("run", "test", "lint", "format", "translations"),
        *(
            "bench",
            "bench-speed",
            "bench-store",
            "bench-ui",
            "soak",
            "faults",
            "audit",
            "screenshots",
        ),
        *("bundle", "deb", "rpm", "tar", "try-packages", "release", "clean"),
    }


@pytest.mark.parametrize(
    ("command", "program"),
    [
        ("bundle", ["packaging/freeze.py"]),
        ("deb", ["packaging/linux/pack.py", "deb"]),
        ("rpm", ["packaging/linux/pack.py", "rpm"]),
        ("tar", ["packaging/linux/pack.py", "tar"]),
        ("release", ["packaging/release.py"]),
    ],
)
def test_packages_are_made_with_tools_that_only_they_need(
    first_run: FirstRun,
    machine: FakeMachine,
    project: Project,
    command: str,
    program: list[str],
) -> None:
    assert carry_out(command, first_run) == 0
    assert machine.handed_over == [str(project.python), *program]
    assert machine.count(".[bundle]") == 1
    assert machine.count(f"--target {project.release_llama}") == 1
    assert again(first_run, command) == []


def test_packages_are_tried_with_what_is_there(
    first_run: FirstRun, machine: FakeMachine, project: Project
) -> None:
    assert carry_out("try-packages", first_run) == 0
    assert machine.handed_over[1:] == ["packaging/linux/trial/try_packages.py"]
    assert machine.count(".[bundle]") == 0


def test_releases_run_on_other_cpus_than_the_builders(
    first_run: FirstRun, machine: FakeMachine, project: Project
) -> None:
    machine.environ = {"CMAKE_ARGS": "-DGGML_VULKAN=ON"}
    assert carry_out("bundle", first_run) == 0
    built = next(i for i, command in enumerate(machine.commands) if "--target" in command)
    assert {"--no-cache-dir", "--no-binary"} <= set(machine.commands[built])
    options = machine.environments[built]["CMAKE_ARGS"].split()
    for option in ("GGML_NATIVE=OFF", "GGML_BACKEND_DL=ON", "GGML_CPU_ALL_VARIANTS=ON"):
        assert f"-D{option}" in options
    assert options[-1] == "-DGGML_VULKAN=ON"


def test_what_the_builder_asked_for_once_is_in_the_release_too(
    first_run: FirstRun, machine: FakeMachine
) -> None:
    machine.environ = {"CMAKE_ARGS": "-DGGML_CUDA=on"}
    assert carry_out("run", first_run) == 0
    machine.environ = {}
    machine.environments.clear()
    again(first_run, "bundle")
    assert any(env.get("CMAKE_ARGS", "").endswith("-DGGML_CUDA=on") for env in machine.environments)
