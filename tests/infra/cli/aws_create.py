"""tests · what the AWS provider calls to make a resource, type by type."""

import json, os

from aws_calls import ACCOUNT, call, clients
from aws_shapes import (
    actions,
    alarm_of,
    change,
    check_config,
    function_of,
    hexes,
    lower,
    pairs,
    pascal,
    pick,
    rules,
    scalable,
    service_of,
    spec,
    task_of,
    zipped,
    zone_of,
)


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
            call("application-autoscaling", "RegisterScalableTarget", r, **pick(i, **scalable), **ends)
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
                **pick(i, **scalable),
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
