/**
 * Holds a statement against the sentences of sections: its figures, its words, who acts, and whether it allows what they allow.
 * What decides is always the section's own sentence or table row, never the section as a whole.
 */
import { proveFigures, type Site, type Situation } from './figure-proof.ts';
import type { Clause, Source, Unit } from './sources.ts';
import { isConditional, type Leaning } from './clauses.ts';
import { coverage, matched, type StatedClause, type Statement } from './statement.ts';
import { comparable } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';

const sweeping = words('statements/sweeping');
const solely = words('statements/solely');

export type Fault = 'figure' | 'words' | 'opposite' | 'role' | 'name';

export type Proof =
  | { holds: true; /** The sentences that show it, the best first. */ units: Unit[]; score: number }
  | {
      holds: false;
      because: Fault;
      /** The words that nothing proves. */
      of: string;
      /** These sections speak of the same matter: what they do not bear out is not to be looked for elsewhere. */
      onMatter: boolean;
      /** Only too few words are in common, and nothing here says otherwise: a reader of these sections may decide. */
      unsure?: readonly Source[];
    };

export interface Demand {
  /** Who says that these sections show it: the model of this sentence, of one beside it, or nobody. */
  cited: 'here' | 'near' | 'nowhere';
  /** Words that the model copied from the section to show it. */
  words: string;
  /** The language of the answer. */
  language: string;
}

/** How much of the words of a statement its sentences must say, with a figure that they give and without. */
const least = {
  here: { figure: 0.15, plain: 0.5 },
  near: { figure: 0.4, plain: 0.7 },
  nowhere: { figure: 0.6, plain: 0.85 },
};
/** In another language fewer words are known; copied words show what the rest is a paraphrase of. */
const abroad = { here: 0.55, near: 0.7, nowhere: 0.85 };
const shown = 0.5;
/** For what its sentences do not say alike: a duty, a right, «all», a name that nobody gave. */
const dearer = { duty: 0.7, other: 0.8 };
/** Words with which a figure needs no others: «Ring ext. 2222». */
const fewWords = 2;
/** Clauses that are about as near as the nearest. */
const aboutAsNear = 0.12;
const asNear = 0.05;
/** Where a clause names several who act, each has a share of its words. */
const shared = 0.4;
/** From here on a clause speaks of the same. */
const sameMatter = 0.6;

export function prove(
  statement: Statement,
  sources: readonly Source[],
  situation: Situation,
  demand: Demand,
): Proof {
  const units = sources.flatMap((source) => source.units);
  const named = namedUnit(units, demand.words);
  const saying = { cited: demand.cited, asked: situation.stems };
  const figures = proveFigures(statement, sources, situation);
  const sites = 'unproven' in figures ? [] : figures.sites;
  const hasFigure = sites.length > 0 || ('placed' in figures && figures.placed);
  const best = bestUnits(statement, units, sites, named, saying);
  const share = saidBy(statement, best, saying);
  const fault = (because: Fault, of: string): Proof => ({
    holds: false,
    because,
    of,
    onMatter: (share ?? 0) >= sameMatter,
  });

  if ('unproven' in figures) return fault('figure', figures.unproven);
  const role = strangeRole(statement, sources, sites, situation);
  if (role !== null) return fault('role', role);
  const stranger = strangeName(statement, sources, situation, demand.language);
  const foreign = sources.every(({ passage }) => passage.language !== demand.language);
  const needed = neededOf(statement, best, hasFigure, {
    ...demand,
    foreign,
    named: named !== null,
    stranger: stranger !== null,
  });
  const isThin = share === null ? !hasFigure && named === null : share < needed;
  if (isThin && stranger !== null) return fault('name', stranger);
  const isOnlySo = solely.has(statement.text) && !best.some(({ sentence }) => solely.has(sentence.text));
  const clauses = units.flatMap((unit) => unit.clauses.map((clause) => ({ unit, clause })));
  const isOpposed = statement.clauses.some((clause) => contradicts(clause, clauses));
  if (isThin || (demand.cited !== 'here' && !hasFigure && solidlySaid(statement, best) < 2)) {
    const isDecided = share === null || isOnlySo || isOpposed;
    return { ...fault('words', statement.text), ...(isDecided ? {} : { unsure: sources }) };
  }
  if (isOnlySo) return fault('words', statement.text);
  if (isOpposed) return fault('opposite', best[0]?.sentence.text ?? '');
  return { holds: true, units: best, score: share ?? 1 };
}

