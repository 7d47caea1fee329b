/** infra/notify · contract. One way to reach people, and what is said over it. */
import type { Incident } from "../../store/records.ts";

/** What is said of one incident: `event` is its place in the story as this channel has heard it. */
export type Message = { workload: string; event: "opened" | "changed" | "resolved"; incident: Incident };

export interface Channel {
  /** As the settings call it; it may be shown. */
  readonly name: string;
  /** Settles once the other side has taken it. Rejects with an error that holds no secret. Saying a message twice is
   *  harmless: each carries the incident's id and edition. */
  send(message: Message, signal: AbortSignal): Promise<void>;
}

export const editionOf = ({ incident: { id, edition } }: Message): string => `${id}#${edition}`;

/** The same words for every channel that takes plain text: the news first, then all that is known. */
export function textOf({ workload, event, incident }: Message): string {
  const { title, lines } = incident;
  const severity = incident.severity.toUpperCase();
  const mark = { opened: severity, changed: `${severity}, update`, resolved: "RESOLVED" }[event];
  const news = event === "opened" || lines.length === 0 ? "" : ` (${lines.at(-1)})`;
  return [`[${mark}] ${workload}: ${title}${news}`, ...lines.map((line) => `  ${line}`)].join("\n");
}
