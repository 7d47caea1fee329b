/** The time that a beat may take: what is over does no more, whatever it was waiting for. */
import { expect, test } from "vitest";
import { bounded, Deadline } from "../../../infra/account/deadline.ts";

/** A client of the SDK's make, which sends nothing once it is told to stop. */
function clientWith(deadline: Deadline) {
  const sent: string[] = [];
  const client = {
    async send(command: string, { abortSignal }: { abortSignal?: AbortSignal } = {}) {
      abortSignal?.throwIfAborted();
      sent.push(command);
    },
  };
  const bound = bounded(client, deadline) as { send(command: string): Promise<void> };
  return { sent, send: (command: string) => bound.send(command) };
}

test("work that outlived its time makes no call any more, not even while the next is under way", async () => {
  const deadline = new Deadline();
  const { sent, send } = clientWith(deadline);
  const answer = Promise.withResolvers<void>();
  let tried: Promise<void> | undefined;
  const late = deadline.within(1, async () => {
    await answer.promise; // of something that knows no deadline
    tried = send("what the late one still wanted");
    await tried;
  });
  await expect(late).rejects.toThrow("not done in 1 ms");
  await deadline.within(1_000, async () => {
    answer.resolve();
    await Promise.resolve();
    await send("the next one's own");
  });
  await expect(tried).rejects.toThrow();
  expect(sent).toEqual(["the next one's own"]);
});

test("what is asked outside of any work is bounded by none", async () => {
  const deadline = new Deadline();
  const { sent, send } = clientWith(deadline);
  await deadline.within(1_000, () => send("inside"));
  await send("outside");
  expect(sent).toEqual(["inside", "outside"]);
});
