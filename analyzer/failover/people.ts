/** analyzer · pure. What people ask for: refused with its reason by the table of phases, or taken up. */
import type { Request, Standing } from "../../store/records.ts";
import { whyNot } from "../phases.ts";
import type { Scene } from "./scene.ts";
import { go, stay, type Turn } from "./turn.ts";
import { ended, windowOf, windowSays, withWindow } from "./windows.ts";

export function obey(request: Request, s: Standing, scene: Scene): Turn {
  const { by, reason } = request;
  const refuse = (why: string): Turn => ({
    ...stay(s, `Refused ${request.kind} asked for by ${by}: ${why}`),
    by,
    record: true,
  });
  const note = (why: string, patch: Partial<Standing>): Turn => ({
    ...stay(s, why),
    by,
    patch,
    record: true,
  });
  const no = whyNot(request.kind, s.phase);
  if (no) return refuse(no);
  switch (request.kind) {
    case "failover": {
      const { primary, standby } = scene;
      if ((request.from ?? primary) !== primary || (request.to ?? standby) !== standby) {
        return refuse(`users can only be moved from ${primary} to ${standby}`);
      }
      return {
        phase: "preparing",
        why: `${by} asked ${request.drill ? "for a drill, " : ""}to move users to ${standby}: ${reason}`,
        by,
        orders: [{ kind: "capacity", region: standby, want: "full" }],
        patch: { prepared: true, request },
      };
    }
    case "approve":
      if (s.phase === "away") return bringHome(request, scene);
      if (scene.rules.mode !== "approve") return refuse(`mode ${scene.rules.mode} asks for no approval`);
      return note(`${by} approved: ${reason}`, { request });
    case "failback":
      return bringHome(request, scene);
    case "hold":
      return go("held", `Held by ${by}: ${reason}`, { by, patch: { held: { phase: s.phase, by, reason } } });
    case "release":
      return go(s.held?.phase ?? "home", `Released by ${by}: ${reason}`, { by, patch: { held: null } });
    case "maintain": {
      const window = windowOf(request, s.windows, scene.now, scene.rules, scene.topology);
      if (typeof window === "string") return refuse(window);
      return note(`Maintenance ${windowSays(window, scene.now)}`, { windows: withWindow(s.windows, window) });
    }
    case "end-maintenance": {
      const over = ended(request, s.windows, scene.now);
      if (typeof over === "string") return refuse(over);
      return note(`${by} ended maintenance: ${reason}`, {
        windows: s.windows.filter((w) => !over.includes(w)),
      });
    }
  }
}

function bringHome(request: Request, scene: Scene): Turn {
  const { by, reason } = request;
  return go("returning", `${by} asked to bring users home to ${scene.primary}: ${reason}`, {
    by,
    patch: { request },
  });
}
