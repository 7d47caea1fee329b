/** A round comes to its end whatever single probes do, and says of each target what was truly heard. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { nodeEdge } from "../../probes/edge/node.ts";
import { type Edge, EdgeError } from "../../probes/edge.ts";
import { type RoundOptions, round } from "../../probes/round.ts";
import { Round, type Target } from "../../store/records.ts";
import { address, liar, reply } from "./liar.ts";
import { nameServer } from "./nameserver.ts";

const vantage = { id: "oregon", region: "us-west-2" };

type Behaviour = "answers" | "refuses" | "unreachable" | "silent" | "throws" | "hangs";

/** A target whose port says how the edge below will treat it. */
const ports: Record<Behaviour, number> = {
  answers: 1,
  refuses: 2,
  unreachable: 3,
  silent: 4,
  throws: 5,
  hangs: 6,
};
const target = (behaviour: Behaviour, id: string, purpose: Target["purpose"] = "service"): Target => ({
  id,
  kind: "tcp",
  service: "app",
  region: "us-east-1",
  purpose,
  host: "127.0.0.1",
  port: ports[behaviour],
});

const edge: Edge = {
  ...nodeEdge({ resolver: "127.0.0.1:53" }),
  connect(to, signal) {
    switch (to.port) {
      case ports.answers:
        return Promise.resolve({ connect: 1, total: 1 });
      case ports.refuses:
        return Promise.reject(new EdgeError("connection-refused", "refused"));
      case ports.unreachable:
        return Promise.reject(new EdgeError("unreachable", "no route"));
      case ports.silent:
        return new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(new EdgeError("timeout", "no answer in time")));
        });
      case ports.hangs:
        return new Promise(() => undefined); // minds no signal at all
      default:
        throw new TypeError("a fault of ours");
    }
  },
};

const go = (options: Partial<RoundOptions> & Pick<RoundOptions, "targets">) =>
  round({ vantage, edge, timeoutMs: 20, ...options });

test("every target gets what was truly heard of it, in order, and the round can be kept", async () => {
  const heard = await go({
    targets: [
      target("answers", "a"),
      target("refuses", "b"),
      target("unreachable", "c"),
      target("silent", "d"),
      target("throws", "e"),
    ],
  });
  expect(heard.observations.map((o) => [o.target, o.verdict, o.reason])).toEqual([
    ["a", "up", null],
    ["b", "down", "connection-refused"],
    ["c", "unknown", "unreachable"],
    ["d", "down", "timeout"],
    ["e", "unknown", "probe-failed"],
  ]);
  expect(heard.observations.at(-1)?.facts.error).toContain("a fault of ours");
  expect(Round.parse(heard)).toEqual(heard);
});

test("blind when it has control targets and none is up; without controls never", async () => {
  const blind = async (...controls: Behaviour[]) =>
    (
      await go({
        targets: [target("answers", "x"), ...controls.map((c, i) => target(c, `c${i}`, "control"))],
      })
    ).blind;
  expect(await blind()).toBe(false);
  expect(await blind("answers")).toBe(false);
  expect(await blind("unreachable", "answers")).toBe(false);
  expect(await blind("refuses")).toBe(true);
  expect(await blind("unreachable", "silent", "throws")).toBe(true);
});

