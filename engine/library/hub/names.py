"""Names that come from the hub, checked before they become paths, addresses or words."""

import re
from typing import Final, TypeGuard

from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id

from engine.library.file_types import FILE_TYPES

MAX_FILE_BYTES: Final = 1 << 44
_LONGEST_NAME: Final = 200
_DEEPEST_FOLDER: Final = 4
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
# No separators, drives, device streams or wildcards of any system.
_PLAIN_NAME: Final = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|]+")
_WINDOWS_DEVICE: Final = re.compile(r"(?i:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_QUANTIZATION: Final = re.compile(
    r"(?<![A-Z0-9])(?:UD-)?(?:I?Q\d_[KS0-9](?:_[A-Z]{1,3})?|FP16|"
    + "|".join(sorted(FILE_TYPES.values(), reverse=True))
    + r")(?![A-Z0-9])"
)


def is_repo(name: object) -> TypeGuard[str]:
    """Whether `name` can be a repository, as in `owner/name`."""
    if not isinstance(name, str):
        return False
    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return True


def is_commit(value: object) -> TypeGuard[str]:
    """Whether `value` is the full id of a commit."""
    return isinstance(value, str) and _COMMIT.fullmatch(value) is not None


def is_sha256(value: object) -> TypeGuard[str]:
    """Whether `value` is a SHA-256 in lower case."""
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def is_size(value: object) -> TypeGuard[int]:
    """Whether `value` can be a file's size in bytes."""
    return isinstance(value, int) and 0 < value <= MAX_FILE_BYTES


def is_safe_path(path: object) -> TypeGuard[str]:
    """Whether `path` is made of plain names, so that it stays inside any folder it is put in."""
    if not isinstance(path, str):
        return False
    names = path.split("/")
    return len(names) <= _DEEPEST_FOLDER and all(map(_is_plain, names))


def quantization(name: str) -> str:
    """The format that a file's name tells, as in `Q4_K_M` or `UD-Q2_K_XL`; "" for none."""
    found = _QUANTIZATION.findall(name.upper())
    return found[-1] if found else ""


def _is_plain(name: str) -> bool:
    return (
        len(name) <= _LONGEST_NAME
        and _PLAIN_NAME.fullmatch(name) is not None
        and _WINDOWS_DEVICE.fullmatch(name) is None
        and name.isprintable()
        and not name.startswith((".", " ", "-"))
        and not name.endswith((".", " "))
    )
