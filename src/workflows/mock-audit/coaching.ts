/** What came of an interview, for its person alone: what was good, what an auditor would note, and where our own documents say it. */
import type { Actions, ButtonParts, Context, ReplyParts } from '../../conversation/contract.ts';
import { needLane } from '../../conversation/lanes.ts';
import { citing } from '../../conversation/sources.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { asked } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';

import { routineOf, titleOf, type Placed } from '../../isms/assessment/questions.ts';
import {
  forgetInterview,
  giveToAudit,
  lockInterview,
  selectInterviewsOf,
  selectResults,
  type Interview,
  type Result,
} from '../../isms/mock-audit/interview.ts';
import { criteriaNamed } from '../../isms/mock-audit/roles.ts';
import { selectAbout } from '../../knowledge/document.ts';
import { refusalFloor } from '../../knowledge/evaluate.ts';
import { bestQuote } from '../../knowledge/quote.ts';
import { audiencesOf, search } from '../../knowledge/search.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { shortened } from '../../language/text.ts';
import type { Dependencies } from '../dependencies.ts';
import { ownButton, room } from './buttons.ts';
import { say } from './phrases.ts';
import { notedIn } from './points.ts';
import { type Language, languageOf, sayIn } from '../../language/wording.ts';

/** Sections among which those of documents about the requirement are looked for, and how many are shown. */
const looked = 50;
const shown = 2;

function questionIn({ criterion }: Placed, language: Language): string {
  return sayIn(routineOf(criterion, []), language);
}

function pointsOf({ criterion: { hears } }: Placed, places: readonly number[]): string {
  return places.flatMap((place) => hears[place - 1] ?? []).join('; ');
}

function scoreIn(results: readonly Pick<Result, 'missing' | 'points'>[], language: Language): string {
  const all = results.reduce((sum, { points }) => sum + points, 0);
  const missing = results.reduce((sum, each) => sum + each.missing.length, 0);
  return say('score', language, { done: all - missing, all });
}

/** The whole of it on one card: a line a question, what has most to learn first. */
export function overviewCard({ person }: Context, interview: Interview, results: readonly Result[]): ReplyParts {
  const { given, reference, givenToAudit } = interview;
  if (results.length === 0)
    return { text: 'Nothing was asked, so there is nothing to look at. Say «mock audit» whenever you like.' };
  const language = languageOf(person);
  const placed = criteriaNamed(results.map(({ criterion }) => criterion));
  const byNeed = results.toSorted((one, other) => other.missing.length / other.points - one.missing.length / one.points);
  const [first] = byNeed;
  const coached = first === undefined ? [] : [ownButton('coach', 'Coaching', interview, { style: 'primary', values: { of: first.criterion } })];
  const offers: ButtonParts[] = reference === null
    ? [{ id: `${room}.practise`, label: 'Practise again' }]
    : givenToAudit ? [] : [ownButton('share', `For ${reference}`, interview)];
  return {
    text: [
      say('mentioned', language, { score: scoreIn(results, language) }),
      ...(reference === null || givenToAudit ? [] : [`Nothing of it goes into ${reference} unless you say so.`]),
    ].join(' '),
    items: byNeed.flatMap(({ criterion, missing, points }) => {
      const at = placed.find(({ name }) => name === criterion);
      if (at === undefined) return [];
      const noted = notedIn(at, given).length > 0 ? say('tellsAgainst', language) : '';
      return [{
        text: shortened(questionIn(at, language), 160),
        detail: `${scoreIn([{ missing, points }], language)}${noted}`,
        button: ownButton('coach', 'Look', interview, { values: { of: criterion } }),
      }];
    }),
    buttons: [...coached, ...offers, ownButton('forget', 'Forget it', interview)],
  };
} // prettier-ignore

interface Source {
  citations: NonNullable<ReplyParts['citations']>;
  /** «POL-09 3.2 «Leaving»», each. */
  places: string[];
}

/**
 * Sections of our own documents that this person may read: of those that name the requirement the ones that say most of the
 * criterion; where none names it, that of a document that two ways of asking both lead to, so that nothing is cited by chance.
 */
async function readingFor(parts: Pick<Dependencies, 'db' | 'lexicon' | 'embedder'>, { person, now }: Context, placed: Placed): Promise<Source> {
  const { db, lexicon, embedder } = parts;
  const { requirement, criterion: { routine, is, hears } } = placed;
  const reader = { audiences: audiencesOf(person) };
  const ask = async (question: string) => {
    const { passages, ...found } = await search(db, lexicon, { question, reader, now, limit: looked, embedder });
    return { ...found, own: passages.filter(({ kind }) => kind === 'policy') };
  };
  const { own, strength, terms } = await ask(`${titleOf(requirement)}. ${routine.en} ${is.en} ${hears.join(' ')}`);
  const named = await selectAbout(db, own.map(({ versionId }) => versionId), requirement);
  const onIt = own.filter(({ versionId }) => named.includes(versionId));
  const [near] = onIt.length > 0 || strength < refusalFloor ? [] : (await ask(`${titleOf(requirement)}. ${is.en}`)).own;
  const best = (onIt.length > 0 ? onIt : own.slice(0, 1).filter(({ documentId }) => documentId === near?.documentId)).slice(0, shown);
  return {
    citations: best.map((passage, index) => citing(passage, index + 1, bestQuote(lexicon, passage.body, passage.language, terms))),
    places: best.map(({ reference, number, heading }, index) => `${reference} ${number} «${heading}» [${index + 1}]`.replace(/\s+/g, ' ')),
  };
} // prettier-ignore

