/** infra/notify · wiring. The channels that the settings name, each with its secret. */
import type { SNSClient } from "@aws-sdk/client-sns";
import { BadInput } from "../../store/records.ts";
import type { Channel } from "./channel.ts";
import { pagerDuty } from "./pagerduty.ts";
import type { ChannelSettings } from "./settings.ts";
import { slack } from "./slack.ts";
import { topicsBy } from "./topics.ts";
import { webhook } from "./webhook.ts";

export type ChannelRim = {
  environment: Readonly<Record<string, string | undefined>>;
  now: () => number;
  /** A client of a topic's region. */
  snsClient?: (region: string) => SNSClient | Promise<SNSClient>;
};

/** The channels themselves. Throws `BadInput` for a secret that is not there, or an address that is none. */
export const channelsFrom = (settings: readonly ChannelSettings[], rim: ChannelRim): Channel[] =>
  settings.map((one) => channelFrom(one, rim));

function channelFrom(
  one: ChannelSettings,
  { environment, now, snsClient = topicsBy() }: ChannelRim,
): Channel {
  const valueFor = (what: string, given: string) => reveal(`${one.name}: ${what}`, given, environment);
  const addressOf = (given: string) => address(one.name, valueFor("url", given));
  switch (one.kind) {
    case "sns":
      return topicOf(one.name, one.topic, snsClient);
    case "slack":
      return slack(one.name, addressOf(one.url));
    case "pagerduty":
      return pagerDuty(
        one.name,
        valueFor("routingKey", one.routingKey),
        ...(one.url ? [addressOf(one.url)] : []),
      );
    case "webhook": {
      const key = one.secret === undefined ? null : valueFor("secret", one.secret);
      return webhook({ name: one.name, url: addressOf(one.url), secret: key, now });
    }
  }
}

function reveal(what: string, given: string, environment: ChannelRim["environment"]): string {
  const variable = /^env:(\w+)$/.exec(given)?.[1];
  if (variable === undefined) return given;
  const value = environment[variable];
  if (!value)
    throw new BadInput(`Cannot set up ${what}: expected the variable ${variable} to hold it; nothing is set`);
  return value;
}

/** https, or http to this machine. The address is not repeated: it may be the secret. */
function address(name: string, given: string): string {
  const url = URL.parse(given);
  const here = url?.hostname === "127.0.0.1" || url?.hostname === "localhost" || url?.hostname === "[::1]";
  if (url?.protocol === "https:" || (url?.protocol === "http:" && here)) return url.href;
  throw new BadInput(
    `Cannot set up ${name}: expected an https:// address; got ${url ? `one of ${url.protocol}//` : "none"}`,
  );
}

/** AWS's SDK is loaded when the first message goes out: who has no topic never waits for it. */
function topicOf(name: string, topic: string, snsClient: NonNullable<ChannelRim["snsClient"]>): Channel {
  let channel: Promise<Channel> | undefined;
  const open = async () => {
    const { sns } = await import("./sns.ts");
    return sns(name, topic, await snsClient(topic.split(":")[3] ?? ""));
  };
  return {
    name,
    async send(message, signal) {
      channel ??= open();
      await (await channel).send(message, signal);
    },
  };
}
