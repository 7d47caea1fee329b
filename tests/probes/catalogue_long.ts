/** The catalogue's names, every one of them, beside what AWS's own client makes of its endpoint rules. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalogue, services } from "../../probes/catalogue.ts";
import { endpoints, globalNames } from "../../probes/endpoints.ts";
import { component, missing } from "../machine.ts";

/** What botocore calls those that have another id in the graph. */
const theirs: Record<string, string> = {
  account: "account",
  appconfig: "appconfigdata",
  arc: "route53-recovery-control-config",
  bedrock: "bedrock-runtime",
  cloudmap: "servicediscovery",
  cognito: "cognito-idp",
  "dynamodb-streams": "dynamodbstreams",
  elb: "elbv2",
  eventbridge: "events",
  "network-manager": "networkmanager",
  ses: "sesv2",
};
const regions = ["us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1"];
const account = "123456789012";

/** Not in the rules of any client, as only browsers go there; and one whose rules name no region where it has but one. */
const unruled = ["signin", "globalaccelerator"];

test.skipIf(missing("boto3"))("each name is the one that AWS's rules give", () => {
  const asked = catalogue({
    regions,
    services: services.filter((service) => !unruled.includes(service)),
    variants: ["regional", "dual-stack", "fips", "account", "global"],
    types: ["A"],
    account,
  });
  expect(asked.length).toBeGreaterThan(Object.keys(endpoints).length * 10);
  const inputs = asked.map(({ id, service, region }) => [
    theirs[service] ?? service,
    region === "global" ? "aws-global" : region,
    id.includes("/dual-stack/"),
    id.includes("/fips/"),
    id.includes("/account/") ? account : null,
  ]);
  const hosts = JSON.parse(
    execFileSync(component("boto3") ?? "", [join(import.meta.dirname, "endpoints.py")], {
      input: JSON.stringify(inputs),
      encoding: "utf8",
    }),
  );
  expect(asked.map(({ id, name }) => `${id} ${name}`)).toEqual(asked.map(({ id }, i) => `${id} ${hosts[i]}`));
  expect(Object.keys(globalNames)).toEqual(expect.arrayContaining(unruled));
});
