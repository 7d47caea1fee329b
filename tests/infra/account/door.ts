/** tests · IAM at the door of the local AWS API, two times. The first holds each call to the very statements that its signer
 *  was granted: actions, resources and conditions (needs.ts). The second is the local API's own, behind it, which judges
 *  actions alone: it knows neither resources nor conditions, and takes a transaction for an action of its own. */
import { actionsOf, type Granted, isAllowed, needsOf } from "./needs.ts";
import type { Heard, StandIn } from "./recorder.ts";
import { refusal } from "./refusals.ts";
import type { Credentials } from "./rig.ts";

export type Door = {
  /** To be asked before all else, wherever calls come by. */
  standIn: StandIn;
  /** Somebody of the account's who may do what is granted and nothing else. */
  admit(name: string, granted: readonly Granted[]): Promise<Credentials>;
  /** From here on nobody passes who was not admitted, or, when false, everybody does. */
  shut(on: boolean): Promise<void>;
  /** What each who was admitted has called. */
  seen: Map<string, Heard[]>;
  /** What was refused at the first door, and to whom. */
  refused: { who: string; action: string; resource: string }[];
};

/** `moto`: the local AWS API itself, such as `http://127.0.0.1:5000`. */
export function doorOf(moto: string): Door {
  const admitted = new Map<string, { who: string; granted: readonly Granted[] }>();
  let isShut = false;
  const door: Door = {
    seen: new Map(),
    refused: [],
    standIn(call, { authorization }) {
      const key = /Credential=([^/]+)\//.exec(authorization ?? "")?.[1];
      if (!isShut || key === undefined) return null; // who signs nothing asks no API of AWS's
      const { who = `nobody known, ${key}`, granted = [] } = admitted.get(key) ?? {};
      door.seen.set(who, [...(door.seen.get(who) ?? []), call]);
      const refused = needsOf(call).filter((need) => !isAllowed(granted, need));
      door.refused.push(...refused.map(({ action, resource }) => ({ who, action, resource })));
      const [first] = refused;
      return first ? refusal(call, "denied", `${who} is not authorized to perform: ${first.action}`) : null;
    },
    async admit(name, granted) {
      await iam(moto, { Action: "CreateUser", UserName: name });
      const Statement = [{ Effect: "Allow", Action: asMotoCalls(actionsOf(granted)), Resource: "*" }];
      const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
      await iam(moto, { Action: "PutUserPolicy", UserName: name, PolicyName: "may", PolicyDocument });
      const told = await iam(moto, { Action: "CreateAccessKey", UserName: name });
      const part = (tag: string) => new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(told)?.[1] ?? "";
      const credentials = { accessKeyId: part("AccessKeyId"), secretAccessKey: part("SecretAccessKey") };
      admitted.set(credentials.accessKeyId, { who: name, granted });
      return credentials;
    },
    async shut(on) {
      isShut = on;
      const headers = { "content-type": "text/plain" };
      await fetch(`${moto}/moto-api/reset-auth`, { method: "POST", headers, body: on ? "0" : "inf" });
    },
  };
  return door;
}

/** One call of IAM's, signed as nobody in particular; to be made while the door is open. */
export async function iam(moto: string, parameters: Record<string, string>): Promise<string> {
  const response = await fetch(moto, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization:
        "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: new URLSearchParams({ ...parameters, Version: "2010-05-08" }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${parameters.Action}: ${text}`);
  return text;
}

/** As moto calls them: it takes a transaction for one action of its own, and CloudWatch by its host's name. */
const asMotoCalls = (actions: readonly string[]) => [
  ...actions.map((action) => action.replace(/^cloudwatch:/, "monitoring:")),
  ...(actions.includes("dynamodb:PutItem") && actions.includes("dynamodb:UpdateItem")
    ? ["dynamodb:TransactWriteItems"]
    : []),
];
