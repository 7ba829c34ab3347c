"""Sign in to the hub with a token, for repositories that are gated or private."""

from dataclasses import replace

from huggingface_hub import HfApi, login, logout

from engine.errors import AccessNeeded, HubTrouble
from engine.language import tr
from engine.library.hub import keyring_token
from engine.library.hub.access import HubAccess
from engine.library.hub.client import Refused, unreadable_answer
from engine.library.printable import printable


def sign_in(access: HubAccess, token: str) -> str:
    """Ask the hub whose `token` is, and keep it; the person's name there.

    It goes into the system's keyring if there is one, else where the hub library keeps it for all
    programs. Raises `AccessNeeded` for a token that the hub does not know, or `HubTrouble`.
    """
    access = replace(access, token=token)
    access.require_online()
    try:
        name = HfApi(endpoint=access.base).whoami(token)["name"]
        if not keyring_token.save_token(token):
            login(token)
    except Refused as refusal:
        raise AccessNeeded(
            tr("{host} does not know this token.").format(host=access.host),
            hint=tr("Make one with read access at {tokens_page}.").format(
                tokens_page=access.tokens_page
            ),
            page=access.tokens_page,
        ) from refusal
    except (LookupError, TypeError, ValueError) as error:
        raise unreadable_answer(access.host, error) from error
    except OSError as error:
        raise HubTrouble(tr("The token cannot be kept."), detail=str(error)) from error
    return printable(str(name))


def sign_out() -> None:
    """Forget the token, also the one that the hub library keeps for other programs."""
    keyring_token.forget_token()
    logout()
