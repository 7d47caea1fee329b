"""tests · what the AWS provider would do, for the types that the stacks hold: a resource's inputs become calls to AWS's API at
an address on this machine, or at the one that HOLDFAST_LOCAL_AWS, as JSON, has for the provider's name of a service. Each call is first held to botocore's own model of it: names, kinds, enums, patterns, lengths.

Reads one JSON a line: {"do": "create" | "read" | "update" | "delete" | "check", "type", "name", "region", "inputs", "id", "state"}, and
answers one: {"id", "state"} or {"error"}. `read` knows where a record leads now. `check` makes nothing: it gives the calls that `create` would make."""

import base64, hashlib, io, json, os, re, sys, zipfile

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

ENDPOINT = os.environ.get("HOLDFAST_LOCAL_AWS", "http://127.0.0.1:1")
ACCOUNT = "123456789012"
models = botocore.session.get_session()
clients = {}


class Dry(Exception):
    pass


dry = None  # the calls that would be made, while nothing is to be made


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
    if dry is not None:
        dry.append([service, operation])
        return Made()
    method = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", operation).lower()
    method = {"put_public_access_block": "put_public_access_block"}.get(method, method)
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
    if dry is not None:
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
        Environment=pascal({}) or {"Variables": i["environment"]["variables"]},
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


what = {"serviceNamespace": "ServiceNamespace", "scalableDimension": "ScalableDimension", "resourceId": "ResourceId"}
hexes = lambda text, n: hashlib.sha256(text.encode()).hexdigest()[:n]


