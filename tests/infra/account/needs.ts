/** tests · what a call to AWS needs leave for: the action and the resource as IAM names them (Service Authorization
 *  Reference), and the conditions' keys. One call may need several. */
import type { Heard } from "./recorder.ts";

export const account = "123456789012"; // the local AWS API's only one

export type Need = { action: string; resource: string; context: Record<string, string> };

export function needsOf({ host, action, body }: Heard): Need[] {
  const [service = "", region = ""] = host.replace(/^\w+\.(?=route53-recovery-cluster\.)/, "").split("."); // a cluster's own name
  const context = { "aws:RequestedRegion": region };
  const need = (name: string, resource: string, more = {}): Need => ({
    action: name,
    resource,
    context: { ...context, ...more },
  });
  const asked = () => JSON.parse(body) as Record<string, never>;
  switch (service) {
    case "dynamodb": {
      const table = (name: string) => `arn:aws:dynamodb:${region}:${account}:table/${name}`;
      const said = asked() as {
        TableName?: string;
        Key?: { pk?: { S: string } };
        Item?: { pk?: { S: string } };
        RequestItems?: Record<string, unknown>;
        TransactItems?: Record<string, { TableName: string }>[];
      };
      // A transaction needs leave for each of its parts, and none of its own.
      if (said.TransactItems) {
        return said.TransactItems.flatMap((item) =>
          Object.entries(item).map(([part, { TableName }]) => need(`dynamodb:${part}Item`, table(TableName))),
        );
      }
      const tables = said.RequestItems ? Object.keys(said.RequestItems) : [said.TableName ?? "?"];
      const pk = (said.Key ?? said.Item)?.pk;
      const leading = pk ? { "dynamodb:LeadingKeys": pk.S } : {};
      return tables.map((name) => need(`dynamodb:${action}`, table(name), leading));
    }
    case "ecs": {
      const said = asked() as { cluster?: string; service?: string; services?: string[] };
      const services = said.services ?? [said.service ?? "?"];
      return services.map((name) =>
        need(`ecs:${action}`, `arn:aws:ecs:${region}:${account}:service/${said.cluster}/${name}`),
      );
    }
    case "application-autoscaling": {
      const own = `arn:aws:application-autoscaling:${region}:${account}:scalable-target/made-up`;
      return [need(`${service}:${action}`, action.startsWith("Describe") ? "*" : own)];
    }
    case "monitoring": {
      if (action === "DescribeAlarms") {
        const { AlarmNames = [] } = asked() as { AlarmNames?: string[] };
        return AlarmNames.map((name) =>
          need("cloudwatch:DescribeAlarms", `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`),
        );
      }
      const { Namespace } = asked() as { Namespace?: string };
      return [need(`cloudwatch:${action}`, "*", Namespace ? { "cloudwatch:namespace": Namespace } : {})];
    }
    case "route53": {
      const [method = "", path = ""] = action.split(" ");
      const [, , kind = "", id = "", what = ""] = path.split(/[/?]/);
      const name = route53Calls[`${method} ${kind}/${what}`] ?? "?";
      return [need(`route53:${name}`, `arn:aws:route53:::${kind}/${id}`)];
    }
    case "synthetics": {
      const { Names = [] } = asked() as { Names?: string[] };
      const name = `synthetics:DescribeCanaries${action.endsWith("/last-run") ? "LastRun" : ""}`;
      return Names.map((canary) => need(name, "*", { "synthetics:Names": canary }));
    }
    case "rds": {
      // A move needs leave on both: the global database, which stands in no region, and the cluster that takes over.
      const said = new URLSearchParams(body);
      const global = `arn:aws:rds::${account}:global-cluster:${said.get("GlobalClusterIdentifier")}`;
      const target = said.get("TargetDbClusterIdentifier");
      return [global, ...(target === null ? [] : [target])].map((arn) => need(`rds:${action}`, arn));
    }
    case "route53-recovery-cluster":
      return [
        need(`${service}:${action}`, (asked() as { RoutingControlArn?: string }).RoutingControlArn ?? "?"),
      ];
    case "sns":
      return [need(`sns:${action}`, new URLSearchParams(body).get("TopicArn") ?? "?")];
    default:
      return [need(`${service}:${action}`, "*")];
  }
}

/** Route 53 speaks by methods and paths; what is not here is granted to nobody. */
const route53Calls: Record<string, string> = {
  "GET hostedzone/rrset": "ListResourceRecordSets",
  "POST hostedzone/rrset": "ChangeResourceRecordSets",
  "GET healthcheck/": "GetHealthCheck",
  "POST healthcheck/": "UpdateHealthCheck",
  "GET healthcheck/status": "GetHealthCheckStatus",
};

/** A statement with everything in it known. */
export type Granted = {
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
};

const list = (one: string | string[]) => (typeof one === "string" ? [one] : one);
const fits = (pattern: string, value: string) =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(value);

/** Whether some statement allows it: its action, its resource, and every condition. */
export const isAllowed = (statements: readonly Granted[], { action, resource, context }: Need): boolean =>
  statements.some(
    ({ Action, Resource, Condition = {} }) =>
      list(Action).some((a) => fits(a, action)) &&
      list(Resource).some((r) => fits(r, resource)) &&
      Object.entries(Condition).every(
        ([operator, keys]) =>
          ["StringEquals", "ForAllValues:StringEquals", "ForAnyValue:StringEquals"].includes(operator) &&
          Object.entries(keys).every(([key, values]) => list(values).includes(context[key] ?? "")),
      ),
  );

export const actionsOf = (statements: readonly Granted[]) => statements.flatMap(({ Action }) => list(Action));
