/** tests · scenarios. Every story in `tests/scenarios/*.txt`, played by the real loop on virtual time. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { beats, play, write } from "./scenarios/script.ts";

const folder = new URL("./scenarios/", import.meta.url);

for (const file of readdirSync(folder).filter((f) => f.endsWith(".txt"))) {
  test(file.replace(".txt", "").replaceAll("-", " "), async () => {
    const text = readFileSync(new URL(file, folder), "utf8");
    const script = beats(text);
    const happened = write(script.head, await play(script.beats));
    if (process.env.RECORD) writeFileSync(new URL(file, folder), happened);
    expect(happened).toBe(process.env.RECORD ? happened : text);
  });
}
