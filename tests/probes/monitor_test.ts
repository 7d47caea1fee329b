/** The command as a person runs it: flags in, lines and an exit code out, against a real name server. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { WriteStream } from "node:tty";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { nodeEdge } from "../../probes/edge/node.ts";
import type { Edge } from "../../probes/edge.ts";
import { table } from "../../probes/monitor/paint.ts";
import { sparkline } from "../../probes/monitor/past.ts";
import type { Io, Publish } from "../../probes/monitor/watch.ts";
import { monitorCommand } from "../../probes/monitor.ts";
import type { Observation, Round, Target } from "../../store/records.ts";
import { address, liar, reply } from "./liar.ts";
import { freePort, type NameServer, nameServer } from "./nameserver.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys
const ansi = /\x1b\[[\d;]*[A-Za-z]/g;

let knot: NameServer;
let dir: string;
beforeAll(async () => {
  knot = await nameServer();
  dir = mkdtempSync(join(tmpdir(), "holdfast-monitor-"));
});
afterAll(async () => {
  await knot.stop();
  rmSync(dir, { recursive: true });
});

const listing = (...lines: string[]) => {
  const file = join(dir, "targets.txt");
  writeFileSync(file, lines.join("\n"));
  return ["--targets", file];
};

/** Runs the command; `terminal` gives it a screen of that many columns. */
function start(
  args: string[],
  { terminal = 0, rows = 50, more = {} as Partial<Edge>, publish = undefined as Publish | undefined } = {},
) {
  let said = "";
  let told = "";
  let code: number | undefined;
  let stop = () => {};
  const out = new Writable({
    write(chunk, _, done) {
      said += chunk;
      done();
    },
  });
  const { getColorDepth } = WriteStream.prototype; // a real terminal's: it reads the environment
  if (terminal > 0) Object.assign(out, { isTTY: true, columns: terminal, rows, getColorDepth });
  const err = new PassThrough();
  err.on("data", (chunk) => {
    told += chunk;
  });
  const io: Io = {
    out,
    err,
    onInterrupt(callback) {
      stop = callback;
      return () => {
        stop = () => {};
      };
    },
    exit(value) {
      code = value;
    },
    edge: () => ({ ...nodeEdge({ resolver: knot.resolver }), ...more }),
    ...(publish ? { publish } : {}),
  };
  const command = monitorCommand(io).configureOutput({ writeErr: (text) => (told += text) });
  const ended = command.parseAsync(args, { from: "user" }).then(() => ({ said, told, code }));
  return { ended, interrupt: () => stop(), said: () => said, out };
}
const run = (args: string[], screen = {}) => start(args, screen).ended;

