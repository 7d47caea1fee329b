/** tests · infra/account. A reach that reaches nothing: every connection is refused, and nobody is asked for a name. */
import { Agent } from "node:https";
import type { Reach } from "../../../infra/account/calls.ts";

class Refusing extends Agent {
  override createConnection(): never {
    throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  }
}

export const nowhere: Reach = {
  credentials: { accessKeyId: "none", secretAccessKey: "none" },
  agent: new Refusing(),
};
