/** infra/aws · pure. What is asked about and from where, as the settings tell it: the same in all three regions. */
import { awsLever } from "../../analyzer/recovery.ts";
import { catalogue } from "../../probes/catalogue.ts";
import type { Region, Target, Topology } from "../../store/records.ts";
import type { Settings } from "../settings.ts";
import { regionalName } from "./names.ts";

/** Services that a region's recovery, or the workload itself, stands on. */
const stoodOn = ["dynamodb", "ec2", "ecs", "elb", "lambda", "s3", "sts"];

/** For the estimate alone: until started tasks have passed their checks. AWS promises nothing; the report of a drill shows
 *  how long it really takes. */
const taskStartMs = 60_000;

export function topologyOf(settings: Settings): Topology {
  const { workload, regions, domain, capacity, controls } = settings;
  const trio = [regions.primary, regions.standby, regions.witness];
  return {
    workload: { name: workload, url: domain ? `https://${domain.name}/` : `https://${workload}.invalid/` },
    regions: [
      { region: regions.primary, role: "primary", capacity: settings.services ? capacity.primary : null },
      { region: regions.standby, role: "standby", capacity: settings.services ? capacity.standby : null },
      { region: regions.witness, role: "witness", capacity: null },
    ],
    vantages: trio.map((region) => ({ id: region, region })),
    lever: { ...awsLever[settings.lever], capacityMs: taskStartMs },
    targets: [
      ...catalogue({ regions: trio, services: stoodOn }),
      ...[regions.primary, regions.standby].flatMap((region) => workloadTargets(region, settings)),
      ...routeTargets(settings),
      ...copyTargets(settings),
      ...controls.map(
        (name): Target => ({
          id: `control/${name}`,
          kind: "dns",
          purpose: "control",
          service: name,
          region: "global",
          name,
          type: "A",
        }),
      ),
    ],
  };
}

/** What a canary elsewhere asks about a region that takes users: what it serves, and names it stands on. */
export function canaryTargets(about: Region, settings: Settings): Target[] {
  const names = catalogue({ regions: [about], services: ["dynamodb", "elb"] });
  const serves = about !== settings.regions.witness;
  return [
    ...(serves ? workloadTargets(about, settings).filter(({ kind }) => kind === "http") : []),
    ...names,
  ];
}

/** The workload in one region: asked by the region's own name, whatever the failover pair says; and how many tasks run. */
function workloadTargets(region: Region, { regions, domain, check, services }: Settings): Target[] {
  const asked = { service: "app", region };
  const endpoint: Target[] = domain
    ? [
        {
          id: `app@${region}`,
          kind: "http",
          purpose: "workload",
          ...asked,
          url: `https://${regionalName(region, domain.name)}${check.path}`,
          ...(check.text === undefined ? {} : { expectBody: check.text }),
        },
      ]
    : [];
  const carries = services?.[region === regions.primary ? "primary" : "standby"];
  const tasks: Target[] = carries
    ? [
        {
          id: `tasks@${region}`,
          kind: "aws",
          purpose: "capacity",
          ...asked,
          url: `aws://ecs/${region}/${carries.cluster}/${carries.service}`,
        },
      ]
    : [];
  return [...endpoint, ...tasks];
}

/** How far the standby's copy of the data is behind. The primary's is none while it takes the writes, and on the way home
 *  RDS itself waits until nothing is missing: so nobody asks for it. */
const copyTargets = ({ database, regions }: Settings): Target[] =>
  database
    ? [
        {
          id: `data@${regions.standby}`,
          kind: "aws",
          purpose: "data",
          service: "rds",
          region: regions.standby,
          url: `aws://rds/${regions.standby}/${database.standby}`,
        },
      ]
    : [];

/** The name as users take it. */
const routeTargets = ({ domain, check }: Settings): Target[] =>
  domain
    ? [
        {
          id: "route/app",
          kind: "http",
          purpose: "route",
          service: "app",
          region: "global",
          url: `https://${domain.name}${check.path}`,
        },
      ]
    : [];
