/** The pages keep their word: links lead somewhere, files that are named are there, and what a reader is told to type is
 *  something that the program takes. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import * as analyzer from "../analyzer/mod.ts";
import * as dashboard from "../dashboard/cli/mod.ts";
import * as infra from "../infra/mod.ts";
import * as probes from "../probes/mod.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const texts = pages.map((page) => ({ page, text: read(page) }));

/** As hosts of Markdown name a heading in an address. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\- ]/gu, "")
    .replaceAll(" ", "-");
const anchorsOf = (page: string) =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) => anchor(text));

describe.each(texts)("$page", ({ page, text }) => {
  test("links to what is there", () => {
    const dead = [...text.matchAll(/\]\((?!\w+:)([^)\s#]*)(?:#([^)\s]+))?\)/g)].flatMap(
      ([link, path, part]) => {
        const target = path ? join(dirname(page), path) : page;
        if (!existsSync(join(root, target))) return [link];
        return part === undefined || anchorsOf(target).includes(part) ? [] : [link];
      },
    );
    expect(dead).toEqual([]);
  });

  test("names files that are there", () => {
    const named = [...text.matchAll(/`(([a-z][\w-]*)\/[\w./-]+\.[a-z]+)`/g)]
      .filter(([, , folder = ""]) => existsSync(join(root, folder)))
      .map(([, path = ""]) => path);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

const commands = new Map(
  [analyzer, dashboard, infra, probes]
    .flatMap((door) => Object.entries(door))
    .filter(([name]) => name.endsWith("Command"))
    .map(([, make]) => (make as () => Command)())
    .map((command) => [command.name(), command]),
);
const optionsOf = (command: Command | undefined) => command?.options.map((option) => option.long) ?? [];

/** Commands as one types them: `[page, name, its options]`. */
const typed = texts.flatMap(({ page, text }) =>
  [...text.matchAll(/(?:npx holdfast|`holdfast|^ *holdfast) ([a-z][a-z-]*)([^\n`|#]*)/gm)].map(
    ([, name = "", rest = ""]) =>
      [page, name, [...rest.matchAll(/(?<=\s)--[a-z-]+/g)].map(([option]) => option)] as const,
  ),
);

test("every command in the pages is one of the program's, with options that it has", () => {
  expect(typed.length).toBeGreaterThan(40);
  const wrong = typed.filter(
    ([, name, options]) =>
      !commands.has(name) || options.some((option) => !optionsOf(commands.get(name)).includes(option)),
  );
  expect(wrong).toEqual([]);
});

test.each([...commands])(
  "holdfast %s speaks JSON, and says of each option and exit code what it is for",
  (_, command) => {
    expect(optionsOf(command)).toContain("--json");
    expect([command.description(), ...command.options.map((option) => option.description)]).not.toContain("");
    const help: string[] = [];
    command.configureOutput({ writeOut: (text) => void help.push(text) }).outputHelp();
    expect(help.join("")).toMatch(/^Exit codes?: 0 .*\b2 wrong use/ms);
  },
);

test("every script and every bench in the pages is there", () => {
  const { scripts } = JSON.parse(read("package.json"));
  const asked = texts.flatMap(({ text }) => [
    ...text.matchAll(/npm (?:run ([a-z:]+)|(?:test|start))(?: -- ([a-z]+))?/g),
  ]);
  const names = new Set(asked.map(([whole, name = whole.slice("npm ".length)]) => name));
  expect([...names].filter((name) => !(name in scripts))).toEqual([]);
  const benches = asked.flatMap(([, name, part]) => (name === "bench" && part ? [part] : []));
  const { stderr } = spawnSync(process.execPath, ["tests/bench/run.ts", "none"], {
    cwd: root,
    encoding: "utf8",
  });
  const there = stderr.split("one of ")[1]?.trim().split(", ") ?? [];
  expect(benches.length).toBeGreaterThan(4);
  expect(benches.filter((part) => !there.includes(part))).toEqual([]);
});
