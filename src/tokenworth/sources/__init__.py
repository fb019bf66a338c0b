"""The sources: every module below `usage/`, `work/` and `people/` that declares one."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from functools import cache

from tokenworth.sources import people, usage, work
from tokenworth.sources.declare import Evidence, Source

# People first: who they are decides what is hidden in the names that the others carry.
_PACKAGES = (people, work, usage)


@cache
def all_sources() -> dict[str, Source]:
    """Every declared source by name, in the order in which they load."""
    found: dict[str, Source] = {}
    for package in _PACKAGES:
        group = package.__name__.rpartition(".")[2]
        for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
            source = importlib.import_module(f"{package.__name__}.{module}").SOURCE
            found[source.name] = replace(source, group=group)
    return found


def usage_evidence() -> dict[str, Evidence]:
    """Every staging model whose rows are statements about requests, and whose word they are."""
    return {model: whose for source in all_sources().values() for model, whose in source.usage.items()}
