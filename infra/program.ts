/** infra · effects. The Pulumi program: one stack for each region, and the stack's region says which part it plays. */
import * as pulumi from "@pulumi/pulumi";
import { packFor, stacks, tagAll } from "./aws/mod.ts";
import { readSettings } from "./settings.ts";

export default async function program() {
  const settings = readSettings(pulumi.runtime.allConfig(), pulumi.getStack());
  tagAll(settings);
  return stacks[settings.role](settings, await packFor(settings.role));
}
