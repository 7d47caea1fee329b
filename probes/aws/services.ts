/** probes · AWS. ECS's services, by the tasks that run and the tasks that should. */
import {
  DescribeServicesCommand,
  type ECSClient,
  paginateListClusters,
  paginateListServices,
  type Service,
} from "@aws-sdk/client-ecs";
import { abreast } from "../abreast.ts";
import type { NamedService, Resource } from "../edge.ts";
import { type Ask, callsAtOnce } from "./ask.ts";
import { troubleOf } from "./trouble.ts";

const pageSize = 100; // as many as it lists
const describedAtOnce = 10; // as many as it describes in one call

export const services =
  (client: ECSClient): Ask =>
  async (census, signal) => {
    const options = { abortSignal: signal };
    const describe = async ({ cluster, arns }: { cluster: string; arns: string[] }): Promise<Resource[]> => {
      try {
        const command = new DescribeServicesCommand({ cluster, services: arns });
        const { services = [], failures = [] } = await client.send(command, options);
        const lost = failures.map(({ arn, reason = "no reason" }) => unclear(arn, reason));
        return [...services.map((one) => service(one, nameOf(cluster))), ...lost];
      } catch (error) {
        const trouble = troubleOf(error, signal);
        census.troubles.push(trouble);
        return arns.map((arn) => unclear(arn, trouble.reason));
      }
    };
    for await (const { clusterArns = [] } of paginateListClusters({ client, pageSize }, {}, options)) {
      for (const cluster of clusterArns) {
        for await (const { serviceArns = [] } of paginateListServices(
          { client, pageSize },
          { cluster },
          options,
        )) {
          const batches = Array.from({ length: Math.ceil(serviceArns.length / describedAtOnce) }, (_, i) => ({
            cluster,
            arns: serviceArns.slice(i * describedAtOnce, (i + 1) * describedAtOnce),
          }));
          census.resources.push(...(await abreast(batches, callsAtOnce, describe)).flat());
        }
      }
    }
  };

/** One service, and how many tasks it runs and wants. */
export const oneService =
  (client: ECSClient, { cluster, service: name }: NamedService): Ask =>
  async (census, signal) => {
    const command = new DescribeServicesCommand({ cluster, services: [name] });
    const { services: [found] = [], failures: [lost] = [] } = await client.send(command, {
      abortSignal: signal,
    });
    if (!found) return void census.resources.push(unclear(`${cluster}/${name}`, lost?.reason ?? "no reason"));
    census.resources.push(service(found, cluster));
    census.tasks = { running: found.runningCount ?? 0, desired: found.desiredCount ?? 0 };
  };

const nameOf = (arn: string) => arn.split("/").at(-1) ?? arn;
const unclear = (arn = "?", says: string): Resource => ({ name: nameOf(arn), state: "unknown", says });

function service(
  { serviceName = "?", status, runningCount = 0, desiredCount = 0 }: Service,
  cluster: string,
): Resource {
  const name = `${cluster}/${serviceName}`;
  if (status !== "ACTIVE") return { name, state: "unknown", says: status ?? "no status" };
  if (desiredCount === 0) return { name, state: "unknown", says: "wants no tasks" };
  const says = `${runningCount} of ${desiredCount} tasks run`;
  return { name, state: runningCount < desiredCount ? "unhealthy" : "healthy", says };
}
