/** Each channel against a real HTTP server, and SNS through a local AWS API to a queue. */
import { createHmac } from "node:crypto";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Message } from "../../../infra/notify/channel.ts";
import { channelsFrom, parseNotify } from "../../../infra/notify/mod.ts";
import { pagerDutyBody } from "../../../infra/notify/pagerduty.ts";
import { slackBody } from "../../../infra/notify/slack.ts";
import { snsMessage } from "../../../infra/notify/sns.ts";
import { BadInput, type Incident } from "../../../store/records.ts";
import { missing } from "../../machine.ts";
import { type AwsApi, awsApi } from "../../probes/awsapi.ts";
import { type Hook, hook, type Told } from "./hook.ts";

const incident: Incident = {
  id: "trouble/dynamodb@us-east-1/2026-01-01T00:00:00.000Z",
  kind: "trouble",
  about: "dynamodb@us-east-1",
  region: "us-east-1",
  severity: "critical",
  title: "Users in us-east-1 are hurt: dynamodb fails",
  lines: ["Seen by 2 of 2 vantage points outside us-east-1", "a <b> & c"],
  nodes: ["dynamodb@us-east-1", "lambda@us-east-1"],
  edition: 1,
  openedAt: 1_767_225_600_000,
  changedAt: 1_767_225_600_000,
  wellSince: null,
  resolvedAt: null,
};
const opened: Message = { workload: "shop", event: "opened", incident };
const resolved: Message = {
  workload: "shop",
  event: "resolved",
  incident: { ...incident, edition: 3, resolvedAt: incident.changedAt + 60_000 },
};
const secrets = { HOOK: "", PD_KEY: "pd-3f9a1c", HMAC: "hmac-77b0ae" };

describe("the channels", () => {
  let server: Hook;
  beforeAll(async () => {
    server = await hook();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    server.told.length = 0;
    server.answer = 200;
  });
  const channel = (settings: object) => {
    const environment = { ...secrets, HOOK: `${server.url}/services/T0/B0/s3cr3t` };
    const [made] = channelsFrom(parseNotify("notify", [settings]), {
      environment,
      now: () => 1_767_225_700_000,
    });
    if (!made) throw new Error("no channel was made");
    return made;
  };
  const kinds = [
    { kind: "slack", url: "env:HOOK" },
    { kind: "pagerduty", routingKey: "env:PD_KEY", url: "env:HOOK" },
    { kind: "webhook", url: "env:HOOK", secret: "env:HMAC" },
  ];
  const soon = () => AbortSignal.timeout(5_000);
  const last = () => JSON.parse(server.told.at(-1)?.body ?? "null");

  test("Slack gets a line, the details in the incident's colour, and none of its own signs by accident", async () => {
    await channel({ kind: "slack", url: "env:HOOK" }).send(opened, soon());
    expect(last()).toMatchObject({
      text: "[CRITICAL] shop: Users in us-east-1 are hurt: dynamodb fails",
      attachments: [
        {
          color: "#dc2626",
          text: "Seen by 2 of 2 vantage points outside us-east-1\na &lt;b&gt; &amp; c",
          ts: 1_767_225_600,
        },
      ],
    });
    await channel({ kind: "slack", url: "env:HOOK" }).send(resolved, soon());
    expect(last()).toMatchObject({ text: /^\[RESOLVED\]/, attachments: [{ color: "#16a34a" }] });
  });

  test("PagerDuty gets one alert for one incident: triggered, then resolved, by the same key", async () => {
    const pager = channel({ kind: "pagerduty", routingKey: "env:PD_KEY", url: "env:HOOK" });
    server.answer = 202;
    await pager.send(opened, soon());
    const trigger = last();
    expect(trigger).toMatchObject({
      routing_key: "pd-3f9a1c",
      event_action: "trigger",
      payload: { severity: "critical", source: "us-east-1", component: "dynamodb@us-east-1", group: "shop" },
    });
    await pager.send(resolved, soon());
    expect(last()).toEqual({
      routing_key: "pd-3f9a1c",
      dedup_key: trigger.dedup_key,
      event_action: "resolve",
    });
  });

  test("a hook of one's own can tell by the signature that the message is ours, of now and unchanged", async () => {
    await channel({ kind: "webhook", url: "env:HOOK", secret: "env:HMAC" }).send(opened, soon());
    const { headers, body } = server.told[0] ?? ({ headers: {}, body: "" } as Told);
    const [, seconds, mark] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["holdfast-signature"])) ?? [];
    expect(seconds).toBe("1767225700");
    expect(mark).toBe(createHmac("sha256", "hmac-77b0ae").update(`${seconds}.${body}`).digest("hex"));
    expect(headers).toMatchObject({ "idempotency-key": `${incident.id}#1`, "holdfast-event": "opened" });
    expect(JSON.parse(body)).toEqual({ version: 1, id: `${incident.id}#1`, ...opened });
  });

  test("a hook without a secret gets no signature rather than an empty one", async () => {
    await channel({ kind: "webhook", url: "env:HOOK" }).send(opened, soon());
    expect(server.told[0]?.headers).not.toHaveProperty("holdfast-signature");
  });

  test.each(kinds)(
    "$kind: what is refused, broken off, redirected or never answered is an error without a secret",
    async (settings) => {
      for (const answer of [
        400,
        403,
        429,
        500,
        "reset",
        "hang",
        { redirect: "http://127.0.0.1:9/elsewhere" },
      ] as const) {
        server.answer = answer;
        const error = await channel(settings)
          .send(opened, AbortSignal.timeout(answer === "hang" ? 50 : 5_000))
          .then(
            () => null,
            (e: unknown) => e,
          );
        expect(error, String(answer)).toBeInstanceOf(Error);
        const shown = `${(error as Error).message} ${(error as Error).stack}`;
        for (const secret of ["s3cr3t", "pd-3f9a1c", "hmac-77b0ae"]) expect(shown).not.toContain(secret);
        expect((error as Error).message).toMatch(/127\.0\.0\.1/);
      }
      expect(server.told.every(({ path }) => path.endsWith("s3cr3t"))).toBe(true); // no redirect was followed
    },
  );

  test.each(kinds)("$kind: an answer that never ends is taken for what its status says", async (settings) => {
    server.answer = "half";
    await expect(channel(settings).send(opened, soon())).resolves.toBeUndefined();
  });

  test.each([
    [[{ kind: "pigeon" }], /kind/],
    [[{ kind: "slack" }], /url/],
    [[{ kind: "slack", url: "env:NOBODY" }], /expected the variable NOBODY to hold it/],
    [
      [{ kind: "slack", url: "http://hooks.example/s3cr3t" }],
      /expected an https:\/\/ address; got one of http:/,
    ],
    [[{ kind: "slack", url: "s3cr3t" }], /expected an https:\/\/ address; got none/],
    [[{ kind: "sns", topic: "alerts" }], /topic's ARN/],
    [
      [
        { kind: "slack", url: "https://a.example" },
        { kind: "slack", url: "https://b.example" },
      ],
      /slack is there twice/,
    ],
    [{ kind: "slack" }, /expected array/],
  ])("settings that reach nobody are refused, and show no secret: %o", (settings, complaint) => {
    const make = () => channelsFrom(parseNotify("notify", settings), { environment: {}, now: Date.now });
    expect(make).toThrow(BadInput);
    expect(make).toThrow(complaint);
    expect(make).not.toThrow(/s3cr3t/);
  });
});

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 2_000 });
const anyMessage: fc.Arbitrary<Message> = fc.record({
  workload: fc.constant("shop"),
  event: fc.constantFrom("opened", "changed", "resolved"),
  incident: fc.record({
    id: words,
    kind: fc.constantFrom("trouble", "silence"),
    about: words,
    region: fc.constantFrom("us-east-1", null),
    severity: fc.constantFrom("info", "warning", "critical"),
    title: words,
    lines: fc.array(words, { maxLength: 4 }),
    nodes: fc.array(words, { maxLength: 3 }),
    edition: fc.integer({ min: 1, max: 9 }),
    openedAt: fc.nat(),
    changedAt: fc.nat(),
    wellSince: fc.constant(null),
    resolvedAt: fc.constant(null),
  }),
});

