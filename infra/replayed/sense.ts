/** infra/replayed · border. Whether what a story says can come to pass on stage: what nobody would ever see is refused, not
 *  played as if all were well. */
import { BadInput, nearest, Region } from "../../store/mod.ts";
import { Scope } from "../../store/records.ts";
import { ofNames, zones } from "./stage.ts";
import type { Event, Expectation, Story } from "./story.ts";

/** What an answer can be, besides `status-NNN`. */
const states = [
  ...["well", "silent", "timeout", "unreachable", "connection-refused", "connection-reset", "tls"],
  ...ofNames,
];
const scopes: readonly string[] = Scope.shape.kind.options;

/** Events and expectations with the line each was read from. */
export type Written = { event?: Event; expectation?: Expectation; where: string };

/** Throws `BadInput` that names the line of the first that makes no sense. */
export function checkSense(story: Story, written: readonly Written[]): void {
  checkRegions(story);
  for (const { event, expectation, where } of written) {
    const fault = event ? faultOf(event, story) : expectation ? missed(expectation, story) : null;
    if (fault !== null) throw new BadInput(`${where}: ${fault}`);
  }
}

function checkRegions({ name, home, standby, witness }: Story): void {
  const all = { home, standby, witness };
  for (const [role, region] of Object.entries(all))
    if (!Region.safeParse(region).success)
      throw new BadInput(`${name}: ${role}: expected a region such as us-east-1; got ${region}`);
  if (new Set(Object.values(all)).size < 3)
    throw new BadInput(
      `${name}: expected three regions; got home ${home}, standby ${standby}, witness ${witness}`,
    );
}

function faultOf({ minute, subject, state }: Event, story: Story): string | null {
  if (minute > story.until && state !== "well")
    return `expected what fails by +${story.until}, when the story ends (until); got +${minute}`;
  if (subject === "users") return usersFault(state);
  if (subject.startsWith("zone "))
    return zones.includes(subject.slice(5)) ? null : `expected zone ${zones.join("|")}; got ${subject}`;
  return watchedFault(subject, story) ?? stateFault(subject, state, story);
}

function usersFault(state: string): string | null {
  const [share = "", reason = "timeout", ...more] = state.split(" ");
  if (state === "well") return null;
  const percent = /^(\d+)%$/.exec(share)?.[1];
  if (percent === undefined || Number(percent) < 1 || Number(percent) > 100 || more.length > 0)
    return `expected "users well", or a share of them such as "users 50% timeout"; got users ${state}`;
  return unknownState(reason);
}

function watchedFault(subject: string, { names, calls, home, standby }: Story): string | null {
  const watched = [...names, ...calls];
  const [service = "", region] = subject.split("@");
  if (watched.includes(subject) && (region === undefined || region === "global")) return null;
  if (region !== undefined && watched.includes(service)) {
    if ([home, standby].includes(region)) return null;
    return `expected ${service} where it is asked, in ${home} or ${standby}; got ${subject}`;
  }
  const meant = nearest(subject, watched);
  return `expected users, zone ${zones.join("|")}, or what is watched (${watched.join(", ")}); got ${subject}${meant ? `; did you mean ${meant}?` : ""}`;
}

function stateFault(subject: string, state: string, { calls }: Story): string | null {
  const fault = unknownState(state);
  if (fault !== null || state === "well" || ofNames.has(state)) return fault;
  const [service = ""] = subject.split("@");
  return calls.includes(service) || calls.includes(subject) || subject.endsWith("@global")
    ? null
    : `${service} is asked by name alone, which shows ${[...ofNames].join(", ")}; ${state} is seen by who calls it (calls ${service})`;
}

function unknownState(state: string): string | null {
  if (states.includes(state) || /^status-\d{3}$/.test(state)) return null;
  const meant = nearest(state, states);
  return `expected ${states.join(", ")}, or status-NNN; got ${state}${meant ? `; did you mean ${meant}?` : ""}`;
}

function missed(e: Expectation, { until }: Story): string | null {
  const last = e.kind === "scope" || e.kind === "second-wave" ? e.at : (e.by ?? 0);
  if (last > until) return `expected a minute by +${until}, when the story ends (until); got +${last}`;
  if (e.kind === "root" && !/^[^@]+@[^@]+$/.test(e.node))
    return `expected SERVICE@REGION, such as dynamodb@us-east-1; got ${e.node}`;
  if (e.kind !== "scope" || scopes.includes(e.scope)) return null;
  const meant = nearest(e.scope, scopes);
  return `expected a scope of ${scopes.join(", ")}; got ${e.scope}${meant ? `; did you mean ${meant}?` : ""}`;
}
