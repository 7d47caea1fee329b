/** infra/account · the door. The loop in an AWS account: the rooms are the same as on the laptop, the world at the rim is not.
 *
 *      entries/        the functions: prober, analyzer, dashboard, auditor, and drain, which an `endpoint` lever stands on;
 *                      and container, the dashboard as a server of its own
 *      environment.ts  what each is told, read and written in one place, by variables.ts;  bundle.ts  pack.ts  pack them
 *      run.ts          one start of a function;  beats.ts  how starts hand over to each other
 *      prober.ts  analyzer.ts  dashboard.ts  status.ts  container.ts  drain.ts  auditor.ts  what each wires together
 *      places.ts       where things are kept;  deadline.ts  and by when a beat has ended;  calls.ts  how AWS is called
 *      readers/        what CloudWatch tells: canaries, load balancers
 *      audited.ts      what the auditor found, kept and read
 *      hands.ts        what traffic is moved with: traffic.ts over lever/ and actions/
 *      after.ts  listener.ts  who is told after a tick, and who notices when there is none, by desk.ts */
export { readEnvironment, writeEnvironment } from "./environment.ts";
export { paths as leverPaths } from "./lever/mod.ts";
