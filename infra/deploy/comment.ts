/** infra · command. A pull request's comment: what each region's stack would become, and what that costs more or less. Reads
 *  what `holdfast preview --json` and `holdfast cost --json` print; a cost that could not be told is said to be so. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import { inWords } from "./deploy.ts";

const count = z.number().optional();
const Preview = z.object({
  stacks: z.array(
    z.object({
      stack: z.string(),
      role: z.string(),
      changes: z
        .object({ create: count, update: count, delete: count, replace: count, same: count })
        .nullable(),
      error: z.string().nullable(),
    }),
  ),
});
const Cost = z.object({ regions: z.array(z.object({ region: z.string(), usdPerMonth: z.number() })) });

/** Markdown. `said`: what `preview` told people meanwhile, which is all there is where it could not begin. `before` and
 *  `after`: the texts that `cost` printed, empty where it could not. */
export function comment(preview: string, said: string, before: string, after: string): string {
  return [
    "### What the stacks would become",
    "",
    ...(preview.trim() === "" ? notBegun(said) : table(preview)),
    "",
    `**Cost**: ${costChange(costOf(before), costOf(after))}`,
    "",
  ].join("\n");
}

function table(preview: string): string[] {
  const { stacks } = Preview.parse(JSON.parse(preview));
  const rows = stacks.map(({ stack, role, changes, error }) => {
    const says = error === null ? inWords(withoutZeros(changes ?? {})) : `**stopped:** ${firstLine(error)}`;
    return `| ${stack} | ${role} | ${says} |`;
  });
  return ["| stack | role | change |", "| --- | --- | --- |", ...rows];
}

/** As with a wrong setting: nothing was looked at. A fence longer than any in the text, so that it stays text. */
function notBegun(said: string): string[] {
  const longest = Math.max(0, ...[...said.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(Math.max(3, longest + 1));
  return ["No stack was looked at:", "", fence, said.trim() || "nothing was said", fence];
}

type Changes = NonNullable<z.infer<typeof Preview>["stacks"][number]["changes"]>;
const withoutZeros = (changes: Changes) =>
  Object.fromEntries(Object.entries(changes).filter(([, many]) => (many ?? 0) > 0));

/** A table's cell holds one line. */
const firstLine = (text: string) => (text.split("\n")[0] ?? "").replaceAll("|", "\\|");

function costOf(text: string): number | null {
  try {
    return Cost.parse(JSON.parse(text)).regions.reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0);
  } catch {
    return null; // not told, which is said
  }
}

function costChange(before: number | null, after: number | null): string {
  const dollars = (sum: number) => `$${sum.toFixed(2)}`;
  if (after === null) return "could not be told.";
  if (before === null) return `${dollars(after)} a month; what it was before could not be told.`;
  const more = after - before;
  const change =
    Math.abs(more) < 0.005 ? "as before" : `${dollars(Math.abs(more))} ${more > 0 ? "more" : "less"}`;
  return `${dollars(after)} a month, ${change}.`;
}

if (import.meta.main) {
  const [preview = "", said = "", before = "", after = ""] = process.argv
    .slice(2)
    .map((file) => readFileSync(file, "utf8"));
  process.stdout.write(comment(preview, said, before, after));
}
