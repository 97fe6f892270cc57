/** What one clause of a message says outright: a move, a share, more time or a hand-over; all of its words must fit. */
import { dayOf } from '../../../language/calendar.ts';
import { has, hintFrom, isFiller, tokensOf, type Around, type Token } from './clause-tokens.ts';
import { readDates, type DateReading } from '../../../language/dates.ts';
import { readHandOver } from './read-hand-over.ts';
import type { SaidUpdate } from './said-update.ts';
import type { Mark } from './split-update.ts';
import * as words from './update-words.ts';

export interface Clause extends Pick<
  SaidUpdate,
  'move' | 'progress' | 'dueOn' | 'moreDays' | 'handOverTo' | 'hint'
> {
  /** Everything in it has been read. */
  spoken: boolean;
  /** Nothing in it but courtesies and marks. */
  empty: boolean;
}

const nothing = { move: null, progress: null, dueOn: null, moreDays: null, handOverTo: null, hint: null };

export function readClause(text: string, around: Around): Clause {
  const tokens = tokensOf(text, around.marks);
  const empty = tokens.every(isFiller);
  const found =
    readHandOver(text, around) ?? moreTime(tokens, around) ?? share(tokens, around) ?? move(tokens, around);
  return { ...nothing, ...found, spoken: found !== null, empty: empty && found === null };
}

/** A state said outright. Without a reference, words that are left may name the record. */
function move(tokens: Token[], { named, conditional, reading }: Around): Partial<Clause> | null {
  if (conditional || tokens.length > 14) return null;
  for (const [said, phrases] of words.movePhrases) {
    for (const phrase of phrases) {
      const rest = without(tokens, phrase);
      if (rest === null) continue;
      if (has(rest, words.negations) || has(rest, words.hedges)) return null;
      const left = rest.filter((token) => !isFiller(token));
      const days = left.filter(({ mark }) => mark?.kind === 'day');
      if (days.some(({ mark }) => isAhead(mark, reading)) && !isWeekdayGone(tokens, reading)) return null;
      const others = left.filter((token) => !days.includes(token));
      if (named) return others.length === 0 ? { move: said } : null;
      return unnamed(said, tokens, others, rest);
    }
  }
  return null;
}

/** Only these may be said of a record that only a word names; the rest need a reference or «it». */
function unnamed(
  said: NonNullable<SaidUpdate['move']>,
  tokens: Token[],
  others: Token[],
  rest: Token[],
): Partial<Clause> | null {
  if (
    tokens.some(({ word }) => everything.has(word)) &&
    !bareAll.test(tokens.map(({ word }) => word).join(' '))
  )
    return null;
  const pointed = rest.some(({ word }) => pointing.has(word));
  if (others.length === 0) return said === 'done' || pointed ? { move: said } : null;
  if (said !== 'done' && said !== 'start') return null;
  const hint = hintFrom(others);
  // «Reviews are done quarterly» and «done before lunch» say more than that something is finished.
  const trailing = others.at(-1) === tokens.at(-1) && !startsWithMove(tokens, others);
  return hint === null || trailing ? null : { move: said, hint };
}

const everything = new Set(
  'all every everything everyone each alle alles jede jedes tout tous toute toutes todo todos toda todas'.split(
    ' ',
  ),
);
const bareAll =
  /^(?:(?:it's |that's |is )?all (?:done|finished|closed|set)|alles (?:ist )?(?:erledigt|fertig)|tout est (?:fait|termine)|todo (?:esta )?(?:listo|hecho))$/;
const pointing = new Set(
  "it it's this that action task es das sie ihn massnahme aufgabe l' la le lo l'action tache mesure accion tarea medida".split(
    ' ',
  ),
);

