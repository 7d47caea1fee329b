/** store · rim. Keeps everything in one SQLite file. A step, its orders and its record are one transaction that
 *  compares the version first, so a crash at any instant leaves it whole or undone, and of two analyzers one wins.
 *
 *  What was decided, ordered or asked for waits for the disk. What was heard and what was made of it does not, nor does
 *  a step that did nothing but count: the kernel has it when the process dies, and only a power cut may take the newest
 *  seconds, by which nobody decides any more once the power is back. Where the failover stands is then what it was
 *  before steps of which nobody was told. The file stays whole either way (sqlite.org/pragma.html, synchronous), and what
 *  waits takes along to the disk what came before it.
 *
 *  Rounds are the bulk: sixty observations are 22 kB of JSON, and deflating pays. Measured on two shared cores, per
 *  round: level 1 gives 3.9 kB for 0.2 ms, and 0.05 ms to inflate; level 9 gives 3.2 kB for 0.4 ms. Against that, a
 *  durable write of 22 kB takes 0.6 ms and of 4 kB 0.4 ms. So three rounds a second are 42 MB an hour, not 240. */
import { join } from "node:path";
import type { SQLOutputValue } from "node:sqlite";
import { deflateSync } from "node:zlib";
import { openFile } from "./file.ts";
import { freeze } from "./freeze.ts";
import { type Reader, reader } from "./reader.ts";
import {
  BadInput,
  Board,
  Decision,
  Order,
  parse,
  Report,
  Request,
  Round,
  Standing,
  Voice,
} from "./records.ts";
import { Change, type Damage, Point, pointOf, type Store } from "./store.ts";

/** Rounds kept as they were written or read: the analyzer looks at each in a dozen ticks. Forty of them from three
 *  vantage points, or fourteen from nine. */
const roundsKept = 128;
/** What a page that is looked at draws lines of: five minutes, a second each, of three regions, and as much again. */
const voicesKnown = 2_048;
const pointsKnown = 1_024;
const fewKnown = 128; // orders and requests that are not done with; the decisions that a page shows

export type Kept = Store & {
  /** Rounds that began at or after `since` and before `until`, oldest first: a page of the past, which is turned once. */
  roundsBetween(since: number, until: number): Promise<Round[]>;
};

/** Opens the store in a directory, or in a file whose name ends in `.sqlite`; makes what is missing. Throws
 *  `BadInput`, leaving the file as it was, when it is not a whole Holdfast store or may not be written. */
