/** Against Knot DNS, a name server that many run, and against a liar for what no honest server does. */
import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import * as packet from "dns-packet";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { dns } from "../../probes/dns.ts";
import { nodeEdge } from "../../probes/edge/node.ts";
import type { Edge } from "../../probes/edge.ts";
import { read } from "../../probes/reply.ts";
import { ask, isName, standing } from "../../probes/wire.ts";
import type { DnsTarget } from "../../store/records.ts";
import { type Asked, address, framed, type Liar, liar, reply } from "./liar.ts";
import { freePort, kdig, type NameServer, nameServer } from "./nameserver.ts";

const patience = () => AbortSignal.timeout(10_000); // far longer than the loopback takes; no test waits for it
const soon = () => AbortSignal.timeout(300); // for what never answers: the wait is the thing tested

const asking = (name: string, resolver: string, type: "A" | "AAAA" = "A"): DnsTarget => ({
  id: name,
  kind: "dns",
  service: "test",
  region: "us-east-1",
  purpose: "service",
  name,
  type,
  resolver,
});

describe("a well-kept name server", () => {
  let knot: NameServer;
  beforeAll(async () => {
    knot = await nameServer();
  });
  afterAll(() => knot.stop());
  const hear = (name: string, type: "A" | "AAAA" = "A", signal = patience()) =>
    dns(asking(name, knot.resolver, type), nodeEdge(), signal);

  test("a name with addresses is up, and the facts say what was heard", async () => {
    const found = await hear("web.example.test");
    expect(found).toMatchObject({
      verdict: "up",
      reason: null,
      facts: {
        name: "web.example.test",
        type: "A",
        resolver: knot.resolver,
        transport: "udp",
        rcode: "NOERROR",
        flags: ["aa", "rd"],
        ttlSeconds: 300,
        chain: [],
      },
    });
    expect(new Set(found.facts.addresses as string[])).toEqual(new Set(["192.0.2.1", "192.0.2.2"]));
    expect(found.latencyMs).toBeGreaterThan(0);
  });

  test.for([
    ["web.example.test", "A", "up", null],
    ["WEB.Example.TEST.", "A", "up", null],
    ["six.example.test", "AAAA", "up", null],
    ["anything.wild.example.test", "A", "up", null],
    ["web.example.test", "AAAA", "down", "nodata"],
    ["six.example.test", "A", "down", "nodata"],
    ["text.example.test", "A", "down", "nodata"],
    ["alias-to-text.example.test", "A", "down", "nodata"],
    ["outward.example.test", "A", "down", "nodata"],
    ["missing.example.test", "A", "down", "nxdomain"],
    ["dangling.example.test", "A", "down", "nxdomain"],
    ["loop.example.test", "A", "down", "nodata"],
    ["www.broken.test", "A", "down", "servfail"],
    ["www.not-served-here.test", "A", "down", "refused"],
    ["www.child.example.test", "A", "down", "lame"],
  ] as const)("%s %s is %s (%s), and kdig heard the same", async ([name, type, verdict, reason]) => {
    const found = await hear(name, type);
    expect(found).toMatchObject({ verdict, reason });
    const theirs = await kdig(knot, name, type);
    expect(found.facts.rcode).toBe(theirs.rcode);
    expect((found.facts.addresses as string[]).toSorted()).toEqual(theirs.addresses.toSorted());
  });

  test("a chain of aliases is followed and shown, and the shortest TTL on it counts", async () => {
    expect(await hear("alias-of-alias.example.test")).toMatchObject({
      verdict: "up",
      facts: { chain: ["alias.example.test", "web.example.test"], ttlSeconds: 20 },
    });
  });

  test("an answer too long for a datagram is fetched whole over TCP", async () => {
    const found = await hear("big.example.test");
    expect(found).toMatchObject({ verdict: "up", facts: { transport: "tcp", udp: "truncated" } });
    expect(found.facts.addresses).toHaveLength(120);
  });

  test("TCP from the start, when the resolver is written so", async () => {
    const found = await dns(asking("web.example.test", `tcp://${knot.resolver}`), nodeEdge(), patience());
    expect(found).toMatchObject({
      verdict: "up",
      facts: { transport: "tcp", resolver: `tcp://${knot.resolver}` },
    });
  });

  test("a negative answer keeps the zone's serial", async () => {
    expect((await hear("missing.example.test")).facts.serial).toBe(2026112201);
  });

  test("the vantage point's own resolver is asked when the target names none", async () => {
    const { resolver: _, ...target } = asking("web.example.test", "");
    const found = await dns(target, nodeEdge({ resolver: knot.resolver }), patience());
    expect(found).toMatchObject({ verdict: "up", facts: { resolver: knot.resolver } });
  });
});

