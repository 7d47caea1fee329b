/** infra/local · effects. How long somebody waits. The clock stops with what was waited for: one left running wakes up
 *  seconds later, a hundred times a second, to tell nobody that time is up. */

/** What `act` gives. Its signal is aborted when `ms` have passed, or with `outside`. */
export async function within<T>(
  ms: number,
  outside: AbortSignal | null,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const stop = () => own.abort(outside?.reason);
  if (outside?.aborted) stop();
  outside?.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(() => own.abort(new DOMException("no answer in time", "TimeoutError")), ms);
  try {
    return await act(own.signal);
  } finally {
    clearTimeout(timer);
    outside?.removeEventListener("abort", stop);
  }
}
