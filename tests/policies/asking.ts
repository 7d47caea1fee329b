/** tests · asks a rule as the policy host does, of a resource or of a stack, and gives what it says. */
import type { PolicyResource, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

export type Props = Record<string, unknown>;
export type Made = { type: string; name?: string; props: Props; on?: Record<string, Made[]> };

/** What a rule says of one resource. */
export async function ask(
  rule: ResourceValidationPolicy,
  type: string,
  props: Props,
  { providerRegion, protect = false }: { providerRegion?: string; protect?: boolean } = {},
) {
  const said: string[] = [];
  const { validateResource } = rule;
  if (typeof validateResource !== "function") throw new Error(`expected ${rule.name} to look at resources`);
  const provider = {
    type: "pulumi:providers:aws",
    name: "default",
    urn: "",
    props: { region: providerRegion },
  };
  const about = {
    type,
    props,
    urn: "urn",
    name: "it",
    opts: { ...opts, protect },
    stackTags: new Map(),
    provider,
  };
  await validateResource(
    { ...about, isType: () => false, asType: () => undefined, getConfig: <T>() => ({}) as T, notApplicable },
    (message) => said.push(message),
  );
  return said;
}

/** What a rule says of a stack. */
export async function askStack(rule: StackValidationPolicy, made: Made[]) {
  const said: string[] = [];
  const read = new Map<Made, PolicyResource>();
  const resource = (m: Made): PolicyResource => {
    const known = read.get(m);
    if (known) return known;
    const dependencies = Object.entries(m.on ?? {}).map(([key, on]) => [key, on.map(resource)] as const);
    const it = {
      type: m.type,
      props: m.props,
      urn: `urn of ${m.name ?? "it"}`,
      name: m.name ?? "it",
      opts,
      dependencies: [],
    };
    const whole: PolicyResource = {
      ...it,
      propertyDependencies: Object.fromEntries(dependencies),
      isType: () => false,
      asType: () => undefined,
    };
    read.set(m, whole);
    return whole;
  };
  await rule.validateStack(
    { resources: made.map(resource), stackTags: new Map(), getConfig: <T>() => ({}) as T, notApplicable },
    (message) => said.push(message),
  );
  return said;
}

const timeouts = { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 };
const opts = {
  protect: false,
  ignoreChanges: [],
  aliases: [],
  customTimeouts: timeouts,
  additionalSecretOutputs: [],
};
const notApplicable = (): never => {
  throw new Error("expected an answer");
};
