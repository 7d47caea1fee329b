/** A process of its own that remembers step after step in the directory `argv[2]`, up to version `argv[3]`, and says
 *  on a line of its own what the store has acknowledged. With `hold` as `argv[4]` it then stays as it is, until killed.
 *  For tests that kill it, or run it against itself. */
import { writeSync } from "node:fs";
import { sqlite } from "../../store/sqlite.ts";
import { decision, step } from "../contracts/records.ts";

const [, , dir, last = "Infinity", hold] = process.argv;
const say = (line: string) => writeSync(1, `${line}\n`);

say("here");
const store = sqlite(dir);
for (;;) {
  for (const { id } of await store.unconfirmed()) {
    if (!id.startsWith("done")) continue;
    await store.confirm(id);
    say(`confirmed ${id.slice("done".length)}`);
  }
  const from = (await store.standing())?.version ?? 0;
  if (from >= Number(last)) break;
  const v = from + 1;
  await store.ask({ id: `q${v}`, at: v, by: "ada", kind: "hold", reason: "drill" });
  const won = await store.remember(
    step(from, {
      orders: [
        { id: `done${v}`, at: v, kind: "capacity", region: "us-west-2", want: "full" },
        { id: `open${v}`, at: v, kind: "drain", region: "us-east-1", drained: true, manner: "graceful" },
      ],
      decision: decision(`d${v}`),
      handled: [`q${v}`],
    }),
  );
  if (won) say(`remembered ${v}`);
}
if (hold) {
  say("holding");
  setInterval(() => {}, 60_000); // an empty task, so that the process does not end
} else {
  await store.close();
}
