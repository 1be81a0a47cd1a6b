"""The embedded server: a real PostgreSQL out of a Python wheel, for users without a server."""

from etl.postgres.embedded.server import leave_embedded_server, start_embedded_server

__all__ = ["leave_embedded_server", "start_embedded_server"]
