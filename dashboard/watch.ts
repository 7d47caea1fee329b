/** dashboard. One watcher for everybody who looks: it looks at the store, renders once when something has changed,
 *  and tells all listeners the same bytes.
 *
 *  Each section remembers in which frame it last changed. So whoever comes back with any event id, however old,
 *  gets exactly the sections that have changed since; there is no backlog to keep or to fall out of. */
import type { HonoRequest } from "hono";
import { look, type Sources, type View } from "./view.ts";
import { gzipHead, takesGzip, zipped } from "./zip.ts";

export type Rendered = {
  /** The page's sections by id. */
  sections: Map<string, string>;
  /** The state as one line of JSON. */
  json: string;
};

export type Frame = Rendered & {
  id: string;
  number: number;
  view: View;
  /** The frame in which each section last changed, and the state. */
  changedIn: Map<string, number>;
  stateChangedIn: number;
};

/** How a frame is told to one kind of listener: whole, or what changed after frame `after`. */
export type Telling = { event: string; data: (frame: Frame, after: number | null) => string | null };

export const pageTelling: Telling = {
  event: "sections",
  data: (frame, after) => {
    const news = [...frame.sections].filter(
      ([id]) => after === null || (frame.changedIn.get(id) ?? 0) > after,
    );
    return news.length > 0 ? news.map(([, html]) => html).join("\n") : null;
  },
};

export const stateTelling: Telling = {
  event: "state",
  data: (frame, after) => (after !== null && frame.stateChangedIn <= after ? null : frame.json),
};

const pollMs = 250; // a tenth of what a person notices as late, and four cheap reads a second
const beatMs = 5_000; // a page that has heard nothing for longer than two of these has lost us
const queueMax = 64; // events a slow listener may lag behind; then it is let go, and comes back with its event id

export type Watch = ReturnType<typeof createWatch>;

