/** Who asks what, and how much of it at once. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Crew, crews } from "../../probes/crew.ts";
import type { Target } from "../../store/records.ts";

const usual = "192.0.2.1:53";
const server = fc.oneof(
  fc.constant(undefined),
  fc.constant("no name server at all"),
  fc
    .record({
      scheme: fc.constantFrom("", "udp://", "auth://", "tcp://", "https://"),
      last: fc.nat({ max: 255 }),
    })
    .map(({ scheme, last }) => `${scheme}192.0.2.${last}`),
);
const about = { id: "", service: "app", region: "us-east-1", purpose: "service" } as const;
const target = fc.oneof(
  server.map(
    (resolver): Target => ({
      ...about,
      ...(resolver === undefined ? {} : { resolver }),
      ...{ kind: "dns", name: "web.example.test", type: "A" },
    }),
  ),
  fc.constant<Target>({ ...about, kind: "tcp", host: "192.0.2.1", port: 443 }),
);
const scene = fc.tuple(fc.array(target, { maxLength: 400 }), fc.integer({ min: 1, max: 600 }));

const socketsOf = ({ atOnce }: Crew, isShared: boolean) => (isShared ? Math.ceil(atOnce / 64) : atOnce);
const isDatagram = (target: Target | undefined) =>
  target?.kind === "dns" && /^(udp:|auth:|\d)/.test(target.resolver ?? usual);

test("every target is asked by one crew, now or when another is done", () => {
  fc.assert(
    fc.property(scene, ([targets, socketsMax]) => {
      const begin = crews(targets, usual, socketsMax);
      const all = new Set([...begin, ...begin.flatMap(({ heirs }) => heirs)]);
      const asked = [...all].flatMap(({ queue }) => queue).toSorted((a, b) => a - b);
      expect(asked).toEqual([...targets.keys()]);
      for (const { queue, left, atOnce } of all) {
        expect(left).toBe(queue.length);
        expect(atOnce).toBeGreaterThan(0);
      }
    }),
  );
});

test("a crew has one name server, and its targets in their order", () => {
  fc.assert(
    fc.property(scene, ([targets, socketsMax]) => {
      for (const { queue } of crews(targets, usual, socketsMax)) {
        const servers = queue.map((i) => {
          const one = targets[i];
          return one?.kind === "dns" ? (one.resolver ?? usual) : "none";
        });
        expect(new Set(servers).size).toBe(1);
        expect(queue).toEqual(queue.toSorted((a, b) => a - b));
      }
    }),
  );
});

test("all that work at once hold no more sockets than they may, and a quarter more for datagrams", () => {
  fc.assert(
    fc.property(scene, ([targets, socketsMax]) => {
      const begin = crews(targets, usual, socketsMax);
      const held = (shared: boolean) =>
        begin
          .filter(({ queue: [first = -1] }) => isDatagram(targets[first]) === shared)
          .reduce((sum, crew) => sum + socketsOf(crew, shared), 0);
      expect(held(false)).toBeLessThanOrEqual(socketsMax);
      expect(held(true)).toBeLessThanOrEqual(Math.ceil(socketsMax / 4));
    }),
  );
});
