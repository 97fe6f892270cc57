/**
 * The Statement of Applicability as 6.1.3 d asks for it: every control of Annex A, whether it applies, why, and how far it is there.
 * An approved edition never changes; the next begins from it. Owns `soa`.
 */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOne } from '../../db/rows.ts';
import { controlNumbers } from '../../records/requirement-set.ts';
import { Refusal } from '../../errors.ts';
import { addMonths, dayOf } from '../../language/calendar.ts';
import {
  isIsmsManager,
  leaderNames,
  namesOf,
  optional,
  refuseReadOnly,
  refuseUnlessWorking,
  required,
  requiredDay,
  type CommandContext,
} from '../../records/command-context.ts';
import { permission } from '../../records/permission.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { keepRevision } from '../../records/revision.ts';
import { declareStates } from '../../records/states.ts';
import {
  columnOfField,
  contentHash,
  differing,
  entryFields,
  incompleteSql,
  selectEntries,
  type Entry,
  type EntryValues,
} from './entry.ts';

const Soa = recordSchema(['draft', 'in_review', 'approved', 'superseded'], {
  /** As people write it: 2.0. */
  edition: z.string(),
  ownerId: z.number(),
  approverId: z.number(),
  approvedByName: z.string().nullable(),
  approvedAt: z.date().nullable(),
  contentHash: z.string().nullable(),
  reviewOn: z.string().nullable(),
  begunFrom: z.number().nullable(),
  authors: z.array(z.number()),
  stateBy: z.number().nullable(),
  stateByName: z.string().nullable(),
  stateAt: z.date(),
});
export type Soa = z.infer<typeof Soa>;

const Facts = z.object({ incomplete: z.number() });
/** Controls that lack something that they must have. */
export type SoaFacts = z.infer<typeof Facts>;

export function selectSoaFacts(tx: Queryable, { id }: Pick<Soa, 'id'>): Promise<SoaFacts> {
  return selectOne(
    tx,
    Facts,
    `select $2::integer - count(*) filter (where not ${incompleteSql}) as incomplete from soa_entry where soa_id = $1`,
    [id, controlNumbers().length],
  );
}

/** Months after its approval, where nobody named a day of review. */
const reviewMonths = 12;

const keeps = permission<Pick<Soa, 'ownerId'>, unknown>({
  code: (actor, { ownerId }) => isIsmsManager(actor) || ownerId === actor.id,
  sql: '($2 or owner_id = $1)',
  refusal: async (tx, _command, row) => `Only ${await leaderNames(tx, row)} can change it.`,
});
const approves = permission<Soa, unknown>({
  code: (actor, { approverId, authors }) => approverId === actor.id && !authors.includes(actor.id),
  sql: '(approver_id = $1 and not $1 = any(authors))',
  refusal: async (tx, { actor }, { approverId, authors }) =>
    authors.includes(actor.id)
      ? 'You wrote in this edition, so somebody else approves it.'
      : `Only ${await namesOf(tx, [approverId])} can approve it.`,
});
const returns = permission<Soa, unknown>({
  code: (actor, row) => isIsmsManager(actor) || row.ownerId === actor.id || row.approverId === actor.id,
  sql: '($2 or owner_id = $1 or approver_id = $1)',
  refusal: async (tx, _command, { approverId }) =>
    `Only ${await namesOf(tx, [approverId])} and the ISMS manager can send it back.`,
});

const complete = {
  lacks: 'something for some of its controls',
  met: (_row: Soa, { incomplete }: SoaFacts) => incomplete === 0,
};
const otherEyes = {
  lacks: 'an approver who wrote nothing in it',
  met: ({ approverId, authors }: Soa) => !authors.includes(approverId),
};
const arrange = { by: keeps } as const;

