"""Tells what the checks of divergence found: in the log, by e-mail and to Slack."""

from __future__ import annotations

import html
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseNotifier

from expectations.findings import Finding, lasting, remember_told
from tokenworth.settings import read_settings

log = logging.getLogger(__name__)

_SMTP = "smtp_default"
_SECONDS = 30


class FindingsNotifier(BaseNotifier):  # type: ignore[misc]
    """Tells each finding once. Where a way of telling fails nothing counts as told, so that it is tried again."""

    def notify(self, context: Any) -> None:
        settings = read_settings()
        findings = lasting(settings, untold=True)
        if not findings:
            log.info("nothing new")
            return
        for finding in findings:
            log.warning("%s of %s: %s\n%s", finding.rule, finding.about, finding.finding, finding.todo)
        if settings.notify_email:
            _write(settings.notify_email, findings)
        if settings.notify_slack_webhook is not None:
            _post(settings.notify_slack_webhook.get_secret_value(), findings)
        remember_told(settings, findings)


def _subject(findings: Sequence[Finding]) -> str:
    return f"Tokenworth: {len(findings)} new finding{'s' if len(findings) > 1 else ''}"


def _write(recipients: list[str], findings: Sequence[Finding]) -> None:
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    rows = "".join(
        f"<li><b>{html.escape(f.about)}</b>: {html.escape(f.finding)}<br>{html.escape(f.todo)} ({f.rule})</li>"
        for f in findings
    )
    with SmtpHook(smtp_conn_id=_SMTP) as smtp:
        smtp.send_email_smtp(to=recipients, subject=_subject(findings), html_content=f"<ul>{rows}</ul>")


def _post(webhook: str, findings: Sequence[Finding]) -> None:
    """Raises ConnectionError without the webhook's address, which is a secret."""
    lines = [f"*{f.about}*: {f.finding}\n_{f.todo}_ ({f.rule})" for f in findings]
    body = json.dumps({"text": "\n".join([_subject(findings), *lines])}).encode()
    request = urllib.request.Request(webhook, body, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310
            return
    except (OSError, ValueError) as error:
        reason = f"HTTP {error.code}" if isinstance(error, urllib.error.HTTPError) else type(error).__name__
    raise ConnectionError(f"Slack could not be told ({reason}); see TOKENWORTH_NOTIFY_SLACK_WEBHOOK")