describe("a name server that breaks the rules", () => {
  let server: Liar;
  beforeEach(async () => {
    server = await liar();
  });
  afterEach(() => server.stop());
  const hear = (signal = patience()) => dns(asking("web.example.test", server.resolver), nodeEdge(), signal);

  test("each question has an id of its own, EDNS with 1232 bytes, and asks for recursion", async () => {
    server.udp = (asked) => [reply(asked, { answers: [address(asked)] })];
    for (let i = 0; i < 8; i++) expect((await hear()).verdict).toBe("up");
    const ids = new Set(server.heard.map(({ query }) => query.id));
    expect(ids.size).toBeGreaterThan(4); // eight draws of 65,536: nearly always eight
    const [first] = server.heard;
    expect(first?.query).toMatchObject({ flag_rd: true, flag_ad: true });
    expect(first?.query.additionals).toMatchObject([{ type: "OPT", udpPayloadSize: 1232 }]);
  });

  const strays: [string, (asked: Asked) => Buffer][] = [
    ["another id", (asked) => reply({ ...asked, query: { ...asked.query, id: (asked.query.id ?? 0) ^ 1 } })],
    ["another name", (asked) => reply(asked, { questions: [{ type: "A", name: "web.example.tesu" }] })],
    ["another type", (asked) => reply(asked, { questions: [{ type: "AAAA", name: "web.example.test" }] })],
    ["a longer name", (asked) => reply(asked, { questions: [{ type: "A", name: "web.example.test.evil" }] })],
    ["no question but success", (asked) => reply(asked, { questions: [], answers: [address(asked)] })],
    ["our own question back", ({ bytes }) => bytes],
    ["noise", () => Buffer.from("this is not DNS at all, whatever it may be")],
    ["nothing", () => Buffer.alloc(0)],
    ["three bytes", ({ bytes }) => bytes.subarray(0, 3)],
  ];
  test.for(strays)("a stray with %s is dropped, and the true answer still counts", async ([, stray]) => {
    server.udp = (asked) => [stray(asked), reply(asked, { answers: [address(asked, "192.0.2.9")] })];
    expect(await hear()).toMatchObject({ verdict: "up", facts: { addresses: ["192.0.2.9"], strays: 1 } });
  });

  test("strays alone are no answer: the question times out, and their number is told", async () => {
    server.udp = (asked) => strays.map(([, stray]) => stray(asked));
    expect(await hear(soon())).toMatchObject({
      verdict: "down",
      reason: "timeout",
      latencyMs: null,
      facts: { strays: strays.length },
    });
  });

  test("a perfect forgery from another port is never seen", async () => {
    let forged: Promise<void> | undefined;
    server.udp = (asked) => {
      forged = server.fromElsewhere(reply(asked, { answers: [address(asked, "203.0.113.66")] }));
      return [];
    };
    expect(await hear(soon())).toMatchObject({ verdict: "down", reason: "timeout" });
    await forged;
  });

  test("what we were busy with before a question left is not told as the server's latency", async () => {
    server.udp = (asked) => [reply(asked, { answers: [address(asked)] })];
    const busyMs = 500;
    const asked = hear();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyMs);
    expect((await asked).latencyMs).toBeLessThan(busyMs);
  });

  test("a name repeated in other letters is the same name", async () => {
    server.udp = (asked) => [
      reply(asked, {
        questions: [{ type: "A", name: "wEb.EXAMPLE.test" }],
        answers: [{ type: "A", name: "WEB.example.TEST", ttl: 1, data: "192.0.2.1" }],
      }),
    ];
    expect((await hear()).verdict).toBe("up");
  });

  test.for([
    [1, "formerr"],
    [2, "servfail"],
    [3, "nxdomain"],
    [4, "notimp"],
    [5, "refused"],
    [9, "notauth"],
    [14, "rcode-14"],
  ] as const)("rcode %i is down (%s), even with addresses beside it", async ([rcode, reason]) => {
    server.udp = (asked) => [reply(asked, { rcode, answers: [address(asked)] })];
    expect(await hear()).toMatchObject({ verdict: "down", reason });
  });

  test("FORMERR without a question is an answer: such a server could not read it", async () => {
    server.udp = (asked) => [reply(asked, { rcode: 1, questions: [] })];
    expect(await hear()).toMatchObject({ verdict: "down", reason: "formerr" });
  });

  test("an extended rcode is put together from header and OPT", async () => {
    const opt = {
      type: "OPT",
      name: ".",
      udpPayloadSize: 1232,
      extendedRcode: 1,
      ednsVersion: 0,
      flags: 0,
      flag_do: false,
      options: [],
    } as const;
    server.udp = (asked) => [reply(asked, { additionals: [{ ...opt, options: [] }] })];
    expect(await hear()).toMatchObject({ verdict: "down", reason: "badvers" });
  });

  const withError = (asked: Asked, code: number, text: string) => {
    const data = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(text)]);
    const options = [{ code: 15, data }] as unknown as packet.PacketOpt[]; // the codec's types list only some options
    return reply(asked, {
      rcode: 2,
      additionals: [
        {
          type: "OPT",
          name: ".",
          udpPayloadSize: 1232,
          extendedRcode: 0,
          ednsVersion: 0,
          flags: 0,
          flag_do: false,
          options,
        },
      ],
    });
  };

  test("SERVFAIL with an extended error keeps it as facts", async () => {
    server.udp = (asked) => [withError(asked, 22, "no reachable authority")];
    expect(await hear()).toMatchObject({
      verdict: "down",
      reason: "servfail",
      facts: { edeCode: 22, edeText: "no reachable authority" },
    });
  });

  test("SERVFAIL that the resolver puts down to DNSSEC is bogus", async () => {
    server.udp = (asked) => [withError(asked, 7, "signature expired")];
    expect(await hear()).toMatchObject({ verdict: "down", reason: "bogus", facts: { edeCode: 7 } });
  });

  test("NOERROR with nothing in it is nodata: the shape of October 2025", async () => {
    server.udp = (asked) => [reply(asked)];
    expect(await hear()).toMatchObject({
      verdict: "down",
      reason: "nodata",
      facts: { rcode: "NOERROR", addresses: [], ttlSeconds: null },
    });
  });

  test("an alias that leads to no address is nodata, and the alias is shown", async () => {
    server.udp = (asked) => [
      reply(asked, {
        answers: [{ type: "CNAME", name: "web.example.test", ttl: 60, data: "lb.example.test" }],
      }),
    ];
    expect(await hear()).toMatchObject({
      verdict: "down",
      reason: "nodata",
      facts: { chain: ["lb.example.test"] },
    });
  });

  test("addresses of another name, or of another class, are not an answer", async () => {
    server.udp = (asked) => [
      reply(asked, {
        answers: [
          { type: "A", name: "other.example.test", ttl: 60, data: "192.0.2.1" },
          { type: "A", name: "web.example.test", class: "CH", ttl: 60, data: "192.0.2.1" },
          { type: "A", name: "web.example.test", flush: true, ttl: 60, data: "192.0.2.1" },
        ],
      }),
    ];
    expect(await hear()).toMatchObject({ verdict: "down", reason: "nodata" });
  });

  test("a TTL with its top bit set counts as zero", async () => {
    server.udp = (asked) => [reply(asked, { answers: [address(asked, "192.0.2.1", 0xffff_ffff)] })];
    expect((await hear()).facts.ttlSeconds).toBe(0);
  });

  const address4 = (length: number, data: number[]) => (asked: Asked) => {
    const whole = reply(asked, { answers: [address(asked)] });
    const head = Buffer.from(whole.subarray(0, whole.length - 6));
    return Buffer.concat([head, Buffer.from([0, length, ...data])]);
  };
  test.for([
    ["cut in the middle", (asked: Asked) => reply(asked, { answers: [address(asked)] }).subarray(0, -3)],
    [
      "more after its end",
      (asked: Asked) => Buffer.concat([reply(asked, { answers: [address(asked)] }), Buffer.from([0])]),
    ],
    ["an address of three bytes", address4(3, [192, 0, 2])],
    ["an address of no bytes", address4(0, [])],
    ["an address of five bytes", address4(5, [192, 0, 2, 1, 1])],
    [
      "more records promised than sent",
      (asked: Asked) => {
        const whole = Buffer.from(reply(asked, { answers: [address(asked)] }));
        whole.writeUInt16BE(65_535, 6);
        return whole;
      },
    ],
  ] as const)("a reply with %s is malformed", async ([, broken]) => {
    server.udp = (asked) => [broken(asked)];
    expect(await hear()).toMatchObject({ verdict: "down", reason: "malformed" });
  });

  test("truncated, and TCP is closed in our face: truncated", async () => {
    server.udp = (asked) => [reply(asked, { tc: true })];
    expect(await hear()).toMatchObject({
      verdict: "down",
      reason: "truncated",
      latencyMs: null,
      facts: { tcp: "connection-reset" },
    });
  });

  test("truncated in the middle of a record still goes to TCP, which may come in pieces", async () => {
    server.udp = (asked) => [reply(asked, { tc: true, answers: [address(asked)] }).subarray(0, -5)];
    server.tcp = (asked, socket) => {
      socket.setNoDelay(true);
      const whole = framed(reply(asked, { answers: [address(asked, "192.0.2.44")] }));
      const pieces = [whole.subarray(0, 1), whole.subarray(1, 9), whole.subarray(9)];
      const next = () => {
        const piece = pieces.shift();
        if (piece) socket.write(piece, () => setImmediate(next));
      };
      next();
    };
    expect(await hear()).toMatchObject({
      verdict: "up",
      facts: { addresses: ["192.0.2.44"], transport: "tcp", udp: "truncated" },
    });
  });

  test("truncated, and TCP never answers: truncated", async () => {
    server.udp = (asked) => [reply(asked, { tc: true })];
    server.tcp = () => undefined;
    expect(await hear(soon())).toMatchObject({
      verdict: "down",
      reason: "truncated",
      facts: { tcp: "timeout" },
    });
  });

  test("over TCP a wrong id is malformed: there are no strays on a connection of our own", async () => {
    server.udp = (asked) => [reply(asked, { tc: true })];
    server.tcp = (asked, socket) => {
      socket.write(framed(reply({ ...asked, query: { ...asked.query, id: (asked.query.id ?? 0) ^ 1 } })));
    };
    expect(await hear()).toMatchObject({ verdict: "down", reason: "malformed" });
  });

  test("silence is a timeout, with no latency", async () => {
    expect(await hear(soon())).toMatchObject({ verdict: "down", reason: "timeout", latencyMs: null });
  });

  test("someone who wants the end gets it as a rejection, not as a finding about the target", async () => {
    const stop = new AbortController();
    server.udp = () => {
      stop.abort(new Error("enough"));
      return [];
    };
    await expect(hear(stop.signal)).rejects.toThrow("enough");
  });
});

