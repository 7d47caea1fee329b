"""tests · a resource's inputs, as Pulumi says them, in the words of AWS's API."""

import hashlib, io, json, os, zipfile

from aws_calls import call, client, is_rehearsed


def pascal(value):
    """camelCase keys to PascalCase, all the way down."""
    if isinstance(value, dict):
        return {k[0].upper() + k[1:]: pascal(v) for k, v in value.items()}
    return [pascal(v) for v in value] if isinstance(value, list) else value


def pick(i, *keys, **renamed):
    chosen = {k[0].upper() + k[1:]: pascal(i[k]) for k in keys if i.get(k) is not None}
    chosen.update({to: pascal(i[k]) for k, to in renamed.items() if i.get(k) is not None})
    return chosen


pairs = lambda tags: [{"Key": k, "Value": v} for k, v in (tags or {}).items()]
lower = lambda tags: [{"key": k, "value": v} for k, v in (tags or {}).items()]
spec = lambda kind, i: [{"ResourceType": kind, "Tags": pairs(i.get("tags"))}] if i.get("tags") else None


def unpacked(asset):
    """An asset as Pulumi hands it over: a file's bytes, or an archive's files."""
    if "assets" in asset:
        return {name: unpacked(part) for name, part in asset["assets"].items()}
    if asset.get("path"):
        with open(os.path.join(os.environ.get("HOLDFAST_PROGRAM", "."), asset["path"]), "rb") as file:
            return file.read()
    return asset.get("text", "").encode()


def zipped(asset):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in sorted(unpacked(asset).items()):
            file.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def rules(of):
    return [
        {
            "IpProtocol": r["protocol"],
            "FromPort": int(r["fromPort"]),
            "ToPort": int(r["toPort"]),
            **({"IpRanges": [{"CidrIp": c} for c in r["cidrBlocks"]]} if r.get("cidrBlocks") else {}),
            **({"UserIdGroupPairs": [{"GroupId": g} for g in r["securityGroups"]]} if r.get("securityGroups") else {}),
            **({"PrefixListIds": [{"PrefixListId": p} for p in r["prefixListIds"]]} if r.get("prefixListIds") else {}),
        }
        for r in of
    ]


def actions(of):
    made = []
    for a in of:
        one = {"Type": a["type"]}
        if a.get("targetGroupArn"):
            one["TargetGroupArn"] = a["targetGroupArn"]
        if a.get("redirect"):
            one["RedirectConfig"] = pascal(a["redirect"])
        if a.get("fixedResponse"):
            one["FixedResponseConfig"] = pascal(a["fixedResponse"])
        made.append(one)
    return made


def check_config(i):
    inverted = {"Inverted": True} if i.get("invertHealthcheck") else {}
    if i["type"] == "CALCULATED":
        return {
            "Type": "CALCULATED",
            "ChildHealthChecks": i["childHealthchecks"],
            "HealthThreshold": int(i["childHealthThreshold"]),
        }
    if i["type"] == "CLOUDWATCH_METRIC":
        alarm = {"Region": i["cloudwatchAlarmRegion"], "Name": i["cloudwatchAlarmName"]}
        return {
            "Type": i["type"],
            "AlarmIdentifier": alarm,
            "InsufficientDataHealthStatus": i["insufficientDataHealthStatus"],
        }
    if i["type"] == "RECOVERY_CONTROL":
        return {"Type": i["type"], "RoutingControlArn": i["routingControlArn"]}
    return {
        "Type": i["type"],
        "FullyQualifiedDomainName": i["fqdn"],
        "Port": int(i["port"]),
        "ResourcePath": i["resourcePath"],
        "RequestInterval": int(i["requestInterval"]),
        "FailureThreshold": int(i["failureThreshold"]),
        **({"EnableSNI": True} if i.get("enableSni") else {}),
        **({"SearchString": i["searchString"]} if i.get("searchString") else {}),
        **inverted,
    }


