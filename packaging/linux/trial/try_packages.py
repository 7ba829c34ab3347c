"""`make try-packages`: the packages in dist/ on a clean Debian 12 without Python.

Each is installed, started and removed as a person would do it, on a display of its own. Besides
root it takes debootstrap, Xvfb, xdotool, ImageMagick, rpm2cpio, cpio and a C compiler.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from freeze import FOLDER, ROOT
from linux.trial.clean_root import HOME, PERSON, CleanRoot, clean_root, in_own_mounts
from linux.trial.display import open_display, wait_for_window
from linux.trial.native import MARK, build_planted, build_without_driver

PICTURES: Final = ROOT / "build" / "trial"
_INSTALLED: Final = Path("/opt/outrider")
_BACKENDS: Final = Path("lib/llama_cpp/lib")
_DATA: Final = HOME / ".local/share/outrider"


def main() -> None:
    """Try all of them. Ends with a traceback at the first thing that does not work."""
    in_own_mounts()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with open_display() as display, clean_root(ROOT / "build" / "clean-root", display) as root:
        _require_no_python(root)
        try_deb(root, _package("deb"))
        try_rpm(root, _package("rpm"))
        try_archive(root, _package("tar.xz"))


def try_deb(root: CleanRoot, package: Path) -> None:
    """Install, use and remove it."""
    depends = _printed("dpkg-deb", "--field", str(package), "Depends")
    root.as_root("apt-get", "update", "--quiet")
    root.as_root("apt-get", "satisfy", "--yes", "--quiet", "--no-install-recommends", depends)
    inside = Path("/tmp", package.name)  # noqa: S108 - in the clean root
    _copy(package, root.path(inside))
    root.as_root("dpkg", "--install", str(inside))
    root.path(inside).unlink()
    _say("deb", f"installed, with {depends.strip()}")
    _require_all_libraries(root)
    _self_test(root, "outrider", "deb")
    try_backends(root)
    try_window(root)
    root.as_root("dpkg", "--remove", "outrider")
    if root.path(_INSTALLED).exists() or not any(root.path(_DATA).iterdir()):
        raise AssertionError("Removal left the program, or took the person's data.")
    _say("removal", f"takes {_INSTALLED}, and leaves {_DATA}")


def try_rpm(root: CleanRoot, package: Path) -> None:
    """Unpack it over the same system, whose libraries are those that the .deb asked for."""
    with subprocess.Popen(["rpm2cpio", str(package)], stdout=subprocess.PIPE) as source:
        unpack = ["cpio", "--extract", "--make-directories", "--quiet"]
        subprocess.run(unpack, stdin=source.stdout, cwd=root.folder, check=True)
    _self_test(root, "outrider", "rpm")
    root.as_root("rm", "-r", str(_INSTALLED), "/usr/bin/outrider", "/usr/bin/outrider-engine")


def try_archive(root: CleanRoot, package: Path) -> None:
    """Unpack it at home, as what carries its data along."""
    subprocess.run(["tar", "-xJf", str(package), "-C", root.path(HOME)], check=True)
    (unpacked,) = root.path(HOME).glob("outrider-*")
    root.as_root("chown", "-R", f"{PERSON}:", f"{HOME}/{unpacked.name}")
    (unpacked / "portable").touch()
    program = HOME / unpacked.name / "outrider"
    root.as_person(str(program), "conversations", "list")
    if not (unpacked / "outrider-home").is_dir():
        raise AssertionError("What is portable did not keep its data beside it.")
    _self_test(root, str(program), "tar")


def try_backends(root: CleanRoot) -> None:
    """The best variant is taken, another where it is gone; nothing of the current directory."""
    folder = root.path(_INSTALLED / _BACKENDS)
    first = _devices(root)["loaded"]
    (best,) = first
    variant = folder / f"libggml-{best}.so"
    variant.rename(folder / "set-aside")
    second = _devices(root)["loaded"]
    (folder / "set-aside").rename(variant)
    if second == first:
        raise AssertionError(f"{best} was removed, and chosen all the same.")
    _say("variants", f"{best} is chosen here, {second[0]} without it")

    planted = root.path(HOME / "libggml-cpu-zzz.so")
    build_planted(planted)
    build_planted(planted.with_name("libggml-blas.so"))
    outside = {"GGML_BACKEND_PATH": str(HOME / planted.name), "LLAMA_CPP_LIB_PATH": str(HOME)}
    if _devices(root, outside)["loaded"] != first or root.path(MARK).exists():
        raise AssertionError("A back end of the current directory was loaded.")
    _copy(planted, folder / planted.name)
    control = ["chroot", str(root.folder), "outrider-engine", "devices"]
    subprocess.run(control, capture_output=True, check=False)
    if not root.path(MARK).exists():
        raise AssertionError("The planted back end does nothing, so this trial shows nothing.")
    (folder / planted.name).unlink()
    _say("planted", "two back ends in the current directory were not opened")

    build_without_driver(folder / "libggml-vulkan.so")
    (failed,) = _devices(root)["unusable"]
    (folder / "libggml-vulkan.so").unlink()
    _say("no driver", f"{failed['name']}: {failed['reason']}")


def try_window(root: CleanRoot) -> None:
    """`outrider file.gguf` opens the window, and asks before it loads the file."""
    model = root.path(HOME / "my-model.gguf")
    _copy(root.path(_INSTALLED / "lib/smollm2-135m.gguf"), model)
    start = time.monotonic()
    with root.started("outrider", model.name):
        wait_for_window("Outrider")
        seconds = time.monotonic() - start
        wait_for_window("Choose models")
        time.sleep(5)  # for the picture alone: a list of models is read in a thread
        subprocess.run(["import", "-window", "root", PICTURES / "installed.png"], check=True)
    _say("window", f"{seconds:.1f} s, {PICTURES / 'installed.png'}")


def _self_test(root: CleanRoot, program: str, name: str) -> None:
    picture = f"self-test-{name}.png"
    report = root.as_person(program, "--self-test", "--json", "--picture", str(HOME / picture))
    steps = json.loads(report)["steps"]
    _copy(root.path(HOME / picture), PICTURES / picture)
    _say(name, "; ".join(f"{step['name']} {step['seconds']} s" for step in steps))


def _devices(root: CleanRoot, also: dict[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
    printed = root.as_person("outrider-engine", "devices", "--json", also=also)
    return json.loads(printed)["backends"]


def _require_no_python(root: CleanRoot) -> None:
    if found := [*root.path(Path("/usr/bin")).glob("python*")]:
        raise AssertionError(f"There is {found[0].name} in the clean root.")


def _require_all_libraries(root: CleanRoot) -> None:
    """No library of the folder lacks one that the package should have asked for."""
    look = (
        f"find {_INSTALLED} -name '*.so*' -type f | LD_LIBRARY_PATH="
        f"{_INSTALLED}/lib:{_INSTALLED / _BACKENDS} "
        "xargs ldd 2>/dev/null | grep 'not found' | sort -u || true"
    )
    if missing := root.as_root("sh", "-c", look).strip():
        raise AssertionError(f"These libraries are missing: {missing}")


def _package(kind: str) -> Path:
    (found,) = FOLDER.parent.glob(f"outrider-*.{kind}")
    return found


def _printed(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _copy(source: Path, destination: Path) -> None:
    destination.write_bytes(source.read_bytes())


def _say(name: str, words: str) -> None:
    print(f"ok  {name}: {words}", flush=True)


if __name__ == "__main__":
    main()
