/** store · rim. Opens the one file Holdfast keeps on this machine, or says why not. Like a locksmith who looks through
 *  the keyhole first: what is not ours, or not whole, is never opened for writing, so not one byte of it changes. */
import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { BadInput } from "./records.ts";

const applicationId = 0x48_6f_6c_64; // "Hold", at byte 68 of the file
const schemaVersion = 2;
const writable = "a directory and a file this user may write";
const busyMsMax = 5_000; // a write takes milliseconds; a lock held this long has another cause

/** Bodies are JSON, those of rounds deflated; what is looked up stands beside them. */
const tables = [
  "CREATE TABLE rounds (at INTEGER NOT NULL, vantage TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (at, vantage)) STRICT",
  "CREATE TABLE voices (at INTEGER NOT NULL, region TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (at, region)) STRICT",
  "CREATE TABLE points (at INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT",
  "CREATE TABLE standing (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, body TEXT NOT NULL) STRICT",
  "CREATE TABLE decisions (version INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT",
  "CREATE TABLE orders (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, confirmed INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL) STRICT",
  "CREATE TABLE requests (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, handled INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL) STRICT",
  "CREATE TABLE report (one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL) STRICT",
  "CREATE TABLE board (one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL) STRICT", // since version 2
];
/** How many of them, from the first, each version has. An older store is given what it lacks. */
const tablesIn: Record<number, number> = { 1: 8, 2: 9 };

/** Files this process holds open, and how often. The look through the keyhole opens and closes the file itself, and
 *  a close drops every POSIX lock the process has on it (sqlite.org/howtocorrupt.html, 2.2): so a file that is open
 *  here already is not looked at again. */
const held = new Map<string, number>();

/** Opens the store's file, and makes it and its directory when missing. Throws `BadInput`, and leaves what is there
 *  as it was, when that is not a whole Holdfast store of this version or may not be written. */
export function openFile(path: string): { db: DatabaseSync; close: () => void } {
  const place = placeOf(path);
  const others = held.get(place) ?? 0;
  if (!existsSync(place)) make(place);
  if (others === 0) look(place);

  const db = new DatabaseSync(place, { timeout: busyMsMax });
  try {
    db.exec("PRAGMA synchronous = FULL"); // what was acknowledged outlives a power cut, not just this process
    db.exec("BEGIN IMMEDIATE"); // access() asks for the real user; this asks the disk
    for (const sql of tables.slice(tablesIn[number(db, "PRAGMA user_version")])) db.exec(sql);
    db.exec(`PRAGMA user_version = ${schemaVersion}; COMMIT`);
  } catch (fault) {
    db.close();
    throw refusal(place, writable, (fault as Error).message);
  }
  held.set(place, others + 1);
  return { db, close: () => release(db, place) };
}

function release(db: DatabaseSync, place: string): void {
  if (!db.isOpen) return;
  db.close();
  const left = (held.get(place) ?? 1) - 1;
  if (left > 0) held.set(place, left);
  else held.delete(place);
}

/** The file's one real path, in a directory that is there and may be written. */
function placeOf(path: string): string {
  const directory = dirname(resolve(path));
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    const place = resolve(realpathSync(directory), basename(path));
    if (!existsSync(place)) return place;
    accessSync(place, constants.R_OK | constants.W_OK);
    return realpathSync(place);
  } catch (fault) {
    throw refusal(path, writable, (fault as Error).message);
  }
}

/** Makes an empty store under another name, then gives it its own: whoever looks finds a whole file or none, and of
 *  two that make it at once the second finds the first one's. */
function make(place: string): void {
  const draft = `${place}.${process.pid}.new`;
  rmSync(draft, { force: true }); // of a process with our number that was cut off here
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(draft);
    db.exec("PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL;"); // readers never wait for the writer
    db.exec(`BEGIN; ${tables.join("; ")}; COMMIT;`);
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion};`);
    db.close();
    linkSync(draft, place);
  } catch (fault) {
    const { code, message } = fault as NodeJS.ErrnoException;
    if (code !== "EEXIST") throw refusal(place, writable, message);
  } finally {
    if (db?.isOpen) db.close();
    rmSync(draft, { force: true });
  }
}

/** A file that another process wrote to meanwhile may have looked torn: then the look says nothing, and is repeated. */
function look(place: string): void {
  for (;;) {
    const before = stamp(place);
    try {
      lookThrough(place);
      return;
    } catch (fault) {
      if (stamp(place) === before) throw fault;
    }
  }
}

function stamp(place: string): string {
  const { size, mtimeNs } = statSync(place, { bigint: true });
  return `${size} ${mtimeNs} ${existsSync(`${place}-wal`)}`;
}

/** Reads without a trace. An untouched file is read as `immutable`, which makes no -wal or -shm beside it; one that
 *  has a -wal already is in use, or was when its process died, and is read together with it. */
function lookThrough(place: string): void {
  const there = statSync(place);
  if (!there.isFile()) {
    throw refusal(place, "a file", there.isDirectory() ? "a directory" : "something that is no file");
  }
  if (there.size === 0) throw refusal(place, "a Holdfast store", "an empty file");
  reading(place, { immutable: true }, (db) => {
    const id = number(db, "PRAGMA application_id");
    if (id !== applicationId)
      throw refusal(place, "a Holdfast store", "the SQLite database of another program");
  });
  reading(place, { immutable: !existsSync(`${place}-wal`) }, (db) => {
    const version = number(db, "PRAGMA user_version");
    const has = tablesIn[version];
    if (has === undefined) {
      throw refusal(
        place,
        `a store of version ${schemaVersion}`,
        version > schemaVersion ? `version ${version}, of a newer Holdfast` : `version ${version}`,
      );
    }
    const says = String(db.prepare("PRAGMA integrity_check(1)").get()?.integrity_check);
    if (says !== "ok") throw refusal(place, "a whole database", `a damaged one: ${says}`);
    const made = db.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid").all();
    const other = tables.slice(0, has).find((sql, i) => made[i]?.sql !== sql) ?? made[has]?.sql;
    if (other) throw refusal(place, "the tables of a Holdfast store", `others; it differs in ${other}`);
  });
}

function reading(
  place: string,
  { immutable }: { immutable: boolean },
  look: (db: DatabaseSync) => void,
): void {
  const url = pathToFileURL(place);
  if (immutable) url.searchParams.set("immutable", "1");
  const db = new DatabaseSync(url, { readOnly: true, timeout: busyMsMax });
  try {
    look(db);
  } catch (fault) {
    if (fault instanceof BadInput) throw fault;
    const says = (fault as Error).message; // "file is not a database", "database disk image is malformed"
    throw refusal(place, "a whole SQLite database", says);
  } finally {
    db.close();
  }
}

function number(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

function refusal(place: string, expected: string, came: string): BadInput {
  return new BadInput(
    `Cannot keep the store in ${place}: expected ${expected}; found ${came.replace(/\s+/g, " ")}. Nothing there was changed. Move it away, or choose another --data DIR`,
  );
}
