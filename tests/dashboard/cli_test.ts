/** The dashboard's commands against a running one: what they print, how they end, and what they ask. */
import { spawn } from "node:child_process";
import { afterEach, describe, expect, test } from "vitest";
import type { Store } from "../../store/store.ts";
import { type Served, served } from "./browser.ts";
import {
  decisionOf,
  lines,
  playground,
  reportOf,
  type Scene,
  stage,
  standingOf,
  topology,
} from "./scenes.ts";

type Ran = { code: number | null; out: string; err: string };

/** A process of its own, as people run it; `seen` hears what it prints as it prints it. */
function holdfast(args: readonly string[], seen: (out: string) => void = () => undefined): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["holdfast.ts", ...args], {
      env: { ...process.env, HOLDFAST_URL: "", NO_COLOR: "" },
    });
    const ran: Ran = { code: null, out: "", err: "" };
    child.stdout.on("data", (chunk: Buffer) => {
      ran.out += chunk;
      seen(ran.out);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      ran.err += chunk;
    });
    child.on("close", (code) => resolve({ ...ran, code }));
  });
}

const servers: Served[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function running(scene: Scene): Promise<{ at: string[]; store: Store; url: string }> {
  const now = Date.now();
  const { store, rules } = await stage(scene, now);
  const server = await served({ store, rules, topology, now: () => now, playground: playground(() => now) });
  servers.push(server);
  return { at: ["--url", server.url], store, url: server.url };
}

describe("status", () => {
  test("calm: says so, exit code 0, no colour into a pipe", async () => {
    const { at } = await running("calm");
    const { code, out, err } = await holdfast(["status", "--why", ...at]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^CALM {2}Users are fine in us-east-1/);
    expect(out).toMatch(/us-west-2 +standby +1\.00/);
    expect(out).toMatch(/for +not met +0 of 2 +Seen by most vantage points/);
    expect(out).not.toContain("\u001b");
  });

  test("outage: names the cause and what is next, exit code 1", async () => {
    const { at } = await running("outage");
    const { code, out } = await holdfast(["status", ...at]);
    expect(code).toBe(1);
    expect(out).toMatch(/^OUTAGE/);
    expect(out).toMatch(
      /Cascade {2}root dynamodb@us-east-1\n {2}fell {3}dynamodb@us-east-1: resolves to no address/,
    );
    expect(out).toMatch(/next {3}ec2@us-east-1/);
    expect(out).toContain("  reach  It reaches us-east-1 as a whole");
    expect(out).toContain("  or     network@us-east-1 (55 %)");
    expect(out).toMatch(
      /critical {2}Users in us-east-1 are hurt: dynamodb fails, for \d+ s, not told yet: mail/,
    );
    expect(out).toMatch(/mail takes no messages since .*: connect ECONNREFUSED/);
  });

  test("--json prints the state as the API gives it", async () => {
    const { at, url } = await running("away");
    const { code, out } = await holdfast(["status", "--json", ...at]);
    expect(code).toBe(1); // not home
    expect(JSON.parse(out)).toEqual(await (await fetch(`${url}/api/state`)).json());
  });

  test.each(["status", "failback --reason x", "mend", "hold --reason x"])(
    "%s: nothing runs there: says how to start it, exit code 1",
    async (line) => {
      const { code, out, err } = await holdfast([...line.split(" "), "--port", "9"]);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toBe(
        "Holdfast does not answer at http://localhost:9: start it with npm start, or say where it is with --url\n",
      );
    },
  );

  test("text from elsewhere cannot drive the terminal", async () => {
    const { at, store } = await running("empty");
    await store.report(
      reportOf(Date.now(), { why: "\u001b]0;owned\u0007\u001b[2J", lines: lines(0, 0, "1.00", 1) }),
    );
    const { out } = await holdfast(["status", ...at]);
    expect(out).toContain("owned");
    expect(out).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

describe("failover", () => {
  const args = ["failover", "--from", "us-east-1", "--to", "us-west-2", "--reason", "a drill", "--by", "Ada"];

  test("asks, follows every phase, and ends well when users are away", async () => {
    const { at, store } = await running("calm");
    const now = Date.now();
    const phases = ["preparing", "shifting", "verifying", "away"] as const;
    let version = 1;
    const stepTo = async (i: number) => {
      const phase = phases[i];
      if (!phase) return;
      const handled = (await store.requests()).map((r) => r.id);
      const request = phase === "preparing" ? ((await store.requests())[0] ?? null) : null;
      await store.remember({
        from: version,
        standing: { ...standingOf(phase, { request }), version: version + 1 },
        orders: [],
        decision: decisionOf(now, "home", phase, `now ${phase}`),
        handled,
      });
      version += 1;
      await store.report(
        reportOf(now + version, {
          why: `why ${phase}`,
          lines: lines(0, 0, "1.00", 4),
          leads: phase === "away" ? "us-west-2" : "us-east-1",
        }),
      );
    };
    let step = 0;
    const { code, out, err } = await holdfast([...args, ...at], (soFar) => {
      const waited =
        step === 0 ? soFar.includes("waiting for the next round") : soFar.includes(`why ${phases[step - 1]}`);
      if (waited) void stepTo(step++);
    });
    expect([code, err]).toEqual([0, ""]);
    expect(
      out
        .trim()
        .split("\n")
        .map((l) => l.trim().split(":")[0]),
    ).toEqual(["home", "preparing", "shifting", "verifying", "away", "Users are away, in us-west-2."]);
  });

  test("says why when Holdfast does not do it, exit code 1", async () => {
    const { at, store } = await running("calm");
    const { code, out } = await holdfast([...args, ...at], async () => {
      const [request] = await store.requests();
      if (!request) return;
      await store.remember({
        from: 1,
        standing: { ...standingOf("home"), version: 2 },
        orders: [],
        decision: decisionOf(
          Date.now(),
          "home",
          "home",
          "Refused failover asked for by Ada: us-west-2 scores 0.10, below 0.7",
          { by: "Ada" },
        ),
        handled: [request.id],
      });
    });
    expect([code, out]).toEqual([
      1,
      expect.stringContaining("Not moved: Refused failover asked for by Ada: us-west-2 scores 0.10"),
    ]);
  });

  test("refused by the table: exit code 1 and the reason", async () => {
    const { at, store } = await running("held");
    const { code, err } = await holdfast([...args, ...at]);
    expect([code, err]).toEqual([1, "Cannot failover while held: every move is held; release first\n"]);
    expect(await store.requests()).toEqual([]);
  });

  test("--no-wait returns at once, --wait 0 says it goes on", async () => {
    const { at, store } = await running("calm");
    const asked = await holdfast([...args, ...at, "--no-wait", "--json"]);
    expect([asked.code, JSON.parse(asked.out)]).toEqual([0, { id: (await store.requests())[0]?.id }]);
    const impatient = await holdfast([...args, ...at, "--wait", "0"]);
    expect([impatient.code, impatient.out]).toEqual([1, expect.stringContaining("Still home after 0 s")]);
  });

  test("--dry-run asks for nothing", async () => {
    const { at, store } = await running("calm");
    const { code, out } = await holdfast([...args, ...at, "--dry-run"]);
    expect([code, out]).toEqual([0, expect.stringContaining("It would be carried out.")]);
    expect(out).toContain("Whether Holdfast would move users by itself"); // whose rules a person need not wait for
    const wrong = await holdfast([
      "failover",
      "--from",
      "us-west-2",
      "--to",
      "us-east-1",
      "--reason",
      "x",
      "--dry-run",
      ...at,
    ]);
    expect([wrong.code, wrong.out, wrong.err]).toEqual([
      2,
      "",
      "Cannot ask for a failover from us-west-2: expected from us-east-1; users are brought home with failback\n",
    ]);
    const same = ["failover", "--from", "us-east-1", "--to", "us-east-1", "--reason", "x", ...at];
    const says =
      "Cannot ask for a failover to us-east-1: expected to us-west-2; us-east-1 is the region to leave\n";
    for (const line of [same, [...same, "--dry-run"]]) {
      const { code, err } = await holdfast(line);
      expect([code, err]).toEqual([2, says]);
    }
    expect(await store.requests()).toEqual([]);
  });

  test.each([
    [["failover", "--reason", "x"], /required option/],
    [["failover", "--from", "us-east-1", "--to", "us-west-2"], /--reason/],
    [["failback", "--reason", "x", "--wait", "soon"], /number of seconds/],
    [["status", "--port", "seventy"], /expected 1 to 65535; got "seventy"/],
    [["status", "--url", "ftp://x"], /expected an http address/],
    [["status", "--wat"], /unknown option/],
  ])("wrong use %j: exit code 2", async (line, says) => {
    const { code, err } = await holdfast(line);
    expect([code, err]).toEqual([2, expect.stringMatching(says)]);
  });

  test("a wrong region comes back as wrong use", async () => {
    const { at } = await running("calm");
    const { code, err } = await holdfast([
      "failover",
      "--from",
      "mars",
      "--to",
      "us-west-2",
      "--reason",
      "x",
      ...at,
    ]);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/from: expected a region such as us-east-1; got "mars"/),
    ]);
  });
});

describe("what is known of moves", () => {
  test("readiness: every line, what is missing is said, and exit code 1 while anything is", async () => {
    const { at } = await running("blind");
    const { code, out } = await holdfast(["readiness", ...at]);
    expect([code, out]).toEqual([1, expect.stringMatching(/^us-west-2 is not ready to take over\./)]);
    expect(out).toContain("A move takes a time that is not known");
  });

  test("drill and decisions tell the last move whole, and say so when there is none", async () => {
    const { at } = await running("away");
    const [drill, list] = await Promise.all([
      holdfast(["drill", ...at]),
      holdfast(["decisions", "--limit", "3", ...at]),
    ]);
    expect([drill.code, drill.out]).toEqual([0, expect.stringMatching(/^# Users moved out of us-east-1\n/)]);
    expect(list.out.trimEnd().split("\n")).toHaveLength(4);
    const newest = list.out.split("\n")[1]?.split(" ")[0] ?? "";
    const whole = await holdfast(["decisions", newest, ...at]);
    expect([whole.code, whole.out]).toEqual([0, expect.stringMatching(/Known.+Rules/s)]);
    const calm = await running("calm");
    const none = await holdfast(["drill", "no-such", ...calm.at]);
    expect([none.code, none.err]).toEqual([2, expect.stringContaining("Cannot find the move no-such")]);
    const gone = await holdfast(["decisions", "no-such", ...calm.at]);
    expect([gone.code, gone.err]).toEqual([2, expect.stringContaining("Cannot find decision no-such")]);
  });
});

describe("break and mend", () => {
  test("break, list, mend", async () => {
    const { at } = await running("calm");
    const broke = await holdfast(["break", "dns-nodata", "us-east-1", "--service", "s3", ...at]);
    expect([broke.code, broke.out]).toEqual([0, "Broken: dns-nodata of s3 in us-east-1\n"]);
    expect((await holdfast(["break", ...at])).out).toMatch(/^region-down +nothing in the region answers/);
    expect((await holdfast(["status", ...at])).out).toMatch(
      /Broken on purpose\n {2}dns-nodata s3 in us-east-1/,
    );
    expect(await holdfast(["mend", ...at])).toMatchObject({ code: 0, out: "Everything is mended.\n" });
  });

  test("an unknown name gives the list and exit code 2", async () => {
    const { at } = await running("calm");
    const { code, err } = await holdfast(["break", "meteor", "us-east-1", ...at]);
    expect([code, err]).toEqual([2, expect.stringMatching(/region-down, dns-nodata.*"meteor"/)]);
  });
});
