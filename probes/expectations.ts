/** probes · pure. Is an HTTP answer the one that was expected? Every expectation that is not met is said, in words. */
import type { HttpTarget } from "../store/records.ts";
import type { HttpAnswer } from "./edge.ts";
import { at } from "./jsonpath.ts";

/** A page, not a download: what is expected of a body is looked for in its first MiB. */
export const bodyBytesMax = 1 << 20;

/** Bytes of body to keep for what is expected of it; one more than may be looked at tells that it was longer. */
export const bodyBytesFor = ({ expectBody, expectJson }: HttpTarget): number =>
  expectBody === undefined && expectJson === undefined ? 0 : bodyBytesMax + 1;

/** The first expectation that is not met gives the reason; all of them are in `says`. */
export type Unmet = { verdict: "down" | "unknown"; reason: string; says: string[] };

/** Reasons: `status-404` and the like, `header-mismatch`, `body-mismatch`, `json-mismatch`, `not-json`; unknown,
 *  `body-too-long`, when what was expected is not in the part that was read. Null when all is as expected. */
export function unmet(target: HttpTarget, { status, headers, body }: HttpAnswer): Unmet | null {
  const faults: [reason: string, says: string][] = [];
  const { expectStatus, expectHeader = {}, expectBody, expectJson } = target;
  if (!(expectStatus?.includes(status) ?? (status >= 200 && status < 400))) {
    faults.push([
      `status-${status}`,
      `status: expected ${expectStatus?.join(" or ") ?? "200 to 399"}; got ${status}`,
    ]);
  }
  for (const [name, wanted] of Object.entries(expectHeader)) {
    const value = headers.get(name);
    if (value?.includes(wanted)) continue;
    const expected = wanted === "" ? "it to be there" : quoted(wanted);
    faults.push(["header-mismatch", `header ${name}: expected ${expected}; got ${quoted(value)}`]);
  }
  const isCut = body.length > bodyBytesMax;
  const text = bodyBytesFor(target) > 0 ? new TextDecoder().decode(body.subarray(0, bodyBytesMax)) : "";
  if (expectBody !== undefined && !text.includes(expectBody)) {
    faults.push([
      isCut ? tooLong : "body-mismatch",
      `body: expected ${quoted(expectBody)}; got ${quoted(text)}`,
    ]);
  }
  if (expectJson !== undefined) faults.push(...(isCut ? [cut] : jsonFaults(expectJson, text)));
  const [first] = faults;
  if (!first) return null;
  const decides = faults.find(([reason]) => reason !== tooLong);
  return {
    verdict: decides ? "down" : "unknown",
    reason: (decides ?? first)[0],
    says: faults.map(([, says]) => says),
  };
}

const tooLong = "body-too-long";
const cut: [string, string] = [tooLong, `body: expected JSON of at most ${bodyBytesMax} bytes; got more`];

function jsonFaults(expected: NonNullable<HttpTarget["expectJson"]>, text: string): [string, string][] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return [["not-json", `body: expected JSON; got ${quoted(text)}`]];
  }
  return Object.entries(expected).flatMap(([path, wanted]): [string, string][] => {
    const value = at(path, document);
    if (value === wanted) return [];
    return [["json-mismatch", `${path}: expected ${quoted(wanted)}; got ${quoted(value)}`]];
  });
}

const quotedMax = 80; // enough to see what came; the rest belongs to the server's own log

function quoted(value: unknown): string {
  if (value === undefined || value === null) return value === null ? "null" : "nothing";
  const text = JSON.stringify(typeof value === "string" ? value.slice(0, quotedMax + 1) : value);
  return text.length > quotedMax ? `${text.slice(0, quotedMax)}…` : text;
}
