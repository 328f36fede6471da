"""The process that a GGUF model runs in: llama.cpp's server, until its parent ends. Started by rag/local.py.

A process of its own, because llama.cpp stops the one it is in: it aborts on broken files, and closing its server while
it answers blocks the interpreter for good. It reads its settings as one line of JSON from stdin, writes its address as
a line to stdout, and ends when stdin does, which the system closes even where the parent was killed.
"""

import json
import os
import sys
from typing import Any

BATCH = 256  # tokens of the prompt evaluated between two looks whether the client is still there
REMEMBERED = 512  # MiB for the state after earlier prompts, so that a beginning they share is not evaluated again


def main() -> None:
    """Serve the model that stdin names until stdin ends."""
    server = serve(**json.loads(sys.stdin.readline()))
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)  # at once: taking the server apart may wait for an answer that nobody wants


def serve(path: str, threads: int, context: int, key: str) -> Any:
    """Return a running server of a GGUF file on a free loopback port, which answers only to `key`."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = path
    params.n_ctx = context
    params.n_batch = params.n_ubatch = BATCH
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.cache_prompt = True
    params.cache_ram_mib = REMEMBERED
    params.port = 0
    params.api_keys = [key]
    params.ui = params.endpoint_slots = params.warmup = False
    params.verbosity = 1  # errors only
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
