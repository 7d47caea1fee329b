/** The pull request's workflow: read by actionlint, and its steps run one after another as a runner would, over a pull request
 *  that changes a setting and over one that breaks one. Pulumi's CLI is real; what stands in: GitHub's actions, which bring
 *  the tree and the CLI, `npm ci`, as the packages are there already, and `gh`, which keeps what it was to post. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseDocument } from "yaml";
import { type Cli, cliIn, projectIn, pulumi } from "./cli.ts";
import { startApi } from "./local-api.ts";

const root = join(import.meta.dirname, "../../..");
const workflows = join(root, ".github/workflows");
const file = join(workflows, "pull-request.yml");
type Step = { name?: string; uses?: string; run?: string; if?: string; env?: Record<string, string> };
const { jobs } = parse(readFileSync(file, "utf8")) as { jobs: { preview: { steps: Step[] } } };

it("is a workflow as GitHub reads them, to its last expression", () => {
  const linter = join(root, "node_modules/.cache/holdfast/actionlint");
  if (!existsSync(linter)) throw new Error("expected actionlint; tests/infra/cli/build makes it");
  const lint = (path: string) => spawnSync(linter, ["-oneline", path], { encoding: "utf8" });
  expect(lint(file)).toMatchObject({ stdout: "", stderr: "", status: 0 });
  const broken = join(mkdtempSync(join(tmpdir(), "holdfast-workflow-")), "broken.yml");
  writeFileSync(broken, readFileSync(file, "utf8").replace("github.event.number", "github.evnt.number"));
  expect(lint(broken)).toMatchObject({ stdout: expect.stringContaining("evnt"), status: 1 });
});

describe("the steps of the job that previews", () => {
  let api: Awaited<ReturnType<typeof startApi>>;
  let folder: string;
  let place: string;
  let cli: Cli;
  let base: string;

  const git = (...args: string[]): string => {
    const who = ["-c", "user.name=ada", "-c", "user.email=ada@example.com"];
    const { status, stdout, stderr } = spawnSync("git", [...who, ...args], { cwd: place, encoding: "utf8" });
    if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
    return stdout.trim();
  };
  const executable = (name: string, text: string) =>
    writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

  beforeAll(async () => {
    if (!pulumi()) throw new Error("expected the Pulumi CLI; tests/infra/cli/build makes it");
    api = await startApi();
    folder = mkdtempSync(join(tmpdir(), "holdfast-pull-request-"));
    place = projectIn(folder);
    cli = cliIn(folder, api.url, place);
    executable("npm", '[ "$1" = ci ]');
    executable("gh", `printf '%s\\n' "$@" > "${folder}/posted"; cp "$7" "${folder}/posted.md"`);
    git("init", "--quiet", "--initial-branch", "main");
    git("add", "--all");
    git("commit", "--quiet", "--message", "before");
    base = git("rev-parse", "HEAD");
  }, 120_000);
  afterAll(async () => {
    api?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Commits a change of a stack's setting on top of the base, and runs the steps as a runner does: what one writes into
   *  GITHUB_ENV the next ones have, a step with a condition runs where it holds, and the first that fails is the last. */
  function pullRequest(stack: string, key: string, value: string) {
    git("checkout", "--quiet", "--force", "--detach", base);
    const settings = join(place, `Pulumi.${stack}.yaml`);
    const document = parseDocument(readFileSync(settings, "utf8"));
    document.setIn(["config", key], value);
    writeFileSync(settings, String(document));
    git("commit", "--quiet", "--all", "--message", "after");
    const head = git("rev-parse", "HEAD");
    const temp = mkdtempSync(join(folder, "runner-"));
    const environment = join(temp, "environment");
    writeFileSync(environment, "");
    const known: Record<string, string> = {
      "github.event.pull_request.base.sha": base,
      "github.event.number": "7",
      "github.token": "a token of the run's own",
    };
    const told = (text: string) =>
      text.replace(/\$\{\{ *([\w.]+) *\}\}/g, (whole, name: string) => {
        if (known[name] === undefined) throw new Error(`expected a value for ${whole}`);
        return known[name];
      });
    const done: [step: string, code: number | null][] = [];
    for (const { name, run, if: condition, env = {} } of jobs.preview.steps) {
      if (run === undefined) continue;
      const set = Object.fromEntries(
        readFileSync(environment, "utf8")
          .split("\n")
          .filter(Boolean)
          .map((line) => line.split("=", 2)),
      );
      if (condition !== undefined && !(condition === "env.FAILED == '1'" && set.FAILED === "1")) continue;
      const own = Object.fromEntries(Object.entries(env).map(([key, text]) => [key, told(text)]));
      const script = join(temp, "step.sh");
      writeFileSync(script, told(run));
      const { status, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
        cwd: place,
        env: { ...cli.env, ...set, ...own, RUNNER_TEMP: temp, GITHUB_ENV: environment },
        encoding: "utf8",
      });
      done.push([name ?? run, status]);
      if (status !== 0 && stderr) process.stderr.write(stderr);
      if (status !== 0) break;
    }
    expect(git("rev-parse", "HEAD")).toBe(head); // as it was found
    return {
      done,
      args: readFileSync(join(folder, "posted"), "utf8").split("\n"),
      posted: readFileSync(join(folder, "posted.md"), "utf8"),
    };
  }

  it("post what each stack would become, and what that costs less", () => {
    const { done, args, posted } = pullRequest("us-east-1", "holdfast:canaryMinutes", "5");
    expect(done).toEqual([
      ["npm ci", 0],
      ["What each stack would become", 0],
      ["What it costs before and after", 0],
      ["Comment", 0],
    ]);
    expect(args.slice(0, 3)).toEqual(["pr", "comment", "7"]);
    for (const stack of ["us-west-2 | standby", "eu-west-1 | witness", "us-east-1 | primary"])
      expect(posted).toMatch(new RegExp(`\\| ${stack.replace("|", "\\|")} \\| \\d+ made \\|`));
    expect(posted).toMatch(/\*\*Cost\*\*: \$\d+\.\d\d a month, \$43\.89 less\./);
  }, 600_000);

  it("post why nothing was looked at when a setting is wrong, and fail then", () => {
    const { done, posted } = pullRequest("eu-west-1", "holdfast:zones", "a");
    expect(done.slice(-2)).toEqual([
      ["Comment", 0],
      ["exit 1", 1],
    ]);
    expect(posted).toContain("No stack was looked at:");
    expect(posted).toContain("holdfast:zones: expected two or three letters of zones, as a,b");
    expect(posted).toContain("**Cost**: could not be told.");
  }, 600_000);
});
