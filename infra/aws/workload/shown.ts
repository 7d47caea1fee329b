/** infra/aws · effects. What the dashboard's container is told and may do, where no other image runs: the same as the
 *  function behind the URL, and who may enter, as here nobody asks IAM. */
import * as pulumi from "@pulumi/pulumi";
import { writeEnvironment } from "../../account/environment.ts";
import type { Settings } from "../../settings.ts";
import type { Alerts } from "../alerts.ts";
import { dashboardMay } from "../functions/may.ts";
import { everywhere } from "../functions/told.ts";
import { regionalName, tablesOf } from "../names.ts";
import { accountIn, type Statement } from "../role.ts";
import { topologyOf } from "../topology.ts";

export type Told = { environment: Record<string, pulumi.Input<string>>; may: Statement[] };

const bytesMax = 32_768; // half of what a task definition may take in all: Amazon ECS service quotas

export function shown(settings: Settings, alerts: Alerts): Told {
  const { workload, region, domain, access, status } = settings;
  const environment = writeEnvironment(
    "dashboard",
    {
      ...everywhere(settings),
      HOLDFAST_TOPOLOGY: topologyOf(settings), // no file stands beside an image's code
      HOLDFAST_STATE_TABLE: tablesOf(workload).state,
      HOLDFAST_HOSTS: domain ? [domain.name, regionalName(region, domain.name)] : [],
    },
    bytesMax,
  );
  return {
    environment: {
      ...environment,
      ...(access === undefined ? {} : { HOLDFAST_ACCESS: pulumi.secret(access) }),
      ...(status === undefined ? {} : { HOLDFAST_STATUS: status }),
    },
    may: dashboardMay({ ...settings, account: accountIn(alerts.topic.arn) }),
  };
}
