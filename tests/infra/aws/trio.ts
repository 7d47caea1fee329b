/** tests · the example trio, with what a user would add to it: a name, its zone, and a load balancer in two regions. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ofPulumi, type Run, runStack } from "./engine.ts";

const root = join(import.meta.dirname, "../../..");
const yaml: { load(text: string): unknown } = ofPulumi("js-yaml");

export const project = yaml.load(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
  name: string;
  main: string;
  runtime: { name: string; options: { typescript: boolean } };
};

export const regions = { primary: "us-east-1", standby: "us-west-2", witness: "eu-west-1" } as const;
type Region = (typeof regions)[keyof typeof regions];

export const exampleConfig = (stack: Region): Record<string, string> =>
  (yaml.load(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as { config: Record<string, string> })
    .config;

const name = { "holdfast:domain": "shop.example.com", "holdfast:zoneId": "Z0EXAMPLE" };
/** By region, the zone of its application load balancers' names: AWS General Reference, Elastic Load Balancing. */
const balancerZones: Partial<Record<Region, string>> = {
  "us-east-1": "Z35SXDOTRQ7X7K",
  "us-west-2": "Z1H1FL5HABSF5",
};

export function fullConfig(stack: Region, more: Record<string, string> = {}): Record<string, string> {
  const balancerZoneId = balancerZones[stack];
  const balancer = balancerZoneId && {
    "holdfast:balancerName": `shop-1.${stack}.elb.amazonaws.com`,
    "holdfast:balancerZoneId": balancerZoneId,
  };
  return { ...exampleConfig(stack), ...(balancer ? { ...name, ...balancer } : {}), ...more };
}

export const run = (stack: Region, preview: boolean, config: Record<string, string>): Promise<Run> =>
  runStack({ stack, preview, config, main: project.main });

export type Trio = Record<keyof typeof regions, Run>;

/** All three, the standby first: what its stack tells, the primary's is told. */
export async function bringUp(): Promise<Trio> {
  const standby = await run(regions.standby, false, fullConfig(regions.standby));
  const drainCheck = String(standby.outputs.drainCheck);
  const [primary, witness] = await Promise.all([
    run(regions.primary, false, fullConfig(regions.primary, { "holdfast:drainCheck": drainCheck })),
    run(regions.witness, false, fullConfig(regions.witness)),
  ]);
  return { primary, standby, witness };
}
