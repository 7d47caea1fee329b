/** probes · catalogue. The names that a workload on AWS leans on, by service and region: regional, dual-stack, FIPS,
 *  an account's own, and the global ones. */
import { BadInput, type DnsTarget } from "../store/records.ts";
import { endpoints, globalNames } from "./endpoints.ts";

/** The forms that a service's name takes. */
export const variants = ["regional", "dual-stack", "fips", "account", "global"] as const;
export type Variant = (typeof variants)[number];

const onlyGlobal = Object.keys(globalNames).filter((service) => !(service in endpoints));
export const services: readonly string[] = [...Object.keys(endpoints), ...onlyGlobal];

/** What is watched when nothing is named. */
export const usualServices: readonly string[] = services.slice(0, services.indexOf("sts") + 1);
export const usualRegions: readonly string[] = ["us-east-1", "us-west-2", "eu-west-1"];

/** China and the US government are partitions of their own, China with its own domains. */
const isChina = (region: string) => region.startsWith("cn-");
const isGov = (region: string) => region.startsWith("us-gov-");
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
  const usual = forms.includes("global") ? [...usualServices, ...onlyGlobal] : usualServices;
  const { services: which = usual } = selection;
  for (const service of which) {
    if (services.includes(service)) continue;
    const meant = service === "" ? [] : services.filter((known) => known.includes(service));
    throw new BadInput(
      `Cannot watch a service: expected one of ${(meant.length > 0 ? meant : services).join(", ")}; got "${service}"`,
    );
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
  if (form === "global") return globalNames[service] ?? null;
  const known = endpoints[service];
  if (!known) return null;
  const { regional = service, fips = `${regional}-fips`, dualStack = regional } = known;
  const regionalName = `${regional}.${region}.${domainOf(region)}`;
  const isAws = !isChina(region) && !isGov(region);
  switch (form) {
    case "regional":
      return regionalName;
    case "dual-stack":
      if (known.dualStackOnlyInAws && !isAws) return null;
      if (dualStack === "regional-name") return regionalName;
      if (service === "s3") return `s3.dualstack.${region}.${domainOf(region)}`; // older than the common form
      return `${dualStack}.${region}.${dualStackDomainOf(region)}`;
    case "fips":
      if (isChina(region)) return null;
      return isGov(region) && !known.fipsInGov ? regionalName : `${fips}.${region}.amazonaws.com`;
    case "account": // newer SDKs go here by themselves, so the regional name being well is not enough
      return service === "dynamodb" && isAws ? `${account}.ddb.${region}.amazonaws.com` : null;
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
