/** The ports that nobody's browser goes to, as Node's own fetch has them. */
import { expect, test } from "vitest";
import { localCommand } from "../../../infra/local/command.ts";
import { shunned } from "../../../infra/local/shunned.ts";
import { BadInput } from "../../../store/records.ts";

test.each(shunned)(
  "nothing that fetches goes to port %i, so the dashboard is not opened there",
  async (port) => {
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      cause: { message: "bad port" },
    });
    await expect(localCommand().parseAsync(["--port", `${port}`], { from: "user" })).rejects.toThrow(
      BadInput,
    );
  },
);
