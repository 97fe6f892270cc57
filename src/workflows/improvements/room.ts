/** Improvements, as the house knows them: an idea, whoever decides on it, its actions, its result; and what people ask that no policy answers. */
import { z } from 'zod';
import {
  actionId,
  type Addressed,
  type Context,
  type ReplyParts,
  type Tool,
} from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { personNamed } from '../../dialogue/form.ts';
import { field, sentOrNull, sentText } from '../../dialogue/form-fields.ts';
import { tell } from '../../dialogue/notify.ts';
import { recordRoom } from '../../dialogue/record-room.ts';
import type { Room } from '../../dialogue/room.ts';
import { Refusal } from '../../errors.ts';
import { selectActionsOf } from '../../isms/corrective-action/corrective-action.ts';
import { linesOf } from '../../isms/corrective-action/line.ts';
import {
  amendImprovement,
  improvements,
  improvementStates,
  proposeImprovement,
  selectImprovementFacts,
  sources,
  type Improvement,
  type ImprovementFacts,
} from '../../isms/improvement/improvement.ts';
import { countAskers } from '../../isms/improvement/unanswered.ts';
import { dayOf, inWeekOf } from '../../language/calendar.ts';
import { words } from '../../language/vocabulary.ts';
import { isIsmsManager } from '../../records/command-context.ts';
import { selectSetting } from '../../records/setting.ts';
import type { Dependencies } from '../dependencies.ts';
import { proposeSubjects, room, selectSubjects, termsOf } from './from-questions.ts';
import { improvementSamples } from './samples.ts';
import { improvementTransfer } from './transfer.ts';

const all = words('improvements/all');
const unanswered = words('improvements/unanswered');

const sourceLabels = {
  questions: 'Questions that no policy answers',
  management_review: 'Management review',
  audit: 'Audit',
  incident: 'Incident',
  person: 'Somebody here',
};
const said = sources
  .filter((each) => each !== 'questions')
  .map((value) => ({ value, label: sourceLabels[value] }));

const title = field('title', 'What could be better?', 'text');
const idea = field('idea', 'How, and what for?', 'multiline');

async function ownerIn(tx: Queryable, context: Context, named: unknown): Promise<number | undefined> {
  return typeof named === 'string' && named !== ''
    ? (await personNamed(tx, context, named, 'owner')).id
    : undefined;
}

/** Whoever proposed it, and whoever has it now. */
async function decided(_tx: Queryable, context: Context, row: Improvement): Promise<Addressed[]> {
  const how = { proposed: 'proposed', accepted: 'accepted', declined: 'declined', done: 'done' }[row.state];
  const why = row.state === 'declined' ? row.stateReason : row.state === 'done' ? row.result : null;
  const text = `${row.reference} «${row.title}» is ${how}, says ${context.person.name}.${why === null ? '' : ` ${why}`}`;
  const look = { id: actionId(`${room}.show`, { record: row.reference }), label: 'Look' };
  return tell(commandOf(context), [row.proposedBy, row.ownerId], { text, buttons: [look] });
} // prettier-ignore

