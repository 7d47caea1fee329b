/** probes · AWS. ELB's target groups, by the health of the targets in each.
 *  Source: Elastic Load Balancing, "Health checks for your target groups", target health status. */
import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  paginateDescribeTargetGroups,
  type TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { abreast } from "../abreast.ts";
import type { Resource } from "../edge.ts";
import { type Ask, callsAtOnce } from "./ask.ts";
import { troubleOf } from "./trouble.ts";

const pageSize = 400; // as many as it gives

export const targetGroups =
  (client: ElasticLoadBalancingV2Client): Ask =>
  async (census, signal) => {
    const options = { abortSignal: signal };
    const health = async ({
      TargetGroupArn,
      TargetGroupName: name = "?",
    }: TargetGroup): Promise<Resource> => {
      try {
        const command = new DescribeTargetHealthCommand({ TargetGroupArn });
        const { TargetHealthDescriptions: told = [] } = await client.send(command, options);
        return group(
          name,
          told.map(({ TargetHealth }) => TargetHealth?.State ?? "unavailable"),
        );
      } catch (error) {
        const trouble = troubleOf(error, signal);
        census.troubles.push(trouble);
        return { name, state: "unknown", says: trouble.reason };
      }
    };
    for await (const { TargetGroups = [] } of paginateDescribeTargetGroups(
      { client, pageSize },
      {},
      options,
    )) {
      census.resources.push(...(await abreast(TargetGroups, callsAtOnce, health)));
    }
  };

/** Targets that come, go or rest are passed over; a group in which none is left to judge is unknown. */
function group(name: string, states: string[]): Resource {
  const healthy = states.filter((state) => state === "healthy").length;
  const ill = states.filter((state) => state.startsWith("unhealthy")).length;
  const says = `${healthy} healthy and ${ill} unhealthy of ${states.length} targets`;
  return { name, says, state: ill > 0 ? "unhealthy" : healthy > 0 ? "healthy" : "unknown" };
}
