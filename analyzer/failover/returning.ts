/** analyzer · pure. The way home: users are away, the region they left has become well, and somebody brings them back. */
import type { Region, Standing } from "../../store/records.ts";
import { doubtersOf, isFit, quorum } from "../argue.ts";
import { span } from "../spans.ts";
import { copyLags, type Scene } from "./scene.ts";
import { go, moved, stay, type Turn } from "./turn.ts";
import { openWindows, windowSays } from "./windows.ts";

export function sitOut(s: Standing, scene: Scene): Turn {
  const { primary, standby, rules, now } = scene;
  if (s.wellSince === null) {
    const doubters = isFit(scene.home, rules) ? doubtersOf(scene.home, scene.topology) : [];
    const why = doubters.length > 0 ? `: doubted by ${doubters.join(" and ")}` : "";
    return stay(s, `Users are in ${standby}; ${primary} is not known to be well${why}`);
  }
  const wellMs = now - s.wellSince;
  if (wellMs < rules.holdDownMs) {
    return stay(s, `${primary} has been well for ${span(wellMs)}; it must be for ${span(rules.holdDownMs)}`);
  }
  if (rules.failback === "approve" || rules.mode !== "automatic") {
    return stay(s, `${primary} has been well for ${span(wellMs)}; a person may fail back`);
  }
  const keeps = [
    ...scene.argument.against.filter((l) => l.met !== false && l.id !== "maintenance").map((l) => l.says),
    ...gates(s, scene),
  ];
  if (keeps.length > 0) return stay(s, `${primary} is well, but users stay: ${keeps.join("; ")}`);
  return go("returning", `${primary} has been well for ${span(wellMs)}`);
}

export function waitToReturn(s: Standing, scene: Scene): Turn {
  const { primary, rules } = scene;
  const by = s.request?.by ?? "rules";
  const keeps = gates(s, scene);
  if (s.steady >= rules.verifyRounds && keeps.length === 0) {
    return {
      phase: "returning",
      why: `${primary} is fit; bringing users home`,
      by,
      overruled: s.request?.overrule ?? [],
      orders: [{ kind: "drain", region: primary, drained: false, manner: "graceful" }],
      patch: {
        ...moved(s, scene.now, "graceful", s.request ? "operator" : "holdfast"),
        drained: null,
        steady: 0,
      },
    };
  }
  const steady = s.steady >= rules.verifyRounds;
  const why = [...(steady ? [] : [whyUnfit(primary, scene)]), ...keeps].join("; ");
  if (scene.now - s.since > rules.requestPatienceMs) {
    return go("away", `Gave up the return: ${why}`, { by, patch: { request: null } });
  }
  return stay(s, steady ? `Waiting to bring users home: ${why}` : `Waiting until ${primary} is fit: ${why}`);
}

export function welcomeHome(s: Standing, scene: Scene): Turn {
  const { primary, standby, rules } = scene;
  const by = s.request?.by ?? "rules";
  if (s.steady >= rules.verifyRounds) {
    return go("home", `Users are served in ${primary} again`, {
      by,
      orders: [{ kind: "capacity", region: standby, want: "normal" }],
      patch: { prepared: false, request: null },
    });
  }
  if (s.strikes >= rules.consecutiveFailuresThreshold) {
    return go("preparing", `Users in ${primary} are hurt again`, { patch: { request: null } });
  }
  const undrainedMs = scene.now - (s.moves.at(-1) ?? s.since);
  if (undrainedMs > rules.requestPatienceMs && scene.leadsTo(standby) && isFit(scene.away, rules)) {
    return go("away", `Route 53 does not answer ${primary}; users stay in ${standby}`, {
      by,
      orders: [{ kind: "drain", region: primary, drained: true, manner: "ungraceful" }],
      // Nobody had come home, and yet the lever moves once more: it is what the budget is there to bound.
      patch: { ...moved(s, scene.now, "ungraceful", "holdfast"), drained: primary, request: null },
    });
  }
  return stay(s, `Waiting for users to arrive in ${primary}`);
}

/** What keeps users from being brought to a region that is fit: work that goes on, or data that lags. Each may be set
 *  aside by the person who asks. */
function gates(s: Standing, scene: Scene): string[] {
  const aside = s.request?.overrule ?? [];
  const [open] = aside.includes("maintenance") ? [] : openWindows(s.windows, scene.now);
  const lag = aside.includes("recovery-point") ? null : copyLags(scene.primary, scene.home, scene);
  return [...(open ? [`maintenance ${windowSays(open, scene.now)}`] : []), ...(lag === null ? [] : [lag])];
}

function whyUnfit(region: Region, { home: health, rules, topology }: Scene): string {
  if (health?.score == null) return `the health of ${region} is unknown`;
  if (quorum(health).hurt) return `its users would be hurt`;
  if (health.score < rules.healthThreshold)
    return `it scores ${health.score.toFixed(2)}, below ${rules.healthThreshold}`;
  const doubters = doubtersOf(health, topology);
  if (doubters.length > 0)
    return `it scores ${health.score.toFixed(2)}, but doubted by ${doubters.join(" and ")}`;
  return `it scores ${health.score.toFixed(2)}; watching a few rounds more`;
}
