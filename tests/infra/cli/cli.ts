/** tests · the real Pulumi CLI, with what stands in beside it on its PATH. Everything it keeps is in one folder. */
import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");

export type Cli = {
  /** What a command of the CLI's own, or another, needs of the environment. */
  env: NodeJS.ProcessEnv;
  pulumi(...args: string[]): Promise<Done>;
  run(command: string, ...args: string[]): Promise<Done>;
};
export type Done = { code: number | null; said: string };

/** The CLI as `build` left it; null when it was not built here. */
export function pulumi(): string | null {
  const built = join(root, "node_modules/.cache/holdfast/pulumi");
  return existsSync(built) ? built : null;
}

/** `folder`: empty, for state, plugins and a PATH of its own; `api`: the local AWS API's address. */
export function cliIn(folder: string, api: string, cwd = root): Cli {
  const bin = join(folder, "bin");
  mkdirSync(join(folder, "state"), { recursive: true });
  mkdirSync(bin);
  symlinkSync(pulumi() ?? "", join(bin, "pulumi"));
  symlinkSync(process.execPath, join(bin, "node"));
  for (const [name, file] of [
    ["pulumi-language-nodejs", "language-host.ts"],
    ["pulumi-resource-aws", "provider.ts"],
  ] as const) {
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\nexec "${process.execPath}" "${join(import.meta.dirname, file)}" "$@"\n`,
    );
    chmodSync(join(bin, name), 0o755);
  }
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "a passphrase for tests",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    HOLDFAST_LOCAL_AWS: api,
    NO_COLOR: "1",
  };
  const run = (command: string, ...args: string[]): Promise<Done> =>
    new Promise((done, fail) => {
      const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (text) => {
          said += text;
        });
      child.on("error", fail).on("close", (code) => done({ code, said }));
    });
  return { env, run, pulumi: (...args) => run("pulumi", "--non-interactive", ...args) };
}

/** A project of its own, so that what is set there changes nothing here: its settings are files beside it, its sources
 *  are these. */
export function projectIn(folder: string): string {
  const place = join(folder, "project");
  mkdirSync(place);
  for (const part of [
    "analyzer",
    "dashboard",
    "infra",
    "node_modules",
    "policies",
    "probes",
    "store",
    "package.json",
    "holdfast.ts",
  ])
    symlinkSync(join(root, part), join(place, part));
  for (const file of [
    "Pulumi.yaml",
    "Pulumi.us-east-1.yaml",
    "Pulumi.us-west-2.yaml",
    "Pulumi.eu-west-1.yaml",
    "Pulumi.local.yaml",
  ])
    cpSync(join(root, file), join(place, file));
  return place;
}