def change(i, action):
    entry = {"Name": i["name"], "Type": i["type"]}
    if i.get("ttl"):
        entry.update(TTL=int(i["ttl"]), ResourceRecords=[{"Value": v} for v in i["records"]])
    for half in i.get("failoverRoutingPolicies") or []:
        entry.update(Failover=half["type"], SetIdentifier=i["setIdentifier"], HealthCheckId=i["healthCheckId"])
    for alias in i.get("aliases") or []:
        entry["AliasTarget"] = {
            "HostedZoneId": alias["zoneId"],
            "DNSName": alias["name"],
            "EvaluateTargetHealth": alias["evaluateTargetHealth"],
        }
    return {"Changes": [{"Action": action, "ResourceRecordSet": entry}]}


def zone_of(given):
    """The zone that stands for a given id: ids here are made up, and known again by who asked for them."""
    api = client("route53", None)
    if is_rehearsed():
        return given
    for zone in api.list_hosted_zones()["HostedZones"]:
        if zone["CallerReference"] == given:
            return zone["Id"].split("/")[-1]
    made = api.create_hosted_zone(Name="example.com.", CallerReference=given)
    return made["HostedZone"]["Id"].split("/")[-1]


def leads_to(i):
    """Where a record leads now; None when it is gone."""
    found = call(
        "route53",
        "ListResourceRecordSets",
        None,
        HostedZoneId=zone_of(i["zoneId"]),
        StartRecordName=i["name"],
        StartRecordType=i["type"],
    )["ResourceRecordSets"]
    for record in found:
        same = record["Name"].rstrip(".") == i["name"] and record["Type"] == i["type"]
        if same and record.get("SetIdentifier", "") == i.get("setIdentifier", ""):
            return record.get("AliasTarget", {}).get("DNSName", "").rstrip(".")
    return None


def alarm_of(name, i):
    return dict(
        AlarmName=i.get("name", name),
        Dimensions=[{"Name": k, "Value": v} for k, v in (i.get("dimensions") or {}).items()] or None,
        **pick(
            i,
            "namespace",
            "metricName",
            "statistic",
            "comparisonOperator",
            "threshold",
            "treatMissingData",
            "alarmDescription",
            alarmActions="AlarmActions",
            okActions="OKActions",
        ),
        **{k[0].upper() + k[1:]: int(i[k]) for k in ("period", "evaluationPeriods", "datapointsToAlarm") if i.get(k)},
        Tags=pairs(i.get("tags")),
    )


def function_of(i):
    return dict(
        Runtime=i["runtime"],
        Handler=i["handler"],
        Role=i["role"],
        Timeout=int(i["timeout"]),
        MemorySize=int(i["memorySize"]),
        Environment={"Variables": i["environment"]["variables"]},
        DeadLetterConfig={"TargetArn": i["deadLetterConfig"]["targetArn"]},
        LoggingConfig=pascal(i["loggingConfig"]),
        Description=i["description"],
    )


def task_of(i):
    return dict(
        family=i["family"],
        networkMode=i["networkMode"],
        requiresCompatibilities=i["requiresCompatibilities"],
        cpu=i["cpu"],
        memory=i["memory"],
        executionRoleArn=i["executionRoleArn"],
        taskRoleArn=i["taskRoleArn"],
        containerDefinitions=json.loads(i["containerDefinitions"]),
        tags=lower(i.get("tags")),
    )


def service_of(i):
    net = i["networkConfiguration"]
    return dict(
        taskDefinition=i["taskDefinition"],
        desiredCount=int(i["desiredCount"]),
        availabilityZoneRebalancing=i["availabilityZoneRebalancing"],
        healthCheckGracePeriodSeconds=int(i["healthCheckGracePeriodSeconds"]),
        deploymentConfiguration={
            "deploymentCircuitBreaker": i["deploymentCircuitBreaker"],
            "maximumPercent": int(i["deploymentMaximumPercent"]),
            "minimumHealthyPercent": int(i["deploymentMinimumHealthyPercent"]),
        },
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": net["subnets"],
                "securityGroups": net["securityGroups"],
                "assignPublicIp": "ENABLED" if net.get("assignPublicIp") else "DISABLED",
            }
        },
        loadBalancers=[{**b, "containerPort": int(b["containerPort"])} for b in i["loadBalancers"]],
        enableECSManagedTags=True,
        propagateTags=i["propagateTags"],
    )


scalable = {"serviceNamespace": "ServiceNamespace", "scalableDimension": "ScalableDimension", "resourceId": "ResourceId"}
hexes = lambda text, n: hashlib.sha256(text.encode()).hexdigest()[:n]