test("truncated, and nobody listens on TCP: truncated, and why", async () => {
  const server = await liar({ listenTcp: false });
  server.udp = (asked) => [reply(asked, { tc: true })];
  const found = await dns(asking("web.example.test", server.resolver), nodeEdge(), patience());
  expect(found).toMatchObject({ verdict: "down", reason: "truncated", facts: { tcp: "connection-refused" } });
  await server.stop();
});

test.for(["", "tcp://"])(
  "nobody at the resolver's port (%s): we could not ask, so nothing is said of the name",
  async (scheme) => {
    const found = await dns(
      asking("web.example.test", `${scheme}127.0.0.1:${await freePort()}`),
      nodeEdge(),
      patience(),
    );
    expect(found).toMatchObject({ verdict: "unknown", reason: "unreachable", latencyMs: null });
  },
);

test("nobody at the resolver's port, asked for many names at once: each is unknown, none is down", async () => {
  const resolver = `127.0.0.1:${await freePort()}`;
  const edge = nodeEdge();
  const asks = Array.from({ length: 100 }, (_, i) =>
    dns(asking(`n${i}.example.test`, resolver), edge, patience()),
  );
  expect(new Set((await Promise.all(asks)).map((found) => found.reason))).toEqual(new Set(["unreachable"]));
});

