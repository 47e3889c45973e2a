"""An engagement index: who has something about whom. Update, FindContent and ProcessNotification 1.0.

- `service` speaks the contracts, behind the producer's guard;
- `store` keeps the posts by the rules of their keys, in `tables` that the `migrations` make;
- `seal` hides whom a post is about, and `database` is SQLite or PostgreSQL.
"""

from riv_careplans.index.database import Database
from riv_careplans.index.seal import read_secret
from riv_careplans.index.service import make_app
from riv_careplans.index.store import Count, Stats, Store

__all__ = ["Count", "Database", "Stats", "Store", "make_app", "read_secret"]
