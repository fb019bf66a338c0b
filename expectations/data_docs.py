"""Data Docs of a run: one static page that asks nothing of the network and shows nobody.

The pages that Great Expectations writes by itself fetch styles, scripts and a logo from six hosts,
and show paths of this machine when a check breaks. So its renderers are given what may be
shown, and the page around them is ours.
"""

from __future__ import annotations

import html
import shutil
from pathlib import Path
from typing import Any

from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view import DefaultJinjaPageView

from expectations.findings import findings_of
from expectations.results import WHAT, CheckReport, CheckResult
from tokenworth.settings import Settings

_ORDER = ["broken", "failed", "passed"]

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{ title }}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #222 }
table { border-collapse: collapse; margin: 1em 0 }
th, td { border-bottom: 1px solid #ddd; padding: .4em .8em; text-align: left; vertical-align: top }
.fas { font-style: normal; font-weight: bold }
.fa-check-circle::before { content: "✓"; color: #197a31 }
.fa-times::before { content: "✗"; color: #b3261e }
.fa-exclamation-triangle::before { content: "!"; color: #b3261e }
.text-danger { font-weight: normal }
.badge, .collapse, [data-toggle=collapse], [hidden] { display: none }
</style>
</head>
<body>
<h1>{{ title }}</h1>
<p>{{ summary }}</p>
{% for section in sections %}{% set section_loop = loop %}{% include 'section.j2' %}{% endfor %}
</body>
</html>
"""


def write_data_docs(settings: Settings, report: CheckReport, validation: Any) -> Path:
    """Writes `data_docs/<suite>/index.html` in the place of the last run's; what was found before is in audit.checks.

    `validation` is the result of Great Expectations, and is used up.
    """
    found = {r.rule: r for r in report.results}
    validation.results.sort(key=lambda v: _ORDER.index(found[v.expectation_config.meta["rule"]].outcome))
    for result in validation.results:
        _show_only(result, found[result.expectation_config.meta["rule"]])
    validation.meta = {name: validation.meta[name] for name in ("run_id", "great_expectations_version")}
    document = ValidationResultsPageRenderer(run_info_at_end=True).render(validation)
    for section in document.sections[:-1]:
        section.content_blocks = section.content_blocks[1:]  # headers that link to pages of a larger site
    template = DefaultJinjaPageView().env.from_string(_PAGE)
    page = template.render(document.to_json_dict(), title=f"Tokenworth: {WHAT[report.suite]}", summary=_summary(report))
    folder = settings.warehouse / "data_docs" / report.suite
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(page, encoding="utf-8")
    return folder


def _summary(report: CheckReport) -> str:
    refused = "Publication is refused." if report.refusals else "Nothing refuses publication."
    return (
        f"{len(report.results)} checks on {report.checked_at:%Y-%m-%d %H:%M} UTC: {len(report.refusals)} of them"
        f" refuse publication, {len(report.warnings)} warn. {refused}"
    )


def _show_only(result: Any, found: CheckResult) -> None:
    """Leaves in a result of Great Expectations what our own says."""
    lines = [f"{found.rule} ({found.severity}) on {found.subject}", found.sentence]
    findings = findings_of(found)
    if findings:
        lines += [f"{about}: {finding}" for about, finding in findings]
    elif found.outcome == "failed" and found.example:
        lines.append(f"For example: {found.example}")
    if found.outcome != "passed":
        lines.append(found.todo)
    # A description goes into the page as it is.
    result.expectation_config.description = html.escape("\n".join(lines)).replace("$", "&#36;")
    rows = "" if found.rows_checked is None else f" of {found.rows_checked:,}"
    result.result = {} if found.observed is None else {"observed_value": f"{found.observed:,}{rows} rows"}
    result.exception_info = {
        "raised_exception": found.outcome == "broken",
        "exception_message": found.detail,
        "exception_traceback": "",
    }
