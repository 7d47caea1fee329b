/** infra/audit · pure. The health checks that the pair obeys: the primary's is healthy while its door answers and nobody has
 *  drained it, the standby's while its door answers. As infra/aws/traffic.ts and infra/aws/lever/ make them. */
import type { HealthCheckConfig, ResourceRecordSet } from "@aws-sdk/client-route-53";
import { bare } from "./found.ts";
import type { Pair } from "./records.ts";
import type { Wanted } from "./wanted.ts";

type Checks = ReadonlyMap<string, HealthCheckConfig>;

/** The check of a record's door, where there is one and no more: the one that asks the load balancer by its own name. */
export function doorCheck(record: ResourceRecordSet | null, checks: Checks): string | null {
  const own = leaves(record?.HealthCheckId, checks).filter(([, c]) => asks(c) && !c.Inverted);
  return own.length === 1 ? (own[0]?.[0] ?? null) : null;
}

/** What is not as it was made, a line each. */
export function wrongChecks(pair: Pair, checks: Checks, wanted: Wanted): string[] {
  const { primary, standby } = wanted;
  return [
    ...wrongSet(`${primary}'s check`, pair.PRIMARY, checks),
    ...wrongSet(`${standby}'s check`, pair.SECONDARY, checks),
    ...wrongDoor(primary, pair.PRIMARY, checks),
    ...wrongDoor(standby, pair.SECONDARY, checks),
    ...wrongDrain(pair.PRIMARY, checks, wanted),
  ];
}

const asks = ({ Type }: HealthCheckConfig) => /^(HTTPS?|TCP)/.test(Type ?? "");

function leaves(id: string | undefined, checks: Checks): [string, HealthCheckConfig][] {
  const config = id === undefined ? undefined : checks.get(id);
  if (id === undefined || !config) return [];
  if (config.Type !== "CALCULATED") return [[id, config]];
  return (config.ChildHealthChecks ?? []).flatMap((child) => leaves(child, checks));
}

/** Every one of a set has to be healthy; one that is switched off, or turned round, says nothing or the contrary. */
function wrongSet(what: string, record: ResourceRecordSet | null, checks: Checks): string[] {
  const config = record?.HealthCheckId === undefined ? undefined : checks.get(record.HealthCheckId);
  if (!config) return [];
  const children = config.ChildHealthChecks?.length ?? 0;
  const those = [config, ...leaves(record?.HealthCheckId, checks).map(([, c]) => c)];
  return [
    ...(config.Type === "CALCULATED" && config.HealthThreshold !== children
      ? [
          `${what} is healthy with ${config.HealthThreshold} of its ${children} parts, and was made to need all`,
        ]
      : []),
    ...(config.Type === "CALCULATED" && config.Inverted ? [`${what} is turned round`] : []),
    ...(those.some((c) => c.Disabled)
      ? [`${what}, or a part of it, is switched off, and so always healthy`]
      : []),
  ];
}

function wrongDoor(region: string, record: ResourceRecordSet | null, checks: Checks): string[] {
  if (!record?.HealthCheckId) return [];
  const id = doorCheck(record, checks);
  const config = id === null ? undefined : checks.get(id);
  if (!config) return [`no check, or more than one, asks ${region}'s door`];
  const door = bare(record.AliasTarget?.DNSName ?? "");
  return [
    ...(bare(config.FullyQualifiedDomainName ?? "") === door
      ? []
      : [
          `the check of ${region}'s door asks ${config.FullyQualifiedDomainName}, and users are led to ${door}`,
        ]),
    ...(config.RequestInterval === 10 && config.FailureThreshold === 3
      ? []
      : [
          `the check of ${region}'s door asks every ${config.RequestInterval} s and takes ${config.FailureThreshold} failures; made were 10 s and 3`,
        ]),
  ];
}

/** The one part of the primary's check that obeys the lever. */
function wrongDrain(record: ResourceRecordSet | null, checks: Checks, wanted: Wanted): string[] {
  if (!record?.HealthCheckId) return [];
  const parts = leaves(record.HealthCheckId, checks).map(([, c]) => c);
  const drains = parts.filter((c) => !asks(c) || c.Inverted);
  const [drain] = drains;
  if (!drain || drains.length > 1)
    return [`${drains.length} parts of ${wanted.primary}'s check obey a lever; made was one`];
  switch (wanted.lever) {
    case "metric": {
      const { Type, AlarmIdentifier: alarm, InsufficientDataHealthStatus: silence, Inverted } = drain;
      if (Type !== "CLOUDWATCH_METRIC") return [`the lever's check is of type ${Type}, and not of an alarm`];
      return [
        ...(alarm?.Name === wanted.alarm && alarm.Region === wanted.standby
          ? []
          : [
              `the lever's check reads the alarm ${alarm?.Name} in ${alarm?.Region}; made was ${wanted.alarm} in ${wanted.standby}`,
            ]),
        ...(silence === "LastKnownStatus"
          ? []
          : [`silence makes the lever's check ${silence}, and was made to change nothing`]),
        ...(Inverted ? ["the lever's check is turned round: it drains while nobody has drained"] : []),
      ];
    }
    case "endpoint": {
      const { FullyQualifiedDomainName: name = "", Inverted, RequestInterval } = drain;
      return [
        ...(Inverted ? [] : ["the lever's check is not inverted: it drains unless drained"]),
        ...(name.includes(`.lambda-url.${wanted.standby}.`)
          ? []
          : [`the lever's check asks ${name || "nobody"}; made was a function's URL in ${wanted.standby}`]),
        ...(RequestInterval === 10
          ? []
          : [`the lever's check asks every ${RequestInterval} s; made were 10 s`]),
      ];
    }
    case "arc":
      return drain.Type === "RECOVERY_CONTROL"
        ? []
        : [`the lever's check is of type ${drain.Type}, and not of a routing control`];
  }
}
