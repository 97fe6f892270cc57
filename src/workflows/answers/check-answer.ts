/** Shows of what a model wrote only what the retrieved sections bear out, sentence by sentence. */
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { loadLexicon } from '../../knowledge/lexicon.ts';
import { figuresIn, isSameFigure } from '../../language/figures.ts';
import { labelsOf, marksIn, type Mark } from './citation-marks.ts';
import { sayableOf, type Citable } from './citations.ts';
import type { Situation } from './figure-proof.ts';
import { learnHosts, withoutStrangeHosts } from './hosts.ts';
import { withoutMarkup } from './markup.ts';
import { namedUnit, prove, type Demand, type Fault, type Proof } from './proof.ts';
import { shortQuote } from '../../knowledge/quote.ts';
import { proveByRecords, readRecord, type RecordLines } from './record-proof.ts';
import { createSentences, isHeading } from './sentences.ts';
import { readSource, type Source, type Unit } from './sources.ts';
import { coverage, readStatement, type Statement } from './statement.ts';
import { deniesSources, isTalk, remainderOf } from './talk.ts';

/** A sentence that was left out, and why. */
export interface Left {
  sentence: string;
  because: Fault | 'address';
  /** The words that nothing proves, or the sentence that says otherwise. */
  of: string;
  /** The sections by which a second opinion may decide, where our own check cannot. */
  unsure?: readonly Source[] | undefined;
}

export type CheckedAnswer =
  | { verdict: 'founded'; text: string; cited: Citable[]; quotes: string[]; left: Left[] }
  | { verdict: 'not-covered' }
  /** Nothing of the organisation is stated: a question back, a word on what Isma cannot do. */
  | { verdict: 'talk'; text: string }
  | {
      verdict: 'unfounded';
      because: Fault | 'address' | 'empty';
      left: Left[];
      /** What the model cited. */ named: Citable[];
    };

export interface Asked {
  /** Null where it is not known. */
  question: string | null;
  /** As 2026-11-30. */
  today: string;
  /** Parts of the names of everybody here, folded, as soon as records are told of. */
  names?: ReadonlySet<string>;
  /** Statements that a second opinion kept, each with its sentence; left out where none is asked. */
  kept?: ReadonlyMap<string, Unit>;
}
const nobody: Asked = { question: null, today: '1970-01-01' };

/** @param passages  in the order of their numbers: passage 1 first */
export function checkAnswer(
  written: string,
  passages: Citable[],
  asked: Asked = nobody,
  lexicon: Lexicon = loadLexicon(),
): CheckedAnswer {
  return createProving(passages, asked, lexicon).finish(written);
}

export interface Proving {
  /** How much of an answer in the making may be shown: numbers are those of the finished answer, and each sentence is proven once. */
  release(writtenSoFar: string): string;
  finish(written: string): CheckedAnswer;
}