/** «I finished the firewall»: the thing follows the word. */
function startsWithMove(tokens: Token[], others: Token[]): boolean {
  const first = others[0];
  const lead = first === undefined ? tokens : tokens.slice(0, tokens.indexOf(first));
  return (
    lead.some(({ word }) =>
      /^(?:finished|completed|closed|fixed|resolved|started|begun|done|termine|fini|terminado|acabado|empezado|commence)$/.test(
        word,
      ),
    ) && lead.some(({ word }) => /^(?:i|i've|ive|we|we've|weve|have|j'ai|ai|avons|he|hemos)$/.test(word))
  );
}

function isAhead(mark: Mark | null, { now, timeZone }: DateReading): boolean {
  return mark?.kind === 'day' && mark.day > dayOf(now, timeZone);
}

/** «I finished it on Friday» speaks of the last one. */
function isWeekdayGone(tokens: Token[], reading: DateReading): boolean {
  const said = tokens.findIndex(({ mark }) => mark?.kind === 'day');
  const mark = tokens[said]?.mark;
  if (mark?.kind !== 'day' || /\d/.test(mark.text)) return false;
  const past = readDates(mark.text, { ...reading, towards: 'past' })[0]?.day ?? mark.day;
  return (
    past < mark.day &&
    /^(?:on|last|am|le|el)$/.test(tokens[said - 1]?.word ?? '') &&
    has(
      tokens.slice(0, said),
      new Set([
        'finished',
        'completed',
        'closed',
        'fixed',
        'resolved',
        'abgeschlossen',
        'termine',
        'terminado',
      ]),
    )
  );
}

/** @returns the words but for those of the phrase, which must stand in its order; null where it is not said */
function without(tokens: Token[], phrase: string[]): Token[] | null {
  const rest: Token[] = [];
  let next = 0;
  for (const token of tokens) {
    if (token.mark === null && next < phrase.length && token.word === phrase[next]) next += 1;
    else rest.push(token);
  }
  return next === phrase.length ? rest : null;
}

function share(tokens: Token[], { named, conditional }: Around): Partial<Clause> | null {
  const at = tokens.findLastIndex(({ mark }) => mark?.kind === 'share');
  const mark = tokens[at]?.mark;
  if (mark?.kind !== 'share' || conditional || has(tokens, words.negations)) return null;
  if (
    has(
      tokens.filter(({ word }) => !words.progressWords.has(word)),
      words.hedges,
    ) &&
    !has(tokens, new Set(['half']))
  )
    return null;
  const left = has(tokens, words.leftWords);
  const rest = tokens.filter(
    (token) =>
      token.mark?.kind !== 'share' &&
      !isFiller(token) &&
      !words.progressWords.has(token.word) &&
      !words.leftWords.has(token.word),
  );
  const progress = left ? 100 - mark.percent : mark.percent;
  const isProgress = has(tokens, words.progressWords);
  const move = progress === 100 && isProgress ? ('done' as const) : null;
  if (named) return rest.length === 0 || isProgress ? { progress, move } : null;
  if (rest.length === 0) return { progress, move };
  const hint = hintFrom(rest);
  return hint !== null && at > tokens.indexOf(rest.at(-1) ?? tokens[0]!) ? { progress, move, hint } : null;
}

/** «two more weeks», «until Friday instead»: the length or the day, and a word that asks for it. */
function moreTime(tokens: Token[], { named }: Around): Partial<Clause> | null {
  if (has(tokens, words.negations) && !has(tokens, new Set(['more', 'mehr']))) return null;
  if (tokens.some(({ word }) => /^(?:don't|dont|doesn't|no|not|kein|keine|nicht|pas)$/.test(word)))
    return null;
  const renewed = has(tokens, words.newWords) && has(tokens, words.dateNouns);
  const verb = renewed || has(tokens, words.timeVerbs);
  const more = has(tokens, words.moreWords);
  const at = tokens.findLastIndex(({ mark }) => mark?.kind === 'day');
  const day = tokens[at]?.mark;
  const length = tokens.find(({ mark }) => mark?.kind === 'length')?.mark;
  const rest = tokens.filter(
    (token) =>
      !isFiller(token) &&
      token.mark?.kind !== 'day' &&
      token.mark?.kind !== 'length' &&
      ![words.timeVerbs, words.moreWords, words.untilWords, words.dateNouns, words.newWords, timeNouns].some(
        (set) => set.has(token.word),
      ),
  );
  const hint = named ? null : hintFrom(rest);
  const said = tokens.indexOf(rest[0] ?? tokens[0]!);
  if (rest.length > 0 && !named && (hint === null || !has(tokens.slice(0, said), forWords))) return null;
  if (rest.length > 3) return null;

  if (day?.kind === 'day' && verb) {
    const until = tokens.slice(Math.max(0, at - 3), at).some(({ word }) => words.untilWords.has(word));
    const inADay = /^(?:in|dans|en|dentro)\b/i.test(day.text);
    if ((until || renewed) && !inADay && (rest.length === 0 || named || hint !== null))
      return { dueOn: day.day, hint };
  }
  if (length?.kind !== 'length') return null;
  const longer = more || length.longer;
  const asks = verb || longer;
  return asks && length.days >= 1 && length.days <= 730 && (named || longer || rest.length === 0)
    ? { moreDays: length.days, hint }
    : null;
}

/** They lead to the thing that needs more time. */
const forWords = new Set(['for', 'on', 'für', 'fur', 'bei', 'pour', 'para', 'con']);
const timeNouns = new Set(
  'time date zeit fristverlangerung temps tiempo days jours dias la el until back out'.split(' '),
);
