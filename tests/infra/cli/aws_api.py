"""tests · what the AWS provider would do, for the types that the stacks hold: a resource's inputs become calls (aws_create.py,
aws_shapes.py), which are held to botocore's model of them before they are made (aws_calls.py).

Reads one JSON a line: {"do": "create" | "read" | "update" | "delete" | "check", "type", "name", "region", "inputs", "id", "state"}, and
answers one: {"id", "state"} or {"error"}. `read` knows where a record leads now. `check` makes nothing: it gives the calls that `create` would make."""

import json, sys

from botocore.exceptions import ClientError

from aws_calls import call, client, rehearse
from aws_create import create
from aws_shapes import change, check_config, function_of, leads_to, pick, scalable, zipped, zone_of


def update(type_, name, r, i, id, state):
    match type_.split(":")[-1]:
        case "MetricAlarm" | "Dashboard" | "RolePolicy" | "LifecyclePolicy" | "BucketPolicy" | "Target":
            return create(type_, name, r, {"name": state.get("name"), **i})
        case "LogGroup":
            call("logs", "PutRetentionPolicy", r, logGroupName=id, retentionInDays=int(i["retentionInDays"]))
        case "HealthCheck":
            config = {k: v for k, v in check_config(i).items() if k not in ("Type", "RequestInterval", "RoutingControlArn")}
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
            one("application-autoscaling", "DeregisterScalableTarget", **pick(i, **scalable))
        case "Policy":
            one("application-autoscaling", "DeleteScalingPolicy", PolicyName=id, **pick(i, **scalable))
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
    rehearsed = rehearse(asked["do"] == "check")
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
    if rehearsed is not None:
        return {"calls": rehearsed}
    return {"id": str(id), "state": {**inputs, **more}}


for line in sys.stdin:
    try:
        said = answer(json.loads(line))
    except Exception as error:  # told to whoever asked
        said = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(said, default=str), flush=True)
