/** The house keeps its own rules, and the rules bite. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { describe, expect, test } from "vitest";
import { type Files, faults } from "./house.ts";

const root = join(import.meta.dirname, "..");

test("the house keeps its rules", () => {
  const files = sources(root);
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining(["holdfast.ts", "store/mod.ts", "package-lock.json"]),
  );
  expect(faults(files)).toEqual([]);
});

/** Every text file of the repository, without what is installed, built or kept at run time. */
function sources(directory: string): Files {
  const elsewhere = ["node_modules", ".git", ".holdfast", "coverage"];
  return Object.fromEntries(
    readdirSync(directory, { withFileTypes: true }).flatMap((entry): [string, string][] => {
      const path = join(directory, entry.name);
      if (elsewhere.includes(entry.name)) return [];
      if (entry.isDirectory()) return Object.entries(sources(path)).map(([name, text]) => [name, text]);
      if (/\.(png|ico|woff2?)$/.test(entry.name)) return [];
      return entry.isFile() ? [[relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")]] : [];
    }),
  );
}

describe("each door", () => {
  const files = Object.keys(sources(root));
  const doors = files.filter((path) => posix.basename(path) === "mod.ts");

  test.each(doors)("%s names every file beside it, and none that is not there", (door) => {
    const folder = posix.dirname(door);
    const below = files.filter((path) => path.startsWith(`${folder}/`));
    const [head = ""] = /\/\*\*.*?\*\//s.exec(readFileSync(join(root, door), "utf8")) ?? [];
    const named = [...head.matchAll(/[\w./-]+\.ts\b/g)].map(([name]) => name);
    const beside = below.filter(
      (path) => posix.dirname(path) === folder && path !== door && path.endsWith(".ts"),
    );
    expect(beside.map((path) => posix.basename(path)).filter((name) => !named.includes(name))).toEqual([]);
    const isThere = (name: string) =>
      below.some((path) => path.endsWith(`/${name}`)) ||
      [posix.join(folder, name), name].some((path) => files.includes(path));
    expect(named.filter((name) => !isThere(name))).toEqual([]);
  });
});

describe("faults()", () => {
  const doors: Files = Object.fromEntries(
    ["probes", "store", "analyzer", "dashboard", "infra", "policies"].map((room) => [`${room}/mod.ts`, ""]),
  );
  const of = (path: string, text: string) => faults({ ...doors, [path]: text });
  const word = (...parts: string[]) => parts.join(""); // so that this file does not hold what it looks for

  const good: [string, string, string][] = [
    ["a probe reads the nouns", "probes/dns.ts", `import type { Round } from "../store/records.ts";`],
    ["infra wires the rooms", "infra/local/world.ts", `import { tick } from "../../analyzer/mod.ts";`],
    ["the front door opens infra", "holdfast.ts", `import { localCommand } from "./infra/mod.ts";`],
    ["a test reaches anywhere", "tests/infra/world_test.ts", `import "../../infra/mod.ts"; import "vitest";`],
    [
      "the core checks with zod",
      "analyzer/rules.ts",
      `import * as z from "zod"; import "../store/records.ts";`,
    ],
    ["the tick stands at the rim", "analyzer/tick.ts", `import "node:fs"; const now = Date.now();`],
    ["the core dates what it is given", "analyzer/assess.ts", `const day = (at: number) => new Date(at);`],
    [
      "the core has a property called process",
      "analyzer/assess.ts",
      `type T = { process: string }; const x = (t: T) => t.process;`,
    ],
    [
      "the core speaks of fetch() in words",
      "analyzer/assess.ts",
      `/** Never calls fetch(). */ const says = "process.exit";`,
    ],
    ["a test asks the machine", "tests/dns_test.ts", `test.skipIf(missing("knotd"))("asks", () => {});`],
    ["an iterator skips", "dashboard/view.ts", `const rest = lines.skip(1); treat(it as anyone);`],
  ];
  test.each(good)("is content when %s", (_, path, text) => {
    expect(of(path, text)).toEqual([]);
  });

  const bad: [string, string, string, RegExp][] = [
    [
      "the store leans on a probe",
      "store/a.ts",
      `import "../probes/dns.ts";`,
      /^store\/a\.ts:1: imports \.\.\/probes\/dns\.ts; store may import no other room$/,
    ],
    [
      "a probe leans on the analyzer",
      "probes/a.ts",
      `export * from "../analyzer/mod.ts";`,
      /may import store$/,
    ],
    [
      "the analyzer leans on the dashboard",
      "analyzer/tick.ts",
      `import "../dashboard/view.ts";`,
      /^analyzer\/tick/,
    ],
    [
      "a type crosses the wrong way",
      "analyzer/a.ts",
      `\n\nimport type { X } from "../infra/x.ts";`,
      /^analyzer\/a\.ts:3:/,
    ],
    [
      "the dashboard loads infra late",
      "dashboard/a.ts",
      `const x = await import("../infra/mod.ts");`,
      /^dashboard\/a/,
    ],
    [
      "the dashboard loads a probe",
      "dashboard/a.ts",
      `import "../probes/mod.ts";`,
      /may import store, analyzer$/,
    ],
    ["a policy leans on infra", "policies/a.ts", `import "../infra/mod.ts";`, /no other room/],
    ["infra leans on a test", "infra/a.ts", `import "../tests/a.ts";`, /^infra\/a/],
    ["a room leans on the front door", "infra/a.ts", `import "../holdfast.ts";`, /^infra\/a/],
    [
      "an import leaves the repository",
      "infra/a.ts",
      `import "../../elsewhere.ts";`,
      /outside the repository/,
    ],
    ["the core imports node", "analyzer/a.ts", `import { join } from "node:path";`, /no package but zod/],
    [
      "the core imports an SDK's types",
      "infra/route53.ts",
      `import type { X } from "@aws-sdk/client-route-53";`,
      /no package but zod/,
    ],
    [
      "the core's inner folder imports a package",
      "analyzer/forest/tree.ts",
      `import "isolation-forest";`,
      /no package/,
    ],
    [
      "the core leans on the rim",
      "analyzer/assess.ts",
      `import { tick } from "./tick.ts";`,
      /which is not pure/,
    ],
    [
      "the core leans on the kept store",
      "analyzer/assess.ts",
      `import { sqlite } from "../store/mod.ts";`,
      /not pure/,
    ],
    ["the nouns ask the time", "store/records.ts", "const at = Date.now();", /mentions Date\.now/],
    ["the core dates the present", "analyzer/a.ts", "const at = new Date();", /the present/],
    ["the core dates the present without brackets", "analyzer/a.ts", "const at = new Date;", /the present/],
    ["the core rolls dice", "analyzer/a.ts", "const x = Math.random();", /Math\.random/],
    ["the core takes the dice along", "analyzer/a.ts", "const roll = Math.random;", /Math\.random/],
    ["the core measures itself", "analyzer/a.ts", "performance.now();", /performance/],
    ["the core asks for chance", "analyzer/a.ts", "crypto.randomUUID();", /crypto/],
    ["the core asks the network", "analyzer/a.ts", `await fetch("http://127.0.0.1");`, /fetch/],
    ["the core waits", "analyzer/a.ts", "setTimeout(f, 1);", /setTimeout/],
    ["the core repeats", "analyzer/a.ts", "setInterval(f, 1);", /setInterval/],
    ["the core reads the environment", "analyzer/a.ts", "const e = { ...process.env };", /process/],
    ["the core goes round by globalThis", "analyzer/a.ts", "globalThis.fetch;", /globalThis/],
    ["a cast gives up", "infra/a.ts", word("const x = y as ", "any;"), /casts to any/],
    ["the checker is silenced", "infra/a.ts", word("// @ts-", "ignore"), /silences/],
    ["work is left over", "docs/a.md", word("TO", "DO: more"), /docs\/a\.md:1: leaves something for later/],
    ["one test keeps the others out", "tests/a_test.ts", word("test.", "only('x', f);"), /\.only/],
    [
      "a table of tests is left out",
      "tests/a_test.ts",
      word("describe.", "skip.each([1])('x', f);"),
      /\.skip/,
    ],
    ["a test is left out by an option", "tests/a_test.ts", "test('x', { skip: true }, f);", /\{ skip \}/],
    [
      "a test is left out by a rule of its own",
      "tests/a_test.ts",
      word("test.skip", "If(process.platform)('x', f);"),
      /does not ask/,
    ],
    [
      "a lock file names a host",
      "package-lock.json",
      word(`{"resolved`, `": "https://example.com/a.tgz"}`),
      /host a package came from/,
    ],
    ["a page names a registry", "docs/a.md", word("from registry.npm", "js.org"), /registry's host/],
    ["a file is an attic", "analyzer/utils.ts", "", /^analyzer\/utils\.ts: utils\.ts says nothing/],
    ["a folder is an attic", "infra/common/a.ts", "", /common says nothing/],
  ];
  test.each(bad)("objects when %s", (_, path, text, complaint) => {
    expect(of(path, text)).toEqual([expect.stringMatching(complaint)]);
  });

  test("objects when a room has no door, or is no room at all", () => {
    const { "probes/mod.ts": _, ...rest } = doors;
    expect(faults({ ...rest, "probes/dns.ts": "", "attic/mod.ts": "" })).toEqual([
      "probes/: has no door, mod.ts",
      "attic/: is no room of this house",
    ]);
  });
});
