/** infra/audit · pure. The records of the workload's name: one failover pair, as infra/aws/traffic.ts makes it, and nothing
 *  else that could answer for it. */
import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import type { Wanted } from "./wanted.ts";

/** The pair as it was found; a half is null when it is missing or there are several. */
export type Pair = Record<"PRIMARY" | "SECONDARY", ResourceRecordSet | null>;

export function pairOf(records: readonly ResourceRecordSet[]): Pair {
  const half = (which: "PRIMARY" | "SECONDARY") => {
    const those = records.filter(({ Type, Failover }) => Type === "A" && Failover === which);
    return those.length === 1 ? (those[0] ?? null) : null;
  };
  return { PRIMARY: half("PRIMARY"), SECONDARY: half("SECONDARY") };
}

/** What is not as it was made, a line each. */
export function wrongRecords(records: readonly ResourceRecordSet[], { primary, standby }: Wanted): string[] {
  const pair = pairOf(records);
  const halves = [
    ["PRIMARY", primary],
    ["SECONDARY", standby],
  ] as const;
  const others = records.filter((r) => r !== pair.PRIMARY && r !== pair.SECONDARY);
  return [
    ...halves.flatMap(([which, region]) => {
      const record = pair[which];
      if (!record) return [`expected one ${which} record, of ${region}; found none, or several`];
      return wrongHalf(which, region, record);
    }),
    ...others.map(
      ({ Type, SetIdentifier }) =>
        `another record answers for the name, whatever is drained: ${Type}${SetIdentifier ? ` ${SetIdentifier}` : ""}`,
    ),
  ];
}

function wrongHalf(which: string, region: string, record: ResourceRecordSet): string[] {
  const { SetIdentifier, AliasTarget, HealthCheckId } = record;
  return [
    ...(SetIdentifier === region
      ? []
      : [`the ${which} record is of ${SetIdentifier}, and was made of ${region}`]),
    ...(AliasTarget ? [] : [`the ${which} record is no alias of a load balancer`]),
    ...(AliasTarget && !AliasTarget.EvaluateTargetHealth
      ? [`the ${which} record does not look at the health of its load balancer's targets`]
      : []),
    ...(HealthCheckId ? [] : [`the ${which} record has no health check`]),
  ];
}
