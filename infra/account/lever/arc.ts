/** infra/account/lever · rim. The lever of kind `arc`: a routing control of Application Recovery Controller, which is `Off`
 *  while the primary is drained. Its cluster answers at five endpoints in five regions and needs a quorum of them, not any
 *  one: each is asked, in random order, until one has done it. Their addresses are known beforehand, as the call that
 *  lists them is a control plane's. */
import type { Route53RecoveryClusterClient } from "@aws-sdk/client-route53-recovery-cluster";
import {
  GetRoutingControlStateCommand,
  UpdateRoutingControlStateCommand,
} from "@aws-sdk/client-route53-recovery-cluster";
import type { Region } from "../../../store/records.ts";
import { type Lever, Refused } from "./lever.ts";

export type Endpoint = { region: Region; client: Route53RecoveryClusterClient };

export type ArcLeverOptions = {
  /** The routing control's ARN. */
  control: string;
  endpoints: readonly Endpoint[];
  /** The region being left: its endpoint is asked last, when all others have failed. */
  leaving: Region;
  /** From 0 up to 1. */
  chance: () => number;
  /** Epoch ms. */
  now: () => number;
};

/** One that did not answer comes behind the others for so long: a telling is three calls, and each that waits in vain for
 *  four mute endpoints takes half a beat. */
const shunnedMs = 60_000;

export function arcLever({ control, endpoints, leaving, chance, now }: ArcLeverOptions): Lever {
  const failedAt = new Map<Region, number>();
  const isShunned = (region: Region) =>
    now() - (failedAt.get(region) ?? Number.NEGATIVE_INFINITY) < shunnedMs;
  const ask = <T>(what: string, one: (client: Route53RecoveryClusterClient) => Promise<T>) =>
    anyOf(what, inOrder(endpoints, leaving, isShunned, chance), one, (region) => failedAt.set(region, now()));
  const read = () =>
    ask("read", (client) => client.send(new GetRoutingControlStateCommand({ RoutingControlArn: control })));
  return {
    async tell(drained) {
      const wanted = drained ? "Off" : "On";
      const { RoutingControlState: state } = await read();
      if (state === wanted) return;
      await ask("set", (client) =>
        client.send(
          // Never with SafetyRulesToOverride: whoever made a rule meant it.
          new UpdateRoutingControlStateCommand({ RoutingControlArn: control, RoutingControlState: wanted }),
        ),
      );
    },
    async holds() {
      const { RoutingControlState: state } = await read();
      if (state === "Off") return true;
      return state === "On" ? false : null;
    },
  };
}

/** Random, so that callers spread; those that failed just now come behind, and the region being left last. */
function inOrder(
  endpoints: readonly Endpoint[],
  leaving: Region,
  isShunned: (region: Region) => boolean,
  chance: () => number,
): Endpoint[] {
  const drawn = endpoints.map((endpoint) => ({
    endpoint,
    at: chance() + (isShunned(endpoint.region) ? 1 : 0) + (endpoint.region === leaving ? 2 : 0),
  }));
  return drawn.sort((a, b) => a.at - b.at).map(({ endpoint }) => endpoint);
}

/** The first answer. Throws `Refused` when a safety rule forbids it, as every endpoint would say the same; otherwise
 *  when all have failed, with what each said. */
async function anyOf<T>(
  what: string,
  endpoints: readonly Endpoint[],
  one: (client: Route53RecoveryClusterClient) => Promise<T>,
  failedIn: (region: Region) => void,
): Promise<T> {
  const failed: string[] = [];
  for (const { region, client } of endpoints) {
    try {
      return await one(client);
    } catch (error) {
      const says = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      if (isRule(error)) throw new Refused(`A safety rule forbids to ${what} the routing control: ${says}`);
      failed.push(`${region}: ${says}`);
      failedIn(region);
    }
  }
  throw new Error(
    `Cannot ${what} the routing control at any of ${failed.length} endpoints: ${failed.join("; ")}`,
  );
}

/** The API has no name of its own for it: a rule that forbids comes as a conflict, or, as others report, as a fault of the
 *  request, and speaks of rules. */
const isRule = (error: unknown): boolean =>
  error instanceof Error &&
  ["ConflictException", "ValidationException"].includes(error.name) &&
  /\brules?\b/i.test(error.message);
