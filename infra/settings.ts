/** infra · border. A stack's settings, read and checked in one place. All that is wrong is said at once: the key, what
 *  was expected, what came, and the command that sets it. Stacks share facts by settings alone, so that none needs
 *  another to be there. */
import type * as z from "zod";
import { BadInput, type Region, Role } from "../store/records.ts";
import type { Kind } from "./aws/lever/lever.ts";
import { serviceOf } from "./aws/names.ts";
import type { NetworkSettings } from "./aws/network/network.ts";
import { healthPath, memoryFor, regionOfImage } from "./aws/workload/image.ts";
import type { Tasks } from "./aws/workload/service.ts";
import { Config, example, isKey, type Key, secrets } from "./settings/keys.ts";

export type Settings = {
  stack: string;
  workload: string;
  region: Region;
  role: Role;
  regions: Record<Role, Region>;
  lever: Kind;
  domain: { name: string; zoneId: string } | undefined;
  certificateArn: string | undefined;
  /** The user's own; undefined where network and tasks are to be made. */
  balancer: { name: string; zoneId: string } | undefined;
  /** The ECS service whose tasks carry users in each region; null where nobody says which, behind balancers of the user's own. */
  services: Record<"primary" | "standby", Service> | null;
  /** Of each region that takes users, the end of its load balancer's ARN; undefined where it is not told. */
  heardAt: Record<"primary" | "standby", string | undefined>;
  check: { path: string; text: string | undefined };
  /** The standby's copy of the data, by its Aurora cluster's identifier; undefined where none is named. */
  database: { standby: string; moves: Moves | undefined } | undefined;
  drainCheck: string | undefined;
  /** JSON, as rules are written. */
  rules: string;
  /** JSON or YAML: the workload's own parts. */
  parts: string | undefined;
  controls: readonly string[];
  network: NetworkSettings;
  clients: readonly string[];
  image: string | undefined;
  tasks: Tasks;
  /** Tasks of each region that takes users: those that stand by, and those that carry all. */
  capacity: Record<"primary" | "standby", { normal: number; full: number }>;
  canaryRuntime: string;
  canaryMinutes: number;
  alertEmail: string | undefined;
  /** JSON, secret: channels besides the region's own topic. */
  notify: string;
  /** JSON, secret: who may enter the dashboard where it runs as the workload; nobody when left out. */
  access: string | undefined;
  /** The title of the page for anybody; undefined where there is none. */
  status: string | undefined;
};

/** The database whose writer follows the users: identifiers, as RDS has them. */
export type Moves = { globalDatabase: string; primary: string; standby: string };

export type Service = { cluster: string; service: string };

type Values = z.infer<typeof Config>;

/** Reads the settings of one stack from its whole configuration, `namespace:key` to value. Keys of other namespaces
 *  are none of ours, but for `aws:region`. Throws `BadInput` with everything that is wrong. */
export function readSettings(config: Readonly<Record<string, string>>, stack: string): Settings {
  const ours = Object.entries(config).filter(([key]) => key === "aws:region" || key.startsWith("holdfast:"));
  const parsed = Config.safeParse(Object.fromEntries(ours));
  const faults = parsed.success ? contradictions(parsed.data) : parsed.error.issues.flatMap(faultsOf);
  if (!parsed.success || faults.length > 0) throw new BadInput(complaint(stack, faults, config));
  const c = parsed.data;
  const regions = regionsOf(c);
  const role = roleOf(regions, c["aws:region"]) ?? "witness";
  const full = c["holdfast:tasks"];
  const standing = c["holdfast:standbyTasks"];
  return {
    stack,
    workload: c["holdfast:workload"],
    region: c["aws:region"],
    role,
    regions,
    lever: c["holdfast:lever"],
    domain: both(c["holdfast:domain"], c["holdfast:zoneId"]),
    certificateArn: c["holdfast:certificateArn"],
    balancer: both(c["holdfast:balancerName"], c["holdfast:balancerZoneId"]),
    services: servicesOf(c),
    heardAt: { primary: c["holdfast:primaryBalancer"], standby: c["holdfast:standbyBalancer"] },
    check: { path: c["holdfast:checkPath"], text: c["holdfast:checkText"] },
    database: databaseOf(c),
    drainCheck: c["holdfast:drainCheck"],
    rules: c["holdfast:rules"],
    parts: c["holdfast:parts"],
    controls: c["holdfast:controls"],
    network: {
      cidr: c["holdfast:cidr"] ?? blocks[role],
      zones: c["holdfast:zones"],
      nat: c["holdfast:nat"],
      endpoints: c["holdfast:endpoints"],
    },
    clients: c["holdfast:clients"],
    image: c["holdfast:image"],
    tasks: {
      port: c["holdfast:port"],
      cpu: c["holdfast:cpu"],
      memory: c["holdfast:memory"],
      min: role === "standby" ? standing : full,
      max: c["holdfast:tasksMax"],
    },
    capacity: { primary: { normal: full, full }, standby: { normal: standing, full } },
    canaryRuntime: c["holdfast:canaryRuntime"],
    canaryMinutes: c["holdfast:canaryMinutes"],
    alertEmail: c["holdfast:alertEmail"],
    notify: c["holdfast:notify"] ?? "[]",
    access: c["holdfast:access"],
    status: c["holdfast:status"],
  };
}