/** `liveMs`: how long one stream lasts; its listener comes back with the newest event it knows. */
export function createWatch(
  sources: Sources,
  render: (view: View) => Promise<Rendered>,
  liveMs = Number.POSITIVE_INFINITY,
) {
  const boot = crypto.randomUUID().slice(0, 8); // ids of an earlier process mean nothing here
  const encoder = new TextEncoder();
  const listeners = new Set<Listener>();
  let frame: Frame | null = null;
  let seen = "";
  let lookedAt = 0; // sources.now() ms
  let unchanged: string | null = null; // what the sources said of themselves before the look; null where they cannot
  let looking: Promise<Frame> | null = null;
  let queued: Promise<Frame> | null = null;
  let timer: ReturnType<typeof setInterval> | null = null;
  let closed = false;
  let told = 0; // when listeners were last told anything, in sources.now() ms

  /** The frame as of now. Callers who come while a look is under way share the one after it, so that nobody is
   *  given what was read before they asked. */
  function now(): Promise<Frame> {
    const hand = atHand();
    if (hand) return Promise.resolve(hand);
    if (!looking) {
      looking = lookAgain().finally(() => {
        looking = null;
      });
      return looking;
    }
    queued ??= looking.then(nothing, nothing).then(() => {
      queued = null;
      return now();
    });
    return queued;
  }

  /** The frame there is, where nothing has been written since it was looked for and too little time has passed for it
   *  to be told otherwise. */
  function atHand(): Frame | null {
    const age = sources.now() - lookedAt;
    return unchanged !== null && age >= 0 && age < pollMs && sourcesNow() === unchanged ? frame : null;
  }

  function sourcesNow(): string | null {
    const { store, playground } = sources;
    const written = store.changes?.();
    return written === undefined ? null : `${written} ${JSON.stringify(playground?.faults() ?? null)}`;
  }

  async function lookAgain(): Promise<Frame> {
    const before = sourcesNow(); // what is written during the look is not taken for seen
    const view = await look(sources);
    const sees = contentOf(view);
    const stands = (of: Frame): Frame => {
      [lookedAt, unchanged] = [view.now, before];
      return of;
    };
    if (frame && sees === seen) return stands(frame);
    const rendered = await render(view);
    const last: Frame | null = frame;
    const number: number = (last?.number ?? 0) + 1;
    const changedIn = new Map<string, number>();
    for (const [id, html] of rendered.sections) {
      const same = last?.sections.get(id) === html;
      changedIn.set(id, same ? (last?.changedIn.get(id) ?? number) : number);
    }
    const same = last !== null && timeless(last.json) === timeless(rendered.json);
    const stateChangedIn = same ? last.stateChangedIn : number;
    frame = { ...rendered, id: `${boot}-${number}`, number, view, changedIn, stateChangedIn };
    seen = sees;
    tell(frame);
    return stands(frame);
  }

  function tell(frame: Frame): void {
    const once = new Map<string, Uint8Array | null>();
    for (const listener of listeners) {
      const key = `${listener.telling.event} ${listener.after} ${listener.zips}`;
      let bytes = once.get(key);
      if (bytes === undefined) {
        const data = listener.telling.data(frame, listener.after);
        bytes = data === null ? null : packed(message(frame.id, listener.telling.event, data), listener);
        once.set(key, bytes);
      }
      listener.after = frame.number;
      if (bytes) send(listener, bytes);
    }
    told = sources.now();
  }

  const packed = (text: string, { zips }: Pick<Listener, "zips">): Uint8Array => {
    const bytes = encoder.encode(text);
    return zips ? zipped(bytes) : bytes;
  };

  function send(listener: Listener, bytes: Uint8Array): void {
    if ((listener.controller.desiredSize ?? 0) > 0) {
      listener.controller.enqueue(bytes);
    } else end(listener);
  }

  function tick(): void {
    if (sources.now() - told >= beatMs) {
      const text = `event: beat\ndata: ${new Date(sources.now()).toISOString()}\n\n`;
      const beat = { true: packed(text, { zips: true }), false: packed(text, { zips: false }) };
      for (const listener of listeners) send(listener, beat[`${listener.zips}`]);
      told = sources.now();
    }
    // A store that cannot be read leaves the page as it was; the page then says itself that it is old.
    if (!looking) now().catch(nothing);
  }

  function leave(listener: Listener): void {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  }

  /** A Server-Sent Events answer: first what has changed since the event that the listener heard last (`Last-Event-ID`,
   *  or `after` in the query, which a page can say before it has heard any), then every change. */
  async function stream(telling: Telling, asked: HonoRequest): Promise<Response> {
    const lastEventId = asked.header("last-event-id") ?? asked.query("after");
    if (closed)
      return new Response("Holdfast is stopping", { status: 503, headers: { connection: "close" } });
    await now();
    const zips = !Number.isFinite(liveMs) && takesGzip(asked.header("accept-encoding"));
    let mine: Listener | null = null;
    let ends: ReturnType<typeof setTimeout> | undefined;
    const body = new ReadableStream<Uint8Array>(
      {
        start(controller) {
          mine = { controller, telling, zips, after: heardBefore(lastEventId) };
          listeners.add(mine);
          timer ??= setInterval(tick, pollMs);
          if (zips) controller.enqueue(gzipHead);
          controller.enqueue(packed("retry: 1000\n\n", mine));
          if (!frame) return;
          const data = telling.data(frame, mine.after);
          if (data !== null) controller.enqueue(packed(message(frame.id, telling.event, data), mine));
          mine.after = frame.number;
          if (Number.isFinite(liveMs)) ends = setTimeout(() => mine && end(mine), liveMs);
        },
        cancel() {
          clearTimeout(ends);
          if (mine) leave(mine);
        },
      },
      new CountQueuingStrategy({ highWaterMark: queueMax }),
    );
    return new Response(body, {
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
        vary: "accept-encoding",
        ...(zips ? { "content-encoding": "gzip" } : {}),
      },
    });
  }

  /** The frame number in an event id of this process; null for anything else. */
  function heardBefore(lastEventId: string | undefined): number | null {
    const [from, number] = lastEventId?.split("-") ?? [];
    if (from !== boot || !number || !/^\d{1,15}$/.test(number)) return null;
    return frame && Number(number) <= frame.number ? Number(number) : null;
  }

  function close(): void {
    closed = true; // a browser comes back at once on a connection it still has; it must not keep the server alive
    for (const listener of [...listeners]) end(listener);
  }

  function end(listener: Listener): void {
    if (!listeners.has(listener)) return; // it has left already
    leave(listener);
    listener.controller.close();
  }

  return { now, stream, close, listening: () => listeners.size };
}

type Listener = {
  controller: ReadableStreamDefaultController<Uint8Array>;
  telling: Telling;
  /** Whether it takes gzip. */
  zips: boolean;
  /** The newest frame it knows. */
  after: number | null;
};

const nothing = () => undefined;

/** What a view shows besides the passing of time; two looks with the same content are one frame. Of what is told over time
 *  only the newest can be news: the oldest falls out of sight with every moment. A decision never changes. */
function contentOf(view: View): string {
  const { now: _, rules: _r, topology: _t, play, history, voices, decisions, ...content } = view;
  const news = [history.at(-1), voices.slice(-voicesCompared), decisions.map((d) => d.id), play?.faults];
  return JSON.stringify([content, news]);
}

const voicesCompared = 30; // a voice may be counted anew, though none that old

/** The state without the instant it was served at. */
const timeless = (json: string): string => json.replace(/"servedAt":"[^"]*",/, "");

const message = (id: string, event: string, data: string): string =>
  `id: ${id}\nevent: ${event}\n${data
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join("")}\n`;
