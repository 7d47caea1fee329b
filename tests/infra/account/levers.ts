/** tests · each kind of lever as AWS plays it: which call drains, who answers for it, and what Route 53 would read off it. */
import { drainEntry } from "../../../infra/account/drain.ts";
import { readEnvironment } from "../../../infra/account/environment.ts";
import { type Controls, cluster, control, endpoints } from "./cluster.ts";
import type { StandIn } from "./recorder.ts";
import { anybody, type Credentials, names, type Rig, standby } from "./rig.ts";

export const leverKinds = ["metric", "endpoint", "arc"] as const;
export type LeverKind = (typeof leverKinds)[number];

/** As the settings say it. */
export const leverSettings = {
  metric: { kind: "metric", alarm: names.alarm },
  endpoint: { kind: "endpoint", table: names.state, url: "https://abc123.lambda-url.us-west-2.on.aws/" },
  arc: { kind: "arc", control, endpoints },
} as const;

export type PlayedLever = {
  standIn: StandIn;
  drains: (action: string, body: string) => boolean;
  isDrained: () => Promise<boolean>;
};

/** `drain`: who the function of an `endpoint` lever is; `controls`: an `arc` lever's, where they are others. */
export function playedLever(
  rig: Rig,
  kind: LeverKind,
  { drain = anybody, controls }: { drain?: Credentials; controls?: Controls } = {},
): PlayedLever {
  const isTold = (wanted: string, pattern: RegExp) => (action: string, body: string) =>
    action === wanted && pattern.test(body);
  switch (kind) {
    case "metric":
      return {
        standIn: () => null, // nature sees to it
        drains: isTold("PutMetricData", /Drain.*(Value=1\b|"Value":\s*1\b)/s),
        isDrained: async () => rig.isDrained(),
      };
    case "endpoint": {
      const told = readEnvironment("drain", { ...rig.environment, HOLDFAST_REGION: standby });
      const ask = drainEntry(told, { reach: { credentials: drain, agent: rig.exchange.agent } });
      return {
        async standIn({ host, action }) {
          if (!host.includes(".lambda-url.")) return null;
          const { statusCode, headers, body } = await ask({ rawPath: action.split(" ")[1] ?? "/" });
          return { status: statusCode, headers, body };
        },
        drains: isTold("UpdateItem", /"lever#.*"BOOL":true/s),
        isDrained: async () => (await ask({ rawPath: "/" })).statusCode === 200,
      };
    }
    case "arc": {
      const arc = cluster(controls);
      return {
        standIn: arc.standIn,
        drains: isTold("UpdateRoutingControlState", /"Off"/),
        isDrained: async () => arc.state === "Off",
      };
    }
  }
}
