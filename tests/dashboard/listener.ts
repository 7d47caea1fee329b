/** A reader of Server-Sent Events over a real socket, by the book: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export type Heard = { id: string; event: string; data: string };

export type Listener = {
  status: number;
  /** The next event that is not a beat. */
  next: () => Promise<Heard>;
  close: () => void;
  /** Settles when the server ends the stream. */
  ended: Promise<void>;
};

export async function listen(url: string, lastEventId?: string): Promise<Listener> {
  const stop = new AbortController();
  const answer = await fetch(url, {
    signal: stop.signal,
    headers: lastEventId ? { "last-event-id": lastEventId } : {},
  });
  const queue: Heard[] = [];
  const waiting: ((heard: Heard) => void)[] = [];
  const tell = (heard: Heard) => {
    const waiter = waiting.shift();
    if (waiter) waiter(heard);
    else queue.push(heard);
  };
  const ended = read(answer, tell).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  return {
    status: answer.status,
    next: () => {
      const first = queue.shift();
      return first ? Promise.resolve(first) : new Promise((resolve) => waiting.push(resolve));
    },
    close: () => stop.abort(),
    ended,
  };
}

async function read(answer: Response, tell: (heard: Heard) => void): Promise<void> {
  let text = "";
  for await (const chunk of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end === -1) break;
      const fields = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const of = (name: string) =>
        fields.filter((f) => f.startsWith(`${name}: `)).map((f) => f.slice(name.length + 2));
      const heard = { id: of("id")[0] ?? "", event: of("event")[0] ?? "", data: of("data").join("\n") };
      if (heard.event && heard.event !== "beat") tell(heard);
    }
  }
}
