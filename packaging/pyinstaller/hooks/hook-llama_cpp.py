"""llama-cpp-python loads its libraries by path, so PyInstaller does not see them by itself."""

import re

from PyInstaller.utils.hooks import collect_dynamic_libs, copy_metadata

# A wheel has no links: each library lies in it under three names. ctypes opens `libllama.so`, the
# others need `libggml.so.0`; nothing asks for `libggml.so.0.25.3`. mtmd reads pictures, and
# llama-common serves llama.cpp's own programs; we do neither.
_NEVER_ASKED_FOR = re.compile(r"\.so\.\d+\.\d+|mtmd|llama-common")

binaries = [
    (source, folder)
    for source, folder in collect_dynamic_libs(
        "llama_cpp", search_patterns=["*.so", "*.so.*", "*.dylib", "*.dll"]
    )
    if not _NEVER_ASKED_FOR.search(source)
]
datas = copy_metadata("llama-cpp-python")
excludedimports = ["llama_cpp.server"]
