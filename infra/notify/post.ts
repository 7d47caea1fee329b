/** infra/notify · rim. One HTTPS call to a hook. Its address is a secret as often as not, so errors name the host alone. */

export type Post = { url: string; headers?: Record<string, string>; body: string };

/** Throws unless the answer is 2xx. Follows no redirect: what was meant for one host is told to no other. */
export async function post({ url, headers = {}, body }: Post, signal: AbortSignal): Promise<void> {
  const { host } = new URL(url);
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "holdfast", ...headers },
      body,
      redirect: "manual",
      signal,
    });
  } catch (error) {
    throw new Error(`Cannot reach ${host}: ${signal.aborted ? "no answer in time" : codeOf(error)}`);
  }
  await answer.body?.cancel(); // it may repeat what it was told; nobody reads it
  if (!answer.ok) throw new Error(`${host} answered ${answer.status}`);
}

/** `ECONNREFUSED` and the like; a message could hold the whole address. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === "string" ? cause.code : "the connection failed";
}
