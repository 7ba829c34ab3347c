"""llama-cpp-python as a release carries it: for every CPU of its kind, back ends as modules.

`python packaging/pyinstaller/llama_wheel.py OUT_DIR [--vulkan] [--cuda]` builds the wheel; it takes
about 8 minutes on 2 cores. A build as pip makes it by itself uses what the builder's CPU has and
dies on an older one.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_LIBRARIES: Final = "llama_cpp/lib"
_ALWAYS: Final = {
    "GGML_NATIVE": "OFF",
    "GGML_BACKEND_DL": "ON",
    "GGML_CPU_ALL_VARIANTS": "ON",
    "GGML_RPC": "ON",
    "LLAVA_BUILD": "OFF",
    # The package installs only the names that it knows. ggml puts its modules here by itself.
    "CMAKE_INSTALL_BINDIR": _LIBRARIES,
    "CMAKE_INSTALL_LIBDIR": _LIBRARIES,
    "CMAKE_INSTALL_INCLUDEDIR": "llama_cpp/include",
}


def options(*, vulkan: bool = False, cuda: bool = False) -> str:
    """What CMake is told."""
    more = {"GGML_VULKAN": vulkan, "GGML_CUDA": cuda}
    chosen = {**_ALWAYS, **{name: "ON" for name, wanted in more.items() if wanted}}
    return " ".join(f"-D{name}={value}" for name, value in chosen.items())


def command(folder: Path) -> list[str]:
    """The call of pip, for the version in constraints.txt."""
    return [
        *(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(folder)),
        # pip's cache knows a wheel by its version, not by the options it was built with.
        *("--no-cache-dir", "--no-binary", "llama-cpp-python"),
        *("--constraint", str(ROOT / "constraints.txt"), "llama-cpp-python"),
    ]


def main() -> None:
    """Build the wheel."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--vulkan", action="store_true", help="with Vulkan; needs its SDK")
    parser.add_argument("--cuda", action="store_true", help="with CUDA; needs its toolkit")
    args = parser.parse_args()
    told = options(vulkan=args.vulkan, cuda=args.cuda)
    subprocess.run(command(args.folder), check=True, env={**os.environ, "CMAKE_ARGS": told})


if __name__ == "__main__":
    main()
