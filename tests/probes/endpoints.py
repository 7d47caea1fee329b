"""tests · what botocore's own endpoint rules say. Reads [[service, region, dual stack, FIPS, account or null]…] from
stdin; prints a host for each, or null where the rules refuse."""
import json
import sys

from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.loaders import Loader

loader = Loader()
partitions = loader.load_data("partitions")


def host(service, region, dual_stack, fips, account):
    rules = loader.load_service_model(service, "endpoint-rule-set-1")
    given = {"Region": region, "UseDualStack": dual_stack, "UseFIPS": fips}
    if account:
        given |= {"AccountId": account, "AccountIdEndpointMode": "required"}
    given = {name: value for name, value in given.items() if name in rules["parameters"]}
    try:
        return EndpointProvider(rules, partitions).resolve_endpoint(**given).url.removeprefix("https://")
    except EndpointProviderError:
        return None


print(json.dumps([host(*asked) for asked in json.load(sys.stdin)]))
