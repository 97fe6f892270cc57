/** Competence as clause 7.2 asks for it: what a role needs of a person, on what it rests, what is missing, and whether what was done helped. Owns `competence`. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { columnOf, selectOne, selectOptional } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayOf } from '../../language/calendar.ts';
import {
  isIsmsManager,
  namesOf,
  optional,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { permission } from '../../records/permission.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { declareStates } from '../../records/states.ts';
import { unfinishedStates } from '../corrective-action/corrective-action.ts';
import { declareActionsOf } from '../corrective-action/parent.ts';

export const bases = ['education', 'training', 'experience'] as const;

const Competence = recordSchema(['gap', 'met', 'ended'], {
  personId: z.number(),
  role: z.string(),
  needs: z.string(),
  basis: z.array(z.enum(bases)),
  shownBy: z.string().nullable(),
  gap: z.string().nullable(),
  effect: z.string().nullable(),
  assessedOn: z.string(),
  stateByName: z.string().nullable(),
});
export type Competence = z.infer<typeof Competence>;

const Facts = z.object({ managerId: z.number().nullable(), unfinished: z.number() });
/** Whom the person reports to, and how many actions against the gap are not done yet. */
export type CompetenceFacts = z.infer<typeof Facts>;

export function selectCompetenceFacts(
  tx: Queryable,
  { id, personId }: Pick<Competence, 'id' | 'personId'>,
): Promise<CompetenceFacts> {
  return selectOne(
    tx,
    Facts,
    `select manager_id, (select count(*) from corrective_action
       where belongs_to = 'competence:' || $2::integer and state = any($3)) as unfinished
     from person where id = $1`,
    [personId, id, unfinishedStates],
  );
}

const keeps = permission<Pick<Competence, 'personId'>, Pick<CompetenceFacts, 'managerId'>>({
  code: (actor, _row, { managerId }) => isIsmsManager(actor) || managerId === actor.id,
  sql: '($2 or exists (select from person where person.id = person_id and manager_id = $1))',
  refusal: async (tx, _command, _row, { managerId }) =>
    `Only ${managerId === null ? '' : `${await namesOf(tx, [managerId])} and `}the ISMS manager can do that: they answer for what their people can do.`,
});
const done = {
  lacks: 'the end of its actions',
  met: (_row: Competence, { unfinished }: CompetenceFacts) => unfinished === 0,
};
const correct = { by: keeps } as const;
const end = { to: 'ended', by: keeps } as const;

export const competenceStates = declareStates<Competence['state'], Competence, CompetenceFacts>('gap', {
  gap: { meet: { to: 'met', by: keeps, needs: [done] }, correct, end },
  met: { reopen: { to: 'gap', by: keeps }, correct, end },
  ended: {},
});

export const competences = declareRecord<
  typeof Competence,
  'state' | 'role' | 'needs' | 'basis' | 'shown_by' | 'gap' | 'effect' | 'assessed_on'
>({
  table: 'competence',
  prefix: 'CO',
  schema: Competence,
  ended: ['ended'],
  written: ['role', 'needs', 'shown_by', 'gap', 'effect'],
  reads: `(person_id = $1 or $2 or exists (select from person where person.id = person_id and manager_id = $1)
    or exists (select from person where person.id = $1 and 'auditor' = any(roles)))`,
});

declareActionsOf('competence', {
  label: 'Competence',
  title: "competence.role || ' of ' || (select name from person where person.id = competence.person_id)",
  leader:
    'coalesce((select manager_id from person where person.id = competence.person_id), competence.state_by)',
  ended: ['ended'],
  clause: '7.2',
});

export interface NewCompetence {
  personId: number;
  role: string;
  needs: string;
  basis: readonly (typeof bases)[number][];
  shownBy: string | null;
  gap: string | null;
  effect: string | null;
  assessedOn: string | null;
}

/** With nothing missing, or with what was missing made up for, it is met. @throws Refusal for a role of theirs that is there already */
export async function recordCompetence(
  tx: Queryable,
  command: CommandContext,
  fresh: NewCompetence,
): Promise<Competence> {
  const { actor, at } = command;
  const { personId } = fresh;
  await keeps.refuseUnless(tx, command, fresh, await selectCompetenceFacts(tx, { id: 0, personId }));
  const role = required(fresh.role, 'The role', 200);
  const known = await selectRoleOf(tx, personId, role);
  if (known !== null) throw new Refusal(`${known.reference} says already what «${role}» needs of them.`);
  const today = dayOf(at, actor.timeZone);
  const assessedOn = fresh.assessedOn ?? today;
  if (assessedOn > today) throw new Refusal('It cannot have been assessed on a day to come.');
  const gap = optional(fresh.gap, 'What is missing');
  const effect = optional(fresh.effect, 'Whether it helped');
  return competences.insert(
    tx,
    command,
    {
      state: gap === null || effect !== null ? 'met' : 'gap',
      state_by: actor.id,
      state_by_name: actor.name,
      state_at: at,
      person_id: personId,
      role,
      needs: required(fresh.needs, 'What it needs'),
      basis: [...fresh.basis],
      shown_by: optional(fresh.shownBy, 'What shows it'),
      gap,
      effect,
      assessed_on: assessedOn,
    },
    ({ state }) => ({ action: 'competence.recorded', detail: { person: personId, state } }),
  );
}

/** The one of a person's that has not ended; locked until the caller's transaction ends. */
function selectRoleOf(tx: Queryable, personId: number, role: string): Promise<Competence | null> {
  return selectOptional(
    tx,
    Competence,
    "select * from competence where person_id = $1 and lower(role) = lower($2) and state <> 'ended' for update",
    [personId, role],
  );
}

/** As another list says it: what it fills in is written, and the gap is closed or found by what it says of it. */
export async function amendCompetence(
  tx: Queryable,
  command: CommandContext,
  known: Competence,
  { basis, ...changed }: Partial<Omit<NewCompetence, 'personId' | 'role'>>,
): Promise<Competence> {
  const facts = await selectCompetenceFacts(tx, known);
  await keeps.refuseUnless(tx, command, known, facts);
  const { effect = null, gap = null } = changed;
  const move =
    effect !== null && known.state === 'gap'
      ? 'meet'
      : gap !== null && known.state === 'met'
        ? 'reopen'
        : 'correct';
  const step = competenceStates.step(move, known, facts);
  if (step === null || step.lacks.length > 0)
    throw new Refusal(
      `${known.reference} lacks ${step?.lacks.join(', ') ?? 'a state'} before its gap is closed`,
    );
  const values = Object.entries(changed).map(([field, value]) => [columnOf(field), value] as const);
  return competences.change(
    tx,
    command,
    known,
    {
      ...Object.fromEntries(values),
      ...(basis === undefined ? {} : { basis: [...basis] }),
      ...(step.to === known.state ? {} : { state: step.to }),
    },
    () => ({ action: 'competence.corrected', detail: { from: known.state, to: step.to } }),
  );
}
