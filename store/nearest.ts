/** store · pure. What somebody probably meant, for messages at the border. */

/** The word that takes the fewest edits to reach, if it takes few enough to be a slip. */
export function nearest(word: string, words: readonly string[]): string | null {
  const scored = words.map((w) => ({ w, edits: editsBetween(word.toLowerCase(), w) }));
  const best = scored.sort((a, b) => a.edits - b.edits)[0];
  return best && best.edits <= Math.max(2, best.w.length / 3) ? best.w : null;
}

/** Levenshtein's distance: insertions, deletions and replacements. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row.push(Math.min((above[j - 1] ?? 0) + same, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
  }
  return row[b.length] ?? 0;
}
