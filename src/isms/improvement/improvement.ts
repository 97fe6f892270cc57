/** What could be better (clause 10.1): an idea, where it came from, who decided on it, and what came of it. Owns `improvement` and `improvement_question`. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { columnOf, selectOne, toJsonb } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  refuseReadOnly,
  refuseUnlessWorking,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { ownsRecord, readsRegistersSql } from '../../records/permission.ts';
import { selectByRole } from '../../records/person.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { declareStates } from '../../records/states.ts';
import { unfinishedStates } from '../corrective-action/corrective-action.ts';
import { declareActionsOf } from '../corrective-action/parent.ts';

export const sources = ['questions', 'management_review', 'audit', 'incident', 'person'] as const;

/** How often something was asked that no policy answers: counts, and the words that many used. */
export const Figures = z
  .object({
    people: z.number(),
    questions: z.number(),
    notHelpful: z.number(),
    days: z.number(),
    terms: z.array(z.string()),
    examples: z.array(z.string()),
  })
  .partial();
export type Figures = z.infer<typeof Figures>;

const Improvement = recordSchema(['proposed', 'accepted', 'declined', 'done'], {
  title: z.string(),
  idea: z.string(),
  source: z.enum(sources),
  documentId: z.number().nullable(),
  figures: Figures,
  proposedBy: z.number().nullable(),
  proposedByName: z.string(),
  ownerId: z.number(),
  dueOn: z.string().nullable(),
  result: z.string().nullable(),
  stateReason: z.string().nullable(),
  stateAt: z.date(),
});
export type Improvement = z.infer<typeof Improvement>;

const Facts = z.object({ unfinished: z.number() });
/** How many of its actions are not done yet. */
export type ImprovementFacts = z.infer<typeof Facts>;

export function selectImprovementFacts(
  tx: Queryable,
  { id }: Pick<Improvement, 'id'>,
): Promise<ImprovementFacts> {
  return selectOne(
    tx,
    Facts,
    `select count(*) as unfinished from corrective_action where belongs_to = 'improvement:' || $1::integer and state = any($2)`,
    [id, unfinishedStates],
  );
}

const ended = {
  lacks: 'the end of its actions',
  met: (_row: Improvement, { unfinished }: ImprovementFacts) => unfinished === 0,
};
const correct = { by: ownsRecord } as const;

export const improvementStates = declareStates<Improvement['state'], Improvement, ImprovementFacts>(
  'proposed',
  {
    proposed: {
      accept: { to: 'accepted', by: ownsRecord },
      decline: { to: 'declined', by: ownsRecord },
      correct,
    },
    accepted: {
      finish: { to: 'done', by: ownsRecord, needs: [ended] },
      decline: { to: 'declined', by: ownsRecord },
      correct,
    },
    declined: {},
    done: {},
  },
);

export const improvements = declareRecord<typeof Improvement, string>({
  table: 'improvement',
  prefix: 'IM',
  schema: Improvement,
  ended: ['declined', 'done'],
  written: ['title', 'idea', 'due_on', 'result', 'state_reason'],
  reads: `(owner_id = $1 or proposed_by = $1 or $2 or ${readsRegistersSql})`,
});

declareActionsOf('improvement', {
  label: 'Improvement',
  title: 'improvement.title',
  leader: 'improvement.owner_id',
  ended: ['declined', 'done'],
  clause: '10.1',
});

export interface NewImprovement {
  title: string;
  idea: string;
  source: (typeof sources)[number];
  /** Null for the ISMS manager, who finds somebody. */
  ownerId: number | null;
  dueOn: string | null;
  documentId?: number | null;
}

/** Who decides on what nobody has yet. @throws Refusal where nobody is ISMS manager */
async function ownerOf(tx: Queryable, ownerId: number | null): Promise<number> {
  const owner = ownerId ?? (await selectByRole(tx, 'isms_manager'))[0]?.id;
  if (owner === undefined) throw new Refusal('Nobody here is ISMS manager, who decides on improvements. An admin can set one with "isma people import".');
  return owner;
} // prettier-ignore

