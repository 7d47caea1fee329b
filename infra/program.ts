/** infra · effects. The Pulumi program: one stack for each region, and the stack's region says which part it plays. */
import * as pulumi from "@pulumi/pulumi";
import { packFor, stacks, tagAll } from "./aws/mod.ts";
import { readSettings, toldLater } from "./settings.ts";

export default async function program() {
  const config = pulumi.runtime.allConfig();
  const known = pulumi.runtime.isDryRun() ? { ...toldLater, ...config } : config; // a first look comes before anything is told
  const settings = readSettings(known, pulumi.getStack());
  tagAll(settings);
  return stacks[settings.role](settings, await packFor(settings));
}
