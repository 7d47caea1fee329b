/** infra/aws · pure. How a network's addresses are shared out. Like a floor plan drawn for three flats: whoever moves in
 *  later finds the rooms where they were. */

/** A block of IPv4 addresses: its first address as a number, and how many bits are fixed. */
export type Block = { first: number; bits: number };

export type Plan = { public: string[]; private: string[] };

export const zonesMax = 3;
/** A VPC takes /16 to /28 (EC2 API, CreateVpc), and the smallest part here is a sixteenth of it. */

export const sizes = { widest: 16, narrowest: 24 };

/** Reads `10.20.0.0/16`. Null when it is no block, or does not begin where such a block can. */
export function readBlock(text: string): Block | null {
  const [address = "", size = "", ...more] = text.split("/");
  const parts = address.split(".");
  const whole = /^(0|[1-9]\d{0,2})$/;
  if (more.length > 0 || parts.length !== 4 || !/^(\d|[12]\d|3[0-2])$/.test(size)) return null;
  if (!parts.every((p) => whole.test(p) && Number(p) <= 255)) return null;
  const first = parts.reduce((sum, p) => sum * 256 + Number(p), 0);
  const bits = Number(size);
  return first % sizeOf(bits) === 0 ? { first, bits } : null;
}

/** Shares a block among zones: a quarter for each zone's private subnet, and of the last quarter a quarter for each public
 *  one. A third zone takes what was free, so no subnet is replaced for it. Throws `RangeError` for a block that is none,
 *  is too large or too small, or for too many zones. */
export function carve(text: string, zones: number): Plan {
  const block = readBlock(text);
  if (!block || block.bits < sizes.widest || block.bits > sizes.narrowest)
    throw new RangeError(
      `expected a block of addresses from /${sizes.widest} to /${sizes.narrowest}, got ${text}`,
    );
  if (zones < 1 || zones > zonesMax) throw new RangeError(`expected 1 to ${zonesMax} zones, got ${zones}`);
  const each = Array.from({ length: zones }, (_, i) => i);
  const last = part(block, 3);
  return {
    private: each.map((i) => write(part(block, i))),
    public: each.map((i) => write(part(last, i))),
  };
}

/** Whether two blocks have an address in common. */
export const overlap = (a: Block, b: Block): boolean =>
  a.first < b.first + sizeOf(b.bits) && b.first < a.first + sizeOf(a.bits);

const sizeOf = (bits: number) => 2 ** (32 - bits);

const part = ({ first, bits }: Block, quarter: number): Block => ({
  first: first + quarter * sizeOf(bits + 2),
  bits: bits + 2,
});

const write = ({ first, bits }: Block): string =>
  `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/${bits}`;
