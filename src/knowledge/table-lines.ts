/** Stored text as it is read in chat: rows of tables become lines. */

const row = /^\s*\|/;

/** Tables as lines, each cell with the head that says what it means; no more than one blank line at a time. */
export function asLines(body: string): string {
  const lines = body.split('\n');
  let head: string | null = null;
  const shown = lines.flatMap((line, at) => {
    if (!row.test(line)) {
      head = null;
      return [line];
    }
    if (head !== null) return [rowAsLine(head, line)];
    head = line;
    // A table of one row has no head.
    return row.test(lines[at + 1] ?? '') || row.test(lines[at - 1] ?? '') ? [] : [rowAsLine('', line)];
  });
  return shown
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function cellsOf(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(' | ')
    .map((cell) => cell.replace(/^\||\|$/g, '').trim());
}

/** «Invoices · Kept for: 10 years»: the first cell is what the row is about, and needs no head. */
export function rowAsLine(head: string, line: string): string {
  const heads = cellsOf(head);
  return cellsOf(line)
    .map((cell, at) => (at === 0 || (heads[at] ?? '') === '' ? cell : `${heads[at]}: ${cell}`))
    .filter((cell) => cell !== '')
    .join(' · ');
}
