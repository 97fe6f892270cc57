/** The gaps that matter most and why; from each a work package, or what a certified organisation raises, on a card to confirm. */
import { z } from 'zod';
import { actionId, type Actions, type Context, type ReplyParts } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { defineChange, type Change } from '../../dialogue/change.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { resolvePersonNamed } from '../../dialogue/form.ts';
import { field, sentDay, sentText, type Errors } from '../../dialogue/form-fields.ts';
import { tell } from '../../dialogue/notify.ts';
import { asked, proposalActions, proposeChanges } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import { assessments, leadsAssessment, type Assessment } from '../../isms/assessment/assessment.ts';
import { selectOutcomes, type Outcome } from '../../isms/assessment/outcome.ts';
import { titleOf } from '../../isms/assessment/questions.ts';
import { gapsIn, type Gap } from '../../isms/assessment/result.ts';
import {
  efforts,
  moveWorkPackage,
  planWorkPackage,
  selectWaits,
  workPackages,
  workPackageStates,
  type WorkPackage,
} from '../../isms/assessment/work-package.ts';
import { dayOf, inFull } from '../../language/calendar.ts';
import { shortened } from '../../language/text.ts';
import { selectNames, selectPerson } from '../../records/person.ts';
import { recordButton, room } from './buttons.ts';
import { findAssessment, lockLed } from './find.ts';
import { roadmapCard } from './roadmap.ts';
import { languageOf, sayIn } from '../../language/wording.ts';

const mostShown = 10;

const gradeInWords = {
  major: 'a major non-conformity',
  minor: 'a minor non-conformity',
  ofi: 'an opportunity for improvement',
} as const;

/** Why it matters: how much is missing, what an auditor makes of it, what it takes, what waits for it. */
export function whyOf({
  of: { result, grade, gap, defined, practised, proven },
  waiting,
}: Gap<Outcome>): string {
  const lacks = [
    ...(practised === 'no' ? ['not done'] : practised === 'partly' ? ['done in part'] : []),
    ...(defined === 'no' ? ['not written down'] : defined === 'partly' ? ['written down in part'] : []),
    ...(proven === 'no' ? ['nothing to show'] : proven === 'partly' ? ['too little to show'] : []),
  ];
  return [
    lacks.join(', '),
    result === 'nonconform' ? `an auditor would call it ${gradeInWords[grade]}` : 'half of the way is done',
    `takes ${gap.effort}`,
    ...(waiting === 0 ? [] : [`${waiting} ${waiting === 1 ? 'other waits' : 'others wait'} for it`]),
  ].join(' · ');
}

async function gapsCard(tx: Queryable, { person }: Context, assessment: Assessment): Promise<ReplyParts> {
  const { id, reference, goal } = assessment;
  const gaps = gapsIn(await selectOutcomes(tx, assessment));
  const planned = await workPackages.selectWhere(tx, "assessment_id = $1 and state <> 'dropped'", [id]);
  const may = leadsAssessment.allows(person, assessment, null);
  const language = languageOf(person);
  return {
    text:
      gaps.length === 0
        ? `${reference} has no gaps.`
        : `${gaps.length === 1 ? 'There is 1 gap' : `There are ${gaps.length} gaps`} in ${reference}. ${gaps.length > mostShown ? `These ${mostShown} matter most.` : 'What matters most comes first.'}`,
    items: gaps.slice(0, mostShown).map((gap, index) => {
      const { name, requirement, gap: closing } = gap.of;
      const its = planned.find(({ criterion }) => criterion === name);
      return {
        text: `${index + 1}. ${requirement} ${titleOf(requirement)}: ${shortened(sayIn(closing.close, language), 220)}`,
        detail: whyOf(gap),
        button: its !== undefined
            ? recordButton('package', its.reference, its.reference)
            : may
              ? { id: actionId(`${room}.plan`, { record: reference, criterion: name }), label: goal === 'certified' ? 'Raise it' : 'Plan it' }
              : null,
      };
    }),
    buttons: [
      recordButton('show', 'Results', reference),
      ...(planned.length > 0 ? [recordButton('packages', 'Work packages', reference)] : []),
    ],
  };
} // prettier-ignore

