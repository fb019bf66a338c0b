"""What a synthetic organisation can plant: gaming of usage, gaming of outcomes, and what only looks like it.

Each behaviour has a strength: by what factor the usage of somebody who does it grows, or their visible
outcomes. A look-alike's strength is by what factor a team's usage grows while it lasts.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.table import Table

USAGE, OUTCOMES, BENIGN = "gaming of usage", "gaming of outcomes", "benign"


@dataclass(frozen=True)
class Behaviour:
    """Something that people or teams do; `share` is of the people of a team in which it is done."""

    name: str
    kind: str
    sentence: str
    signal: str | None  # the one that should see it; for a look-alike, the one most easily mistaken
    strength: float
    share: float


def _gaming(kind: str, rows: list[tuple[str, str, float]]) -> list[Behaviour]:
    """Every gaming behaviour is named after its signal."""
    return [Behaviour(name, kind, sentence, name, strength, 0.5) for name, sentence, strength in rows]


CATALOGUE = (
    *_gaming(
        USAGE,
        [
            (
                "scripted_cadence",
                "A loop sends prompts at even intervals, whether or not anybody reads the answers.",
                2.5,
            ),
            ("round_the_clock", "Agents run through nights and weekends on work that nobody asked for.", 3.0),
            ("unattributed_burn", "Sessions in working hours that belong to no repository, branch or issue.", 2.0),
            ("abandoned_work", "Prototypes on branches that are thrown away and never proposed or merged.", 2.0),
            ("oversized_model", "The dearest model for requests that a small one would answer.", 2.0),
            ("context_stuffing", "Far more context sent with every request than the answers need.", 2.0),
            ("cache_busting", "Prompts changed at their beginning, so that the vendor's cache never serves.", 2.5),
            ("duplicate_work", "The same prompts sent again, or to several agents at once.", 2.0),
            ("session_splitting", "One conversation cut into many, each of which sends the whole context anew.", 2.0),
            ("threshold_bunching", "Filler at the end of a week or month until a quota is just passed.", 1.6),
            ("log_mismatch", "Client logs that show more, or less, than the vendor's own report.", 2.0),
        ],
    ),
    *_gaming(
        OUTCOMES,
        [
            ("change_splitting", "One change cut into many small ones, in the same files, shipped together.", 3.0),
            ("trivial_changes", "Changes of a line or two that nothing depends on.", 3.0),
            ("issue_splitting", "Several issues opened for one piece of work, and closed with it.", 3.0),
            ("bulk_closing", "Many issues closed within minutes, with no work behind them.", 3.0),
            ("unreviewed_merges", "Changes merged without review, or approved within moments of being opened.", 2.0),
            ("rework", "The author's own recent lines written again, and again.", 2.5),
            ("unmerged_changes", "Pull requests opened for show and closed without being merged.", 2.5),
            ("empty_ship", "Changes that hold no line anybody wrote: empty commits, generated or locked files.", 2.5),
        ],
    ),
    *(
        Behaviour(name, BENIGN, sentence, signal, strength, 1.0)
        for name, sentence, signal, strength in [
            (
                "research_spike",
                "A team tries things out for some weeks, and throws most of it away.",
                "abandoned_work",
                1.7,
            ),
            (
                "migration",
                "Wide mechanical changes with large contexts, reviewed and shipped.",
                "context_stuffing",
                1.7,
            ),
            (
                "incident_week",
                "A week of nights and hot fixes, merged before anybody reviews them.",
                "round_the_clock",
                1.8,
            ),
            ("onboarding", "Newcomers ask a lot before they ship their first work.", "unattributed_burn", 1.3),
            ("long_lead_work", "Months of work that ship all at once.", "abandoned_work", 1.0),
            ("team_doubles", "The head count of a team doubles, and all that it does with it.", None, 2.0),
            ("reorganisation", "Half of the people of two teams change places.", None, 1.0),
            ("price_change", "A vendor lowers or raises the list price of a model for everybody.", None, 1.0),
            ("model_change", "A team moves to a new model that costs more and answers longer.", "oversized_model", 1.6),
            (
                "heavy_reviewer",
                "Somebody reviews much with a model's help, and writes little.",
                "session_splitting",
                2.5,
            ),
            ("service_batch", "Batch jobs of a service account, even and around the clock.", "scripted_cadence", 1.5),
        ]
    ),
)

USAGE_GAMING = tuple(b.name for b in CATALOGUE if b.kind == USAGE)
BY_NAME = {b.name: b for b in CATALOGUE}
OUTCOME_GAMING = tuple(b.name for b in CATALOGUE if b.kind == OUTCOMES)
LOOK_ALIKES = tuple(b.name for b in CATALOGUE if b.kind == BENIGN)


def catalogue_table() -> Table:
    """The catalogue as `tokenworth simulate --list` shows it."""
    table = Table(
        title="What --plant and --scenario put into an organisation",
        caption="Strength and share are those of --plant if nothing else is said. A price changes in every scenario.",
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("behaviour", no_wrap=True)
    table.add_column("what happens")
    table.add_column("signal")
    table.add_column("strength", justify="right")
    table.add_column("share", justify="right")
    for kind in (USAGE, OUTCOMES, BENIGN):
        table.add_section()
        table.add_row(f"[bold]{kind}[/bold]")
        for behaviour in (b for b in CATALOGUE if b.kind == kind):
            seen = "its own" if behaviour.signal == behaviour.name else behaviour.signal or "none"
            factor, share = f"{behaviour.strength:g}x", f"{behaviour.share:.0%}"
            table.add_row(behaviour.name, behaviour.sentence, seen, factor, share)
    return table
