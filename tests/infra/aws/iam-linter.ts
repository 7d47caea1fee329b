/** tests · a linter of others' making for IAM policies, parliament: holds them to AWS's own reference of actions, of the
 *  resources each may be fenced by, and of conditions. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { component } from "../../machine.ts";

/** What it says of each policy, by name: nothing when all is well. */
export function lint(policies: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-policies-"));
  try {
    for (const [name, text] of Object.entries(policies)) writeFileSync(join(folder, `${name}.json`), text);
    const args = ["--directory", folder, "--include_policy_extension", "json", "--json"];
    const { stdout, stderr, error } = spawnSync(component("parliament") ?? "", args, { encoding: "utf8" });
    if (error || stderr) throw error ?? new Error(stderr);
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => {
        const { issue, detail, location } = JSON.parse(line);
        const name = String(location.filepath).slice(folder.length + 1, -".json".length);
        return `${name}: ${issue} ${JSON.stringify(detail)}`;
      })
      .sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
