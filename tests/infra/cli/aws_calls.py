"""tests · calls to AWS's API at an address on this machine, or at the one that HOLDFAST_LOCAL_AWS, as JSON, has for the provider's
name of a service. Each is first held to botocore's own model of it: names, kinds, enums, patterns, lengths."""

import json, os, re

import boto3
import botocore.session
from botocore.config import Config
from botocore.validate import ParamValidator

ENDPOINT = os.environ.get("HOLDFAST_LOCAL_AWS", "http://127.0.0.1:1")
ACCOUNT = "123456789012"
models = botocore.session.get_session()
clients = {}
noted = None  # the calls that would be made, while none is to be made


def rehearse(is_asked):
    """From here on calls are noted, in the list that this gives, and not made; or made, and this gives None."""
    global noted
    noted = [] if is_asked else None
    return noted


def is_rehearsed():
    return noted is not None


def address(service):
    if not ENDPOINT.startswith("{"):
        return ENDPOINT
    name = {"application-autoscaling": "appautoscaling"}.get(service, service)
    found = json.loads(ENDPOINT).get(name)
    if found is None:
        raise ValueError(f"expected an address for {name} among the endpoints")
    return found


def client(service, region):
    key = (service, region)
    if key not in clients:
        clients[key] = boto3.client(
            service,
            region_name=region or "us-east-1",
            endpoint_url=address(service),
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
        )
    return clients[key]


def faults(shape, value, at):
    """What botocore's model forbids and its own validator lets pass."""
    if shape.type_name == "structure":
        return [f for k, v in value.items() for f in faults(shape.members[k], v, f"{at}.{k}")]
    if shape.type_name == "list":
        return size(shape, value, at) + [f for v in value for f in faults(shape.member, v, at)]
    if shape.type_name == "map":
        return [f for v in value.values() for f in faults(shape.value, v, at)]
    if shape.type_name == "string":
        said = size(shape, value, at)
        if getattr(shape, "enum", None) and value not in shape.enum:
            said.append(f"{at}: expected one of {', '.join(shape.enum)}; got {value}")
        pattern = shape.metadata.get("pattern")
        if pattern and not matches(pattern, value):
            said.append(f"{at}: expected {pattern}; got {value}")
        return said
    return []


def matches(pattern, value):
    try:
        plain = re.sub(r"\\p\{Z[a-z]?\}", r"\\s", pattern)
        return re.fullmatch(re.sub(r"\\p\{[A-Z][a-z]?\}", r"\\w", plain), value) is not None
    except re.error:
        return True  # a pattern of Java's that Python does not read


def size(shape, value, at):
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 10**9)
    return [] if low <= len(value) <= high else [f"{at}: expected {low} to {high} long; got {len(value)}"]


def call(service, operation, region, /, **given):
    params = {k: v for k, v in given.items() if v is not None}
    model = models.get_service_model(service).operation_model(operation)
    report = ParamValidator().validate(params, model.input_shape)
    wrong = [report.generate_report()] if report.has_errors() else faults(model.input_shape, params, operation)
    if wrong:
        raise ValueError(f"{service} {operation}: " + "; ".join(wrong))
    if noted is not None:
        noted.append([service, operation])
        return Made()
    api = client(service, region)
    by_name = {v: k for k, v in api.meta.method_to_api_mapping.items()}
    return getattr(api, by_name[operation])(**params)


class Made(dict):
    """The answer of a call that was not made: whatever is asked of it."""

    def __missing__(self, key):
        return Made()

    def __getitem__(self, key):
        if isinstance(key, int):
            return Made()
        return dict.get(self, key, Made())

    def __str__(self):
        return "made"

    def get(self, key, default=None):
        return Made()
