/** tests · holds rules to what each lets pass and what it stops. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { describe, expect, it } from "vitest";
import { ask, type Props } from "./asking.ts";

/** `bad`: each with a part of what the rule says of it. */
export type Case = [rule: ResourceValidationPolicy, type: string, good: Props[], bad: [Props, string][]];

export function hold(cases: readonly Case[]): void {
  for (const [rule, type, good, bad] of cases)
    describe(`${rule.name}, of ${type}`, () => {
      it("lets pass what is well", async () => {
        for (const props of good) expect(await ask(rule, type, props)).toEqual([]);
      });
      for (const [props, says] of bad)
        it(`stops ${JSON.stringify(props)}`, async () => {
          expect(await ask(rule, type, props)).toEqual([expect.stringContaining(says)]);
        });
      it("has nothing to say of other things", async () => {
        expect(await ask(rule, "random:index/id:Id", {})).toEqual([]);
      });
    });
}
