/** dashboard · pure. What anybody may know: how users fare, in words that name no place, no part and no reason; and when it
 *  was otherwise of late. Every sentence is one of a few: nothing that was measured or typed gets into it. */
import type { Incident } from "../store/records.ts";
import { type UsersNow, usersNow } from "./fare.ts";
import type { View } from "./view.ts";

export type Outside = {
  title: string;
  users: UsersNow;
  says: string;
  /** Since when many requests have failed without a break; null when they do not, or nobody noted it. */
  since: number | null;
  /** Of the newest look; null before the first. */
  asOf: number | null;
  /** When many requests failed before, newest first. */
  past: { from: number; until: number }[];
};

export function outside(view: View, title: string): Outside {
  const users = usersNow(view);
  const hurt = (view.board?.incidents ?? []).filter((i) => i.kind === "trouble" && i.severity === "critical");
  const open = hurt.filter((i) => i.resolvedAt === null).map((i) => i.openedAt);
  return {
    title,
    users,
    says: sentence(view, users),
    since: users === "fine" || users === "unknown" || open.length === 0 ? null : Math.min(...open),
    asOf: view.report?.assessment.at ?? null,
    past: hurt.flatMap(over).sort((a, b) => b.from - a.from),
  };
}

const over = ({ openedAt, resolvedAt }: Incident) =>
  resolvedAt === null ? [] : [{ from: openedAt, until: resolvedAt }];

function sentence({ phase }: View, users: UsersNow): string {
  const moving = phase === "shifting" || phase === "verifying" || phase === "returning";
  switch (users) {
    case "unknown":
      return "We cannot tell right now how requests fare.";
    case "fine":
      if (moving) return "Requests are answered. They are being moved to another place.";
      if (phase === "away") return "Requests are answered, from another place than usual.";
      return "Requests are answered.";
    case "some":
    case "hurt": {
      const many = users === "hurt" ? "Many requests fail." : "Some requests fail.";
      return moving ? `${many} They are being moved to a place that works.` : `${many} We are on it.`;
    }
  }
}