describe("once", () => {
  test("all up: exit code 0, a line for each, and the totals", async () => {
    const { said, told, code } = await run([
      "--once",
      "--simple",
      ...listing("web.example.test", "six.example.test AAAA"),
    ]);
    expect(code).toBe(0);
    expect(told).toBe("");
    const [first, second, totals] = said.trimEnd().split("\n");
    expect(first).toMatch(
      /^up +\d+(\.\d)? ms {2}web\.example\.test A via 127\.0\.0\.1:\d+: 192\.0\.2\.[12] 192\.0\.2\.[12]$/,
    );
    expect(second).toContain("six.example.test AAAA");
    expect(totals).toContain("2 of 2 up, 0 down, 0 unknown");
  });

  test("something down: exit code 1, and the reason is on its line and in the sentence", async () => {
    const { said, code } = await run([
      "--once",
      "--simple",
      ...listing("web.example.test", "text.example.test"),
    ]);
    expect(code).toBe(1);
    expect(said).toMatch(/^down .* text\.example\.test A via .*: nodata$/m);
    expect(said).toContain("1 of 2 up, 1 down, 0 unknown");
    expect(said).toContain("text.example.test@global down (nodata)");
  });

  test("--health: an account's own resources beside the names, with who is ill among them", async () => {
    const asked: string[] = [];
    const more: Partial<Edge> = {
      async aws(service, region) {
        asked.push(`${service}@${region}`);
        const state = service === "rds" ? "unhealthy" : "healthy";
        return { resources: [{ name: "orders", state, says: "storage-full" }], troubles: [] };
      },
    };
    const args = ["--health", "--regions", "us-east-1", "--services", "sts", "--once", "--simple"];
    const { said, code } = await run(args, { more });
    expect(code).toBe(1);
    expect(asked.toSorted()).toEqual(["ec2@us-east-1", "ecs@us-east-1", "elb@us-east-1", "rds@us-east-1"]);
    expect(said).toMatch(/^down .*rds.*0 healthy, 1 unhealthy, 0 unknown orders: storage-full/m);
    expect(said).toMatch(/^up .*1 healthy, 0 unhealthy, 0 unknown/m);
  });

  test("no network: said of each target, exit code 1, no crash", async () => {
    const resolver = `127.0.0.1:${await freePort()}`;
    const { said, code } = await run(["--once", "--json", "--resolver", resolver]);
    expect(code).toBe(1);
    const lines = said
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(24);
    for (const line of lines)
      expect(line).toMatchObject({ verdict: "unknown", reason: "unreachable", latencyMs: null, resolver });
  });

  test("--json: one object a line, nothing else", async () => {
    const { said } = await run(["--once", "--json", ...listing("web.example.test", "missing.example.test")]);
    const lines = said
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      {
        target: "web.example.test/A",
        kind: "dns",
        name: "web.example.test",
        type: "A",
        resolver: knot.resolver,
        verdict: "up",
        reason: null,
      },
      { target: "missing.example.test/A", verdict: "down", reason: "nxdomain", facts: { rcode: "NXDOMAIN" } },
    ]);
    expect(new Date(lines[0].at).toISOString()).toBe(lines[0].at);
  });

  test("several resolvers are asked side by side; --tcp asks over TCP", async () => {
    const args = ["--once", "--json", "--resolver", "system", "--resolver", "127.0.0.1:1", "--tcp"];
    const { said } = await run([...args, ...listing("web.example.test")]);
    const lines = said
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => [line.resolver, line.verdict])).toEqual([
      [`tcp://${knot.resolver}`, "up"],
      ["tcp://127.0.0.1:1", "unknown"],
    ]);
    expect(lines[0].facts.transport).toBe("tcp");
  });

  test("--variants, --ipv6 and --account choose among the catalogue's names", async () => {
    const choose = async (...args: string[]) => {
      const { said } = await run([
        "--once",
        "--json",
        "--regions",
        "us-east-1",
        "--services",
        "dynamodb",
        ...args,
      ]);
      return said
        .trimEnd()
        .split("\n")
        .map((line) => `${JSON.parse(line).name} ${JSON.parse(line).type}`);
    };
    expect(await choose("--ipv6")).toEqual([
      "dynamodb.us-east-1.amazonaws.com A",
      "dynamodb.us-east-1.amazonaws.com AAAA",
    ]);
    expect(await choose("--variants", "fips,account", "--account", "123456789012")).toEqual([
      "dynamodb-fips.us-east-1.amazonaws.com A",
      "123456789012.ddb.us-east-1.amazonaws.com A",
    ]);
  });

  test("--authorities adds each of the zone's own servers", async () => {
    const { said } = await run([
      "--once",
      "--json",
      "--timeout",
      "300",
      "--authorities",
      ...listing("web.example.test"),
    ]);
    const lines = said
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.resolver)).toEqual([knot.resolver, "auth://127.0.0.1:53"]);
    expect(lines[1].target).toContain("ns.example.test");
  });

  test("--connect adds port 443 of each endpoint", async () => {
    const { said } = await run([
      "--once",
      "--json",
      "--connect",
      "--regions",
      "eu-west-1",
      "--services",
      "s3",
    ]);
    const lines = said
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => [line.kind, line.name, line.verdict, line.reason])).toEqual([
      ["dns", "s3.eu-west-1.amazonaws.com", "down", "refused"], // our name server serves no such zone
      ["tcp", "s3.eu-west-1.amazonaws.com:443", "down", "refused"],
    ]);
  });
});

