/** Auditors' packs: who may take one, what was chosen for whom, and each that was taken. Owns `pack` and `pack_choice`. */
import './audit-events.ts';
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { selectOne, selectOptional, toJsonb } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  audit,
  isIsmsManager,
  refuseReadOnly,
  type Actor,
  type CommandContext,
} from '../../records/command-context.ts';

/** Of files: what is above the level that was chosen is left out. */
export const levels = ['public', 'internal', 'confidential', 'strict'] as const;
export type Level = (typeof levels)[number];

export const PackChoices = z.object({
  /** As they are, or each person a number that stays theirs in every pack. */
  names: z.enum(['kept', 'replaced']),
  /** How well people did, in quizzes and tests. */
  scores: z.boolean(),
  /** What the organisation found out about itself: gap analyses, mock audits. */
  selfAssessments: z.boolean(),
  /** Files of evidence up to this classification. */
  upTo: z.enum(levels),
});
export type PackChoices = z.infer<typeof PackChoices>;

/** What most auditors need, and nothing that somebody would regret. */
export const usualChoices: PackChoices = {
  names: 'kept',
  scores: false,
  selfAssessments: false,
  upTo: 'internal',
};

/** Whoever may take any of it, and choose for auditors. */
export function mayTakePacks(actor: Pick<Actor, 'roles'>): boolean {
  return isIsmsManager(actor) || actor.roles.includes('admin');
}

export interface TakenPack {
  choices: PackChoices;
  sha256: string;
  /** Of SHA256SUMS in it. */
  sums: string;
  bytes: number;
  files: number;
  withheld: number;
}

/** @param by  null for an operator at the command line */
export async function recordPack(tx: Queryable, by: Actor | null, at: Date, taken: TakenPack): Promise<void> {
  const { choices, sha256, sums, bytes, files, withheld } = taken;
  const { id } = await selectOne(
    tx,
    z.object({ id: z.number() }),
    `insert into pack (taken_by, taken_by_name, taken_at, choices, files, bytes, sha256, sums_sha256)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [by?.id ?? null, by?.name ?? 'an operator', at, toJsonb(choices), files, bytes, sha256, sums],
  );
  await appendAudit(tx, {
    actor: by === null ? 'system:export-pack' : `person:${by.id}`,
    action: 'pack.taken',
    record: `pack:${id}`,
    detail: { ...choices, sha256, sums, bytes, files, withheld },
    at,
  });
}

const Chosen = z.object({ choices: PackChoices, chosenByName: z.string(), chosenAt: z.date() });
export type ChosenPack = z.infer<typeof Chosen>;

/** What this auditor may take; null where nobody chose anything for them. */
export function selectChosen(tx: Queryable, personId: number): Promise<ChosenPack | null> {
  return selectOptional(
    tx,
    Chosen,
    'select choices, chosen_by_name, chosen_at from pack_choice where person_id = $1',
    [personId],
  );
}

/** @param choices  null to take it back. @throws Refusal for anybody but the ISMS manager, and for whom is no auditor */
export async function choosePackFor(tx: Queryable, command: CommandContext, person: Actor, choices: PackChoices | null): Promise<void> {
  const { actor, at } = command;
  refuseReadOnly(command);
  if (!isIsmsManager(actor)) throw new Refusal('Only the ISMS manager chooses what an auditor may take.');
  if (!person.roles.includes('auditor')) throw new Refusal(`${person.name} is no auditor.`);
  const record = `pack_choice:${person.id}`;
  if (choices === null) {
    await tx.query('delete from pack_choice where person_id = $1', [person.id]);
    await audit(tx, command, { action: 'pack.withdrawn', record, detail: { person: person.id } });
    return;
  }
  await tx.query(
    `insert into pack_choice (person_id, choices, chosen_by, chosen_by_name, chosen_at) values ($1, $2, $3, $4, $5)
     on conflict (person_id) do update set choices = excluded.choices, chosen_by = excluded.chosen_by,
       chosen_by_name = excluded.chosen_by_name, chosen_at = excluded.chosen_at`,
    [person.id, toJsonb(choices), actor.id, actor.name, at],
  );
  await audit(tx, command, { action: 'pack.chosen', record, detail: { person: person.id, ...choices } });
} // prettier-ignore
