"""`login` and `logout`: the person's token for gated and private repositories."""

import argparse
import getpass
import sys

from engine.errors import BadSetting


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`login` and `logout`."""
    login = commands.add_parser("login", help="keep a token of the hub, for gated models")
    login.set_defaults(run=run_login)
    logout = commands.add_parser("logout", help="forget the token of the hub")
    logout.set_defaults(run=run_logout)


# As in `download`: the hub library takes a third of a second to import.


def run_login(_args: argparse.Namespace) -> None:
    """Ask for a token without showing it, or read one from stdin; keep it if the hub knows it."""
    from engine.library.hub.access import HubAccess  # noqa: PLC0415
    from engine.library.hub.sign_in import sign_in  # noqa: PLC0415

    access = HubAccess()
    if sys.stdin.isatty():
        print(f"Make a token with read access: {access.tokens_page}")
        token = getpass.getpass("Token: ").strip()
    else:
        token = sys.stdin.readline().strip()
    if not token:
        raise BadSetting("No token was given.")
    print(f"Signed in as {sign_in(access, token)}.")


def run_logout(_args: argparse.Namespace) -> None:
    """Forget the token."""
    from engine.library.hub.sign_in import sign_out  # noqa: PLC0415

    sign_out()
    print("Signed out. The token is forgotten for all programs that use the hub's own store.")