export const soaStates = declareStates<Soa['state'], Soa, SoaFacts>('draft', {
  draft: {
    write: { by: keeps },
    arrange,
    send: { to: 'in_review', by: keeps, needs: [complete, otherEyes] },
  },
  in_review: {
    approve: { to: 'approved', by: approves, needs: [complete, otherEyes] },
    return: { to: 'draft', by: returns },
  },
  approved: { supersede: { to: 'superseded', by: null } },
  superseded: {},
});

export const soas = declareRecord<
  typeof Soa,
  | 'state'
  | 'edition'
  | 'owner_id'
  | 'approver_id'
  | 'approved_by'
  | 'approved_by_name'
  | 'approved_at'
  | 'content_hash'
  | 'review_on'
  | 'authors'
>({
  table: 'soa',
  prefix: 'SO',
  schema: Soa,
  ended: ['superseded'],
  written: ['edition'],
  // What is in force is for everybody who works here, and for the auditor; what is being written is for whoever has a part in it.
  reads: `(state in ('approved', 'superseded') or $2 or owner_id = $1 or approver_id = $1
    or exists (select from person where person.id = $1 and 'auditor' = any(roles)))`,
});

/** The edition in force; null before the first is approved. */
export async function selectApproved(tx: Queryable): Promise<Soa | null> {
  return (await soas.selectWhere(tx, "state = 'approved'"))[0] ?? null;
}

/** The one that is being written or waits for its approver; null where none is. */
export async function selectUnderWay(tx: Queryable): Promise<Soa | null> {
  return (await soas.selectWhere(tx, "state in ('draft', 'in_review')"))[0] ?? null;
}

export interface NewSoa {
  edition: string;
  ownerId: number;
  approverId: number;
  reviewOn: string | null;
}

/** From the edition in force, all its entries with it; the first begins with all controls empty. @throws Refusal while one is under way */
export async function beginSoa(tx: Queryable, command: CommandContext, fresh: NewSoa): Promise<Soa> {
  const { actor, at } = command;
  refuseReadOnly(command);
  await tx.query('lock table soa in share row exclusive mode');
  if (!isIsmsManager(actor)) throw new Refusal('Only the ISMS manager begins a new edition.');
  const underWay = await selectUnderWay(tx);
  if (underWay !== null)
    throw new Refusal(
      `${underWay.reference}, edition ${underWay.edition}, is ${underWay.state.replace('_', ' ')} already: finish that one first.`,
    );
  const edition = await freeEdition(tx, fresh.edition, null);
  for (const id of [fresh.ownerId, fresh.approverId]) await refuseUnlessWorking(tx, id);
  const before = await selectApproved(tx);
  const row = await soas.insert(
    tx,
    command,
    {
      state: 'draft',
      state_by: actor.id,
      state_by_name: actor.name,
      state_at: at,
      edition,
      owner_id: fresh.ownerId,
      approver_id: fresh.approverId,
      review_on: fresh.reviewOn === null ? null : requiredDay(fresh.reviewOn, 'The review'),
      begun_from: before?.id ?? null,
      authors: [actor.id],
    },
    () => ({ action: 'soa.begun', detail: { edition, from: before?.edition ?? null } }),
  );
  const values = Object.values(columnOfField);
  await tx.query(
    `insert into soa_entry (soa_id, control, ${values.join(', ')})
     select $1, known.control, ${values.map((column) => `old.${column}`).join(', ')}
     from unnest($2::text[]) with ordinality as known (control, place)
     left join soa_entry old on old.control = known.control and old.soa_id = $3 order by place`,
    [row.id, controlNumbers(), before?.id ?? null],
  );
  return row;
}

async function freeEdition(tx: Queryable, said: string, besides: number | null): Promise<string> {
  const edition = required(said, 'The edition', 20);
  const [taken] = await soas.selectWhere(tx, 'lower(edition) = lower($1) and id is distinct from $2', [
    edition,
    besides,
  ]);
  if (taken !== undefined)
    throw new Refusal(`Edition ${edition} is ${taken.reference} already. Give this one another number.`);
  return edition;
}