/** Anybody who works here may. @throws Refusal for one of that name that is open */
export async function proposeImprovement(tx: Queryable, command: CommandContext, fresh: NewImprovement): Promise<Improvement> {
  const { actor, at } = command;
  refuseReadOnly(command);
  const ownerId = await ownerOf(tx, fresh.ownerId);
  await refuseUnlessWorking(tx, ownerId);
  const title = required(fresh.title, 'The improvement', 200);
  const [known] = await improvements.selectWhere(tx, "state in ('proposed', 'accepted') and lower(title) = lower($1)", [title]);
  if (known !== undefined) throw new Refusal(`${known.reference} is «${title}» already.`);
  return improvements.insert(
    tx,
    command,
    {
      state: 'proposed', state_by: actor.id, state_by_name: actor.name, state_at: at,
      title,
      idea: required(fresh.idea, 'What would be better'),
      source: fresh.source,
      document_id: fresh.documentId ?? null,
      proposed_by: actor.id,
      proposed_by_name: actor.name,
      owner_id: ownerId,
      due_on: fresh.dueOn,
    },
    () => ({ action: 'improvement.proposed', detail: { source: fresh.source, owner: ownerId } }),
  );
} // prettier-ignore

export interface FromQuestions extends Pick<NewImprovement, 'title' | 'idea' | 'ownerId' | 'documentId'> {
  figures: Required<Figures>;
  /** What was asked, by the answers that were given. */
  answers: readonly number[];
}

/** Nobody proposed it: in the log, and on its card, questions did. */
export async function proposeFromQuestions(tx: Queryable, at: Date, fresh: FromQuestions): Promise<Improvement> {
  const ownerId = await ownerOf(tx, fresh.ownerId);
  const actor = { id: ownerId, name: 'Isma', roles: [], timeZone: 'UTC' };
  const command: CommandContext = { actor, at, inputId: null, link: null, through: 'system:questions' };
  const improvement = await improvements.insert(
    tx,
    command,
    {
      state: 'proposed', state_at: at,
      title: required(fresh.title, 'The improvement', 200),
      idea: required(fresh.idea, 'What would be better'),
      source: 'questions',
      document_id: fresh.documentId ?? null,
      figures: toJsonb(fresh.figures),
      proposed_by_name: 'Questions that no policy answers',
      owner_id: ownerId,
    },
    () => ({ action: 'improvement.proposed', detail: { source: 'questions', owner: ownerId } }),
  );
  await tx.query('insert into improvement_question (improvement_id, answer_id) select $1, unnest($2::integer[])', [improvement.id, fresh.answers]);
  return improvement;
} // prettier-ignore

/** What is changed of it, by its fields. */
export async function amendImprovement(
  tx: Queryable,
  command: CommandContext,
  row: Improvement,
  { title, idea, ownerId, dueOn }: Partial<Pick<NewImprovement, 'title' | 'idea' | 'ownerId' | 'dueOn'>>,
): Promise<Improvement> {
  if (improvements.ended.includes(row.state)) throw new Refusal(`${row.reference} is ${row.state}: it stays as it is.`);
  await ownsRecord.refuseUnless(tx, command, row, null);
  if (ownerId != null) await refuseUnlessWorking(tx, ownerId);
  const changed = { title, idea, ownerId, dueOn };
  const values = Object.entries(changed).flatMap(([field, value]) => (value == null ? [] : [[columnOf(field), value] as const]));
  return improvements.change(tx, command, row, Object.fromEntries(values), () => ({ action: 'improvement.corrected', detail: {} }));
} // prettier-ignore

/** Those that came of questions and are open, or were declined since. */
export function selectFromQuestions(tx: Queryable, declinedSince: Date): Promise<Improvement[]> {
  return improvements.selectWhere(
    tx,
    "source = 'questions' and (state in ('proposed', 'accepted') or (state = 'declined' and state_at >= $1))",
    [declinedSince],
  );
}