describe("the table", () => {
  test("aligned, grouped by region, plain when it is not a terminal", async () => {
    const { said } = await run(["--once", ...listing("web.example.test", "rds.eu-west-1.amazonaws.com")]);
    expect(said).not.toContain("\x1b");
    const lines = said.split("\n");
    expect(lines[0]).toMatch(/^ {2}verdict +latency +TTL +service +name +answer$/);
    expect(lines[1]).toBe("global");
    expect(lines[3]).toBe("eu-west-1");
    expect(lines[4]).toContain("down refused");
    expect(lines[2]?.indexOf("web.example.test A")).toBe(lines[4]?.indexOf("rds.eu-west-1.amazonaws.com A"));
  });

  const deciding = ["CI", "NO_COLOR", "FORCE_COLOR", "NODE_DISABLE_COLORS", "TERM"];
  const withEnv = async (env: Record<string, string>, what: () => Promise<void>) => {
    const before = deciding.map((name) => [name, process.env[name]] as const);
    for (const name of deciding) delete process.env[name];
    Object.assign(process.env, env);
    try {
      await what();
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  };

  test("forty thousand names are each shown on a line", () => {
    const targets = Array.from({ length: 40_000 }, (_, i): Target => {
      const about = { service: "app", region: "us-east-1", purpose: "service", type: "A" } as const;
      return { ...about, id: `n${i}`, kind: "dns", name: `n${i}.example.test` };
    });
    const observations = targets.map(
      ({ id, kind, purpose, service, region }): Observation => ({
        ...{ at: 0, vantage: "here", target: id, kind, purpose, service, region },
        ...{ verdict: "up", reason: null, latencyMs: 1, facts: {} },
      }),
    );
    const round: Round = {
      ...{ vantage: "here", vantageRegion: "us-east-1", at: 0, tookMs: 1, blind: false },
      observations,
    };
    const past = { latencies: new Map(), was: new Map() };
    const lines = table(targets, round, [], past, (_, text) => text, {
      width: 200,
      rows: Number.POSITIVE_INFINITY,
    });
    const shown = new Set(lines.flatMap((line) => line.match(/n\d+\.example\.test/) ?? []));
    expect(shown).toEqual(new Set(targets.map(({ id }) => `${id}.example.test`)));
  });

  test("coloured on a terminal, and not when NO_COLOR is set", async () => {
    const args = ["--once", ...listing("web.example.test", "missing.example.test")];
    await withEnv({ TERM: "xterm-256color" }, async () => {
      const { said } = await run(args, { terminal: 120 });
      expect(said).toContain("\x1b[32m  up");
      expect(said).toContain("\x1b[31m  down nxdomain");
    });
    await withEnv({ TERM: "xterm-256color", NO_COLOR: "1" }, async () => {
      expect((await run(args, { terminal: 120 })).said).not.toContain("\x1b");
    });
  });

  test.for([30, 60, 100])("no line is wider than a terminal of %i columns", async (terminal) => {
    await withEnv({ TERM: "xterm-256color", NO_COLOR: "1" }, async () => {
      const { said } = await run(["--once", ...listing("big.example.test", "alias-of-alias.example.test")], {
        terminal,
      });
      for (const line of said.split("\n")) expect(line.length).toBeLessThanOrEqual(terminal);
    });
  });
});

describe("watching", () => {
  test("goes on until it is stopped, then says how things stand: exit code 0", async () => {
    const watch = start(["--simple", "--interval", "0.01", ...listing("web.example.test")]);
    await vi.waitFor(() => expect(watch.said().match(/1 of 1 up/g)?.length).toBeGreaterThan(2));
    watch.interrupt();
    const { said, code } = await watch.ended;
    expect(code).toBe(0);
    expect(said.trimEnd().split("\n").at(-1)).toMatch(/^Stopped\. 1 of 1 up/);
  });

  test("a stop in the middle of the first round is an interrupt: 130, at once", async () => {
    const silent = start([
      "--once",
      "--timeout",
      "3600000",
      "--resolver",
      "127.0.0.1:1",
      ...listing("tcp://127.0.0.1:1"),
    ]);
    await silent.ended;
    const { createSocket } = await import("node:dgram");
    const deaf = createSocket("udp4");
    await new Promise<void>((resolve) => deaf.bind(0, "127.0.0.1", resolve));
    const heard = new Promise<void>((resolve) => deaf.once("message", () => resolve()));
    const args = ["--timeout", "3600000", "--resolver", `127.0.0.1:${deaf.address().port}`];
    const watch = start([...args, ...listing("web.example.test")]);
    await heard;
    watch.interrupt();
    expect((await watch.ended).code).toBe(130);
    deaf.close();
  });

  test("on a terminal each round takes the place of the last, and never more than the screen holds", async () => {
    const watch = start(
      ["--interval", "0.01", ...listing("web.example.test", "here.example.test", "big.example.test")],
      { terminal: 80, rows: 5 },
    );
    await vi.waitFor(() => expect(watch.said().split("\x1b[H").length).toBeGreaterThan(3));
    watch.interrupt();
    const frames = (await watch.ended).said.split("\x1b[H").slice(1, -1);
    for (const frame of frames) expect(frame.split("\n").length).toBeLessThanOrEqual(5);
    expect(frames[0]).toContain("Asking 3 for the first time; each may take 5 s.");
    expect(frames[1]).toMatch(/… \d+ lines more; --simple shows all/);
  });

  test("a screen too small for all shows what is not well before what is, and counts the rest", async () => {
    const names = Array.from({ length: 30 }, (_, i) => `n${i}.wild.example.test`);
    const watch = start(["--interval", "0.01", ...listing(...names, "missing.example.test")], {
      terminal: 100,
      rows: 12,
    });
    // Whole once the next one follows: what is said at the end is no part of it.
    const frames = () => watch.said().split("\x1b[H").slice(0, -1);
    const full = () => frames().find((one) => one.includes("30 of 31 up")) ?? "";
    await vi.waitFor(() => expect(full()).not.toBe(""));
    const frame = full();
    watch.interrupt();
    await watch.ended;
    expect(frame).toContain("down nxdomain");
    expect(frame).toMatch(/… \d+ more up/);
    expect(frame.split("\n").length).toBeLessThanOrEqual(12);
  });

  test("the screen is its own while it watches, and the shell's again as soon as it is stopped", async () => {
    const watch = start(["--interval", "3600", ...listing("web.example.test")], { terminal: 80 });
    await vi.waitFor(() => expect(watch.said()).toContain("1 of 1 up"));
    expect(watch.said().startsWith("\x1b[?1049h")).toBe(true);
    expect(watch.said()).not.toContain("\x1b[?1049l");
    watch.interrupt();
    expect(watch.said().endsWith("\x1b[?25h\x1b[?1049l")).toBe(true);
    const { said } = await watch.ended;
    expect(said.split("\x1b[?1049l")).toHaveLength(2);
    expect(said.split("\x1b[?1049l")[1]).toContain("Stopped. 1 of 1 up");
  });
});

describe("from round to round", () => {
  test("what changed is said with what it was, in the table, in plain lines and in JSON", async () => {
    const server = await liar();
    let rcode = 0;
    server.udp = (asked) => [reply(asked, { rcode, answers: rcode === 0 ? [address(asked)] : [] })];
    const args = ["--interval", "0.01", "--resolver", server.resolver, ...listing("web.example.test")];
    const ways = [start([...args, "--simple"]), start([...args, "--json"]), start(args, { terminal: 100 })];
    for (const way of ways) {
      await vi.waitFor(() => expect(way.said().match(/192\.0\.2\.1/g)?.length).toBeGreaterThan(1));
    }
    rcode = 2;
    const changed = "changed: web.example.test/A was up, is down servfail";
    await vi.waitFor(() => expect(ways[0]?.said()).toContain(changed));
    await vi.waitFor(() => expect(ways[1]?.said()).toContain('"reason":"servfail","was":"up"'));
    await vi.waitFor(() => expect(ways[2]?.said()).toContain(changed));
    expect(ways[1]?.said()).toContain('"was":null');
    for (const way of ways) way.interrupt();
    await Promise.all(ways.map((way) => way.ended));
    await server.stop();
  });

  test("a line of bars shows the latencies so far, and a dot where no answer came", () => {
    expect(sparkline([1, 4, null, 8, 8])).toBe("▂▅·██");
    expect(sparkline([3])).toBe("");
    expect(sparkline([null, null])).toBe("··");
    expect(sparkline([0, 0])).toBe("▁▁");
  });

  test("a terminal that changes its size is painted anew at once", async () => {
    const watch = start(["--interval", "3600", ...listing("alias-of-alias.example.test")], { terminal: 100 });
    await vi.waitFor(() => expect(watch.said()).toContain("1 of 1 up"));
    Object.assign(watch.out, { columns: 30 });
    watch.out.emit("resize");
    await vi.waitFor(() => expect(watch.said().split("\x1b[H")).toHaveLength(4));
    const narrow = watch.said().split("\x1b[H").at(-1) ?? "";
    for (const line of narrow.split("\n")) expect(line.replace(ansi, "").length).toBeLessThanOrEqual(30);
    watch.interrupt();
    await watch.ended;
  });

  test("what could not be published is said once, and makes the exit code 1", async () => {
    let calls = 0;
    const publish = async () => (++calls > 0 ? "AccessDenied: not you" : null);
    const watch = start(["--simple", "--publish", "--interval", "0.01", ...listing("web.example.test")], {
      publish,
    });
    await vi.waitFor(() => expect(calls).toBeGreaterThan(3));
    watch.interrupt();
    const { told, code } = await watch.ended;
    expect(told).toBe("holdfast monitor: not published to CloudWatch: AccessDenied: not you\n");
    expect(code).toBe(1);
  });
});

describe("what is unusual", () => {
  const prefixes = () => {
    const file = join(dir, "ranges.json");
    writeFileSync(file, JSON.stringify({ prefixes: [{ ip_prefix: "192.0.2.0/24", region: "us-east-1" }] }));
    return ["--prefixes", file];
  };

  test("an address outside the expected prefixes is remarked upon, and the name is still up", async () => {
    const targets = listing("web.example.test", "here.example.test");
    const { said, code } = await run(["--once", "--simple", ...prefixes(), ...targets]);
    expect(code).toBe(0);
    expect(said).toContain(
      "noticed outside-prefixes at here.example.test/A: 127.0.0.1 not among the expected prefixes",
    );
    const { said: json } = await run(["--once", "--json", ...prefixes(), ...targets]);
    expect(
      json
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).remarks.length),
    ).toEqual([0, 1]);
  });

  test("resolvers that disagree are named", async () => {
    const other = await liar();
    other.udp = (asked) => [reply(asked)];
    const resolvers = ["--resolver", knot.resolver, "--resolver", other.resolver];
    const { said, code } = await run(["--once", ...resolvers, ...listing("web.example.test")]);
    expect(code).toBe(1);
    expect(said).toContain(`nodata from ${other.resolver}, addresses from ${knot.resolver}`);
    await other.stop();
  });

  test("while it watches, it learns what is usual: new addresses are noticed", async () => {
    const server = await liar();
    let last = "192.0.2.1";
    server.udp = (asked) => [reply(asked, { answers: [address(asked, last)] })];
    const watch = start([
      "--simple",
      "--interval",
      "0.01",
      "--resolver",
      server.resolver,
      ...listing("web.example.test"),
    ]);
    await vi.waitFor(() => expect(watch.said().match(/1 of 1 up/g)?.length).toBeGreaterThan(12), {
      timeout: 10_000,
    });
    expect(watch.said()).not.toContain("noticed answers"); // a busy machine may well be noticed for its latency
    last = "203.0.113.1";
    await vi.waitFor(() => expect(watch.said()).toContain("noticed answers-changed at web.example.test/A"), {
      timeout: 10_000,
    });
    watch.interrupt();
    await watch.ended;
    await server.stop();
  });
});