/** A draft, locked until the caller's transaction ends, for whoever may write in it. @throws Refusal */
export async function lockDraft(tx: Queryable, command: CommandContext, id: number): Promise<Soa> {
  const row = await soas.lock(tx, id);
  refuseReadOnly(command);
  const may = soaStates.by('write', row.state);
  if (row.state !== 'draft')
    throw new Refusal(
      row.state === 'in_review'
        ? `${row.reference} waits for its approver: send it back first, then change it.`
        : `Edition ${row.edition} is ${row.state} and stays as it is. Begin a new version for what is different now.`,
    );
  await may?.refuseUnless(tx, command, row, { incomplete: 0 });
  return row;
}

/**
 * Writes controls of a draft anew; what was said of them before is kept.
 *
 * @param sha256  of the file that they come from; null where a person wrote one
 * @returns how many differ from what was there
 */
export async function writeEntries(
  tx: Queryable,
  command: CommandContext,
  soa: Soa,
  said: readonly { control: string; values: EntryValues }[],
  sha256: string | null = null,
): Promise<{ soa: Soa; changed: string[] }> {
  const known = new Map((await selectEntries(tx, soa.id)).map((entry) => [entry.control, entry]));
  const changed: { control: string; before: Entry; values: EntryValues; fields: (keyof EntryValues)[] }[] =
    [];
  for (const { control, values } of said) {
    const before = known.get(control);
    if (before === undefined) throw new Refusal(`«${control}» is no control of Annex A.`);
    const tidy = await tidied(tx, values, before.ownerId);
    const fields = differing(before, tidy);
    if (fields.length > 0) changed.push({ control, before, values: tidy, fields });
  }
  if (changed.length === 0) return { soa, changed: [] };

  await tx.query(
    `update soa_entry entry set ${entryFields.map((field) => `${columnOfField[field]} = fresh.${columnOfField[field]}`).join(', ')}
     from unnest($2::text[], $3::boolean[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::integer[])
       as fresh (control, ${entryFields.map((field) => columnOfField[field]).join(', ')})
     where entry.soa_id = $1 and entry.control = fresh.control`,
    [
      soa.id,
      changed.map(({ control }) => control),
      ...entryFields.map((field) => changed.map(({ values }) => values[field])),
    ],
  );
  const named = (of: (each: (typeof changed)[number]) => EntryValues) =>
    Object.fromEntries(
      changed.flatMap((each) => each.fields.map((field) => [`${each.control} ${field}`, of(each)[field]])),
    );
  const [before, now] = [named((each) => each.before), named((each) => each.values)];
  const columns = changed.flatMap(({ control, fields }) =>
    fields.map((field) => `${control} ${columnOfField[field]}`),
  );
  const revised = { record: soas.nameOf(soa), version: soa.version + 1, before, changed: now, columns };
  const kept = await keepRevision(tx, command, revised);
  const authors = [...new Set([...soa.authors, command.actor.id])];
  const [first] = changed;
  const row = await soas.change(tx, command, soa, { authors }, () => ({
    ...(sha256 === null && first !== undefined
      ? { action: 'soa.entry_changed', detail: { control: first.control, ...kept } }
      : { action: 'soa.brought', detail: { controls: changed.length, sha256: sha256 ?? '', ...kept } }),
  }));
  return { soa: row, changed: changed.map(({ control }) => control) };
}

async function tidied(tx: Queryable, values: EntryValues, ownedBy: number | null): Promise<EntryValues> {
  const { ownerId } = values;
  if (ownerId !== null && ownerId !== ownedBy) await refuseUnlessWorking(tx, ownerId);
  return {
    ...values,
    basisReference: optional(values.basisReference, 'Where it is written', 500),
    justification: optional(values.justification, 'Why'),
    how: optional(values.how, 'How'),
  };
}

/** To its approver, once nothing is missing. @throws Refusal that says what is */
export async function sendForApproval(tx: Queryable, command: CommandContext, soa: Soa): Promise<Soa> {
  await refuseUnlessReady(tx, command, soa, 'send');
  return soas.change(tx, command, soa, { state: 'in_review' }, ({ approverId }) => ({
    action: 'soa.sent',
    detail: { approver: approverId },
  }));
}

