"""The words of the simulated company: invented names, titles of work, what people type into prompts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

# None of them is a word of a language that code is written in, so a scan for them finds people only.
FIRST_NAMES = """
Mira Tomasz Ayesha Ingrid Kwame Leila Mateo Noor Priya Rafael Sanna Tariq Ulrike Viktor Wanjiru Xiomara Yusuf Zofia
Anders Bronwen Chidi Daniela Emeka Fatima Goran Hanako Ilse Joaquin Katya Lorenzo Marit Nikhil Oluwaseun Pilar Quynh
Rosalind Sibusiso Thandiwe Ursula Vasilis Winnifred Yevgenia Zainab Amaru Birgitta Cosimo Dagny Eoghan
""".split()
LAST_NAMES = """
Okafor Lindqvist Haddad Moreau Tanaka Castellanos Novak Adeyemi Bergstrom Chaudhuri Dimitrov Eriksen Fonseca Gutierrez
Hashemi Ivanenko Jankowski Kowalczyk Laurent Mbeki Nakagawa Olawale Petrosyan Quintero Rasmussen Szymanski Takahashi
Umarov Vandenberg Wojcik Ximenes Yamaguchi Zielinski Abiodun Bhattacharya Cervantes Drozdov Eklund Ferreira Grigoryan
Hakimi Iversen Jovanovic Karlsson Lefevre Mwangi Nordstrom Obradovic Papadakis Rautio Savchenko Tchaikovsky Uzun
""".split()

# What a repository is about.
SUBJECTS = {
    "storefront": """
cart totals|product pages|the size guide|the search box|gift cards|wish lists|checkout steps|delivery dates
|image loading|the cookie banner|promo codes|the order history
""",
    "payments-api": """
webhook deliveries|refund requests|card tokens|settlement files|idempotency keys|chargebacks|payout batches
|currency rounding|fraud scores|payment retries|bank statements|invoice numbers
""",
    "data-pipelines": """
order events|the customer table|daily snapshots|late partitions|the margin report|click streams|schema changes
|the stock feed|backfills|null currencies|the returns model|warehouse costs
""",
    "developer-tools": """
the release script|build caches|flaky tests|the scaffold command|lint rules|preview deployments
|the changelog generator|dependency updates|log formatting|shell completion|the migration helper|container images
""",
}
_VERBS = """
Retry|Speed up|Simplify|Validate|Log|Cache|Split|Rename|Handle errors in|Add tests for|Stop duplicating|Document
|Paginate|Move|Guard|Refresh|Batch|Sort|Translate|Harden
"""
_CIRCUMSTANCES = """
for guest users|when the cache is cold|before the nightly run|behind a feature flag|in the new region|after a timeout
|for large orders|on slow networks|with empty input|for partners|during migrations|in the admin view
|when a field is missing|on first use
"""
_FOLLOW_UPS = """
Address review comments|Add a test for the empty case|Fix lint|Cover the error path|Rename for clarity
|Handle missing values|Tidy up|Use the shared helper|Update the fixtures|Log the request id
"""


def _phrases(text: str) -> list[str]:
    return text.replace("\n", "").split("|")


FOLLOW_UPS = _phrases(_FOLLOW_UPS)


def titles(rng: np.random.Generator, repository: str) -> Iterator[str]:
    """Sentences about a repository's work, in random order, none of them twice."""
    subjects = _phrases(SUBJECTS[repository])
    sentences = [f"{v} {s} {c}" for v in _phrases(_VERBS) for s in subjects for c in _phrases(_CIRCUMSTANCES)]
    order = rng.permutation(len(sentences))
    part = 1
    while True:
        for position in order:
            yield sentences[position] + (f", part {part}" if part > 1 else "")
        part += 1


def slug(title: str) -> str:
    """The first words of a title, as branches are named."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower())[:5])


_PROMPTS = (
    "{title}, please. I am {name} and this is for the demo on Thursday, so keep it small.",
    "The customer at 14 Harbour Lane still sees the wrong total. Find out why and fix it.",
    "Read the failing test first, then tell me what you would change. Answers to {email}.",
    "Why does this loop run twice? Do not touch the public interface.",
    "Write the commit message yourself, sign it as {name} <{email}>.",
    "Here is the stack trace from this morning: KeyError 'currency' in settle(). Fix the cause, not the symptom.",
    "That is not what I meant. Undo the last edit and only rename the variable.",
)
ANSWERS = (
    "I'll start with the failing test to see what it expects.",
    "The total is computed before the discount is applied; moving the call fixes it.",
    "Both callers pass the same value, so the parameter can go.",
    "Done. The test suite passes and the public interface is unchanged.",
)
TOOL_OUTPUT = "     1\tdef settle(order):\n     2\t    return order.total - order.discount\n     3\t"


def prompts(name: str, email: str, title: str) -> list[str]:
    """What a person might type while working on `title`."""
    return [prompt.format(name=name, email=email, title=title) for prompt in _PROMPTS]
