/**
 * Holds what is said of records against the lines that a tool told: each part of a statement must stand in one line, with its names,
 * days and counts, so that nothing is put together that belongs to two.
 */
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { plain, words } from '../../language/vocabulary.ts';
import { labelKeys } from './citation-marks.ts';
import type { RecordText } from './citations.ts';
import { piecesOf } from './clauses.ts';
import type { Situation } from './figure-proof.ts';
import { prove, type Demand, type Proof } from './proof.ts';
import { readSource, type Source, type Unit } from './sources.ts';
import { coverage, readStatement, type Statement, type Term } from './statement.ts';

const pending = words('statements/pending');

export interface RecordLines {
  record: RecordText;
  lines: Source[];
}

/** How much of the words one line must say, with a figure that it gives and without; less where the line is in another language. */
const least = { figure: 0.4, plain: 0.6 };
const abroad = 0.55;
/** What the record's title says of the words, beside 1 for the line itself. */
const titleShare = 0.6;
/** Parts that one line may bear out together, and parts of a statement at all. */
const mostTogether = 4;
const mostParts = 16;

export function readRecord(lexicon: Lexicon, record: RecordText): RecordLines {
  const lines = record.body.split('\n').map((line) => readSource(lexicon, { ...record, body: line }));
  return { record, lines };
}

export interface Telling {
  told: readonly RecordLines[];
  /** Further ones, where a part names them. */
  others: readonly RecordLines[];
  /** Those and the sections that are cited beside them. */
  read: readonly Source[];
  situation: Situation;
  demand: Demand;
  /** Parts of names of people, folded. */
  names: ReadonlySet<string>;
}

export function proveByRecords(lexicon: Lexicon, statement: Statement, telling: Telling): Proof {
  const { text } = statement;
  const pieces = piecesOf(text);
  const units: Unit[] = [];
  const fault: Proof = { holds: false, because: 'words', of: text, onMatter: false };
  if (pieces.length > mostParts) return fault;
  let at = 0;
  while (at < pieces.length) {
    let found: Unit | null = null;
    let next = at;
    for (let end = Math.min(pieces.length, at + mostTogether); end > at && found === null; end -= 1) {
      const part = text.slice(pieces[at]?.from, pieces[end - 1]?.to);
      found = lineFor(lexicon, part, telling);
      next = end;
    }
    if (found === null) return { ...fault, of: text.slice(pieces[at]?.from) };
    units.push(found);
    at = next;
  }
  return { holds: true, units, score: 1 };
}

const referred = /[A-Z]{1,4}-(?:\d{4}-)?\d{1,6}(?!\d)/giu;

/** The line, or the sentence of a section, that bears a part out. */
function lineFor(lexicon: Lexicon, part: string, telling: Telling): Unit | null {
  const { told, others, read, situation, demand, names } = telling;
  const references = (part.match(referred) ?? []).map((each) => labelKeys(each)[0]);
  const statement = readStatement(lexicon, part.replace(referred, ' '), demand.language);
  const people = namesIn(part, names);
  const said = { part, statement, people };
  const named = others.filter(({ record }) =>
    labelKeys(record.reference).some((key) => references.includes(key)),
  );
  for (const { record, lines } of [...told, ...named]) {
    // What is said of one record is not to be looked for in another.
    const isNamed = labelKeys(record.reference).some((key) => references.includes(key));
    if (!isNamed && (references.length > 0 || demand.cited === 'nowhere')) continue;
    for (const line of lines) {
      if (
        says(line, said, record, demand) &&
        prove(statement, [line], situation, { ...demand, cited: 'here' }).holds
      )
        return line.units[0] ?? null;
    }
  }
  if (references.length > 0) return null;
  const sections = read.filter(({ passage }) => passage.kind !== 'record');
  const proof = sections.length === 0 ? null : prove(statement, sections, situation, demand);
  return proof?.holds === true ? (proof.units[0] ?? null) : null;
}

function says(
  { units, passage }: Source,
  { part, statement, people }: { part: string; statement: Statement; people: string[] },
  { title, heading, exact }: RecordText,
  { language }: Demand,
): boolean {
  const here = plain(`${passage.body} ${title} ${heading}`).split(' ');
  if (!people.every((name) => here.includes(name))) return false;
  const stems = new Set(units.flatMap((unit) => [...unit.stems]));
  const above = new Set(units.flatMap((unit) => [...unit.above]));
  // «Blocks the certificate until it is verified» does not say that it is.
  const isSo = pending.has(part) ? passage.body : passage.body.slice(0, pending.find(passage.body)?.from);
  const stated = plain(isSo).split(' ');
  if (
    plain(part)
      .split(' ')
      .some((word) => exact.includes(word) && !stated.includes(word))
  )
    return false;
  const hasFigure = statement.figures.length > 0;
  const isPerson = ({ targets }: Term) =>
    targets.some((target) => target.stems.some((stem) => people.some((name) => name.startsWith(stem))));
  // A name says nothing of what is said of it; in another language, it and a figure of the same line do.
  const counted =
    language !== 'en' && hasFigure ? statement.terms : statement.terms.filter((term) => !isPerson(term));
  const share = coverage(counted, stems, above, titleShare) ?? (hasFigure ? 1 : 0);
  const needed = hasFigure ? least.figure : least.plain;
  return share >= (language === 'en' ? needed : needed * abroad);
}

function namesIn(text: string, names: ReadonlySet<string>): string[] {
  return (text.match(/\p{Lu}[\p{L}'’-]+/gu) ?? [])
    .flatMap((word) => plain(word.replace(/['’]s?$/u, '')).split(' '))
    .filter((word) => names.has(word));
}
