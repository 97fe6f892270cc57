/** Giving people a lesson to do: «assign phishing to Sales until Friday», or the form; a card says who and how many before anything is written. */
import { z } from 'zod';
import {
  actionId,
  type Actions,
  type Context,
  type Form,
  type Outcome,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { audienceNamed } from '../../dialogue/audience.ts';
import { defineChange } from '../../dialogue/change.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { FieldError, formCommand } from '../../dialogue/form.ts';
import { field, sentDay, sentText } from '../../dialogue/form-fields.ts';
import { lockCard, proposalActions, proposeChanges, replaceCard } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import { assignTraining, requiredLearners, selectPassed } from '../../isms/training/assign.ts';
import { lessons } from '../../isms/training/lesson-bank.ts';
import { lessonCalled } from '../../isms/training/training.ts';
import { addDays, dayOf, inFull } from '../../language/calendar.ts';
import { readDates } from '../../language/dates.ts';
import { shortened, withoutEnding } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { refuseReadOnly } from '../../records/command-context.ts';
import { selectNames } from '../../records/person.ts';
import { asPeople, room } from './phrases.ts';
import { topicFirst, topicNamed } from '../../isms/training/topics.ts';

const Assign = z.object({
  kind: z.literal('training.assign'),
  lesson: z.string(),
  /** As it was said. */
  who: z.string(),
  people: z.array(z.number()).min(1),
  dueOn: z.iso.date(),
});
type Assign = z.infer<typeof Assign>;

/** Days that people have where nobody says a day. */
const usualDays = 14;

defineChange<Assign>({
  kind: 'training.assign',
  schema: Assign,
  room,
  alone: true,
  nameOf: ({ lesson }) => lesson,
  current: async () => null,
  markOf: () => null,
  async apply(tx, command, { lesson: id, people, dueOn }) {
    const lesson = lessonCalled(id);
    const given = await assignTraining(tx, command, lesson, people, dueOn);
    const others = people.length - given.length;
    const passed = others === 0 ? [] : [`${asPeople(others)} passed it before, and it still counts.`];
    return {
      lines: [
        `«${lesson.title.en}» is to be done by ${asPeople(given.length)} until ${inFull(dueOn)}.`,
        'Each is told in their hours, in one message with all that is open for them.',
        ...passed,
      ],
      told: [],
    };
  },
  async show(tx, { lesson: id, who, people, dueOn }) {
    const lesson = lessonCalled(id);
    const passed = await selectPassed(tx, id, people);
    const asked = people.filter((person) => !passed.includes(person));
    const names = [...(await selectNames(tx, asked)).values()].sort().join(', ');
    return {
      title: `Assign «${lesson.title.en}» to ${asPeople(asked.length)}`,
      lines: [
        { label: 'For', value: who },
        {
          label: 'Asked',
          value: shortened(names, 400),
        },
        ...(passed.length === 0 ? [] : [{ label: 'Have passed it', value: asPeople(passed.length) }]),
        { label: 'Until', value: inFull(dueOn) },
      ],
    };
  },
  form: (_tx, context, change, _id, proposal) => formOf(context, change, proposal),
});

function formOf(
  { now, person }: Context,
  { lesson, who, dueOn }: Partial<Assign>,
  proposal: number | null,
): Form {
  return {
    id: actionId(`${room}.send-assign`, { proposal: proposal ?? '' }),
    title: 'Assign a lesson',
    submitLabel: 'Next',
    fields: [
      field('lesson', 'Which lesson?', 'choice', {
        value: lesson ?? null,
        options: lessons().map(({ id, title }) => ({ value: id, label: shortened(title.en, 75) })),
      }),
      field('who', 'Who?', 'text', {
        value: who ?? null,
        hint: 'everyone, a department, managers, or names with commas',
      }),
      field('due', 'Until when?', 'date', {
        value: dueOn ?? addDays(dayOf(now, person.timeZone), usualDays),
      }),
    ],
  };
}

interface Opened {
  tx: Queryable;
  context: Context;
  proposal: string;
  known: Partial<Assign>;
}

export const assignActions: Actions = {
  ...proposalActions(room),
  ...formCommand<Opened>(room, 'assign', {
    async open(tx, context, { argument }) {
      refuseReadOnly(commandOf(context));
      await requiredLearners(tx, context.person);
      const proposal = argument('proposal');
      const known =
        proposal === '' ? {} : (await lockCard<Assign>(tx, context, proposal, 'training.assign')).change;
      return { tx, context, proposal, known };
    },
    lead: () => 'What shall who learn, and until when?',
    form: ({ context, known, proposal }) => formOf(context, known, proposal === '' ? null : Number(proposal)),
    at: 'who',
    async write({ tx, context, proposal }, fields) {
      const { who, people } = await audienceNamed(
        tx,
        context,
        sentText(fields, 'who'),
        await requiredLearners(tx, context.person),
      );
      const due = sentDay(fields, 'due', context) ?? '';
      const change: Assign = {
        kind: 'training.assign',
        lesson: sentText(fields, 'lesson'),
        who,
        people: people.map(({ id }) => id),
        dueOn: due,
      };
      if (due < dayOf(context.now, context.person.timeZone)) throw new FieldError('due', 'That day is past.');
      if (proposal === '') return proposeChanges(tx, context, [change]);
      const card = await lockCard<Assign>(tx, context, proposal, 'training.assign');
      return replaceCard(tx, context, card.proposal, [change]);
    },
  }),
};

const assign = words('awareness/assign');
const assigning = words('awareness/assigning');
const to = words('awareness/to');
const until = words('awareness/until');
const assigned = words('awareness/assigned');

/** Null where they assign no lesson. */
export function claimAssigning(context: Context, text: string): Outcome | null {
  const said = withoutEnding(text.trim(), /[.!]/);
  if (assigning.is(said) !== null)
    return async (tx) => {
      refuseReadOnly(commandOf(context));
      await requiredLearners(tx, context.person);
      const button = {
        id: actionId(`${room}.assign`, {}),
        label: 'Assign a lesson',
        style: 'primary' as const,
        opensForm: true,
      };
      return toAsker({ text: 'What shall who learn, and until when?', buttons: [button] });
    };
  const begun = assign.begins(said);
  if (begun === null) return null;
  const { now, person } = context;
  const { rest, day, isEnded } = partedAtDay(said.slice(begun.to).trim(), context);
  const split = to.findAll(rest).find(({ from }) => topicNamed(rest.slice(0, from)) !== null);
  const first = split === undefined && isEnded ? topicFirst(rest) : null;
  const lesson = split === undefined ? first?.topic : topicNamed(rest.slice(0, split.from));
  const whom = rest.slice(split?.to ?? first?.to ?? 0).trim();
  if (lesson == null || whom === '') return null;
  const dueOn = day ?? addDays(dayOf(now, person.timeZone), usualDays);
  return async (tx) => {
    try {
      const { who, people } = await audienceNamed(
        tx,
        context,
        whom,
        await requiredLearners(tx, context.person),
      );
      const change: Assign = {
        kind: 'training.assign',
        lesson,
        who,
        people: people.map(({ id }) => id),
        dueOn,
      };
      return await proposeChanges(tx, context, [change]);
    } catch (error) {
      if (error instanceof FieldError) throw new Refusal(error.message);
      throw error;
    }
  };
}

/** Without its day, and without the word that ends it in German, which stands before the day or after it. */
function partedAtDay(said: string, { now, person: { timeZone, locale } }: Context) {
  const ended = (words: string) => words.slice(0, assigned.ends(words)?.from).trim();
  const whole = ended(said);
  const end = until.findAll(whole).at(-1);
  const [date] = end === undefined ? [] : readDates(whole.slice(end.to), { now, timeZone, locale, towards: 'future' });
  const before = date === undefined ? whole : whole.slice(0, end?.from).trim();
  const rest = ended(before);
  return { rest, day: date?.day ?? null, isEnded: whole !== said || rest !== before };
} // prettier-ignore
