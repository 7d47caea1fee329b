/** infra · border. The stack files of a project, read and checked before anything is touched, in the order in which they come
 *  up: what users are moved to, and who watches, before the region they live in. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { BadInput, type Role } from "../../store/records.ts";
import { readSettings, type Settings, toldLater } from "../settings.ts";

export type Placed = { stack: string; settings: Settings };

const upwards: readonly Role[] = ["standby", "witness", "primary"];

/** Every role's stack. Throws `BadInput` with all that is wrong in any of the files. */
export function readStacks(folder: string): Placed[] {
  const names = readdirSync(folder)
    .flatMap((file) => /^Pulumi\.([\w-]+)\.ya?ml$/.exec(file)?.[1] ?? [])
    .filter((name) => name !== "local"); // that one is for trying things out
  const faults: string[] = [];
  const read = names.flatMap((stack): Placed[] => {
    try {
      return [{ stack, settings: readSettings(configOf(join(folder, `Pulumi.${stack}.yaml`)), stack) }];
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      faults.push(error.message);
      return [];
    }
  });
  if (faults.length > 0) throw new BadInput(faults.join("\n"));
  return upwards.map((role) => {
    const found = read.filter(({ settings }) => settings.role === role);
    if (found.length === 1 && found[0]) return found[0];
    const came = found.map(({ stack }) => stack).join(", ") || "none";
    throw new BadInput(
      `Cannot use the stacks in ${folder}: expected one stack file of a ${role}; got ${came}`,
    );
  });
}

/** The file's configuration as the program will see it. Throws `BadInput` for what is no YAML. */
function configOf(file: string): Record<string, string> {
  const read = yamlOf(file);
  const config: unknown = typeof read === "object" && read !== null && "config" in read ? read.config : {};
  const entries = Object.entries(typeof config === "object" && config !== null ? config : {});
  const texts = entries
    .filter(([, value]) => !isSealed(value))
    .map(([key, value]) => [key, typeof value === "object" ? JSON.stringify(value) : String(value)]);
  return { ...toldLater, ...Object.fromEntries(texts) };
}

/** Encrypted: only the CLI can open it, and the program then checks it. */
const isSealed = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;

function yamlOf(file: string): unknown {
  try {
    return parseYaml(readFileSync(file, "utf8"));
  } catch (error) {
    const [what] = (error as Error).message.split("\n");
    throw new BadInput(`Cannot read ${file}: expected YAML; ${what?.replace(/:$/, "")}`);
  }
}
