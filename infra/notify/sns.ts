/** infra/notify · rim. A topic of SNS: text for people, and attributes that subscriptions can filter by. */
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { type Channel, editionOf, type Message, textOf } from "./channel.ts";

const subjectMax = 100; // printable ASCII, and less than this (SNS API, Publish)

export const sns = (name: string, topic: string, client: SNSClient): Channel => ({
  name,
  async send(message, signal) {
    try {
      await client.send(new PublishCommand(snsMessage(message, topic)), { abortSignal: signal });
    } catch (error) {
      const says = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new Error(`SNS did not take it: ${signal.aborted ? "no answer in time" : says}`);
    }
  },
});

export function snsMessage(message: Message, topic: string) {
  const { workload, event, incident } = message;
  const text = (StringValue: string) => ({ DataType: "String", StringValue });
  const subject = `${event === "resolved" ? "Resolved: " : ""}${workload}: ${incident.title}`;
  return {
    TopicArn: topic,
    Subject: subject.replaceAll(/[^ -~]/g, "?").slice(0, subjectMax - 1),
    Message: textOf(message),
    MessageAttributes: {
      event: text(event),
      severity: text(incident.severity),
      kind: text(incident.kind),
      incident: text(editionOf(message)),
      ...(incident.region ? { region: text(incident.region) } : {}),
    },
    ...(topic.endsWith(".fifo")
      ? { MessageGroupId: incident.id.slice(0, 128), MessageDeduplicationId: fifoId(editionOf(message)) }
      : {}),
  };
}

/** Letters, digits and some signs, at most 128. */
const fifoId = (id: string) => id.replaceAll(/[^\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]/g, "_").slice(-128);
