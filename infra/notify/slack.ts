/** infra/notify · rim. A hook that takes Slack's messages: Slack itself, Mattermost, Rocket.Chat, Discord with `/slack`.
 *  Source: Slack's "Sending messages using incoming webhooks" and "Formatting text". */
import { type Channel, type Message, textOf } from "./channel.ts";
import { post } from "./post.ts";

const colours = { info: "#3b82f6", warning: "#f59e0b", critical: "#dc2626", over: "#16a34a" };
const textMax = 3_000; // of one section

export const slack = (name: string, url: string): Channel => ({
  name,
  send: (message, signal) => post({ url, body: JSON.stringify(slackBody(message)) }, signal),
});

export function slackBody(message: Message) {
  const { event, incident } = message;
  const [head = "", ...rest] = textOf(message).split("\n").map(escaped);
  return {
    text: head,
    attachments: [
      {
        color: event === "resolved" ? colours.over : colours[incident.severity],
        fallback: head,
        text: rest
          .map((line) => line.trim())
          .join("\n")
          .slice(0, textMax),
        footer: escaped(incident.id),
        ts: Math.floor(incident.changedAt / 1000),
      },
    ],
  };
}

/** The three characters that Slack reads as its own. */
const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
