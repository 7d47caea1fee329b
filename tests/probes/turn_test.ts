/** What waits for the end of the loop's turn. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { atTurnsEnd } from "../../probes/edge/node/turn.ts";

test("what is put on the heap in one turn is done together at its end, in order, and once", async () => {
  const done: string[][] = [];
  const put = atTurnsEnd<string>((heap) => done.push(heap));
  put("a");
  await Promise.resolve();
  put("b");
  expect(done).toEqual([]);
  await nextTurn();
  expect(done).toEqual([["a", "b"]]);
  await nextTurn();
  expect(done).toHaveLength(1);
});

test("what is put there while others are done waits for the next turn", async () => {
  const done: string[][] = [];
  const put = atTurnsEnd<string>((heap) => {
    done.push(heap);
    if (heap.includes("first")) put("second");
  });
  put("first");
  await nextTurn();
  expect(done).toEqual([["first"]]);
  await nextTurn();
  expect(done).toEqual([["first"], ["second"]]);
});
