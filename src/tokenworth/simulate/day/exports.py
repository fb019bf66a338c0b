"""The lines of a day as a gateway and a Collector write them; made and written by the engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tokenworth.simulate.day.company import Company
from tokenworth.warehouse import literal

_BATCH = 25  # events a line of the Collector
_VERSION = "2.1.97"

# LiteLLM's logger: what is nested is text, in which every quote is escaped.
_GATEWAY = r"""
select concat(
    '{"request_id":"', case when provider = 'anthropic' then 'msg_01' else 'chatcmpl-' end, id,
    '","call_type":"', case when provider = 'anthropic' then 'anthropic_messages' else 'acompletion' end,
    '","api_key":"', sha_of(key_alias), '","spend":', printf('%.8f', cost_units / 1e10),
    ',"total_tokens":', prompt + output, ',"prompt_tokens":', prompt, ',"completion_tokens":', output,
    ',"startTime":"', began_at, '","endTime":"', began_at + interval 2 second,
    '","model":"', case when provider = 'anthropic' then 'anthropic/' else '' end, model,
    '","custom_llm_provider":"', provider, '","user":"', case when n % 2 = 0 then email else '' end,
    '","session_id":"', case when is_client then session_id else '' end,
    '","cache_hit":"None","status":"success","request_tags":"[\"User-Agent: ', agent, '\"',
    case when is_tagged then concat(',\"repo:', place, '\",\"branch:', branch, '\",\"ticket:', issue_key, '\"')
        else '' end,
    ']","metadata":"{\"usage_object\":{\"prompt_tokens\":', prompt, ',\"completion_tokens\":', output,
    case when provider = 'anthropic' then concat(',\"cache_read_input_tokens\":', cache_read,
            ',\"cache_creation_input_tokens\":', cache_write, ',\"cache_creation\":{\"ephemeral_5m_input_tokens\":',
            cache_write, ',\"ephemeral_1h_input_tokens\":0}')
        else concat(',\"prompt_tokens_details\":{\"cached_tokens\":', cache_read, '}') end,
    '},\"user_api_key_alias\":\"', key_alias, '\",\"spend_logs_metadata\":null,\"user_agent\":\"', agent,
    '\"}","messages":"{}","response":"{}"}') as line
from (
    select *, input_uncached + cache_read + cache_write as prompt, left(md5('request' || s || '.' || nth), 22) as id,
        case when is_client then 'claude-cli/{version} (external, cli)' else 'review-bot/1.4' end as agent
    from requests join sessions using (n)
    where not in_otel
)
order by began_at, id
"""

# Claude Code's events as the Collector's file exporter writes them: batches of one session, integers as strings.
_OTEL = r"""
select concat(
    '{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"claude-code"}},',
    '{"key":"service.version","value":{"stringValue":"{version}"}}',
    case when any_value(is_tagged) then concat(
        ',{"key":"vcs.repository.url.full","value":{"stringValue":"https://', any_value(place), '.git"}}',
        ',{"key":"vcs.ref.head.name","value":{"stringValue":"', any_value(branch), '"}}',
        ',{"key":"ticket","value":{"stringValue":"', any_value(issue_key), '"}}') else '' end,
    ']},"scopeLogs":[{"scope":{"name":"com.anthropic.claude_code.events","version":"{version}"},"logRecords":[',
    string_agg(concat(
        '{"timeUnixNano":"', epoch_ns(began_at), '","observedTimeUnixNano":"', epoch_ns(began_at),
        '","body":{"stringValue":"claude_code.api_request"},"attributes":[',
        '{"key":"user.email","value":{"stringValue":"', email, '"}},',
        '{"key":"session.id","value":{"stringValue":"', session_id, '"}},',
        '{"key":"event.name","value":{"stringValue":"api_request"}},',
        '{"key":"event.sequence","value":{"intValue":"', nth, '"}},',
        '{"key":"model","value":{"stringValue":"', model, '"}},',
        '{"key":"input_tokens","value":{"intValue":"', input_uncached, '"}},',
        '{"key":"output_tokens","value":{"intValue":"', output, '"}},',
        '{"key":"cache_read_tokens","value":{"intValue":"', cache_read, '"}},',
        '{"key":"cache_creation_tokens","value":{"intValue":"', cache_write, '"}},',
        '{"key":"cost_usd","value":{"doubleValue":', printf('%.8f', cost_units / 1e10), '}},',
        '{"key":"duration_ms","value":{"intValue":"', 900 + 37 * (nth % 400), '"}},',
        '{"key":"request_id","value":{"stringValue":"req_011C', left(md5('request' || s || '.' || nth), 20), '"}}]}'
    ), ',' order by nth), ']}]}]}') as line
from requests join sessions using (n)
where in_otel
group by n, nth // {batch}
order by min(began_at), n
"""


def write_gateway(company: Company, path: Path) -> int:
    """Writes the requests of `requests` that passed the gateway; returns how many lines they are."""
    return _write(company, _GATEWAY, path)


def write_otel(company: Company, path: Path) -> int:
    """Writes the events of `requests` that a client reported; returns how many lines they are."""
    return _write(company, _OTEL, path)


def _write(company: Company, query: str, path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = {".gz": "gzip", ".zst": "zstd"}.get(path.suffix, "none")
    query = query.replace("{version}", _VERSION).replace("{batch}", str(_BATCH))
    # As CSV of one column in which nothing is quoted, because a line is one text already.
    lines = company.c.execute(
        f"copy ({query}) to {literal(path)} (format csv, header false, quote '', escape '', delimiter '\x01',"
        f" compression {packed})"
    ).fetchall()[0][0]
    if not lines:
        path.unlink()
    return int(lines)


def write_truth(company: Company, day: date, path: Path) -> None:
    """What a team spent on the day, whichever export tells it; the table `spent` holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    company.c.execute(f"""
        copy (
            select {literal(day.isoformat())} as usage_date, team_id(team) as team_id, model,
                sum(requests)::bigint as requests,
                sum(input_uncached)::bigint as input_uncached, sum(cache_read)::bigint as cache_read,
                sum(cache_write)::bigint as cache_write, sum(output)::bigint as output,
                (sum(cost_units)::decimal(38, 0) * 0.0000000001)::decimal(20, 10) as cost_usd
            from spent group by all order by all
        ) to {literal(path)} (header)
    """)


def add_to_spent(company: Company) -> None:
    company.c.execute("""
        insert into spent by name
        select team, model, count(*) as requests, sum(input_uncached)::bigint as input_uncached,
            sum(cache_read)::bigint as cache_read, sum(cache_write)::bigint as cache_write,
            sum(output)::bigint as output, sum(cost_units)::bigint as cost_units
        from requests join sessions using (n) group by all
    """)
