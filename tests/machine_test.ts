/** How the tests get what they need of a machine, on machines that are made up. */
import { expect, test } from "vitest";
import { type Component, prepare } from "./machine.ts";

const table: Component[] = [
  { name: "knotd", why: "a name server", calls: [["knotd"], ["/usr/sbin/knotd"]], from: { debian: "knot" } },
  { name: "kdig", why: "a client", calls: [["kdig"]], from: { debian: "knot-dnsutils" } },
  {
    name: "moto_server",
    why: "an API",
    calls: [["moto_server"], ["/cache/bin/moto_server"]],
    from: { python: "moto[server]" },
  },
  { name: "deno", why: "a runtime", calls: [["deno", "--version"]], from: { command: "npm rebuild deno" } },
];

/** A machine with some commands on it; what is installed puts `brings` there. */
function machine(has: string[], { root = true, ci = false, brings = [] as string[], broken = false } = {}) {
  const commands = new Set(has);
  const ran: string[] = [];
  const said: string[] = [];
  const code = prepare({
    components: table,
    python: "/cache",
    root,
    ci,
    say: (line) => said.push(line),
    run(command, args, env) {
      if (!commands.has(command)) return { failure: `no ${command} here` };
      if (args.includes("import ensurepip"))
        return { failure: commands.has("ensurepip") ? null : "no module" };
      const changes = args.includes("update") || args.includes("venv") || args.includes("install");
      if (!changes) return { failure: null };
      ran.push([command, ...args, env?.DEBIAN_FRONTEND].join(" ").trim());
      if (broken) return { failure: "Temporary failure resolving" };
      if (args.includes("venv")) commands.add("/cache/bin/python");
      if (args.includes("install")) for (const brought of brings) commands.add(brought);
      return { failure: null };
    },
  });
  return { code, ran, said: said.join("\n") };
}

test("a machine with everything is left alone", () => {
  const { code, ran, said } = machine(["/usr/sbin/knotd", "kdig", "moto_server", "deno", "apt-get"], {
    ci: true,
  });
  expect({ code, ran, said }).toEqual({
    code: 0,
    ran: [],
    said: "Here for the tests: knotd, kdig, moto_server, deno",
  });
});

test("what Debian has is fetched as root, and only what is missing", () => {
  const { code, ran, said } = machine(["kdig", "moto_server", "deno", "apt-get"], {
    ci: true,
    brings: ["knotd"],
  });
  expect(ran).toEqual([
    "apt-get -qq -o DPkg::Lock::Timeout=120 update noninteractive",
    "apt-get -qq -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends knot noninteractive",
  ]);
  expect(said).toBe(
    "Fetching knot for the tests, with apt-get; this may take a few minutes\nHere for the tests: knotd, kdig, moto_server, deno",
  );
  expect(code).toBe(0);
});

test("Python's packages go into a place of their own, by anyone", () => {
  const has = ["knotd", "kdig", "deno", "python3", "ensurepip"];
  const { code, ran, said } = machine(has, { ci: true, root: false, brings: ["/cache/bin/moto_server"] });
  expect(ran).toEqual(["python3 -m venv /cache", "/cache/bin/python -m pip install --quiet moto[server]"]);
  expect(said).toContain("Fetching moto[server] for the tests, with pip, into /cache");
  expect(code).toBe(0);
});

test("where Debian left out what makes such a place, root fetches that first", () => {
  const { ran } = machine(["knotd", "kdig", "deno", "python3", "apt-get"], { brings: ["ensurepip"] });
  expect(ran[1]).toContain("install --yes --no-install-recommends python3-venv");
  expect(ran[2]).toBe("python3 -m venv /cache");
});

test("what Python's packages lack is said with how to get it", () => {
  const { said } = machine(["knotd", "kdig", "deno"], { root: false });
  expect(said).toContain('need moto_server, an API. To get it: python3 -m pip install "moto[server]"');
});

test("what cannot be fetched is named with its error, and is no failure on a person's machine", () => {
  const { code, said } = machine(["kdig", "moto_server", "apt-get"], { broken: true });
  expect(said).toContain("apt-get install: Temporary failure resolving");
  expect(said).toContain(
    "Not run: tests that need knotd, a name server. To get it: sudo apt-get install knot",
  );
  expect(said).toContain("Not run: tests that need deno, a runtime. To get it: npm rebuild deno");
  expect(code).toBe(0);
});

test.each([
  ["nobody but root fetches", ["apt-get", "kdig", "moto_server", "deno"], { root: false }],
  ["nothing is fetched where there is no apt-get", ["kdig", "moto_server", "deno"], {}],
])("%s; with CI=true what is missing is a failure", (_, has, who) => {
  expect(machine(has, { ...who, brings: ["knotd"] })).toMatchObject({ code: 0, ran: [] });
  const { code, said } = machine(has, { ...who, brings: ["knotd"], ci: true });
  expect(code).toBe(1);
  expect(said).toMatch(/tests that need knotd.*nothing may be missing/s);
});
