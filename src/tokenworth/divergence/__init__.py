"""Verdicts on teams: has usage grown away from value? Pure statistics over frames; see docs/metrics.md."""

from tokenworth.divergence.ranks import rank_correlations
from tokenworth.divergence.verdicts import verdicts

__all__ = ["rank_correlations", "verdicts"]
