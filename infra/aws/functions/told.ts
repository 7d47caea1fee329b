/** infra/aws · pure. What functions are told of where they stand. */
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../settings.ts";
import type { Alerts } from "../alerts.ts";
import type { Files } from "../code.ts";
import { tablesOf } from "../names.ts";
import { topologyOf } from "../topology.ts";

const topologyFile = "topology.json";

/** What is told everywhere (account/variables.ts). The code of who is told this is that of `withTopology`. */
export const everywhere = ({ workload, region, rules }: Settings) => ({
  HOLDFAST_WORKLOAD: workload,
  HOLDFAST_REGION: region,
  HOLDFAST_TOPOLOGY: topologyFile,
  HOLDFAST_RULES: rules,
  HOLDFAST_ROUNDS_TABLE: tablesOf(workload).rounds,
});

/** The code with the topology beside it, which a variable could not hold. */
export const withTopology = (code: Files, settings: Settings): Files => ({
  ...code,
  [topologyFile]: JSON.stringify(topologyOf(settings)),
});

/** `HOLDFAST_NOTIFY`: this region's own topic, and whom the settings name; these are secrets, in the state and on screens. */
export const toldTo = ({ topic }: Alerts, { notify }: { notify: string }): pulumi.Output<string> => {
  const own = pulumi.jsonStringify([{ kind: "sns", topic: topic.arn }]);
  if (notify === "[]") return own;
  return pulumi
    .all([own, pulumi.secret(notify)])
    .apply(([here, others]) => JSON.stringify([...JSON.parse(here), ...JSON.parse(others)]));
};