function neededOf(
  statement: Statement,
  units: readonly Unit[],
  hasFigure: boolean,
  { cited, foreign, named, stranger }: Demand & { foreign: boolean; named: boolean; stranger: boolean },
): number {
  const weight = statement.terms.reduce((sum, term) => sum + term.weight, 0);
  if (hasFigure && cited === 'here' && (foreign || weight <= fewWords)) return 0;
  const { figure, plain } = least[cited];
  const needed = (hasFigure ? figure : plain) * (foreign ? abroad[cited] : 1) * (named ? shown : 1);
  const said = units.flatMap(({ clauses }) => clauses.map(({ leaning }) => leaning));
  const { obliges, allows } = statement.leaning;
  if (foreign || named) return needed;
  const duty = obliges && !said.some((each) => each.obliges || each.only);
  const other =
    stranger ||
    (allows && !hasFigure && !said.some((each) => each.allows)) ||
    (sweeping.has(statement.text) &&
      !hasFigure &&
      !units.some(({ sentence }) => sweeping.has(sentence.text)));
  return Math.max(needed, duty && !hasFigure ? dearer.duty : 0, other ? dearer.other : 0);
}

/** Words that say something and stand in the sentences. */
function solidlySaid({ terms }: Statement, units: readonly Unit[]): number {
  return terms.filter(
    (term) =>
      term.weight === 1 &&
      units.some(({ stems, above }) => matched(term, stems) > 0 || matched(term, above) > 0),
  ).length;
}

/** The sentence in which copied words stand. */
export function namedUnit(units: readonly Unit[], words: string): Unit | null {
  const wanted = comparable(words);
  if (wanted === '') return null;
  return units.find(({ sentence }) => ` ${comparable(sentence.text)} `.includes(` ${wanted} `)) ?? null;
}

/** Sentences with which a statement is proven at most: it may sum up a list. */
const mostUnits = 3;

/** Those of the figures first, then those that say most of what is not said yet. */
function bestUnits(
  statement: Statement,
  units: readonly Unit[],
  sites: readonly Site[],
  named: Unit | null,
  saying: { cited: Demand['cited']; asked: ReadonlySet<string> },
): Unit[] {
  const chosen = [...new Set([...(named === null ? [] : [named]), ...sites.map(({ unit }) => unit)])];
  while (chosen.length < mostUnits) {
    const now = saidBy(statement, chosen, saying) ?? 1;
    let next: Unit | null = null;
    let most = now + 0.01;
    for (const unit of units) {
      const share = chosen.includes(unit) ? 0 : (saidBy(statement, [...chosen, unit], saying) ?? 0);
      if (share > most) [next, most] = [unit, share];
    }
    if (next === null) break;
    chosen.push(next);
  }
  return chosen;
}

/** What stands above a sentence counts less where nobody cites it: the title of a policy is above all of them. */
const aboveShare = { here: 0.6, near: 0.4, nowhere: 0.3 };
/** A word that only the person said is what they ask of, and no section need know it. */
const askedWeight = 0.3;

function saidBy(
  { terms, clauses }: Statement,
  units: readonly Unit[],
  { cited, asked }: { cited: Demand['cited']; asked: ReadonlySet<string> },
): number | null {
  // «Windows 11 has its own assistant; …»: what is said of the thing asked about, and rules nothing.
  const ruling = ({ allows, denies, obliges, shuts }: Leaning) => allows || denies || obliges || shuts;
  const aside = new Set(
    clauses
      .filter(
        ({ leaning, terms: own }) =>
          clauses.length > 1 &&
          !ruling(leaning) &&
          own.some(
            (term) =>
              matched(term, asked) === 1 &&
              units.every(({ stems, above }) => matched(term, stems) + matched(term, above) === 0),
          ),
      )
      .flatMap(({ terms: own }) => own),
  );
  let said = 0;
  let all = 0;
  for (const term of terms) {
    const share = Math.max(
      0,
      ...units.map(({ stems, above }) => coverage([term], stems, above, aboveShare[cited]) ?? 0),
    );
    const weight =
      share === 0 && (aside.has(term) || matched(term, asked) === 1)
        ? term.weight * askedWeight
        : term.weight;
    all += weight;
    said += share * weight;
  }
  return all === 0 ? null : said / all;
}

