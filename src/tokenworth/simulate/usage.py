"""Requests: what every session sent and received, drawn for all sessions at once.

Within a conversation the context grows with every request; what was sent before is read from the
vendor's cache, so most tokens are cache reads. When the cache has expired everything is written
again, and when the context is full it is compacted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tokenworth.simulate import models
from tokenworth.simulate.chance import codes, uuids
from tokenworth.simulate.models import OPUS_46_SINCE, index_of
from tokenworth.simulate.sessions import API, CLAUDE_CODE, COPILOT, GEMINI_CLI, Session

Ints = NDArray[np.int64]
COUNTERS = ["input_uncached", "cache_read", "cache_write_5m", "cache_write_1h", "output"]

# Requests a session: median, and the spread of its logarithm.
_LENGTHS = {CLAUDE_CODE: (9.0, 0.95), COPILOT: (5.0, 0.7), GEMINI_CLI: (5.0, 0.7), API: (3.0, 0.8)}
_LONGEST = 240
_SYSTEM_PROMPT, _COMPACTED_ABOVE = 21_000, 150_000  # tokens
_CACHE_LIVES = 300  # seconds, where it is not kept for an hour
_LONGEST_SESSION = 2 * 3600.0  # seconds


@dataclass
class Usage:
    """Sessions, and their requests in order: those of session i are rows first[i] to first[i + 1].

    Columns of `requests`: session, nth (in it), agent (sub-agent's), model (position in MODELS),
    at (UTC), the five disjoint COUNTERS, thoughts (part of output), placeholder and final_written
    (what an old client's transcript shows of the output), blocks (lines a transcript spends on
    it), message_id, request_id.
    """

    sessions: list[Session]
    requests: pd.DataFrame
    first: Ints

    def rows(self, session: int) -> range:
        return range(int(self.first[session]), int(self.first[session + 1]))

    def lists(self, start: int = 0, stop: int | None = None) -> dict[str, list[Any]]:
        """Columns of some rows as lists, because single cells of a frame are slow to reach; all but the times."""
        part = self.requests.iloc[start:stop]
        return {name: part[name].tolist() for name in part.columns if name != "at"}


def draw_usage(sessions: list[Session], rng: np.random.Generator, last_day: date) -> Usage:
    tools = np.array([session.tool for session in sessions])
    counts = np.zeros(len(sessions), dtype=np.int64)
    for tool, (median, spread) in _LENGTHS.items():
        chosen = tools == tool
        drawn = np.exp(rng.normal(np.log(median), spread, int(chosen.sum())))
        counts[chosen] = np.clip(drawn.astype(np.int64), 1, _LONGEST)
    first = np.concatenate([[0], np.cumsum(counts)])
    session = np.repeat(np.arange(len(sessions)), counts)
    nth = np.arange(len(session)) - first[session]
    frame = pd.DataFrame({"session": session, "nth": nth})
    gaps, frame["at"] = _times(sessions, session, first, nth, rng, last_day)
    frame["agent"] = _agents(sessions, session, nth, counts)
    frame["model"] = _models(sessions, session, frame["agent"].to_numpy(), rng)
    claude = (tools == CLAUDE_CODE)[session]
    for name, cached, plain in zip(
        COUNTERS,
        _cached_tokens(sessions, session, first, nth, gaps, frame["agent"].to_numpy(), rng),
        _plain_tokens(tools[session], session, first, nth, frame["model"].to_numpy(), rng),
        strict=True,
    ):
        frame[name] = np.where(claude, cached, plain)
    size = len(frame)
    frame["thoughts"] = np.where((tools == GEMINI_CLI)[session], frame["output"] * 2 // 5, 0)
    frame["placeholder"] = np.minimum(rng.integers(1, 9, size), frame["output"])
    frame["final_written"] = rng.random(size) < 0.55
    frame["blocks"] = rng.choice([1, 2, 3], size, p=[0.6, 0.3, 0.1])
    frame["message_id"], frame["request_id"] = draw_ids(tools[session], frame["model"].to_numpy(), rng)
    return Usage(sessions, frame, first)


def _within(values: NDArray[np.float64], session: Ints, first: Ints) -> NDArray[np.float64]:
    """Running sums that begin anew with every session."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    sums: NDArray[np.float64] = total[1:] - total[first[session]]
    return sums


def _times(
    sessions: list[Session], session: Ints, first: Ints, nth: Ints, rng: np.random.Generator, last_day: date
) -> tuple[NDArray[np.float64], NDArray[np.datetime64]]:
    """Seconds since the request before, and times to the millisecond; a session ends when it is told to."""
    gaps = np.clip(rng.lognormal(2.9, 1.05, len(nth)), 1.5, 1500.0)
    gaps = np.where(nth == 0, 0.0, gaps)
    elapsed = _within(gaps, session, first)
    lasted = elapsed[first[1:] - 1]
    pace = np.minimum(1.0, _LONGEST_SESSION / np.maximum(lasted, 1.0))
    ends = np.array([s.ends_at for s in sessions], dtype="datetime64[ms]")
    before = ((lasted[session] - elapsed) * pace[session] * 1000).astype("timedelta64[ms]")
    at = ends[session] - before
    midnight = np.datetime64(last_day, "ms") + np.timedelta64(1, "D")
    return gaps * pace[session], np.minimum(at, midnight - np.timedelta64(1, "s"))


def _agents(sessions: list[Session], session: Ints, nth: Ints, counts: Ints) -> NDArray[np.bool_]:
    """The middle of a session that delegates is its sub-agent's."""
    delegates = np.array([s.delegates for s in sessions])[session]
    share = nth / counts[session]
    found: NDArray[np.bool_] = delegates & (share >= 0.35) & (share < 0.7) & (nth > 0)
    return found


def _models(sessions: list[Session], session: Ints, agent: NDArray[np.bool_], rng: np.random.Generator) -> Ints:
    """A session stays with its model; sub-agents take the small one."""
    opus, sonnet, haiku = index_of(models.OPUS_45), index_of(models.SONNET), index_of(models.HAIKU)
    chance = rng.random(len(sessions))
    chosen = np.empty(len(sessions), dtype=np.int64)
    for i, (one, draw) in enumerate(zip(sessions, chance.tolist(), strict=True)):
        if one.tool == CLAUDE_CODE:
            newest = index_of(models.OPUS_46) if one.ends_at >= OPUS_46_SINCE and draw < 0.42 else opus
            chosen[i] = sonnet if one.wide or draw >= 0.5 else newest
        elif one.tool == COPILOT:
            chosen[i] = index_of(models.GPT_41 if draw < 0.5 else models.GPT_5 if draw < 0.8 else models.GPT_4O)
        elif one.tool == GEMINI_CLI:
            chosen[i] = index_of(models.GEMINI_PRO if draw < 0.7 else models.GEMINI_FLASH)
        else:
            chosen[i] = index_of(models.GPT_4O if draw < 0.6 else models.HAIKU if draw < 0.9 else models.OWN_MODEL)
    return np.where(agent, haiku, chosen[session])


def _cached_tokens(
    sessions: list[Session],
    session: Ints,
    first: Ints,
    nth: Ints,
    gaps: NDArray[np.float64],
    agent: NDArray[np.bool_],
    rng: np.random.Generator,
) -> list[Ints]:
    """The counters of Claude Code's requests, which keep their context in the vendor's cache."""
    size = len(nth)
    wide = np.array([s.wide for s in sessions])[session]
    hour = np.array([s.hour_cache for s in sessions])[session]
    growth = np.minimum(rng.lognormal(6.2, 1.15, size), 40_000) * np.where(wide, 12, 1)
    room = np.where(wide, 700_000, _COMPACTED_ABOVE)
    context = (_SYSTEM_PROMPT + _within(growth, session, first) % room).astype(np.int64)
    context = np.where(agent, context * 2 // 5, context)
    before = np.concatenate([[0], context[:-1]])
    # Sub-agents begin with a context of their own; so does what follows them.
    switched = np.concatenate([[True], agent[1:] != agent[:-1]])
    fresh = (nth == 0) | switched | (context < before) | (~hour & (gaps > _CACHE_LIVES))
    known = rng.random(size) < 0.9  # somebody's request just before left the system prompt in the cache
    read = np.where(fresh, np.where(known, np.minimum(_SYSTEM_PROMPT, context), 0), before)
    written = context - read
    uncached = np.where(rng.random(size) < 0.004, rng.integers(2_000, 30_000, size), rng.integers(1, 12, size))
    output = np.clip(rng.lognormal(5.6, 1.2, size), 12, 32_000).astype(np.int64)
    return [uncached, read, np.where(hour, 0, written), np.where(hour, written, 0), output]


def _plain_tokens(
    tool: NDArray[np.str_], session: Ints, first: Ints, nth: Ints, model: Ints, rng: np.random.Generator
) -> list[Ints]:
    """The counters of everything else: the vendor caches by itself, in whole blocks, and writes cost nothing."""
    size = len(nth)
    growth = rng.lognormal(7.0, 1.0, size) * np.where(tool == API, 0.4, 1.0)
    context = (1_500 + _within(growth, session, first) % 110_000).astype(np.int64)
    share = np.where(nth == 0, 0.0, rng.uniform(0.5, 0.95, size))
    read = np.where(model == index_of(models.OWN_MODEL), 0, (context * share).astype(np.int64) // 128 * 128)
    output = np.clip(rng.lognormal(5.2, 1.0, size), 8, 8_000).astype(np.int64)
    nothing = np.zeros(size, dtype=np.int64)
    return [context - read, read, nothing, nothing, output]


def draw_ids(tool: NDArray[np.str_], model: Ints, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """What the vendor calls the response, and the request."""
    size = len(tool)
    message, request, plain = codes(rng, size, 22), codes(rng, size, 20), uuids(rng, size)
    haiku = index_of(models.HAIKU)
    message_ids = [
        f"msg_01{code}" if t == CLAUDE_CODE or (t == API and m == haiku) else f"chatcmpl-{u}" if t == API else u
        for t, m, code, u in zip(tool.tolist(), model.tolist(), message, plain, strict=True)
    ]
    return message_ids, [f"req_011C{code}" for code in request]