test.for(["255.255.255.255", "tcp://255.255.255.255"])(
  "%s cannot even be sent to from here: unknown, not down",
  async (resolver) => {
    const found = await dns(asking("web.example.test", resolver), nodeEdge(), patience());
    expect(found).toMatchObject({ verdict: "unknown", reason: "unreachable", latencyMs: null });
  },
);

test("questions asked at once share sockets, and each still gets its own answer", async () => {
  const server = await liar();
  server.udp = (asked) => [
    reply(asked, {
      answers: [address(asked, `192.0.2.${/^n(\d+)/.exec(asked.query.questions?.[0]?.name ?? "")?.[1]}`)],
    }),
  ];
  const edge = nodeEdge();
  const found = await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      dns(asking(`n${i}.example.test`, server.resolver), edge, patience()),
    ),
  );
  expect(found.map((one) => one.facts.addresses)).toEqual(found.map((_, i) => [`192.0.2.${i}`]));
  expect(server.ports.size).toBeLessThan(20);
  expect(server.ports.size).toBeGreaterThan(2);
  await server.stop();
});

test("no socket is left open, whatever the answer was", async () => {
  const sockets = () => process.getActiveResourcesInfo().filter((kind) => /UDP|TCP/.test(kind)).length;
  const before = sockets();
  const deaf = createSocket("udp4");
  await new Promise<void>((resolve) => deaf.bind(0, "127.0.0.1", resolve));
  const resolver = `127.0.0.1:${deaf.address().port}`;
  const asks = Array.from({ length: 200 }, () =>
    dns(asking("web.example.test", resolver), nodeEdge(), soon()),
  );
  expect((await Promise.all(asks)).every((found) => found.reason === "timeout")).toBe(true);
  deaf.close();
  await vi.waitFor(() => expect(sockets()).toBeLessThanOrEqual(before), { timeout: 10_000 });
});

