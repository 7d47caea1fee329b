/** infra/aws · pure. How large the functions are: what they cost hangs on it. */

export const sizes = {
  proberMb: 512, // with fewer, the share of a processor that comes with it makes sixty questions late
  analyzerMb: 512, // a tick over thirty targets from three places took 5 ms of a processor, and the process 150 MB
  dashboardMb: 512,
  statusMb: 256, // one sentence
  auditorMb: 256, // twenty calls, one after another
  drainMb: 512, // a checker waits two seconds, a first start included
};
