"""Downloads a file in a process of its own: HUB_URL CACHE_FOLDER REPO FILE."""

import sys
from pathlib import Path

from engine.cancel import CancelToken
from engine.library.hub.access import HubAccess
from engine.library.hub.search import Hub
from engine.library.hub.transfer import Transfer


def main(url: str, cache_folder: str, repo: str, path: str) -> None:
    """Print where the file is."""
    access = HubAccess(url)
    (model,) = (m for m in Hub(access).details(repo).models if m.files[0].path == path)
    print(Transfer(model, access, Path(cache_folder)).run(CancelToken()))


if __name__ == "__main__":
    main(*sys.argv[1:])