/** What another stack tells this one before it is made; stands in for that while nothing is touched yet. */
export const toldLater = { "holdfast:drainCheck": "00000000-0000-0000-0000-000000000000" };

/** Networks that may one day be joined must not overlap, so each role has its own. */
const blocks: Record<Role, string> = {
  primary: "10.20.0.0/16",
  standby: "10.21.0.0/16",
  witness: "10.22.0.0/16",
};

/** The command that sets a key. */
export const howToSet = (stack: string, key: Key, value = example[key]): string =>
  `pulumi config set ${secrets.includes(key) ? "--secret " : ""}${key} ${value} --stack ${stack}`;

type Fault = { key: string; expected: string };

const faultsOf = (issue: z.core.$ZodIssue): Fault[] =>
  issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => ({
        key,
        expected: `no such key is known; known are ${Object.keys(example).join(", ")}`,
      }))
    : [{ key: issue.path.join("."), expected: issue.message }];

const regionsOf = (c: Values): Record<Role, Region> => ({
  primary: c["holdfast:primary"],
  standby: c["holdfast:standby"],
  witness: c["holdfast:witness"],
});

/** What each setting alone cannot tell. */
function contradictions(c: Values): Fault[] {
  const faults: Fault[] = [];
  const say = (key: Key, expected: string) => faults.push({ key, expected });
  const regions = regionsOf(c);
  const together = (one: Key, other: Key) => {
    if (c[one] !== undefined && c[other] === undefined) say(other, `expected a value, as ${one} has one`);
  };
  const distinct = Object.values(regions);
  if (new Set(distinct).size < distinct.length)
    say("holdfast:witness", `expected three different regions; they are ${distinct.join(", ")}`);
  const role = roleOf(regions, c["aws:region"]);
  if (!role) say("aws:region", `expected one of the stack's own three regions: ${distinct.join(", ")}`);
  together("holdfast:domain", "holdfast:zoneId");
  together("holdfast:zoneId", "holdfast:domain");
  together("holdfast:balancerName", "holdfast:balancerZoneId");
  together("holdfast:balancerZoneId", "holdfast:balancerName");
  together("holdfast:primaryService", "holdfast:standbyService");
  together("holdfast:standbyService", "holdfast:primaryService");
  if (role !== "witness") together("holdfast:primaryService", "holdfast:balancerName"); // else tasks are made here
  // Else it would take users, and nobody could drain it.
  if (role === "primary") together("holdfast:domain", "holdfast:drainCheck");
  faults.push(...databaseFaults(c));
  if (role !== "witness") faults.push(...workloadFaults(c));
  return faults;
}

/** Of a database that is moved all has to be known beforehand: nobody can be asked for it then. */
function databaseFaults(c: Values): Fault[] {
  if (c["holdfast:moveDatabase"] === "false") return [];
  const needed = ["holdfast:globalDatabase", "holdfast:primaryDatabase", "holdfast:standbyDatabase"] as const;
  return needed
    .filter((key) => c[key] === undefined)
    .map((key) => ({ key, expected: 'expected a value, as holdfast:moveDatabase is "true"' }));
}