test("any mix of behaviours, any concurrency: one observation for each target, never more in flight than allowed", async () => {
  const behaviour = fc.constantFrom<Behaviour>("answers", "refuses", "unreachable", "silent", "throws");
  await fc.assert(
    fc.asyncProperty(
      fc.array(behaviour, { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (mix, concurrency) => {
        let inFlight = 0;
        let most = 0;
        const counting: Edge = {
          ...edge,
          async connect(to, signal) {
            most = Math.max(most, ++inFlight);
            try {
              return await edge.connect(to, signal);
            } finally {
              inFlight--;
            }
          },
        };
        const targets = mix.map((b, i) => target(b, `${i}`));
        const heard = await go({ targets, concurrency, edge: counting, timeoutMs: 2 });
        expect(heard.observations.map((o) => o.target)).toEqual(targets.map((t) => t.id));
        expect(most).toBeLessThanOrEqual(concurrency);
        expect(inFlight).toBe(0);
      },
    ),
    { numRuns: 100 },
  );
});

test("a probe that minds no signal cannot hold up the round", async () => {
  const heard = await go({ targets: [target("hangs", "h"), target("answers", "a")] });
  expect(heard.observations.map((o) => [o.verdict, o.reason])).toEqual([
    ["unknown", "probe-failed"],
    ["up", null],
  ]);
});

test("stopped from outside, it ends at once: what was heard stays, the rest is unknown", async () => {
  const stop = new AbortController();
  const targets = [
    target("answers", "a"),
    target("silent", "b"),
    target("hangs", "c"),
    target("answers", "d"),
  ];
  const running = go({ targets, timeoutMs: 3_600_000, concurrency: 3, signal: stop.signal });
  queueMicrotask(() => setImmediate(() => stop.abort()));
  expect((await running).observations.map((o) => [o.verdict, o.reason])).toEqual([
    ["up", null],
    ["unknown", "stopped"],
    ["unknown", "stopped"],
    ["up", null], // begun while the others waited
  ]);
  const before = await go({ targets, signal: AbortSignal.abort() });
  expect(before.observations.every((o) => o.reason === "stopped")).toBe(true);
});

test("a round has a budget: what it never came to is not-asked, and nobody is called down for it", async () => {
  vi.useFakeTimers();
  try {
    const slow: Edge = { ...edge, clock: () => Date.now() };
    const targets = Array.from({ length: 6 }, (_, i) => target("silent", `${i}`));
    const running = go({ targets, edge: slow, concurrency: 2, timeoutMs: 100, budgetMs: 150 });
    await vi.advanceTimersByTimeAsync(10_000);
    const heard = await running;
    expect(heard.observations.map((o) => o.reason)).toEqual([
      "timeout",
      "timeout",
      "cut-short", // they had half of their time, which says nothing of them
      "cut-short",
      "not-asked",
      "not-asked",
    ]);
    expect(heard.tookMs).toBe(150);
  } finally {
    vi.useRealTimers();
  }
});

test("1,000 names at three resolvers, one of them dead: two thirds answer, the dead third times out side by side", async () => {
  const knot = await nameServer();
  const other = await liar();
  other.udp = (asked) => [reply(asked, { answers: [address(asked)] })];
  const dead = await liar(); // hears, and says nothing
  const resolvers = [knot.resolver, other.resolver, dead.resolver];
  const targets = resolvers.flatMap((resolver) =>
    Array.from({ length: 1_000 }, (_, i): Target => {
      const name = `n${i}.wild.example.test`;
      const about = { service: "app", region: "us-east-1", purpose: "service" } as const;
      return { ...about, id: `${name} via ${resolver}`, kind: "dns", name, type: "A", resolver };
    }),
  );
  const heard = await round({ vantage, targets, edge: nodeEdge(), timeoutMs: 3_000 });
  const reasons = resolvers.map((resolver) => {
    const ones = heard.observations.filter((o) => o.target.endsWith(` via ${resolver}`));
    return Object.fromEntries(
      [...Map.groupBy(ones, (o) => o.reason)].map(([why, of]) => [why ?? "up", of.length]),
    );
  });
  expect(reasons).toEqual([{ up: 1_000 }, { up: 1_000 }, { timeout: 1_000 }]);
  await knot.stop();
  await other.stop();
  await dead.stop();
});

test("a round ends at its deadline: who was silent, who was not given time, and who was never asked is told apart", async () => {
  const alive = await liar();
  alive.udp = (asked) => [reply(asked, { answers: [address(asked)] })];
  const dead = await liar();
  const about = { kind: "dns", service: "app", region: "us-east-1", purpose: "service", type: "A" } as const;
  const targets = Array.from({ length: 1_020 }, (_, i): Target => {
    const name = `n${i}.example.test`;
    return { ...about, id: name, name, resolver: (i < 20 ? alive : dead).resolver };
  });
  const go = (timeoutMs: number) =>
    round({ vantage, targets, edge: nodeEdge(), timeoutMs, budgetMs: 1_500, concurrency: 100 });
  const [patient, hasty] = await Promise.all([go(3_600_000), go(200)]);
  const told = ({ observations }: Round) =>
    new Set(observations.slice(20).map(({ verdict, reason }) => `${verdict} ${reason}`));
  expect(patient.observations.slice(0, 20).map(({ verdict }) => verdict)).not.toContain("down");
  expect(told(patient)).toEqual(new Set(["unknown cut-short", "unknown not-asked"])); // an hour was never theirs
  expect(told(hasty)).toContain("down timeout");
  for (const reason of told(hasty)) expect(reason).toMatch(/^(down timeout|unknown (cut-short|not-asked))$/);
  await alive.stop();
  await dead.stop();
});

test("a dead server with thousands of names before it holds up nobody else's", async () => {
  const [alive, dead] = await Promise.all([liar(), liar()]);
  alive.udp = (asked) => [reply(asked, { answers: [address(asked)] })];
  const about = { kind: "dns", service: "app", region: "us-east-1", purpose: "service", type: "A" } as const;
  const targets = Array.from({ length: 5_100 }, (_, i): Target => {
    const name = `n${i}.example.test`;
    return { ...about, id: name, name, resolver: (i < 5_000 ? dead : alive).resolver };
  });
  const { observations } = await round({
    vantage,
    targets,
    edge: nodeEdge(),
    timeoutMs: 900,
    budgetMs: 1_000,
  });
  const told = observations.slice(5_000).map(({ verdict, reason }) => reason ?? verdict);
  expect(told).toEqual(Array(100).fill("up"));
  await Promise.all([alive.stop(), dead.stop()]);
});

describe("more name servers than there are sockets", () => {
  const targets = Array.from({ length: 1_500 }, (_, i): Target => {
    const about = { service: "app", region: "us-east-1", purpose: "service" } as const;
    const resolver = `${i % 2 ? "" : "tcp://"}127.1.${i >> 8}.${i & 0xff}:9`; // nobody listens there
    return { ...about, id: `n${i}`, kind: "dns", name: "web.example.test", type: "A", resolver };
  });

  test("are asked a few at a time, and each gets what was heard of it", async () => {
    const edge = nodeEdge();
    let [open, most] = [0, 0];
    const counted = <A extends unknown[], R>(ask: (...args: A) => Promise<R>) => {
      return (...args: A) => {
        most = Math.max(most, ++open);
        return ask(...args).finally(() => open--);
      };
    };
    const counting = { ...edge, udp: counted(edge.udp), tcp: counted(edge.tcp) };
    const { observations } = await round({ vantage, targets, edge: counting, timeoutMs: 20_000 });
    expect(new Set(observations.map(({ reason }) => reason))).toEqual(new Set(["unreachable"]));
    expect(most).toBeLessThanOrEqual(625);
  });

  test("are all told when the round is stopped before it began", async () => {
    const signal = AbortSignal.abort();
    const { observations } = await round({ vantage, targets, edge: nodeEdge(), timeoutMs: 20_000, signal });
    expect(observations.map(({ reason }) => reason)).toEqual(Array(1_500).fill("stopped"));
  });
});

test("10,000 names in a round without a lost answer, on few sockets", { timeout: 120_000 }, async () => {
  const knot = await nameServer();
  const targets = Array.from({ length: 10_000 }, (_, i): Target => {
    const name = `n${i}.wild.example.test`;
    const about = { service: "app", region: "us-east-1", purpose: "service" } as const;
    return { ...about, id: name, kind: "dns", name, type: "A", resolver: knot.resolver };
  });
  const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind.includes("UDP")).length;
  let most = 0;
  const watching = setInterval(() => {
    most = Math.max(most, sockets());
  }, 5);
  const heard = await round({ vantage, targets, edge: nodeEdge(), timeoutMs: 20_000 });
  clearInterval(watching);
  expect(heard.observations.filter((o) => o.verdict === "up")).toHaveLength(10_000);
  expect(most).toBeLessThan(500);
  await vi.waitFor(() => expect(sockets()).toBe(0), { timeout: 10_000 });
  await knot.stop();
});
