/** infra · border. A stack's settings, read and checked in one place. All that is wrong is said at once: the key, what
 *  was expected, what came, and the command that sets it. Stacks share facts by settings alone, so that none needs
 *  another to be there. */
import { z } from "zod";
import { BadInput, Region, Role } from "../store/records.ts";

const text = (pattern: RegExp, expected: string) => z.string(expected).regex(pattern, expected);
const region = z.string("expected a region such as us-east-1").pipe(Region);
const dnsName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const zone = text(/^Z[A-Z0-9]{1,31}$/, "expected a hosted zone's id, which begins with Z");

const Config = z.strictObject({
  "aws:region": region,
  /** Names the workload among others of the same account; part of the lever's metric. */
  "holdfast:workload": text(
    /^[a-z][a-z0-9-]{0,30}$/,
    "expected small letters, digits and dashes, at most 31",
  ),
  "holdfast:primary": region,
  "holdfast:standby": region,
  "holdfast:witness": region,
  /** How traffic is moved. `metric`: a value published in the standby region. */
  "holdfast:lever": z.literal("metric", 'expected "metric", the one kind there is so far').default("metric"),
  /** The name users know, and the public zone it is in. */
  "holdfast:domain": text(dnsName, "expected a host name in small letters").optional(),
  "holdfast:zoneId": zone.optional(),
  /** This region's load balancer: its own name, and the zone that name is in (not the workload's). */
  "holdfast:balancerName": text(dnsName, "expected the load balancer's DNS name in small letters").optional(),
  "holdfast:balancerZoneId": zone.optional(),
  /** What Route 53's checkers ask each load balancer for, over HTTPS, and what the answer's first 5120 bytes must
   *  contain, at most 255 characters (Route 53 API, HealthCheckConfig). */
  "holdfast:checkPath": text(/^\/[!-~]{0,254}$/, "expected a path that begins with /").default("/health"),
  "holdfast:checkText": text(/^.{1,255}$/, "expected 1 to 255 characters").optional(),
  /** The id of the standby's drain check; only the primary needs it. */
  "holdfast:drainCheck": text(
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    "expected a health check's id, the output drainCheck of the standby's stack",
  ).optional(),
  "holdfast:alertEmail": z.email("expected an e-mail address").optional(),
});
type Key = keyof z.infer<typeof Config>;

/** A value to show in the command that sets a key. */
const example: Record<Key, string> = {
  "aws:region": "us-east-1",
  "holdfast:workload": "shop",
  "holdfast:primary": "us-east-1",
  "holdfast:standby": "us-west-2",
  "holdfast:witness": "eu-west-1",
  "holdfast:lever": "metric",
  "holdfast:domain": "shop.example.com",
  "holdfast:zoneId": "Z0123456789EXAMPLE",
  "holdfast:balancerName": "shop-123.us-east-1.elb.amazonaws.com",
  "holdfast:balancerZoneId": "Z35SXDOTRQ7X7K",
  "holdfast:checkPath": "/health",
  "holdfast:checkText": '"all is well"',
  "holdfast:drainCheck": '"$(pulumi stack output drainCheck --stack STANDBY)"',
  "holdfast:alertEmail": "ops@example.com",
};

export type Settings = {
  stack: string;
  workload: string;
  region: Region;
  role: Role;
  regions: Record<Role, Region>;
  lever: "metric";
  domain: { name: string; zoneId: string } | undefined;
  balancer: { name: string; zoneId: string } | undefined;
  check: { path: string; text: string | undefined };
  drainCheck: string | undefined;
  alertEmail: string | undefined;
};

/** Reads the settings of one stack from its whole configuration, `namespace:key` to value. Keys of other namespaces
 *  are none of ours, but for `aws:region`. Throws `BadInput` with everything that is wrong. */
export function readSettings(config: Readonly<Record<string, string>>, stack: string): Settings {
  const ours = Object.entries(config).filter(([key]) => key === "aws:region" || key.startsWith("holdfast:"));
  const parsed = Config.safeParse(Object.fromEntries(ours));
  const faults = parsed.success ? contradictions(parsed.data) : parsed.error.issues.flatMap(faultsOf);
  if (!parsed.success || faults.length > 0) throw new BadInput(complaint(stack, faults, config));
  const c = parsed.data;
  const regions = {
    primary: c["holdfast:primary"],
    standby: c["holdfast:standby"],
    witness: c["holdfast:witness"],
  };
  return {
    stack,
    workload: c["holdfast:workload"],
    region: c["aws:region"],
    role: roleOf(regions, c["aws:region"]) ?? "witness",
    regions,
    lever: c["holdfast:lever"],
    domain: both(c["holdfast:domain"], c["holdfast:zoneId"]),
    balancer: both(c["holdfast:balancerName"], c["holdfast:balancerZoneId"]),
    check: { path: c["holdfast:checkPath"], text: c["holdfast:checkText"] },
    drainCheck: c["holdfast:drainCheck"],
    alertEmail: c["holdfast:alertEmail"],
  };
}

/** The command that sets a key. */
export const howToSet = (stack: string, key: Key, value = example[key]): string =>
  `pulumi config set ${key} ${value} --stack ${stack}`;

type Fault = { key: string; expected: string };

const faultsOf = (issue: z.core.$ZodIssue): Fault[] =>
  issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => ({
        key,
        expected: `no such key is known; known are ${Object.keys(example).join(", ")}`,
      }))
    : [{ key: issue.path.join("."), expected: issue.message }];

/** What each setting alone cannot tell. */
function contradictions(c: z.infer<typeof Config>): Fault[] {
  const faults: Fault[] = [];
  const regions = {
    primary: c["holdfast:primary"],
    standby: c["holdfast:standby"],
    witness: c["holdfast:witness"],
  };
  const together = (one: Key, other: Key) => {
    if (c[one] !== undefined && c[other] === undefined)
      faults.push({ key: other, expected: `expected a value, as ${one} has one` });
  };
  const distinct = Object.values(regions);
  if (new Set(distinct).size < distinct.length)
    faults.push({
      key: "holdfast:witness",
      expected: `expected three different regions; they are ${distinct.join(", ")}`,
    });
  const role = roleOf(regions, c["aws:region"]);
  if (!role)
    faults.push({
      key: "aws:region",
      expected: `expected one of the stack's own three regions: ${distinct.join(", ")}`,
    });
  together("holdfast:domain", "holdfast:zoneId");
  together("holdfast:zoneId", "holdfast:domain");
  together("holdfast:balancerName", "holdfast:balancerZoneId");
  together("holdfast:balancerZoneId", "holdfast:balancerName");
  if (role === "primary") together("holdfast:balancerName", "holdfast:drainCheck");
  return faults;
}

const roleOf = (regions: Record<Role, Region>, region: Region): Role | undefined =>
  Role.options.find((role) => regions[role] === region);

const both = (name: string | undefined, zoneId: string | undefined) =>
  name !== undefined && zoneId !== undefined ? { name, zoneId } : undefined;

function complaint(stack: string, faults: Fault[], config: Readonly<Record<string, string>>): string {
  const lines = faults.map(({ key, expected }) => {
    const came = config[key] === undefined ? "nothing is set" : `got ${JSON.stringify(config[key])}`;
    const remedy = isKey(key) ? howToSet(stack, key) : `pulumi config rm ${key} --stack ${stack}`;
    return `  ${key}: ${expected}; ${came}\n    ${remedy}`;
  });
  return [`Cannot use the settings of stack ${stack}:`, ...lines].join("\n");
}

const isKey = (key: string): key is Key => Object.hasOwn(example, key);
