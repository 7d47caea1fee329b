/** infra/aws · effects. What stands in each region, read as a table of contents. No stack needs another to be brought
 *  up, changed or lost: the primary is told the standby's drain check by its settings, and nothing is told back. */
import type { Input, Output } from "@pulumi/pulumi";
import type { Region, Role } from "../../store/records.ts";
import { howToSet, type Settings } from "../settings.ts";
import { Alerts } from "./alerts.ts";
import { Artifacts } from "./artifacts.ts";
import { Canaries } from "./canaries.ts";
import type { Code } from "./code.ts";
import { Analyzer } from "./functions/analyzer.ts";
import { Auditor } from "./functions/auditor.ts";
import { Dashboard } from "./functions/dashboard.ts";
import { Prober } from "./functions/prober.ts";
import { StatusPage } from "./functions/status.ts";
import { Heartbeat } from "./heartbeat.ts";
import { type Lever, lever } from "./lever/lever.ts";
import { tablesOf } from "./names.ts";
import { Network } from "./network/network.ts";
import { Table } from "./tables.ts";
import { canaryTargets } from "./topology.ts";
import { TrafficRecord } from "./traffic.ts";
import { Board } from "./watch/board.ts";
import { DoorAlarms } from "./watch/door.ts";
import { Certificate } from "./workload/certificate.ts";
import { shown } from "./workload/shown.ts";
import { Workload } from "./workload/workload.ts";

/** What a stack tells of itself. `missing`: what was left out, why, and how to have it. */
export type Outputs = {
  role: Role;
  region: string;
  missing: string[];
  /** The lever's health check; the primary's stack is told it. */
  drainCheck?: Output<string>;
  /** Asks this region's load balancer. */
  endpointCheck?: Output<string>;
  /** The load balancer's own name, and the end of its ARN; the standby's stack is told the primary's. */
  door?: Output<string>;
  balancer?: Output<string>;
  /** Where the dashboard's image is to be pushed to. */
  repository?: Output<string>;
  /** The dashboard's address, and the policy for whoever is to look at it. */
  dashboard?: Output<string>;
  mayLook?: Output<string>;
  /** The address of the page for anybody, without its path /status. */
  status?: Output<string>;
  alerts: Output<string>;
};

/** The primary takes users until its endpoint fails or the standby's lever says drained. */
function primary(settings: Settings, code: Code): Outputs {
  const { workload, drainCheck } = settings;
  const alerts = new Alerts(`${workload}-alerts`, settings);
  const serving = serve(settings, "PRIMARY", drainCheck === undefined ? [] : [drainCheck], alerts);
  const watching = watch(settings, code, alerts);
  page(settings, [...serving.alarms, ...watching.alarms], serving.balancer);
  return { ...serving.outputs, alerts: alerts.topic.arn };
}

/** The standby holds whatever moves traffic, so that all of it outlives the primary. */
function standby(settings: Settings, code: Code): Outputs {
  const { workload, region, regions } = settings;
  const alerts = new Alerts(`${workload}-alerts`, settings);
  const pulled = lever(`${workload}-lever`, settings.lever, { ...settings, alerts, code: code.drain ?? {} });
  const serving = serve(settings, "SECONDARY", idsOf(pulled), alerts);
  new Table(`${workload}-state`, { region, tableName: tablesOf(workload).state });
  const analyzer = new Analyzer(`${workload}-analyzer`, {
    settings,
    alerts,
    lever: pulled,
    code: code.analyzer ?? {},
    heardIn: regions.witness,
    balancers: heard(settings, serving.balancer),
  });
  const dashboard = new Dashboard(`${workload}-dashboard`, { settings, alerts, code: code.dashboard ?? {} });
  const status =
    settings.status === undefined
      ? undefined
      : new StatusPage(`${workload}-status`, {
          settings,
          title: settings.status,
          alerts,
          code: code.status ?? {},
        });
  const watching = watch(settings, code, alerts);
  const alarms = [...pulled.alarms, ...analyzer.minute.alarms, ...serving.alarms, ...watching.alarms];
  page(settings, alarms, serving.balancer);
  return {
    ...serving.outputs,
    drainCheck: pulled.drainCheck.id,
    dashboard: dashboard.url,
    mayLook: dashboard.mayLook.arn,
    ...(status ? { status: status.url } : {}),
    alerts: alerts.topic.arn,
  };
}

/** The witness takes no users. It gives the third vote, watches those who watch, and looks whether all is as made. */
function witness(settings: Settings, code: Code): Outputs {
  const { workload, role, region } = settings;
  const alerts = new Alerts(`${workload}-alerts`, settings);
  const heartbeat = new Heartbeat(`${workload}-heartbeat`, { ...settings, alerts });
  const auditor = new Auditor(`${workload}-auditor`, {
    settings,
    alerts,
    code: code.auditor ?? {},
    heardIn: heardIn(settings),
  });
  const watching = watch(settings, code, alerts);
  page(settings, [heartbeat.alarm, ...auditor.minute.alarms, ...watching.alarms], undefined);
  return { role, region, missing: [], alerts: alerts.topic.arn };
}

