/** infra/account/metrics · pure. Points as lines of the embedded metric format: one line of JSON in a function's log, from
 *  which CloudWatch takes its metrics without a call of ours. Source: CloudWatch guide, "Specification: Embedded metric
 *  format". */
import { type Datum, namespace } from "../../../store/metrics.ts";

/** What one line may hold. The guide has said 256 KB, and 1 MB since; the smaller is safe under both. */
export const limits = {
  metrics: 100, // definitions in a directive
  values: 100, // of one metric
  dimensions: 30, // in a set
  textChars: 1_024, // of a dimension's value, or a name
  bytes: 256 * 1024,
};

/** As few lines as the limits allow: a line for each instant and set of dimensions, more where a line would be too full.
 *  What is longer than a dimension may be is cut; an empty one could not be told, and says "-". */
export function linesOf(data: readonly Datum[]): string[] {
  const sets = Map.groupBy(data, ({ at, dimensions }) =>
    JSON.stringify([at, Object.entries(dimensions).sort()]),
  );
  return [...sets.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    return share(merged(same)).map((some) => line(first, some));
  });
}

type Told = { name: string; unit: string; values: number[] };

/** One entry for each name; what does not fit into one is told in several. */
function merged(same: readonly Datum[]): Told[] {
  const byName = Map.groupBy(same, (d) => d.name);
  return [...byName].flatMap(([name, all]) => {
    const values = all.flatMap((d) => d.values);
    const unit = all[0]?.unit ?? "None";
    const count = Math.ceil(values.length / limits.values);
    return Array.from({ length: count }, (_, i) => ({
      name,
      unit,
      values: values.slice(i * limits.values, (i + 1) * limits.values),
    }));
  });
}

const bytesAValue = 26; // the longest a number is written, and its comma

/** Into lines: each name once in a line, and no line too full. */
function share(told: readonly Told[]): Told[][] {
  const lines: { some: Told[]; bytes: number }[] = [];
  const room = limits.bytes / 2; // the rest is the line's own frame
  for (const one of told) {
    const bytes = one.values.length * bytesAValue + 2 * one.name.length + 64;
    const fits = lines.find(
      (l) =>
        l.some.length < limits.metrics && l.bytes + bytes <= room && !l.some.some((o) => o.name === one.name),
    );
    if (fits) {
      fits.some.push(one);
      fits.bytes += bytes;
    } else lines.push({ some: [one], bytes });
  }
  return lines.map((l) => l.some);
}

function line({ at, dimensions }: Datum, some: readonly Told[]): string {
  const names = Object.keys(dimensions);
  if (names.length > limits.dimensions)
    throw new TypeError(
      `Cannot tell ${some[0]?.name}: expected ${limits.dimensions} dimensions at most; got ${names.length}`,
    );
  return JSON.stringify({
    _aws: {
      Timestamp: at,
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [names],
          Metrics: some.map(({ name, unit }) => ({ Name: name, Unit: unit })),
        },
      ],
    },
    ...Object.fromEntries(
      Object.entries(dimensions).map(([name, value]) => [name, value.slice(0, limits.textChars) || "-"]),
    ),
    ...Object.fromEntries(some.map(({ name, values }) => [name, values.length === 1 ? values[0] : values])),
  });
}
