/** Divides a sentence into what is said in one breath, and tells whether that allows, obliges or denies. */
import { figuresIn } from '../../language/figures.ts';
import { words } from '../../language/vocabulary.ts';

const denying = words('statements/denying');
const notDenying = words('statements/not denying');
const optional = words('statements/optional');
const shutting = words('statements/shutting');
const allowing = words('statements/allowing');
const obliging = words('statements/obliging');
const only = words('statements/only');
const excepting = words('statements/excepting');
const conditional = words('statements/conditional');

export interface Leaning {
  denies: boolean;
  shuts: boolean;
  allows: boolean;
  obliges: boolean;
  /** It says so of one thing alone, or but for some. */
  only: boolean;
  excepts: boolean;
}

export function leaningOf(text: string): Leaning {
  // «in May» allows nothing.
  const modal = text.replace(/(?<=\p{Ll} )May\b/gu, '   ');
  const plainly = notDenying
    .findAll(modal)
    .reduce((left, { from, to }) => left.slice(0, from) + ' '.repeat(to - from) + left.slice(to), modal);
  return {
    denies: denying.has(plainly) || optional.has(plainly),
    shuts: shutting.has(plainly),
    allows: allowing.has(plainly),
    obliges: obliging.has(plainly),
    only: only.has(plainly),
    excepts: excepting.has(plainly),
  };
}

export function isConditional(clause: string): boolean {
  return conditional.begins(clause)?.from === clause.search(/[\p{L}\p{N}]/u);
}

const strong = /[;:]\s|\s[–—-]\s/u;
const weak = /,\s|\s(?=(?:and|but|or|und|aber|sondern|oder|et|mais|ou|y|pero)\s)/giu;

/** A sentence in its clauses; a table row in its cells, each with the heads of its row and column. */
export function clausesOf({ text, tableHead }: { text: string; tableHead: string | null }): string[] {
  if (tableHead === null) return text.split(strong).flatMap(dividedByFigures).filter((clause) => /[\p{L}\p{N}]/u.test(clause)); // prettier-ignore
  const [first = '', ...cells] = cellsOf(text);
  const heads = cellsOf(tableHead);
  return cells.length === 0 ? [text] : cells.map((cell, at) => `${first} · ${heads[at + 1] ?? ''} · ${cell}`);
}

/** A text cut wherever something new may begin: at a comma, at «and», at «but». */
export function piecesOf(text: string): { from: number; to: number }[] {
  const breaks = [...text.matchAll(new RegExp(`${strong.source}|${weak.source}`, 'giu'))];
  const starts = [0, ...breaks.map(({ 0: sign, index }) => index + sign.length)];
  const ends = [...breaks.map(({ index }) => index), text.length];
  return starts.map((from, at) => ({ from, to: ends[at] ?? text.length }));
}

/** «Family, friends and guests must not use it» is one clause; where each side has its own figure or verb of duty, they are two. */
function dividedByFigures(text: string): string[] {
  const clauses: string[] = [];
  const breaks = [...text.matchAll(weak)].map(({ 0: sign, index }) => ({
    at: index,
    next: index + sign.length,
  }));
  /** Where the open clause begins, where it ends so far, and where its next piece begins. */
  let begin = 0;
  let end = 0;
  let from = 0;
  for (const { at, next } of [...breaks, { at: text.length, next: text.length }]) {
    const open = text.slice(begin, end);
    const piece = text.slice(from, at);
    const isDivided = open !== '' && (isConditional(open) || (isWeighty(open) && isWeighty(piece) && !areOneFigure(open, piece, text.slice(begin, at)))); // prettier-ignore
    if (isDivided) {
      clauses.push(open);
      begin = from;
    }
    end = at;
    from = next;
  }
  return [...clauses, text.slice(begin, end)];
}

/** «an hour and a half», «between 8 and 11 p.m.». */
function areOneFigure(open: string, piece: string, both: string): boolean {
  const keys = (said: string) => figuresIn(said).map(({ key }) => key).sort().join(' '); // prettier-ignore
  return [keys(open), keys(piece)].filter((each) => each !== '').join(' ').split(' ').sort().join(' ') !== keys(both); // prettier-ignore
}

function isWeighty(piece: string): boolean {
  const { denies, shuts, allows, obliges } = leaningOf(piece);
  return denies || shuts || allows || obliges || figuresIn(piece).length > 0;
}

function cellsOf(row: string): string[] {
  return row
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());
}
