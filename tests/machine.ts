/** What the tests need of the machine besides npm's packages: real servers, a real browser, a real peer to measure
 *  against. `npm test` runs this file first, and it fetches what it can. What is missing then is said aloud: its tests
 *  are not run, or, where `CI=true`, fail. Tests ask `missing("knotd")` and start `component("knotd")`. */
import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where Python's packages for the tests are kept, apart from the machine's own. */
const python = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "holdfast", "python");

export type Component = {
  name: string;
  why: string;
  /** Ways to call it, the likeliest first; the first that works is the one. */
  calls: [command: string, ...args: string[]][];
  /** Debian's and Ubuntu's package of it, Python's, or the command that brings it. */
  from: { debian: string } | { python: string } | { command: string };
};

export const components = [
  {
    name: "knotd",
    why: "a real name server that serves every failure on purpose",
    calls: [
      ["knotd", "--version"],
      ["/usr/sbin/knotd", "--version"], // not on the PATH of everyone who may run it
    ],
    from: { debian: "knot" },
  },
  {
    name: "kdig",
    why: "a client of others' making that asks our name server",
    calls: [["kdig", "--version"]],
    from: { debian: "knot-dnsutils" },
  },
  {
    name: "dnsperf",
    why: "a client built for speed, to measure ours against",
    calls: [["dnsperf", "-H"]],
    from: { debian: "dnsperf" },
  },
  {
    name: "nsd",
    why: "a second name server of others' making, so that no reason hangs on one's habits",
    calls: [
      ["nsd", "-v"],
      ["/usr/sbin/nsd", "-v"],
    ],
    from: { debian: "nsd" },
  },
  {
    name: "unbound",
    why: "a real resolver that validates, to tell what cannot be proved",
    calls: [
      ["unbound", "-V"],
      ["/usr/sbin/unbound", "-V"],
    ],
    from: { debian: "unbound" },
  },
  {
    name: "zip",
    why: "packs the canary as it is shipped",
    calls: [["zip", "-v"]],
    from: { debian: "zip" },
  },
  {
    name: "unzip",
    why: "unpacks the canary as its runtime does",
    calls: [["unzip", "-v"]],
    from: { debian: "unzip" },
  },
  {
    name: "chromium",
    why: "a real browser for the dashboard",
    calls: [["/usr/bin/chromium", "--version"]],
    from: { debian: "chromium" },
  },
  {
    name: "sklearn",
    why: "the Isolation Forest everyone knows, to measure ours against",
    calls: [["/usr/bin/python3", "-c", "import sklearn"]],
    from: { debian: "python3-sklearn" },
  },
  {
    name: "prometheus_client",
    why: "the parser of Prometheus's own Python client, to read what we give it",
    calls: [["/usr/bin/python3", "-c", "import prometheus_client.parser"]],
    from: { debian: "python3-prometheus-client" },
  },
  {
    name: "moto_server",
    why: "AWS's API on this machine, to count hundreds of resources through",
    calls: [
      ["moto_server", "--help"],
      [join(python, "bin", "moto_server"), "--help"],
    ],
    from: { python: "moto[server]" },
  },
  {
    name: "parliament",
    why: "a linter of IAM policies, by AWS's own reference of what there is to be allowed",
    calls: [
      ["parliament", "--version"],
      [join(python, "bin", "parliament"), "--version"],
    ],
    from: { python: "parliament" },
  },
  {
    name: "boto3",
    why: "the models of AWS's APIs that its own clients go by, to hold our inputs against",
    calls: [
      ["python3", "-c", "import boto3"],
      [join(python, "bin", "python"), "-c", "import boto3"],
    ],
    from: { python: "boto3" },
  },
  {
    name: "deno",
    why: "the other runtime the probes run on",
    calls: [[join(import.meta.dirname, "../node_modules/.bin/deno"), "--version"]],
    from: { command: "npm rebuild deno" },
  },
] as const satisfies Component[];
export type Name = (typeof components)[number]["name"];

// ---- for tests -------------------------------------------------------------------------------------------

