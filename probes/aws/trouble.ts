/** probes · AWS. Why an API could not be asked, in a reason's one word. None of these says anything of the resources. */
import type { Census } from "../edge.ts";

/** AWS's names for it differ by service and protocol. Source: the "Common errors" page of each service's API reference. */
const named: [RegExp, string][] = [
  [
    /^(Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled|SlowDown|PriorRequestNotComplete)/,
    "throttled",
  ],
  [/^(AccessDenied|Unauthorized|AuthFailure|OptInRequired|NotAuthorized)/, "denied"],
  [
    /^(UnrecognizedClient|InvalidClientTokenId|ExpiredToken|SignatureDoesNotMatch|InvalidSignature)/,
    "denied",
  ],
  [/^(CredentialsProviderError|TokenProviderError)/, "no-credentials"],
  [/^(TimeoutError|AbortError|RequestExpired)/, "timeout"],
];
const unreached = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|EPIPE)$/;

/** A trouble from whatever the SDK threw. */
export function troubleOf(error: unknown, signal: AbortSignal): Census["troubles"][number] {
  if (!(error instanceof Error)) return { reason: "api-error", says: String(error) };
  const says = `${error.name}: ${error.message}`;
  if (signal.aborted) return { reason: "timeout", says: `no answer in time: ${says}` };
  const known = named.find(([pattern]) => pattern.test(error.name))?.[1];
  const code = "code" in error ? String(error.code) : "";
  if (known) return { reason: known, says };
  if (unreached.test(code)) return { reason: "unreachable", says: `${code}: ${error.message}` };
  return { reason: byStatus(error) ?? "api-error", says };
}

/** Where the name is new to us, the HTTP status still tells. */
function byStatus(error: Error): string | null {
  const metadata =
    "$metadata" in error ? (error.$metadata as { httpStatusCode?: number } | undefined) : undefined;
  if (metadata?.httpStatusCode === 429) return "throttled";
  return metadata?.httpStatusCode === 401 || metadata?.httpStatusCode === 403 ? "denied" : null;
}
