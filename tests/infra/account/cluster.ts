/** tests · a stand-in for a cluster of Application Recovery Controller: its five endpoints' JSON protocol, one routing
 *  control, an outage of any of them, and a safety rule. docs/account.md says what it does not imitate. */
import type { Heard, Said, StandIn } from "./recorder.ts";

export const shadowControl = `arn:aws:route53-recovery-control::123456789012:controlpanel/abc/routingcontrol/shadow`;
export const control = `arn:aws:route53-recovery-control::123456789012:controlpanel/abc/routingcontrol/def`;
const regions = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "ap-southeast-2"] as const;
export const endpoints = regions.map((region) => ({
  region,
  url: `https://aaaa1111.route53-recovery-cluster.${region}.amazonaws.com/v1`,
}));

export type Cluster = {
  state: "On" | "Off";
  shadow: "On" | "Off";
  /** What an endpoint does, by its region; it works when nothing is said. */
  ill: Partial<Record<string, "unavailable" | "throttled" | "hang" | "reset">>;
  /** Forbids to turn the control off, by an error of this name. */
  rule: "ConflictException" | "ValidationException" | null;
  /** Forgets what it is told, and says that it did not. */
  forgetful: boolean;
  standIn: StandIn;
};

/** The users' control and its shadow, by their ARNs. */
export type Controls = { control: string; shadowControl: string };

export function cluster(controls: Controls = { control, shadowControl }): Cluster {
  const self: Cluster = {
    state: "On",
    shadow: "On",
    ill: {},
    rule: null,
    forgetful: false,
    standIn(call) {
      const region = /\.route53-recovery-cluster\.([\w-]+)\.amazonaws\.com/.exec(call.host)?.[1];
      if (region === undefined) return null;
      const ill = self.ill[region];
      if (ill === "hang" || ill === "reset") return ill;
      if (ill === "throttled") return error(429, "ThrottlingException", "slow down");
      if (ill === "unavailable") return error(503, "EndpointTemporarilyUnavailableException", "try another");
      return answer(self, controls, call);
    },
  };
  return self;
}

function answer(self: Cluster, { control, shadowControl }: Controls, { action, body }: Heard): Said {
  const asked = JSON.parse(body) as {
    RoutingControlArn: string;
    RoutingControlState?: "On" | "Off";
    SafetyRulesToOverride?: string[];
  };
  if (asked.RoutingControlArn === shadowControl) {
    if (action === "UpdateRoutingControlState") self.shadow = asked.RoutingControlState ?? self.shadow;
    return json(200, { RoutingControlArn: shadowControl, RoutingControlState: self.shadow });
  }
  if (asked.RoutingControlArn !== control) return error(404, "ResourceNotFoundException", "no such control");
  if (action === "GetRoutingControlState")
    return json(200, { RoutingControlArn: control, RoutingControlState: self.state });
  if (action !== "UpdateRoutingControlState") return error(400, "ValidationException", action);
  if (self.rule && asked.RoutingControlState === "Off" && !asked.SafetyRulesToOverride)
    return error(
      self.rule === "ConflictException" ? 409 : 400,
      self.rule,
      "The update would violate safety rule arn:aws:...:safetyrule/one-is-on",
    );
  if (!self.forgetful) self.state = asked.RoutingControlState ?? self.state;
  return json(200, {});
}

const json = (status: number, value: object): Said => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.0" },
  body: JSON.stringify(value),
});
const error = (status: number, name: string, message: string) => json(status, { __type: name, message });
