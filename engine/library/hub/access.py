"""Which hub, in whose name, and whether at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from urllib.parse import quote

import httpx2
from httpx2 import codes
from huggingface_hub import constants, hf_hub_url
from huggingface_hub.utils import build_hf_headers

from engine.errors import AccessNeeded, BadSetting, HubTrouble
from engine.language import tr
from engine.library.hub import client
from engine.library.hub.client import Refused
from engine.library.hub.keyring_token import saved_token
from engine.library.printable import printable


@dataclass(frozen=True)
class HubAccess:
    """How the hub is reached. Making one opens no connection.

    `endpoint` is a mirror ("": `HF_ENDPOINT`, else huggingface.co). `offline` is the person's
    setting; `HF_HUB_OFFLINE` counts as well. `token` is sent to the hub and to no other host (None:
    `HF_TOKEN`, else the one that `sign_in` has kept).
    """

    endpoint: str = ""
    offline: bool = False
    token: str | None = field(default=None, repr=False)

    @property
    def base(self) -> str:
        """The address of the hub, without a slash at its end."""
        return (self.endpoint or constants.ENDPOINT).rstrip("/")

    @property
    def host(self) -> str:
        """The hub's name in sentences; "" for an impossible address."""
        return self._url.host

    def require_online(self) -> None:
        """Make the hub library ready.

        Raises `HubTrouble` in offline mode, `BadSetting` for an impossible address.
        """
        if constants.HF_HUB_OFFLINE:
            raise HubTrouble(tr("Offline mode is on: HF_HUB_OFFLINE is set."), hint=tr("Unset it."))
        if self.offline:
            raise HubTrouble(tr("Offline mode is on."), hint=tr("Switch it off in the settings."))
        if not self.host:
            raise BadSetting(
                tr("“{base}” is not the address of a hub.").format(base=printable(self.base)),
                hint=tr("It looks like https://huggingface.co."),
            )
        client.prepare()

    @property
    def chosen_token(self) -> str | None:
        """What the hub library is given; None lets it look for itself."""
        return self.token or saved_token()

    @property
    def tokens_page(self) -> str:
        """Where a person makes tokens."""
        return f"{self.base}/settings/tokens"

    def headers(self) -> dict[str, str]:
        """What says who asks. Opens no connection."""
        client.prepare()  # else the hub library asks the hub which program this runs in
        return build_hf_headers(
            token=self.chosen_token, library_name="outrider", library_version=version("outrider")
        )

    def page(self, repo: str) -> str:
        """Where a person reads about `repo`, accepts its terms and asks for access."""
        return f"{self.base}/{quote(repo)}"

    def file_url(self, repo: str, commit: str, path: str) -> str:
        """Where a file of exactly that commit is."""
        return hf_hub_url(repo, path, revision=commit, endpoint=self.base)

    @contextmanager
    def explaining(self, repo: str, path: str = "") -> Iterator[None]:
        """A refusal inside becomes a sentence about `repo`, or its file `path`."""
        try:
            yield
        except Refused as refusal:
            raise self._explained(refusal, repo, path) from refusal

    def _explained(self, refusal: Refused, repo: str, path: str) -> HubTrouble:
        if not refusal.code and refusal.address != self._url.netloc:
            return refusal  # of a storage host, which knows neither accounts nor repositories
        if refusal.status == codes.NOT_FOUND:
            return self._missing(refusal, repo, path)
        match refusal.status, refusal.code:
            case ((codes.UNAUTHORIZED | codes.FORBIDDEN), "GatedRepo"):
                return self._gated(repo)
            case codes.UNAUTHORIZED, _:
                return self._unknown_person(repo)
            case codes.FORBIDDEN, _:
                return self._forbidden(repo)
        return refusal

    def _gated(self, repo: str) -> AccessNeeded:
        page = self.page(repo)
        if self._has_token:
            return AccessNeeded(
                tr("{repo} is gated, and this account has no access to it yet.").format(repo=repo),
                hint=tr("Open {page} and accept the terms, then try again.").format(page=page),
                page=page,
            )
        return AccessNeeded(
            tr("{repo} is gated: its authors want to know who uses it.").format(repo=repo),
            hint=tr(
                "Open {page} and accept the terms, then sign in with “outrider-engine login”."
            ).format(page=page),
            page=page,
        )

    def _unknown_person(self, repo: str) -> AccessNeeded:
        # The hub says so of repositories that do not exist, too.
        if self._has_token:
            return AccessNeeded(
                tr("{host} does not accept the token that is stored here.").format(host=self.host),
                hint=tr("Sign in again with “outrider-engine login”."),
                page=self.tokens_page,
            )
        return AccessNeeded(
            tr("There is no public repository {repo} at {host}.").format(repo=repo, host=self.host),
            hint=tr("Check its name; for a private one, sign in with “outrider-engine login”."),
            page=self.page(repo),
        )

    def _forbidden(self, repo: str) -> AccessNeeded:
        return AccessNeeded(
            tr("{host} does not let this account read {repo}.").format(host=self.host, repo=repo),
            hint=tr("Open {page} to see why.").format(page=self.page(repo)),
            page=self.page(repo),
        )

    def _missing(self, refusal: Refused, repo: str, path: str) -> HubTrouble:
        is_there = refusal.code in ("EntryNotFound", "RevisionNotFound")
        if not is_there:
            sentence = tr("There is no repository {repo} at {host}.")
        elif path:
            sentence = tr("{path} is not in {repo} any more.")
        else:
            sentence = tr("The file is not in {repo} any more.")
        return HubTrouble(
            sentence.format(path=path, repo=repo, host=self.host),
            hint=tr("It may have been renamed or removed."),
        )

    @property
    def _url(self) -> httpx2.URL:
        try:
            return httpx2.URL(self.base)
        except httpx2.InvalidURL:
            return httpx2.URL()

    @property
    def _has_token(self) -> bool:
        return "authorization" in self.headers()
