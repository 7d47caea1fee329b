/** dashboard. The page's forms, which work without a script: what a person presses is asked for, and the page shows what
 *  became of it. */
import { type Context, Hono } from "hono";
import { BadInput } from "../store/records.ts";
import { AskKind, ask, Refused } from "./ask.ts";
import { parseFault } from "./asks.ts";
import { formOf } from "./body.ts";
import { answer } from "./page/answer.ts";
import { actPage } from "./page/asides.ts";
import type { Shell } from "./page/shell.ts";
import { look, type Sources } from "./view.ts";

export function acts(sources: Sources, shellOf: (c: Context) => Shell): Hono {
  const { playground } = sources;
  const app = new Hono();
  app.get("/:kind", async (c, next) => {
    const kind = AskKind.safeParse(c.req.param("kind"));
    if (!kind.success) return next();
    return answer(c, actPage(shellOf(c), kind.data, await look(sources), null));
  });
  app.post("/:kind", async (c, next) => {
    const form = await formOf(c);
    const asked = c.req.param("kind");
    if (playground && asked === "break") {
      const takes = playground.menu.find((f) => f.name === form.fault)?.takesService;
      const { service, ...rest } = form;
      await playground.break(parseFault(takes && service ? { ...rest, service } : rest));
      return c.redirect("/#world", 303);
    }
    if (playground && asked === "mend") {
      await playground.mend();
      return c.redirect("/#world", 303);
    }
    const kind = AskKind.safeParse(asked);
    if (!kind.success) return next();
    const { reason = "", by, minutes, region } = form;
    try {
      await ask(
        {
          kind: kind.data,
          reason,
          ...(by ? { by } : {}),
          ...(minutes ? { minutes: Number(minutes) } : {}),
          ...(region ? { region } : {}),
        },
        sources,
        c.get("who"),
      );
    } catch (error) {
      if (!(error instanceof Refused || error instanceof BadInput)) throw error;
      const body = actPage(shellOf(c), kind.data, await look(sources), error.message);
      return answer(c, body, error instanceof Refused ? 409 : 400);
    }
    return c.redirect("/#actions", 303);
  });
  return app;
}
