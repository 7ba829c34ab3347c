"""An RPC worker on this machine's CPU, until it is killed: `rpc_worker_child.py HOST:PORT`."""

import sys

from engine.llama.devices import serve_rpc

if __name__ == "__main__":
    serve_rpc(sys.argv[1], threads=1).join()