/** Words that do not go on from the last ones begin anew: a call of a tool was between. */
export function createProving(passages: readonly Citable[], asked: Asked, lexicon: Lexicon): Proving {
  const language = lexicon.spokenIn(asked.question ?? '');
  const situation: Situation = {
    ...asked,
    stems: new Set([
      ...lexicon.stems(asked.question ?? '', language),
      ...lexicon.stems(asked.question ?? '', 'en'),
    ]),
  };
  const named = figuresIn(asked.question ?? '');
  const sources = new Map<number, Source>();
  const records = new Map<number, RecordLines>();
  let answer = beginAnswer();

  function beginAnswer() {
    return {
      sentences: createSentences(),
      /** Not yet decided: no mark stands behind them so far. */
      pending: [] as string[],
      shown: '',
      written: '',
      language: { at: -1, name: 'en' },
      order: [] as number[],
      quotes: [] as string[],
      named: new Set<number>(),
      lastCited: [] as number[],
      /** The mark of what was shown without one, as long as none follows. */
      owed: null as (() => string) | null,
      left: [] as Left[],
      denials: 0,
      talk: 0,
      foreign: false,
      /** What may be shown before the end, once a second opinion may put something behind it. */
      settled: null as string | null,
    };
  }

  function sourceAt(n: number): Source | null {
    const passage = passages[n - 1];
    if (passage === undefined) return null;
    const known = sources.get(n) ?? readSource(lexicon, passage);
    sources.set(n, known);
    return known;
  }

  function recordAt(n: number): RecordLines | null {
    const told = passages[n - 1];
    if (told?.kind !== 'record') return null;
    const known = records.get(n) ?? readRecord(lexicon, told);
    records.set(n, known);
    return known;
  }

  const everyRecord = () => passages.flatMap((_, at) => recordAt(at + 1) ?? []);

  /** What is said of records is held against their lines, one at a time. */
  function proofBy(statement: Statement, numbers: readonly number[], demand: Demand): Proof {
    const told = numbers.flatMap((n) => recordAt(n) ?? []);
    const read = numbers.flatMap((n) => sourceAt(n) ?? []);
    if (read.length === 0) return { holds: false, because: 'words', of: statement.text, onMatter: false };
    const kept = asked.kept?.get(statement.text);
    if (kept !== undefined && read.some(({ units }) => units.includes(kept)))
      return { holds: true, units: [kept], score: 1 };
    return told.length === 0
      ? prove(statement, read, situation, demand)
      : proveByRecords(lexicon, statement, {
          told,
          others: everyRecord(),
          read,
          situation,
          demand,
          names: asked.names ?? new Set(),
        });
  }

  function read(written: string, finished: boolean): void {
    if (!answer.sentences.continues(written)) answer = beginAnswer();
    for (const raw of answer.sentences.next(written, finished)) {
      const cleaned = withoutMarkup(raw);
      answer.foreign ||= cleaned.foreign;
      const sentence = cleaned.text;
      if (/\p{L}/u.test(sentence)) answer.written += sentence;
      const cited = citedIn(marksOf(sentence));
      answer.pending.push(sentence);
      if (cited.length > 0) decide(cited);
    }
    if (finished) decide(answer.lastCited);
  }

  function marksOf(text: string): Mark[] {
    return marksIn(text, passages.length, labelsOf(passages));
  }

  function citedIn(marks: readonly Mark[]): number[] {
    return [...new Set(marks.flatMap(({ numbers }) => numbers))].filter((n) => passages[n - 1] !== undefined);
  }

  /** Decides the sentences that wait: the marks behind the last of them are those of all that have none. */
  function decide(cited: number[]): void {
    let carried = '';
    const waiting = answer.pending;
    answer.pending = [];
    for (const n of cited) answer.named.add(n);
    for (const [at, sentence] of waiting.entries()) {
      const text = carried + sentence;
      carried = '';
      const isLast = at === waiting.length - 1;
      const leadsOn = !/[\p{L}\p{N}]/u.test(sentence) || isHeading(sentence) || isOpening(text);
      if (leadsOn && !isLast) carried = text;
      else judge(text, cited, isLast);
    }
    if (answer.owed !== null) answer.shown = `${answer.shown.trimEnd()}${answer.owed()}`;
    answer.owed = null;
    answer.lastCited = cited;
  }

  /** «Yes.» and «There is no 90-day rule.» stand or fall with what follows them. */
  function isOpening(text: string): boolean {
    if (text.length > longestOpening) return false;
    const { terms, figures } = statementOf(text, []);
    return (
      terms.every(({ weight }) => weight < 1) &&
      figures.every((figure) => named.some((known) => isSameFigure(figure, known)))
    );
  }

  function statementOf(text: string, marks: readonly Mark[]): Statement {
    return readStatement(lexicon, withoutMarks(text, marks), languageOf());
  }

  /** That of all that was written so far: one sentence alone may tell little. */
  function languageOf(): string {
    const { written, language } = answer;
    if (language.at !== written.length && language.at < enoughToTell)
      answer.language = { at: written.length, name: lexicon.spokenIn(written) };
    return answer.language.name;
  }

  function judge(text: string, around: number[], isLast: boolean): void {
    if (text.trim() === '' || answer.foreign) return;
    if (text.length > longestStatement)
      return leave(text, { holds: false, because: 'words', of: '', onMatter: false });
    const marks = marksOf(text);
    const own = citedIn(marks);
    const statement = statementOf(text, marks);
    const quoted = marks.map(({ words: said }) => said).filter((said) => said !== '').join(' … '); // prettier-ignore
    if (own.length === 0 && deniesSources(statement.text)) {
      const rest = readStatement(lexicon, remainderOf(statement.text), languageOf());
      const found =
        rest.terms.length < 2 && rest.figures.length === 0 ? null : proven(rest, around, '', false);
      if (found !== null && !found.proof.holds) return leave(text, found.proof);
      answer.denials += 1;
      return show(bareOf(text, marks));
    }
    if (own.length === 0 && isTalk(statement.text, statement)) {
      answer.talk += 1;
      return show(bareOf(text, marks));
    }
    const found = proven(statement, own.length > 0 ? own : around, quoted, own.length > 0);
    if (found.proof.holds)
      return showProven(
        text,
        marks,
        statement,
        found.numbers,
        found.proof,
        isLast || !found.numbers.every((n) => around.includes(n)),
      );
    if (own.length > 0 && deniesSources(statement.text)) {
      const rest = readStatement(lexicon, remainderOf(statement.text), languageOf());
      if (rest.terms.length === 0) {
        answer.denials += 1;
        return show(bareOf(text, marks));
      }
      const part = proven(rest, own, quoted, true);
      if (part.proof.holds) return showProven(text, marks, rest, part.numbers, part.proof, true);
    }
    leave(text, found.proof);
  }

  function leave(text: string, proof: Proof): void {
    if (proof.holds) return;
    const { because, of, unsure } = proof;
    answer.left.push({ sentence: text.trim(), because, of, unsure });
    if (unsure !== undefined && asked.kept !== undefined) answer.settled ??= answer.shown;
  }

  /** By what is cited, else by the one section that says it, whichever number was given. */
  function proven(
    statement: Statement,
    cited: readonly number[],
    quoted: string,
    own: boolean,
  ): { proof: Proof; numbers: number[] } {
    const language = languageOf();
    const first = proofBy(statement, cited, { cited: own ? 'here' : 'near', words: quoted, language });
    if (first.holds || (first.onMatter && own)) return { proof: first, numbers: [...cited] };
    let best: { proof: Proof; numbers: number[] } | null = null;
    for (let n = 1; n <= passages.length; n += 1) {
      const source = sourceAt(n);
      if (source === null || (cited.length === 1 && cited[0] === n)) continue;
      const named = quoted !== '' && namedUnit(source.units, quoted) !== null;
      const proof = proofBy(statement, [n], {
        cited: named ? 'here' : own ? 'nowhere' : 'near',
        words: quoted,
        language,
      });
      if (proof.holds && (best === null || (best.proof.holds && proof.score > best.proof.score)))
        best = { proof, numbers: [n] };
    }
    return best ?? { proof: first, numbers: [...cited] };
  }

  function showProven(
    text: string,
    marks: readonly Mark[],
    statement: Statement,
    numbers: number[],
    proof: Extract<Proof, { holds: true }>,
    needsMark: boolean,
  ): void {
    const own = citedIn(marks);
    const moved = own.length === 0 || !own.every((n) => numbers.includes(n));
    let isFirst = true;
    let written = '';
    let at = 0;
    for (const mark of marks) {
      const listed = moved ? (isFirst ? numbers : []) : mark.numbers.filter((n) => numbers.includes(n));
      isFirst = false;
      written += text.slice(at, mark.from) + shownMark(listed, statement, proof);
      at = mark.to;
    }
    written += text.slice(at);
    const known = hostsOf(numbers);
    const clean = withoutStrangeHosts(written, known);
    if (clean !== written) {
      answer.foreign = true;
      return;
    }
    if (marks.length > 0) answer.owed = null;
    else if (!needsMark) answer.owed = () => shownMark(numbers.slice(0, 1), statement, proof);
    if (marks.length > 0 || !needsMark) return show(clean);
    answer.owed = null;
    show(
      `${clean.trimEnd()}${shownMark(numbers.slice(0, 1), statement, proof)}${/\s*$/.exec(clean)?.[0] ?? ''}`,
    );
  }

  function hostsOf(numbers: readonly number[]): Set<string> {
    const hosts = new Set<string>();
    for (const n of numbers) {
      const passage = passages[n - 1];
      if (passage !== undefined) learnHosts(hosts, sayableOf(passage));
    }
    return hosts;
  }

  function shownMark(
    numbers: readonly number[],
    statement: Statement,
    proof: Extract<Proof, { holds: true }>,
  ): string {
    return numbers.length === 0
      ? ''
      : ` ${numbers.map((n) => `[${numberOf(n, statement, proof)}]`).join('')}`;
  }

  /** In the order of the answer, each with the sentence that shows what it is first cited for. */
  function numberOf(n: number, { terms }: Statement, { units }: Extract<Proof, { holds: true }>): number {
    const source = sourceAt(n);
    if (!answer.order.includes(n) && source !== null) {
      answer.order.push(n);
      const share = (unit: (typeof source.units)[number]) => coverage(terms, unit.stems, unit.above) ?? 0;
      const shown =
        units.flatMap(
          (unit) => source.units.find(({ sentence }) => sentence.text === unit.sentence.text) ?? [],
        )[0] ?? source.units.reduce((one, other) => (share(other) > share(one) ? other : one));
      answer.quotes.push(shortQuote(shown.sentence.text));
    }
    return answer.order.indexOf(n) + 1;
  }

  function bareOf(text: string, marks: readonly Mark[]): string {
    const known = withoutMarks(text, marks);
    const clean = withoutStrangeHosts(known, new Set());
    if (clean !== known) answer.foreign = true;
    return clean;
  }

  function show(text: string): void {
    if (answer.foreign) return;
    answer.shown += answer.shown === '' ? text.trimStart() : text;
  }

  return {
    release(writtenSoFar) {
      read(writtenSoFar, false);
      return answer.order.length === 0 ? '' : (answer.settled ?? answer.shown).trimEnd();
    },
    finish(written) {
      read(written, true);
      const { shown, order, quotes, left, denials, talk, foreign, named } = answer;
      answer = beginAnswer();
      if (foreign) return { verdict: 'unfounded', because: 'address', left, named: passagesOf(named) };
      if (order.length > 0)
        return { verdict: 'founded', text: shown.trim(), cited: passagesOf(order), quotes, left };
      if (denials > 0) return { verdict: 'not-covered' };
      if (talk > 0 && left.length === 0) return { verdict: 'talk', text: shown.trim() };
      return { verdict: 'unfounded', because: left[0]?.because ?? 'empty', left, named: passagesOf(named) };
    },
  };

  function passagesOf(numbers: Iterable<number>): Citable[] {
    return [...numbers].flatMap((n) => passages[n - 1] ?? []);
  }
}

function withoutMarks(text: string, marks: readonly Mark[]): string {
  return marks.toReversed().reduce((left, { from, to }) => left.slice(0, from) + left.slice(to), text);
}

/** Characters after which the language of an answer is known. */
const enoughToTell = 400;
const longestOpening = 80;
/** Nobody says so much in one sentence. */
const longestStatement = 2_000;
