"""Many sources as one: asked together under one deadline, and merged into one overview's worth.

`targets` says whom to ask, `fanout` asks, `share` says what became of each source, `merge` puts their
records together; all but `fanout` are pure.
"""

from riv_careplans.aggregate.fanout import AggregatedSource
from riv_careplans.aggregate.merge import merge, restrict
from riv_careplans.aggregate.merged import Merged
from riv_careplans.aggregate.share import NamedSource
from riv_careplans.aggregate.targets import targets

__all__ = ["AggregatedSource", "Merged", "NamedSource", "merge", "restrict", "targets"]
