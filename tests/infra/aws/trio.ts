/** tests · the example trio, with what a user would add to it: a name and its zone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Granted } from "../account/needs.ts";
import { ofPulumi, type Resource, type Run, runStack } from "./engine.ts";
import { balancerZones, type Make } from "./made-up.ts";

const root = join(import.meta.dirname, "../../..");
const yaml: { load(text: string): unknown } = ofPulumi("js-yaml");

export const project = yaml.load(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
  name: string;
  main: string;
  runtime: { name: string; options: { typescript: boolean } };
};

export const regions = { primary: "us-east-1", standby: "us-west-2", witness: "eu-west-1" } as const;
type Region = (typeof regions)[keyof typeof regions];

export const exampleConfig = (stack: Region | "local"): Record<string, string> =>
  (yaml.load(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as { config: Record<string, string> })
    .config;

/** With a name, so that there is a certificate and a record. */
export const fullConfig = (stack: Region, more: Record<string, string> = {}): Record<string, string> => ({
  ...exampleConfig(stack),
  "holdfast:domain": "shop.example.com",
  "holdfast:zoneId": "Z0EXAMPLE",
  ...more,
});

/** A load balancer of the user's own. */
export const ownBalancer = (region: Region) => ({
  "holdfast:balancerName": `shop-1.${region}.elb.amazonaws.com`,
  "holdfast:balancerZoneId": balancerZones[region] ?? "",
});

export const run = (
  stack: Region,
  preview: boolean,
  config: Record<string, string>,
  make?: Make,
): Promise<Run> => runStack({ stack, preview, config, main: project.main, ...(make ? { make } : {}) });

export const find = ({ resources }: Run, name: string): Resource => {
  const found = resources.find((r) => r.name === name);
  if (!found) throw new Error(`expected ${name}; got ${resources.map((r) => r.name)}`);
  return found;
};

/** What a role may do, by the name that it and its policy share: every statement, as the program wrote it. */
export const grantedBy = (run: Run, name: string): Granted[] =>
  JSON.parse(String(find(run, `${name}-policy`).inputs.policy)).Statement;

export type Trio = Record<keyof typeof regions, Run>;

/** All three, the standby first: what its stack tells, the primary's is told. */
export async function bringUp(make?: Make, more: Record<string, string> = {}): Promise<Trio> {
  const standby = await run(regions.standby, false, fullConfig(regions.standby, more), make);
  const drainCheck = String(standby.outputs.drainCheck);
  const [primary, witness] = await Promise.all([
    run(
      regions.primary,
      false,
      fullConfig(regions.primary, { ...more, "holdfast:drainCheck": drainCheck }),
      make,
    ),
    run(regions.witness, false, fullConfig(regions.witness, more), make),
  ]);
  return { primary, standby, witness };
}

/** What would be made of all three, before any is told anything of another. The standby first, which packs most of the
 *  code: the others find it packed. */
export async function lookAt(more: Record<string, string> = {}): Promise<Trio> {
  const look = (stack: Region) => run(stack, true, fullConfig(stack, more));
  const standby = await look(regions.standby);
  const [primary, witness] = await Promise.all([look(regions.primary), look(regions.witness)]);
  return { primary, standby, witness };
}
