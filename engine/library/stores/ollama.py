"""Ollama's store: `manifests/host/namespace/name/tag` point to `blobs/sha256-...`.

Manifests are written by whoever published the model. A digest is used as a file name only where it
is one; nothing else of a manifest reaches the file system.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from engine.library.stores.found import FoundFile
from engine.library.stores.small_files import read_json, text_in

_WEIGHTS: Final = "application/vnd.ollama.image.model"
_DIGEST: Final = re.compile(r"sha256[:-]([0-9a-f]{64})")
_DEFAULT_HOST: Final = "registry.ollama.ai"
_DEFAULT_NAMESPACE: Final = "library"
_MANIFEST: Final = "*/*/*/*"


def find_models(root: Path) -> Iterator[FoundFile]:
    """Every model that a manifest names, as `ollama list` names it.

    A model whose weights Ollama keeps in another form than one GGUF is left out.
    """
    for manifest in sorted((root / "manifests").glob(_MANIFEST)):
        digest = _weights_digest(read_json(manifest))
        if digest:
            host, namespace, name, tag = manifest.parts[-4:]
            title = _title(host, namespace, name, tag)
            yield FoundFile(root / "blobs" / f"sha256-{digest}", title)


def _weights_digest(manifest: dict[str, Any]) -> str:
    layers = manifest.get("layers")
    for layer in layers if isinstance(layers, list) else ():
        if isinstance(layer, dict) and layer.get("mediaType") == _WEIGHTS:
            match = _DIGEST.fullmatch(text_in(layer, "digest"))
            return match[1] if match else ""
    return ""


def _title(host: str, namespace: str, name: str, tag: str) -> str:
    parts = [host, namespace, f"{name}:{tag}"]
    if host == _DEFAULT_HOST:
        parts = parts[2:] if namespace == _DEFAULT_NAMESPACE else parts[1:]
    return "/".join(parts)
