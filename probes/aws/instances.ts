/** probes · AWS. EC2's running instances, by both of its status checks.
 *  Source: Amazon EC2 User Guide, "Status checks for Amazon EC2 instances". */
import { type EC2Client, type InstanceStatus, paginateDescribeInstanceStatus } from "@aws-sdk/client-ec2";
import type { Resource } from "../edge.ts";
import type { Ask } from "./ask.ts";

const pageSize = 1_000; // as many as it gives

export const instances =
  (client: EC2Client): Ask =>
  async (census, signal) => {
    const pages = paginateDescribeInstanceStatus({ client, pageSize }, {}, { abortSignal: signal });
    for await (const { InstanceStatuses = [] } of pages)
      census.resources.push(...InstanceStatuses.map(instance));
  };

function instance({
  InstanceId = "?",
  AvailabilityZone,
  SystemStatus,
  InstanceStatus,
  AttachedEbsStatus,
}: InstanceStatus): Resource {
  const zone = AvailabilityZone === undefined ? {} : { zone: AvailabilityZone };
  const checks = { system: SystemStatus, instance: InstanceStatus, volumes: AttachedEbsStatus };
  const said = Object.entries(checks).flatMap(([what, told]) =>
    told?.Status ? [[what, told.Status] as const] : [],
  );
  const says = said.map(([what, status]) => `${what} ${status}`).join(", ");
  if (said.some(([, status]) => status === "impaired"))
    return { name: InstanceId, state: "unhealthy", says, ...zone };
  const isSure = said.length > 0 && said.every(([what, status]) => status === "ok" || what === "volumes");
  return { name: InstanceId, state: isSure ? "healthy" : "unknown", says, ...zone };
}