function coachingCard({ person }: Context, interview: Interview, results: readonly Result[], placed: Placed, { citations, places }: Source): ReplyParts {
  const language = languageOf(person);
  const of = results.find(({ criterion }) => criterion === placed.name);
  if (of === undefined) throw new Refusal('That was not asked.');
  const mentioned = Array.from({ length: of.points }, (_, index) => index + 1).filter((place) => !of.missing.includes(place));
  const noted = notedIn(placed, interview.given);
  const at = results.indexOf(of);
  const next = results[(at + 1) % results.length];
  return {
    text: `${scoreIn([of], language)}: ${questionIn(placed, language)}`,
    facts: [
      ...(mentioned.length === 0 ? [] : [{ label: say('good', language), value: pointsOf(placed, mentioned) }]),
      ...(of.missing.length === 0 ? [] : [{ label: say('silent', language), value: say('nothingOf', language, { points: pointsOf(placed, of.missing) }) }]),
      ...noted.map((words) => ({ label: say('against', language), value: `«${words}»` })),
      { label: say('read', language), value: places.length === 0 ? say('nothingFound', language) : places.join(', ') },
    ],
    citations,
    buttons: [
      ...(next === undefined || results.length < 2 ? [] : [ownButton('coach', 'Next question', interview, { style: 'primary', values: { of: next.criterion } })]),
      ownButton('overview', 'All of them', interview),
    ],
  };
} // prettier-ignore

/** What it would give to the audit, to the letter. */
function shareCard(interview: Interview, results: readonly Result[]): ReplyParts {
  const { reference } = interview;
  const missing = criteriaNamed(results.map(({ criterion }) => criterion)).flatMap((placed) => {
    const { missing: places = [] } = results.find(({ criterion }) => criterion === placed.name) ?? {};
    const all = places.length === 0 ? 'nothing missing' : `missing: ${pointsOf(placed, places)}`;
    return [{ label: shortened(questionIn(placed, 'en'), 120), value: all }];
  });
  return {
    text: `This would go into ${reference ?? ''}, without your name and without your words, together with what others missed. It is shown once the audit is over, and only where enough people gave theirs.`,
    facts: missing,
    buttons: [
      ownButton('give', 'Give it', interview, { style: 'primary' }),
      ownButton('overview', 'Keep it to myself', interview),
    ].map((button) => (button.label === 'Give it' ? { ...button, signs: true } : button)),
  };
}

/** What a person practised, which they alone are shown. */
export async function ownCard(tx: Queryable, { person }: Context): Promise<ReplyParts> {
  const done = await selectInterviewsOf(tx, person.id, ['done'], 10);
  if (done.length === 0) return { text: 'You have not finished a practice interview yet. Say «mock audit» to begin one.' };
  const items: NonNullable<ReplyParts['items']> = [];
  for (const interview of done) {
    const { about, endedAt, stage } = interview;
    items.push({
      text: `${scoreIn(await selectResults(tx, interview), languageOf(person))} points · ${about ?? (stage === 'documents' ? 'Stage 1' : 'Stage 2')}`,
      detail: dayInWords(dayOf(endedAt ?? interview.begunAt, person.timeZone)),
      button: ownButton('overview', 'Look', interview),
    });
  }
  return { text: 'What you practised, for your eyes only.', items };
} // prettier-ignore

export function coachingActions(parts: Pick<Dependencies, 'db' | 'lexicon' | 'embedder'>): Actions {
  const own = async (tx: Queryable, context: Context, id: string) => {
    const interview = await lockInterview(tx, commandOf(context), id, ['done']);
    return { interview, results: await selectResults(tx, interview) };
  };
  return {
    [`${room}.overview`]: async (tx, context, { argument }) => {
      const { interview, results } = await own(tx, context, argument('interview'));
      return asked(overviewCard(context, interview, results), true);
    },
    [`${room}.mine`]: async (tx, context) => toAsker(await ownCard(tx, context)),
    [`${room}.coach`]: {
      async prepare(context, { argument }) {
        if (parts.embedder !== null) needLane(context, 'outside');
        const id = argument('interview');
        const done = await selectInterviewsOf(parts.db, context.person.id, ['done']);
        const interview = done.find((each) => String(each.id) === id);
        const [placed] = criteriaNamed([argument('of')]);
        const results = interview === undefined ? [] : await selectResults(parts.db, interview);
        const result = results.find(({ criterion }) => criterion === placed?.name);
        const source =
          placed === undefined || result === undefined ? null : await readingFor(parts, context, placed);
        return async (tx) => {
          const now = await own(tx, context, id);
          if (placed === undefined || source === null)
            throw new Refusal('That is not among what you were asked.');
          return asked(coachingCard(context, now.interview, now.results, placed, source), true);
        };
      },
    },
    [`${room}.share`]: async (tx, context, { argument }) => {
      const { interview, results } = await own(tx, context, argument('interview'));
      return asked(shareCard(interview, results), true);
    },
    [`${room}.give`]: async (tx, context, { argument }) => {
      const { interview } = await own(tx, context, argument('interview'));
      await giveToAudit(tx, interview);
      const text = `Given to ${interview.reference ?? ''}, without your name. Thank you.`;
      return asked({ text, buttons: [ownButton('overview', 'My answers', interview)] }, true);
    },
    [`${room}.forget`]: async (tx, context, { argument }) => {
      const { interview } = await own(tx, context, argument('interview'));
      await forgetInterview(tx, interview, context.now);
      return asked({ text: 'Forgotten: your words are gone.' }, true);
    },
  };
}
