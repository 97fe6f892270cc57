/** Holds the figures of a statement against the sentence or table row that gives them, with their units and what they are said of. */
import { addDays, addMonths, addWorkingDays, daysBetween } from '../../language/calendar.ts';
import { figuresIn, isSameFigure, type Figure } from '../../language/figures.ts';
import { words } from '../../language/vocabulary.ts';
import type { Clause, Source, Unit } from './sources.ts';
import { matched, type StatedClause, type Statement, type Term } from './statement.ts';

const bounds = words('statements/bounds');
const measuring = words('statements/measuring');
const roughly = words('statements/roughly');

/** What the answer was given to. */
export interface Situation {
  /** Null where it is not known. */
  question: string | null;
  /** Stems of its words. */
  stems: ReadonlySet<string>;
  /** As 2026-11-30. */
  today: string;
}

/** Where a figure stands. */
export interface Site {
  unit: Unit;
  clause: Clause;
  figure: Figure;
}

/** What the words of a clause count for a site, and the rest of the sentence, and what stands around and above the site. */
const shares = { rest: 0.4, around: 0.6, above: 0.5 };
/** By so much of a word another row has to fit better before the figure is taken to be that row's. */
const clearlyBetter = 0.45;
const wrongBound = 1;
const wrongRhythm = 0.6;
/** How far apart «about a month» and 30 days may be, and without such a word. */
const loose = 0.2;
const tight = 0.04;

/** @returns the sites that prove the figures, or the figure that nothing proves */
export function proveFigures(
  statement: Statement,
  sources: readonly Source[],
  situation: Situation,
):
  | { sites: Site[]; /** A figure of the section's place, as its version. */ placed: boolean }
  | { unproven: string } {
  const sites = sources.flatMap(sitesOf);
  const proven: Site[] = [];
  let placed = false;
  const open: { figure: Figure; clause: StatedClause }[] = [];
  for (const clause of statement.clauses)
    for (const figure of clause.figures) {
      const own = sites.filter((site) => isSame(figure, site.figure));
      if (own.length === 0 && sources.some(({ place }) => place.some((known) => isSameFigure(figure, known))))
        placed = true;
      else if (own.length === 0) open.push({ figure, clause });
      else {
        const best = bestSite(statement, clause, figure, own, sites);
        if (best === null) return { unproven: figure.text };
        proven.push(best);
      }
    }
  const asked = situation.question === null ? null : figuresIn(situation.question);
  for (const { figure, clause } of open)
    if (
      !isMeasured(statement, clause, figure, asked, proven) &&
      !isCounted(statement, figure, sources) &&
      !isNearlySaid(statement, figure, proven) &&
      !isReckoned(statement, figure, asked, situation.today, sites) &&
      !isName(statement, figure, sources, situation.question)
    )
      return { unproven: figure.text };
  return { sites: proven, placed };
}

function sitesOf({ units }: Source): Site[] {
  return units.flatMap((unit) =>
    unit.clauses.flatMap((clause) => clause.figures.map((figure) => ({ unit, clause, figure }))),
  );
}

/** A month is about 30 days, a year 365; a working day is no calendar day. */
function isSame(said: Figure, known: Figure): boolean {
  if (isSameFigure(said, known)) return true;
  const [one, other] = [daysOf(said), daysOf(known)];
  return one !== null && other !== null && one >= 25 && isNear(one, other, tight);
}

/** Null for what is no time of the calendar. */
function daysOf({ key }: Figure): number | null {
  const [base, count] = key.split(':');
  if (base === 'second') return Number(count) / 86_400;
  return base === 'month' ? Number(count) * 30.4 : null;
}

function isNear(one: number, other: number, tolerance: number): boolean {
  return Math.abs(one - other) <= tolerance * Math.max(one, other);
}

const times = new Set(['second', 'month', 'workday', 'workhour']);

/** Figures of one kind may be mistaken for one another. */
function kindOf({ key }: Figure): string {
  const [base = ''] = key.split(':');
  return times.has(base) ? 'time' : base;
}

