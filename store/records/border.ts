/** store · nouns. How a noun is checked where it is read, and what is said when it is not one. */
import * as z from "zod";
import { nearest } from "../nearest.ts";

/** A message for people: where it is wrong, what was expected, what came. */
export function parse<T>(what: string, schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const where = issue.path.length ? `${issue.path.join(".")}: ` : "";
    if (issue.code === "unrecognized_keys")
      return `${where}${issue.keys.map((k) => unknownKey(k, schema)).join("; ")}`;
    const came = "input" in issue && issue.input !== undefined ? `; got ${JSON.stringify(issue.input)}` : "";
    return `${where}${issue.message}${came.length > 120 ? `${came.slice(0, 117)}...` : came}`;
  });
  throw new BadInput(`Cannot read ${what}: ${faults.join("; ")}`);
}

function unknownKey(key: string, schema: z.ZodType): string {
  const expected = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  if (expected.length === 0 || expected.includes(key)) return `unknown key ${key}`;
  const meant = nearest(key, expected);
  return `unknown key ${key}${meant ? `, did you mean ${meant}?` : ""} (expected ${expected.join(", ")})`;
}

/** The input is wrong, not the program: exit code 2, or status 400. */
export class BadInput extends Error {
  override name = "BadInput";
}
