/** How a network is shared out among zones. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { carve, overlap, readBlock, sizes, zonesMax } from "../../../../infra/aws/network/carve.ts";

const aBlock = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: sizes.widest, max: sizes.narrowest }))
  .map(([address, bits]) => {
    const first = address - (address % 2 ** (32 - bits));
    return `${[24, 16, 8, 0].map((s) => Math.floor(first / 2 ** s) % 256).join(".")}/${bits}`;
  });
const zones = fc.integer({ min: 1, max: zonesMax });
const read = (text: string) => {
  const block = readBlock(text);
  if (!block) throw new Error(`expected a block, got ${text}`);
  return block;
};

describe("carve()", () => {
  it("gives each zone a large private and a small public part", () => {
    expect(carve("10.20.0.0/16", 2)).toEqual({
      private: ["10.20.0.0/18", "10.20.64.0/18"],
      public: ["10.20.192.0/20", "10.20.208.0/20"],
    });
  });

  it("gives no address twice, and none from outside", () => {
    fc.assert(
      fc.property(aBlock, zones, (text, count) => {
        const plan = carve(text, count);
        const parts = [...plan.private, ...plan.public].map(read);
        expect(parts).toHaveLength(2 * count);
        for (const [i, one] of parts.entries()) {
          expect(overlap(one, read(text)) && one.bits > read(text).bits).toBe(true);
          for (const other of parts.slice(i + 1)) expect(overlap(one, other)).toBe(false);
        }
      }),
    );
  });

  it("moves nobody when a zone is added", () => {
    fc.assert(
      fc.property(aBlock, fc.integer({ min: 1, max: zonesMax - 1 }), (text, count) => {
        const [few, more] = [carve(text, count), carve(text, count + 1)];
        expect(more.private.slice(0, count)).toEqual(few.private);
        expect(more.public.slice(0, count)).toEqual(few.public);
      }),
    );
  });

  it("gives subnets of a size that EC2 takes, /16 to /28", () => {
    fc.assert(
      fc.property(aBlock, zones, (text, count) => {
        const { private: inner, public: outer } = carve(text, count);
        for (const { bits } of [...inner, ...outer].map(read)) {
          expect(bits).toBeGreaterThanOrEqual(16);
          expect(bits).toBeLessThanOrEqual(28);
        }
      }),
    );
  });

  for (const [text, count, said] of [
    ["10.20.0.0/15", 2, "expected a block of addresses from /16 to /24, got 10.20.0.0/15"],
    ["10.20.0.0/25", 2, "got 10.20.0.0/25"],
    ["10.20.0.0/16", 0, "expected 1 to 3 zones, got 0"],
    ["10.20.0.0/16", 4, "expected 1 to 3 zones, got 4"],
  ] as const)
    it(`refuses ${text} for ${count} zones`, () => {
      expect(() => carve(text, count)).toThrow(said);
    });
});

describe("readBlock()", () => {
  it("reads whatever block it is given", () => {
    fc.assert(
      fc.property(aBlock, (text) => {
        expect(readBlock(text)?.bits).toBe(Number(text.split("/")[1]));
      }),
    );
  });

  for (const text of [
    "10.20.0.0",
    "10.20.0.1/16", // begins inside a block, not at one
    "10.20.0/16",
    "10.20.0.256/32",
    "010.20.0.0/16", // to some the number eight
    "10.20.0.0/33",
    "10.20.0.0/16/16",
    " 10.20.0.0/16",
    "",
  ])
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(readBlock(text)).toBeNull();
    });

  it("refuses any text or reads a block, and never throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => readBlock(text)).not.toThrow();
      }),
    );
  });
});

describe("overlap()", () => {
  it("is the same both ways, and true of a block and itself", () => {
    fc.assert(
      fc.property(aBlock, aBlock, (a, b) => {
        expect(overlap(read(a), read(b))).toBe(overlap(read(b), read(a)));
        expect(overlap(read(a), read(a))).toBe(true);
      }),
    );
  });
});