def create(type_, name, r, i, urn=""):
    """Gives the id, and what AWS adds to the inputs."""
    kind = type_.split(":")[-1]
    called = i.get("name") or f"{name}-{hexes(urn + name + r, 7)}"
    match kind:
        case "Topic":
            arn = call("sns", "CreateTopic", r, Name=called, Tags=pairs(i.get("tags")))["TopicArn"]
            return arn, {"arn": arn, "name": called}
        case "TopicSubscription":
            made = call("sns", "Subscribe", r, TopicArn=i["topic"], Protocol=i["protocol"], Endpoint=i["endpoint"])
            return str(made["SubscriptionArn"]), {}
        case "Role":
            made = call(
                "iam",
                "CreateRole",
                None,
                RoleName=called,
                AssumeRolePolicyDocument=i["assumeRolePolicy"],
                Description=i.get("description"),
                Tags=pairs(i.get("tags")),
            )
            return called, {"arn": made["Role"]["Arn"], "name": called}
        case "RolePolicy":
            call("iam", "PutRolePolicy", None, RoleName=i["role"], PolicyName=called, PolicyDocument=i["policy"])
            return f"{i['role']}:{called}", {"name": called}
        case "Policy" if type_.startswith("aws:iam"):
            made = call(
                "iam", "CreatePolicy", None, PolicyName=called, PolicyDocument=i["policy"], Tags=pairs(i.get("tags"))
            )
            return str(made["Policy"]["Arn"]), {"arn": made["Policy"]["Arn"], "name": called}
        case "Eip":
            made = call("ec2", "AllocateAddress", r, Domain=i["domain"], TagSpecifications=spec("elastic-ip", i))
            return made["AllocationId"], {"allocationId": made["AllocationId"]}
        case "Vpc":
            made = call("ec2", "CreateVpc", r, CidrBlock=i["cidrBlock"], TagSpecifications=spec("vpc", i))["Vpc"]
            for flag in ("enableDnsSupport", "enableDnsHostnames"):
                value = {flag[0].upper() + flag[1:]: {"Value": i[flag]}}
                call("ec2", "ModifyVpcAttribute", r, VpcId=str(made["VpcId"]), **value)
            return made["VpcId"], {}
        case "InternetGateway":
            made = call("ec2", "CreateInternetGateway", r, TagSpecifications=spec("internet-gateway", i))
            id = made["InternetGateway"]["InternetGatewayId"]
            call("ec2", "AttachInternetGateway", r, InternetGatewayId=str(id), VpcId=i["vpcId"])
            return id, {}
        case "RouteTable":
            made = call("ec2", "CreateRouteTable", r, VpcId=i["vpcId"], TagSpecifications=spec("route-table", i))
            return made["RouteTable"]["RouteTableId"], {}
        case "Subnet":
            made = call(
                "ec2",
                "CreateSubnet",
                r,
                **pick(i, "vpcId", "cidrBlock", "availabilityZone"),
                TagSpecifications=spec("subnet", i),
            )
            return made["Subnet"]["SubnetId"], {}
        case "Route":
            call("ec2", "CreateRoute", r, **pick(i, "routeTableId", "destinationCidrBlock", "gatewayId", "natGatewayId"))
            return f"{i['routeTableId']}_{i['destinationCidrBlock']}", {}
        case "RouteTableAssociation":
            made = call("ec2", "AssociateRouteTable", r, **pick(i, "routeTableId", "subnetId"))
            return made["AssociationId"], {}
        case "NatGateway":
            made = call(
                "ec2", "CreateNatGateway", r, **pick(i, "allocationId", "subnetId"), TagSpecifications=spec("natgateway", i)
            )
            return made["NatGateway"]["NatGatewayId"], {}
        case "SecurityGroup":
            made = call(
                "ec2",
                "CreateSecurityGroup",
                r,
                GroupName=called,
                Description=i["description"],
                VpcId=i["vpcId"],
                TagSpecifications=spec("security-group", i),
            )
            id = str(made["GroupId"])
            if i.get("ingress"):
                call("ec2", "AuthorizeSecurityGroupIngress", r, GroupId=id, IpPermissions=rules(i["ingress"]))
            open_ = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
            call("ec2", "RevokeSecurityGroupEgress", r, GroupId=id, IpPermissions=open_)
            if i.get("egress"):
                call("ec2", "AuthorizeSecurityGroupEgress", r, GroupId=id, IpPermissions=rules(i["egress"]))
            return id, {"name": called}
        case "VpcEndpoint":
            made = call(
                "ec2",
                "CreateVpcEndpoint",
                r,
                **pick(i, "vpcId", "serviceName", "vpcEndpointType", "routeTableIds", "subnetIds", "privateDnsEnabled"),
                SecurityGroupIds=i.get("securityGroupIds"),
                TagSpecifications=spec("vpc-endpoint", i),
            )
            return made["VpcEndpoint"]["VpcEndpointId"], {}
        case "FlowLog":
            made = call(
                "ec2",
                "CreateFlowLogs",
                r,
                ResourceIds=[i["vpcId"]],
                ResourceType="VPC",
                DeliverLogsPermissionArn=i["iamRoleArn"],
                MaxAggregationInterval=int(i["maxAggregationInterval"]),
                TagSpecifications=spec("vpc-flow-log", i),
                **pick(i, "trafficType", "logDestinationType", "logDestination"),
            )
            return made["FlowLogIds"][0], {}
        case "LogGroup":
            call("logs", "CreateLogGroup", r, logGroupName=called, tags=i.get("tags"))
            call("logs", "PutRetentionPolicy", r, logGroupName=called, retentionInDays=int(i["retentionInDays"]))
            return called, {"arn": f"arn:aws:logs:{r}:{ACCOUNT}:log-group:{called}", "name": called}
        case "Certificate":
            made = call(
                "acm",
                "RequestCertificate",
                r,
                **pick(i, "domainName", "subjectAlternativeNames", "validationMethod"),
                Tags=pairs(i.get("tags")),
            )
            arn = str(made["CertificateArn"])
            names = [i["domainName"], *i.get("subjectAlternativeNames", [])]
            proof = lambda n: {
                "domainName": n,
                "resourceRecordName": f"_{hexes(n, 32)}.{n}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": f"_{hexes(n, 16)}.acm-validations.aws.",
            }
            return arn, {"arn": arn, "domainValidationOptions": [proof(n) for n in names]}
        case "CertificateValidation":
            return i["certificateArn"], {}  # waits for AWS to see the proof; there is nobody to see it here
        case "Repository":
            made = call(
                "ecr",
                "CreateRepository",
                r,
                repositoryName=called,
                imageScanningConfiguration=i["imageScanningConfiguration"],
                encryptionConfiguration=i["encryptionConfigurations"][0],
                tags=pairs(i.get("tags")),
            )["repository"]
            return called, {"arn": made["repositoryArn"], "repositoryUrl": made["repositoryUri"], "name": called}
        case "LifecyclePolicy":
            call("ecr", "PutLifecyclePolicy", r, repositoryName=i["repository"], lifecyclePolicyText=i["policy"])
            return i["repository"], {}
        case "Table":
            made = call(
                "dynamodb",
                "CreateTable",
                r,
                TableName=called,
                BillingMode=i["billingMode"],
                KeySchema=[
                    {"AttributeName": i["hashKey"], "KeyType": "HASH"},
                    {"AttributeName": i["rangeKey"], "KeyType": "RANGE"},
                ],
                AttributeDefinitions=[{"AttributeName": a["name"], "AttributeType": a["type"]} for a in i["attributes"]],
                SSESpecification={"Enabled": i["serverSideEncryption"]["enabled"]},
                DeletionProtectionEnabled=i["deletionProtectionEnabled"],
                Tags=pairs(i.get("tags")),
            )["TableDescription"]
            live = {"Enabled": True, "AttributeName": i["ttl"]["attributeName"]}
            call("dynamodb", "UpdateTimeToLive", r, TableName=called, TimeToLiveSpecification=live)
            back = {"PointInTimeRecoveryEnabled": True}
            call("dynamodb", "UpdateContinuousBackups", r, TableName=called, PointInTimeRecoverySpecification=back)
            return called, {"arn": made["TableArn"], "name": called}
        case "Bucket":
            bucket = i.get("bucket") or called
            where = None if r == "us-east-1" else {"LocationConstraint": r}
            call("s3", "CreateBucket", r, Bucket=bucket, CreateBucketConfiguration=where)
            if i.get("tags"):
                call("s3", "PutBucketTagging", r, Bucket=bucket, Tagging={"TagSet": pairs(i["tags"])})
            return bucket, {"bucket": bucket, "arn": f"arn:aws:s3:::{bucket}"}
        case "BucketPublicAccessBlock":
            flags = pick(i, "blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets")
            call("s3", "PutPublicAccessBlock", r, Bucket=i["bucket"], PublicAccessBlockConfiguration=flags)
            return i["bucket"], {}
        case "BucketServerSideEncryptionConfiguration":
            by = [
                {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": x["applyServerSideEncryptionByDefault"]["sseAlgorithm"]}}
                for x in i["rules"]
            ]
            call("s3", "PutBucketEncryption", r, Bucket=i["bucket"], ServerSideEncryptionConfiguration={"Rules": by})
            return i["bucket"], {}
        case "BucketLifecycleConfiguration":
            rule = lambda x: {
                "ID": x["id"],
                "Status": x["status"],
                "Filter": pascal(x["filter"]),
                "Expiration": {"Days": int(x["expiration"]["days"])},
                "AbortIncompleteMultipartUpload": {
                    "DaysAfterInitiation": int(x["abortIncompleteMultipartUpload"]["daysAfterInitiation"])
                },
            }
            all_ = {"Rules": [rule(x) for x in i["rules"]]}
            call("s3", "PutBucketLifecycleConfiguration", r, Bucket=i["bucket"], LifecycleConfiguration=all_)
            return i["bucket"], {}
        case "BucketPolicy":
            call("s3", "PutBucketPolicy", r, Bucket=i["bucket"], Policy=i["policy"])
            return i["bucket"], {}
        case "BucketObjectv2":
            call("s3", "PutObject", r, Bucket=i["bucket"], Key=i["key"], Body=zipped(i["source"]))
            return i["key"], {}
        case "Record":
            asked = change(i, "UPSERT" if i.get("allowOverwrite") else "CREATE")
            call("route53", "ChangeResourceRecordSets", None, HostedZoneId=zone_of(i["zoneId"]), ChangeBatch=asked)
            return f"{i['zoneId']}_{i['name']}_{i['type']}_{i.get('setIdentifier', '')}", {"fqdn": i["name"]}
        case "HealthCheck":
            made = call(
                "route53",
                "CreateHealthCheck",
                None,
                CallerReference=hexes(f"{name} {r} {os.getpid()} {len(clients)} {json.dumps(i, sort_keys=True)}", 32),
                HealthCheckConfig=check_config(i),
            )
            id = str(made["HealthCheck"]["Id"])
            call("route53", "ChangeTagsForResource", None, ResourceType="healthcheck", ResourceId=id, AddTags=pairs(i["tags"]))
            return id, {}
        case "TargetGroup":
            h = i["healthCheck"]
            made = call(
                "elbv2",
                "CreateTargetGroup",
                r,
                Name=f"tasks-{hexes(name + r, 7)}",
                Port=int(i["port"]),
                **pick(i, "protocol", "vpcId", "targetType"),
                HealthCheckPath=h["path"],
                HealthCheckIntervalSeconds=int(h["interval"]),
                HealthCheckTimeoutSeconds=int(h["timeout"]),
                HealthyThresholdCount=int(h["healthyThreshold"]),
                UnhealthyThresholdCount=int(h["unhealthyThreshold"]),
                Matcher={"HttpCode": h["matcher"]},
                Tags=pairs(i.get("tags")),
            )["TargetGroups"][0]
            delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": str(int(i["deregistrationDelay"]))}]
            arn = str(made["TargetGroupArn"])
            call("elbv2", "ModifyTargetGroupAttributes", r, TargetGroupArn=arn, Attributes=delay)
            return arn, {"arn": arn, "arnSuffix": arn.split(":")[-1]}
        case "LoadBalancer":
            made = call(
                "elbv2",
                "CreateLoadBalancer",
                r,
                Name=called,
                Subnets=i["subnets"],
                SecurityGroups=i["securityGroups"],
                Type=i["loadBalancerType"],
                Tags=pairs(i.get("tags")),
            )["LoadBalancers"][0]
            arn = str(made["LoadBalancerArn"])
            said = {
                "routing.http.drop_invalid_header_fields.enabled": str(i["dropInvalidHeaderFields"]).lower(),
                "client_keep_alive.seconds": str(int(i["clientKeepAlive"])),
            }
            listed = [{"Key": k, "Value": v} for k, v in said.items()]
            call("elbv2", "ModifyLoadBalancerAttributes", r, LoadBalancerArn=arn, Attributes=listed)
            suffix = arn.split("loadbalancer/")[-1]
            return arn, {"arn": arn, "arnSuffix": suffix, "dnsName": made["DNSName"], "zoneId": made["CanonicalHostedZoneId"]}
        case "Listener":
            made = call(
                "elbv2",
                "CreateListener",
                r,
                LoadBalancerArn=i["loadBalancerArn"],
                Port=int(i["port"]),
                Protocol=i["protocol"],
                SslPolicy=i.get("sslPolicy"),
                Certificates=[{"CertificateArn": i["certificateArn"]}] if i.get("certificateArn") else None,
                DefaultActions=actions(i["defaultActions"]),
                Tags=pairs(i.get("tags")),
            )["Listeners"][0]
            return made["ListenerArn"], {"arn": made["ListenerArn"]}
        case "ListenerRule":
            on = [{"Field": "path-pattern", "PathPatternConfig": pascal(c["pathPattern"])} for c in i["conditions"]]
            made = call(
                "elbv2",
                "CreateRule",
                r,
                ListenerArn=i["listenerArn"],
                Priority=int(i["priority"]),
                Conditions=on,
                Actions=actions(i["actions"]),
            )["Rules"][0]
            return made["RuleArn"], {"arn": made["RuleArn"]}
        case "Cluster":
            made = call("ecs", "CreateCluster", r, clusterName=called, settings=i["settings"], tags=lower(i.get("tags")))
            return made["cluster"]["clusterArn"], {"arn": made["cluster"]["clusterArn"], "name": called}
        case "TaskDefinition":
            made = call("ecs", "RegisterTaskDefinition", r, **task_of(i))["taskDefinition"]
            return i["family"], {"arn": made["taskDefinitionArn"]}
        case "Service":
            made = call(
                "ecs",
                "CreateService",
                r,
                serviceName=called,
                cluster=i["cluster"],
                launchType=i["launchType"],
                tags=lower(i.get("tags")),
                **service_of(i),
            )["service"]
            return made["serviceArn"], {"name": called}
        case "Target":
            ends = {"MinCapacity": int(i["minCapacity"]), "MaxCapacity": int(i["maxCapacity"])}
            call("application-autoscaling", "RegisterScalableTarget", r, **pick(i, **what), **ends)
            return i["resourceId"], {}
        case "Policy":
            track = i["targetTrackingScalingPolicyConfiguration"]
            tracking = {
                "PredefinedMetricSpecification": pascal(track["predefinedMetricSpecification"]),
                "TargetValue": track["targetValue"],
                "ScaleInCooldown": int(track["scaleInCooldown"]),
                "ScaleOutCooldown": int(track["scaleOutCooldown"]),
            }
            call(
                "application-autoscaling",
                "PutScalingPolicy",
                r,
                PolicyName=called,
                PolicyType=i["policyType"],
                TargetTrackingScalingPolicyConfiguration=tracking,
                **pick(i, **what),
            )
            return called, {"name": called}
        case "Canary":
            run = i["runConfig"]
            made = call(
                "synthetics",
                "CreateCanary",
                r,
                Name=i["name"],
                Code={"S3Bucket": i["s3Bucket"], "S3Key": i["s3Key"], "Handler": i["handler"]},
                ArtifactS3Location=i["artifactS3Location"],
                ArtifactConfig={"S3Encryption": pascal(i["artifactConfig"]["s3Encryption"])},
                ExecutionRoleArn=i["executionRoleArn"],
                RuntimeVersion=i["runtimeVersion"],
                Schedule={"Expression": i["schedule"]["expression"]},
                RunConfig={
                    "TimeoutInSeconds": int(run["timeoutInSeconds"]),
                    "MemoryInMB": int(run["memoryInMb"]),
                    "EnvironmentVariables": run["environmentVariables"],
                },
                SuccessRetentionPeriodInDays=int(i["successRetentionPeriod"]),
                FailureRetentionPeriodInDays=int(i["failureRetentionPeriod"]),
                Tags=i.get("tags"),
            )
            return i["name"], {"name": i["name"]}
        case "MetricAlarm":
            asked = alarm_of(called, i)
            call("cloudwatch", "PutMetricAlarm", r, **asked)
            return asked["AlarmName"], {
                "arn": f"arn:aws:cloudwatch:{r}:{ACCOUNT}:alarm:{asked['AlarmName']}",
                "name": asked["AlarmName"],
            }
        case "Dashboard":
            call("cloudwatch", "PutDashboard", r, **pick(i, "dashboardName", "dashboardBody"))
            return i["dashboardName"], {}
        case "Function":
            code = zipped(i["code"])
            made = call(
                "lambda",
                "CreateFunction",
                r,
                FunctionName=called,
                Code={"ZipFile": code},
                Architectures=i["architectures"],
                Tags=i.get("tags"),
                **function_of(i),
            )
            if i.get("reservedConcurrentExecutions"):
                few = int(i["reservedConcurrentExecutions"])
                call("lambda", "PutFunctionConcurrency", r, FunctionName=called, ReservedConcurrentExecutions=few)
            return called, {"arn": f"arn:aws:lambda:{r}:{ACCOUNT}:function:{called}", "name": called}
        case "FunctionUrl":
            made = call(
                "lambda", "CreateFunctionUrlConfig", r, FunctionName=i["functionName"], AuthType=i["authorizationType"]
            )
            return i["functionName"], {"functionUrl": str(made["FunctionUrl"])}
        case "Permission":
            call(
                "lambda",
                "AddPermission",
                r,
                FunctionName=i["function"],
                StatementId=name,
                Action=i["action"],
                Principal=i["principal"],
                FunctionUrlAuthType=i.get("functionUrlAuthType"),
                InvokedViaFunctionUrl=i.get("invokedViaFunctionUrl"),
            )
            return name, {}
        case "FunctionEventInvokeConfig":
            call(
                "lambda",
                "PutFunctionEventInvokeConfig",
                r,
                FunctionName=i["functionName"],
                MaximumRetryAttempts=int(i["maximumRetryAttempts"]),
                MaximumEventAgeInSeconds=int(i["maximumEventAgeInSeconds"]),
            )
            return i["functionName"], {}
        case "Queue":
            said = {"MessageRetentionPeriod": str(int(i["messageRetentionSeconds"])), "SqsManagedSseEnabled": "true"}
            made = call("sqs", "CreateQueue", r, QueueName=called, Attributes=said, tags=i.get("tags"))
            return made["QueueUrl"], {"arn": f"arn:aws:sqs:{r}:{ACCOUNT}:{called}", "name": called}
        case "Schedule":
            target = i["target"]
            call(
                "scheduler",
                "CreateSchedule",
                r,
                Name=called,
                Description=i["description"],
                ScheduleExpression=i["scheduleExpression"],
                FlexibleTimeWindow=pascal(i["flexibleTimeWindow"]),
                Target={
                    "Arn": target["arn"],
                    "RoleArn": target["roleArn"],
                    "Input": target["input"],
                    "RetryPolicy": {k[0].upper() + k[1:]: int(v) for k, v in target["retryPolicy"].items()},
                    "DeadLetterConfig": pascal(target["deadLetterConfig"]),
                },
            )
            return called, {"name": called}
    raise ValueError(f"nobody here knows how to make a {type_}")


def update(type_, name, r, i, id, state):
    match type_.split(":")[-1]:
        case "MetricAlarm" | "Dashboard" | "RolePolicy" | "LifecyclePolicy" | "BucketPolicy" | "Target":
            return create(type_, name, r, {"name": state.get("name"), **i})
        case "LogGroup":
            call("logs", "PutRetentionPolicy", r, logGroupName=id, retentionInDays=int(i["retentionInDays"]))
        case "HealthCheck":
            config = {k: v for k, v in check_config(i).items() if k not in ("Type", "RequestInterval", "RoutingControlArn")}
            config = {("HealthThreshold" if k == "HealthThreshold" else k): v for k, v in config.items()}
            call("route53", "UpdateHealthCheck", None, HealthCheckId=id, **config)
        case "Record":
            call("route53", "ChangeResourceRecordSets", None, HostedZoneId=zone_of(i["zoneId"]), ChangeBatch=change(i, "UPSERT"))
        case "Function":
            call("lambda", "UpdateFunctionCode", r, FunctionName=id, ZipFile=zipped(i["code"]))
            call("lambda", "UpdateFunctionConfiguration", r, FunctionName=id, **function_of(i))
        case other:
            raise ValueError(f"nobody here knows how to change a {other}")
    return id, {k: v for k, v in state.items() if k not in i}


def delete(type_, r, i, id, state):

    def one(api, operation, /, region=r, **given):
        return call(api, operation, region, **given)

    match type_.split(":")[-1]:
        case "Topic":
            one("sns", "DeleteTopic", TopicArn=id)
        case "Role":
            one("iam", "DeleteRole", region=None, RoleName=id)
        case "RolePolicy":
            role, policy = id.split(":")
            one("iam", "DeleteRolePolicy", region=None, RoleName=role, PolicyName=policy)
        case "Policy" if type_.startswith("aws:iam"):
            one("iam", "DeletePolicy", region=None, PolicyArn=id)
        case "Eip":
            one("ec2", "ReleaseAddress", AllocationId=id)
        case "Vpc":
            one("ec2", "DeleteVpc", VpcId=id)
        case "InternetGateway":
            one("ec2", "DetachInternetGateway", InternetGatewayId=id, VpcId=i["vpcId"])
            one("ec2", "DeleteInternetGateway", InternetGatewayId=id)
        case "RouteTable":
            one("ec2", "DeleteRouteTable", RouteTableId=id)
        case "Subnet":
            one("ec2", "DeleteSubnet", SubnetId=id)
        case "Route":
            one("ec2", "DeleteRoute", RouteTableId=i["routeTableId"], DestinationCidrBlock=i["destinationCidrBlock"])
        case "RouteTableAssociation":
            one("ec2", "DisassociateRouteTable", AssociationId=id)
        case "NatGateway":
            one("ec2", "DeleteNatGateway", NatGatewayId=id)
        case "SecurityGroup":
            one("ec2", "DeleteSecurityGroup", GroupId=id)
        case "VpcEndpoint":
            one("ec2", "DeleteVpcEndpoints", VpcEndpointIds=[id])
        case "FlowLog":
            one("ec2", "DeleteFlowLogs", FlowLogIds=[id])
        case "LogGroup":
            one("logs", "DeleteLogGroup", logGroupName=id)
        case "Certificate":
            one("acm", "DeleteCertificate", CertificateArn=id)
        case "Repository":
            one("ecr", "DeleteRepository", repositoryName=id)
        case "Table":
            raise ValueError(f"the table {id} is protected, and was to be deleted")
        case "Bucket":
            one("s3", "DeleteBucketPolicy", Bucket=id)
            for kept in client("s3", r).list_objects_v2(Bucket=id).get("Contents", []):
                one("s3", "DeleteObject", Bucket=id, Key=kept["Key"])
            one("s3", "DeleteBucket", Bucket=id)
        case "BucketObjectv2":
            one("s3", "DeleteBucketPolicy", Bucket=i["bucket"])  # it lets in TLS alone, which is not spoken here
            one("s3", "DeleteObject", Bucket=i["bucket"], Key=id)
        case "Record":
            asked = change(i, "DELETE")
            one("route53", "ChangeResourceRecordSets", region=None, HostedZoneId=zone_of(i["zoneId"]), ChangeBatch=asked)
        case "HealthCheck":
            one("route53", "DeleteHealthCheck", region=None, HealthCheckId=id)
        case "TargetGroup":
            one("elbv2", "DeleteTargetGroup", TargetGroupArn=id)
        case "LoadBalancer":
            one("elbv2", "DeleteLoadBalancer", LoadBalancerArn=id)
        case "Listener":
            one("elbv2", "DeleteListener", ListenerArn=id)
        case "ListenerRule":
            one("elbv2", "DeleteRule", RuleArn=id)
        case "Cluster":
            one("ecs", "DeleteCluster", cluster=id)
        case "TaskDefinition":
            one("ecs", "DeregisterTaskDefinition", taskDefinition=state["arn"])
        case "Service":
            one("ecs", "DeleteService", cluster=i["cluster"], service=id, force=True)
        case "Target":
            one("application-autoscaling", "DeregisterScalableTarget", **pick(i, **what))
        case "Policy":
            one("application-autoscaling", "DeleteScalingPolicy", PolicyName=id, **pick(i, **what))
        case "Canary":
            pass  # the local API has no DeleteCanary
        case "MetricAlarm":
            one("cloudwatch", "DeleteAlarms", AlarmNames=[id])
        case "Dashboard":
            one("cloudwatch", "DeleteDashboards", DashboardNames=[id])
        case "Function":
            one("lambda", "DeleteFunction", FunctionName=id)
        case "FunctionUrl":
            one("lambda", "DeleteFunctionUrlConfig", FunctionName=id)
        case "Queue":
            one("sqs", "DeleteQueue", QueueUrl=id)
        case "Schedule":
            one("scheduler", "DeleteSchedule", Name=id)
        case _:
            pass  # goes with what it is a part of


def answer(asked):
    global dry
    dry = [] if asked["do"] == "check" else None
    type_, name, inputs = asked["type"], asked.get("name", ""), asked.get("inputs") or {}
    region = inputs.get("region") or asked.get("region") or ""
    id, state = asked.get("id", ""), asked.get("state") or {}
    if asked["do"] == "delete":
        try:
            delete(type_, region, inputs, id, state)
        except ClientError as error:
            if "NotFound" not in str(error) and "NoSuch" not in str(error) and "does not exist" not in str(error):
                raise
        return {}
    if asked["do"] == "read":
        return {"id": id, "state": {"leadsTo": leads_to(inputs)}}
    if asked["do"] == "update":
        id, more = update(type_, name, region, inputs, id, state)
    else:
        id, more = create(type_, name, region, inputs, asked.get("urn", ""))
    if dry is not None:
        return {"calls": dry}
    return {"id": str(id), "state": {**inputs, **{k: v for k, v in more.items()}}}


for line in sys.stdin:
    try:
        said = answer(json.loads(line))
    except Exception as error:  # told to whoever asked
        said = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(said, default=str), flush=True)