describe("any bytes at all", () => {
  const question = ask("web.example.test", "A", 4711);
  const good = (): Buffer =>
    packet.encode({
      type: "response",
      id: 4711,
      flags: packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE,
      questions: [{ type: "A", name: "web.example.test" }],
      answers: [
        { type: "CNAME", name: "web.example.test", ttl: 60, data: "lb.example.test" },
        { type: "A", name: "lb.example.test", ttl: 60, data: "192.0.2.1" },
      ],
      authorities: [{ type: "NS", name: "example.test", ttl: 60, data: "ns.example.test" }],
    });
  const head = Buffer.from(good().subarray(0, 12 + 22));
  const arbitrary = fc.oneof(
    fc.uint8Array({ maxLength: 600 }),
    fc.uint8Array({ maxLength: 300 }).map((tail) => Buffer.concat([head, tail])),
    fc
      .array(fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 })
      .map((edits) => {
        const bytes = Buffer.from(good());
        for (const [at, value] of edits) bytes[at % bytes.length] = value;
        return bytes;
      }),
    fc.nat({ max: 200 }).map((length) => Buffer.from(good().subarray(0, length))),
  );
  /** An edge that hears these bytes whatever was asked, over UDP and over TCP. */
  const hearing = (bytes: Uint8Array): Edge => ({
    ...nodeEdge({ resolver: "127.0.0.1:53" }),
    udp: async (_packet, _to, accept, signal) => {
      if (accept(bytes)) return { message: bytes, tookMs: 1 };
      throw signal.aborted ? signal.reason : new Error("stray");
    },
    tcp: async () => bytes,
    random16: () => 4711,
  });

  test("never crash the probe, and never pass as healthy without an address in a NOERROR answer", async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary, async (bytes) => {
        const found = await dns(asking("web.example.test", "tcp://127.0.0.1"), hearing(bytes), patience());
        if (found.verdict !== "up") return;
        const seen = packet.decode(Buffer.from(bytes));
        expect(seen.id).toBe(4711);
        expect((seen.flags ?? 0) & 0x0f).toBe(0);
        expect(seen.answers?.some((record) => record.type === "A" && record.class === "IN")).toBe(true);
        for (const one of found.facts.addresses as string[]) expect(one).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      }),
      { numRuns: 20_000 },
    );
  });

  test("what is told of a reply is what the codec reads in it", () => {
    const name = fc.constantFrom("web.example.test", "lb.example.test", "ns.example.test", "example.test");
    const data = {
      A: fc.ipV4().map((ip) => ip),
      AAAA: fc.ipV6().map((ip) => ip),
      CNAME: name,
      NS: name,
    };
    const record = fc
      .constantFrom("A", "AAAA", "CNAME", "NS")
      .chain((type) =>
        fc.record({ type: fc.constant(type), name, ttl: fc.nat(0xffff_ffff), data: data[type] }),
      );
    const records = fc.array(record as fc.Arbitrary<packet.Answer>, { maxLength: 6 });
    fc.assert(
      fc.property(records, records, (answers, authorities) => {
        const bytes = packet.encode({ ...packet.decode(good()), answers, authorities });
        const theirs = packet.decode(bytes);
        const told = read(bytes, question);
        const plainly = (one: packet.Answer) => ("ttl" in one ? [one.type, one.name, one.data] : [one.type]);
        expect(told?.answers.map(({ type, name, data }) => [type, name, data])).toEqual(
          theirs.answers?.map(plainly),
        );
        expect(told?.referral.map(({ zone, server }) => ["NS", zone, server])).toEqual(
          theirs.authorities?.filter((one) => one.type === "NS").map(plainly),
        );
      }),
      { numRuns: 300 },
    );
  });

  test("are read in a time that does not explode: 64 KiB of pointers to pointers", () => {
    const bytes = Buffer.alloc(65_535);
    good().copy(bytes);
    for (let at = 34; at + 1 < bytes.length; at += 2)
      bytes.writeUInt16BE(0xc000 | Math.min(at - 2, 0x3fff), at);
    bytes.writeUInt16BE(5_000, 6);
    expect(standing(bytes, question)).toBe("answer");
    expect(read(bytes)).toBeNull();
  });

  test("names: what can be asked can be written and read again", () => {
    const label = fc.stringMatching(/^[a-z0-9_-]{1,63}$/);
    const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
    fc.assert(
      fc.property(name, fc.nat({ max: 0xffff }), (text, id) => {
        fc.pre(isName(text));
        const { bytes } = ask(text, "AAAA", id);
        expect(packet.decode(Buffer.from(bytes)).questions?.[0]).toMatchObject({ name: text, type: "AAAA" });
      }),
    );
  });

  test.for([
    "",
    "a..b",
    "spaced out.test",
    `${"x".repeat(64)}.test`,
    `${"abc.".repeat(70)}test`,
    "naïve.test",
  ])("%j is not a name, and is refused before anything is sent", (text) => {
    expect(isName(text)).toBe(false);
    expect(() => ask(text, "A", 1)).toThrow("expected a DNS name");
  });
});