/** The site that fits the words best, or null where the words fit another figure of the kind clearly better. */
function bestSite(
  statement: Statement,
  clause: StatedClause,
  figure: Figure,
  own: Site[],
  all: readonly Site[],
): Site | null {
  const rest = statement.terms.filter((term) => !clause.terms.includes(term));
  const scored = (site: Site) => ({ site, score: fit(clause, rest, figure, site) });
  const best = own.map(scored).reduce((one, other) => (other.score > one.score ? other : one));
  const rival = all
    .filter(
      (site) =>
        kindOf(site.figure) === kindOf(figure) &&
        !isSame(figure, site.figure) &&
        site.clause !== best.site.clause,
    )
    .map(scored)
    .reduce((most, { score }) => Math.max(most, score), 0);
  if (rival > best.score + clearlyBetter) return null;
  if (best.site.unit.sentence.tableHead !== null) return best.site;
  const beside = all.filter(
    (site) =>
      site.unit === best.site.unit &&
      site.clause !== best.site.clause &&
      kindOf(site.figure) === kindOf(figure) &&
      !isSame(figure, site.figure),
  );
  const likest = likeness(clause, best.site.clause);
  return beside.some((site) => likeness(clause, site.clause) > likest + clearlyLiker) ? null : best.site;
}

/** Within one sentence, whose clauses share their words, also what the statement does not say counts: «links to Internal files end after …, to Confidential ones after …». */
function likeness({ terms }: StatedClause, { stems }: Clause): number {
  const said = terms.filter((term) => matched(term, stems) > 0);
  const meant = [...stems].filter((stem) => !/^\d+$/.test(stem));
  const common = meant.filter((stem) => terms.some((term) => matched(term, new Set([stem])) > 0));
  return (said.length + common.length) / Math.max(1, terms.length + meant.length);
}

const clearlyLiker = 0.05;

function fit(
  clause: StatedClause,
  rest: readonly Term[],
  figure: Figure,
  { unit, clause: known, figure: given }: Site,
): number {
  const isMeant = [...clause.roles].some((role) => unit.rolesBefore.has(role));
  const said = (term: Term) =>
    term.weight *
    Math.max(
      matched(term, known.stems),
      shares.around * matched(term, unit.stems),
      shares.above * matched(term, unit.above),
      isMeant && term.isRole ? shares.around : 0,
    );
  const sum = (terms: readonly Term[]) => terms.reduce((total, term) => total + said(term), 0);
  const [saidBound, knownBound] = [boundAt(clause.text, figure), boundAt(known.text, given)];
  const againstBound = saidBound !== null && knownBound !== null && saidBound !== knownBound ? wrongBound : 0;
  const againstRhythm = figure.recurs === given.recurs ? 0 : wrongRhythm;
  return sum(clause.terms) + shares.rest * sum(rest) - againstBound - againstRhythm;
}

/** Characters before a figure, or behind it, in which its bound is said. */
const boundReach = 25;

function boundAt(text: string, { from, to }: Figure): string | null {
  const before = bounds.findAll(text.slice(Math.max(0, from - boundReach), from)).at(-1);
  return (before ?? bounds.find(text.slice(to, to + boundReach)))?.meaning ?? null;
}

/** A figure that the person named may stand where it is measured against a rule, denied or corrected, and never as the rule's bound. */
function isMeasured(
  statement: Statement,
  clause: StatedClause,
  figure: Figure,
  asked: Figure[] | null,
  proven: readonly Site[],
): boolean {
  const named = asked === null || asked.some((known) => isSameFigure(figure, known) || isSame(figure, known));
  if (!named || boundAt(clause.text, figure) !== null) return false;
  const measured =
    measuring.has(statement.opening + clause.text) ||
    (measuring.has(statement.text) && clause.terms.length < 2);
  if (deniesAt(clause) || clause.leaning.shuts || measured)
    return fitsRule(statement, clause, figure, proven);
  return (
    statement.opening !== '' &&
    clause.figures.length === 1 &&
    statement.clauses.indexOf(clause) < 1 &&
    fitsRule(statement, clause, figure, proven)
  );
}

/** «Without use for 60 days» denies no rule. */
function deniesAt({ leaning }: StatedClause): boolean {
  return leaning.denies && !leaning.excepts;
}

/** «Yes, 25 days are fine» is wrong beside «up to 20 days». */
function fitsRule(
  statement: Statement,
  clause: StatedClause,
  figure: Figure,
  proven: readonly Site[],
): boolean {
  if (
    clause.leaning.denies ||
    clause.leaning.shuts ||
    (!clause.leaning.allows && !/^(?:yes|ja|oui|s[ií])\b/i.test(statement.opening))
  )
    return true;
  const value = lengthOf(figure);
  return proven.every((site) => {
    const limit = lengthOf(site.figure);
    const isLimit =
      kindOf(site.figure) === kindOf(figure) &&
      !site.figure.recurs &&
      boundAt(site.clause.text, site.figure) === 'most';
    return !isLimit || value === null || limit === null || value <= limit;
  });
}

