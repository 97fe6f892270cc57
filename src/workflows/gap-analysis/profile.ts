/** What the organisation is like, asked before its first assessment and shown before each other: it leaves out and rewords questions. */
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { defineInterview } from '../../dialogue/interview.ts';
import { scriptOf, type BankQuestion, type BankState } from '../../dialogue/interview-bank.ts';
import type { Given } from '../../dialogue/interview-script.ts';
import { asked } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import { ask } from '../../isms/assessment/assignment.ts';
import { assessments, beginAssessment, type Assessment } from '../../isms/assessment/assessment.ts';
import {
  confirmProfile,
  openProfile,
  profileQuestions,
  saveProfile,
  selectKnownProfile,
  selectProfile,
  type Profile,
} from '../../isms/assessment/profile.ts';
import { bankWithSets } from '../../isms/assessment/question-set.ts';
import { criteriaIn, placedIn, scopeInWords } from '../../isms/assessment/questions.ts';
import { inFull } from '../../language/calendar.ts';
import { readDates } from '../../language/dates.ts';
import { recordButton, room } from './buttons.ts';
import { lockLed } from './find.ts';
import type { interviewOf } from './interview.ts';
import { languageOf, sayIn } from '../../language/wording.ts';

interface Describing extends BankState {
  assessment: Assessment;
  profile: Profile;
}
type Interview = Pick<ReturnType<typeof interviewOf>, 'begin'>;

/** @throws Refusal where it has begun, or is not the person's to begin */
async function lockDraft(tx: Queryable, context: Context, reference: string): Promise<Assessment> {
  const assessment = await lockLed(tx, context, reference);
  if (assessment.state !== 'draft') throw new Refusal(`${assessment.reference} has begun already.`);
  return assessment;
} // prettier-ignore

/** One question at a time; a question that its first answers make needless is not asked. */
export function profileInterview(interview: Interview) {
  const bank = scriptOf<Describing>({
    progress: 'About you',
    questions: ({ given }, { context }) =>
      profileQuestions(given).map(({ id, ask: said, choices }): BankQuestion => {
        const language = languageOf(context.person);
        const text = sayIn(said, language);
        if (choices === undefined) return { mark: id, text, skips: [{ as: 'unknown', label: 'Not known yet' }] };
        return { mark: id, text, closed: true, choices: choices.map((choice) => ({ value: choice.as, label: sayIn(choice, language) })) };
      }), // prettier-ignore
  });
  const load = (assessment: Assessment, profile: Profile): Describing => ({
    assessment,
    profile,
    given: profile.given,
    before: profile.before,
  });

  return defineInterview<Describing>({
    room,
    name: 'profile',
    store: {
      async open(tx, context, reference) {
        const draft = await lockDraft(tx, context, reference);
        const mine = draft.profileId === null ? null : await selectProfile(tx, draft.profileId);
        if (mine?.state === 'asking') return load(draft, mine);
        const profile = await openProfile(tx, commandOf(context));
        return load(
          await assessments.change(tx, commandOf(context), draft, { profile_id: profile.id }, () => []),
          profile,
        );
      },
      async lock(tx, context, reference) {
        const draft = await lockDraft(tx, context, reference);
        if (draft.profileId === null) throw new Refusal(`Say «gap analysis» to begin ${draft.reference}.`);
        return load(draft, await selectProfile(tx, draft.profileId));
      },
      save: async (tx, context, { assessment, profile, given, before }) =>
        load(
          assessment,
          await saveProfile(tx, commandOf(context), { ...profile, given: [...given], before }),
        ),
    },
    script: {
      ...bank,
      record: ({ assessment }) => assessment.reference,
      async answer(state, given, place) {
        const question = await bank.question(state, place);
        if (question?.choices !== undefined) return bank.answer(state, given, place);
        const day = dayIn(given, place.context);
        if (day === null)
          return { lead: `«${given.words}» is no day that I can read. Write it as 2027-03-12 or «12 March».` };
        return bank.answer(state, { ...given, words: day }, place);
      },
      async finish(tx, context, { assessment, profile }) {
        return begin(tx, context, interview, assessment, await confirmProfile(tx, commandOf(context), profile));
      },
    },
    words: {
      title: ({ assessment }) => assessment.reference,
      begun: () => 'First a few words about you, so that I ask nothing that does not concern you.',
      resumed: () => 'We go on with what you told me about you.',
      paused: ({ assessment }) => `${assessment.reference} waits for you.`,
    },
  }); // prettier-ignore
}

function dayIn({ words }: Given, { now, person: { timeZone, locale } }: Context): string | null {
  return readDates(words, { now, timeZone, locale, towards: 'future' })[0]?.day ?? null;
}

/** What is known already, to be confirmed. */
export async function profileCard(tx: Queryable, { person }: Context, { reference, scope }: Assessment): Promise<ReplyParts | null> {
  const known = await selectKnownProfile(tx);
  if (known === null) return null;
  const language = languageOf(person);
  const bank = await bankWithSets(tx);
  const criteria = criteriaIn(bank, scope, known.tags);
  const out = criteria.filter(({ leftOut }) => leftOut !== null).length;
  return {
    text: `${reference}, ${scopeInWords(scope, bank, language)}: ${criteria.length - out} questions${out === 0 ? '' : `, without ${out} that do not concern you`}. Is this still so?`,
    facts: known.given.map(({ of, asked, words, skipped }) => ({
      label: asked,
      value: skipped !== null ? 'not known yet' : of === 'audit' ? inFull(words) : words,
    })),
    buttons: [
      { id: actionId(`${room}.profile-stands`, { record: reference, profile: known.id }), label: 'Yes, begin', style: 'primary' },
      recordButton('profile-anew', 'Something changed', reference),
    ],
  };
} // prettier-ignore

/** The lead is asked all of it, and hands on what others know better. */
export async function begin(
  tx: Queryable,
  context: Context,
  interview: Interview,
  draft: Assessment,
  profile: Profile,
): Promise<Addressed[]> {
  const bank = await bankWithSets(tx);
  const assessment = await beginAssessment(tx, commandOf(context), draft, profile, bank);
  const own = await ask(tx, commandOf(context), assessment, {
    personId: assessment.leadId,
    part: 'lead',
    about: scopeInWords(assessment.scope, bank),
    dueOn: null,
    criteria: [...placedIn(bank).keys()],
  });
  if (own === null || assessment.leadId !== context.person.id)
    return toAsker({ text: `${assessment.reference} has begun.` });
  return interview.begin(tx, context, String(own.id));
}

export function profileActions(interview: Interview, profile: Pick<ReturnType<typeof profileInterview>, 'begin'>): Actions {
  return {
    async [`${room}.profile-stands`](tx, context, { argument }) {
      const draft = await lockDraft(tx, context, argument('record'));
      const known = await selectKnownProfile(tx);
      // Somebody described the organisation anew meanwhile: they see first what they begin with.
      const card = String(known?.id) === argument('profile') ? null : await profileCard(tx, context, draft);
      if (card !== null) return asked(card, true);
      return known === null ? profile.begin(tx, context, draft.reference) : begin(tx, context, interview, draft, known);
    },
    [`${room}.profile-anew`]: (tx, context, { argument }) => profile.begin(tx, context, argument('record')),
  };
} // prettier-ignore
