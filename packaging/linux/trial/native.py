"""Made-up back ends: one that leaves a mark where it is loaded, one whose driver is missing."""

import subprocess
from pathlib import Path
from typing import Final

MARK: Final = Path("/tmp/planted-back-end")  # noqa: S108 - in the clean root
_PLANTED: Final = f"""
#include <stdio.h>
__attribute__((constructor)) static void mark(void) {{
    FILE *file = fopen("{MARK}", "w");
    if (file) fclose(file);
}}
int ggml_backend_score(void) {{ return 1000000; }}
void *ggml_backend_init(void) {{ return 0; }}
"""


def build_planted(file: Path) -> None:
    """One that says it is the best for every CPU, and leaves `MARK` as soon as it is opened."""
    _compile(file, _PLANTED)


def build_without_driver(file: Path) -> None:
    """One that needs a library that is not there, as Vulkan's does without a driver."""
    driver = file.with_name("libvulkan.so.1")
    _compile(driver, "int vkCreateInstance(void) { return 0; }", "-Wl,-soname,libvulkan.so.1")
    _compile(
        file,
        "int vkCreateInstance(void); int use(void) { return vkCreateInstance(); }",
        str(driver),
    )
    driver.unlink()


def _compile(file: Path, source: str, *more: str) -> None:
    command = ["cc", "-shared", "-fPIC", "-x", "c", "-", "-x", "none", *more, "-o", str(file)]
    subprocess.run(command, input=source, text=True, check=True)
