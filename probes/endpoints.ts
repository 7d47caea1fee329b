/** probes · catalogue · pure. What each service is called in its endpoints' names, by the id that its node has in the
 *  dependency graph. Sources: the endpoint rules that AWS ships with its SDKs, which `tests/probes/catalogue_long.ts` holds
 *  all of this against; AWS General Reference, "Service endpoints and quotas". */

/** The parts of a service's names before the region. */
export type Endpoint = {
  /** The service's id when left out. */
  regional?: string;
  /** As the regional one when left out; `regional-name`: the regional name itself has both kinds of address. */
  dualStack?: string | "regional-name";
  /** Where the form above holds only in the partition `aws`, and others have one of their own. */
  dualStackOnlyInAws?: true;
  /** The regional one and `-fips` when left out. */
  fips?: string;
  /** In us-gov too; there the others' regional name is the FIPS one. */
  fipsInGov?: true;
};

export const endpoints: Record<string, Endpoint> = {
  // what is watched when nothing is named
  dynamodb: {},
  "dynamodb-streams": {
    regional: "streams.dynamodb",
    dualStack: "streams-dynamodb",
    fips: "streams.dynamodb-fips",
  },
  rds: {},
  ec2: {},
  elb: { regional: "elasticloadbalancing" },
  lambda: { fipsInGov: true },
  s3: { fipsInGov: true },
  sts: {},
  // the rest
  acm: {},
  apigateway: { fipsInGov: true },
  appconfig: { regional: "appconfigdata" },
  athena: { fipsInGov: true },
  autoscaling: {},
  batch: { fips: "fips.batch" },
  bedrock: { regional: "bedrock-runtime", fipsInGov: true },
  cloudformation: {},
  cloudmap: { regional: "servicediscovery", dualStack: "regional-name", fipsInGov: true },
  cloudtrail: {},
  cloudwatch: { regional: "monitoring" },
  codebuild: { fipsInGov: true },
  cognito: {
    regional: "cognito-idp",
    dualStack: "regional-name",
    dualStackOnlyInAws: true,
    fipsInGov: true,
  },
  ecr: { regional: "api.ecr", dualStack: "ecr", fipsInGov: true },
  ecs: { fipsInGov: true },
  efs: { regional: "elasticfilesystem", dualStack: "efs", fipsInGov: true },
  eks: { fips: "fips.eks" },
  elasticache: {},
  emr: { regional: "elasticmapreduce" },
  eventbridge: { regional: "events" },
  firehose: { fipsInGov: true },
  glue: { fipsInGov: true },
  kafka: { dualStack: "kafka-api" },
  kinesis: {},
  kms: { fipsInGov: true },
  logs: {},
  memorydb: { regional: "memory-db", fipsInGov: true },
  opensearch: { regional: "es", dualStack: "aos", fipsInGov: true },
  redshift: {},
  sagemaker: { regional: "api.sagemaker", fips: "api-fips.sagemaker", fipsInGov: true },
  scheduler: { fipsInGov: true },
  secretsmanager: { dualStack: "regional-name", fipsInGov: true },
  ses: { regional: "email", fipsInGov: true },
  sns: {},
  sqs: {},
  ssm: {},
  stepfunctions: { regional: "states", dualStackOnlyInAws: true },
  xray: { fipsInGov: true },
};

/** Names without a region of the user's choosing. Their control planes live in one region: in us-east-1 where the name
 *  has none. */
export const globalNames: Record<string, string> = {
  sts: "sts.amazonaws.com",
  iam: "iam.amazonaws.com",
  route53: "route53.amazonaws.com",
  cloudfront: "cloudfront.amazonaws.com",
  signin: "signin.aws.amazon.com",
  health: "global.health.amazonaws.com",
  organizations: "organizations.us-east-1.amazonaws.com",
  account: "account.us-east-1.amazonaws.com",
  shield: "shield.us-east-1.amazonaws.com",
  arc: "route53-recovery-control-config.us-west-2.amazonaws.com",
  globalaccelerator: "globalaccelerator.us-west-2.amazonaws.com",
  "network-manager": "networkmanager.us-west-2.amazonaws.com",
};
