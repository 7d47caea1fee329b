/** The page about the local world and the numbers it runs on are the same numbers. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { menu } from "../../../infra/local/faults.ts";
import { pace } from "../../../infra/local/timings.ts";

const page = readFileSync(new URL("../../../docs/local-world.md", import.meta.url), "utf8");

/** Each line of the pace's table, by the names in its second cell. */
const told = Object.fromEntries(
  page
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => cells.length === 6 && /^`\w+`/.test(cells[2] ?? ""))
    .flatMap(([, , names = "", here = "", aws = ""]) => {
      const values = here.split(", ");
      return names
        .split(", ")
        .map((name, i) => [name.replaceAll("`", ""), { value: Number(values[i]), aws }]);
    }),
);

test("docs/local-world.md shows every pace as it is, beside AWS's own", () => {
  const expected = Object.entries(pace).map(([name, { value, aws }]) => [name, { value, aws: aws ?? "–" }]);
  expect(told).toEqual(Object.fromEntries(expected));
});

test("docs/local-world.md tells every fault", () => {
  for (const { name } of menu) expect(page).toContain(`\`${name}\``);
});
