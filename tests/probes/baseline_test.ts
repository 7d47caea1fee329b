/** What is usual for a name, and what is worth a remark. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Baseline, compare, disagreements, habits, learn, outside } from "../../probes/baseline.ts";
import { parsePrefixes } from "../../probes/prefixes.ts";
import { BadInput, type Observation, type Target } from "../../store/records.ts";

type Says = {
  addresses?: string[];
  ttl?: number;
  ms?: number;
  flags?: string[];
  reason?: string;
  target?: string;
};

const seen = ({
  addresses = ["192.0.2.1", "192.0.2.2"],
  ttl = 60,
  ms = 10,
  flags = ["ra"],
  reason,
  target = "t",
}: Says): Observation => {
  const about = {
    at: 0,
    vantage: "v",
    target,
    kind: "dns",
    purpose: "service",
    service: "s3",
    region: "us-east-1",
  } as const;
  const facts = { addresses, ttlSeconds: ttl, flags };
  return reason === undefined
    ? { ...about, verdict: "up", reason: null, latencyMs: ms, facts }
    : { ...about, verdict: "down", reason, latencyMs: ms, facts: { ...facts, addresses: [] } };
};
const learned = (answers: Says[]): Baseline =>
  answers.reduce<Baseline>((so, answer) => learn(so, seen(answer)), []);
const steady = (of: Says = {}) => learned(Array.from({ length: 20 }, () => of));
const remarks = (baseline: Baseline, answer: Says) =>
  compare(baseline, seen(answer)).map(({ kind, says }) => `${kind}: ${says}`);

describe("compare()", () => {
  test("says nothing of more of the same, whatever that is", () => {
    const says = fc.record({
      addresses: fc.uniqueArray(fc.ipV4(), { minLength: 1, maxLength: 8 }),
      ttl: fc.nat({ max: 86_400 }),
      ms: fc.double({ min: 0, max: 5_000, noNaN: true }),
    });
    fc.assert(
      fc.property(says, fc.integer({ min: 0, max: 80 }), (one, times) => {
        expect(compare(learned(Array.from({ length: times }, () => one)), seen(one))).toEqual([]);
      }),
    );
  });

  test("says nothing before there is a habit", () => {
    const few = learned(Array.from({ length: habits.answersToJudge - 1 }, () => ({})));
    expect(compare(few, seen({ addresses: ["203.0.113.1"], ttl: 86_400, ms: 4_000 }))).toEqual([]);
  });

  test("answers that shrank to half are told, with the numbers", () => {
    const four = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"];
    expect(remarks(steady({ addresses: four }), { addresses: four.slice(0, 2) })).toEqual([
      "answers-shrank: 2 addresses where 4 are usual",
    ]);
    expect(remarks(steady({ addresses: four }), { addresses: four.slice(0, 3) })).toEqual([]);
    expect(remarks(steady({ addresses: ["192.0.2.1"] }), { addresses: ["192.0.2.1"] })).toEqual([]);
  });

  test("new addresses are told for a name that keeps its own, not for one that always changes", () => {
    const moved = { addresses: ["203.0.113.1", "203.0.113.2"] };
    expect(remarks(steady(), moved)).toEqual([
      "answers-changed: 100 % of the addresses were never seen before; up to 0 % is usual",
    ]);
    const restless = learned(
      Array.from({ length: 20 }, (_, i) => ({ addresses: [`198.51.100.${i}`, `198.51.100.${i + 100}`] })),
    );
    expect(remarks(restless, moved)).toEqual([]);
    const rotating = learned(
      Array.from({ length: 40 }, (_, i) => ({
        addresses: [`198.51.100.${i % 8}`, `198.51.100.${(i + 1) % 8}`],
      })),
    );
    expect(remarks(rotating, { addresses: ["198.51.100.3", "198.51.100.7"] })).toEqual([]);
    expect(remarks(rotating, moved)).toHaveLength(1);
  });

  test("a TTL that counts down in a cache is no news; one that rises is, and one that falls at the authority", () => {
    const cached = learned(Array.from({ length: 20 }, (_, i) => ({ ttl: 60 - i * 3 })));
    expect(remarks(cached, { ttl: 1 })).toEqual([]);
    expect(remarks(cached, { ttl: 60 })).toEqual([]);
    expect(remarks(cached, { ttl: 3_600 })).toEqual(["ttl-rose: TTL 3600 s where at most 60 s is usual"]);
    const own = { flags: ["aa"] };
    expect(remarks(steady(own), { ...own, ttl: 5 })).toEqual([
      "ttl-fell: TTL 5 s where at least 60 s is usual",
    ]);
  });

  test("three slow answers in a row are a shift; one or two are weather", () => {
    const usual = Array.from({ length: 20 }, (_, i) => ({ ms: 10 + (i % 3) }));
    expect(remarks(learned(usual), { ms: 80 })).toEqual([]);
    expect(remarks(learned([...usual, { ms: 80 }]), { ms: 80 })).toEqual([]);
    expect(remarks(learned([...usual, { ms: 80 }, { ms: 90 }]), { ms: 85 })).toEqual([
      expect.stringMatching(
        /^latency-shift: 3 answers in a row took over \d+\.\d ms, where 11\.0 ms is usual$/,
      ),
    ]);
    expect(remarks(learned([...usual, { ms: 80 }, { ms: 11 }]), { ms: 85 })).toEqual([]);
  });

  test("a name that is down is not remarked upon, and teaches nothing", () => {
    const before = steady();
    expect(compare(before, seen({ reason: "nodata" }))).toEqual([]);
    expect(learn(before, seen({ reason: "nodata" }))).toBe(before);
  });

  test("keeps a bounded past, and gets used to what stays", () => {
    const moved = { addresses: ["203.0.113.1"], ttl: 3_600, ms: 200 };
    let baseline = steady();
    for (let i = 0; i < 500; i++) {
      baseline = learn(baseline, seen(moved));
      expect(baseline.length).toBeLessThanOrEqual(habits.answersKept);
    }
    expect(compare(baseline, seen(moved))).toEqual([]);
  });
});

describe("disagreements()", () => {
  const target = (resolver: string): Target => ({
    ...{ id: `web via ${resolver}`, kind: "dns", service: "s3", region: "us-east-1", purpose: "service" },
    ...{ name: "web.example.test", type: "A", resolver },
  });
  const three = ["192.0.2.53:53", "198.51.100.53:53", "203.0.113.53:53"].map(target);
  const told = (...answers: Says[]) => disagreements(three, answers.map(seen)).map(({ says }) => says);

  test("one resolver without an answer, and which", () => {
    expect(told({}, { reason: "nodata" }, {})).toEqual([
      "web.example.test A: nodata from 198.51.100.53:53, addresses from 192.0.2.53:53, 203.0.113.53:53",
    ]);
  });
  test("all without one agree; a timeout or an unknown has no say", () => {
    expect(told({ reason: "nodata" }, { reason: "nxdomain" }, { reason: "nodata" })).toEqual([]);
    expect(told({}, { reason: "timeout" }, {})).toEqual([]);
  });
  test("answers that overlap are rotation; answers with nothing in common are not", () => {
    expect(told({}, { addresses: ["192.0.2.2", "192.0.2.3"] }, { addresses: ["192.0.2.9"] })).toEqual([]);
    expect(told({}, { addresses: ["198.51.100.1"] }, { addresses: ["203.0.113.1"] })).toHaveLength(1);
  });
});

describe("outside()", () => {
  const file = JSON.stringify({
    syncToken: "1",
    prefixes: [
      {
        ip_prefix: "192.0.2.0/24",
        region: "us-east-1",
        service: "AMAZON",
        network_border_group: "us-east-1",
      },
      { ip_prefix: "198.51.100.0/25", region: "GLOBAL", service: "AMAZON" },
      { ip_prefix: "203.0.113.0/24", region: "eu-west-1", service: "AMAZON" },
    ],
    ipv6_prefixes: [{ ipv6_prefix: "2001:db8::/32", region: "us-east-1", service: "AMAZON" }],
  });
  const expected = parsePrefixes(file, "ranges");

  test.for([
    [["192.0.2.77", "198.51.100.1", "2001:db8::1"], []],
    [["192.0.2.77", "203.0.113.1"], ["203.0.113.1 not among the expected prefixes"]],
    [["198.51.100.200", "2001:db9::1"], ["198.51.100.200, 2001:db9::1 not among the expected prefixes"]],
  ] as const)("%j: %j", ([addresses, says]) => {
    expect(outside(seen({ addresses: [...addresses] }), expected).map((remark) => remark.says)).toEqual(says);
  });

  test("a name without a region may use any prefix", () => {
    expect(expected("203.0.113.1", "global")).toBe(true);
    expect(expected("8.8.8.8", "global")).toBe(false);
  });

  test.for([
    ["", "ranges: expected JSON"],
    ["{}", "prefixes"],
    ['{"prefixes":[]}', "expected at least one prefix"],
    [
      '{"prefixes":[{"ip_prefix":"192.0.2.0/33","region":"us-east-1"}]}',
      "prefixes.0.ip_prefix: expected an IPv4 prefix",
    ],
    ['{"prefixes":[{"ip_prefix":"2001:db8::/32","region":"us-east-1"}]}', "expected an IPv4 prefix"],
  ] as const)("%j is refused: %s", ([text, message]) => {
    expect(() => parsePrefixes(text, "ranges")).toThrow(BadInput);
    expect(() => parsePrefixes(text, "ranges")).toThrow(message);
  });
});
