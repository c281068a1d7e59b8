"""A port for a server that a test starts.

Here belongs finding one. Not here: the servers (``mail_server``, ``postgresql``, ``spark.servers``).
"""

from __future__ import annotations

import socket


def free_port() -> int:
    """Return a port of this machine that nobody listens on, for a server that cannot choose one itself."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
