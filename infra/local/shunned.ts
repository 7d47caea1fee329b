/** infra/local · numbers. Ports that browsers refuse to go to, and Node's own fetch with them, as another protocol lives
 *  there: those above 1023 of the Fetch standard, "bad port" (https://fetch.spec.whatwg.org/#port-blocking). */
export const shunned: readonly number[] = [
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10080,
];
