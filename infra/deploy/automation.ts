/** infra · rim. Pulumi's Automation API: the CLI on this machine works on a stack, with the policy pack on. */
import { join } from "node:path";
import type { OutputMap } from "@pulumi/pulumi/automation/index.js";
import { BadInput } from "../../store/records.ts";
import { complaint } from "./complaint.ts";
import type { Changes, Hands } from "./deploy.ts";

export type AutomationOptions = {
  /** Where Pulumi.yaml is. */
  folder: string;
  /** The pack that every stack is held to. */
  policyPack: string;
  /** Its levels, by rule, where they are to differ; a file in JSON. */
  policyPackConfig?: string | undefined;
  /** Whether what stands in the account is looked at first. Without, Pulumi compares with what it made, and does not see
   *  what hands have changed since. */
  refresh?: boolean;
  /** What the CLI says, as it says it. */
  hear: (text: string) => void;
};

/** Rejects with `BadInput` when there is no CLI to work with. */
export async function automation(options: AutomationOptions): Promise<Hands> {
  const { folder, policyPack, policyPackConfig, refresh = false, hear } = options;
  const { LocalWorkspace, Stack } = await import("@pulumi/pulumi/automation/index.js"); // half a second
  const workspace = await LocalWorkspace.create({ workDir: folder }).catch((error: Error) => {
    if (!/ENOENT/.test(error.message)) throw new Error(complaint(error.message), { cause: error });
    throw new BadInput(
      "Cannot work on the stacks: expected the Pulumi CLI on the path; there is no `pulumi`. Install it and log in to a backend, as docs/deploy.md says",
    );
  });
  const select = (stack: string) => Stack.createOrSelect(stack, workspace);
  const held = {
    policyPacks: [join(folder, policyPack)],
    refresh,
    ...(policyPackConfig === undefined ? {} : { policyPackConfigs: [policyPackConfig] }),
    onOutput: hear,
    onError: hear,
    color: "never" as const,
  };
  return {
    async preview(name) {
      const { changeSummary } = await plainly((await select(name)).preview(held));
      return counted(changeSummary);
    },
    async up(name) {
      const stack = await select(name);
      // As `pulumi up` does for people and this API does not: what a sentence speaks against is then seen before the half of it stands.
      const { changeSummary } = await plainly(stack.preview(held));
      const seen = counted(changeSummary);
      if (!isChange(seen)) return { changes: seen, outputs: valuesOf(await stack.outputs()) };
      const { summary, outputs } = await plainly(stack.up(held));
      return { changes: counted(summary.resourceChanges ?? {}), outputs: valuesOf(outputs) };
    },
    async destroy(name) {
      const stack = await select(name);
      const options = { onOutput: hear, onError: hear, color: "never" as const, excludeProtected: true };
      const { summary } = await plainly(stack.destroy(options));
      return counted(summary.resourceChanges ?? {});
    },
    async told(name, key) {
      return (await (await select(name)).getAllConfig())[key]?.value ?? null;
    },
    async tell(name, key, value) {
      await (await select(name)).setConfig(key, { value });
    },
    async forget(name, key) {
      await (await select(name)).removeConfig(key);
    },
  };
}

const isChange = ({ create, update, replace, delete: gone }: Changes) =>
  [create, update, replace, gone].some((many) => (many ?? 0) > 0);

const valuesOf = (outputs: OutputMap): Record<string, unknown> =>
  Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value]));

const counted = (summary: Partial<Record<string, number>>): Changes => {
  const { create = 0, update = 0, same = 0, replace = 0 } = summary;
  return { create, update, replace, delete: summary.delete ?? 0, same };
};

/** As the CLI complains, and no more of what it printed. */
async function plainly<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Error(complaint(error instanceof Error ? error.message : String(error)), { cause: error });
  }
}
