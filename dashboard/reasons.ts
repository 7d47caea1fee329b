/** dashboard · pure. A probe's reason in words that follow a service's name. What is not listed is said as it is. */
const words: Record<string, string> = {
  nodata: "resolves to no address",
  nxdomain: "is said not to exist by its name server",
  servfail: "has a name server that fails",
  refused: "has a name server that refuses to answer",
  notimp: "has a name server that cannot answer",
  lame: "has a name server that does not own the name",
  bogus: "has a name whose signatures do not hold",
  truncated: "has an answer that does not fit and cannot be fetched",
  malformed: "gives an answer that cannot be read",
  timeout: "gives no answer in time",
  unreachable: "cannot be reached",
  "connection-refused": "refuses connections",
  "connection-reset": "cuts connections",
  tls: "fails its TLS handshake",
  "no-tasks": "runs no task",
  "too-few-tasks": "runs too few tasks",
};

export const reasonSays = (reason: string): string =>
  words[reason] ?? (/^status-\d+$/.test(reason) ? `answers with ${reason.replace("-", " ")}` : reason);

/** A line of a score that ends in a bare reason, such as `dynamodb: nodata`, in words. */
export function lineSays(line: string): string {
  const [service, reason] = line.split(": ");
  return service && reason && reason in words ? `${service} ${reasonSays(reason)}` : line;
}
