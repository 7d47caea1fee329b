/** What of the CLI's many words is shown when it fails. */
import { describe, expect, it } from "vitest";
import { complaint } from "../../../infra/deploy/complaint.ts";

const failed = `code: 255
stdout: Destroying (us-east-1):

 -  aws:ecs:Service shop-workload-tasks-service deleting (0s) error: service is busy
 -  aws:ecs:Service shop-workload-tasks-service **deleting failed** error: service is busy
    pulumi:pulumi:Stack holdfast-us-east-1 running error: update failed
Diagnostics:
  aws:ecs:Service (shop-workload-tasks-service):
    error: service is busy
  pulumi:pulumi:Stack (holdfast-us-east-1):
    error: update failed
`;

describe("complaint()", () => {
  it("says what went wrong once, and with what", () => {
    expect(complaint(failed)).toBe("aws:ecs:Service shop-workload-tasks-service error: service is busy");
  });

  it("says each of several things, and what a sentence of the pack had to say", () => {
    const said = complaint(`${failed}
    ❌ holdfast@v0.1.0 (local: policies)
        - [mandatory]  names-follow  (aws:route53/record:Record: shop-names-proof-0)
          Names that lead users somewhere live for at most 30 s.
          shop.example.com A lives for 60 s; set ttl to 30 or less.
        - [advisory]  logs-expire  (aws:cloudwatch/logGroup:LogGroup: shop-log)
          Not asked for.

    error: queue is gone`);
    expect(said.split("\n").map((line) => line.trim())).toEqual([
      "aws:ecs:Service shop-workload-tasks-service error: service is busy",
      "❌ holdfast@v0.1.0 (local: policies)",
      "[mandatory]  names-follow  (aws:route53/record:Record: shop-names-proof-0)",
      "Names that lead users somewhere live for at most 30 s.",
      "shop.example.com A lives for 60 s; set ttl to 30 or less.",
      "error: queue is gone",
    ]);
  });

  it("keeps all of what it does not understand", () => {
    expect(complaint("  the CLI is not logged in\n")).toBe("the CLI is not logged in");
    expect(complaint("error: update failed")).toBe("error: update failed");
  });
});
