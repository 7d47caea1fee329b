/** infra/account · effects. The time that the work under way may still take, known to every client it uses: a beat ends
 *  when it must, whatever it waits for, and what is left of it then does no more. */
import { AsyncLocalStorage } from "node:async_hooks";

export class Deadline {
  /** Each work has its own, so that what outlived its time is not taken for the next one's. */
  readonly #own = new AsyncLocalStorage<AbortSignal>();

  /** Aborted once the work that asks should stop; undefined outside of any. */
  get signal(): AbortSignal | undefined {
    return this.#own.getStore();
  }

  /** Does some work; rejects after `ms` if it is not done by then, whatever becomes of it. */
  async within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const own = new AbortController();
    const timer = setTimeout(() => own.abort(new DOMException(`not done in ${ms} ms`, "TimeoutError")), ms);
    const working = this.#own.run(own.signal, () => work(own.signal));
    working.catch(() => undefined); // of what ends too late nobody wants to hear
    try {
      return await Promise.race([working, end(own.signal)]);
    } finally {
      clearTimeout(timer);
      own.abort(new DOMException("the beat is over", "AbortError"));
    }
  }
}

const end = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));

type Sends = { send: (command: never, options?: { abortSignal?: AbortSignal }) => unknown };

/** The same SDK client, each call of which also ends with the deadline of the work that it was made in. */
export function bounded<C extends object>(client: C, deadline: Deadline): C {
  const sends = client as C & Sends;
  const send = sends.send.bind(client) as Sends["send"];
  sends.send = (command, options = {}) => {
    const signals = [deadline.signal, options.abortSignal].filter((signal) => signal !== undefined);
    return send(
      command,
      signals.length > 0 ? { ...options, abortSignal: AbortSignal.any(signals) } : options,
    );
  };
  return client;
}