/** A name that neither the sections nor the person said: not in German, where all things have a capital letter. */
function strangeName(
  { text, clauses }: Statement,
  sources: readonly Source[],
  { question }: Situation,
  language: string,
): string | null {
  if (language === 'de' || question === null) return null;
  const known = `${sources.map(({ plain, passage }) => `${plain} ${comparable(passage.title)} ${comparable(passage.heading)}`).join(' ')} ${comparable(question)}`;
  const names =
    clauses.length === 0 ? [] : (text.match(/(?<=[\p{L}\p{N},;:] )\p{Lu}[\p{L}\p{N}]{2,}/gu) ?? []);
  return names.find((name) => !isWithin(known, comparable(name)) && !months.test(name)) ?? null;
}

const months = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)/i;

function isWithin(text: string, word: string): boolean {
  return text.includes(word) || (word.endsWith('s') && text.includes(word.slice(0, -1)));
}

/** Who acts in a statement must act in the sentence that proves it. */
function strangeRole(
  statement: Statement,
  sources: readonly Source[],
  sites: readonly Site[],
  { question }: Situation,
): string | null {
  const here = new Set(sources.flatMap(({ roles }) => [...roles]));
  const asked = (question ?? '').toLowerCase();
  for (const role of statement.roles) if (!here.has(role) && !asked.includes(role)) return role;
  for (const clause of statement.clauses) {
    if (clause.roles.size === 0) continue;
    const candidates = nearestUnits(clause, sources, sites);
    const [role] = [...clause.roles].filter((each) => !candidates.some(({ roles }) => roles.has(each)));
    if (role === undefined || candidates.length === 0) continue;
    const others = candidates.some(({ roles }) => [...roles].some((each) => !statement.roles.has(each)));
    const isMeant = candidates.some(({ rolesBefore }) => rolesBefore.has(role));
    if (others || (!isMeant && actsFirst(clause.text, role))) return role;
  }
  return null;
}

/** It is the subject: «The cleaning team locks …». */
function actsFirst(clause: string, role: string): boolean {
  const [first] = roleWords.findAll(clause);
  return first?.meaning === role && first.from <= longestArticle;
}

/** Characters of «The » and the like. */
const longestArticle = 6;
const roleWords = words('statements/roles');

/** The sentences that a clause may rest on, whoever acts in it. */
function nearestUnits(clause: StatedClause, sources: readonly Source[], sites: readonly Site[]): Unit[] {
  const given = sites
    .filter(({ figure }) => clause.figures.some(({ key }) => key === figure.key))
    .map(({ unit }) => unit);
  if (given.length > 0) return given;
  const terms = clause.terms.filter(({ isRole }) => !isRole);
  const scored = sources.flatMap(({ units }) =>
    units.map((unit) => ({ unit, share: coverage(terms, unit.stems, unit.above) ?? 0 })),
  );
  const most = scored.reduce((best, { share }) => Math.max(best, share), 0);
  return most < sameMatter - 0.1
    ? []
    : scored
        .filter(({ share }) => share >= most - (clause.roles.size > 1 ? shared : aboutAsNear))
        .map(({ unit }) => unit);
}

interface Placed {
  unit: Unit;
  clause: Clause;
}

/** What speaks of the same matter forbids what the clause allows, or the other way round. */
function contradicts(clause: StatedClause, known: readonly Placed[]): boolean {
  const scored = known.map(({ unit, clause: other }) => ({
    other,
    share: coverage(clause.terms, other.stems, unit.above, 0.5) ?? 0,
  }));
  const most = scored.reduce((best, { share }) => Math.max(best, share), 0);
  const solid = clause.terms.some(({ weight }) => weight === 1);
  if (most < sameMatter || !solid || isConditional(clause.text)) return false;
  const nearest = scored.filter(({ share }) => share >= most - asNear);
  const { allows, only } = clause.leaning;
  const isForAll = allows && !only && sweeping.has(clause.text);
  return (
    nearest.every(({ other }) => areOpposite(clause.leaning, other.leaning)) ||
    (isForAll && nearest.some(({ other }) => other.leaning.only))
  );
}

function areOpposite(said: Leaning, known: Leaning): boolean {
  if (said.denies)
    return !known.denies && !known.shuts && !known.only && !known.excepts && !said.excepts && !said.only;
  if (said.shuts) return false;
  return known.denies ? !known.excepts : known.shuts && said.allows;
}