test("whatever is said fits what each side takes: PagerDuty's keys and summaries, SNS's subjects, Slack's text", () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const alert = pagerDutyBody(message, "key");
      expect(alert.dedup_key.length).toBeLessThanOrEqual(255);
      if ("payload" in alert) expect(alert.payload.summary.length).toBeLessThanOrEqual(1_024);
      const { Subject, MessageGroupId, MessageDeduplicationId } = snsMessage(
        message,
        "arn:aws:sns:us-west-2:123456789012:a.fifo",
      ) as {
        Subject: string;
        MessageGroupId: string;
        MessageDeduplicationId: string;
      };
      expect(Subject).toMatch(/^[ -~]{1,99}$/);
      expect(MessageGroupId.length).toBeLessThanOrEqual(128);
      expect(MessageDeduplicationId).toMatch(/^[!-~]{1,128}$/);
      expect(slackBody(message).attachments[0]?.text.length).toBeLessThanOrEqual(3_000);
    }),
  );
});

describe.skipIf(missing("moto_server"))("SNS", () => {
  test("reaches a queue, with attributes to filter by, and its refusal is an error that says why", async () => {
    const api: AwsApi = await awsApi();
    try {
      const usual = {
        region: "us-west-2",
        endpoint: api.endpoint,
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
      };
      const client = new SNSClient(usual);
      const { TopicArn = "" } = await client.send(new CreateTopicCommand({ Name: "alerts" }));
      const sqs = async (action: string, fields: Record<string, string>) => {
        const body = new URLSearchParams({ Action: action, Version: "2012-11-05", ...fields });
        const answer = await fetch(`${api.endpoint}/`, {
          method: "POST",
          headers: {
            "content-type": "application/x-www-form-urlencoded",
            authorization:
              "AWS4-HMAC-SHA256 Credential=local/20260101/us-west-2/sqs/aws4_request, SignedHeaders=host, Signature=0",
          },
          body,
        });
        return answer.text();
      };
      const queue = /<QueueUrl>([^<]+)</.exec(await sqs("CreateQueue", { QueueName: "people" }))?.[1] ?? "";
      await client.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: "sqs",
          Endpoint: "arn:aws:sqs:us-west-2:123456789012:people",
        }),
      );
      const [topic] = channelsFrom(parseNotify("notify", [{ kind: "sns", topic: TopicArn }]), {
        environment: {},
        now: Date.now,
        snsClient: (region) => new SNSClient({ ...usual, region, maxAttempts: 1 }),
      });
      await topic?.send(opened, AbortSignal.timeout(5_000));
      const got = await sqs("ReceiveMessage", { QueueUrl: queue });
      const text = got.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
      expect(text).toContain("[CRITICAL] shop: Users in us-east-1 are hurt: dynamodb fails");
      expect(text).toMatch(
        /"incident":\s*\{\s*"Type":\s*"String",\s*"Value":\s*"trouble\/dynamodb@us-east-1\/.*#1"/,
      );
      api.meddle = () => ({ error: [403, "AuthorizationError"] });
      await expect(topic?.send(opened, AbortSignal.timeout(5_000))).rejects.toThrow(
        /SNS did not take it: AuthorizationError/,
      );
    } finally {
      await api.stop();
    }
  }, 60_000);
});
