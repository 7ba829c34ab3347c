"""Each missing piece is one sentence, with the command that mends it."""

import pytest

from first_run import checks
from first_run.machine import Finished
from first_run.project import Project
from first_run.trouble import Trouble
from tests.packaging.fake_machine import FakeMachine, fails


def test_a_python_without_venv_is_refused() -> None:
    with pytest.raises(Trouble, match="without the venv module") as caught:
        checks.require_venv(FakeMachine(modules={"venv"}))
    assert caught.value.command.endswith("-venv")


@pytest.mark.parametrize("program", ["c++", "g++", "clang++"])
def test_any_compiler_will_do(project: Project, program: str) -> None:
    checks.require_compiler(project, FakeMachine(programs={program}))


def test_the_compiler_of_cxx_will_do(project: Project) -> None:
    machine = FakeMachine(programs={"g++-14"}, environ={"CXX": "g++-14"})
    checks.require_compiler(project, machine)


def test_no_compiler_is_one_sentence_and_one_command(project: Project) -> None:
    with pytest.raises(Trouble, match="there is no C\\+\\+ compiler") as caught:
        checks.require_compiler(project, FakeMachine(programs={"apt-get"}))
    assert caught.value.command == "sudo apt install build-essential"


def test_macos_is_asked_for_its_developer_tools(project: Project) -> None:
    machine = FakeMachine(platform="darwin", effects={"xcode-select": fails("no tools")})
    with pytest.raises(Trouble) as caught:
        checks.require_compiler(project, machine)
    assert caught.value.command == "xcode-select --install"


def test_windows_without_visual_studio_is_refused(project: Project) -> None:
    with pytest.raises(Trouble) as caught:
        checks.require_compiler(project, FakeMachine(platform="win32", programs=set()))
    assert caught.value.command.startswith("winget install Microsoft.VisualStudio")


def test_windows_with_visual_cpp_passes(project: Project) -> None:
    root = project.root / "Program Files (x86)"
    vswhere = root / "Microsoft Visual Studio/Installer/vswhere.exe"
    vswhere.parent.mkdir(parents=True)
    vswhere.touch()
    machine = FakeMachine(
        platform="win32",
        programs=set(),
        environ={"ProgramFiles(x86)": str(root)},
        effects={"vswhere": lambda _command: Finished(0, "C:/Visual Studio\n")},
    )
    checks.require_compiler(project, machine)


def test_a_small_disk_is_refused_with_both_sizes(project: Project) -> None:
    with pytest.raises(Trouble, match=r"takes 3 GB, .* has 2\.5 GB left"):
        checks.require_disk(project, FakeMachine(free=2_500_000_000))


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"QT_QPA_PLATFORM": "offscreen"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_where_a_window_could_open(platform: str, environ: dict[str, str], expected: bool) -> None:
    assert checks.has_display(platform, environ) is expected


def test_the_missing_library_is_named(project: Project) -> None:
    output = "ImportError: libEGL.so.1: cannot open shared object file: No such file\n"
    machine = FakeMachine(effects={"QApplication": fails(output)})
    with pytest.raises(Trouble, match=r"needs libEGL\.so\.1, and") as caught:
        checks.require_qt(project, machine, offscreen=True)
    assert "libegl1" in caught.value.command
    assert machine.environments[-1]["QT_QPA_PLATFORM"] == "offscreen"


def test_the_library_that_the_display_plugin_misses_is_named(project: Project) -> None:
    output = (
        "Cannot load library libqxcb.so: libxcb-cursor.so.0: cannot open shared object file\n"
        "From 6.5.0, xcb-cursor0 or libxcb-cursor0 is needed to load the Qt xcb platform plugin.\n"
    )
    machine = FakeMachine(effects={"QApplication": fails(output)})
    with pytest.raises(Trouble, match=r"needs libxcb-cursor\.so\.0, and") as caught:
        checks.require_qt(project, machine, offscreen=False)
    assert "libxcb-cursor0" in caught.value.command


def test_a_display_that_does_not_answer_is_no_display(project: Project) -> None:
    machine = FakeMachine(effects={"QApplication": fails("could not connect to display :7\n")})
    with pytest.raises(checks.NoDisplay):
        checks.require_qt(project, machine, offscreen=False)


def test_a_failure_of_qt_without_a_name_still_gets_the_command(project: Project) -> None:
    machine = FakeMachine(effects={"QApplication": fails("Aborted\n")})
    with pytest.raises(Trouble, match="most often because a system library") as caught:
        checks.require_qt(project, machine, offscreen=False)
    assert caught.value.command.startswith("sudo apt install ")