const found = new Map<Name, string | null>();

/** The command that starts a component; null when the machine has none that works. */
export function component(name: Name): string | null {
  let command = found.get(name);
  if (command === undefined) {
    command = works(components.find((c) => c.name === name) as Component, run);
    found.set(name, command);
    if (command === null) process.stderr.write(`not run here: tests that need ${name}\n`);
  }
  return command;
}

/** Whether tests that need it should be left out: `test.skipIf(missing("knotd"))`. Never so where `CI=true`. */
export const missing = (name: Name): boolean => component(name) === null && !inCI();

const inCI = () => process.env.CI === "true";

// ---- before tests ----------------------------------------------------------------------------------------

/** Runs a command to its end. Null when it could not be started, or did not end well. */
export type Run = (
  command: string,
  args: string[],
  env?: Record<string, string>,
) => { failure: string | null };

export type Machine = {
  components: Component[];
  run: Run;
  /** The folder that Python's packages are put into. */
  python: string;
  root: boolean;
  ci: boolean;
  say: (line: string) => void;
};

/** Looks for every component, fetches what Debian's packages bring where it may and Python's into a place of their
 *  own, and says what is there and what will not be run. Gives the exit code: 1 when something is missing where
 *  nothing may be. */
export function prepare({ components, run, python, root, ci, say }: Machine): 0 | 1 {
  const absent = () => components.filter((c) => works(c, run) === null);
  const wanted = absent();
  const debian = wanted.flatMap((c) => ("debian" in c.from ? [c.from.debian] : []));
  const pip = wanted.flatMap((c) => ("python" in c.from ? [c.from.python] : []));
  // Debian keeps what makes such a place in a package of its own.
  if (pip.length && run("python3", ["-c", "import ensurepip"]).failure) debian.push("python3-venv");
  if (debian.length && root && run("apt-get", ["--version"]).failure === null) {
    say(`Fetching ${debian.join(", ")} for the tests, with apt-get; this may take a few minutes`);
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    for (const args of [["update"], ["install", "--yes", "--no-install-recommends", ...debian]]) {
      const { failure } = run("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=120", ...args], env);
      if (failure) say(`apt-get ${args[0]}: ${failure}`);
    }
  }
  if (pip.length && run("python3", ["-c", "import ensurepip"]).failure === null) {
    say(`Fetching ${pip.join(", ")} for the tests, with pip, into ${python}`);
    const steps: [string, string, ...string[]][] = [
      ["python3", "-m", "venv", python],
      [join(python, "bin", "python"), "-m", "pip", "install", "--quiet", ...pip],
    ];
    for (const [command, ...args] of steps) {
      const { failure } = run(command, args);
      if (failure) say(`${args.slice(0, 3).join(" ")}: ${failure}`);
    }
  }
  const left = wanted.length ? absent() : [];
  const here = components.filter((c) => !left.includes(c)).map((c) => c.name);
  if (here.length) say(`Here for the tests: ${here.join(", ")}`);
  for (const { name, why, from } of left) {
    say(`Not run: tests that need ${name}, ${why}. To get it: ${howToGet(from)}`);
  }
  if (left.length && ci) say("With CI=true nothing may be missing");
  return left.length && ci ? 1 : 0;
}

function howToGet(from: Component["from"]): string {
  if ("debian" in from) return `sudo apt-get install ${from.debian}, or your system's package of it`;
  return "python" in from ? `python3 -m pip install "${from.python}"` : from.command;
}

function works(component: Component, run: Run): string | null {
  const call = component.calls.find(([command, ...args]) => run(command, args).failure === null);
  return call ? call[0] : null;
}

const run: Run = (command, args, env = {}) => {
  const { status, error, stderr } = spawnSync(command, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (status === 0) return { failure: null };
  return { failure: error?.message ?? (stderr.trim() || `exit code ${status}`) };
};

if (import.meta.main) {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  process.exitCode = prepare({
    components: [...components],
    run,
    python,
    root: process.getuid?.() === 0,
    ci: inCI(),
    say,
  });
}