/** What a gap becomes: never by itself, always a card. */
function changeFor({ now, person }: Context, { reference, goal }: Assessment, { requirement, grade, result, name, placed, gap, holds }: Outcome): Change {
  const language = languageOf(person);
  if (goal !== 'certified')
    return { kind: 'work_package.plan', assessment: reference, criterion: name, title: sayIn(gap.close, language), effort: gap.effort, ownerId: null, dueOn: null };
  const words = holds?.words ?? '';
  return {
    kind: 'nonconformity.raise',
    title: `${titleOf(requirement)}: ${shortened(sayIn(placed.criterion.is, language), 90)}`,
    requirement,
    evidenceSeen: `Answered for ${reference}${holds === null ? '' : ` by ${holds.byName ?? ''}`}: ${words === '' ? `written down: ${holds?.defined ?? 'not said'}, done: ${holds?.practised ?? 'not said'}, shown: ${holds?.proven ?? 'not asked'}` : `«${words}»`}`,
    gap: sayIn(placed.criterion.is, language),
    audit: reference,
    identifiedOn: dayOf(now, person.timeZone),
    grade: result === 'nonconform' ? grade : 'ofi',
    gradeReason: result === 'nonconform' ? 'Nothing, or next to nothing, of it is there.' : 'It is there in part.',
  };
} // prettier-ignore

const PlanChange = z.object({
  kind: z.literal('work_package.plan'),
  assessment: z.string(),
  criterion: z.string(),
  title: z.string(),
  effort: z.enum(efforts),
  ownerId: z.number().nullable(),
  owner: z.string().optional(),
  dueOn: z.iso.date().nullable(),
});
type PlanChange = z.infer<typeof PlanChange>;

/** Of a criterion by its name. */
function requirementOf(criterion: string): string {
  const requirement = criterion.slice(0, criterion.lastIndexOf('.'));
  return `${requirement} ${titleOf(requirement)}`;
}

const effortOptions = [
  { value: 'hours', label: 'Hours' },
  { value: 'days', label: 'Days' },
  { value: 'weeks', label: 'Weeks' },
];

defineChange<PlanChange>({
  kind: 'work_package.plan',
  schema: PlanChange,
  room,
  nameOf: ({ criterion }) => criterion,
  current: async () => null,
  markOf: () => null,
  async apply(tx, command, change) {
    const found = await assessments.selectOptional(tx, change.assessment);
    if (found === null) throw new Refusal(`There is no ${change.assessment} any more.`);
    const ownerId = change.owner === undefined || change.owner === '' ? change.ownerId : await ownerNamed(tx, change.owner);
    const made = await planWorkPackage(tx, command, await assessments.lock(tx, found.id), { ...change, ownerId });
    return {
      lines: [`${made.reference}: ${made.title}`],
      told: [
        ...toAsker({ text: `Shall ${made.reference} go on the roadmap?`, buttons: [recordButton('roadmap', 'Put it on the roadmap', made.reference, { style: 'primary' })] }),
        ...tell(command, [ownerId], { text: `${command.actor.name} gave you ${made.reference}: ${made.title}`, buttons: [recordButton('package', 'Look', made.reference)] }),
      ],
    };
  },
  async show(tx, { criterion, title, effort, ownerId, owner, dueOn }) {
    const name = owner ?? (ownerId === null ? '' : (await selectPerson(tx, ownerId)).name);
    return {
      title: 'A new work package',
      lines: [
        { label: 'What', value: title },
        { label: 'Closes', value: requirementOf(criterion) },
        { label: 'Takes', value: effort },
        { label: 'Owner', value: name === '' ? 'nobody yet' : name },
        { label: 'Until', value: dueOn === null ? 'no day yet' : inFull(dueOn) },
      ],
    };
  },
  form: (_tx, _context, { title, effort, owner, dueOn }, id) => ({
    id,
    title: 'Work package',
    submitLabel: 'Show me the card',
    fields: [
      field('title', 'What is to be done?', 'multiline', { value: title }),
      field('effort', 'What does it take?', 'choice', { value: effort, options: effortOptions }),
      field('owner', 'Who does it?', 'text', { required: false, value: owner ?? null, hint: 'Name or e-mail address.' }),
      field('due', 'Until when?', 'date', { required: false, value: dueOn }),
    ],
  }),
  read({ fields }, before, context) {
    const effort = z.enum(efforts).safeParse(sentText(fields, 'effort'));
    const errors: Errors = effort.success ? {} : { effort: 'Hours, days or weeks?' };
    const change = { ...before, title: sentText(fields, 'title'), effort: effort.data ?? before.effort, owner: sentText(fields, 'owner'), dueOn: sentDay(fields, 'due', context) };
    return { change, errors };
  },
  refusedAt: 'owner',
}); // prettier-ignore

