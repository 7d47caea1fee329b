/** infra/aws · pure. How large the functions are: what they cost hangs on it. */

export const sizes = {
  proberMb: 512, // with fewer, the share of a processor that comes with it makes sixty questions late
  analyzerMb: 1024,
  dashboardMb: 512,
};
