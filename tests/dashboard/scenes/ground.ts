/** tests · dashboard · scenes. When and where every scene plays, and by which rules. */
import { localPace, parseRules, type Rules } from "../../../analyzer/rules.ts";
import { parse, Topology } from "../../../store/records.ts";

/** The instant that times count back from. */
export const T = Date.UTC(2026, 10, 22, 3, 14, 22);
export const s = 1_000;
export const [home, away, witness] = ["us-east-1", "us-west-2", "eu-west-1"] as const;
export const serviceNames = ["dynamodb", "lambda", "ec2", "ecs", "elb", "rds", "s3", "sts", "kms", "sqs"];

export const topology: Topology = parse("topology", Topology, {
  workload: { name: "app.holdfast.test", url: "http://app.holdfast.test:8080/" },
  regions: [
    { region: home, role: "primary", capacity: { normal: 4, full: 4 } },
    { region: away, role: "standby", capacity: { normal: 1, full: 4 } },
    { region: witness, role: "witness", capacity: null },
  ],
  lever: { kind: "metric", leverMs: 2 * s, checkMs: 3 * s, ttlMs: 5 * s, capacityMs: 13 * s },
  vantages: [home, away, witness].map((region) => ({ id: region, region })),
  targets: [
    {
      id: "dns/dynamodb",
      kind: "dns",
      purpose: "service",
      service: "dynamodb",
      region: home,
      name: "dynamodb.us-east-1.amazonaws.test",
      type: "A",
    },
  ],
});

export const rules: Rules = parseRules(localPace);
