/** store · nouns. What every room talks about, each checked once, at the border where it is read.
 *  Instants (`at`, `since`) are epoch milliseconds; durations say their unit in their name.
 *
 *  - `places.ts`    a region, its role, a node of the dependency graph
 *  - `asking.ts`    a target: what is asked about
 *  - `hearing.ts`   an observation, a round of them from one vantage point, the users' own voice
 *  - `judging.ts`   health, anomalies, the cascade, the scope: an assessment
 *  - `deciding.ts`  the standing, orders, a decision with its reasons, a report
 *  - `telling.ts`   incidents, and who has been told of them
 *  - `topology.ts`  what is watched, from where, and which region does what
 *  - `border.ts`    how any of them is checked, and the error that says what was expected */
export * from "./records/asking.ts";
export * from "./records/border.ts";
export * from "./records/deciding.ts";
export * from "./records/hearing.ts";
export * from "./records/judging.ts";
export * from "./records/places.ts";
export * from "./records/telling.ts";
export * from "./records/topology.ts";
