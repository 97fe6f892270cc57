/** Letting somebody off a lesson that they were given, with the reason: «exempt Hugo from phishing». */
import { actionId, type Actions, type Context, type Outcome } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { formCommand, resolvePersonNamed } from '../../dialogue/form.ts';
import { field, sentText } from '../../dialogue/form-fields.ts';
import { asked } from '../../dialogue/proposal.ts';
import type { Lesson } from '../../isms/training/lesson-bank.ts';
import { lessonCalled, waiveTraining } from '../../isms/training/training.ts';
import { withoutEnding } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { selectPerson, type Person } from '../../records/person.ts';
import { room } from './phrases.ts';
import { topicNamed } from '../../isms/training/topics.ts';

interface Opened {
  tx: Queryable;
  context: Context;
  person: Person;
  lesson: Lesson;
}

export const exemptActions: Actions = formCommand<Opened>(room, 'exempt', {
  async open(tx, context, { argument }) {
    const person = await selectPerson(tx, Number(argument('person')));
    return { tx, context, person, lesson: lessonCalled(argument('lesson')) };
  },
  lead: ({ person, lesson }) => `${person.name} need not do «${lesson.title.en}»: why?`,
  form: ({ person, lesson }) => ({
    id: actionId(`${room}.send-exempt`, { person: person.id, lesson: lesson.id }),
    title: 'Exempt',
    submitLabel: 'Exempt',
    fields: [
      field('reason', 'Why?', 'multiline', { hint: 'An auditor reads it. Write nothing about health.' }),
    ],
  }),
  at: 'reason',
  async write({ tx, context, person, lesson }, fields) {
    await waiveTraining(tx, commandOf(context), person, lesson, sentText(fields, 'reason'));
    return asked({ text: `${person.name} need not do «${lesson.title.en}».` }, true);
  },
});

const exempt = words('awareness/exempt');
const from = words('awareness/from');

/** Null where they let nobody off a lesson. */
export async function claimExempting(db: Queryable, { platform }: Context, text: string): Promise<Outcome | null> {
  const said = withoutEnding(text.trim(), /[.!]/);
  const begun = exempt.begins(said);
  if (begun === null) return null;
  const rest = said.slice(begun.to);
  const split = from.findAll(rest).find(({ to }) => topicNamed(rest.slice(to)) !== null);
  const lesson = split === undefined ? null : topicNamed(rest.slice(split.to));
  if (split === undefined || lesson === null) return null;
  const named = await resolvePersonNamed(db, platform, rest.slice(0, split.from).trim());
  if (!('person' in named)) return null;
  const { id, name } = named.person;
  const button = { id: actionId(`${room}.exempt`, { person: id, lesson }), label: `Exempt ${name}`.slice(0, 75), style: 'primary' as const, opensForm: true };
  return async () => toAsker({ text: `${name} need not do «${lessonCalled(lesson).title.en}»? It takes a reason.`, buttons: [button] });
} // prettier-ignore
