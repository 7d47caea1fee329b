/** infra/notify · rim. PagerDuty's Events API v2: one alert for each incident, by its dedup key, triggered again with
 *  every change and resolved once. Source: PagerDuty's developer documentation, "Send an alert event". */
import { createHash } from "node:crypto";
import { type Channel, type Message, textOf } from "./channel.ts";
import { post } from "./post.ts";

const pagerDutyUrl = "https://events.pagerduty.com/v2/enqueue";
const dedupKeyMax = 255;
const summaryMax = 1_024;

export const pagerDuty = (name: string, routingKey: string, url = pagerDutyUrl): Channel => ({
  name,
  send: (message, signal) => post({ url, body: JSON.stringify(pagerDutyBody(message, routingKey)) }, signal),
});

export function pagerDutyBody(message: Message, routingKey: string) {
  const { workload, event, incident } = message;
  const called = { routing_key: routingKey, dedup_key: dedupKey(`${workload}/${incident.id}`) };
  if (event === "resolved") return { ...called, event_action: "resolve" as const };
  return {
    ...called,
    event_action: "trigger" as const,
    client: "Holdfast",
    payload: {
      summary: `${workload}: ${incident.title}`.slice(0, summaryMax),
      source: incident.region ?? incident.about,
      severity: incident.severity, // info, warning and critical are words of theirs too
      timestamp: new Date(incident.changedAt).toISOString(),
      component: incident.about,
      group: workload,
      class: incident.kind,
      custom_details: { text: textOf(message), nodes: incident.nodes, edition: incident.edition },
    },
  };
}

/** The id itself where it fits; a name that is too long keeps its beginning and gets a mark of its whole. */
function dedupKey(id: string): string {
  if (id.length <= dedupKeyMax) return id;
  const mark = createHash("sha256").update(id).digest("hex").slice(0, 32);
  return `${id.slice(0, dedupKeyMax - mark.length - 1)}#${mark}`;
}
