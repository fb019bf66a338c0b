"""The requests of every session, drawn at once: the context grows, and what was sent before is read from the cache."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tokenworth.simulate.staged.people import Floats, Ints
from tokenworth.simulate.staged.prices import cost_usd
from tokenworth.simulate.staged.sessions import API, PACE

_SYSTEM_PROMPT, _COMPACTED_ABOVE, _CACHE_LIVES = 21_000, 150_000, 300.0


def draw_requests(sessions: pd.DataFrame, days: int, rng: np.random.Generator) -> pd.DataFrame:
    """A row a request: session, at (days since the first), counters, cost_usd, and what it would honestly have cost."""
    length = sessions["length"].to_numpy()
    first = np.cumsum(length) - length
    session = np.repeat(np.arange(len(sessions)), length)
    nth = np.arange(len(session)) - first[session]
    of = {name: sessions[name].to_numpy()[session] for name in PACE if name not in ("context", "busting")}
    size = len(session)
    gap = np.where(nth == 0, 0.0, np.exp(of["gap"] + of["gap_sd"] * rng.standard_normal(size)))
    gap = np.clip(gap, 0, 1500)
    at = sessions["at"].to_numpy()[session] + _within(gap, session, first) / 86_400
    growth = np.minimum(np.exp(of["growth"] + 1.15 * rng.standard_normal(size)), 40_000)
    chance = rng.random((2, size))
    cached = (sessions["tool"] != API).to_numpy()[session]
    uncached = np.where(chance[1] < 0.004, rng.integers(2_000, 30_000, size), rng.integers(1, 12, size))
    output = np.clip(np.exp(of["output"] + of["output_sd"] * rng.standard_normal(size)), 12, 32_000).astype(np.int64)
    twin = sessions["twin"].to_numpy()[session]
    # A prompt that is sent again is as long as it was; only the answer differs.
    origin = np.where(twin >= 0, first[np.maximum(twin, 0)] + nth, np.arange(size))
    growth, chance, uncached = growth[origin], chance[:, origin], uncached[origin]
    grown = _within(growth, session, first)

    def counters(prefix: str) -> dict[str, Ints]:
        context = sessions[f"{prefix}context"].to_numpy()[session]
        busting = sessions[f"{prefix}busting"].to_numpy()[session]
        tokens = ((of["base"] + grown % _COMPACTED_ABOVE) * context).astype(np.int64)
        before = np.concatenate([[0], tokens[:-1]])
        fresh = (nth == 0) | (tokens < before) | (gap > _CACHE_LIVES)
        busted = cached & (chance[0] < busting)
        read = np.where(fresh, np.where(chance[1] < 0.9, np.minimum(_SYSTEM_PROMPT, tokens), 0), before)
        read = np.where(busted | ~cached, 0, read)
        return {
            "input_uncached": np.where(cached, uncached, tokens // 5),
            "cache_read": read,
            "cache_write": np.where(cached, tokens - read, 0),
            "output": output,
        }

    real, honest = counters(""), counters("honest_")
    day = np.floor(at).astype(np.int64)
    models = {prefix: sessions[f"{prefix}model"].to_numpy(dtype=np.int64)[session] for prefix in ("", "honest_")}
    dropped = sessions["dropped"].to_numpy()[session]
    hidden = sessions["is_hidden"].to_numpy()[session]
    extra = sessions["is_extra"].to_numpy()[session]
    frame = pd.DataFrame({"session": session, "at": at, "day": day, "model": models[""], **real})
    frame["cost_usd"] = np.round(cost_usd(models[""], day, days, real), 10)
    frame["honest_cost_usd"] = np.where(extra, 0.0, cost_usd(models["honest_"], day, days, honest))
    frame["is_seen"] = ~dropped & ~hidden
    frame["is_at_vendor"] = ~dropped & ~(extra & (sessions["behaviour"] == "log_mismatch").to_numpy()[session])
    return frame[(day >= 0) & (day < days)].reset_index(drop=True)


def _within(values: Floats, session: Ints, first: Ints) -> Floats:
    """Running sums that begin anew with every session."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    sums: Floats = total[1:] - total[first[session]]
    return sums
