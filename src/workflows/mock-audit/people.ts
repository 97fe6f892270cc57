/** Whom a mock audit asks: chosen of suggestions by what people do, invited each in their own conversation; and what all miss, counted. */
import { createHash } from 'node:crypto';
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type OpenerParts,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { formCommand } from '../../dialogue/form.ts';
import { field, sentChoices } from '../../dialogue/form-fields.ts';
import { asked } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import { questionBank } from '../../isms/assessment/bank.ts';
import { selectKnownProfile } from '../../isms/assessment/profile.ts';

import {
  lockInterview,
  saveInterview,
  selectInvited,
  selectPractised,
} from '../../isms/mock-audit/interview.ts';
import {
  inviteToInterviews,
  invitedAtLeast,
  invitedAtMost,
  mockAudits,
  type MockAudit,
} from '../../isms/mock-audit/mock-audit.ts';
import { criteriaNamed, criteriaOfAudit, roleOf, themeOf } from '../../isms/mock-audit/roles.ts';
import { isReadOnly } from '../../records/command-context.ts';
import { selectAtWork } from '../../records/person.ts';
import { auditCard, lockAudit } from './audits.ts';
import { ownButton, room } from './buttons.ts';
import type { interviewOf } from './interview.ts';
import { languageOf, sayIn } from '../../language/wording.ts';

type Questions = ReturnType<typeof interviewOf>;

/** People whom a form offers, and those that are ticked already. */
const mostSuggested = 10;
const ticked = 4;
/** Points that are named of a theme, and themes that are shown. */
const pointsOfTheme = 3;
const mostThemes = 8;

/** Of each role that it concerns one, then a second; who of several is left to chance, and stays the same for this audit. */
async function suggested(tx: Queryable, audit: MockAudit): Promise<{ value: string; label: string }[]> {
  const theme = themeOf(audit);
  const already = await selectInvited(tx, audit.id);
  const chance = (id: number) => createHash('sha256').update(`${audit.reference}:${id}`).digest('hex');
  const people = (await selectAtWork(tx))
    .filter((person) => !isReadOnly(person) && person.id !== audit.leadId && !already.includes(person.id))
    .toSorted((one, other) => (chance(one.id) < chance(other.id) ? -1 : 1))
    .map((person) => ({ ...person, role: roleOf(person) }));
  const concerns = ({ role }: (typeof people)[number]) => theme === null || role.themes.slice(0, 3).includes(theme);
  const turn = (person: (typeof people)[number]) =>
    people.filter(({ role }) => role.id === person.role.id).indexOf(person) + (concerns(person) ? 0 : 1);
  return people
    .toSorted((one, other) => turn(one) - turn(other))
    .slice(0, mostSuggested)
    .map(({ id, name, title, department }) => ({
      value: String(id),
      label: [name, [title, department].filter((each) => each !== null && each !== '').join(', ')].filter((each) => each !== '').join(' · ').slice(0, 75),
    }));
} // prettier-ignore

function invitation(audit: MockAudit, questions: number, by: string, interview: number): ReplyParts {
  return {
    text: `${by} asks you to an interview about ${audit.about}, as an auditor would hold it: ${questions} questions, about ten minutes, here with me. Your name is not in the report, and nobody but you reads what you answer. At the end you decide whether what you left out is counted with that of the others.`,
    buttons: [
      ownButton('accept', 'Begin', { id: interview }, { style: 'primary' }),
      ownButton('decline', 'Rather not', { id: interview }),
    ],
  };
} // prettier-ignore

export function acceptButton(interview: { id: number }): OpenerParts {
  return ownButton('accept', 'Begin', interview);
}

/** What people leave out when they practise, of many together. @throws Refusal for whoever leads nobody */
export async function practisedCard(tx: Queryable, { person }: Context): Promise<ReplyParts> {
  if (!['manager', 'isms_manager'].some((role) => person.roles.includes(role)))
    throw new Refusal('What colleagues practise is shown to managers only, and to them for many people together. Say «my interviews» for yours.');
  const { least, people, points } = await selectPractised(tx);
  if (people === 0)
    return { text: `There is nothing to show yet. At least ${least} people have to have answered the same question, so that nobody can be recognised.` };
  const language = languageOf(person);
  const themes = questionBank().themes.filter(({ id }) => points.some(({ theme }) => theme === id)).slice(0, mostThemes);
  return {
    text: `${people} people have practised. This is what they leave out most often${themes.length === 0 ? ': nothing so far' : ''}.`,
    items: themes.map(({ id, title }) => ({
      text: sayIn(title, language),
      detail: points.filter(({ theme }) => theme === id).slice(0, pointsOfTheme).map(({ criterion, point, missed, answers }) => `${criteriaNamed([criterion])[0]?.criterion.hears[point - 1] ?? criterion} (${shareInWords(missed / answers)})`).join('; '),
    })),
    aside: `Counted by question, each time for at least ${least} people at once.`,
  };
} // prettier-ignore

/** No exact count: together with who took part it would say too much. */
function shareInWords(share: number): string {
  return share >= 2 / 3 ? 'most' : share >= 1 / 3 ? 'many' : 'some';
}

export function peopleActions(questions: Questions): Actions {
  return {
    [`${room}.counted`]: async (tx, context) => toAsker(await practisedCard(tx, context)),
    ...formCommand(room, 'invite', {
      open: async (tx, context, { argument }) => ({ tx, context, audit: await lockAudit(tx, context, argument('record')) }),
      lead: () => 'Whom shall I ask? I suggest people by what they do.',
      async form({ tx, audit }) {
        const options = await suggested(tx, audit);
        return {
          id: actionId(`${room}.send-invite`, { record: audit.reference }),
          title: 'Invite people',
          submitLabel: 'Invite',
          fields: [
            field('people', `${invitedAtLeast} to ${invitedAtMost} people`, 'choices', {
              options,
              value: options.slice(0, ticked).map(({ value }) => value).join(', '),
              hint: 'Each is asked in a message of their own, and may say no.',
            }),
          ],
        };
      },
      at: 'people',
      async write({ tx, context, audit }, fields) {
        const { tags = [] } = (await selectKnownProfile(tx)) ?? {};
        const criteria = criteriaOfAudit(questionBank(), audit, tags);
        const people = sentChoices(fields, 'people').map(Number);
        const made = await inviteToInterviews(tx, commandOf(context), audit, { people, criteria });
        const told = [...made].map(([personId, id]): Addressed => ({
          to: { personId },
          reply: invitation(audit, criteria.length, context.person.name, id),
        }));
        return [...told, ...(await auditCard(tx, context, await mockAudits.select(tx, audit.id), `${made.size === 1 ? '1 person is' : `${made.size} people are`} asked.`))];
      },
    }),
    [`${room}.accept`]: (tx, context, { argument }) => questions.begin(tx, context, argument('interview')),
    [`${room}.decline`]: async (tx, context, { argument }) => {
      const interview = await lockInterview(tx, commandOf(context), argument('interview'), ['invited', 'in_progress']);
      await saveInterview(tx, { ...interview, state: 'declined', given: [], before: null });
      return asked({ text: 'All right, you are not asked. Nobody is told that it was you.' }, true);
    },
  };
} // prettier-ignore
