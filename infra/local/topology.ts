/** infra/local · pure. What is watched in the local world, from where, and which region does what. */
import { parse, type Target, Topology } from "../../store/records.ts";
import {
  capacity,
  controlName,
  pinged,
  primary,
  regionalName,
  regions,
  serviceIds,
  serviceName,
  standby,
  traffic,
  workloadName,
} from "./places.ts";
import type { Timings } from "./timings.ts";

export function localTopology(options: {
  /** `host:port` of the name server. */
  resolver: string;
  appPort: number;
  control: { resolver: string; url: string };
  timings: Timings;
}): Topology {
  const { resolver, appPort, control, timings: t } = options;
  const role = { [primary]: "primary", [standby]: "standby" } as const;
  const targets: Target[] = [
    ...regions.flatMap((region) => serviceTargets(region, resolver, appPort)),
    ...traffic.flatMap((region) => workloadTargets(region, resolver, appPort)),
    {
      id: "route/app",
      kind: "http",
      purpose: "route",
      service: "app",
      region: "global",
      url: `http://${workloadName}:${appPort}/`,
      resolver,
    },
    ...controlTargets(control),
  ];
  return parse("the local topology", Topology, {
    workload: { name: workloadName, url: `http://${workloadName}:${appPort}/` },
    regions: regions.map((region) => ({
      region,
      role: region === primary || region === standby ? role[region] : "witness",
      capacity: capacity[region] ?? null,
    })),
    vantages: regions.map((region) => ({ id: region, region })),
    targets,
    lever: {
      kind: "metric",
      leverMs: t.alarmPeriodMs,
      checkMs: 0, // the name server asks the rules at each question
      ttlMs: t.nameTtlS * 1_000,
      capacityMs:
        t.taskStartMs * Math.max(0, (capacity[standby]?.full ?? 1) - (capacity[standby]?.normal ?? 1)),
    },
  });
}

function serviceTargets(region: string, resolver: string, appPort: number): Target[] {
  const names = serviceIds.map(
    (service): Target => ({
      id: `dns/${service}@${region}`,
      kind: "dns",
      purpose: "service",
      service,
      region,
      name: serviceName(service, region),
      type: "A",
      resolver,
    }),
  );
  const pings = pinged.map(
    (service): Target => ({
      id: `http/${service}@${region}`,
      kind: "http",
      purpose: "service",
      service,
      region,
      url: `http://${serviceName(service, region)}:${appPort}/ping`,
      resolver,
    }),
  );
  return [...names, ...pings];
}

function workloadTargets(region: string, resolver: string, appPort: number): Target[] {
  const pages = ["/", "/checkout"].map(
    (path): Target => ({
      id: `http/app${path}@${region}`,
      kind: "http",
      purpose: "workload",
      service: "app",
      region,
      url: `http://${regionalName(region)}:${appPort}${path}`,
      resolver,
    }),
  );
  const tasks: Target = {
    id: `tasks/ecs@${region}`,
    kind: "aws",
    purpose: "capacity",
    service: "ecs",
    region,
    url: `http://${serviceName("ecs", region)}:${appPort}/tasks`,
    resolver,
  };
  return [...pages, tasks];
}

function controlTargets({ resolver, url }: { resolver: string; url: string }): Target[] {
  const asked = { purpose: "control", service: "control", region: "global", resolver } as const;
  return [
    { ...asked, id: "control/dns", kind: "dns", name: controlName, type: "A" },
    { ...asked, id: "control/http", kind: "http", url },
  ];
}
