/** dashboard · pure. The JSON API told to programs, in OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html): made from
 *  the very schemas that requests are checked with and answers are held to. */
import * as z from "zod";
import {
  AskedAnswer,
  DecisionAnswer,
  DecisionsAnswer,
  DrillsAnswer,
  ErrorAnswer,
  FaultsAnswer,
  HistoryAnswer,
  StateAnswer,
} from "./answers.ts";
import { Ask } from "./ask.ts";
import { FaultAsk, HistoryAsk, Limit } from "./asks.ts";

const answers = {
  State: StateAnswer,
  History: HistoryAnswer,
  Decision: DecisionAnswer,
  Decisions: DecisionsAnswer,
  Drills: DrillsAnswer,
  Asked: AskedAnswer,
  Faults: FaultsAnswer,
  Error: ErrorAnswer,
} as const;
type Name = keyof typeof answers;

const schemaOf = (schema: z.ZodType, io: "input" | "output") => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
};
const refersTo = (name: Name) => ({ $ref: `#/components/schemas/${name}` });
const json = (name: Name, description: string) => ({
  description,
  content: { "application/json": { schema: refersTo(name) } },
});

const refusals = {
  400: "What was sent is wrong",
  404: "There is no such thing",
  408: "The body did not arrive in time",
  409: "Not now: the answer says why",
  413: "The body is too large",
  415: "The body is not JSON",
  429: "Too many requests in this minute",
} as const;
const says = (...statuses: (keyof typeof refusals)[]) =>
  Object.fromEntries(statuses.map((status) => [status, json("Error", refusals[status])]));
const bodyRefusals = says(400, 408, 413, 415, 429);

const query = (name: string, schema: z.ZodType, description: string) => ({
  name,
  in: "query",
  description,
  schema: schemaOf(schema, "input"),
});
const takes = (schema: z.ZodType) => ({
  required: true,
  content: { "application/json": { schema: schemaOf(schema, "input") } },
});

const reading = {
  "/api/state": {
    get: {
      summary: "How things stand",
      operationId: "state",
      parameters: [
        {
          name: "If-None-Match",
          in: "header",
          description: "The ETag of the state already at hand",
          schema: { type: "string" },
        },
      ],
      responses: { 200: json("State", "The state"), 304: { description: "It is still that one" } },
    },
  },
  "/api/live": {
    get: {
      summary: "The same, and again with every change, as server-sent events named `state`",
      operationId: "live",
      parameters: [
        {
          name: "Last-Event-ID",
          in: "header",
          description: "The newest event already heard",
          schema: { type: "string" },
        },
        {
          name: "after",
          in: "query",
          description: "The same, for the first time",
          schema: { type: "string" },
        },
      ],
      responses: {
        200: {
          description: "A stream; the data of each event is a State",
          content: { "text/event-stream": { schema: { type: "string" } } },
        },
        503: { description: "Holdfast is stopping" },
      },
    },
  },
  "/api/history": {
    get: {
      summary: "Lines over time, at most 600 stretches",
      operationId: "history",
      parameters: [query("minutes", HistoryAsk.shape.minutes, "How far back, 1 to 2880; 15 when left out")],
      responses: { 200: json("History", "The lines"), ...says(400) },
    },
  },
  "/api/decisions": {
    get: {
      summary: "The journal, newest first",
      operationId: "decisions",
      parameters: [query("limit", Limit, "At most so many; 40 when left out")],
      responses: { 200: json("Decisions", "The decisions"), ...says(400) },
    },
  },
  "/api/decisions/{id}": {
    get: {
      summary: "One record, with all it was made from",
      operationId: "decision",
      parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
      responses: { 200: json("Decision", "The record"), ...says(404) },
    },
  },
  "/api/drills": {
    get: {
      summary: "Every move and what it took, newest first",
      operationId: "drills",
      responses: { 200: json("Drills", "The moves") },
    },
  },
  "/api/openapi.json": {
    get: {
      summary: "This document",
      operationId: "openapi",
      responses: {
        200: { description: "OpenAPI 3.1", content: { "application/json": { schema: { type: "object" } } } },
      },
    },
  },
};

const acting = {
  "/api/requests": {
    post: {
      summary: "Asks for a move, a hold, a drill, maintenance; taken up in the next round",
      operationId: "ask",
      requestBody: takes(Ask),
      responses: { 202: json("Asked", "Kept for the next round"), ...bodyRefusals, ...says(409) },
    },
  },
};

const playing = {
  "/api/faults": {
    get: {
      summary: "What can be broken and what is",
      operationId: "faults",
      responses: { 200: json("Faults", "The faults") },
    },
    post: {
      summary: "Breaks something of the local world",
      operationId: "break",
      requestBody: takes(FaultAsk),
      responses: { 201: json("Faults", "The faults now"), ...bodyRefusals },
    },
    delete: {
      summary: "Mends everything",
      operationId: "mend",
      responses: { 200: json("Faults", "The faults now"), ...says(429) },
    },
  },
};

/** A path of the API with its parts filled in, and perhaps a query: what a program of ours may ask for. */
export type ApiPath = Filled<keyof typeof reading | keyof typeof acting | keyof typeof playing>;
type Filled<P extends string> = P extends `${infer A}{${string}}${infer B}`
  ? `${A}${string}${B}`
  : P | `${P}?${string}`;

/** `secured`: whether everybody is asked who they are. `playable`: whether there is a world to break. */
export const openApi = ({ secured, playable }: { secured: boolean; playable: boolean }) => ({
  openapi: "3.1.0",
  info: {
    title: "Holdfast",
    version: "1",
    description:
      "How things stand, and what a person may ask for. Instants are ISO 8601 in UTC; null means not known, never zero.",
    license: { name: "MIT", identifier: "MIT" },
  },
  servers: [{ url: "/" }],
  paths: { ...reading, ...acting, ...(playable ? playing : {}) },
  components: {
    schemas: Object.fromEntries(
      Object.entries(answers).map(([name, schema]) => [name, schemaOf(schema, "output")]),
    ),
    ...(secured
      ? {
          securitySchemes: {
            token: { type: "http", scheme: "bearer", description: "With a role: read or act" },
          },
        }
      : {}),
  },
  ...(secured ? { security: [{ token: [] }] } : { security: [] }),
});
