/** probes · pure. One value out of a JSON document, by a singular query of RFC 9535 (section 2.3.5.1): `$.a`, `$['a']`,
 *  `$[0]`, `$[-1]`, one after the other. No wildcards, slices, filters nor escapes: a check that may find several values
 *  has to say which of them must hold, and here it need not. */

const step = /\.([^.[]+)|\[(-?\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/gy;

/** The value at a path that `HttpTarget` has accepted; `undefined` when there is none. */
export function at(path: string, document: unknown): unknown {
  let value = document;
  for (const [, dotted, digits, single, double] of path.slice(1).matchAll(step)) {
    if (digits !== undefined) {
      if (!Array.isArray(value)) return undefined;
      value = value.at(Number(digits));
      continue;
    }
    const name = dotted ?? single ?? double ?? "";
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