/** From here on it stays as it is; the edition before it is superseded. @param soa  as it is locked */
export async function approveSoa(tx: Queryable, command: CommandContext, soa: Soa): Promise<Soa> {
  const { actor, at } = command;
  await refuseUnlessReady(tx, command, soa, 'approve');
  const hash = contentHash(soa.edition, await selectEntries(tx, soa.id));
  const former = await selectApproved(tx);
  if (former !== null)
    await soas.change(tx, command, await soas.lock(tx, former.id), { state: 'superseded' }, () => ({
      action: 'soa.superseded',
      detail: { by: soa.edition },
    }));
  return soas.change(
    tx,
    command,
    soa,
    {
      state: 'approved',
      approved_by: actor.id,
      approved_by_name: actor.name,
      approved_at: at,
      content_hash: hash,
      review_on: soa.reviewOn ?? addMonths(dayOf(at, actor.timeZone), reviewMonths),
    },
    () => ({ action: 'soa.approved', detail: { edition: soa.edition, hash } }),
  );
}

/** @throws Refusal naming the first controls that lack something */
async function refuseUnlessReady(
  tx: Queryable,
  command: CommandContext,
  soa: Soa,
  move: 'send' | 'approve',
): Promise<void> {
  const facts = await selectSoaFacts(tx, soa);
  const step = soaStates.step(move, soa, facts);
  if (step === null)
    throw new Refusal(`${soa.reference} is ${soa.state.replace('_', ' ')} by now: look at it again.`);
  await soaStates.by(move, soa.state)?.refuseUnless(tx, command, soa, facts);
  if (facts.incomplete > 0)
    throw new Refusal(
      `${facts.incomplete === 1 ? '1 control lacks' : `${facts.incomplete} controls lack`} something that each must have. Say «what does the SoA lack?».`,
    );
  if (step.lacks.length > 0)
    throw new Refusal(
      `${await namesOf(tx, [soa.approverId])} wrote in this edition: choose another approver, so that somebody else looks at it.`,
    );
}

/** Whether what was approved is what is there. */
export async function isAsApproved(tx: Queryable, soa: Soa): Promise<boolean> {
  return soa.contentHash === contentHash(soa.edition, await selectEntries(tx, soa.id));
}

/** Who approves, whose it is, its number and the day of its review. @param soa  as it is locked */
export async function arrangeSoa(
  tx: Queryable,
  command: CommandContext,
  soa: Soa,
  { edition, ownerId, approverId, reviewOn }: NewSoa,
): Promise<Soa> {
  await soaStates.by('arrange', soa.state)?.refuseUnless(tx, command, soa, { incomplete: 0 });
  for (const id of [ownerId, approverId]) await refuseUnlessWorking(tx, id);
  return soas.change(
    tx,
    command,
    soa,
    {
      edition: await freeEdition(tx, edition, soa.id),
      owner_id: ownerId,
      approver_id: approverId,
      review_on: reviewOn === null ? null : requiredDay(reviewOn, 'The review'),
    },
    () => ({ action: 'soa.arranged', detail: { from: soa.state, to: soa.state } }),
  );
}

/** Back to whoever writes it. */
export async function returnSoa(
  tx: Queryable,
  command: CommandContext,
  soa: Soa,
  said: string,
): Promise<Soa> {
  const move = soaStates.by('return', soa.state);
  if (soa.state !== 'in_review' || move === null)
    throw new Refusal(`${soa.reference} is ${soa.state.replace('_', ' ')} by now: look at it again.`);
  await move.refuseUnless(tx, command, soa, { incomplete: 0 });
  const reason = required(said, 'What is missing');
  return soas.change(tx, command, soa, { state: 'draft' }, () => ({
    action: 'soa.returned',
    detail: { from: soa.state, to: 'draft', reason },
  }));
}
