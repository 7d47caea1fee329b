/** infra/notify · rim. A hook of one's own: the incident as JSON, signed, so that whoever gets it can tell that it came
 *  from here, lately and unchanged. The signature is HMAC-SHA-256 over `TIME.BODY`; docs/notifications.md shows how to
 *  check it. */
import { createHmac } from "node:crypto";
import { type Channel, editionOf, type Message } from "./channel.ts";
import { post } from "./post.ts";

export type WebhookOptions = { name: string; url: string; secret: string | null; now: () => number };

export const webhook = ({ name, url, secret, now }: WebhookOptions): Channel => ({
  name,
  send(message, signal) {
    const body = JSON.stringify(webhookBody(message));
    const headers = {
      "holdfast-event": message.event,
      "idempotency-key": editionOf(message),
      ...(secret === null
        ? {}
        : { "holdfast-signature": signatureOf(body, secret, Math.floor(now() / 1000)) }),
    };
    return post({ url, headers, body }, signal);
  },
});

const webhookBody = (message: Message) => ({ version: 1, id: editionOf(message), ...message });

/** `t=SECONDS,v1=HEX`. */
const signatureOf = (body: string, secret: string, seconds: number): string =>
  `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