const plain = recordRoom<Improvement, ImprovementFacts>({
  name: room,
  offer: {
    text: 'I keep ideas for what could be better, and gather what people ask that no policy answers.',
    examples: ['propose an improvement', 'what do people ask that our policies do not answer?'],
    to: ({ roles }) => roles.includes('isms_manager') || roles.includes('manager'),
  },
  record: improvements,
  states: improvementStates,
  facts: selectImprovementFacts,
  title: (row) => row.title,
  columns: {
    Improvement: 'title',
    Idea: 'idea',
    'Came from': ({ source }) => sourceLabels[source],
    'Proposed by': ({ source, proposedByName }) => (source === 'questions' ? null : proposedByName),
    'With': 'ownerId',
    Due: 'dueOn',
    Result: 'result',
    'Why declined': 'stateReason',
  },
  people: ['ownerId'],
  list: {
    says: 'improvement ideas',
    words: words('improvements/list'),
    one: 'improvement',
    many: 'improvements',
    newestFirst: true,
    columns: ['Improvement', 'Came from', 'With', 'Due'],
    part: async (_tx, _context, text) => (all.is(text) === null ? null : { where: '$3::boolean', parameters: [true], noun: 'so far', said: text }),
  },
  shows: actionsShown,
  begin: {
    says: 'propose an improvement',
    words: words('improvements/begin'),
    lead: 'What could be better?',
    title: 'Propose an improvement',
    submit: 'Propose',
    fields: [title, idea, field('source', 'Where did it come from?', 'choice', { options: said, value: 'person' }), field('owner', 'Who should have it?', 'text', { required: false, hint: 'Empty: the ISMS manager decides.' })],
    async write(tx, context, sent) {
      const source = sources.find((each) => each === sentText(sent, 'source')) ?? 'person';
      const ownerId = (await ownerIn(tx, context, sentOrNull(sent, 'owner'))) ?? null;
      const fresh = { title: sentText(sent, 'title'), idea: sentText(sent, 'idea'), source, ownerId, dueOn: null };
      return { row: await proposeImprovement(tx, commandOf(context), fresh) };
    },
  },
  moves: {
    accept: {
      label: 'Accept',
      fields: [field('due_on', 'Until when?', 'date'), field('owner', 'Who does it?', 'text', { required: false, hint: 'Empty: whoever has it now.' })],
      async sets(tx, context, _row, { due_on: dueOn, owner }) {
        const ownerId = await ownerIn(tx, context, owner);
        return { due_on: dueOn, ...(ownerId === undefined ? {} : { owner_id: ownerId }) };
      },
      event: (detail) => ({ action: 'improvement.accepted', detail }),
      told: decided,
    },
    decline: {
      label: 'Decline',
      fields: [field('state_reason', 'Why not? Whoever proposed it reads this.', 'multiline')],
      event: (detail) => ({ action: 'improvement.declined', detail }),
      told: decided,
    },
    finish: {
      label: 'Done',
      fields: [field('result', 'What came of it?', 'multiline')],
      event: (detail) => ({ action: 'improvement.done', detail }),
      told: decided,
    },
    correct: {
      label: 'Change',
      fields: [title, idea, field('due_on', 'Until when?', 'date', { required: false }), field('owner', 'Somebody else who has it', 'text', { required: false, hint: 'Empty: it stays with whoever has it.' })],
      async writes(tx, context, row, sent) {
        const ownerId = await ownerIn(tx, context, sentOrNull(sent, 'owner'));
        const changed = { title: sentText(sent, 'title'), idea: sentText(sent, 'idea'), dueOn: sentOrNull(sent, 'due_on'), ...(ownerId === undefined ? {} : { ownerId }) };
        return amendImprovement(tx, commandOf(context), row, changed);
      },
    },
  },
  evidence: 'improvement',
  due: { on: 'dueOn', of: 'ownerId', owed: { wording: room, rank: 3, where: "state = 'accepted' and due_on is not null", askedAt: ({ stateAt }) => stateAt } },
}); // prettier-ignore

/** Its actions, and the form for more of them once it was accepted. */
async function actionsShown(tx: Queryable, row: Improvement, { person, now }: Context) {
  const lines = await linesOf(tx, await selectActionsOf(tx, improvements.nameOf(row)), dayOf(now, person.timeZone));
  const items = lines.map(({ reference, ...line }) => ({ ...line, button: { id: actionId('corrective-actions.show', { record: reference }), label: 'Look' } }));
  const add = { id: actionId('corrective-actions.plan-action', { record: row.reference }), label: 'Add an action', opensForm: true };
  const facts = await selectImprovementFacts(tx, row);
  return { items, buttons: row.state === 'accepted' && improvementStates.may('correct', person, row, facts) ? [add] : [] };
} // prettier-ignore

/** Subjects that one message has room for. */
const mostShown = 8;