function lengthOf(figure: Figure): number | null {
  const [base, count] = figure.key.split(':');
  return base === 'workday'
    ? Number(count) * 1.4
    : (daysOf(figure) ?? (base === 'number' ? Number(count) : null));
}

/** «Three steps», where there are three. */
function isCounted({ text }: Statement, { key }: Figure, sources: readonly Source[]): boolean {
  if (!/^number:\d{1,2}$/.test(key)) return false;
  const count = Number(key.slice(7));
  const listed = text.slice(text.indexOf(':') + 1).split(/,\s(?:and|und|et|y)?\s?|;\s|\s(?:and|und|et|y)\s/);
  return sources.some(({ lengths }) => lengths.has(count)) || (count > 1 && listed.length === count);
}

/** «(a week, roughly)» beside 5 working days, «about three months» beside 90 days. */
function isNearlySaid({ text }: Statement, figure: Figure, proven: readonly Site[]): boolean {
  const value = lengthOf(figure);
  if (value === null || kindOf(figure) !== 'time') return false;
  const tolerance = roughly.has(text) || /\([^()]*\)/.test(text) ? loose : tight;
  return proven.some((site) => {
    const known = lengthOf(site.figure);
    return kindOf(site.figure) === 'time' && known !== null && isNear(value, known, tolerance);
  });
}

/** Days that «about» may be off. */
const roughDays = 3;

/** Today, a year near it, or a day that lies so far from one that was named as the rule says. */
function isReckoned(
  { figures, text }: Statement,
  figure: Figure,
  asked: Figure[] | null,
  today: string,
  sites: readonly Site[],
): boolean {
  const thisYear = Number(today.slice(0, 4));
  if (/^number:20\d\d$/.test(figure.key)) return Math.abs(Number(figure.key.slice(7)) - thisYear) <= 1;
  const day = dayOf(figure, today);
  if (day === null) return false;
  if (day === today) return true;
  const near = daysBetween(today, day);
  if (asked === null || asked.some(({ key }) => key === figure.key)) return true;
  const off = roughly.has(text) ? roughDays : 0;
  const others = [...figures, ...asked].flatMap((each) =>
    each.key === figure.key ? [] : (dayOf(each, today) ?? []),
  );
  const spans = sites
    .filter((site) => kindOf(site.figure) === 'time')
    .flatMap(({ figure: { key } }) => [key]);
  const reckoned = [today, ...others].flatMap((from) =>
    spans.flatMap((span) => [shifted(from, span, 1), shifted(from, span, -1)]),
  );
  if (reckoned.some((each) => each !== null && Math.abs(daysBetween(each, day)) <= off)) return true;
  // A day of the coming week, named with its weekday.
  return near > 0 && near <= 7 && weekdays.has(text);
}

const weekdays = words('dates/weekdays');

/** The day of the date, this year or the nearest. */
function dayOf({ key }: Figure, today: string): string | null {
  const date = /^date:(\d{4})-(\d\d-\d\d)$/.exec(key);
  if (date === null) return null;
  const [, year = '', rest = ''] = date;
  if (year !== '0000') return `${year}-${rest}`;
  const thisYear = Number(today.slice(0, 4));
  const days = [thisYear, thisYear + 1].map((each) => `${each}-${rest}`);
  return days.find((day) => daysBetween(today, day) >= -60) ?? days[0] ?? null;
}

function shifted(day: string, span: string, sign: 1 | -1): string | null {
  const [base, said] = span.split(':');
  const count = Number(said) * sign;
  if (base === 'workday') return addWorkingDays(day, Math.round(count));
  if (base === 'month') return Number.isInteger(count) ? addMonths(day, count) : null;
  return base === 'second' && Math.abs(count) >= 86_400 ? addDays(day, Math.round(count / 86_400)) : null;
}

/** A number in a name is the name's: that of a product that the person asked of. */
function isName(
  { text }: Statement,
  { name, count, from }: Figure,
  sources: readonly Source[],
  question: string | null,
): boolean {
  if (count === null || !/^(?:\d{1,3}(?:\.\d+)?|20\d\d)$/.test(count)) return false;
  if (name !== null) return question === null || question.toLowerCase().includes(name.toLowerCase());
  // At the beginning of a sentence a capital letter tells nothing; a word that no section knows is a name.
  const first = /^(\p{Lu}[\p{L}]+) $/u.exec(text.slice(0, from))?.[1];
  return (
    first !== undefined &&
    text.startsWith(`${first} ${count}`) &&
    !sources.some(({ plain }) => plain.includes(first.toLowerCase()))
  );
}