export const stacks: Record<Role, (settings: Settings, code: Code) => Outputs> = {
  primary,
  standby,
  witness,
};

const idsOf = ({ standbyGuards }: Lever): Output<string>[] => standbyGuards.map((check) => check.id);

/** Whose counts the analyzer takes for the users' voice; a primary that nobody has told of yet has none. */
function heard(
  { regions, heardAt }: Settings,
  made: Output<string> | undefined,
): Record<Region, Input<string>> {
  const standby = heardAt.standby ?? made;
  return {
    ...(heardAt.primary === undefined ? {} : { [regions.primary]: heardAt.primary }),
    ...(standby === undefined ? {} : { [regions.standby]: standby }),
  };
}

type Ringing = { arn: Output<string> };

/** What looks at all regions from this one. */
function watch(settings: Settings, code: Code, alerts: Alerts): { alarms: Ringing[] } {
  const { workload, region, regions, canaryRuntime: runtime } = settings;
  new Table(`${workload}-rounds`, { region, tableName: tablesOf(workload).rounds });
  const prober = new Prober(`${workload}-prober`, {
    settings,
    alerts,
    code: code.prober ?? {},
    heardIn: heardIn(settings),
  });
  const artifacts = new Artifacts(`${workload}-artifacts`, settings);
  const others = [regions.primary, regions.standby].filter((other) => other !== region);
  const targets = new Map(others.map((about) => [about, canaryTargets(about, settings)]));
  const canaries = new Canaries(`${workload}-canaries`, {
    ...settings,
    artifacts,
    alerts,
    code: code.canary,
    runtime,
    targets,
  });
  return { alarms: [...prober.minute.alarms, ...canaries.alarms] };
}

type Serving = {
  outputs: Omit<Outputs, "alerts">;
  alarms: Ringing[];
  balancer: Output<string> | undefined;
};

/** What takes users here, and this region's half of the failover pair, as far as the settings allow it. */
function serve(
  settings: Settings,
  half: "PRIMARY" | "SECONDARY",
  guards: Input<string>[],
  alerts: Alerts,
): Serving {
  const { role, region, workload, domain, balancer: own } = settings;
  const record = (balancer: { name: Input<string>; zoneId: Input<string> }, secure: boolean) =>
    new TrafficRecord(`${workload}-traffic`, { ...settings, balancer, secure, half, guards });
  if (own) {
    const outputs = {
      role,
      region,
      missing: missing(settings),
      endpointCheck: record(own, true).endpoint.id,
    };
    return { outputs, alarms: [], balancer: undefined };
  }
  const network = new Network(`${workload}-network`, settings);
  const certificate = settings.certificateArn ?? (domain && proved(settings, domain));
  const { door, repository } = new Workload(`${workload}-workload`, {
    ...settings,
    network,
    certificate,
    shown: shown(settings, alerts),
    checkPath: settings.check.path,
  });
  const balancer = { name: door.balancer.dnsName, zoneId: door.balancer.zoneId };
  const { alarms } = new DoorAlarms(`${workload}-users`, {
    ...settings,
    door,
    alerts,
    heardIn: heardIn(settings),
  });
  const outputs = {
    role,
    region,
    missing: missing(settings),
    endpointCheck: record(balancer, certificate !== undefined).endpoint.id,
    door: door.balancer.dnsName,
    balancer: door.balancer.arnSuffix,
    ...(repository ? { repository: repository.repositoryUrl } : {}),
  };
  return { outputs, alarms, balancer: door.balancer.arnSuffix };
}

const proved = (settings: Settings, domain: { name: string; zoneId: string }) =>
  new Certificate(`${settings.workload}-names`, { ...settings, domain }).arn;

function missing({ stack, domain, certificateArn, balancer }: Settings): string[] {
  const lacks = (what: string, key: "holdfast:domain") =>
    `${what}, as ${key} is not set; to have it: ${howToSet(stack, key)}`;
  if (domain) return [];
  const shut =
    balancer || certificateArn
      ? []
      : [lacks("no certificate, so the door is shut to users", "holdfast:domain")];
  return [lacks("no failover record", "holdfast:domain"), ...shut];
}

/** The witness hears the standby fall silent; the standby hears the others. */
const heardIn = ({ role, regions }: Settings) => (role === "standby" ? regions.witness : regions.standby);

function page(settings: Settings, alarms: Ringing[], balancer: Output<string> | undefined): void {
  new Board(`${settings.workload}-board`, { ...settings, alarms: alarms.map(({ arn }) => arn), balancer });
}