describe("wrong use is exit code 2, and says what was expected and what came", () => {
  test.for([
    [
      ["--resolver", "dns.google"],
      'expected an IP address, with a port if it is not 53, such as 127.0.0.1:5053 or [::1]:53, or https://…; got "dns.google"',
    ],
    [["--regions", "virginia"], 'expected a region such as us-east-1, got "virginia"'],
    [["--services", "dynamo"], 'got "dynamo"'],
    [["--variants", "ipv4"], 'expected one of regional, dual-stack, fips, account, global, got "ipv4"'],
    [["--variants", "account"], "expected its twelve digits"],
    [["--account", "123456789012"], "expected --variants account beside it"],
    [["--prefixes", "/nowhere/at-all"], "/nowhere/at-all"],
    [["--interval", "0"], 'expected a number of seconds above 0, got "0"'],
    [["--timeout", "soon"], 'expected a number of ms above 0, got "soon"'],
    [["--targets", "/nowhere/at-all"], "/nowhere/at-all"],
    [["--watch", "--once"], "expected --watch or --once, got both"],
    [["--json", "--simple"], "expected --json or --simple, got both"],
    [["--targets", "x", "--regions", "us-east-1"], "expected --targets, or --regions"],
  ] as const)("%j", async ([args, message]) => {
    const { said, told, code } = await run(["--once", ...args]);
    expect(code).toBe(2);
    expect(told).toContain(message);
    expect(said).toBe("");
  });

  test.for([["--unheard-of"], ["stray-word"]])(
    "%s is commander's own error, for the front door to turn into 2",
    async (arg) => {
      await expect(run([arg].flat())).rejects.toMatchObject({ exitCode: 1 });
    },
  );
});

test("what a server says cannot move the cursor", async () => {
  const { printable } = await import("../../probes/monitor/words.ts");
  expect(printable("a\x1b[2Jb\u202Ec\r\n")).toBe("a·[2Jb·c··");
});

test("as a process: piped to a reader that leaves, it ends quietly", async () => {
  const script = `
    import { monitorCommand } from ${JSON.stringify(fileURLToPath(new URL("../../probes/mod.ts", import.meta.url)))};
    await monitorCommand().parseAsync(${JSON.stringify(["--json", "--interval", "0.01", "--resolver", knot.resolver, ...listing("web.example.test")])}, { from: "user" });
  `;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let told = "";
  child.stderr.on("data", (chunk) => {
    told += chunk;
  });
  child.stdout.once("data", () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(told).toBe("");
  expect(code).toBe(0);
});
