/** Text at the width of a screen: lines break between words, and never within one that fits on a line. */

/** Columns that a table keeps for a column, whatever else is wide. */
const narrowestColumn = 6;
/** Stands for a space at which no line may break. */
const glue = '\uE000';

/** What is pressed stays in one piece, as does a number with its unit. */
export function inOnePiece(text: string): string {
  return text.replaceAll(' ', glue);
}

/** @param text  colours count for nothing, and what leads a line leads those that it breaks into as blanks */
export function wrap(text: string, width: number): string {
  return text
    .replace(/(?<=\d) (?=[%€])|(?<=§) (?=\d)/g, glue)
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n')
    .replaceAll(glue, ' ');
}

function wrapLine(line: string, width: number): string {
  const lead = ' '.repeat((/^\s*(?:[-|] |\(\d+\) |\d+ {2}|\d+\. )?/.exec(line)?.[0] ?? '').length);
  const lines: string[] = [];
  let current: string | null = null;
  for (const word of line.split(' ')) {
    const fits: boolean = current === null || current.trim() === '' || lengthOf(current) + 1 + lengthOf(word) <= width;
    if (current !== null && !fits) {
      if (word === '') continue;
      lines.push(current.trimEnd());
      current = `${lead}${word}`;
    } else current = current === null ? word : `${current} ${word}`;
  }
  return [...lines, current ?? ''].join('\n');
} // prettier-ignore

/** Columns of a line, without what colours it. */
function lengthOf(text: string): number {
  return text.replace(/\u001B\[\d+m/g, '').length;
}

/** @param left  columns before each line; whoever places the text writes those of the first */
export function hanging(text: string, left: number, width: number): string {
  return wrap(text, width - left).replaceAll('\n', `\n${' '.repeat(left)}`);
}

export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}

/**
 * Cells below each other, the wide ones broken into lines between words. Where the screen is too narrow for that, each row stands
 * as lines of its own, its first cell above the others and those by the names of their columns.
 *
 * @param head  how the first line is shown
 */
export function tableLines(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  head: (line: string) => string,
): string {
  const widths = columnWidths([columns, ...rows], width);
  if (widths === null) return rows.map((row) => rowAlone(columns, row, width)).join('\n\n');
  const lines = [columns, ...rows].map((row) => {
    const cells = row.map((cell, at) => wrap(cell, widths[at] ?? 0).split('\n'));
    return Array.from({ length: Math.max(...cells.map((cell) => cell.length)) }, (_, line) =>
      cells
        .map((cell, at) => (cell[line] ?? '').padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    ).join('\n');
  });
  return [head(lines[0] ?? ''), ...lines.slice(1)].join('\n');
}

/** Null where words would have to be broken. */
function columnWidths(all: readonly (readonly string[])[], width: number): number[] | null {
  const over = (measure: (cell: string) => number) =>
    (all[0] ?? []).map((_, at) => Math.max(...all.map((row) => measure(row[at] ?? ''))));
  const narrowest = over((cell) =>
    Math.max(narrowestColumn, ...wrap(cell, 1).split('\n').map((word) => word.length)),
  ); // prettier-ignore
  const widths = over((cell) => cell.length);
  const room = width - 2 * (widths.length - 1);
  while (sum(widths) > room) {
    const spare = widths.map((each, at) => (each > (narrowest[at] ?? 0) ? each : 0));
    const widest = Math.max(...spare);
    if (widest === 0) return null;
    widths[spare.indexOf(widest)] = widest - 1; // of two wide ones each gives some
  }
  return widths;
}

function rowAlone(columns: readonly string[], row: readonly string[], width: number): string {
  return row
    .flatMap((cell, at) => {
      if (cell === '') return [];
      return at === 0 ? [wrap(cell, width)] : [`  ${hanging(`${columns[at] ?? ''}: ${cell}`, 2, width)}`];
    })
    .join('\n');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
