/** tests · infra. What was foretold and came, by the minute: only what stood in the forecast before it fell counts. */
import { expect, test } from "vitest";
import { prophecyOf } from "../../../infra/replayed/prophecy.ts";
import type { Assessment } from "../../../store/records.ts";

const services = ["ec2", "elb", "sts"];
const topology = { targets: services.map((service) => ({ service, region: "here" })) };

/** Minute by minute from 0 on: what is said to fall next, and what is down. */
function told(minutes: { next?: string[]; down?: string[]; grade?: string }[]) {
  const prophecy = prophecyOf({ topology } as never);
  minutes.forEach(({ next = [], down = [], grade = "observed" }, minute) => {
    const assessment = {
      services: services.map((service) => ({
        service,
        region: "here",
        verdict: down.includes(service) ? "down" : "up",
      })),
      cascade: { next: next.map((service) => ({ node: `${service}@here`, grade })) },
    };
    prophecy.hear(assessment as unknown as Assessment, minute);
  });
  return {
    foretold: prophecy.foretold.map((f) => [f.node, f.at, f.fellAt]),
    unforetold: prophecy.unforetold.map((f) => [f.node, f.at]),
  };
}

test("a fall counts as foretold when it stood in the forecast of the minute before", () => {
  expect(told([{ next: ["ec2"] }, { next: ["ec2"] }, { down: ["ec2"] }])).toEqual({
    foretold: [["ec2@here", 0, 2]],
    unforetold: [],
  });
});

test("what falls in the minute in which it is foretold, or after the forecast has lapsed, was not foretold", () => {
  expect(told([{ next: ["ec2"], down: ["ec2"] }]).unforetold).toEqual([["ec2@here", 0]]);
  expect(told([{ next: ["ec2"] }, {}, { down: ["ec2"] }])).toEqual({
    foretold: [["ec2@here", 0, null]],
    unforetold: [["ec2@here", 2]],
  });
});

test("a node that falls twice can be foretold twice, and while it is down it is foretold nothing", () => {
  const minutes = [
    { next: ["sts"] },
    { next: ["sts"], down: ["sts"] },
    { next: ["sts"] },
    { next: ["sts"], down: ["sts"] },
  ];
  expect(told(minutes).foretold).toEqual([
    ["sts@here", 0, 1],
    ["sts@here", 2, 3],
  ]);
});

test("guesses and what nobody watches are no forecast", () => {
  expect(told([{ next: ["ec2"], grade: "plausible" }, { down: ["ec2"] }]).foretold).toEqual([]);
  expect(told([{ next: ["rds"] }]).foretold).toEqual([]);
});
