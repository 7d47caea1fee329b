/** probes · catalogue. The names that a workload on AWS leans on, by service and region: regional, dual-stack, FIPS,
 *  an account's own, and the global ones.
 *  Sources: AWS General Reference, "Service endpoints and quotas"; the endpoint rules that AWS ships with its SDKs. */
import { BadInput, type DnsTarget } from "../store/records.ts";

/** The forms that a service's name takes. */
export const variants = ["regional", "dual-stack", "fips", "account", "global"] as const;
export type Variant = (typeof variants)[number];

type Names = {
  regional: string;
  /** `-fips` at the end of the regional prefix when left out. */
  fips?: string;
  dualStack?: string;
  /** The part before `amazonaws.com` of a name without a region. */
  global?: string;
};

/** What a service is called in its endpoints' names, by the id that its node has in the dependency graph. */
const names: Record<string, Names> = {
  dynamodb: { regional: "dynamodb" },
  "dynamodb-streams": { regional: "streams.dynamodb" },
  rds: { regional: "rds" },
  ec2: { regional: "ec2" },
  elb: { regional: "elasticloadbalancing" },
  lambda: { regional: "lambda" },
  s3: { regional: "s3" },
  sts: { regional: "sts", global: "sts" },
  autoscaling: { regional: "autoscaling" },
  cloudwatch: { regional: "monitoring" },
  ecr: { regional: "api.ecr", dualStack: "ecr", fips: "ecr-fips" },
  ecs: { regional: "ecs" },
  eventbridge: { regional: "events" },
  kinesis: { regional: "kinesis" },
  kms: { regional: "kms" },
  logs: { regional: "logs" },
  secretsmanager: { regional: "secretsmanager" },
  sns: { regional: "sns" },
  sqs: { regional: "sqs" },
  ssm: { regional: "ssm" },
};

/** Services whose one name has no region; their control planes live in us-east-1. */
const onlyGlobal: Record<string, string> = { iam: "iam", route53: "route53", cloudfront: "cloudfront" };

/** In us-gov these have a `-fips` name of their own; the others' regional name is the FIPS one. */
const govFips = ["dynamodb", "ecr", "ecs", "kms", "lambda", "s3", "secretsmanager"];

export const services: readonly string[] = [...Object.keys(names), ...Object.keys(onlyGlobal)];

/** What is watched when nothing is named. */
export const usualServices: readonly string[] = services.slice(0, services.indexOf("sts") + 1);
export const usualRegions: readonly string[] = ["us-east-1", "us-west-2", "eu-west-1"];

/** China is a partition of its own, with its own domains. */
const isChina = (region: string) => region.startsWith("cn-");
const domainOf = (region: string) => (isChina(region) ? "amazonaws.com.cn" : "amazonaws.com");
const dualStackDomainOf = (region: string) => (isChina(region) ? "api.amazonwebservices.com.cn" : "api.aws");

export type Selection = {
  regions?: readonly string[] | undefined;
  services?: readonly string[] | undefined;
  /** `regional` when left out. */
  variants?: readonly Variant[] | undefined;
  /** A when left out; A and AAAA, asked apart, for dual-stack names. */
  types?: readonly DnsTarget["type"][] | undefined;
  /** Twelve digits; for the variant `account`. */
  account?: string | undefined;
};

/** One DNS target for each name and type that a selection holds. Throws `BadInput` for a service it does not know, an
 *  account that is none, and a selection that holds no name. */
export function catalogue(selection: Selection = {}): DnsTarget[] {
  const { regions = usualRegions, variants: forms = ["regional"] } = selection;
  const usual = forms.includes("global") ? [...usualServices, ...Object.keys(onlyGlobal)] : usualServices;
  const { services: which = usual } = selection;
  for (const service of which) {
    if (services.includes(service)) continue;
    throw new BadInput(`Cannot watch a service: expected one of ${services.join(", ")}; got "${service}"`);
  }
  const { account } = selection;
  if (forms.includes("account") && !/^\d{12}$/.test(account ?? "")) {
    throw new BadInput(
      `Cannot watch an account's names: expected its twelve digits; got ${JSON.stringify(account ?? "")}`,
    );
  }
  const targets = forms.flatMap((form) =>
    (form === "global" ? ["global"] : regions).flatMap((region) =>
      which.flatMap((service) => {
        const name = nameOf(service, region, form, account ?? "");
        const types =
          selection.types ?? (form === "dual-stack" ? (["A", "AAAA"] as const) : (["A"] as const));
        return name === null ? [] : types.map((type) => target(service, region, form, name, type));
      }),
    ),
  );
  if (targets.length > 0) return targets;
  throw new BadInput(
    `Cannot watch nothing: ${which.join(", ")} have no name of the kind ${forms.join(", ")} there`,
  );
}

function target(
  service: string,
  region: string,
  form: Variant,
  name: string,
  type: DnsTarget["type"],
): DnsTarget {
  const id =
    form === "regional" || form === "global" ? `${service}@${region}` : `${service}@${region}/${form}`;
  return { id: `${id}/${type}`, service, region, purpose: "service", kind: "dns", name, type };
}

/** The name of a service in one form; null where there is none. */
function nameOf(service: string, region: string, form: Variant, account: string): string | null {
  const known = names[service];
  if (form === "global") {
    const prefix = onlyGlobal[service] ?? known?.global;
    return prefix ? `${prefix}.amazonaws.com` : null;
  }
  if (!known) return null;
  const { regional, fips = `${regional}-fips`, dualStack = regional } = known;
  switch (form) {
    case "regional":
      return `${regional}.${region}.${domainOf(region)}`;
    case "dual-stack":
      if (service === "s3") return `s3.dualstack.${region}.${domainOf(region)}`; // older than the common form
      return `${dualStack}.${region}.${dualStackDomainOf(region)}`;
    case "fips": {
      if (isChina(region)) return null;
      const own = !region.startsWith("us-gov-") || govFips.includes(service);
      return `${own ? fips : regional}.${region}.amazonaws.com`;
    }
    case "account": // newer SDKs go here by themselves, so the regional name being well is not enough
      return service === "dynamodb" ? `${account}.ddb.${region}.${domainOf(region)}` : null;
  }
}

/** The service and region that a name is an endpoint of, in whatever form; null for any other name. */
export function endpointOf(name: string): { service: string; region: string } | null {
  const global = services.find((service) => nameOf(service, "global", "global", "") === name);
  if (global) return { service: global, region: "global" };
  const region = name.split(".").find((label) => /^[a-z]{2}(-[a-z]+)+-\d+$/.test(label));
  if (region === undefined) return null;
  const account = /^\d{12}/.exec(name)?.[0] ?? "";
  const forms = variants.filter((form) => form !== "global");
  const service = services.find((id) => forms.some((form) => nameOf(id, region, form, account) === name));
  return service ? { service, region } : null;
}
