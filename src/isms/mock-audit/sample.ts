/**
 * Drawing cases at random so that anybody can draw the same again: each row is given SHA-256 of `seed:hash of the list:number of the
 * row`, and those with the lowest are the sample, in that order. With the same seed a larger sample holds the smaller one.
 */
import { createHash } from 'node:crypto';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** Of a list, whatever file it came in. */
export function listHash(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return hashOf(JSON.stringify([columns, rows]));
}

/**
 * @param rows  how many the list has
 * @param size  how many are drawn; more than there are, and all of them are
 * @returns numbers of rows, from 1, in the order in which they were drawn
 */
export function drawSample(seed: string, list: string, rows: number, size: number): number[] {
  return Array.from({ length: rows }, (_, index) => index + 1)
    .map((row) => ({ row, key: hashOf(`${seed}:${list}:${row}`) }))
    .toSorted((one, other) => (one.key < other.key ? -1 : 1))
    .slice(0, Math.max(0, size))
    .map(({ row }) => row);
}

/** What auditors commonly look at: the square root of the list, five at least, twenty-five at most. */
export function usualSize(rows: number): number {
  return Math.min(rows, 25, Math.max(5, Math.round(Math.sqrt(rows))));
}

/** How surprising a sample may be that finds none of those that fail: it happens once in twenty times, or more often. */
const unsurprising = 0.05;

/** Of a list of which so many were drawn and none failed: how many of the others could fail, and it would be no surprise. */
export function couldFail(rows: number, drawn: number): number {
  let chance = 1;
  for (let failing = 1; failing <= rows - drawn; failing += 1) {
    chance *= (rows - drawn - failing + 1) / (rows - failing + 1);
    if (chance < unsurprising) return failing - 1;
  }
  return rows - drawn;
}