async function ownerNamed(tx: Queryable, said: string): Promise<number> {
  const found = await resolvePersonNamed(tx, '', said);
  if ('person' in found) return found.person.id;
  throw new Refusal(`I know nobody, or several, called «${said}». Write their e-mail address.`);
}

async function findPackage(tx: Queryable, { person }: Context, reference: string): Promise<WorkPackage> {
  const named = await workPackages.selectOptional(tx, reference);
  const [found] = await workPackages.selectSeen(tx, person, 'id = $3', [named?.id ?? 0]);
  if (found === undefined) throw new Refusal(`There is no ${reference} that you may see.`);
  return found;
}

const moveLabels = { plan: 'Put it on the roadmap', start: 'Begin', finish: 'Done', drop: 'Drop' } as const;
type Move = keyof typeof moveLabels;

async function packageCard(tx: Queryable, { person }: Context, its: WorkPackage): Promise<ReplyParts> {
  const { id, reference, title, effort, ownerId, dueOn, requirement, assessmentId, state } = its;
  const names = await selectNames(tx, ownerId === null ? [] : [ownerId]);
  const waits = (await selectWaits(tx, assessmentId)).filter(({ packageId }) => packageId === id);
  const before = await workPackages.selectWhere(tx, 'id = any($1)', [waits.map(({ waitsForId }) => waitsForId)]);
  const moves = (Object.keys(moveLabels) as Move[]).filter((move) => workPackageStates.may(move, person, its, null));
  return {
    text: `${title}\n${reference} · ${state.replaceAll('_', ' ')}`,
    facts: [
      { label: 'Closes', value: `${requirement} ${titleOf(requirement)}` },
      { label: 'Takes', value: effort },
      { label: 'Owner', value: ownerId === null ? 'nobody yet' : (names.get(ownerId) ?? '') },
      { label: 'Until', value: dueOn === null ? 'no day yet' : inFull(dueOn) },
      ...(before.length === 0 ? [] : [{ label: 'Waits for', value: before.map((each) => each.reference).join(', ') }]),
    ],
    buttons: moves.map((move, index) => ({
      id: actionId(`${room}.move`, { record: reference, move }),
      label: moveLabels[move],
      style: index === 0 ? ('primary' as const) : ('plain' as const),
    })),
  };
} // prettier-ignore

async function move(tx: Queryable, context: Context, reference: string, how: Move) {
  const its = await workPackages.lock(tx, (await findPackage(tx, context, reference)).id);
  const moved = await moveWorkPackage(tx, commandOf(context), its, how);
  return asked(await packageCard(tx, context, moved), true);
}

export const gapActions: Actions = {
  ...proposalActions(room),
  [`${room}.gaps`]: async (tx, context, { argument }) =>
    toAsker(await gapsCard(tx, context, await findAssessment(tx, context, argument('record')))),
  async [`${room}.plan`](tx, context, { argument }) {
    const assessment = await lockLed(tx, context, argument('record'));
    const outcomes = await selectOutcomes(tx, assessment);
    const gap = outcomes.find(({ name }) => name === argument('criterion'));
    if (gap === undefined || !['partial', 'nonconform'].includes(gap.result))
      throw new Refusal('That is no gap any more.');
    return proposeChanges(tx, context, [changeFor(context, assessment, gap)]);
  },
  [`${room}.packages`]: async (tx, context, { argument }) =>
    toAsker(await roadmapCard(tx, context, await findAssessment(tx, context, argument('record')))),
  [`${room}.package`]: async (tx, context, { argument }) =>
    toAsker(await packageCard(tx, context, await findPackage(tx, context, argument('record')))),
  [`${room}.roadmap`]: (tx, context, { argument }) => move(tx, context, argument('record'), 'plan'),
  [`${room}.move`]: (tx, context, { argument }) =>
    move(tx, context, argument('record'), argument('move') as Move),
};
