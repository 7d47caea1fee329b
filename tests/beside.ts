/** tests · another program beside the tests. */
import { type SpawnOptionsWithoutStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export type Beside = {
  pid: number;
  /** The line by which it was known to be ready. */
  ready: string;
  stop(): Promise<void>;
};

/** Starts it, and waits for the line in which it says that it is `ready`. Throws all that it said when it ends before. */
export async function beside(
  command: string,
  args: readonly string[],
  ready: RegExp,
  options: SpawnOptionsWithoutStdio = {},
): Promise<Beside> {
  const child = spawn(command, args, options);
  child.stdin.end();
  const gone = once(child, "close");
  gone.catch(() => undefined); // a failed start is told below
  const said: string[] = [];
  const line = await new Promise<string>((resolve, reject) => {
    child.on("error", (cause) =>
      reject(new Error(`Cannot start ${command}: node tests/machine.ts says what is missing`, { cause })),
    );
    child.on("close", (code) =>
      reject(new Error(`${command} ended at its start with ${code}: ${said.join("\n")}`)),
    );
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on("line", (told) => {
        said.push(told);
        if (ready.test(told)) resolve(told);
      });
  });
  return {
    pid: child.pid ?? 0,
    ready: line,
    async stop() {
      child.kill();
      await gone;
    },
  };
}
