/** The name server as others see it: kdig over UDP and TCP, raw bytes, and bytes that mean nothing. */
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import { promisify } from "node:util";
import * as packet from "dns-packet";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reply } from "../../../infra/local/message.ts";
import { type NameServer, startNameServer } from "../../../infra/local/nameserver.ts";
import type { Entry, Zone } from "../../../infra/local/zone.ts";
import { BadInput } from "../../../store/records.ts";

const run = promisify(execFile);
const many = Array.from({ length: 60 }, (_, i) => `127.0.9.${i + 1}`);
const entries: Record<string, Entry> = {
  "well.example.test": { addresses: ["127.0.9.1", "127.0.9.2"], ttlS: 7 },
  "many.example.test": { addresses: many, ttlS: 7 },
  "a.deep.example.test": { addresses: ["127.0.9.1"], ttlS: 7 },
  "empty.example.test": "nodata",
  "gone.example.test": "nxdomain",
  "ill.example.test": "servfail",
};
const zones: Zone[] = [
  {
    apex: "example.test",
    negativeTtlS: 9,
    entries: new Map(Object.entries(entries).map(([name, entry]) => [name, () => entry])),
  },
];

let server: NameServer;
beforeAll(async () => {
  server = await startNameServer({ port: 0, flag: "--dns-port", zones });
});
afterAll(() => server.stop());

/** What kdig prints; it decodes the wire with code that shares nothing with ours. */
async function kdig(...asked: string[]): Promise<string> {
  const { stdout } = await run("kdig", [`@${server.host}`, "-p", String(server.port), "+noidn", ...asked]);
  return stdout;
}

describe("as kdig sees it", () => {
  test("a name with addresses: authoritative, with its TTL, over both protocols", async () => {
    for (const protocol of ["+notcp", "+tcp"]) {
      const said = await kdig("well.example.test", protocol);
      expect(said).toMatch(/status: NOERROR/);
      expect(said).toMatch(/Flags: qr aa rd;/);
      expect(said).toMatch(/well\.example\.test\.\s+7\s+IN\s+A\s+127\.0\.9\.1/);
      expect(said).toMatch(/well\.example\.test\.\s+7\s+IN\s+A\s+127\.0\.9\.2/);
    }
  });

  test.each([
    ["empty.example.test", "A", "NOERROR"],
    ["well.example.test", "AAAA", "NOERROR"],
    ["deep.example.test", "A", "NOERROR"], // names exist below it (RFC 8020)
    ["example.test", "A", "NOERROR"],
    ["gone.example.test", "A", "NXDOMAIN"],
    ["never.heard.example.test", "A", "NXDOMAIN"],
  ])("%s %s has nothing: %s with the SOA that says for how long", async (name, type, status) => {
    const said = await kdig(name, type);
    expect(said).toMatch(new RegExp(`status: ${status}`));
    expect(said).toMatch(/ANSWER: 0; AUTHORITY: 1/);
    expect(said).toMatch(
      /example\.test\.\s+9\s+IN\s+SOA\s+ns1\.example\.test\. hostmaster\.example\.test\. .* 9$/m,
    );
  });

  test.each([
    ["ill.example.test", "SERVFAIL"],
    ["well.other.test", "REFUSED"],
    ["notexample.test", "REFUSED"],
    [".", "REFUSED"],
  ])("%s: %s", async (name, status) => {
    const said = await kdig(name, "A");
    expect(said).toMatch(new RegExp(`status: ${status}`));
    expect(said).toMatch(/ANSWER: 0; AUTHORITY: 0/);
  });

  test("SOA, NS and the name server's own address", async () => {
    expect(await kdig("example.test", "SOA", "+short")).toMatch(/^ns1\.example\.test\. hostmaster/);
    expect((await kdig("example.test", "NS", "+short")).trim()).toBe("ns1.example.test.");
    expect((await kdig("ns1.example.test", "A", "+short")).trim()).toBe("127.0.0.1");
  });

  test("an answer too long for a datagram is cut, and whole over TCP", async () => {
    expect(await kdig("many.example.test", "+ignore", "+noedns")).toMatch(/Flags: qr aa tc rd;.*ANSWER: 0/);
    expect((await kdig("many.example.test", "+short")).trim().split("\n").sort()).toEqual([...many].sort());
    expect(await kdig("many.example.test")).toMatch(/\(TCP\)/);
  });

  test("EDNS: a larger datagram is used when the asker takes one, an unknown version is told so", async () => {
    const entry = await kdig("well.example.test", "+edns", "+bufsize=1232");
    expect(entry).toMatch(/Version: 0; flags: ; UDP size: 1232 B; ext-rcode: NOERROR/);
    expect(await kdig("well.example.test", "+edns=1")).toMatch(/status: BADVERS/);
    expect(await kdig("well.example.test", "+noedns")).toMatch(/ADDITIONAL: 0/);
  });

  test("the case of a question comes back as it was asked", async () => {
    expect(await kdig("wElL.eXaMpLe.TesT")).toMatch(/;; wElL\.eXaMpLe\.TesT\.\s+IN\s+A/);
  });

  test("no zone transfers, no other classes", async () => {
    expect(await kdig("example.test", "AXFR").catch((e: { stdout: string }) => e.stdout)).not.toMatch(
      /IN\s+SOA/,
    );
    expect(await kdig("-c", "CH", "well.example.test")).toMatch(/status: REFUSED/);
  });
});

