"""What alembic runs for every migration: the steps, on the connection that it is given."""

from __future__ import annotations

from alembic import context

from riv_careplans.index.tables import VERSION_TABLE

__all__ = ["run"]


def run() -> None:
    """Run the steps inside the transaction that the connection is in."""
    context.configure(
        connection=context.config.attributes["connection"],
        version_table=VERSION_TABLE,
        transactional_ddl=True,
    )
    context.run_migrations()


if __name__ == "env_py":  # the name that alembic loads it by
    run()
