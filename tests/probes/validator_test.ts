/** What a real validating resolver says of names, and what we make of it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dns } from "../../probes/dns.ts";
import { nodeEdge } from "../../probes/edge/node.ts";
import { missing } from "../machine.ts";
import { type NameServer, nameServer } from "./nameserver.ts";
import { type Validator, validator } from "./validator.ts";

describe.skipIf(missing("unbound"))("through a resolver that validates", () => {
  let knot: NameServer;
  let strict: Validator;
  let easy: Validator;
  beforeAll(async () => {
    knot = await nameServer();
    [strict, easy] = await Promise.all([
      validator(knot, { validates: true }),
      validator(knot, { validates: false }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([strict.stop(), easy.stop()]);
    await knot.stop();
  });
  const ask = (name: string, { resolver }: { resolver: string }, type: "A" | "AAAA" = "A") => {
    const about = { id: "t", service: "app", region: "us-east-1", purpose: "service" } as const;
    return dns(
      { ...about, kind: "dns", name, type, resolver },
      nodeEdge({ resolver }),
      AbortSignal.timeout(10_000),
    );
  };

  test("a zone that cannot be proved is bogus, and the extended error says why", async () => {
    const found = await ask("web.example.test", strict);
    expect(found).toMatchObject({ verdict: "down", reason: "bogus", facts: { rcode: "SERVFAIL" } });
    expect(found.facts.edeCode).toBeOneOf([6, 9, 10]);
  });

  test.for([
    ["web.example.test", "A", "up", null],
    ["alias-of-alias.example.test", "A", "up", null],
    ["six.example.test", "AAAA", "up", null],
    ["big.example.test", "A", "up", null],
    ["web.example.test", "AAAA", "down", "nodata"],
    ["text.example.test", "A", "down", "nodata"],
    ["missing.example.test", "A", "down", "nxdomain"],
    ["www.broken.test", "A", "down", "servfail"],
  ] as const)("%s %s, where nothing need be proved, is %s %s", async ([name, type, verdict, reason]) => {
    const found = await ask(name, easy, type);
    expect(found).toMatchObject({ verdict, reason });
    expect(found.facts.flags).toContain("ra");
  });

  test("the same name is bogus to one resolver and well to the other: it is the proof that fails", async () => {
    const [there, here] = await Promise.all([ask("web.example.test", strict), ask("web.example.test", easy)]);
    expect([there.reason, here.reason]).toEqual(["bogus", null]);
  });
});