function workloadFaults(c: Values): Fault[] {
  const faults: Fault[] = [];
  const say = (key: Key, expected: string) => faults.push({ key, expected });
  const [cpu, most] = [c["holdfast:cpu"], c["holdfast:tasksMax"]];
  const fits = memoryFor(cpu);
  if (!fits.includes(c["holdfast:memory"]))
    say(
      "holdfast:memory",
      `expected MiB that Fargate takes for ${cpu} CPU units: ${fits[0]} to ${fits.at(-1)}${fits.length > 3 ? ` in steps of ${(fits[1] ?? 0) - (fits[0] ?? 0)}` : ` (${fits.join(", ")})`}`,
    );
  if (c["holdfast:tasks"] > most)
    say("holdfast:tasksMax", `expected at least ${c["holdfast:tasks"]}, as holdfast:tasks says`);
  if (c["holdfast:standbyTasks"] > most)
    say(
      "holdfast:tasksMax",
      `expected at least ${c["holdfast:standbyTasks"]}, as holdfast:standbyTasks says`,
    );
  const certificate = c["holdfast:certificateArn"];
  if (certificate !== undefined && certificate.split(":")[3] !== c["aws:region"])
    say(
      "holdfast:certificateArn",
      `expected a certificate of ${c["aws:region"]}, as a balancer takes no other region's`,
    );
  const needed = ["ecr.api", "ecr.dkr", "logs"];
  const without = needed.filter((name) => !c["holdfast:endpoints"].includes(name));
  if (c["holdfast:nat"] === "none" && without.length > 0)
    say(
      "holdfast:endpoints",
      `expected ${needed.join(",")} among them, as without a NAT tasks reach their image and their log by these alone`,
    );
  const image = c["holdfast:image"];
  if (
    image === undefined &&
    c["holdfast:balancerName"] === undefined &&
    c["holdfast:checkPath"] !== healthPath
  )
    say(
      "holdfast:checkPath",
      `expected ${healthPath}, which is all that the dashboard's image answers a checker; or another image by holdfast:image`,
    );
  const from = image === undefined ? null : regionOfImage(image);
  if (from !== null && from !== c["aws:region"])
    say(
      "holdfast:image",
      `expected an image in ${c["aws:region"]}, as tasks that fetch from ${from} cannot start when it is lost`,
    );
  return faults;
}

const roleOf = (regions: Record<Role, Region>, region: Region): Role | undefined =>
  Role.options.find((role) => regions[role] === region);

const both = (name: string | undefined, zoneId: string | undefined) =>
  name !== undefined && zoneId !== undefined ? { name, zoneId } : undefined;

function servicesOf(c: Values): Settings["services"] {
  const { "holdfast:primaryService": primary, "holdfast:standbyService": standby } = c;
  if (primary && standby) return { primary, standby };
  if (c["holdfast:balancerName"] !== undefined) return null;
  const made = serviceOf(c["holdfast:workload"]);
  return { primary: made, standby: made };
}

function databaseOf(c: Values): Settings["database"] {
  const {
    "holdfast:globalDatabase": globalDatabase,
    "holdfast:primaryDatabase": primary,
    "holdfast:standbyDatabase": standby,
  } = c;
  if (standby === undefined) return undefined;
  const known = globalDatabase !== undefined && primary !== undefined;
  const moves = c["holdfast:moveDatabase"] === "true" && known;
  return { standby, moves: moves ? { globalDatabase, primary, standby } : undefined };
}

function complaint(stack: string, faults: Fault[], config: Readonly<Record<string, string>>): string {
  const lines = faults.map(({ key, expected }) => {
    const came = cameOf(key, config[key]);
    const remedy = isKey(key) ? howToSet(stack, key) : `pulumi config rm ${key} --stack ${stack}`;
    return `  ${key}: ${expected}; ${came}\n    ${remedy}`;
  });
  return [`Cannot use the settings of stack ${stack}:`, ...lines].join("\n");
}

const cameOf = (key: string, value: string | undefined): string => {
  if (value === undefined) return "nothing is set";
  return secrets.includes(key)
    ? `what came is a secret of ${value.length} characters, not repeated here`
    : `got ${JSON.stringify(value)}`;
};
