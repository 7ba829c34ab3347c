"""Connections to workers are tested while they are silent."""

import socket

from engine.rpc_keepalive import keep_alive


def is_tested(connection: socket.socket) -> bool:
    return bool(connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))


def test_only_the_connections_to_the_workers_are_tested() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as worker,
        socket.create_server(("127.0.0.1", 0)) as other,
        socket.create_connection(worker.getsockname()) as to_worker,
        socket.create_connection(other.getsockname()) as to_other,
    ):
        endpoint = f"localhost:{worker.getsockname()[1]}"
        assert keep_alive([endpoint]) == 1
        assert (is_tested(to_worker), is_tested(to_other)) == (True, False)
        assert to_worker.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 3
        to_worker.sendall(b"still open")


def test_a_name_that_nobody_knows_is_no_failure() -> None:
    assert keep_alive(["nowhere.invalid:1"]) == 0
    assert keep_alive([]) == 0
