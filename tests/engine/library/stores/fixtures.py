"""Stores of other apps in miniature, laid out as the apps do."""

import json
from pathlib import Path

from engine.library.stores.places import Computer
from tests.gguf_files import write_chat_model

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def file_in(folder: Path, name: str) -> Path:
    """A tiny chat model."""
    folder.mkdir(parents=True, exist_ok=True)
    return write_chat_model(folder / name)


def hugging_face(hub: Path, repo: str, name: str, commit: str = COMMIT) -> Path:
    """A download in the hub's cache: content in `blobs`, its name a link to it."""
    folder = hub / f"models--{repo.replace('/', '--')}"
    blob = file_in(folder / "blobs", f"sha-of-{name}")
    (folder / "refs").mkdir(exist_ok=True)
    (folder / "refs" / "main").write_text(commit)
    snapshot = folder / "snapshots" / commit
    snapshot.mkdir(parents=True, exist_ok=True)
    link = snapshot / name
    link.symlink_to(Path("..", "..", "blobs", blob.name))
    return link


def ollama(models: Path, name: str, digest: str = 64 * "a", *, host: str = "") -> Path:
    """A pulled model: a manifest that names the blob."""
    folder = models / "manifests" / (host or "registry.ollama.ai/library") / name.partition(":")[0]
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {
        "schemaVersion": 2,
        "layers": [
            {"mediaType": "application/vnd.ollama.image.license", "digest": f"sha256:{64 * '0'}"},
            {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}"},
        ],
    }
    (folder / name.partition(":")[2]).write_text(json.dumps(manifest))
    return file_in(models / "blobs", f"sha256-{digest}")


def jan(data: Path, name: str, *, described: bool = True) -> Path:
    """A model that Jan downloaded."""
    folder = data / "llamacpp" / "models" / name
    model = file_in(folder, "model.gguf")
    if described:
        (folder / "model.yml").write_text(
            f"model_path: llamacpp/models/{name}/model.gguf\nname: {name}\nembedding: false\n"
        )
    return model


def all_six(computer: Computer) -> dict[str, Path]:
    """One model in each app's usual place; its path by the app's name."""
    home = computer.home
    return {
        "Hugging Face": hugging_face(computer.cache / "huggingface" / "hub", "org/repo", "hf.gguf"),
        "LM Studio": file_in(home / ".lmstudio/models/publisher/model", "lm.gguf"),
        "Ollama": ollama(home / ".ollama" / "models", "qwen3:0.6b"),
        "Jan": jan(computer.roaming / "Jan" / "data", "org/tiny"),
        "GPT4All": file_in(computer.data / "nomic.ai" / "GPT4All", "g4a.gguf"),
        "TextGen": file_in(home / "text-generation-webui-3.9/user_data/models", "tg.gguf"),
    }
