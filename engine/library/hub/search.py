"""Search the hub and look into its repositories."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Final

from huggingface_hub import HfApi
from huggingface_hub.hf_api import ExpandModelProperty_T, ModelInfo, ModelSort_T
from huggingface_hub.utils import get_session

from engine.cancel import CancelToken
from engine.errors import HubTrouble, OutriderError
from engine.language import tr
from engine.library.gguf_format import GgufHeader
from engine.library.hub.access import HubAccess
from engine.library.hub.client import unreadable_answer
from engine.library.hub.model_card import CARD_BYTES, summary_of
from engine.library.hub.names import is_commit, is_repo
from engine.library.hub.patience import Patience
from engine.library.hub.remote_header import read_remote_header
from engine.library.hub.repo_facts import GgufFacts, found_repo, licence_of
from engine.library.hub.repo_files import models_of
from engine.library.hub.values import RemoteModel, RepoDetails, SearchPage, Sort
from engine.library.printable import printable

_HUB_SORT: Final[Mapping[Sort, ModelSort_T]] = {
    Sort.DOWNLOADS: "downloads",
    Sort.LIKES: "likes",
    Sort.UPDATED: "last_modified",
    Sort.TRENDING: "trending_score",
}
_HIGHEST_LIMIT: Final = 1000
_ROW: Final[list[ExpandModelProperty_T]] = [
    "downloads",
    "likes",
    "lastModified",
    "gated",
    "gguf",
    "tags",
]
_HURRIED: Final = Patience(delays=(0.5, 1.5), longest=10)
"""Somebody waits for the answer."""


class Hub:
    """Search and repository details. Any thread may ask; each call waits for the network.

    Every method raises `HubTrouble`: `HubUnreachable` where trying again may help, `AccessNeeded`
    where a repository wants a token or its terms accepted; and `BadSetting` for an address or a
    proxy that cannot be used. `cancel` ends the waits between attempts with `Cancelled`.
    """

    def __init__(self, access: HubAccess | None = None, *, patience: Patience = _HURRIED) -> None:
        self._access = access or HubAccess()
        self._patience = patience

    def search(
        self,
        text: str,
        *,
        sort: Sort = Sort.DOWNLOADS,
        limit: int = 30,
        most_parameters: int | None = None,
        cancel: CancelToken | None = None,
    ) -> SearchPage:
        """Repositories of GGUF text models whose names hold `text`, best first.

        `limit` counts what the hub is asked for, at most 1,000. Of that, `most_parameters` leaves
        only models that are known to be no larger: drafts for a target.
        """
        limit = min(max(limit, 1), _HIGHEST_LIMIT)

        def ask() -> list[ModelInfo]:
            found = self._api().list_models(
                search=text.strip(),
                filter="gguf",
                pipeline_tag="text-generation",
                sort=_HUB_SORT[sort],
                limit=limit,
                expand=_ROW,
            )
            return list(islice(found, limit))

        with self._readable():
            rows = self._patience.insist(ask, cancel or CancelToken())
            found = [found_repo(row) for row in rows if is_repo(row.id)]
        if most_parameters is not None:
            found = [repo for repo in found if 0 < (repo.parameters or 0) <= most_parameters]
        return SearchPage(tuple(found), has_more=len(rows) == limit)

    def details(self, repo: str, *, cancel: CancelToken | None = None) -> RepoDetails:
        """The models, the card and the conditions of `repo`, at the newest commit."""
        if not is_repo(repo):
            raise HubTrouble(
                tr("“{repo}” is not the name of a repository.").format(repo=printable(repo)),
                hint=tr("It looks like owner/name."),
            )
        with self._access.explaining(repo), self._readable():
            info = self._patience.insist(
                lambda: self._api().model_info(repo, files_metadata=True),
                cancel or CancelToken(),
            )
            return self._details(repo, info)

    def header(self, model: RemoteModel, *, cancel: CancelToken | None = None) -> GgufHeader:
        """The GGUF header of the first file, some megabytes: to judge a pair before a download.

        Raises `BadModelFile` as well.
        """
        cancel = cancel or CancelToken()
        with self._access.explaining(model.repo, model.files[0].path):
            return self._patience.insist(
                lambda: read_remote_header(model, self._access, cancel), cancel
            )

    def _details(self, repo: str, info: ModelInfo) -> RepoDetails:
        if not is_commit(info.sha):
            raise unreadable_answer(self._access.host, f"commit {info.sha!r}")
        facts = GgufFacts.of(info)
        return RepoDetails(
            repo=repo,
            commit=info.sha,
            page=self._access.page(repo),
            licence=licence_of(info),
            is_gated=bool(info.gated),
            summary=self._summary(repo, info.sha),
            architecture=facts.architecture,
            parameters=facts.parameters,
            context_length=facts.context_length,
            models=models_of(repo, info.sha, info.siblings or []),
        )

    def _summary(self, repo: str, commit: str) -> str:
        """Nothing where the card is missing or may not be read: it is only an extra."""
        url = self._access.file_url(repo, commit, "README.md")
        headers = self._access.headers() | {"Range": f"bytes=0-{CARD_BYTES - 1}"}
        with suppress(OutriderError):
            return summary_of(get_session().get(url, headers=headers).content)
        return ""

    def _api(self) -> HfApi:
        self._access.require_online()
        return HfApi(endpoint=self._access.base, token=self._access.chosen_token)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """The hub library trusts the form of an answer; here it need not be right."""
        try:
            yield
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise unreadable_answer(self._access.host, error) from error
