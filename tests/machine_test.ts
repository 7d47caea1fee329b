import { expect, test } from "vitest";
import { type Component, prepare } from "./machine.ts";

const table: Component[] = [
  { name: "knotd", why: "a name server", calls: [["knotd"], ["/usr/sbin/knotd"]], from: { debian: "knot" } },
  { name: "kdig", why: "a client", calls: [["kdig"]], from: { debian: "knot-dnsutils" } },
  { name: "deno", why: "a runtime", calls: [["deno", "--version"]], from: { command: "npm rebuild deno" } },
];

/** A machine with some commands on it; `apt-get install` puts `brings` there. */
function machine(has: string[], { root = true, ci = false, brings = [] as string[], broken = false } = {}) {
  const commands = new Set(has);
  const ran: string[] = [];
  const said: string[] = [];
  const code = prepare({
    components: table,
    root,
    ci,
    say: (line) => said.push(line),
    run(command, args, env) {
      if (!commands.has(command)) return { failure: `no ${command} here` };
      if (command !== "apt-get" || args.includes("--version")) return { failure: null };
      ran.push([command, ...args, env?.DEBIAN_FRONTEND].join(" "));
      if (broken) return { failure: "Temporary failure resolving" };
      if (args.includes("install")) for (const brought of brings) commands.add(brought);
      return { failure: null };
    },
  });
  return { code, ran, said: said.join("\n") };
}

test("a machine with everything is left alone", () => {
  const { code, ran, said } = machine(["/usr/sbin/knotd", "kdig", "deno", "apt-get"], { ci: true });
  expect({ code, ran, said }).toEqual({ code: 0, ran: [], said: "Here for the tests: knotd, kdig, deno" });
});

test("what Debian has is fetched as root, and only what is missing", () => {
  const { code, ran, said } = machine(["kdig", "deno", "apt-get"], { ci: true, brings: ["knotd"] });
  expect(ran).toEqual([
    "apt-get -qq -o DPkg::Lock::Timeout=120 update noninteractive",
    "apt-get -qq -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends knot noninteractive",
  ]);
  expect(said).toBe(
    "Fetching knot for the tests, with apt-get; this may take a few minutes\nHere for the tests: knotd, kdig, deno",
  );
  expect(code).toBe(0);
});

test("what cannot be fetched is named with its error, and is no failure on a person's machine", () => {
  const { code, said } = machine(["kdig", "apt-get"], { broken: true });
  expect(said).toContain("apt-get install: Temporary failure resolving");
  expect(said).toContain(
    "Not run: tests that need knotd, a name server. To get it: sudo apt-get install knot",
  );
  expect(said).toContain("Not run: tests that need deno, a runtime. To get it: npm rebuild deno");
  expect(code).toBe(0);
});

test.each([
  ["nobody but root fetches", ["apt-get", "kdig", "deno"], { root: false }],
  ["nothing is fetched where there is no apt-get", ["kdig", "deno"], {}],
])("%s; with CI=true what is missing is a failure", (_, has, who) => {
  expect(machine(has, { ...who, brings: ["knotd"] })).toMatchObject({ code: 0, ran: [] });
  const { code, said } = machine(has, { ...who, brings: ["knotd"], ci: true });
  expect(code).toBe(1);
  expect(said).toMatch(/tests that need knotd.*nothing may be missing/s);
});
