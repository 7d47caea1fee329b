/** infra/notify · rim. A client of a topic's region, over the road that all of an entry's calls take, and with one try: what
 *  a topic did not take is said again with the next tick. The SDK for it is loaded when the first message goes out. */
import type { SNSClient } from "@aws-sdk/client-sns";
import { callsTo, type Reach } from "../account/calls.ts";

const patience = { connectMs: 1_000, answerMs: 3_000, tries: 1 }; // a message is given up sooner by whoever sends it

export const topicsBy =
  (reach: Reach = {}) =>
  async (region: string): Promise<SNSClient> => {
    const { SNSClient: Client } = await import("@aws-sdk/client-sns");
    return new Client(callsTo(region, reach, patience));
  };
