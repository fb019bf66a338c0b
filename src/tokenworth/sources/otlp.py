"""Batches of OpenTelemetry, taken apart into events, spans and points of metrics.

Copilot's own exporters write one span a line instead, its attributes as an object; they come out as the others do.
"""

from tokenworth.sources.declare import Fields, T

_ATTRIBUTES = [{"key": T, "value": {"stringValue": T, "intValue": T, "doubleValue": T, "boolValue": T}}]
_POINT = {"startTimeUnixNano": T, "timeUnixNano": T, "asInt": T, "asDouble": T, "count": T, "sum": T}
_POINTS = {"dataPoints": [{**_POINT, "attributes": _ATTRIBUTES}], "aggregationTemporality": T}
# Log records, spans and metrics share one shape, and so do their envelopes, so that one chain of unnesting reads all:
# a union of three would hold what was parsed three times.
_ENTRY = {
    "timeUnixNano": T,
    "observedTimeUnixNano": T,
    "startTimeUnixNano": T,
    "traceId": T,
    "spanId": T,
    "name": T,
    "eventName": T,
    "body": {"stringValue": T},
    "attributes": _ATTRIBUTES,
    "sum": _POINTS,
    "histogram": _POINTS,
}
_SCOPE = {"logRecords": [_ENTRY], "spans": [_ENTRY], "metrics": [_ENTRY]}
_RESOURCE = {
    "resource": {"attributes": _ATTRIBUTES},
    "scopeLogs": [_SCOPE],
    "scopeSpans": [_SCOPE],
    "scopeMetrics": [_SCOPE],
}
FIELDS: Fields = {
    "resourceLogs": [_RESOURCE],
    "resourceSpans": [_RESOURCE],
    "resourceMetrics": [_RESOURCE],
    # Copilot's spans, of its command line and of its extension.
    **dict.fromkeys(
        ("type", "traceId", "trace_id", "spanId", "span_id", "startTime", "start_time_ms", "attributes"), T
    ),
}
RECOGNISED = (
    '(r."resourceLogs" is not null or r."resourceSpans" is not null or r."resourceMetrics" is not null'
    " or r.type in ('span', 'metric', 'log') or r.attributes is not null and r.span_id is not null)"
)

# What is read of an event, of a point of a metric and of one of Copilot's spans: the names of its attributes and
# their texts, its own before those of its resource, and little else.
UNITS = """
select *, tagged(attribute_tags(names, texts)) as tags from (
    select origin,
        list_concat(attribute_names(p.attributes), attribute_names(e.attributes), about) as names,
        list_concat(attribute_texts(p.attributes), attribute_texts(e.attributes), about_texts) as texts,
        coalesce(e."eventName", e.body."stringValue") as event_name, e.body."stringValue" as body,
        coalesce(e."traceId", trace_id) as trace_id, coalesce(e."spanId", span_id) as span_id,
        coalesce(p."startTimeUnixNano", e."startTimeUnixNano", started_at) as started_at,
        coalesce(p."timeUnixNano", nullif(e."timeUnixNano", '0'), nullif(e."observedTimeUnixNano", '')) as happened_at,
        case when p is not null then e.name end as metric,
        coalesce(e.sum."aggregationTemporality", e.histogram."aggregationTemporality") as temporality,
        coalesce(p."asInt", p."asDouble", p.sum) as amount, p.count as measured
    from (
        select *, unnest(each(list_concat(e.sum."dataPoints", e.histogram."dataPoints"))) as p
        from (
            select * exclude (scope), unnest(each(list_concat(scope."logRecords", scope.spans, scope.metrics))) as e
            from (
                select * exclude (resource, own),
                    coalesce(attribute_names(resource.resource.attributes), json_keys(own)) as about,
                    coalesce(attribute_texts(resource.resource.attributes), own->>'$.*') as about_texts,
                    unnest(each(list_concat(resource."scopeLogs", resource."scopeSpans", resource."scopeMetrics")))
                    as scope
                from (
                    select origin, r.attributes as own, coalesce(r."traceId", r.trace_id) as trace_id,
                        coalesce(r."spanId", r.span_id) as span_id, coalesce(
                            (r."startTime"->>0) || lpad(r."startTime"->>1, 9, '0'),
                            (round(try_cast(r.start_time_ms as DOUBLE) * 1000)::BIGINT * 1000)::VARCHAR
                        ) as started_at,
                        unnest(each(list_concat(r."resourceLogs", r."resourceSpans", r."resourceMetrics"))) as resource
                    from records
                )
            )
        )
    )
)
"""


def attribute(*names: str) -> str:
    """The first of these attributes that there is."""
    looks = [f"attribute(names, texts, '{name}')" for name in names]
    return f"coalesce({', '.join(looks)})" if len(looks) > 1 else looks[0]