describe("messages", () => {
  const query = (name: string, more: Partial<packet.Packet> = {}) =>
    packet.encode({ type: "query", id: 77, questions: [{ type: "A", name }], ...more });
  const read = (bytes: Buffer | null) =>
    packet.decode(bytes ?? Buffer.alloc(0)) as packet.DecodedPacket & { rcode: string };

  test("a scrap and an answer are not answered, so that two servers never talk forever", () => {
    expect(reply(Buffer.alloc(11), zones, "udp")).toBeNull();
    expect(reply(packet.encode({ type: "response", id: 1 }), zones, "udp")).toBeNull();
  });

  test("the same question again has its own id, and whatever is true by then", () => {
    let now: Entry = { addresses: ["127.0.9.1"], ttlS: 7 };
    const changing: Zone[] = [
      { apex: "example.test", negativeTtlS: 9, entries: new Map([["app.example.test", () => now]]) },
    ];
    const heard = (id: number, over: "udp" | "tcp" = "udp") => {
      const { answers, ...rest } = read(reply(query("app.example.test", { id }), changing, over));
      return [rest.id, rest.rcode, ...(answers ?? []).map((a) => ("data" in a ? a.data : ""))];
    };
    expect([heard(1), heard(2), heard(3, "tcp")]).toEqual(
      [1, 2, 3].map((id) => [id, "NOERROR", "127.0.9.1"]),
    );
    now = { addresses: ["127.0.9.2"], ttlS: 7 };
    expect(heard(4)).toEqual([4, "NOERROR", "127.0.9.2"]);
    now = "nxdomain";
    expect(heard(5)).toEqual([5, "NXDOMAIN"]);
    now = { addresses: many, ttlS: 7 };
    expect([heard(6), heard(7, "tcp")]).toEqual([
      [6, "NOERROR"], // too long for a datagram
      [7, "NOERROR", ...many],
    ]);
  });

  test("another opcode than a query is not implemented", () => {
    const update = reply(query("well.example.test", { flags: 5 << 11 }), zones, "udp");
    expect(read(update)).toMatchObject({ id: 77, rcode: "NOTIMP", opcode: "UPDATE" });
  });

  test.each([
    ["no question", packet.encode({ type: "query", id: 77 })],
    [
      "two questions",
      query("", {
        questions: [
          { type: "A", name: "a" },
          { type: "A", name: "b" },
        ],
      }),
    ],
    ["a name that runs off the end", query("well.example.test").subarray(0, 20)],
    [
      "a name that points at itself",
      Buffer.concat([query("x").subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])]),
    ],
    [
      "a count of records that are not there",
      Buffer.concat([query("x").subarray(0, 6), Buffer.from([0, 9, 0, 0, 0, 0]), query("x").subarray(12)]),
    ],
  ])("%s: FORMERR, with the asker's id", (_, bytes) => {
    expect(read(reply(bytes, zones, "udp"))).toMatchObject({ id: 77, rcode: "FORMERR", type: "response" });
  });

  test("a label with a dot inside is another name", () => {
    const label = Buffer.from("well.example");
    const bytes = Buffer.concat([
      query("x").subarray(0, 12),
      Buffer.from([label.length]),
      label,
      Buffer.from([4]),
      Buffer.from("test"),
      Buffer.from([0, 0, 1, 0, 1]),
    ]);
    expect(read(reply(bytes, zones, "udp")).rcode).toBe("REFUSED");
  });

  test("any bytes: an answer that fits, with the same id, or none; never a crash", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), fc.constantFrom("udp", "tcp"), (bytes, over) => {
        const answer = reply(bytes, zones, over as "udp" | "tcp");
        if (!answer) return bytes.length < 12 || ((bytes[2] ?? 0) & 0x80) !== 0;
        expect(answer.subarray(0, 2)).toEqual(Buffer.from(bytes.subarray(0, 2)));
        expect((answer[2] ?? 0) & 0x80).toBe(0x80);
        expect(answer.length).toBeLessThanOrEqual(over === "udp" ? 1_232 : 65_535);
        packet.decode(answer);
        return true;
      }),
      { numRuns: 3_000 },
    );
  });

  test("real questions with some bytes turned: still an answer that can be read, or none", () => {
    const turned = fc.tuple(
      fc.constantFrom(...Object.keys(entries), "example.test", "other.test"),
      fc.boolean(),
      fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 6 }),
    );
    const opt = {
      type: "OPT",
      name: ".",
      udpPayloadSize: 4096,
      extendedRcode: 0,
      ednsVersion: 0,
      flags: 0,
      flag_do: false,
      options: [{ code: 10, data: Buffer.alloc(8) }],
    };
    fc.assert(
      fc.property(turned, ([name, edns, turns]) => {
        const bytes = query(name, edns ? { additionals: [opt as packet.OptAnswer] } : {});
        for (const [at, to] of turns) if (at < bytes.length) bytes[at] = to;
        const answer = reply(bytes, zones, "udp");
        if (answer) packet.decode(answer);
        if (turns.length === 0) expect(read(answer).id).toBe(77);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("sockets", () => {
  test("goes on answering after a storm of rubbish over both protocols", async () => {
    const udp = createSocket("udp4");
    for (let i = 0; i < 200; i++) udp.send(Buffer.from(`${i}`.repeat(i)), server.port, server.host);
    const storms = Array.from({ length: 20 }, (_, i) => {
      const socket = connect(server.port, server.host);
      socket.on("error", () => undefined); // being cut off is what it deserves
      socket.end(Buffer.alloc(i * 7, i));
      return new Promise((done) => socket.once("close", done));
    });
    await Promise.all(storms);
    udp.close();
    expect((await kdig("well.example.test", "+short")).trim().split("\n")).toHaveLength(2);
    expect((await kdig("well.example.test", "+short", "+tcp")).trim().split("\n")).toHaveLength(2);
  });

  test("several messages on one connection, however they are cut up, are all answered in order", async () => {
    const names = ["well.example.test", "gone.example.test", "empty.example.test"];
    const bytes = Buffer.concat(
      names.map((name, id) => packet.streamEncode({ type: "query", id, questions: [{ type: "A", name }] })),
    );
    const socket = connect(server.port, server.host);
    let heard = Buffer.alloc(0);
    const answers: number[] = [];
    const done = new Promise<void>((enough) =>
      socket.on("data", (chunk) => {
        heard = Buffer.concat([heard, chunk]);
        while (heard.length >= 2 && heard.length >= 2 + heard.readUInt16BE(0)) {
          answers.push(heard.readUInt16BE(2));
          heard = heard.subarray(2 + heard.readUInt16BE(0));
        }
        if (answers.length === names.length) enough();
      }),
    );
    for (const byte of bytes) socket.write(Buffer.from([byte]));
    await done;
    socket.destroy();
    expect(answers).toEqual([0, 1, 2]);
  });

  test("a taken port is said, with the flag that chooses another", async () => {
    const again = startNameServer({ port: server.port, flag: "--dns-port", zones });
    await expect(again).rejects.toThrow(BadInput);
    await expect(startNameServer({ port: server.port, flag: "--dns-port", zones })).rejects.toThrow(
      new RegExp(`127\\.0\\.0\\.1:${server.port}: the port is taken.*--dns-port`),
    );
  });

  test("a port that only UDP has taken is said too, and TCP is let go again", async () => {
    const other = createSocket("udp4");
    const port = 20_000 + (process.pid % 10_000); // below those that systems lend to whoever connects
    await new Promise<void>((done) => other.bind(port, "127.0.0.1", done));
    await expect(startNameServer({ port, flag: "--dns-port", zones })).rejects.toThrow(/the port is taken/);
    await new Promise<void>((done) => other.close(() => done()));
    await (await startNameServer({ port, flag: "--dns-port", zones })).stop();
  });
});
