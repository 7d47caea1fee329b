/** infra · pure. What a failed command of the CLI complains of, out of all that it printed: each thing once, with the
 *  resource it is about, as the CLI says the same while it works, when it gives up, and at its end. */

/** A line for each; the whole text where none of it is known to complain. */
export function complaint(text: string): string {
  const plain = complaining(text.split("\n")).map((line) =>
    line
      .replace(progress, " error:")
      .replace(/^[\s+~-]*/, "")
      .trim(),
  );
  const causes = plain.filter((line) => !/error: (update|preview|destroy) failed$/.test(line));
  const told = [...new Set(causes.length > 0 ? causes : plain)];
  const saysMore = (line: string) => told.some((other) => other !== line && other.endsWith(` ${line}`));
  return told.filter((line) => !saysMore(line)).join("\n      ") || text.trim();
}

/** What was being done to the resource, and for how long. */
const progress = /\s+(\w+ \(\d+s\)|\*\*[^*]+\*\*)\s+error:/;

/** Errors, and sentences of the pack with what is written under them: what is wrong, and how to mend it. */
function complaining(lines: readonly string[]): string[] {
  let under = Number.POSITIVE_INFINITY;
  return lines.filter((line) => {
    const depth = line.search(/\S/);
    if (depth === -1) return false;
    if (depth > under) return true;
    under = line.includes("[mandatory]") ? depth : Number.POSITIVE_INFINITY;
    return /error:|\[mandatory\]|❌|Duplicate|locked/.test(line);
  });
}
