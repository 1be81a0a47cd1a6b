"""Runs a real PostgreSQL out of a wheel, for a start without a database server."""

from etl.postgres.embedded.server import leave_embedded_server, start_embedded_server

__all__ = ["leave_embedded_server", "start_embedded_server"]