/** For the ISMS manager all of them, for owners of policies those of their own. */
async function subjectsCard(tx: Queryable, parts: Dependencies, { person, now }: Context): Promise<ReplyParts> {
  const { people: least, days } = await selectSetting(tx, 'improvement.questions');
  const every = await selectSubjects(tx, parts.lexicon, now);
  const readsAll = isIsmsManager(person) || person.roles.includes('auditor');
  const theirs = readsAll ? every : every.filter(({ document }) => document?.ownerId === person.id);
  if (!readsAll && theirs.length === 0)
    throw new Refusal('Nothing that I may show you: this is for the ISMS manager, and for owners of the policies that are asked about.');
  if (theirs.length === 0) return { text: `Nothing that at least ${least} people asked in the last ${days} days is without an answer.` };
  const isNew = theirs.some(({ known }) => known === null);
  return {
    text: `${theirs.length === 1 ? '1 subject that' : `${theirs.length} subjects that`} our policies do not answer, each asked by at least ${least} people in ${days} days.`,
    items: theirs.slice(0, mostShown).map((subject) => ({
      text: `${termsOf(subject)} · ${subject.people} people, ${subject.questions} questions`,
      detail: [subject.document === null ? 'no policy is near' : `nearest: ${subject.document.title}`, ...(subject.notHelpful > 0 ? [`${subject.notHelpful} answers did not help`] : []), ...(subject.known === null ? [] : [`${subject.known.reference} is ${subject.known.state}`])].join(' · '),
      button: subject.known === null ? null : { id: actionId(`${room}.show`, { record: subject.known.reference }), label: 'Look' },
    })),
    buttons: isNew && isIsmsManager(person) ? [{ id: `${room}.gather`, label: 'Propose improvements' }] : [],
    note: 'Counts only: nobody sees who asked.',
  };
} // prettier-ignore

const Idea = z.object({
  title: z.string().max(200).describe('what could be better, in a few words'),
  idea: z.string().max(2_000).describe('how and what for, in the words of the person'),
});

const gathering = `${room}.gather-weekly`;

export const improvementsRoom: Room<Dependencies> = {
  ...plain,
  ...improvementTransfer.offers,
  samples: improvementSamples,
  workflow(parts) {
    const made = plain.workflow(parts);
    const proposing: Tool<typeof Idea> = {
      name: 'propose_improvement',
      description: 'Shows the form that proposes an improvement of the management system, filled with what the person said.',
      schema: Idea,
      run: async (_context, { title: named, idea: how }) => async () => {
        const fields = [{ ...title, value: named }, { ...idea, value: how }, field('source', 'Where did it come from?', 'choice', { options: said, value: 'person' }), field('owner', 'Who should have it?', 'text', { required: false, hint: 'Empty: the ISMS manager decides.' })];
        return toAsker({ text: 'What could be better?', form: { id: `${room}.send-begin`, title: 'Propose an improvement', submitLabel: 'Propose', fields } });
      },
    };
    const listing: Tool = {
      name: 'list_unanswered_subjects',
      description: 'Shows what many people asked that our policies do not answer, as counts.',
      schema: z.object({}),
      run: async (context) => privately(context, 'what people ask', async (tx) => toAsker(await subjectsCard(tx, parts, context))),
    };
    return {
      ...made,
      tools: [proposing, listing],
      subject: 'improvements',
      mayConcern: words('improvements/concern').has,
      actions: {
        ...made.actions,
        async [`${room}.gather`](tx, context) {
          if (!isIsmsManager(context.person)) throw new Refusal('Only the ISMS manager does that before its day; it is done every week.');
          const told = await proposeSubjects(tx, parts.lexicon, context.now);
          return [...toAsker(await subjectsCard(tx, parts, context)), ...told.filter(({ to }) => typeof to === 'object' && to.personId !== context.person.id)];
        },
      },
      async claim(context, turn) {
        if (unanswered.is(turn.text) !== null)
          return privately(context, 'what people ask', async (tx) => toAsker(await subjectsCard(tx, parts, context)));
        return (await made.claim?.(context, turn)) ?? null;
      },
      async due(tx, now) {
        const { people, days } = await selectSetting(tx, 'improvement.questions');
        if ((await countAskers(tx, new Date(now.getTime() - days * 86_400_000))) < people) return [];
        const week = inWeekOf(dayOf(now, 'UTC'), 1);
        return [{ key: `${gathering}:${week}`, name: gathering, values: { week } }];
      },
      jobs: { [gathering]: (tx, { now }) => proposeSubjects(tx, parts.lexicon, now) },
      async waiting(context) {
        const proposed = await improvements.selectSeen(parts.db, context.person, "state = 'proposed' and owner_id = $1");
        return [
          ...((await made.waiting?.(context)) ?? []),
          ...proposed.map((row) => ({ text: `${row.reference} · ${row.title}`, detail: 'proposed: accept it, or decline', button: { id: actionId(`${room}.show`, { record: row.reference }), label: 'Look' } })),
        ];
      },
    };
  },
}; // prettier-ignore