export function sqlite(where = ".holdfast"): Kept {
  const path = where.endsWith(".sqlite") ? where : join(where, "holdfast.sqlite");
  const { db, close } = openFile(path);
  const damaged = new Map<string, Damage>();

  const putRound = db.prepare("INSERT OR REPLACE INTO rounds (at, vantage, body) VALUES (?, ?, ?)");
  const rounds = db.prepare("SELECT rowid, at, vantage FROM rounds WHERE at >= ? ORDER BY at, vantage");
  const page = db.prepare(
    "SELECT at, vantage, body FROM rounds WHERE at >= ? AND at < ? ORDER BY at, vantage",
  );
  const roundBody = db.prepare("SELECT body FROM rounds WHERE rowid = ?");
  const roundsHeld = new Map<string, { rowid: number; round: Round }>();
  const written = db.prepare("PRAGMA data_version"); // another number once another process has written
  let writtenAt = 0;
  const writtenHere = db.prepare("SELECT total_changes() AS rows");
  const putVoice = db.prepare("INSERT OR REPLACE INTO voices (at, region, body) VALUES (?, ?, ?)");
  const voices = db.prepare("SELECT at, region, body FROM voices WHERE at >= ? ORDER BY at, region");
  const standing = db.prepare("SELECT version, body FROM standing");
  const putStanding = db.prepare("INSERT OR REPLACE INTO standing (one, version, body) VALUES (1, ?, ?)");
  const putDecision = db.prepare("INSERT INTO decisions (version, body) VALUES (?, ?)");
  const decisions = db.prepare("SELECT version, body FROM decisions ORDER BY version DESC LIMIT ?");
  const putOrder = db.prepare("INSERT OR REPLACE INTO orders (id, body) VALUES (?, ?)"); // with a new, last, seq
  const confirmOrder = db.prepare("UPDATE orders SET confirmed = 1 WHERE id = ?");
  const orders = db.prepare("SELECT id, body FROM orders WHERE confirmed = 0 ORDER BY seq");
  const putRequest = db.prepare("INSERT OR IGNORE INTO requests (id, body) VALUES (?, ?)");
  const handleRequest = db.prepare("UPDATE requests SET handled = 1 WHERE id = ?");
  const requests = db.prepare("SELECT id, body FROM requests WHERE handled = 0 ORDER BY seq");
  const putReport = db.prepare("INSERT OR REPLACE INTO report (one, body) VALUES (1, ?)");
  const report = db.prepare("SELECT body FROM report");
  const putPoint = db.prepare("INSERT OR REPLACE INTO points (at, body) VALUES (?, ?)");
  const points = db.prepare("SELECT at, body FROM points WHERE at >= ? ORDER BY at");
  const putBoard = db.prepare("INSERT OR REPLACE INTO board (one, body) VALUES (1, ?)");
  const board = db.prepare("SELECT body FROM board");

  const forget = ["rounds", "voices"].map((table) => db.prepare(`DELETE FROM ${table} WHERE at < ?`));
  const forgetPoints = db.prepare("DELETE FROM points WHERE at < ?");

  /** All of the work or none of it; other writers wait meanwhile. */
  function whole<T>(work: () => T): T {
    db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      db.exec("COMMIT");
      return result;
    } catch (fault) {
      if (db.isTransaction) db.exec("ROLLBACK");
      throw fault;
    }
  }

  /** Work that need not wait for the disk. */
  function passing<T>(work: () => T): T {
    db.exec("PRAGMA synchronous = NORMAL");
    try {
      return work();
    } finally {
      db.exec("PRAGMA synchronous = FULL");
    }
  }

  const atOnce = <T>(work: () => T): T => work();

  const read = {
    round: reader(Round, 0),
    voice: reader(Voice, voicesKnown),
    standing: reader(Standing, 1),
    order: reader(Order, fewKnown),
    decision: reader(Decision, fewKnown),
    request: reader(Request, fewKnown),
    report: reader(Report, 1),
    point: reader(Point, pointsKnown),
    board: reader(Board, 1),
  };

  /** The record, or nothing and a line among the damaged. */
  function readable<T>(record: string, read: Reader<T>, body: SQLOutputValue | undefined): T[] {
    try {
      return [read(record, body)];
    } catch (fault) {
      damaged.set(record, { record, why: (fault as Error).message });
      return [];
    }
  }

  /** A round said again gets a new rowid; so does one that another process says, unless it emptied the table first. */
  function hold(rowid: number, round: Round): void {
    roundsHeld.set(`${round.at} ${round.vantage}`, { rowid, round });
    const [oldest] = roundsHeld.size > roundsKept ? roundsHeld.keys() : [];
    if (oldest !== undefined) roundsHeld.delete(oldest);
  }

  function held(at: unknown, vantage: unknown, rowid: number): Round | null {
    const known = roundsHeld.get(`${at} ${vantage}`);
    return known?.rowid === rowid ? known.round : null;
  }

  return {
    async addRound(round) {
      const checked = freeze(parse("round", Round, round));
      const body = deflateSync(JSON.stringify(checked), { level: 1 });
      const put = passing(() => putRound.run(checked.at, checked.vantage, body));
      hold(Number(put.lastInsertRowid), checked);
    },
    async rounds(since) {
      const now = Number(written.get()?.data_version);
      if (now !== writtenAt) roundsHeld.clear();
      writtenAt = now;
      return rounds.all(since).flatMap(({ rowid, at, vantage }) => {
        const known = held(at, vantage, Number(rowid));
        if (known) return [known];
        const body = roundBody.get(Number(rowid))?.body;
        if (body === undefined) return []; // forgotten by another process meanwhile
        const found = readable(`round of ${vantage} at ${at}`, read.round, body);
        for (const round of found) hold(Number(rowid), round);
        return found;
      });
    },
    async roundsBetween(since, until) {
      return page
        .all(since, until)
        .flatMap(({ at, vantage, body }) => readable(`round of ${vantage} at ${at}`, read.round, body));
    },

    async addVoices(heard) {
      const checked = heard.map((voice) => parse("voice", Voice, voice));
      passing(() =>
        whole(() => {
          for (const voice of checked) putVoice.run(voice.at, voice.region, JSON.stringify(voice));
        }),
      );
    },
    async voices(since) {
      return voices
        .all(since)
        .flatMap(({ at, region, body }) => readable(`voice of ${region} at ${at}`, read.voice, body));
    },

    async standing() {
      const kept = standing.get();
      if (!kept) return null;
      try {
        return read.standing(`standing of version ${kept.version}`, kept.body);
      } catch (fault) {
        throw new BadInput(
          `${(fault as Error).message}. Where the failover stands is not guessed: move ${path} away to start anew at home, or put a copy of it back`,
        );
      }
    },
    async remember(change) {
      const step = parse("step", Change, change);
      const counted = step.orders.length === 0 && step.decision === null && step.handled.length === 0;
      return (counted ? passing : atOnce)(() =>
        whole(() => {
          if (Number(standing.get()?.version ?? 0) !== step.from) return false;
          putStanding.run(step.standing.version, JSON.stringify(step.standing));
          for (const order of step.orders) putOrder.run(order.id, JSON.stringify(order));
          if (step.decision) putDecision.run(step.standing.version, JSON.stringify(step.decision));
          for (const id of step.handled) handleRequest.run(id);
          return true;
        }),
      );
    },
    async unconfirmed() {
      return orders.all().flatMap(({ id, body }) => readable(`order ${id}`, read.order, body));
    },
    async confirm(id) {
      confirmOrder.run(id);
    },
    async decisions(limit) {
      return decisions
        .all(Math.max(0, limit))
        .flatMap(({ version, body }) => readable(`decision of version ${version}`, read.decision, body));
    },

    async ask(request) {
      const asked = parse("request", Request, request);
      putRequest.run(asked.id, JSON.stringify(asked));
    },
    async requests() {
      return requests.all().flatMap(({ id, body }) => readable(`request ${id}`, read.request, body));
    },

    async report(latest) {
      const checked = parse("report", Report, latest);
      const point = pointOf(checked);
      passing(() =>
        whole(() => {
          putReport.run(JSON.stringify(checked));
          putPoint.run(point.at, JSON.stringify(point));
        }),
      );
    },
    async lastReport() {
      const kept = report.get();
      return (kept && readable("last report", read.report, kept.body)[0]) ?? null;
    },
    async history(since) {
      return points.all(since).flatMap(({ at, body }) => readable(`point at ${at}`, read.point, body));
    },

    async board() {
      const kept = board.get();
      return (kept && readable("board", read.board, kept.body)[0]) ?? null;
    },
    async pin(latest) {
      putBoard.run(JSON.stringify(parse("board", Board, latest)));
    },

    async forget(before, pointsBefore = before) {
      passing(() =>
        whole(() => {
          for (const old of forget) old.run(before);
          forgetPoints.run(pointsBefore);
        }),
      );
      for (const [key, { round }] of roundsHeld) if (round.at < before) roundsHeld.delete(key);
    },
    changes: () => `${written.get()?.data_version} ${writtenHere.get()?.rows}`,
    async damaged() {
      return [...damaged.values()];
    },
    async close() {
      close();
    },
  };
}
