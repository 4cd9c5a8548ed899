"""API Gateway and CloudWatch: features that the templates use and the emulator ignores."""
from ministack.services import apigateway_v1
from ministack.services.cloudformation import provisioners

from bridge import bridges, note

note("API Gateway: no INTEGRATION_FAILURE response is sent for a throttled function (not bridged: only the authorizer is tried)")
note("API Gateway: a streamed response is collected and sent when it is complete (runtime/aws-names.ts)")


@bridges("API Gateway: the URI of a streamed integration is read like that of a buffered one",
         apigateway_v1, "_extract_lambda_ref_from_integration_uri")
def function_of_integration(original, uri):
    return original(uri.removesuffix("/response-streaming-invocations"))


@bridges("CloudWatch: an alarm on metric math is kept with the first metric of its expression, and never evaluated",
         provisioners, "_cw_metric_alarm_record")
def alarm_record(original, name, properties):
    queries = properties.get("Metrics")
    if not queries:
        return original(name, properties)
    stats = [query["MetricStat"] for query in queries if "MetricStat" in query]
    returned = [query for query in queries if query.get("ReturnData", True)]
    if not stats or len(returned) != 1:
        raise ValueError(f"{name}: an alarm needs a metric, and exactly one query that returns data")
    plain = {key: value for key, value in properties.items() if key != "Metrics"}
    first = {**stats[0]["Metric"], "Period": stats[0]["Period"], "Statistic": stats[0]["Stat"]}
    return original(name, {**plain, **first})
